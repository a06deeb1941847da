package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"tuckshop/internal/proctest"
	"tuckshop/models/modelstest"
)

func TestTwentyDeliveriesOfTwentyOrders(t *testing.T) {
	t.Parallel()
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		f := openFloor(t, databaseURL)
		f.deliver(f.buy(20), nil)
		f.settled(20)
		if sent := f.mailbox.MessageIDs(); len(sent) != 20 {
			t.Errorf("%d mails for 20 orders", len(sent))
		}
		if n := f.Count("SELECT COUNT(*) FROM stripe_events WHERE deliveries <> 10"); n != 0 {
			t.Errorf("%d events were not counted ten times", n)
		}
	})
}

// TestKilledAmongDeliveries kills the shop twice while webhooks come in.
func TestKilledAmongDeliveries(t *testing.T) {
	t.Parallel()
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		f := openFloor(t, databaseURL)
		events := f.buy(20)
		for _, k := range []int{1, 15} {
			got := f.deliver(events, func(n int) {
				if n == k {
					f.Kill()
				}
			})
			t.Logf("killed after %d answers; %d deliveries cut off, %d refused", got.statuses[http.StatusOK], got.cut, got.refused)
			if got.statuses[http.StatusOK] < k || got.cut == 0 {
				t.Fatal("the kill did not hit the middle")
			}
			f.Restart()
			stored := f.Rows("SELECT id FROM stripe_events")
			for id := range got.taken {
				if !slices.Contains(stored, id) {
					t.Errorf("event %s was answered with 200 and is lost", id)
				}
			}
		}
		f.deliver(events, nil)
		f.settled(20)
	})
}

// TestKilledBeforeTheSessionIsStored kills the shop when Stripe has made a
// session and the shop has not heard of it.
func TestKilledBeforeTheSessionIsStored(t *testing.T) {
	t.Parallel()
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		f := openFloor(t, databaseURL)
		f.stripe.OnOpening(func(func()) { f.Kill() })
		shopper := f.Fill(f.basket(0))
		if answer, err := shopper.TryPost("/checkout"); err == nil {
			t.Fatalf("a killed shop answered %d", answer.Status)
		}
		f.stripe.OnOpening(nil)
		f.Restart()
		if got := strings.Join(f.Rows("SELECT status, COALESCE(stripe_session_id, 'none') FROM orders"), ", "); got != "pending none" {
			t.Fatalf("orders after the kill: %s", got)
		}
		// The shopper who clicks again comes to the same page.
		again := shopper.Post("/checkout")
		sessions := f.stripe.Sessions()
		if len(sessions) != 1 || !strings.Contains(again.Location, sessions[0]) {
			t.Fatalf("clicking again: %d %s; sessions %v", again.Status, again.Location, sessions)
		}

		// Of another one the shop hears by the event alone.
		f.stripe.OnOpening(func(func()) { f.Kill() })
		if answer, err := f.Fill(f.basket(1)).TryPost("/checkout"); err == nil {
			t.Fatalf("a killed shop answered %d", answer.Status)
		}
		f.stripe.OnOpening(nil)
		f.Restart()
		var events []proctest.Event
		for _, session := range f.stripe.Sessions() {
			events = append(events, f.stripe.Pay(session))
		}
		f.sell(f.basket(0))
		f.sell(f.basket(1))
		f.deliver(events, nil)
		paid := f.Rows("SELECT stripe_session_id FROM orders WHERE status = 'paid'")
		slices.Sort(paid)
		if want := slices.Sorted(slices.Values(f.stripe.Sessions())); !slices.Equal(paid, want) {
			t.Errorf("paid sessions %v, want %v", paid, want)
		}
		f.settled(2)
	})
}

// TestKilledAfterTheMailWasAccepted kills the shop when the mail server has
// taken a receipt and the shop has not heard so.
func TestKilledAfterTheMailWasAccepted(t *testing.T) {
	t.Parallel()
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		f := openFloor(t, databaseURL)
		f.mailbox.OnAccepted(func(n int) {
			if n == 1 {
				f.Kill()
			}
		})
		events := f.buy(1)
		if status, err := f.Deliver(events[0]); status != http.StatusOK || err != nil {
			t.Fatalf("answered %d, %v", status, err)
		}
		if code := f.ExitCode(); code != -1 {
			t.Fatalf("the shop was not killed: exit code %d", code)
		}
		f.Restart()
		if status, err := f.Deliver(events[0].Twin()); status != http.StatusOK || err != nil {
			t.Fatalf("answered %d, %v", status, err)
		}
		f.settled(1)
		if sent := f.mailbox.MessageIDs(); len(sent) != 2 || len(f.mailbox.Distinct()) != 1 {
			t.Errorf("mails: %v", sent)
		}
	})
}
