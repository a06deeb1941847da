package main

import (
	"context"
	"fmt"
	"time"
)

// books are what the shop wrote down, to be held against Stripe's ledger.
type books struct {
	orders   map[string]order     // by id
	payments map[string]payment   // by payment intent
	emails   map[string]mailRow   // by Message-ID
	events   map[string]time.Time // when it was stored
	refunds  map[string]refundRow // by id
	disputes map[string]string    // status by Stripe's id
	reviews  []review
	jobs     map[string]job // by id
	asked    []string       // orders that an event had Stripe asked about
	twice    []string       // keys that two rows have
}

type order struct {
	id, number, status, stock, reason string
	paid                              bool // paid_at is set
	total, refunded                   int64
	currency                          string
}

type payment struct {
	id, order, role  string
	amount, refunded int64
	currency         string
}

type mailRow struct{ id, order, kind, status string }

type refundRow struct {
	stripe string // Stripe's id; nothing where Stripe refused it
	key    string // of the confirmation in the admin; nothing for one made at Stripe's
	status string
	amount int64
}

type review struct {
	order, reason, resolution string
	open                      bool
}

type job struct {
	kind, state, attempt, errors string
	about                        string // the id of what it is about
}

// readBooks reads the shop's database.
func (t *torture) readBooks(ctx context.Context) (*books, error) {
	b := &books{
		orders: map[string]order{}, payments: map[string]payment{}, emails: map[string]mailRow{}, events: map[string]time.Time{},
		refunds: map[string]refundRow{}, disputes: map[string]string{}, jobs: map[string]job{},
	}
	for query, keep := range map[string]func(r []string){
		`SELECT id, number, status, stock_status, review_reason, paid_at IS NOT NULL, total, amount_refunded, currency FROM orders`: func(r []string) {
			b.orders[r[0]] = order{r[0], r[1], r[2], r[3], r[4], yes(r[5]), number(r[6]), number(r[7]), r[8]}
		},
		`SELECT COALESCE(payment_intent_id, stripe_session_id), id, order_id, role, amount, amount_refunded, currency FROM payments`: func(r []string) {
			keepOnce(b, b.payments, r[0], payment{r[1], r[2], r[3], number(r[4]), number(r[5]), r[6]})
		},
		`SELECT message_id, id, order_id, kind, status FROM emails`: func(r []string) {
			keepOnce(b, b.emails, r[0], mailRow{r[1], r[2], r[3], r[4]})
		},
		`SELECT id, received_at FROM stripe_events`: func(r []string) { keepOnce(b, b.events, r[0], moment(r[1])) },
		`SELECT id, stripe_refund_id, idempotency_key, status, amount FROM refunds`: func(r []string) {
			b.refunds[r[0]] = refundRow{r[1], r[2], r[3], number(r[4])}
		},
		`SELECT stripe_dispute_id, status FROM disputes`:                        func(r []string) { keepOnce(b, b.disputes, r[0], r[1]) },
		`SELECT order_id, reason, resolution, resolved_at IS NULL FROM reviews`: func(r []string) { b.reviews = append(b.reviews, review{r[0], r[1], r[2], yes(r[3])}) },
		`SELECT order_id FROM stripe_events WHERE outcome = 'ask'`:              func(r []string) { b.asked = append(b.asked, r[0]) },
		`SELECT id, kind, state, attempt, errors, COALESCE(args ->> 'email_id', args ->> 'refund_id', args ->> 'order_id') FROM river_job
			WHERE kind NOT IN ('reconcile', 'clean_up')`: func(r []string) { b.jobs[r[0]] = job{r[1], r[2], r[3], r[4], r[5]} },
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

// keepOnce keeps a row under its key and notes where there are two.
func keepOnce[V any](b *books, rows map[string]V, key string, row V) {
	if _, known := rows[key]; known {
		b.twice = append(b.twice, fmt.Sprintf("%T %s", row, key))
	}
	rows[key] = row
}

// yes reads a truth that a database wrote.
func yes(text string) bool { return text == "1" || text == "true" }

// moment reads a time that a database wrote.
func moment(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic("the database says that " + text + " is a time")
	}
	return at
}
