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
	if kinds[kill] < 50 || kinds[databaseStop] < 3 || kinds[mailFault] < 3 || kinds[clockForward] < 5 || kinds[fault] < 300 || kinds[latePayment] < 100 || kinds[look] < 200 {
		t.Errorf("ten minutes hold %v", kinds)
	}
}

// TestEveryPlanKillsEnough: fifty kills in ten minutes are wanted of any seed.
func TestEveryPlanKillsEnough(t *testing.T) {
	t.Parallel()
	for seed := range uint64(500) {
		kills := 0
		for _, s := range makePlan(seed, 10*time.Minute, 8*time.Second) {
			if s.kind == kill {
				kills++
			}
		}
		if kills < 60 {
			t.Errorf("the plan of seed %d has %d kills", seed, kills)
		}
	}
}

// TestBrokenRulesAreFound takes books that agree with Stripe's and breaks one
// thing at a time.
func TestBrokenRulesAreFound(t *testing.T) {
	t.Parallel()
	stored := time.UnixMilli(1_700_000_000_500)
	type spoil func(b *books, l *stripesim.Ledger, arrived map[string]int)
	inBooks := func(spoil func(b *books)) spoil {
		return func(b *books, _ *stripesim.Ledger, _ map[string]int) { spoil(b) }
	}
	inLedger := func(spoil func(l *stripesim.Ledger)) spoil {
		return func(_ *books, l *stripesim.Ledger, _ map[string]int) { spoil(l) }
	}
	for what, spoil := range map[string]spoil{
		"":                      inBooks(func(*books) {}),
		"payment pi_1: lost":    inBooks(func(b *books) { delete(b.payments, "pi_1") }),
		"its role is unmatched": inBooks(func(b *books) { b.payments["pi_1"] = payment{"1", "1", "unmatched", 500, 100, "USD"} }),
		"its role is duplicate": inBooks(func(b *books) { b.payments["pi_1"] = payment{"1", "1", "duplicate", 500, 100, "USD"} }),
		"its role is review":    inBooks(func(b *books) { b.orders["3"] = order{"3", "1003", "expired", "released", "", false, 700, 0, "USD"} }),
		"kept as order 1002's": inBooks(func(b *books) {
			b.orders["2"] = order{id: "2", number: "1002", status: "paid", stock: "sold", paid: true}
			b.payments["pi_1"] = payment{"1", "2", "order", 500, 100, "USD"}
		}),
		"Stripe has not":    inLedger(func(l *stripesim.Ledger) { l.Payments = nil }),
		"the amount is 500": inLedger(func(l *stripesim.Ledger) { l.Payments[0].Amount = 501 }),
		"at Stripe 500 eur": inLedger(func(l *stripesim.Ledger) { l.Payments[0].Currency = "eur" }),
		"refunded are 100":  inLedger(func(l *stripesim.Ledger) { l.Payments[0].AmountRefunded = 0 }),
		"refund re_1 is 100 succeeded, at Stripe 100 failed": inLedger(func(l *stripesim.Ledger) { l.Refunds[0].Status = "failed" }),
		"refund re_1 is 100 succeeded, at Stripe 90":         inLedger(func(l *stripesim.Ledger) { l.Refunds[0].Amount = 90 }),
		"refund re_1 is not in the books":                    inBooks(func(b *books) { delete(b.refunds, "1") }),
		"the shop has refund re_1":                           inLedger(func(l *stripesim.Ledger) { l.Refunds = nil }),
		"no id of Stripe's":                                  inBooks(func(b *books) { b.refunds["2"] = refundRow{"", "", "succeeded", 5} }),
		"has two rows":                                       inBooks(func(b *books) { b.refunds["2"] = b.refunds["1"] }),
		"refund 1 of the shop is re_1 and re_2": func(b *books, l *stripesim.Ledger, _ map[string]int) {
			b.refunds["2"] = refundRow{"re_2", "", "succeeded", 100}
			l.Refunds = append(l.Refunds, stripesim.LedgerRefund{ID: "re_2", Status: "succeeded", Amount: 100, Metadata: l.Refunds[0].Metadata})
		},
		"confirmed under key k1 is not": inBooks(func(b *books) { b.refunds["1"] = refundRow{"re_1", "", "succeeded", 100} }),
		"dispute dp_1 is":               inLedger(func(l *stripesim.Ledger) { l.Disputes[0].Status = "won" }),
		"2 payments paid it":            inBooks(func(b *books) { b.payments["pi_3"] = b.payments["pi_1"] }),
		"2 payments decide on it":       inBooks(func(b *books) { b.payments["pi_3"] = b.payments["pi_1"] }),
		"its stock sold, and 0": inBooks(func(b *books) {
			b.orders["4"] = order{number: "1004", status: "expired", stock: "sold"}
		}),
		"it is refunded, its stock released, and 0": inBooks(func(b *books) {
			b.orders["4"] = order{number: "1004", status: "refunded", stock: "released"}
		}),
		"still holds stock": inBooks(func(b *books) {
			b.orders["2"] = order{number: "1002", status: "expired", stock: "reserved"}
		}),
		"review without a reason":          inBooks(func(b *books) { b.orders["2"] = order{"2", "1002", "review", "reserved", "", false, 700, 0, "USD"} }),
		"a review is open: false":          inBooks(func(b *books) { b.reviews[0].open = false }),
		"refunded, a review is open: true": inBooks(func(b *books) { b.reviews = append(b.reviews, review{"1", "the total is another", "", true}) }),
		"and nobody accepted that":         inBooks(func(b *books) { b.reviews[1].resolution = "refunded" }),
		"has 0 receipts":                   inBooks(func(b *books) { delete(b.emails, "m1") }),
		"has 2 receipts": func(b *books, _ *stripesim.Ledger, a map[string]int) {
			b.emails["m9"], a["m9"] = b.emails["m1"], 1
		},
		"m1 never arrived":     func(_ *books, _ *stripesim.Ledger, a map[string]int) { delete(a, "m1") },
		"knows nothing of it":  func(_ *books, _ *stripesim.Ledger, a map[string]int) { a["m9"] = 1 },
		"receipt mail is":      inBooks(func(b *books) { b.emails["m1"] = mailRow{"1", "1", "receipt", "queued"} }),
		"with 200 and is lost": inBooks(func(b *books) { delete(b.events, "evt_1") }),
		"stored only 1s later": inBooks(func(b *books) { b.events["evt_1"] = stored.Add(time.Second) }),
		"never came to": inLedger(func(l *stripesim.Ledger) {
			l.Events = append(l.Events, stripesim.LedgerEvent{ID: "evt_2", Type: "charge.refunded"})
		}),
		"no job send_email 1":          inBooks(func(b *books) { delete(b.jobs, "1") }),
		"no job refund 1":              inBooks(func(b *books) { delete(b.jobs, "2") }),
		"no job settle_order 1":        inBooks(func(b *books) { delete(b.jobs, "3") }),
		"2 jobs send_email 1":          inBooks(func(b *books) { b.jobs["9"] = b.jobs["1"] }),
		"was discarded after":          inBooks(func(b *books) { b.jobs["1"] = job{"send_email", "discarded", "3", "", "1"} }),
		"job 2 (refund) was there and": inBooks(func(b *books) { delete(b.jobs, "2") }),
		"two rows have the key":        inBooks(func(b *books) { keepOnce(b, b.disputes, "dp_1", "lost") }),
	} {
		b := &books{
			orders: map[string]order{
				"1": {"1", "1001", "partially_refunded", "sold", "", true, 500, 100, "USD"},
				"2": {"2", "1002", "review", "reserved", "the total is another", false, 700, 0, "USD"},
				"3": {"3", "1003", "refunded", "released", "the session is in EUR", false, 700, 700, "USD"},
				"5": {"5", "1005", "paid", "sold", "", true, 700, 0, "USD"},
			},
			payments: map[string]payment{
				"pi_1": {"1", "1", "order", 500, 100, "USD"},
				"pi_2": {"2", "2", "review", 701, 0, "USD"},
				"pi_4": {"3", "3", "review", 700, 700, "EUR"},
				"pi_5": {"5", "5", "order", 701, 0, "USD"},
			},
			emails:   map[string]mailRow{"m1": {"1", "1", "receipt", "sent"}, "m5": {"5", "5", "receipt", "sent"}},
			events:   map[string]time.Time{"evt_1": stored},
			refunds:  map[string]refundRow{"1": {"re_1", "k1", "succeeded", 100}},
			disputes: map[string]string{"dp_1": "lost"},
			reviews: []review{
				{"2", "the session's total is another", "", true}, {"5", "the session's total is another", "accepted", false},
				{"3", "the session is in EUR", "refunded", false},
			},
			jobs: map[string]job{
				"1": {"send_email", "completed", "1", "", "1"}, "2": {"refund", "completed", "1", "", "1"},
				"3": {"settle_order", "completed", "1", "", "1"}, "5": {"send_email", "completed", "1", "", "5"},
			},
			asked: []string{"1"},
		}
		paid := func(order, intent, currency string, amount, refunded int64) stripesim.LedgerPayment {
			return stripesim.LedgerPayment{PaymentIntent: intent, Amount: amount, AmountRefunded: refunded, Currency: currency,
				Metadata: map[string]string{"order_id": order, "order_number": "100" + order}}
		}
		at := stored.UnixMilli()
		ledger := &stripesim.Ledger{
			Payments: []stripesim.LedgerPayment{
				paid("1", "pi_1", "usd", 500, 100), paid("2", "pi_2", "usd", 701, 0),
				paid("3", "pi_4", "eur", 700, 700), paid("5", "pi_5", "usd", 701, 0),
			},
			Refunds:  []stripesim.LedgerRefund{{ID: "re_1", Status: "succeeded", Amount: 100, Metadata: map[string]string{"refund_id": "1"}}},
			Disputes: []stripesim.LedgerDispute{{ID: "dp_1", Status: "lost"}},
			Events: []stripesim.LedgerEvent{{ID: "evt_1", Deliveries: []stripesim.LedgerDelivery{
				{Attempts: []stripesim.LedgerAttempt{{AtMillis: at - 900, Status: 503}, {AtMillis: at - 5, Millis: 5, Status: 200}}}}}},
		}
		arrived := map[string]int{"m1": 2, "m5": 1}
		spoil(b, ledger, arrived)
		r := newResult()
		checkBooks(r, b, ledger, arrived)
		checkConfirmed(r, b, map[string]bool{"k1": true})
		checkSeenJobs(r, b, map[string]string{"2": "refund"})
		if found := strings.Join(r.broken, "\n"); (what == "") != (found == "") || !strings.Contains(found, what) {
			t.Errorf("%q: found %q", what, found)
		}
	}
}

func TestBrokenStockIsFound(t *testing.T) {
	t.Parallel()
	for what, row := range map[string]stockRow{
		"":                        {variant: "1", left: 7, reserved: 2, held: 2, sold: 4, back: 1, ledger: 7},
		"10 before, 8 left":       {variant: "1", left: 8, reserved: 2, held: 2, sold: 4, back: 1, ledger: 8},
		"2 of them reserved":      {variant: "1", left: 7, reserved: 2, held: 1, sold: 4, back: 1, ledger: 7},
		"6 left, 8 of them":       {variant: "1", left: 6, reserved: 8, held: 8, sold: 4, ledger: 6},
		"-1 of them reserved":     {variant: "1", left: 6, reserved: -1, held: -1, sold: 4, ledger: 6},
		"7 left, 8 by the ledger": {variant: "1", left: 7, reserved: 2, held: 2, sold: 4, back: 1, ledger: 8},
	} {
		found := strings.Join(stockRule([]stockRow{row}, map[int64]int64{1: 10}), "\n")
		if (what == "") != (found == "") || what != "" && !strings.Contains(found, what) {
			t.Errorf("%q: found %q", what, found)
		}
	}
}
