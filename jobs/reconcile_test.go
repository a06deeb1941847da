package jobs_test

import (
	"testing"
	"time"

	"tuckshop/internal/apptest"
	"tuckshop/internal/stripesim"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// lost makes the network eat every webhook whose type begins with match.
func lost(t *testing.T, app *apptest.App, match string) {
	t.Helper()
	if err := app.Simulator.Inject(t.Context(), stripesim.Fault{Kind: stripesim.Drop, Match: match, Count: stripesim.Always}); err != nil {
		t.Fatal(err)
	}
}

func becomes(t *testing.T, app *apptest.App, order models.Order, status models.OrderStatus) models.Order {
	t.Helper()
	var now models.Order
	app.Eventually("the order is "+string(status), func() (done bool) {
		var err error
		now, err = app.Store.OrderByID(t.Context(), order.ID)
		return err == nil && now.Status == status
	})
	return now
}

func TestReconciler(t *testing.T) {
	for name, c := range map[string]struct {
		every time.Duration
		play  func(t *testing.T, app *apptest.App, variant int64)
	}{
		"settles an order whose webhook was lost": {time.Second, func(t *testing.T, app *apptest.App, variant int64) {
			lost(t, app, "")
			order, page := app.Checkout(app.Browser(), variant, 2)
			app.PayUnheard(page)
			becomes(t, app, order, models.OrderPaid)
			runs, err := app.Store.ReconcileRuns(t.Context(), 10)
			if err != nil || len(runs) == 0 || runs[0].Faults != "" {
				t.Errorf("runs %+v, %v", runs, err)
			}
		}},
		"settles an order whose expiry was lost": {time.Second, func(t *testing.T, app *apptest.App, variant int64) {
			lost(t, app, "")
			order, _ := app.Checkout(app.Browser(), variant, 2)
			if err := app.Simulator.Advance(t.Context(), 25*time.Hour); err != nil {
				t.Fatal(err)
			}
			becomes(t, app, order, models.OrderExpired)
			product, err := app.Store.ProductBySlug(t.Context(), "pen")
			if err != nil || product.Variants[0].Available() != 10 {
				t.Errorf("%d left, %v", product.Variants[0].Available(), err)
			}
		}},
		"takes in events that were not delivered": {time.Second, func(t *testing.T, app *apptest.App, variant int64) {
			shopper := app.Browser()
			order, page := app.Checkout(shopper, variant, 2)
			shopper.Pay(page)
			order = becomes(t, app, order, models.OrderPaid)
			lost(t, app, "")
			// A refund that began at Stripe's, so that no row of ours asks about it.
			payment := models.Payment{PaymentIntentID: order.PaymentIntentID}
			if _, err := app.Payments.Refund(t.Context(), models.Refund{ID: 1 << 40, Amount: 300}, payment); err != nil {
				t.Fatal(err)
			}
			if now := becomes(t, app, order, models.OrderPartiallyRefunded); now.AmountRefunded != 300 {
				t.Errorf("%d went back", now.AmountRefunded)
			}
			app.Eventually("a run counts what it found", func() bool {
				runs, err := app.Store.ReconcileRuns(t.Context(), 100)
				found := int64(0)
				for _, run := range runs {
					found += run.EventsFound
				}
				return err == nil && found > 0
			})
			// What was taken in is a whole event, which can be read again.
			events, err := app.Store.StripeEvents(t.Context(), models.EventFilter{Outcome: models.OutcomeRefund, Limit: 10})
			if err != nil || len(events) == 0 {
				t.Fatalf("events %+v, %v", events, err)
			}
			for _, listed := range events {
				stored, err := app.Store.StripeEventByID(t.Context(), listed.ID)
				if err != nil {
					t.Fatal(err)
				}
				if event, err := app.Payments.DecodeEvent(stored.Payload); err != nil || event.ID != stored.ID || !event.Handled() {
					t.Errorf("event %s reads as %+v, %v", stored.ID, event, err)
				}
			}
		}},
		"asks about refunds that nobody answered": {time.Second, func(t *testing.T, app *apptest.App, variant int64) {
			shopper := app.Browser()
			order, page := app.Checkout(shopper, variant, 2)
			shopper.Pay(page)
			order = becomes(t, app, order, models.OrderPaid)
			lost(t, app, "")
			// As after a crash between Stripe's answer and our note of it.
			refund := requested(t, app, order, 400)
			_, payment, err := app.Store.RefundByID(t.Context(), refund.ID)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := app.Payments.Refund(t.Context(), refund, payment); err != nil {
				t.Fatal(err)
			}
			becomes(t, app, order, models.OrderPartiallyRefunded)
			onlyRefund(t, app, order, 400)
		}},
		"is asked by payment_intent.succeeded": {0, func(t *testing.T, app *apptest.App, variant int64) {
			lost(t, app, "checkout.session.")
			order, page := app.Checkout(app.Browser(), variant, 2)
			app.PayUnheard(page)
			becomes(t, app, order, models.OrderPaid)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, url string) {
				app := apptest.New(t, url, apptest.Options{Reconcile: c.every})
				c.play(t, app, modelstest.Product(t, app.Store, "pen", 500, 10))
			})
		})
	}
}
