package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tuckshop/internal/stripesim"
)

// payLate pays a session that is still open, rather one whose answer the shop
// never heard, with nothing said about it: the shop finds out when it asks.
// With soldOut, what the order was about is sold elsewhere first, until the
// next time. It reports whether there was any to pay.
func (t *torture) payLate(ctx context.Context, soldOut bool) (bool, error) {
	if err := t.bringBack(ctx); err != nil {
		return false, err
	}
	ledger, err := t.stripe.Ledger(ctx)
	if err != nil {
		return false, err
	}
	unheard, err := t.database.rows(ctx, `SELECT o.id FROM orders o WHERE o.status IN ('pending', 'expired') AND NOT EXISTS (
		SELECT 1 FROM checkout_attempts a WHERE a.order_id = o.id AND a.stripe_session_id IS NOT NULL)`)
	if err != nil {
		return false, err
	}
	var session *stripesim.LedgerSession
	for i, open := range ledger.Sessions {
		if open.Status != "open" {
			continue
		}
		session = &ledger.Sessions[i]
		if slices.ContainsFunc(unheard, func(row []string) bool { return row[0] == open.Metadata["order_id"] }) {
			break
		}
	}
	if session == nil {
		return false, nil
	}
	if soldOut {
		if err := t.sellElsewhere(ctx, session.Metadata["order_id"]); err != nil {
			return false, err
		}
	}
	for _, event := range []string{"payment_intent.succeeded", "checkout.session.completed"} {
		if err := t.stripe.Inject(ctx, stripesim.Fault{Kind: stripesim.Drop, Match: event}); err != nil {
			return false, err
		}
		t.asked[stripesim.Drop]++
	}
	// Somebody may be quicker, or it may have expired by now: then nothing was paid late.
	return t.stripe.Pay(ctx, session.ID, stripesim.PayNow) == nil, nil
}

// sellElsewhere takes what nobody has reserved of an order's goods off the
// shelf.
func (t *torture) sellElsewhere(ctx context.Context, order string) error {
	rows, err := t.database.rows(ctx, fmt.Sprintf(`SELECT v.id, v.stock - v.reserved FROM variants v
		WHERE v.stock > v.reserved AND v.id IN (SELECT variant_id FROM order_items WHERE order_id = %d)`, number(order)))
	for _, row := range rows {
		if err == nil {
			err = t.moveStock(ctx, number(row[0]), -number(row[1]))
		}
	}
	return err
}

// bringBack puts back on the shelf what sellElsewhere took.
func (t *torture) bringBack(ctx context.Context) error {
	for variant, pieces := range t.elsewhere {
		if err := t.moveStock(ctx, variant, pieces); err != nil {
			return err
		}
	}
	return nil
}

// moveStock changes the stock of a variant, unless what it takes was sold or
// reserved meanwhile.
func (t *torture) moveStock(ctx context.Context, variant, pieces int64) error {
	changed, err := t.database.change(ctx, fmt.Sprintf("UPDATE variants SET stock = stock + (%d) WHERE id = %d AND stock + (%d) >= reserved", pieces, variant, pieces))
	if err != nil || changed == 0 {
		return err
	}
	t.stock[variant] += pieces
	if t.elsewhere[variant] -= pieces; t.elsewhere[variant] == 0 {
		delete(t.elsewhere, variant)
	}
	return nil
}

// passTime makes payment pages older of which the shop never heard, as
// Stripe's clock makes all others: they run out.
func (t *torture) passTime(ctx context.Context, by time.Duration) error {
	// As the shop writes it: SQLite compares times as text.
	shorter := fmt.Sprintf("strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', expires_at, '-%d seconds')", int(by.Seconds()))
	if !t.database.isSQLite() {
		shorter = fmt.Sprintf("expires_at - interval '%d seconds'", int(by.Seconds()))
	}
	_, err := t.database.change(ctx, "UPDATE checkout_attempts SET expires_at = "+shorter+
		" WHERE stripe_session_id IS NULL AND status IN ('creating', 'failed')")
	return err
}

// passJobs makes jobs older: what failed is tried again, and what a process
// was doing that has been killed since counts as abandoned, as it does after
// half a minute.
func (t *torture) passJobs(ctx context.Context) error {
	long, started := t.database.moment(time.Now().Add(-time.Hour)), t.database.moment(t.shop.since())
	for _, statement := range []string{
		"UPDATE river_job SET scheduled_at = " + long + " WHERE state IN ('retryable', 'scheduled')",
		"UPDATE river_job SET attempted_at = " + long + " WHERE state = 'running' AND attempted_at < " + started,
	} {
		if _, err := t.database.change(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
