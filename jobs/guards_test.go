package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tuckshop/internal/mail"
	"tuckshop/jobs"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// paying is a Stripe that pays back once for each key, and whose first answers
// may be a fault of its own, although it has done what it was asked.
type paying struct {
	jobs.Payments
	undelivered []models.Event

	mu     sync.Mutex
	faults int // how many answers are still a fault
	asked  int
	keys   []string
	made   []models.StripeRefund
}

func (p *paying) Refund(_ context.Context, refund models.Refund, payment models.Payment) (models.StripeRefund, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	key := *refund.IdempotencyKey + "-" + strconv.FormatInt(refund.KeysSpent, 10)
	at := slices.Index(p.keys, key)
	if at < 0 {
		at = len(p.keys)
		p.keys = append(p.keys, key)
		p.made = append(p.made, models.StripeRefund{
			ID: "re_" + key, PaymentIntentID: *payment.PaymentIntentID, Currency: "usd", Amount: refund.Amount, Status: "succeeded",
			Metadata: map[string]string{models.RefundMetadata: strconv.FormatInt(refund.ID, 10)},
		})
	}
	if p.faults > 0 {
		p.faults--
		return models.StripeRefund{}, &models.PaymentError{Definite: true, Status: http.StatusInternalServerError, Err: errors.New("out of order")}
	}
	return p.made[at], nil
}

func (p *paying) Refunds(context.Context, string) ([]models.StripeRefund, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.made), nil
}

func (p *paying) UndeliveredEvents(_ context.Context, _, _ time.Time, take func([]models.Event) error) error {
	return take(p.undelivered)
}

// count says how often it was asked and how many refunds it made.
func (p *paying) count() (asked, made int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked, len(p.made)
}

// workWith runs the store's jobs with that Stripe until the test ends.
func workWith(t *testing.T, store *models.Store, stripe jobs.Payments) {
	t.Helper()
	runner, err := jobs.New(jobs.Config{
		Store: store, Sender: mail.Outbox{}, Payments: stripe, Logger: slog.New(slog.DiscardHandler), BaseURL: "https://shop.example",
		MailFrom: "shop@shop.example", ReconcileInterval: time.Hour, ReconcileAfter: time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		patience, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		if err := runner.Stop(patience); err != nil {
			t.Error(err)
		}
	})
}

// paidOrder is an order of two pieces at 5.00, paid, and the session that did.
func paidOrder(t *testing.T, store *models.Store) (models.Order, models.CheckoutSession) {
	t.Helper()
	token := models.NewToken()
	if err := store.AddToCart(t.Context(), token, modelstest.Product(t, store, "pen", 500, 10), 2); err != nil {
		t.Fatal(err)
	}
	begun, err := store.BeginCheckout(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	session := models.CheckoutSession{
		ID: "cs_1", Mode: "payment", Status: "complete", PaymentStatus: "paid", Currency: strings.ToLower(begun.Order.Currency),
		AmountSubtotal: &begun.Order.Subtotal, AmountTotal: &begun.Order.Total, PaymentIntentID: "pi_1", Email: "ada@example.com",
	}
	if err := store.SessionOpened(t.Context(), begun.Attempt, session); err != nil {
		t.Fatal(err)
	}
	if applied, err := store.ApplySession(t.Context(), session); err != nil || applied.Outcome != models.OutcomePaid {
		t.Fatalf("pay order: %+v, %v", applied, err)
	}
	return begun.Order, session
}

// askedFor is a refund of 4.00 that a member of staff asked for.
func askedFor(t *testing.T, store *models.Store, order models.Order) models.Refund {
	t.Helper()
	refund, err := store.Refund(t.Context(), models.RefundRequest{
		OrderID: order.ID, Amount: 400, Key: models.NewToken(), Actor: models.Actor{Email: "boss@example.com"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return refund
}

// TestRefundDoneBehindAFault has Stripe do the work and answer with a fault:
// the key is spent, so only a look at what Stripe has keeps a second refund
// from being made under the next.
func TestRefundDoneBehindAFault(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{MailFrom: "shop@shop.example"})
		order, _ := paidOrder(t, store)
		refund := askedFor(t, store, order)
		stripe := &paying{faults: 1}
		workWith(t, store, stripe)
		var now models.Refund
		eventually(t, "the refund is noted", func() bool {
			var err error
			now, _, err = store.RefundByID(t.Context(), refund.ID)
			return err == nil && now.Status == models.RefundSucceeded
		})
		if asked, made := stripe.count(); asked != 1 || made != 1 || now.KeysSpent != 1 {
			t.Errorf("asked %d times for %d refunds with %d keys spent, want one of each", asked, made, now.KeysSpent)
		}
		if after, err := store.OrderByID(t.Context(), order.ID); err != nil || after.AmountRefunded != 400 {
			t.Errorf("%d went back, %v", after.AmountRefunded, err)
		}
	})
}

// TestRefundAnsweredBeforeItsJob has the answer come from elsewhere before the
// job had its turn.
func TestRefundAnsweredBeforeItsJob(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{MailFrom: "shop@shop.example"})
		order, session := paidOrder(t, store)
		refund := askedFor(t, store, order)
		err := store.RefundAnswered(t.Context(), refund.ID, models.StripeRefund{
			ID: "re_1", PaymentIntentID: session.PaymentIntentID, Currency: "usd", Amount: refund.Amount, Status: "succeeded",
		})
		if err != nil {
			t.Fatal(err)
		}
		stripe := &paying{}
		workWith(t, store, stripe)
		eventually(t, "the job is done", func() bool {
			done, err := store.Jobs(t.Context(), models.JobFilter{State: models.JobDone, Limit: 100})
			return err == nil && slices.ContainsFunc(done, func(j models.Job) bool { return j.Kind == models.RefundArgs{}.Kind() })
		})
		if asked, _ := stripe.count(); asked != 0 {
			t.Errorf("Stripe was asked %d times", asked)
		}
	})
}

// TestUndeliveredEventsThatAreKnown has Stripe name an event as undelivered
// that the shop has: its answer to the webhook was lost.
func TestUndeliveredEventsThatAreKnown(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{MailFrom: "shop@shop.example"})
		known := models.Event{ID: "evt_known", Type: "customer.created", Payload: []byte("{}")}
		missed := models.Event{ID: "evt_missed", Type: "customer.created", Payload: []byte("{}")}
		if _, err := store.ReceiveEvent(t.Context(), known); err != nil {
			t.Fatal(err)
		}
		workWith(t, store, &paying{undelivered: []models.Event{missed, known}})
		var runs []models.ReconcileRun
		eventually(t, "the run at the start", func() (done bool) {
			var err error
			runs, err = store.ReconcileRuns(t.Context(), 1)
			return err == nil && len(runs) == 1
		})
		if runs[0].EventsFound != 1 || runs[0].Faults != "" {
			t.Errorf("the run says %+v, want one event found", runs[0])
		}
		for _, id := range []string{known.ID, missed.ID} {
			if stored, err := store.StripeEventByID(t.Context(), id); err != nil || stored.Deliveries != 1 {
				t.Errorf("event %s: %d deliveries, %v", id, stored.Deliveries, err)
			}
		}
	})
}
