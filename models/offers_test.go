package models_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

var manager = models.Actor{Email: "manager@example.com"}

// discount stores a discount that is on.
func discount(t *testing.T, store *models.Store, d models.Discount) models.Discount {
	t.Helper()
	d.Enabled = true
	if d.Name == "" {
		d.Name = "Offer"
	}
	made, err := store.CreateDiscount(t.Context(), d, manager)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func usesAre(t *testing.T, store *models.Store, d models.Discount, used, reserved int64) {
	t.Helper()
	now, err := store.DiscountByID(t.Context(), d.ID)
	if err != nil {
		t.Fatal(err)
	}
	if now.Used != used || now.Reserved != reserved {
		t.Errorf("%s: %d used, %d reserved; want %d, %d", d.Label(), now.Used, now.Reserved, used, reserved)
	}
}

// cartOf puts one piece of each variant into a new cart.
func cartOf(t *testing.T, store *models.Store, quantity int64, variants ...int64) string {
	t.Helper()
	token := models.NewToken()
	for _, variant := range variants {
		if err := store.AddToCart(t.Context(), token, variant, quantity); err != nil {
			t.Fatal(err)
		}
	}
	return token
}

// begin begins the checkout of a cart with a code, with an open session.
func begin(t *testing.T, store *models.Store, token, code string) (models.Order, models.CheckoutSession) {
	t.Helper()
	if code != "" {
		if err := store.SetCartDiscount(t.Context(), token, code); err != nil {
			t.Fatal(err)
		}
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

func offerOf(t *testing.T, store *models.Store, token string) models.Offer {
	t.Helper()
	cart, lines, err := store.CartByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := store.CartSum(t.Context(), cart, lines)
	offer := sum.Offer
	if err != nil {
		t.Fatal(err)
	}
	return offer
}

// says reports whether an error tells the shopper so.
func says(err error, text string) bool {
	var fault *models.InvalidError
	return errors.As(err, &fault) && strings.Contains(fault.Message, text)
}

// catalogue stores a pen, a pad and a mug; the pen and the pad are for writing.
func catalogue(t *testing.T, store *models.Store) map[string]models.Variant {
	t.Helper()
	writing := models.Collection{Slug: "writing", Name: "Writing"}
	product := func(slug string, price int64, of ...models.Collection) models.Product {
		return models.Product{Slug: slug, Name: slug, Status: models.ProductActive, Collections: of,
			Variants: []models.Variant{{SKU: "SKU-" + slug, Price: price, Stock: 500}}}
	}
	_, err := store.AddCatalogue(t.Context(), []models.Collection{writing},
		[]models.Product{product("pen", 333, writing), product("pad", 1000, writing), product("mug", 1999)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	variants := map[string]models.Variant{}
	for _, slug := range []string{"pen", "pad", "mug"} {
		found, err := store.ProductBySlug(t.Context(), slug)
		if err != nil {
			t.Fatal(err)
		}
		variants[slug] = found.Variants[0]
	}
	return variants
}

func TestThirtyShoppersForOneUse(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 100)
		once := discount(t, store, models.Discount{Code: "ONCE", Kind: models.DiscountPercent, Percent: 20, MaxUses: 1})
		tokens := make([]string, 30)
		for i := range tokens {
			tokens[i] = cartOf(t, store, 1, variant)
			if err := store.SetCartDiscount(t.Context(), tokens[i], "once"); err != nil {
				t.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		results := make(chan error, len(tokens))
		for _, token := range tokens {
			wg.Go(func() {
				begun, err := store.BeginCheckout(t.Context(), token)
				if err == nil && begun.Order.Discount != 100 {
					err = fmt.Errorf("got %d off", begun.Order.Discount)
				}
				results <- err
			})
		}
		wg.Wait()
		close(results)
		got := 0
		for err := range results {
			switch {
			case err == nil:
				got++
			case !says(err, "used up"):
				t.Error(err)
			}
		}
		if got != 1 {
			t.Errorf("%d got it", got)
		}
		stockIs(t, store, "pen", 100, 1)
		usesAre(t, store, once, 0, 1)
	})
}

// TestUsesGoWithTheStock walks what may become of an order with a limited
// discount.
func TestUsesGoWithTheStock(t *testing.T) {
	unpaid := func(s models.CheckoutSession) models.CheckoutSession { s.PaymentStatus = "unpaid"; return s }
	type step struct {
		kind   string
		change func(models.CheckoutSession) models.CheckoutSession
	}
	paid := step{models.EventSessionCompleted, func(s models.CheckoutSession) models.CheckoutSession { return s }}
	expired, failed := step{models.EventSessionExpired, unpaid}, step{models.EventSessionAsyncFailed, unpaid}
	for name, c := range map[string]struct {
		steps          []step
		used, reserved int64
	}{
		"open":               {nil, 0, 1},
		"paid":               {[]step{paid}, 1, 0},
		"paid twice":         {[]step{paid, paid, expired}, 1, 0},
		"expired":            {[]step{expired, expired}, 0, 0},
		"failed":             {[]step{{models.EventSessionCompleted, unpaid}, failed, failed}, 0, 0},
		"paid after expired": {[]step{expired, paid}, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, url string) {
				store := modelstest.New(t, url, models.Options{})
				variant := modelstest.Product(t, store, "pen", 500, 10)
				twice := discount(t, store, models.Discount{Code: "TWICE", Kind: models.DiscountAmount, Amount: 100, MaxUses: 2})
				_, session := begin(t, store, cartOf(t, store, 1, variant), "twice")
				for _, s := range c.steps {
					receive(t, store, event(s.kind, s.change(session)))
				}
				usesAre(t, store, twice, c.used, c.reserved)
			})
		})
	}
}

func TestPaidTooLatePassesTheLimit(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 10)
		once := discount(t, store, models.Discount{Code: "ONCE", Kind: models.DiscountAmount, Amount: 100, MaxUses: 1})
		late, lateSession := begin(t, store, cartOf(t, store, 1, variant), "once")
		expired := lateSession
		expired.PaymentStatus = "unpaid"
		receive(t, store, event(models.EventSessionExpired, expired))
		quick, quickSession := begin(t, store, cartOf(t, store, 1, variant), "once")
		receive(t, store, event(models.EventSessionCompleted, quickSession))
		receive(t, store, event(models.EventSessionCompleted, lateSession))
		statusIs(t, store, quick, models.OrderPaid)
		if paid := statusIs(t, store, late, models.OrderPaid); paid.Total != 400 {
			t.Errorf("sold at %d", paid.Total)
		}
		usesAre(t, store, once, 2, 0)
		if n := historyCount(t, store, late, "discount_over"); n != 1 {
			t.Errorf("%d notes of the passed limit", n)
		}
		if n := historyCount(t, store, quick, "discount_over"); n != 0 {
			t.Errorf("%d notes at the order that had its use", n)
		}
	})
}

func historyCount(t *testing.T, store *models.Store, order models.Order, kind string) int {
	t.Helper()
	history, err := store.OrderHistory(t.Context(), order.ID)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, event := range history.Events {
		if event.Kind == kind {
			n++
		}
	}
	return n
}

func TestStripesFaultGivesTheUseBackAndTakesItAgain(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 10)
		once := discount(t, store, models.Discount{Code: "ONCE", Kind: models.DiscountAmount, Amount: 100, MaxUses: 1})
		token, other := cartOf(t, store, 1, variant), cartOf(t, store, 1, variant)
		for _, cart := range []string{token, other} {
			if err := store.SetCartDiscount(t.Context(), cart, "once"); err != nil {
				t.Fatal(err)
			}
		}
		first, err := store.BeginCheckout(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		again, err := store.BeginCheckout(t.Context(), token)
		if err != nil || again.Attempt.ID != first.Attempt.ID {
			t.Errorf("the use that the cart's own order holds is in its way: %v", err)
		}
		if offer := offerOf(t, store, token); offer.Fault != nil || offer.Saving != 100 {
			t.Errorf("the cart that holds the use: %+v", offer)
		}
		if offer := offerOf(t, store, other); !says(offer.Fault, "used up") {
			t.Errorf("another cart: %+v", offer)
		}
		if err := store.SessionFailed(t.Context(), first.Attempt, false, "no answer"); err != nil {
			t.Fatal(err)
		}
		usesAre(t, store, once, 0, 0)
		if again, err = store.BeginCheckout(t.Context(), token); err != nil || again.Attempt.IdempotencyKey != first.Attempt.IdempotencyKey {
			t.Errorf("after a network fault: %v", err)
		}
		usesAre(t, store, once, 0, 1)
		if err := store.SessionFailed(t.Context(), again.Attempt, false, "no answer"); err != nil {
			t.Fatal(err)
		}
		begin(t, store, other, "")
		if _, err := store.BeginCheckout(t.Context(), token); !says(err, "used up") {
			t.Errorf("the use is another's now: %v", err)
		}
		// Without the code the cart is another: the order that had it is over.
		if err := store.RemoveCartDiscount(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		if begun, err := store.BeginCheckout(t.Context(), token); err != nil || !begun.Supersede {
			t.Errorf("without the code: %+v, %v", begun, err)
		}
	})
}

func TestWhyACodeDoesNotCount(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
		store := modelstest.New(t, url, models.Options{Now: func() time.Time { return now }})
		goods := catalogue(t, store)
		hour := func(n time.Duration) *time.Time { at := now.Add(n * time.Hour); return &at }
		percent := models.Discount{Kind: models.DiscountPercent, Percent: 10}
		with := func(code string, change func(*models.Discount)) models.Discount {
			d := percent
			d.Code = code
			change(&d)
			return discount(t, store, d)
		}
		with("GOOD", func(*models.Discount) {})
		with("OVER", func(d *models.Discount) { d.EndsAt = hour(0) })
		with("EARLY", func(d *models.Discount) { d.StartsAt = hour(1) })
		with("MINIMUM", func(d *models.Discount) { d.Minimum = 334 })
		with("MUGS", func(d *models.Discount) { d.ProductIDs = []int64{goods["mug"].ProductID} })
		with("BUNDLE", func(d *models.Discount) { d.Kind, d.Buy, d.Get = models.DiscountBundle, 2, 1 })
		off := with("OFF", func(*models.Discount) {})
		if err := store.SwitchDiscount(t.Context(), off.ID, false, manager); err != nil {
			t.Fatal(err)
		}
		used := with("USED", func(d *models.Discount) { d.MaxUses = 1 })
		begin(t, store, cartOf(t, store, 1, goods["pad"].ID), "used")
		usesAre(t, store, used, 0, 1)
		token := cartOf(t, store, 1, goods["pen"].ID)
		for code, text := range map[string]string{
			"":        "Enter a code",
			"nothing": "do not know this code",
			"over":    "was valid until 1 May 2026, 12:00 UTC",
			"early":   "starts on 1 May 2026, 13:00 UTC",
			"minimum": "for orders of $3.34 or more; yours comes to $3.33",
			"mugs":    "not for the articles",
			"bundle":  "needs 3 of the articles",
			"off":     "not valid any more",
			"used":    "used up",
		} {
			if err := store.SetCartDiscount(t.Context(), token, code); !says(err, text) {
				t.Errorf("%q: %v", code, err)
			}
		}
		if offer := offerOf(t, store, token); offer.Code != "" || offer.Fault != nil {
			t.Errorf("the cart changed: %+v", offer)
		}
		if err := store.SetCartDiscount(t.Context(), models.NewToken(), "good"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("no cart: %v", err)
		}
		if err := store.SetCartDiscount(t.Context(), token, "gOOd"); err != nil {
			t.Fatal(err)
		}
		if err := store.SetCartDiscount(t.Context(), token, "good"); err != nil {
			t.Errorf("the same again: %v", err)
		}
		if err := store.SetCartDiscount(t.Context(), token, "mugs"); !says(err, "has the code GOOD already") {
			t.Errorf("a second code: %v", err)
		}
	})
}

func TestTheBetterDiscountCounts(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 1000, 100)
		discount(t, store, models.Discount{Name: "Spring", Kind: models.DiscountPercent, Percent: 20, Minimum: 2000})
		discount(t, store, models.Discount{Name: "A little", Kind: models.DiscountAmount, Amount: 50})
		code := discount(t, store, models.Discount{Code: "TEN", Kind: models.DiscountPercent, Percent: 10, MaxUses: 5})
		token := cartOf(t, store, 1, variant)
		if offer := offerOf(t, store, token); offer.Saving != 50 || offer.Discount.Name != "A little" {
			t.Errorf("below the minimum: %+v", offer)
		}
		if err := store.SetCartDiscount(t.Context(), token, "ten"); err != nil {
			t.Fatal(err)
		}
		if offer := offerOf(t, store, token); offer.Saving != 100 || offer.Discount.Code != "TEN" || offer.Beaten {
			t.Errorf("the code saves more: %+v", offer)
		}
		if err := store.SetCartQuantity(t.Context(), token, variant, 2); err != nil {
			t.Fatal(err)
		}
		if offer := offerOf(t, store, token); offer.Saving != 400 || offer.Discount.Name != "Spring" || !offer.Beaten || offer.Fault != nil {
			t.Errorf("the other saves more: %+v", offer)
		}
		order, session := begin(t, store, token, "")
		if order.DiscountCode != "" || order.DiscountLabel() != "Spring" {
			t.Errorf("order %+v", order)
		}
		receive(t, store, event(models.EventSessionCompleted, session))
		usesAre(t, store, code, 0, 0)
	})
}

func TestADiscountThatEndsIsNotDroppedInSilence(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		now := time.Now().Truncate(time.Second)
		store := modelstest.New(t, url, models.Options{Now: func() time.Time { return now }})
		variant := modelstest.Product(t, store, "pen", 1000, 100)
		end := now.Add(time.Hour)
		discount(t, store, models.Discount{Code: "TEN", Kind: models.DiscountPercent, Percent: 10, EndsAt: &end})
		discount(t, store, models.Discount{Name: "Today", Kind: models.DiscountPercent, Percent: 5, EndsAt: &end})
		coded, other := cartOf(t, store, 1, variant), cartOf(t, store, 1, variant)
		if err := store.SetCartDiscount(t.Context(), coded, "ten"); err != nil {
			t.Fatal(err)
		}
		now = end
		if _, err := store.BeginCheckoutAt(t.Context(), coded, 900); !says(err, "was valid until") {
			t.Errorf("the code: %v", err)
		}
		var changed *models.TotalChangedError
		if _, err := store.BeginCheckoutAt(t.Context(), other, 950); !errors.As(err, &changed) || changed.Now.Amount != 1000 {
			t.Errorf("the other: %v", err)
		}
		stockIs(t, store, "pen", 100, 0)
		if begun, err := store.BeginCheckoutAt(t.Context(), other, 1000); err != nil || begun.Order.Total != 1000 {
			t.Errorf("shown the new total: %+v, %v", begun.Order, err)
		}
	})
}

func TestLimitPerCustomer(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 1000, 100)
		mine := discount(t, store, models.Discount{Code: "MINE", Kind: models.DiscountPercent, Percent: 10, MaxPerCustomer: 1})
		token := cartOf(t, store, 1, variant)
		elsewhere := cartOf(t, store, 1, variant)
		if err := store.SetCartEmail(t.Context(), token, "ada@example.com"); err != nil {
			t.Fatal(err)
		}
		first, session := begin(t, store, token, "mine")
		receive(t, store, event(models.EventSessionCompleted, session))
		// The address of this cart's shopper is known now.
		if err := store.AddToCart(t.Context(), token, variant, 1); err != nil {
			t.Fatal(err)
		}
		if err := store.SetCartDiscount(t.Context(), token, "mine"); !says(err, "as often as one customer may") {
			t.Errorf("again from the same cart: %v", err)
		}
		// Whatever address Stripe tells in the end, its uses are counted, too.
		if err := store.SetCartEmail(t.Context(), elsewhere, "grace@example.com"); err != nil {
			t.Fatal(err)
		}
		second, session := begin(t, store, elsewhere, "mine")
		session.Email = "ADA@example.com"
		receive(t, store, event(models.EventSessionCompleted, session))
		statusIs(t, store, second, models.OrderPaid)
		if n := historyCount(t, store, second, "discount_over"); n != 1 {
			t.Errorf("%d notes at the second order", n)
		}
		if n := historyCount(t, store, first, "discount_over"); n != 0 {
			t.Errorf("%d notes at the first order", n)
		}
		usesAre(t, store, mine, 2, 0)
	})
}

func TestReviewsHoldTheUse(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 1000, 100)
		d := discount(t, store, models.Discount{Code: "TWO", Kind: models.DiscountPercent, Percent: 10, MaxUses: 2})
		accepted, one := begin(t, store, cartOf(t, store, 1, variant), "two")
		canceled, two := begin(t, store, cartOf(t, store, 1, variant), "two")
		off := *one.AmountTotal + 1
		one.AmountTotal = &off
		two.PaymentStatus, two.AmountTotal = "unpaid", &off
		receive(t, store, event(models.EventSessionCompleted, one))
		receive(t, store, event(models.EventSessionCompleted, two))
		usesAre(t, store, d, 0, 2)
		if err := store.AcceptReview(t.Context(), accepted.ID, manager); err != nil {
			t.Fatal(err)
		}
		usesAre(t, store, d, 1, 1)
		if err := store.CancelReview(t.Context(), canceled.ID, manager); err != nil {
			t.Fatal(err)
		}
		usesAre(t, store, d, 1, 0)
	})
}

func TestRefundsByLineComeToWhatWasPaid(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		goods := catalogue(t, store)
		discount(t, store, models.Discount{Code: "ODD", Kind: models.DiscountPercent, Percent: 37, ProductIDs: []int64{goods["pen"].ProductID, goods["mug"].ProductID}})
		order, session := begin(t, store, cartOf(t, store, 3, goods["pen"].ID, goods["pad"].ID, goods["mug"].ID), "odd")
		receive(t, store, event(models.EventSessionCompleted, session))
		order = statusIs(t, store, order, models.OrderPaid)
		var sum int64
		for piece := range 3 {
			for i, item := range order.Items {
				refund, err := store.Refund(t.Context(), models.RefundRequest{
					OrderID: order.ID, Lines: []models.RefundItem{{OrderItemID: item.ID, Quantity: 1}}, Actor: manager, Key: fmt.Sprint(piece, i),
				})
				if err != nil {
					t.Fatal(err)
				}
				if item.SKU == "SKU-pad" && refund.Amount != 1000 {
					t.Errorf("a pad, which had nothing off, gives %d back", refund.Amount)
				}
				sum += refund.Amount
			}
		}
		if sum != order.Total {
			t.Errorf("%d went back of %d", sum, order.Total)
		}
	})
}

// TestUsesAddUpAmongManyAtOnce pays some orders and lets others go while new
// ones are placed, all with one discount and of one article.
func TestUsesAddUpAmongManyAtOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 70) // few enough that pages say how many, in the end
		d := discount(t, store, models.Discount{Code: "MANY", Kind: models.DiscountPercent, Percent: 10, MaxUses: 100})
		var events []models.Event
		for i := range 40 {
			_, session := begin(t, store, cartOf(t, store, 1, variant), "many")
			kind := models.EventSessionCompleted
			if i%2 == 1 {
				kind, session.PaymentStatus = models.EventSessionExpired, "unpaid"
			}
			events = append(events, event(kind, session))
		}
		tokens := make([]string, 25)
		for i := range tokens {
			tokens[i] = cartOf(t, store, 1, variant)
			if err := store.SetCartDiscount(t.Context(), tokens[i], "many"); err != nil {
				t.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		faults := make(chan error, 2*len(events)+len(tokens))
		for _, e := range append(events, events...) { // each comes twice
			wg.Go(func() {
				_, err := store.ReceiveEvent(t.Context(), e)
				faults <- err
			})
		}
		for _, token := range tokens {
			wg.Go(func() {
				_, err := store.BeginCheckout(t.Context(), token)
				faults <- err
			})
		}
		wg.Wait()
		close(faults)
		for err := range faults {
			if err != nil {
				t.Error(err)
			}
		}
		usesAre(t, store, d, 20, 25)
		stockIs(t, store, "pen", 50, 25)
	})
}
