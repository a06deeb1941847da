package models_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// checkout puts quantity pieces into a new cart and begins its checkout with
// an open session.
func checkout(t *testing.T, store *models.Store, variantID, quantity int64) (models.Order, models.CheckoutSession) {
	t.Helper()
	token := models.NewToken()
	if err := store.AddToCart(t.Context(), token, variantID, quantity); err != nil {
		t.Fatal(err)
	}
	begun, err := store.BeginCheckout(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	session := paidSession(begun.Order, "cs_"+models.NewToken())
	if err := store.SessionOpened(t.Context(), begun.Attempt, session); err != nil {
		t.Fatal(err)
	}
	return begun.Order, session
}

func paidSession(order models.Order, id string) models.CheckoutSession {
	return models.CheckoutSession{
		ID: id, Mode: "payment", Status: "complete", PaymentStatus: "paid", Currency: strings.ToLower(order.Currency),
		AmountSubtotal: &order.Subtotal, AmountTotal: &order.Total, ClientReferenceID: fmt.Sprint(order.ID),
		Metadata: map[string]string{"order_id": fmt.Sprint(order.ID)}, PaymentIntentID: "pi_" + id, Email: "ada@example.com",
	}
}

func event(kind string, session models.CheckoutSession) models.Event {
	return models.Event{ID: "evt_" + models.NewToken(), Type: kind, Payload: []byte("{}"), Session: &session}
}

func receive(t *testing.T, store *models.Store, e models.Event) models.StripeEvent {
	t.Helper()
	stored, err := store.ReceiveEvent(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func statusIs(t *testing.T, store *models.Store, order models.Order, want models.OrderStatus) models.Order {
	t.Helper()
	now, err := store.OrderByID(t.Context(), order.ID)
	if err != nil {
		t.Fatal(err)
	}
	if now.Status != want {
		t.Errorf("order is %s (%s), want %s", now.Status, now.ReviewReason, want)
	}
	return now
}

func stockIs(t *testing.T, store *models.Store, slug string, stock, reserved int64) {
	t.Helper()
	product, err := store.ProductBySlug(t.Context(), slug)
	if err != nil {
		t.Fatal(err)
	}
	v := product.Variants[0]
	if v.Stock != stock || v.Reserved != reserved {
		t.Errorf("stock %d, reserved %d; want %d, %d", v.Stock, v.Reserved, stock, reserved)
	}
}

func receipts(t *testing.T, store *models.Store) int {
	t.Helper()
	emails, err := store.Emails(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, email := range emails {
		if email.Kind == models.EmailReceipt {
			n++
		}
	}
	return n
}

func TestCheckoutReservesAndPaymentSells(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 10)
		order, session := checkout(t, store, variant, 3)
		stockIs(t, store, "pen", 10, 3)
		if order.Total != 1500 || order.Number == "" {
			t.Errorf("order %+v", order)
		}
		if got := receive(t, store, event(models.EventSessionCompleted, session)); got.Outcome != models.OutcomePaid {
			t.Errorf("outcome %s: %s", got.Outcome, got.Detail)
		}
		stockIs(t, store, "pen", 7, 0)
		paid := statusIs(t, store, order, models.OrderPaid)
		if paid.PaidAt == nil || paid.Email != "ada@example.com" {
			t.Errorf("paid order %+v", paid)
		}
		if n := receipts(t, store); n != 1 {
			t.Errorf("%d receipts", n)
		}
	})
}

func TestConcurrentDeliveriesPayOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 100)
		const orders, deliveries = 20, 20
		var sessions []models.CheckoutSession
		var placed []models.Order
		for range orders {
			order, session := checkout(t, store, variant, 2)
			placed, sessions = append(placed, order), append(sessions, session)
		}
		var wg sync.WaitGroup
		faults := make(chan error, orders*deliveries)
		for _, session := range sessions {
			first, second := event(models.EventSessionCompleted, session), event(models.EventSessionCompleted, session)
			for i := range deliveries {
				e := first
				if i%2 == 1 {
					e = second
				}
				wg.Go(func() {
					if _, err := store.ReceiveEvent(t.Context(), e); err != nil {
						faults <- err
					}
				})
			}
		}
		wg.Wait()
		close(faults)
		for err := range faults {
			t.Error(err)
		}
		for _, order := range placed {
			statusIs(t, store, order, models.OrderPaid)
		}
		stockIs(t, store, "pen", 60, 0)
		if n := receipts(t, store); n != orders {
			t.Errorf("%d receipts for %d orders", n, orders)
		}
	})
}

func TestFiftyShoppersForTenPieces(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 10)
		tokens := make([]string, 50)
		for i := range tokens {
			tokens[i] = models.NewToken()
			if err := store.AddToCart(t.Context(), tokens[i], variant, 1); err != nil {
				t.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		results := make(chan error, len(tokens))
		for _, token := range tokens {
			wg.Go(func() {
				_, err := store.BeginCheckout(t.Context(), token)
				results <- err
			})
		}
		wg.Wait()
		close(results)
		var sold, refused int
		for err := range results {
			var unsellable *models.UnsellableError
			switch {
			case err == nil:
				sold++
			case errors.As(err, &unsellable):
				refused++
			default:
				t.Error(err)
			}
		}
		if sold != 10 || refused != 40 {
			t.Errorf("%d sold, %d refused", sold, refused)
		}
		stockIs(t, store, "pen", 10, 10)
	})
}

func TestTransitions(t *testing.T) {
	unpaid := func(s models.CheckoutSession) models.CheckoutSession { s.PaymentStatus = "unpaid"; return s }
	off := func(s models.CheckoutSession) models.CheckoutSession {
		n := *s.AmountTotal + 1
		s.AmountTotal = &n
		return s
	}
	same := func(s models.CheckoutSession) models.CheckoutSession { return s }
	type step struct {
		kind   string
		change func(models.CheckoutSession) models.CheckoutSession
	}
	completed := func(change func(models.CheckoutSession) models.CheckoutSession) step {
		return step{models.EventSessionCompleted, change}
	}
	succeeded, failed := step{models.EventSessionAsyncSucceeded, same}, step{models.EventSessionAsyncFailed, unpaid}
	expired := step{models.EventSessionExpired, unpaid}
	for name, c := range map[string]struct {
		steps           []step
		status          models.OrderStatus
		stock, reserved int64
		receipts        int
	}{
		"completed unpaid waits":              {[]step{completed(unpaid)}, models.OrderAwaitingPayment, 10, 2, 0},
		"delayed payment succeeds":            {[]step{completed(unpaid), succeeded}, models.OrderPaid, 8, 0, 1},
		"async before completed":              {[]step{succeeded, completed(unpaid)}, models.OrderPaid, 8, 0, 1},
		"delayed payment fails":               {[]step{completed(unpaid), failed}, models.OrderPaymentFailed, 10, 0, 0},
		"failed thrice gives stock back once": {[]step{completed(unpaid), failed, failed, failed}, models.OrderPaymentFailed, 10, 0, 0},
		"expired":                             {[]step{expired}, models.OrderExpired, 10, 0, 0},
		"expired after paid changes nothing":  {[]step{completed(same), expired}, models.OrderPaid, 8, 0, 1},
		"paid after expired":                  {[]step{expired, completed(same)}, models.OrderPaid, 8, 0, 1},
		"paid after failed":                   {[]step{failed, succeeded}, models.OrderPaid, 8, 0, 1},
		"amount off by one":                   {[]step{completed(off)}, models.OrderReview, 10, 2, 0},
		"currency": {[]step{completed(func(s models.CheckoutSession) models.CheckoutSession { s.Currency = "eur"; return s })},
			models.OrderReview, 10, 2, 0},
		"livemode": {[]step{completed(func(s models.CheckoutSession) models.CheckoutSession { s.Livemode = true; return s })},
			models.OrderReview, 10, 2, 0},
		"mode": {[]step{completed(func(s models.CheckoutSession) models.CheckoutSession { s.Mode = "setup"; return s })},
			models.OrderReview, 10, 2, 0},
		"missing payment_status": {[]step{completed(func(s models.CheckoutSession) models.CheckoutSession { s.PaymentStatus = ""; return s })},
			models.OrderPending, 10, 2, 0},
		"references disagree": {[]step{completed(func(s models.CheckoutSession) models.CheckoutSession { s.ClientReferenceID = "999"; return s })},
			models.OrderReview, 10, 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, url string) {
				store := modelstest.New(t, url, models.Options{})
				variant := modelstest.Product(t, store, "pen", 500, 10)
				order, session := checkout(t, store, variant, 2)
				for _, s := range c.steps {
					receive(t, store, event(s.kind, s.change(session)))
				}
				statusIs(t, store, order, c.status)
				stockIs(t, store, "pen", c.stock, c.reserved)
				if n := receipts(t, store); n != c.receipts {
					t.Errorf("%d receipts, want %d", n, c.receipts)
				}
			})
		})
	}
}

func TestPaidAfterSoldOutGoesToReview(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 2)
		late, lateSession := checkout(t, store, variant, 2)
		expired := lateSession
		expired.PaymentStatus = "unpaid"
		receive(t, store, event(models.EventSessionExpired, expired))
		quick, quickSession := checkout(t, store, variant, 2)
		receive(t, store, event(models.EventSessionCompleted, quickSession))
		receive(t, store, event(models.EventSessionCompleted, lateSession))
		statusIs(t, store, quick, models.OrderPaid)
		statusIs(t, store, late, models.OrderReview)
		stockIs(t, store, "pen", 0, 0)
	})
}

func TestForeignSessionIsStoredAndChangesNothing(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		amount := int64(1)
		e := event(models.EventSessionCompleted, models.CheckoutSession{ID: "cs_other", ClientReferenceID: "cart-77", AmountTotal: &amount})
		if got := receive(t, store, e); got.Outcome != models.OutcomeForeign || got.Deliveries != 1 {
			t.Errorf("%+v", got)
		}
		if got := receive(t, store, e); got.Deliveries != 2 {
			t.Errorf("deliveries %d", got.Deliveries)
		}
	})
}

func TestEventBeforeSessionWasStored(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 10)
		token := models.NewToken()
		if err := store.AddToCart(t.Context(), token, variant, 1); err != nil {
			t.Fatal(err)
		}
		begun, err := store.BeginCheckout(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		session := paidSession(begun.Order, "cs_early")
		receive(t, store, event(models.EventSessionCompleted, session))
		if err := store.SessionOpened(t.Context(), begun.Attempt, session); err != nil {
			t.Fatal(err)
		}
		statusIs(t, store, begun.Order, models.OrderPaid)
	})
}

func TestCheckoutAgainGivesTheSameOrder(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 10)
		token := models.NewToken()
		if err := store.AddToCart(t.Context(), token, variant, 1); err != nil {
			t.Fatal(err)
		}
		first, err := store.BeginCheckout(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		second, err := store.BeginCheckout(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		if first.Attempt.IdempotencyKey != second.Attempt.IdempotencyKey || first.Order.ID != second.Order.ID {
			t.Error("a second click made a second checkout")
		}
		if err := store.SessionFailed(t.Context(), first.Attempt, false, "no answer"); err != nil {
			t.Fatal(err)
		}
		stockIs(t, store, "pen", 10, 0)
		third, err := store.BeginCheckout(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		if third.Attempt.IdempotencyKey != first.Attempt.IdempotencyKey {
			t.Error("a network fault changed the idempotency key")
		}
		stockIs(t, store, "pen", 10, 1)
		if err := store.SessionFailed(t.Context(), third.Attempt, true, "refused"); err != nil {
			t.Fatal(err)
		}
		fourth, err := store.BeginCheckout(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		if fourth.Attempt.IdempotencyKey == first.Attempt.IdempotencyKey || fourth.Order.ID != first.Order.ID {
			t.Error("a definite refusal must lead to a new attempt of the same order")
		}
		if err := store.SetCartQuantity(t.Context(), token, variant, 2); err != nil {
			t.Fatal(err)
		}
		changed, err := store.BeginCheckout(t.Context(), token)
		if err != nil || !changed.Supersede {
			t.Errorf("changed cart: supersede %t, %v", changed.Supersede, err)
		}
	})
}

func TestQuantities(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 10)
		token := models.NewToken()
		for _, quantity := range []int64{-1, 0, 11, 1e9, 1<<63 - 1} {
			var fault *models.InvalidError
			if err := store.AddToCart(t.Context(), token, variant, quantity); !errors.As(err, &fault) {
				t.Errorf("quantity %d: %v", quantity, err)
			}
		}
		if n, err := store.CartCount(t.Context(), token); err != nil || n != 0 {
			t.Errorf("the cart has %d, %v", n, err)
		}
		if err := store.AddToCart(t.Context(), token, 999, 1); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("unknown variant: %v", err)
		}
	})
}

func TestSearchFindsNoPatterns(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		modelstest.Product(t, store, "pen", 500, 10)
		for search, want := range map[string]int64{"%": 0, "_": 0, `\`: 0, "PEN": 1, "sku-pen": 1, "pencil": 0} {
			if _, total, err := store.Products(t.Context(), models.ProductFilter{Search: search, PerPage: 24}); err != nil || total != want {
				t.Errorf("search %q: %d, %v; want %d", search, total, err, want)
			}
		}
	})
}

func TestNewerSchemaIsRefusedUntouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	store := modelstest.New(t, "sqlite:"+path, models.Options{})
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)"); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Migrate(t.Context()); !errors.Is(err, models.ErrNewerSchema) {
		t.Errorf("error is %v", err)
	}
}

func TestMigrateFromFourReplicasAtOnce(t *testing.T) {
	modelstest.EachEmpty(t, func(t *testing.T, url string) {
		var wg sync.WaitGroup
		for range 4 {
			store, err := models.Open(t.Context(), url, models.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { store.Close() })
			wg.Go(func() {
				if _, err := store.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

func TestFirstOwnerIsMadeOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		token, err := store.NewSetupToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		made := make(chan models.Staff, 20)
		for i := range 20 {
			wg.Go(func() {
				if staff, err := store.CreateFirstOwner(t.Context(), token, fmt.Sprintf("a%d@example.com", i), "hash", "192.0.2.1"); err == nil {
					made <- staff
				} else if !errors.Is(err, models.ErrNotFound) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(made) != 1 {
			t.Errorf("%d owners", len(made))
		}
		if _, err := store.NewSetupToken(t.Context()); !errors.Is(err, models.ErrStaffExists) {
			t.Errorf("a token beside an owner: %v", err)
		}
	})
}

func TestUnopenedAttemptEndsAfterItsTime(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		now := time.Now()
		store := modelstest.New(t, url, models.Options{Now: func() time.Time { return now }})
		variant := modelstest.Product(t, store, "pen", 500, 10)
		token := models.NewToken()
		if err := store.AddToCart(t.Context(), token, variant, 1); err != nil {
			t.Fatal(err)
		}
		begun, err := store.BeginCheckout(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		if ended, err := store.EndUnopenedAttempt(context.Background(), begun.Attempt); err != nil || ended {
			t.Errorf("ended early: %t, %v", ended, err)
		}
		now = now.Add(2 * time.Hour)
		if ended, err := store.EndUnopenedAttempt(context.Background(), begun.Attempt); err != nil || !ended {
			t.Errorf("not ended: %t, %v", ended, err)
		}
		statusIs(t, store, begun.Order, models.OrderExpired)
		stockIs(t, store, "pen", 10, 0)
	})
}

func TestMoneyFormats(t *testing.T) {
	for _, c := range []struct {
		money     models.Money
		locale    string
		want, dec string
	}{
		{models.Money{Amount: 123456, Currency: "USD"}, "en", "$1,234.56", "1234.56"},
		{models.Money{Amount: 1234, Currency: "JPY"}, "en", "¥1,234", "1234"},
		{models.Money{Amount: 1234, Currency: "KWD"}, "en", "KWD\u00a01.234", "1.234"},
		{models.Money{Amount: 123456, Currency: "EUR"}, "de", "1.234,56\u00a0€", "1234.56"},
	} {
		if got := c.money.Format(c.locale); got != c.want {
			t.Errorf("%+v in %s: %q, want %q", c.money, c.locale, got, c.want)
		}
		if got := c.money.Decimal(); got != c.dec {
			t.Errorf("%+v: decimal %q, want %q", c.money, got, c.dec)
		}
	}
}
