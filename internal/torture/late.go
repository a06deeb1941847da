package main

import (
	"context"
	"fmt"
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
// heard of. Quietly, no event tells of it: the shop finds out when it asks.
// Too late, the shop holds none of its goods by the time it finds out, and
// they are sold: if it has not given them back already, it is made to end the
// order first. It reports whether there was any to pay.
func (t *torture) payLate(ctx context.Context, tooLate, quietly bool) (bool, error) {
	if err := t.bringBack(ctx, time.Now()); err != nil {
		return false, err
	}
	session, stock, err := t.forgotten(ctx)
	if err != nil || session == nil {
		return false, err
	}
	order := number(session.Metadata["order_id"])
	held := stock == "reserved"
	if tooLate && stock == "released" {
		if err := t.sellElsewhere(ctx, order); err != nil {
			return false, err
		}
	}
	var dropped []string
	if quietly || tooLate && held {
		dropped = []string{"payment_intent.succeeded", "checkout.session.completed"}
	}
	for _, event := range dropped {
		if err := t.stripe.Inject(ctx, stripesim.Fault{Kind: stripesim.Drop, Match: event}); err != nil {
			return false, err
		}
		t.asked[stripesim.Drop]++
	}
	if err := t.stripe.Pay(ctx, session.ID, stripesim.PayNow); err != nil {
		return false, nil //nolint:nilerr // somebody was quicker, or it has expired by now
	}
	if tooLate && held {
		t.ending = append(t.ending, order)
		err = t.age(ctx, sessionTime, fmt.Sprintf("order_id = %d", order))
	}
	return true, err
}

// forgotten is an open session, rather one that the shop never heard of, and
// best one whose order holds no goods any more. It says how the order's stock
// is, or nothing where the shop knows of the session; nil is none.
func (t *torture) forgotten(ctx context.Context) (session *stripesim.LedgerSession, stock string, err error) {
	ledger, err := t.stripe.Ledger(ctx)
	if err != nil {
		return nil, "", err
	}
	orders, err := t.database.rows(ctx, `SELECT o.id, o.stock_status FROM orders o WHERE o.status IN ('pending', 'expired') AND NOT EXISTS (
		SELECT 1 FROM checkout_attempts a WHERE a.order_id = o.id AND a.stripe_session_id IS NOT NULL)`)
	unheard := map[string]string{}
	for _, row := range orders {
		unheard[row[0]] = row[1]
	}
	better := map[string]int{"": 1, "reserved": 2, "released": 3}
	best := 0
	for i, open := range ledger.Sessions {
		is := unheard[open.Metadata["order_id"]]
		if open.Status == "open" && better[is] > best {
			session, stock, best = &ledger.Sessions[i], is, better[is]
		}
	}
	return session, stock, err
}

// sellEnded sells the goods of orders that were paid too late elsewhere, once
// the shop has ended them.
func (t *torture) sellEnded(ctx context.Context) error {
	var waiting []int64
	for _, order := range t.ending {
		ended, err := t.database.number(ctx, fmt.Sprintf("SELECT COUNT(*) FROM orders WHERE id = %d AND status = 'expired'", order))
		if err != nil {
			return err
		}
		if ended == 0 {
			waiting = append(waiting, order)
		} else if err := t.sellElsewhere(ctx, order); err != nil {
			return err
		}
	}
	t.ending = waiting
	return nil
}

// sellElsewhere takes what nobody has reserved of an order's goods off the
// shelf.
func (t *torture) sellElsewhere(ctx context.Context, order int64) error {
	rows, err := t.database.rows(ctx, fmt.Sprintf(`SELECT v.id, v.stock - v.reserved FROM variants v
		WHERE v.stock > v.reserved AND v.id IN (SELECT variant_id FROM order_items WHERE order_id = %d)`, order))
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

// moveStock changes the stock of a variant and its ledger, as the merchant
// does, unless what it takes was sold or reserved meanwhile.
func (t *torture) moveStock(ctx context.Context, variant, pieces int64) (moved bool, err error) {
	moved, err = t.database.both(ctx,
		fmt.Sprintf("UPDATE variants SET stock = stock + (%d) WHERE id = %d AND stock + (%d) >= reserved", pieces, variant, pieces),
		fmt.Sprintf(`INSERT INTO stock_movements (variant_id, change, cause, actor, created_at)
			VALUES (%d, %d, 'adjustment', 'torture', %s)`, variant, pieces, t.database.moment(time.Now())))
	if moved {
		t.stock[variant] += pieces
	}
	return moved, err
}

// age makes payment pages older of which the shop never heard, those of a
// condition, as Stripe's clock makes all others: they run out.
func (t *torture) age(ctx context.Context, by time.Duration, condition string) error {
	// As the shop writes it: SQLite compares times as text.
	shorter := fmt.Sprintf("strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', expires_at, '-%d seconds')", int(by.Seconds()))
	if !t.database.isSQLite() {
		shorter = fmt.Sprintf("expires_at - interval '%d seconds'", int(by.Seconds()))
	}
	return t.database.change(ctx, "UPDATE checkout_attempts SET expires_at = "+shorter+
		" WHERE stripe_session_id IS NULL AND status IN ('creating', 'failed') AND "+condition)
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
		if err := t.database.change(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
