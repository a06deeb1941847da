package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tuckshop/internal/stripesim"
)

// absence is what of a variant is sold elsewhere for now.
type absence struct {
	pieces int64
	until  time.Time
}

// absenceTime is longer than the shop needs to hear of a payment.
const absenceTime = 15 * time.Second

// payLate pays a session that is still open, rather one that the shop never
// heard of. Sold out, what the order is about is off the shelf for a while;
// quietly, no event tells of the payment: the shop finds out when it asks. It
// reports whether there was any to pay.
func (t *torture) payLate(ctx context.Context, soldOut, quietly bool) (bool, error) {
	if err := t.bringBack(ctx, time.Now()); err != nil {
		return false, err
	}
	session, err := t.forgotten(ctx)
	if err != nil || session == nil {
		return false, err
	}
	if soldOut {
		if err := t.sellElsewhere(ctx, session.Metadata["order_id"]); err != nil {
			return false, err
		}
	}
	for _, event := range []string{"payment_intent.succeeded", "checkout.session.completed"} {
		if !quietly {
			break
		}
		if err := t.stripe.Inject(ctx, stripesim.Fault{Kind: stripesim.Drop, Match: event}); err != nil {
			return false, err
		}
		t.asked[stripesim.Drop]++
	}
	// Somebody may be quicker, or it may have expired by now: then nothing was paid late.
	return t.stripe.Pay(ctx, session.ID, stripesim.PayNow) == nil, nil
}

// forgotten is an open session, rather one that the shop never heard of; nil
// where none is open.
func (t *torture) forgotten(ctx context.Context) (session *stripesim.LedgerSession, err error) {
	ledger, err := t.stripe.Ledger(ctx)
	if err != nil {
		return nil, err
	}
	unheard, err := t.database.rows(ctx, `SELECT o.id FROM orders o WHERE o.status IN ('pending', 'expired') AND NOT EXISTS (
		SELECT 1 FROM checkout_attempts a WHERE a.order_id = o.id AND a.stripe_session_id IS NOT NULL)`)
	for i, open := range ledger.Sessions {
		if open.Status != "open" {
			continue
		}
		session = &ledger.Sessions[i]
		if slices.ContainsFunc(unheard, func(row []string) bool { return row[0] == open.Metadata["order_id"] }) {
			break
		}
	}
	return session, err
}

// sellElsewhere takes what nobody has reserved of an order's goods off the
// shelf.
func (t *torture) sellElsewhere(ctx context.Context, order string) error {
	rows, err := t.database.rows(ctx, fmt.Sprintf(`SELECT v.id, v.stock - v.reserved FROM variants v
		WHERE v.stock > v.reserved AND v.id IN (SELECT variant_id FROM order_items WHERE order_id = %d)`, number(order)))
	if err != nil {
		return err
	}
	for _, row := range rows {
		variant, pieces := number(row[0]), number(row[1])
		moved, err := t.moveStock(ctx, variant, -pieces)
		if err != nil {
			return err
		}
		if moved {
			t.elsewhere[variant] = absence{t.elsewhere[variant].pieces + pieces, time.Now().Add(absenceTime)}
		}
	}
	return nil
}

// bringBack puts what sellElsewhere took back on the shelf, where its time is
// over.
func (t *torture) bringBack(ctx context.Context, now time.Time) error {
	for variant, away := range t.elsewhere {
		if now.Before(away.until) {
			continue
		}
		if _, err := t.moveStock(ctx, variant, away.pieces); err != nil {
			return err
		}
		delete(t.elsewhere, variant)
	}
	return nil
}

// moveStock changes the stock of a variant, unless what it takes was sold or
// reserved meanwhile.
func (t *torture) moveStock(ctx context.Context, variant, pieces int64) (moved bool, err error) {
	changed, err := t.database.change(ctx, fmt.Sprintf("UPDATE variants SET stock = stock + (%d) WHERE id = %d AND stock + (%d) >= reserved", pieces, variant, pieces))
	if changed > 0 {
		t.stock[variant] += pieces
	}
	return changed > 0, err
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
