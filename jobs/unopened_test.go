package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"tuckshop/internal/mail"
	"tuckshop/jobs"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// oldStripe is a Stripe that is asked for a session once more, under the key of
// long ago.
type oldStripe struct {
	jobs.Payments
	asked atomic.Int64
	made  models.CheckoutSession // with its state of now; without id: none was made
	fault *models.PaymentError
}

func (o *oldStripe) CreateSession(context.Context, models.Order, models.CheckoutAttempt) (models.CheckoutSession, error) {
	o.asked.Add(1)
	if o.fault != nil {
		return models.CheckoutSession{}, o.fault
	}
	first := o.made // the answer is that of long ago
	first.Status, first.PaymentStatus = "open", "unpaid"
	return first, nil
}

func (o *oldStripe) Session(context.Context, string) (models.CheckoutSession, error) {
	return o.made, nil
}

func (*oldStripe) UndeliveredEvents(context.Context, time.Time, time.Time, func([]models.Event) error) error {
	return nil
}

// TestUnopenedAttemptIsAskedAbout has a process die between the order and the
// storing of its session, and every event of it lost for good.
func TestUnopenedAttemptIsAskedAbout(t *testing.T) {
	for name, c := range map[string]struct {
		paid, refusedThen bool
		fault             *models.PaymentError
		later             time.Duration
		status            models.OrderStatus
		asked             int64
	}{
		"a session was made and paid":           {paid: true, later: 2 * time.Hour, status: models.OrderPaid, asked: 1},
		"a session was made and ran out":        {later: 2 * time.Hour, status: models.OrderExpired, asked: 1},
		"none was made":                         {fault: &models.PaymentError{Definite: true, Status: http.StatusBadRequest, Err: errors.New("in the past")}, later: 2 * time.Hour, status: models.OrderExpired, asked: 1},
		"Stripe refused it then":                {refusedThen: true, later: 2 * time.Hour, status: models.OrderExpired},
		"Stripe does not answer":                {fault: &models.PaymentError{Err: errors.New("no answer")}, later: 2 * time.Hour, status: models.OrderPending, asked: 1},
		"Stripe does not know the shop's key":   {fault: &models.PaymentError{Definite: true, Status: http.StatusUnauthorized, Err: errors.New("key")}, later: 2 * time.Hour, status: models.OrderPending, asked: 1},
		"the shopper may still come back to it": {paid: true, later: 30 * time.Minute, status: models.OrderPending},
	} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, url string) {
				var ahead atomic.Int64
				now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
				store := modelstest.New(t, url, models.Options{Now: now, MailFrom: "shop@shop.example"})
				token := models.NewToken()
				if err := store.AddToCart(t.Context(), token, modelstest.Product(t, store, "pen", 500, 10), 2); err != nil {
					t.Fatal(err)
				}
				begun, err := store.BeginCheckout(t.Context(), token)
				if err != nil {
					t.Fatal(err)
				}
				if c.refusedThen {
					if err := store.SessionFailed(t.Context(), begun.Attempt, true, "400"); err != nil {
						t.Fatal(err)
					}
				}
				total := begun.Order.Total
				stripe := &oldStripe{fault: c.fault, made: models.CheckoutSession{
					ID: "cs_unheard", Mode: "payment", Status: "expired", PaymentStatus: "unpaid", Currency: "usd", AmountSubtotal: &total, AmountTotal: &total,
					PaymentIntentID: "pi_unheard", Email: "ada@example.com",
				}}
				if c.paid {
					stripe.made.Status, stripe.made.PaymentStatus = "complete", "paid"
				}
				ahead.Store(int64(c.later))
				runner, err := jobs.New(jobs.Config{
					Store: store, Sender: mail.Outbox{}, Payments: stripe, Logger: slog.New(slog.DiscardHandler), Now: now,
					BaseURL: "https://shop.example", MailFrom: "shop@shop.example", ReconcileInterval: time.Hour, ReconcileAfter: 10 * time.Minute,
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := runner.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				eventually(t, "the run at the start", func() bool {
					runs, err := store.ReconcileRuns(t.Context(), 1)
					return err == nil && len(runs) == 1
				})
				if err := runner.Stop(t.Context()); err != nil {
					t.Error(err)
				}
				order, err := store.OrderByID(t.Context(), begun.Order.ID)
				if err != nil || order.Status != c.status {
					t.Errorf("the order is %s, %v; want %s", order.Status, err, c.status)
				}
				if got := stripe.asked.Load(); got != c.asked {
					t.Errorf("Stripe was asked %d times, want %d", got, c.asked)
				}
				product, err := store.ProductBySlug(t.Context(), "pen")
				if left := product.Variants[0].Available(); err != nil || (left == 10) != (c.status == models.OrderExpired || c.refusedThen) {
					t.Errorf("%d pieces are left, %v", left, err)
				}
			})
		})
	}
}
