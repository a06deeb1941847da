package stripesim_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/driver"
	"github.com/stripe/stripe-go/v76"

	"tuckshop/internal/stripesim"
)

// completed finds the event that a session was completed by.
func (s *sim) completed(session string) stripesim.Event {
	s.t.Helper()
	events, err := s.Events(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range events {
		if e.Type == "checkout.session.completed" && e.Subject == session {
			return e
		}
	}
	s.t.Fatalf("no completed event of %s", session)
	return stripesim.Event{}
}

// until asks again until a condition holds.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: not so after 20 s", what)
		case <-tick.C:
		}
	}
}

func TestDeliveryIsRetriedUntilAccepted(t *testing.T) {
	shop := newShop(t)
	statuses := []int{500, 302, 404, 204, 200} // the last is for the resent one
	seen := 0
	shop.answers(func(_ int, e received) int {
		if e.event.Type != "checkout.session.completed" {
			return 200
		}
		seen++
		return statuses[seen-1]
	})
	sim := start(t, shop.url)
	session := sim.paid()
	var bodies [][]byte
	for range statuses[:4] {
		got := shop.next("checkout.session.completed")
		if got.err != nil {
			t.Errorf("signature: %v", got.err)
		}
		bodies = append(bodies, got.body)
	}
	until(t, "the event is accepted", func() bool { return sim.completed(session.ID).Pending == 0 })
	event := sim.completed(session.ID)
	for _, body := range bodies {
		if !bytes.Equal(body, event.Body) {
			t.Error("an attempt sent other bytes than those stored")
		}
	}
	attempts, err := sim.Deliveries(t.Context(), event.ID)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "attempts", len(attempts), 4)
	for i, a := range attempts {
		check(t, "status", a.Status, statuses[i])
		check(t, "endpoint", a.Endpoint, shop.url)
	}

	if err := sim.Resend(t.Context(), event.ID); err != nil {
		t.Fatal(err)
	}
	check(t, "resent", shop.next("checkout.session.completed").event.ID, event.ID)
}

func TestDeliverySurvivesARestart(t *testing.T) {
	shop := newShop(t)
	shop.answers(func(int, received) int { return 503 })
	file := filepath.Join(t.TempDir(), "sim.db")
	onFile := func(o *stripesim.Options) { o.Path = file }
	first := start(t, shop.url, onFile)
	session := first.paid()
	event := first.completed(session.ID)
	shop.next("checkout.session.completed")
	first.stop()

	// As if the process had been killed in the middle of an attempt.
	db, err := driver.Open("file:" + file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE deliveries SET state = 'sending'"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for len(shop.received) > 0 {
		<-shop.received
	}
	shop.answers(nil)
	second := start(t, shop.url, onFile)
	got := shop.next("checkout.session.completed")
	check(t, "event", got.event.ID, event.ID)
	if got.err != nil || !bytes.Equal(got.body, event.Body) {
		t.Errorf("after the restart other bytes came, or: %v", got.err)
	}
	until(t, "the event is accepted", func() bool { return second.completed(session.ID).Pending == 0 })
	check(t, "session", second.get(session.ID).PaymentStatus, stripe.CheckoutSessionPaymentStatusPaid)
}

func TestStateInMemory(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url, func(o *stripesim.Options) { o.Path = "" })
	session := sim.paid()
	check(t, "signature", shop.next("checkout.session.completed").err, nil)
	check(t, "status", sim.get(session.ID).PaymentStatus, stripe.CheckoutSessionPaymentStatusPaid)
}

func TestStateOfANewerProgramIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sim.db")
	db, err := driver.Open("file:" + file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err := stripesim.Open(t.Context(), stripesim.Options{Path: file}); err == nil {
		t.Error("it was opened", s.Close())
	}
}

func TestSlowEndpointLeavesRoomForOthers(t *testing.T) {
	stuck := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stuck }))
	t.Cleanup(slow.Close)
	shop := newShop(t)
	sim := start(t, slow.URL)
	t.Cleanup(func() { close(stuck) })
	for range 60 {
		sim.paid() // four events each, all stuck at the slow endpoint
	}
	endpoint, err := sim.api.WebhookEndpoints.New(&stripe.WebhookEndpointParams{URL: &shop.url,
		EnabledEvents: stripe.StringSlice([]string{"checkout.session.completed"})})
	if err != nil {
		t.Fatal(err)
	}
	session := sim.paid()
	got := shop.next("checkout.session.completed")
	check(t, "event", got.event.ID, sim.completed(session.ID).ID)
	if got.err == nil {
		t.Errorf("the endpoint %s was sent an event with the secret of another", endpoint.ID)
	}
}

func TestOverdueSessionExpires(t *testing.T) {
	shop := newShop(t)
	now := &clock{at: time.Now()}
	sim := start(t, shop.url, func(o *stripesim.Options) { o.Now = now.now })
	p := order()
	p.ExpiresAt = stripe.Int64(now.now().Add(31 * time.Minute).Unix())
	session, err := sim.api.CheckoutSessions.New(p)
	if err != nil {
		t.Fatal(err)
	}
	now.advance(32 * time.Minute)
	got := shop.next("checkout.session.expired")
	check(t, "object", got.event.Data.Object["id"].(string), session.ID)
	check(t, "status", sim.get(session.ID).Status, stripe.CheckoutSessionStatusExpired)
}

func TestDelayedPaymentsSettleAfterARestart(t *testing.T) {
	for outcome, want := range map[stripesim.Outcome]struct {
		event  string
		status stripe.CheckoutSessionPaymentStatus
		intent stripe.PaymentIntentStatus
	}{
		stripesim.DelayedSuccess: {"checkout.session.async_payment_succeeded", "paid", "succeeded"},
		stripesim.DelayedFailure: {"checkout.session.async_payment_failed", "unpaid", "requires_payment_method"},
	} {
		t.Run(string(outcome), func(t *testing.T) {
			shop := newShop(t)
			now := &clock{at: time.Now()}
			file := filepath.Join(t.TempDir(), "sim.db")
			change := func(o *stripesim.Options) { o.Path, o.Now, o.DelayedAfter = file, now.now, time.Hour }
			first := start(t, shop.url, change)
			session := first.open()
			if err := first.Pay(t.Context(), session.ID, outcome); err != nil {
				t.Fatal(err)
			}
			shop.next("checkout.session.completed")
			check(t, "before", first.get(session.ID).PaymentStatus, stripe.CheckoutSessionPaymentStatusUnpaid)
			first.stop()
			now.advance(2 * time.Hour)
			second := start(t, shop.url, change)
			shop.next(want.event)
			p := &stripe.CheckoutSessionParams{}
			p.AddExpand("payment_intent")
			after, err := second.api.CheckoutSessions.Get(session.ID, p)
			if err != nil {
				t.Fatal(err)
			}
			check(t, "after", after.PaymentStatus, want.status)
			check(t, "intent", after.PaymentIntent.Status, want.intent)
		})
	}
}
