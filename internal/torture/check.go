package main

import (
	"context"
	"fmt"

	"tuckshop/internal/stripesim"
)

// books are what the shop wrote down, to be held against Stripe's ledger.
type books struct {
	orders   map[string]order   // by id
	payments map[string]payment // by payment intent
	emails   map[string]mailRow // by Message-ID
	events   map[string]bool
	refunds  map[string]string // status by Stripe's id
	disputes map[string]string // the same
}

type order struct {
	id, number, status, stock, reason string
	paid                              bool // paid_at is set
	total, refunded                   int64
}

type payment struct {
	id, order, role  string
	amount, refunded int64
}

type mailRow struct{ order, kind, status string }

// readBooks reads the shop's database.
func (t *torture) readBooks(ctx context.Context) (*books, error) {
	b := &books{map[string]order{}, map[string]payment{}, map[string]mailRow{}, map[string]bool{}, map[string]string{}, map[string]string{}}
	for query, keep := range map[string]func(r []string){
		`SELECT id, number, status, stock_status, review_reason, paid_at IS NOT NULL, total, amount_refunded FROM orders`: func(r []string) {
			b.orders[r[0]] = order{r[0], r[1], r[2], r[3], r[4], r[5] == "1" || r[5] == "true", number(r[6]), number(r[7])}
		},
		`SELECT COALESCE(payment_intent_id, stripe_session_id), id, order_id, role, amount, amount_refunded FROM payments`: func(r []string) {
			b.payments[r[0]] = payment{r[1], r[2], r[3], number(r[4]), number(r[5])}
		},
		`SELECT message_id, order_id, kind, status FROM emails`:      func(r []string) { b.emails[r[0]] = mailRow{r[1], r[2], r[3]} },
		`SELECT id FROM stripe_events`:                               func(r []string) { b.events[r[0]] = true },
		`SELECT COALESCE(stripe_refund_id, ''), status FROM refunds`: func(r []string) { b.refunds[r[0]] = r[1] },
		`SELECT stripe_dispute_id, status FROM disputes`:             func(r []string) { b.disputes[r[0]] = r[1] },
	} {
		rows, err := t.database.rows(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			keep(row)
		}
	}
	return b, nil
}

// result is what a run found out.
type result struct {
	figures []figure
	broken  []string // one for each rule that does not hold, with the order's number
}

type figure struct{ name, value string }

func (r *result) breaks(format string, arguments ...any) {
	r.broken = append(r.broken, fmt.Sprintf(format, arguments...))
}

func (r *result) figure(name string, value any) {
	r.figures = append(r.figures, figure{name, fmt.Sprint(value)})
}

// check holds the shop's books against the ledger and what arrived by mail.
// late is what did not come to rest in time.
func (t *torture) check(ctx context.Context, late []string) (*result, error) {
	ledger, err := t.stripe.Ledger(ctx)
	if err != nil {
		return nil, err
	}
	b, err := t.readBooks(ctx)
	if err != nil {
		return nil, err
	}
	r := &result{}
	for _, what := range late {
		r.breaks("not settled: %s", what)
	}
	t.describe(r, b, ledger)
	checkPayments(r, b, ledger)
	checkOrders(r, b)
	checkMail(r, b, t.mailbox.arrived())
	checkEvents(r, b, ledger)
	if err := t.checkStock(ctx, r); err != nil {
		return nil, err
	}
	if err := t.checkJobs(ctx, r); err != nil {
		return nil, err
	}
	complaints, err := t.shop.complaints()
	for _, complaint := range complaints {
		r.breaks("the shop's log: %s", complaint)
	}
	return r, err
}

func (o order) isPaid() bool {
	return o.status == "paid" || o.status == "partially_refunded" || o.status == "refunded"
}

// checkPayments: every captured payment has its one row, with the ledger's
// figures, and its order knows of it; and there is no row for money that never
// came.
func checkPayments(r *result, b *books, ledger *stripesim.Ledger) {
	lost, doubled, captured := 0, 0, map[string]bool{}
	for _, paid := range ledger.Payments {
		captured[paid.PaymentIntent] = true
		name := fmt.Sprintf("order %s, payment %s", paid.Metadata["order_number"], paid.PaymentIntent)
		row, known := b.payments[paid.PaymentIntent]
		if !known {
			lost++
			r.breaks("%s: lost, the shop has no row for it", name)
			continue
		}
		order := b.orders[row.order]
		if row.order != paid.Metadata["order_id"] {
			r.breaks("%s: it is kept as order %s's", name, order.number)
		}
		switch {
		case row.role == "order" && order.isPaid():
		case row.role == "review" && order.status == "review" && order.reason != "":
		case row.role == "review" && order.status == "refunded":
		case row.role == "duplicate":
			doubled++
		default:
			r.breaks("%s: its role is %s and its order is %s (%s)", name, row.role, order.status, order.reason)
		}
		if row.amount != paid.Amount {
			r.breaks("%s: the amount is %d, at Stripe %d", name, row.amount, paid.Amount)
		}
		if row.refunded != paid.AmountRefunded {
			r.breaks("%s: refunded are %d, at Stripe %d", name, row.refunded, paid.AmountRefunded)
		}
	}
	for intent, row := range b.payments {
		if !captured[intent] {
			r.breaks("order %s: the shop has payment %s, Stripe has not", b.orders[row.order].number, intent)
		}
	}
	for _, refund := range ledger.Refunds {
		if b.refunds[refund.ID] != refund.Status {
			r.breaks("payment %s: refund %s is %q, at Stripe %s", refund.PaymentIntent, refund.ID, b.refunds[refund.ID], refund.Status)
		}
	}
	for _, dispute := range ledger.Disputes {
		if b.disputes[dispute.ID] != dispute.Status {
			r.breaks("payment %s: dispute %s is %q, at Stripe %s", dispute.PaymentIntent, dispute.ID, b.disputes[dispute.ID], dispute.Status)
		}
	}
	r.figure("payments lost", lost)
	r.figure("payments that came twice for one order", doubled)
}
