package handlers_test

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"tuckshop/internal/apptest"
	"tuckshop/internal/stripesim"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestFaultsOfStripe has Stripe fail while a shopper checks out, and then
// work: nobody sees an error of the shop's, nothing is lost, and at most one
// payment page is open at any time.
func TestFaultsOfStripe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		kind  stripesim.FaultKind
		count int  // how many requests meet it
		opens bool // whether the shopper comes to the payment page all the same
		grows bool // whether the cart changes before the shopper tries again
	}{
		{"Stripe answers 500", stripesim.Error500, stripesim.Always, false, false},
		{"Stripe answers 500 once", stripesim.Error500, 1, false, false}, // it is what the key gives from then on
		{"Stripe answers 500 and the cart changes", stripesim.Error500, stripesim.Always, false, true},
		{"Stripe answers 503", stripesim.Error503, stripesim.Always, false, false},
		{"Stripe answers 503 once", stripesim.Error503, 1, true, false},
		{"Stripe answers 429", stripesim.Error429, stripesim.Always, false, false},
		{"Stripe answers 409", stripesim.Error409, stripesim.Always, false, false},
		{"Stripe hangs", stripesim.TimeOut, stripesim.Always, false, false},
		{"Stripe hangs once", stripesim.TimeOut, 1, true, false},
		{"Stripe hangs and the cart changes", stripesim.TimeOut, stripesim.Always, false, true},
		{"Stripe drops the connection after commit", stripesim.DropAfterCommit, stripesim.Always, false, false},
		{"Stripe drops the connection after commit once", stripesim.DropAfterCommit, 1, true, false},
		{"Stripe drops the connection after commit and the cart changes", stripesim.DropAfterCommit, stripesim.Always, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			modelstest.Each(t, func(t *testing.T, databaseURL string) {
				t.Parallel()
				app := apptest.New(t, databaseURL, apptest.Options{StripeTimeout: time.Second})
				s := &stand{t: t, app: app, variant: modelstest.Product(t, app.Store, "pen", 500, 10), shopper: app.Browser()}
				s.add(2)
				if err := app.Simulator.Inject(t.Context(), stripesim.Fault{Kind: c.kind, Match: "/v1/checkout/sessions", Count: c.count}); err != nil {
					t.Fatal(err)
				}
				page := s.shopper.Post("/checkout")
				if err := app.Simulator.ClearFaults(t.Context()); err != nil {
					t.Fatal(err)
				}
				if !c.opens {
					if page.Status != 303 || page.Location != "/cart?notice=stripe" {
						t.Fatalf("checkout: %d %s", page.Status, page.Location)
					}
					if cart := s.shopper.Get(page.Location); !strings.Contains(cart.Body, `data-cart-count="2"`) || !strings.Contains(cart.Body, "does not answer") {
						t.Error("the cart was not kept, or nothing is said")
					}
					s.stock(10, 0)
				}
				pieces, number := int64(2), "1001"
				if c.grows {
					s.add(1)
					pieces, number = 3, "1002"
				}
				again := s.shopper.Post("/checkout")
				if c.opens && again.Location != page.Location {
					t.Errorf("the first click led to %s, the second to %s", page.Location, again.Location)
				}
				if twice := s.shopper.Post("/checkout"); again.Status != 303 || !strings.Contains(again.Location, "/c/pay/") || twice.Location != again.Location {
					t.Fatalf("afterwards: %d %s, then %s", again.Status, again.Location, twice.Location)
				}
				for id, status := range app.Sessions() {
					if (status == "open") != (id == path.Base(again.Location)) {
						t.Errorf("session %s is %s, the shopper is at %s", id, status, again.Location)
					}
				}
				s.stock(10, pieces)
				s.paidOnce(number, s.shopper.Pay(again.Location))
				s.stock(10-pieces, 0)
				if _, err := app.Store.OrderByNumber(t.Context(), "1003"); !errors.Is(err, models.ErrNotFound) {
					t.Errorf("one order too many: %v", err)
				}
				if old, err := app.Store.OrderByNumber(t.Context(), "1001"); c.grows && (err != nil || old.Status != models.OrderExpired) {
					t.Errorf("the order of the cart of before is %s, %v", old.Status, err)
				}
			})
		})
	}
}

// stand is a shop with one product and one shopper.
type stand struct {
	t       *testing.T
	app     *apptest.App
	variant int64
	shopper *apptest.Browser
}

func (s *stand) add(pieces int64) {
	s.t.Helper()
	if got := s.shopper.Post("/cart/items", "variant_id", fmt.Sprint(s.variant), "quantity", fmt.Sprint(pieces)); got.Status != 303 {
		s.t.Fatalf("add: %d", got.Status)
	}
}

func (s *stand) stock(stock, reserved int64) {
	s.t.Helper()
	product, err := s.app.Store.ProductBySlug(s.t.Context(), "pen")
	if err != nil {
		s.t.Fatal(err)
	}
	if got := product.Variants[0]; got.Stock != stock || got.Reserved != reserved {
		s.t.Errorf("stock %d, reserved %d; want %d and %d", got.Stock, got.Reserved, stock, reserved)
	}
}

// paidOnce follows the shopper to the success page and wants one paid order
// and one receipt.
func (s *stand) paidOnce(number, success string) {
	s.t.Helper()
	if done := s.shopper.Get(success); !strings.Contains(done.Body, `data-order-status="paid"`) {
		s.t.Errorf("success page: %d", done.Status)
	}
	s.receiptOf(number)
}

// receiptOf wants one paid order and one receipt.
func (s *stand) receiptOf(number string) {
	s.t.Helper()
	ctx := s.t.Context()
	s.app.Eventually("the receipt", func() bool {
		emails, err := s.app.Store.Emails(ctx, 0, 10)
		return err == nil && len(emails) > 0 && emails[0].Status == models.EmailSent
	})
	order, err := s.app.Store.OrderByNumber(ctx, number)
	if err != nil || order.Status != models.OrderPaid {
		s.t.Fatalf("order %s is %s, %v", number, order.Status, err)
	}
	emails, err := s.app.Store.Emails(ctx, 0, 10)
	if err != nil || len(emails) != 1 || emails[0].OrderID != order.ID || emails[0].Kind != models.EmailReceipt {
		s.t.Errorf("mails %+v, %v", emails, err)
	}
	history, err := s.app.Store.OrderHistory(ctx, order.ID)
	paid := 0
	for _, event := range history.Events {
		if event.Kind == "paid" {
			paid++
		}
	}
	if err != nil || paid != 1 {
		s.t.Errorf("paid %d times, %v", paid, err)
	}
}

// TestFaultsOfTheClock sets the shop's clock off. Every webhook is refused
// then, and the merchant reads why; the money is found by asking Stripe.
func TestFaultsOfTheClock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		off       time.Duration
		reconcile time.Duration // 0: the success page asks
	}{
		{"clock ten minutes ahead and the success page asks", 10 * time.Minute, 0},
		{"clock ten minutes behind and the success page asks", -10 * time.Minute, 0},
		{"clock ten minutes ahead and the reconciler asks", 10 * time.Minute, time.Second},
		{"clock ten minutes behind and the reconciler asks", -10 * time.Minute, time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			modelstest.Each(t, func(t *testing.T, databaseURL string) {
				t.Parallel()
				app := apptest.New(t, databaseURL, apptest.Options{
					Reconcile: c.reconcile, Now: func() time.Time { return time.Now().Add(c.off) },
				})
				manager := app.Staff(models.RoleManager)
				s := &stand{t: t, app: app, variant: modelstest.Product(t, app.Store, "pen", 500, 10), shopper: app.Browser()}
				// Stripe refuses a page that ends too soon or too late.
				order, page := app.Checkout(s.shopper, s.variant, 2)
				if again := s.shopper.Post("/checkout"); again.Location != page {
					t.Errorf("sent to %s, then to %s", page, again.Location)
				}
				success := "/checkout/success?session_id=" + app.PayUnheard(page)
				app.Eventually("the merchant reads of the clock", func() bool {
					events := manager.Get("/admin/events").Body
					return strings.Contains(events, "refused: Signed too long ago, or in the future") && strings.Contains(events, "machine&#39;s clock")
				})
				if c.reconcile > 0 {
					app.Eventually("the reconciler finds the payment", func() bool {
						now, err := app.Store.OrderByID(t.Context(), order.ID)
						return err == nil && now.Status == models.OrderPaid
					})
				} else if now, err := app.Store.OrderByID(t.Context(), order.ID); err != nil || now.Status != models.OrderPending {
					t.Errorf("a webhook was taken: the order is %s, %v", now.Status, err)
				}
				s.paidOnce(order.Number, success)
				s.stock(8, 0)
				body := eventBody("evt_stripe", "customer.created", `{"id":"cus_1"}`)
				if status := app.Deliver(body, apptest.Sign(apptest.Secret, now(), body)); status != 400 {
					t.Errorf("a webhook that Stripe signed just now was answered %d", status)
				}
				if _, err := app.Store.StripeEventByID(t.Context(), "evt_stripe"); !errors.Is(err, models.ErrNotFound) {
					t.Errorf("a refused webhook is stored: %v", err)
				}
			})
		})
	}
}
