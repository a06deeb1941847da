package jobs_test

import (
	"errors"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/stripesim"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func requested(t *testing.T, app *apptest.App, order models.Order, amount int64) models.Refund {
	t.Helper()
	refund, err := app.Store.Refund(t.Context(), models.RefundRequest{
		OrderID: order.ID, Amount: amount, Key: models.NewToken(), Actor: models.Actor{Email: "boss@example.com"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return refund
}

// onlyRefund wants one refund of the order at Stripe, of an amount.
func onlyRefund(t *testing.T, app *apptest.App, order models.Order, amount int64) {
	t.Helper()
	refunds, err := app.Payments.Refunds(t.Context(), *order.PaymentIntentID)
	if err != nil || len(refunds) != 1 || refunds[0].Amount != amount {
		t.Errorf("refunds at Stripe: %+v, %v; want one of %d", refunds, err, amount)
	}
}

func TestRefundJob(t *testing.T) {
	inject := func(kind stripesim.FaultKind, count int) func(*testing.T, *apptest.App) {
		return func(t *testing.T, app *apptest.App) {
			if err := app.Simulator.Inject(t.Context(), stripesim.Fault{Kind: kind, Match: "/v1/refunds", Count: count}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		before func(*testing.T, *apptest.App)
		spent  int64 // keys at Stripe that were used up
	}{
		"goes through": {func(*testing.T, *apptest.App) {}, 0},
		"a fault of Stripe's, then success under a new key": {inject(stripesim.Error500, 1), 1},
		"a connection that broke after it was done":         {inject(stripesim.DropAfterCommit, 1), 0},
		"three broken connections in a row":                 {inject(stripesim.DropAfterCommit, 3), 0},
		"too many requests":                                 {inject(stripesim.Error429, 1), 0},
	} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, url string) {
				app := apptest.New(t, url, apptest.Options{})
				shopper := app.Browser()
				order, page := app.Checkout(shopper, modelstest.Product(t, app.Store, "pen", 500, 10), 2)
				shopper.Pay(page)
				order = becomes(t, app, order, models.OrderPaid)
				c.before(t, app)
				refund := requested(t, app, order, 400)
				becomes(t, app, order, models.OrderPartiallyRefunded)
				onlyRefund(t, app, order, 400)
				app.Eventually("the refund is noted", func() bool {
					now, _, err := app.Store.RefundByID(t.Context(), refund.ID)
					return err == nil && now.Status == models.RefundSucceeded && now.KeysSpent == c.spent
				})
			})
		})
	}
}

func TestRefundRefusedByStripe(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		app := apptest.New(t, url, apptest.Options{})
		shopper := app.Browser()
		order, page := app.Checkout(shopper, modelstest.Product(t, app.Store, "pen", 500, 10), 2)
		shopper.Pay(page)
		order = becomes(t, app, order, models.OrderPaid)
		lost(t, app, "") // the shop does not hear that all went back already
		payment := models.Payment{PaymentIntentID: order.PaymentIntentID}
		if _, err := app.Payments.Refund(t.Context(), models.Refund{ID: 1 << 40, Amount: 1000}, payment); err != nil {
			t.Fatal(err)
		}
		refund := requested(t, app, order, 400)
		var now models.Refund
		app.Eventually("the refusal is noted", func() bool {
			var err error
			now, _, err = app.Store.RefundByID(t.Context(), refund.ID)
			return err == nil && now.Status == models.RefundFailed
		})
		if now.Failure == "" || strings.Contains(now.Failure, "\n") {
			t.Errorf("the reason is %q", now.Failure)
		}
		onlyRefund(t, app, order, 1000)
		becomes(t, app, order, models.OrderPaid)
		waiting, err := app.Store.Attention(t.Context())
		if err != nil || waiting.FailedRefunds != 1 {
			t.Errorf("the merchant is told of %+v, %v", waiting, err)
		}
	})
}

// TestRefundTwiceInARow crashes between Stripe's answer and our note of it.
func TestRefundTwiceInARow(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		app := apptest.New(t, url, apptest.Options{})
		shopper := app.Browser()
		order, page := app.Checkout(shopper, modelstest.Product(t, app.Store, "pen", 500, 10), 2)
		shopper.Pay(page)
		order = becomes(t, app, order, models.OrderPaid)
		refund := requested(t, app, order, 400)
		_, payment, err := app.Store.RefundByID(t.Context(), refund.ID)
		if err != nil {
			t.Fatal(err)
		}
		// The job of the app asks at the same time. While it does, Stripe may
		// say that the key is in use: then nothing is decided.
		for range 2 {
			_, err := app.Payments.Refund(t.Context(), refund, payment)
			var fault *models.PaymentError
			if err != nil && (!errors.As(err, &fault) || fault.Definite) {
				t.Error(err)
			}
		}
		becomes(t, app, order, models.OrderPartiallyRefunded)
		onlyRefund(t, app, order, 400)
	})
}
