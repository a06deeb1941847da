package main

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"tuckshop/internal/proctest"
)

// A job that a crash cut off runs again within a minute; the tests wait longer
// only so that a slow machine fails none of them.
const jobPatience = 3 * time.Minute

// shopFloor is a shop as a process, with what it talks to.
type shopFloor struct {
	*proctest.Shop
	t       *testing.T
	stripe  *proctest.Stripe
	mailbox *proctest.Mailbox
	stock   map[int64]int64 // of some well stocked variants, before anything was sold
	ids     []int64         // theirs
	sold    map[int64]int64
}

// openFloor opens the shop. settings, as name, value, name, value…, add to its
// environment.
func openFloor(t *testing.T, databaseURL string, settings ...string) *shopFloor {
	t.Helper()
	f := &shopFloor{t: t, stripe: proctest.NewStripe(t), mailbox: proctest.NewMailbox(t), stock: map[int64]int64{}, sold: map[int64]int64{}}
	env := f.stripe.Env()
	env["SMTP_URL"] = f.mailbox.URL
	for i := 0; i+1 < len(settings); i += 2 {
		env[settings[i]] = settings[i+1]
	}
	f.Shop = proctest.Start(t, databaseURL, env)
	for _, row := range f.Rows("SELECT id, stock FROM variants WHERE stock >= 30 ORDER BY id LIMIT 4") {
		var id, stock int64
		if _, err := fmt.Sscan(row, &id, &stock); err != nil {
			t.Fatal(err)
		}
		f.ids, f.stock[id] = append(f.ids, id), stock
	}
	if len(f.ids) != 4 {
		t.Fatalf("%d well stocked variants", len(f.ids))
	}
	return f
}

// basket is what the n-th shopper buys.
func (f *shopFloor) basket(n int) map[int64]int64 {
	return map[int64]int64{f.ids[n%4]: int64(1 + n%3), f.ids[(n+1)%4]: 1}
}

// buy makes orders up to the payment page, pays them at Stripe and returns
// their events, which the shop has not heard of yet.
func (f *shopFloor) buy(orders int) []proctest.Event {
	f.t.Helper()
	var events []proctest.Event
	for n := range orders {
		events = append(events, f.stripe.Pay(f.Checkout(f.basket(n))))
		f.sell(f.basket(n))
	}
	return events
}

func (f *shopFloor) sell(basket map[int64]int64) {
	for id, quantity := range basket {
		f.sold[id] += quantity
	}
}

// answers counts what came back of many deliveries at once.
type answers struct {
	statuses map[int]int
	cut      int             // deliveries that the shop had begun to take and did not answer
	refused  int             // deliveries that found no shop
	taken    map[string]bool // ids of the events answered with 200
}

// flood lets one shop at a time be flooded: two would take each other's
// processor, and a webhook that gets none for nine seconds is answered 503.
var flood sync.Mutex

// deliver posts every event twenty times at once, half of them under a second
// event id, event after event, and again where a busy shop says later. It calls
// ok with how many answers were 200 so far, after each.
func (f *shopFloor) deliver(events []proctest.Event, ok func(n int)) answers {
	f.t.Helper()
	flood.Lock()
	defer flood.Unlock()
	got := answers{statuses: map[int]int{}, taken: map[string]bool{}}
	var mu sync.Mutex
	var wg sync.WaitGroup
	atOnce := make(chan struct{}, 20)
	for _, paid := range events {
		for i := range 20 {
			event := paid
			if i%2 == 1 {
				event = paid.Twin()
			}
			atOnce <- struct{}{}
			wg.Go(func() {
				defer func() { <-atOnce }()
				status, err := f.Deliver(event)
				for until := time.Now().Add(jobPatience); err == nil && status == http.StatusServiceUnavailable && time.Now().Before(until); {
					status, err = f.Deliver(event)
				}
				mu.Lock()
				switch {
				case errors.Is(err, syscall.ECONNREFUSED):
					got.refused++
				case err != nil:
					got.cut++
				default:
					got.statuses[status]++
				}
				n := got.statuses[http.StatusOK]
				if status == http.StatusOK {
					got.taken[event.ID] = true
				}
				mu.Unlock()
				if status == http.StatusOK && ok != nil {
					ok(n)
				}
			})
		}
	}
	wg.Wait()
	if ok == nil && got.cut+got.refused > 0 {
		f.t.Errorf("%d deliveries were cut off, %d refused", got.cut, got.refused)
	}
	for status := range got.statuses {
		if status != http.StatusOK {
			f.t.Errorf("webhooks were answered %v", got.statuses)
		}
	}
	return got
}

// settled waits until every receipt is out and checks that orders, stock,
// events and mail are as they must be when so many orders were paid once each.
func (f *shopFloor) settled(orders int) {
	t := f.t
	t.Helper()
	if paid := f.Count("SELECT COUNT(*) FROM orders WHERE status = 'paid'"); paid != int64(orders) {
		t.Fatalf("%d of %d orders are paid", paid, orders)
	}
	proctest.Eventually(t, jobPatience, "every receipt is sent", func() bool {
		return f.Count("SELECT COUNT(*) FROM emails WHERE kind = 'receipt' AND status = 'sent'") >= int64(orders)
	})
	for query, want := range map[string]int64{
		"SELECT COUNT(*) FROM orders":                                        int64(orders),
		"SELECT COUNT(*) FROM order_events WHERE kind = 'paid'":              int64(orders),
		"SELECT COUNT(*) FROM emails":                                        int64(orders),
		"SELECT COUNT(DISTINCT order_id) FROM emails WHERE kind = 'receipt'": int64(orders),
		"SELECT COALESCE(SUM(reserved), 0) FROM variants":                    0,
		"SELECT COUNT(*) FROM stripe_events":                                 int64(2 * orders),
		"SELECT COUNT(*) FROM stripe_events WHERE outcome = 'paid'":          int64(orders),
		"SELECT COUNT(*) FROM checkout_attempts":                             int64(orders),
		"SELECT COUNT(*) FROM checkout_attempts WHERE status = 'complete'":   int64(orders),
	} {
		if got := f.Count(query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	for id, before := range f.stock {
		if got := f.Count(fmt.Sprintf("SELECT stock FROM variants WHERE id = %d", id)); got != before-f.sold[id] {
			t.Errorf("variant %d: stock %d, want %d - %d", id, got, before, f.sold[id])
		}
	}
	noted := f.Rows("SELECT message_id FROM emails ORDER BY message_id")
	slices.Sort(noted)
	if sent := f.mailbox.Distinct(); !slices.Equal(sent, noted) {
		t.Errorf("mails sent: %v\nmails noted: %v", sent, noted)
	}
	f.Terminate()
	if code := f.ExitCode(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}
