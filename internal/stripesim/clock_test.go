package stripesim_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/internal/stripesim"
)

// advance sets the clock forward as a script does.
func (s *sim) advance(seconds string) {
	s.t.Helper()
	s.control("clock", "", nil, "seconds", seconds)
}

func TestClockExpiresSessions(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url)
	p := order()
	p.ExpiresAt = stripe.Int64(time.Now().Add(31 * time.Minute).Unix())
	session, err := sim.api.CheckoutSessions.New(p)
	if err != nil {
		t.Fatal(err)
	}
	longer := sim.open() // a day
	sim.advance("1800")
	check(t, "before its time", sim.get(session.ID).Status, stripe.CheckoutSessionStatusOpen)
	sim.advance("120")
	expired := sim.get(session.ID)
	check(t, "after its time", expired.Status, stripe.CheckoutSessionStatusExpired)
	check(t, "expires_at", expired.ExpiresAt, *p.ExpiresAt)
	got := shop.next("checkout.session.expired")
	check(t, "the shop was told of", got.event.Data.Object["id"].(string), session.ID)
	check(t, "signature keeps to the real clock", got.err, nil)
	check(t, "a longer one", sim.get(longer.ID).Status, stripe.CheckoutSessionStatusOpen)
	sim.advance("86400")
	check(t, "a longer one", sim.get(longer.ID).Status, stripe.CheckoutSessionStatusExpired)

	if err := sim.Pay(t.Context(), session.ID, stripesim.PayNow); err == nil {
		t.Error("an expired session was paid")
	}
	// A client whose clock was not set forward goes on as before.
	session, err = sim.api.CheckoutSessions.New(p)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "a new one", sim.get(session.ID).Status, stripe.CheckoutSessionStatusOpen)
	sim.control("clock", "parameter_missing", nil)
	sim.control("clock", "parameter_invalid_integer", nil, "seconds", "-5")
	sim.control("clock", "parameter_unknown", nil, "seconds", "1", "hours", "1")
}

func TestClockSettlesDelayedPayments(t *testing.T) {
	sim := start(t, "", slow)
	pay := func(outcome stripesim.Outcome) *stripe.CheckoutSession {
		session := sim.open()
		if err := sim.Pay(t.Context(), session.ID, outcome); err != nil {
			t.Fatal(err)
		}
		session = sim.get(session.ID)
		check(t, "at first", session.PaymentStatus, stripe.CheckoutSessionPaymentStatusUnpaid)
		check(t, "completed", session.Status, stripe.CheckoutSessionStatusComplete)
		return session
	}
	good, bad, waits := pay(stripesim.DelayedSuccess), pay(stripesim.DelayedFailure), pay(stripesim.Delayed)
	sim.advance("3600")
	check(t, "good", sim.get(good.ID).PaymentStatus, stripe.CheckoutSessionPaymentStatusPaid)
	check(t, "good", sim.kinds(good.ID), "checkout.session.completed checkout.session.async_payment_succeeded")
	check(t, "bad", sim.get(bad.ID).PaymentStatus, stripe.CheckoutSessionPaymentStatusUnpaid)
	check(t, "bad", sim.kinds(bad.ID), "checkout.session.completed checkout.session.async_payment_failed")
	sim.advance("864000")
	check(t, "undecided", sim.kinds(waits.ID), "checkout.session.completed")
	sim.control("payment_intents/"+waits.PaymentIntent.ID, "outcome", nil, "outcome", "perhaps")
	var intent stripe.PaymentIntent
	sim.control("payment_intents/"+waits.PaymentIntent.ID, "", &intent, "outcome", "succeeded")
	check(t, "decided", intent.Status, stripe.PaymentIntentStatusSucceeded)
	check(t, "decided", sim.get(waits.ID).PaymentStatus, stripe.CheckoutSessionPaymentStatusPaid)
	sim.control("payment_intents/"+waits.PaymentIntent.ID, "status of succeeded", nil, "outcome", "failed")

	early := pay(stripesim.DelayedSuccess) // decided otherwise than planned, before it is due
	sim.control("payment_intents/"+early.PaymentIntent.ID, "", nil, "outcome", "failed")
	sim.advance("3600")
	check(t, "early", sim.kinds(early.ID), "checkout.session.completed checkout.session.async_payment_failed")
}

func TestClockBringsRetriesForward(t *testing.T) {
	shop := newShop(t)
	shop.answers(func(n int, e received) int {
		if e.event.Type == "checkout.session.completed" {
			return 500
		}
		return 200
	})
	sim := start(t, shop.url, func(o *stripesim.Options) { o.Backoff = func(int) time.Duration { return time.Hour } })
	session := sim.paid()
	first := shop.next("checkout.session.completed")
	until(t, "the answer is recorded", func() bool {
		attempts, err := sim.Deliveries(t.Context(), first.event.ID)
		return err == nil && len(attempts) == 1
	})
	shop.answers(nil)
	sim.advance("3600")
	check(t, "again", shop.next("checkout.session.completed").event.ID, first.event.ID)
	until(t, "the event is accepted", func() bool { return sim.completed(session.ID).Pending == 0 })
}

func TestClockForgetsIdempotencyKeys(t *testing.T) {
	sim := start(t, "")
	create := func(name string) error {
		p := &stripe.ProductParams{Name: &name}
		p.SetIdempotencyKey("k")
		_, err := sim.api.Products.New(p)
		return err
	}
	if err := create("A"); err != nil {
		t.Fatal(err)
	}
	var refusal *stripe.Error
	if err := create("B"); !errors.As(err, &refusal) || refusal.HTTPStatusCode != http.StatusBadRequest {
		t.Errorf("the key was used for another request: %v", err)
	}
	sim.advance("90000")
	if err := create("B"); err != nil {
		t.Errorf("after a day: %v", err)
	}
}
