package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/proctest"
	"tuckshop/models/modelstest"
)

// TestFaults lets one thing break at a known moment, for each of the worst
// moments, and wants every order paid once and told once in the end. The
// others are in crash_test.go, in jobs and in handlers.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		play func(t *testing.T, databaseURL string)
	}{
		{"SIGKILL before commit", killedBeforeCommit},
		{"SIGKILL after commit before the answer", killedBeforeTheAnswer},
		{"SIGKILL between order and session", killedBeforeStripeWasAsked},
		{"SIGTERM with webhooks in flight", stoppedAmongWebhooks},
		{"SIGTERM while the database does not answer", stoppedWithoutDatabase},
		{"database gone and back", databaseGone},
		{"disk full, PostgreSQL read-only", diskFull},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
				t.Parallel()
				c.play(t, databaseURL)
			})
		})
	}
}

// unheard checks that nothing of a payment is stored, however far the shop got
// with its webhook.
func (f *shopFloor) unheard() {
	f.t.Helper()
	for _, query := range []string{
		"SELECT COUNT(*) FROM stripe_events", "SELECT COUNT(*) FROM orders WHERE status <> 'pending'", "SELECT COUNT(*) FROM emails",
		"SELECT COUNT(*) FROM river_job WHERE kind = 'send_email'", "SELECT COUNT(*) FROM order_events WHERE kind = 'paid'",
	} {
		if n := f.Count(query); n != 0 {
			f.t.Errorf("%s: %d", query, n)
		}
	}
}

// redeliver sends an event and its twin as Stripe does, again and again until
// they are taken; an answer that says anything but "later" is a fault.
func (f *shopFloor) redeliver(event proctest.Event) {
	f.t.Helper()
	for _, e := range []proctest.Event{event, event.Twin()} {
		proctest.Eventually(f.t, jobPatience, "the redelivery is taken", func() bool {
			status, err := f.Deliver(e)
			if err != nil {
				f.t.Fatalf("redeliver: %v", err)
			}
			return f.taken(status)
		})
	}
}

// taken reports whether a webhook's status says that it is stored. It may say
// that Stripe must come again; nothing else.
func (f *shopFloor) taken(status int) bool {
	f.t.Helper()
	switch status {
	case http.StatusOK:
		return true
	case http.StatusInternalServerError, http.StatusServiceUnavailable:
	default:
		f.t.Errorf("a webhook was answered %d", status)
	}
	return false
}

// silent checks that a page says nothing about what is behind it.
func (f *shopFloor) silent(path string, page apptest.Answer) {
	f.t.Helper()
	inner := []string{"SQLSTATE", "sqlite", "postgres", "SELECT ", "INSERT ", "UPDATE ", "dial tcp", "database is", "file size", f.DataDir}
	if u, err := url.Parse(f.DatabaseURL); err == nil && u.Host != "" {
		inner = append(inner, u.Host, strings.TrimPrefix(u.Path, "/"))
	} else {
		inner = append(inner, strings.TrimPrefix(f.DatabaseURL, "sqlite:"))
	}
	for _, part := range inner {
		if strings.Contains(page.Body, part) {
			f.t.Errorf("%s is answered %d and tells %q:\n%s", path, page.Status, part, page.Body)
		}
	}
}

// logged reports whether a line of the shop's output has all the parts.
func (f *shopFloor) logged(parts ...string) bool {
	for line := range strings.Lines(f.Output()) {
		if !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) }) {
			return true
		}
	}
	return false
}

// killedBeforeCommit kills the shop when the webhook's transaction has written
// everything and committed nothing.
func killedBeforeCommit(t *testing.T, databaseURL string) {
	f := openFloor(t, databaseURL)
	event := f.buy(1)[0]
	stall := proctest.StallWebhooks(t, databaseURL)
	reply := f.Begin(event)
	proctest.Eventually(t, jobPatience, "the transaction is written", func() bool {
		select {
		case got := <-reply: // the machine is so busy that the shop gave up
			if got.Err != nil || f.taken(got.Status) {
				t.Fatalf("before the commit it was answered %d, %v", got.Status, got.Err)
			}
			reply = f.Begin(event)
		default:
		}
		return stall.Reached()
	})
	f.Kill()
	if got := <-reply; got.Err == nil {
		t.Fatalf("it was answered %d before it was committed", got.Status)
	}
	stall.End()
	f.unheard()
	f.Restart()
	f.unheard()
	f.redeliver(event)
	f.settled(1)
	if sent := f.mailbox.MessageIDs(); len(sent) != 1 {
		t.Errorf("mails: %v", sent)
	}
}

// killedBeforeTheAnswer kills the shop between a webhook's commit and its
// answer, where it logs a line that nobody takes.
func killedBeforeTheAnswer(t *testing.T, databaseURL string) {
	f := openFloor(t, databaseURL, "LOG_LEVEL", "info")
	event := f.buy(1)[0]
	f.Deafen()
	reply := f.Begin(event)
	proctest.Eventually(t, jobPatience, "the payment is committed", func() bool {
		return f.Count("SELECT COUNT(*) FROM stripe_events e JOIN orders o ON o.id = e.order_id WHERE e.outcome = 'paid' AND o.status = 'paid'") == 1
	})
	// The receipt is let out before: a job that is cut off comes back late.
	proctest.Eventually(t, jobPatience, "the receipt's job is done", func() bool {
		return f.Count("SELECT COUNT(*) FROM river_job WHERE kind = 'send_email' AND state = 'completed'") == 1
	})
	select {
	case got := <-reply:
		t.Fatalf("it was answered %d, %v before the kill", got.Status, got.Err)
	default:
	}
	f.Kill()
	if got := <-reply; got.Err == nil {
		t.Fatalf("a killed shop answered %d", got.Status)
	}
	f.Restart()
	f.redeliver(event)
	if deliveries := f.Count(fmt.Sprintf("SELECT deliveries FROM stripe_events WHERE id = '%s'", event.ID)); deliveries != 2 {
		t.Errorf("%d deliveries counted, want 2", deliveries)
	}
	f.settled(1)
	if sent := f.mailbox.MessageIDs(); len(sent) != 1 {
		t.Errorf("mails: %v", sent)
	}
}

// killedBeforeStripeWasAsked kills the shop when the order is committed and
// Stripe has not heard of it.
func killedBeforeStripeWasAsked(t *testing.T, databaseURL string) {
	f := openFloor(t, databaseURL)
	f.stripe.OnAsked(func() bool { f.Kill(); return false })
	shopper := f.Fill(f.basket(0))
	if answer, err := shopper.TryPost("/checkout"); err == nil {
		t.Fatalf("a killed shop answered %d", answer.Status)
	}
	f.stripe.OnAsked(nil)
	pieces := int64(0)
	for _, quantity := range f.basket(0) {
		pieces += quantity
	}
	left := func(when string, sessions int) {
		t.Helper()
		if got := f.Rows("SELECT status, stock_status FROM orders"); len(got) != 1 || got[0] != "pending reserved" {
			t.Errorf("%s: orders %q", when, got)
		}
		if got := f.Count("SELECT SUM(reserved) FROM variants"); got != pieces {
			t.Errorf("%s: %d pieces are reserved, want %d", when, got, pieces)
		}
		if got := f.stripe.Sessions(); len(got) != sessions {
			t.Errorf("%s: sessions %q", when, got)
		}
	}
	left("after the kill", 0)
	f.Restart()
	left("after the restart", 0)
	var pages []string
	for range 2 {
		page := shopper.Post("/checkout")
		if page.Status != http.StatusSeeOther || !strings.Contains(page.Location, "/c/pay/") {
			t.Fatalf("clicking again: %d %s", page.Status, page.Location)
		}
		pages = append(pages, page.Location)
	}
	left("after two clicks", 1)
	session := f.stripe.Sessions()[0]
	for _, page := range pages {
		if !strings.Contains(page, session) {
			t.Errorf("sent to %s, the session is %s", page, session)
		}
	}
	f.sell(f.basket(0))
	f.redeliver(f.stripe.Pay(session))
	f.settled(1)
}

// stoppedAmongWebhooks sends SIGTERM while webhooks wait for the database:
// what the shop has begun it finishes.
func stoppedAmongWebhooks(t *testing.T, databaseURL string) {
	f := openFloor(t, databaseURL)
	const orders = 4
	events := f.buy(orders)
	release := proctest.HoldWebhooks(t, databaseURL)
	var replies []<-chan proctest.Reply
	for _, event := range events {
		replies = append(replies, f.Begin(event), f.Begin(event.Twin()))
	}
	f.Terminate()
	f.Refuses()
	if status, err := f.Deliver(events[0]); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after SIGTERM a webhook was answered %d, %v", status, err)
	}
	release()
	for _, reply := range replies {
		got := <-reply
		if got.Err != nil || got.Status != http.StatusOK {
			t.Errorf("a webhook that was begun was answered %d, %v", got.Status, got.Err)
		}
		if n := f.Count(fmt.Sprintf("SELECT COUNT(*) FROM stripe_events WHERE id = '%s'", got.Event.ID)); n != 1 {
			t.Errorf("event %s was answered %d and is stored %d times", got.Event.ID, got.Status, n)
		}
	}
	if code := f.ExitCode(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	f.Restart()
	f.settled(orders)
}

// stoppedWithoutDatabase sends SIGTERM while a webhook waits for a database
// that does not answer: Stripe is asked to come again.
func stoppedWithoutDatabase(t *testing.T, databaseURL string) {
	f := openFloor(t, databaseURL)
	event := f.buy(1)[0]
	release := proctest.HoldWebhooks(t, databaseURL)
	reply := f.Begin(event)
	f.Terminate()
	f.Refuses()
	if got := <-reply; got.Err != nil || f.taken(got.Status) {
		t.Errorf("without a database it was answered %d, %v", got.Status, got.Err)
	}
	release()
	if code := f.ExitCode(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	f.unheard()
	f.Restart()
	f.redeliver(event)
	f.settled(1)
}

// databaseGone takes the database away from the running shop and gives it
// back: the same process goes on.
func databaseGone(t *testing.T, databaseURL string) {
	f := openFloor(t, databaseURL)
	event := f.buy(1)[0]
	reopen := proctest.ShutDatabase(t, databaseURL)
	replies := []<-chan proctest.Reply{f.Begin(event), f.Begin(event), f.Begin(event.Twin())}
	visitor := apptest.NewBrowser(t, f.URL)
	for _, path := range []string{"/", "/products", "/cart", "/search?q=pen", "/orders/lookup", "/admin/login", "/readyz", "/healthz"} {
		f.silent(path, visitor.Get(path))
	}
	for _, reply := range replies {
		if got := <-reply; got.Err != nil || f.taken(got.Status) {
			t.Errorf("without a database a webhook was answered %d, %v", got.Status, got.Err)
		}
	}
	reopen()
	f.unheard()
	f.redeliver(event)
	f.settled(1)
	if sent := f.mailbox.MessageIDs(); len(sent) != 1 {
		t.Errorf("mails: %v", sent)
	}
}

// diskFull takes from the running shop the room to write and gives it back:
// the same process goes on. PostgreSQL writes in a process of its own, so
// there it is a database that refuses writes.
func diskFull(t *testing.T, databaseURL string) {
	f := openFloor(t, databaseURL)
	event := f.buy(1)[0]
	shopper := f.Fill(f.basket(1))
	was := f.books()
	var free func()
	var refusal string
	if strings.HasPrefix(databaseURL, "sqlite:") {
		free, refusal = f.FillDisk(), "disk I/O error"
	} else {
		free, refusal = proctest.RefuseWrites(t, databaseURL), "read-only transaction"
	}
	proctest.Eventually(t, jobPatience, "webhooks meet the refusal", func() bool {
		for _, e := range []proctest.Event{event, event.Twin()} {
			if status, err := f.Deliver(e); err != nil || f.taken(status) {
				t.Fatalf("without room a webhook was answered %d, %v", status, err)
			}
		}
		return f.logged("/webhooks/stripe", refusal)
	})
	page := shopper.Post("/checkout")
	if page.Status != http.StatusInternalServerError && page.Status != http.StatusServiceUnavailable {
		t.Errorf("without room a checkout was answered %d %s", page.Status, page.Location)
	}
	f.silent("/checkout", page)
	f.silent("/cart", shopper.Get("/cart"))
	if is := f.books(); is != was {
		t.Errorf("before: %s\nwithout room: %s", was, is)
	}
	free()
	f.unheard()
	f.redeliver(event)
	var again apptest.Answer
	proctest.Eventually(t, jobPatience, "the checkout goes on", func() bool {
		again = shopper.Post("/checkout")
		return again.Status == http.StatusSeeOther
	})
	sessions := f.stripe.Sessions()
	if len(sessions) != 2 || !strings.Contains(again.Location, sessions[0]) {
		t.Fatalf("sent to %s, the sessions are %q", again.Location, sessions)
	}
	f.sell(f.basket(1))
	f.redeliver(f.stripe.Pay(sessions[0]))
	f.settled(2)
}

// books are what a checkout changes.
func (f *shopFloor) books() string {
	f.t.Helper()
	var lines []string
	for _, query := range []string{
		"SELECT status, stock_status, COUNT(*) FROM orders GROUP BY status, stock_status", "SELECT status, COUNT(*) FROM checkout_attempts GROUP BY status",
		"SELECT COUNT(*) FROM order_items", "SELECT SUM(reserved), SUM(stock) FROM variants", "SELECT COUNT(*) FROM order_events",
	} {
		lines = append(lines, f.Rows(query)...)
	}
	return fmt.Sprintf("%s; %d sessions at Stripe", strings.Join(lines, ", "), len(f.stripe.Sessions()))
}
