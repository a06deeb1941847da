package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tuckshop/internal/stripesim"
)

// sessionTime is longer than a payment page stays open.
const sessionTime = 3700 * time.Second

// atRest are the questions whose answer is 0 once the shop has nothing left to
// do. The periodic jobs come back for ever.
var atRest = map[string]string{
	"jobs to do":        "SELECT COUNT(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded') AND kind NOT IN ('reconcile', 'clean_up')",
	"mails to send":     "SELECT COUNT(*) FROM emails WHERE status = 'queued'",
	"undecided refunds": "SELECT COUNT(*) FROM refunds WHERE status IN ('requested', 'pending', 'requires_action')",
}

// settle takes the faults back, lets an hour pass and waits until all has come
// to rest. It returns what did not in time.
func (t *torture) settle(ctx context.Context) (late []string, err error) {
	ctx, cancel := during(ctx, settlingTime)
	defer cancel()
	ledger, err := t.stripe.Ledger(ctx)
	if err != nil {
		return nil, err
	}
	for _, unused := range ledger.Faults {
		t.asked[unused.Kind] -= min(t.asked[unused.Kind], unused.Remaining) // of reorder, events
	}
	if err := t.stripe.ClearFaults(ctx); err != nil {
		return nil, err
	}
	if err := t.shop.ready(ctx); err != nil {
		return []string{err.Error()}, nil //nolint:nilerr // it is what the run found out
	}
	// Before the shop looks for jobs that were cut off, which it does as soon as
	// it leads and then twice a minute.
	if err := errors.Join(t.passJobs(ctx), t.bringBack(ctx, time.Now().Add(absenceTime))); err != nil {
		return nil, err
	}
	for _, wait := range []func(context.Context) error{t.sells, t.closed, t.delivered, t.idle, t.reconciled, t.delivered, t.idle} {
		if err := wait(ctx); err != nil {
			late = append(late, err.Error())
		}
	}
	if ctx.Err() == nil && len(late) > 0 {
		return nil, errors.New(strings.Join(late, "; "))
	}
	return late, nil
}

// hourEvery is how often an hour passes while orders are open: a checkout may
// have been on its way when the first one did.
const hourEvery = 15 * time.Second

// closed waits until no order is open any more.
func (t *torture) closed(ctx context.Context) error {
	var last time.Time
	open := int64(0)
	err := await(ctx, "open orders", func() (yes bool, err error) {
		if time.Since(last) > hourEvery {
			last = time.Now()
			if err := t.passHour(ctx); err != nil {
				return false, ignoreEnd(ctx, err)
			}
		}
		open, err = t.database.number(ctx, "SELECT COUNT(*) FROM orders WHERE status IN ('pending', 'awaiting_payment')")
		return open == 0, ignoreEnd(ctx, err)
	})
	if err != nil {
		return fmt.Errorf("%w: %d", err, open)
	}
	return nil
}

// passHour lets an hour pass at Stripe and at the shop: it ends every open
// payment page and every delayed payment, and nothing waits any longer.
func (t *torture) passHour(ctx context.Context) error {
	ledger, err := t.stripe.Ledger(ctx)
	if err != nil {
		return err
	}
	t.merchant.settleDelayed(ctx, ledger)
	if err := t.stripe.Advance(ctx, sessionTime); err != nil {
		return err
	}
	return errors.Join(t.age(ctx, sessionTime, "TRUE"), t.passJobs(ctx))
}

// sells waits until the shop, after all of it, has sold something once more.
func (t *torture) sells(ctx context.Context) error {
	last, err := t.database.number(ctx, "SELECT COALESCE(MAX(id), 0) FROM orders")
	if err != nil {
		return ignoreEnd(ctx, err)
	}
	var variant string
	for id, pieces := range t.stock {
		if pieces >= plenty/2 {
			variant = strconv.FormatInt(id, 10)
		}
	}
	buyer := newVisitor(t.shop.url, numbers(t.seed, merchantStream), &t.counts)
	return await(ctx, "an order after all of it", func() (bool, error) {
		buyer.post(ctx, "/cart/items", "variant_id", variant, "quantity", "1")
		if page := buyer.checkout(ctx); page != "" {
			buyer.post(ctx, page, "outcome", string(stripesim.PayNow), "card", goodCard)
		}
		paid, err := t.database.number(ctx, fmt.Sprintf("SELECT COUNT(*) FROM orders WHERE id > %d AND paid_at IS NOT NULL", last))
		return paid > 0, ignoreEnd(ctx, err)
	})
}

// delivered waits until Stripe has nothing on its way.
func (t *torture) delivered(ctx context.Context) error {
	open := 0
	err := await(ctx, "events are on their way", func() (bool, error) {
		ledger, err := t.stripe.Ledger(ctx)
		if err != nil {
			return false, err
		}
		open = 0
		for _, event := range ledger.Events {
			open += len(slices.DeleteFunc(event.Deliveries, func(d stripesim.LedgerDelivery) bool {
				return d.State != "waiting" && d.State != "held" && d.State != "sending"
			}))
		}
		return open == 0, nil
	})
	if err != nil {
		return fmt.Errorf("%w: %d", err, open)
	}
	return nil
}

// idle waits until the shop has nothing to do.
func (t *torture) idle(ctx context.Context) error {
	for _, what := range slices.Sorted(maps.Keys(atRest)) {
		open := int64(0)
		err := await(ctx, what, func() (yes bool, err error) {
			open, err = t.database.number(ctx, atRest[what])
			return open == 0, ignoreEnd(ctx, err)
		})
		if err != nil {
			return fmt.Errorf("%w: %d", err, open)
		}
	}
	return nil
}

// reconciled waits for a run of the reconciler that began after this and found
// no fault.
func (t *torture) reconciled(ctx context.Context) error {
	before, err := t.database.number(ctx, "SELECT COALESCE(MAX(id), 0) FROM reconcile_runs")
	if err != nil {
		return ignoreEnd(ctx, err)
	}
	return await(ctx, "the reconciler's run without a fault", func() (bool, error) {
		runs, err := t.database.number(ctx, fmt.Sprintf("SELECT COUNT(*) FROM reconcile_runs WHERE id > %d + 1 AND faults = ''", before))
		return runs > 0, ignoreEnd(ctx, err)
	})
}
