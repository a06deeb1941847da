package main

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"tuckshop/internal/stripesim"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	plan := makePlan(1, 10*time.Minute, 8*time.Second)
	if !reflect.DeepEqual(plan, makePlan(1, 10*time.Minute, 8*time.Second)) {
		t.Error("the same seed gives another plan")
	}
	if reflect.DeepEqual(plan, makePlan(2, 10*time.Minute, 8*time.Second)) {
		t.Error("another seed gives the same plan")
	}
	kinds := map[stepKind]int{}
	for i, s := range plan {
		kinds[s.kind]++
		if i > 0 && s.at < plan[i-1].at || s.at >= 10*time.Minute {
			t.Errorf("step %d is at %s", i, s.at)
		}
	}
	if kinds[kill] < 50 || kinds[databaseStop] < 3 || kinds[mailFault] < 3 || kinds[clockForward] < 5 || kinds[fault] < 300 {
		t.Errorf("ten minutes hold %v", kinds)
	}
}

// TestBrokenRulesAreFound takes books that agree with Stripe's and breaks one
// thing at a time.
func TestBrokenRulesAreFound(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(b *books, l *stripesim.Ledger, arrived map[string]int){
		"":                   func(*books, *stripesim.Ledger, map[string]int) {},
		"payment pi_1: lost": func(b *books, _ *stripesim.Ledger, _ map[string]int) { delete(b.payments, "pi_1") },
		"its role is unmatched": func(b *books, _ *stripesim.Ledger, _ map[string]int) {
			b.payments["pi_1"] = payment{"1", "1", "unmatched", 500, 100}
		},
		"kept as order 1002's": func(b *books, _ *stripesim.Ledger, _ map[string]int) {
			b.orders["2"] = order{id: "2", number: "1002", status: "paid", stock: "sold", paid: true}
			b.payments["pi_1"] = payment{"1", "2", "order", 500, 100}
		},
		"Stripe has not":     func(_ *books, l *stripesim.Ledger, _ map[string]int) { l.Payments = nil },
		"the amount is 500":  func(_ *books, l *stripesim.Ledger, _ map[string]int) { l.Payments[0].Amount = 501 },
		"refunded are 100":   func(_ *books, l *stripesim.Ledger, _ map[string]int) { l.Payments[0].AmountRefunded = 0 },
		"refund re_1 is":     func(_ *books, l *stripesim.Ledger, _ map[string]int) { l.Refunds[0].Status = "failed" },
		"dispute dp_1 is":    func(_ *books, l *stripesim.Ledger, _ map[string]int) { l.Disputes[0].Status = "won" },
		"2 payments paid it": func(b *books, _ *stripesim.Ledger, _ map[string]int) { b.payments["pi_2"] = b.payments["pi_1"] },
		"still holds stock": func(b *books, _ *stripesim.Ledger, _ map[string]int) {
			b.orders["2"] = order{number: "1002", status: "expired", stock: "reserved"}
		},
		"has 0 receipts":      func(b *books, _ *stripesim.Ledger, _ map[string]int) { delete(b.emails, "m1") },
		"has 2 receipts":      func(b *books, _ *stripesim.Ledger, a map[string]int) { b.emails["m2"], a["m2"] = b.emails["m1"], 1 },
		"m1 never arrived":    func(_ *books, _ *stripesim.Ledger, a map[string]int) { delete(a, "m1") },
		"knows nothing of it": func(_ *books, _ *stripesim.Ledger, a map[string]int) { a["m3"] = 1 },
		"receipt mail is": func(b *books, _ *stripesim.Ledger, _ map[string]int) {
			b.emails["m1"] = mailRow{"1", "receipt", "queued"}
		},
		"with 200 and is lost": func(b *books, _ *stripesim.Ledger, _ map[string]int) { delete(b.events, "evt_1") },
		"never came to": func(_ *books, l *stripesim.Ledger, _ map[string]int) {
			l.Events = append(l.Events, stripesim.LedgerEvent{ID: "evt_2", Type: "charge.refunded"})
		},
	} {
		b := &books{
			orders:   map[string]order{"1": {"1", "1001", "partially_refunded", "sold", "", true, 500, 100}},
			payments: map[string]payment{"pi_1": {"1", "1", "order", 500, 100}},
			emails:   map[string]mailRow{"m1": {"1", "receipt", "sent"}},
			events:   map[string]bool{"evt_1": true},
			refunds:  map[string]string{"re_1": "succeeded"},
			disputes: map[string]string{"dp_1": "lost"},
		}
		ledger := &stripesim.Ledger{
			Payments: []stripesim.LedgerPayment{{PaymentIntent: "pi_1", Amount: 500, AmountRefunded: 100,
				Metadata: map[string]string{"order_id": "1", "order_number": "1001"}}},
			Refunds:  []stripesim.LedgerRefund{{ID: "re_1", Status: "succeeded"}},
			Disputes: []stripesim.LedgerDispute{{ID: "dp_1", Status: "lost"}},
			Events: []stripesim.LedgerEvent{{ID: "evt_1", Deliveries: []stripesim.LedgerDelivery{
				{Attempts: []stripesim.LedgerAttempt{{Status: 503}, {Status: 200}}}}}},
		}
		arrived := map[string]int{"m1": 2}
		spoil(b, ledger, arrived)
		r := &result{}
		checkPayments(r, b, ledger)
		checkOrders(r, b)
		checkMail(r, b, arrived)
		checkEvents(r, b, ledger)
		if found := strings.Join(r.broken, "\n"); (what == "") != (found == "") || !strings.Contains(found, what) {
			t.Errorf("%q: found %q", what, found)
		}
	}
}
