package main

import (
	"context"
	"slices"

	"tuckshop/internal/stripesim"
	"tuckshop/models"
)

// checkOrders: an order is paid by exactly one payment, and by none where it
// is not paid; its refunded figure is that of its payments; nothing is open.
func checkOrders(r *result, b *books) {
	payers, refunded := map[string]int{}, map[string]int64{}
	for _, row := range b.payments {
		if row.role == "order" {
			payers[row.order]++
		}
		if row.role != "duplicate" {
			refunded[row.order] += row.refunded
		}
	}
	for id, order := range b.orders {
		want, fits := 0, !order.isPaid() || order.status == "refunded" // paid back in review
		if order.paid {
			want, fits = 1, order.isPaid() && order.stock == "sold"
		}
		if payers[id] != want || !fits {
			r.breaks("order %s: it is %s, its stock %s, and %d payments paid it", order.number, order.status, order.stock, payers[id])
		}
		if order.refunded != refunded[id] {
			r.breaks("order %s: refunded are %d, of its payments %d", order.number, order.refunded, refunded[id])
		}
		if held := order.stock == "reserved"; held && order.status != "review" {
			r.breaks("order %s: it is %s and still holds stock", order.number, order.status)
		}
	}
}

// checkMail: a paid order has one receipt and no other order has any; every
// mail the shop wrote arrived, and none arrived that it did not write.
func checkMail(r *result, b *books, arrived map[string]int) {
	receipts, again, lost, invented := map[string]int{}, 0, 0, 0
	for id, row := range b.emails {
		if row.kind == "receipt" {
			receipts[row.order]++
		}
		if row.status != "sent" {
			r.breaks("order %s: its %s mail is %s", b.orders[row.order].number, row.kind, row.status)
		}
		if arrived[id] == 0 {
			lost++
			r.breaks("order %s: its %s mail %s never arrived", b.orders[row.order].number, row.kind, id)
		}
	}
	for id, times := range arrived {
		again += times - 1
		if _, known := b.emails[id]; !known {
			invented++
			r.breaks("mail %s arrived and the shop knows nothing of it", id)
		}
	}
	doubled, all := 0, 0
	for id, order := range b.orders {
		want := 0
		if order.paid {
			want = 1
		}
		all += receipts[id]
		if receipts[id] > want {
			doubled++
		}
		if receipts[id] != want {
			r.breaks("order %s: it is %s and has %d receipts", order.number, order.status, receipts[id])
		}
	}
	r.figure("receipts", all)
	r.figure("mails that arrived, by Message-ID", len(arrived))
	r.figure("mails sent again after a crash or a silent server", again)
	r.figure("mails lost", lost)
	r.figure("receipts doubled", doubled+invented)
}

// checkEvents: what the shop answered with 200 it has kept, and in the end it
// has heard of everything it acts on, though Stripe may have dropped it.
func checkEvents(r *result, b *books, ledger *stripesim.Ledger) {
	lost := 0
	for _, event := range ledger.Events {
		if b.events[event.ID] {
			continue
		}
		taken := slices.ContainsFunc(event.Deliveries, func(d stripesim.LedgerDelivery) bool {
			return slices.ContainsFunc(d.Attempts, func(a stripesim.LedgerAttempt) bool { return a.Status == 200 })
		})
		if !taken && !slices.Contains(models.HandledEvents[:], event.Type) {
			continue
		}
		lost++
		if taken {
			r.breaks("event %s (%s of %s) was answered with 200 and is lost", event.ID, event.Type, event.Object)
		} else {
			r.breaks("event %s (%s of %s) never came to the shop", event.ID, event.Type, event.Object)
		}
	}
	r.figure("events lost", lost)
}

// checkStock: what was there is what is left and what was sold, less what came
// back; what is reserved is what undecided orders hold.
func (t *torture) checkStock(ctx context.Context, r *result) error {
	rows, err := t.database.rows(ctx, `SELECT v.id, v.sku, v.stock, v.reserved,
		(SELECT COALESCE(SUM(i.quantity), 0) FROM order_items i JOIN orders o ON o.id = i.order_id WHERE i.variant_id = v.id AND o.stock_status = 'sold'),
		(SELECT COALESCE(SUM(i.quantity), 0) FROM order_items i JOIN orders o ON o.id = i.order_id WHERE i.variant_id = v.id AND o.stock_status = 'reserved'),
		(SELECT COALESCE(SUM(f.quantity), 0) FROM refund_items f JOIN order_items i ON i.id = f.order_item_id WHERE i.variant_id = v.id AND f.restocked)
		FROM variants v`)
	if err != nil {
		return err
	}
	var pieces, returned int64
	for _, row := range rows {
		stock, reserved, sold, held, back := number(row[2]), number(row[3]), number(row[4]), number(row[5]), number(row[6])
		pieces, returned = pieces+sold, returned+back
		if before := t.stock[number(row[0])]; before != stock+sold-back {
			r.breaks("variant %s: %d before, %d left, %d sold, %d came back", row[1], before, stock, sold, back)
		}
		if reserved != held {
			r.breaks("variant %s: %d reserved, orders hold %d", row[1], reserved, held)
		}
	}
	r.figure("pieces sold", pieces)
	r.figure("pieces put back on the shelf", returned)
	return nil
}

// checkJobs: nothing was given up but what comes again by itself, and refunds
// that Stripe refused.
func (t *torture) checkJobs(ctx context.Context, r *result) error {
	rows, err := t.database.rows(ctx, `SELECT id, kind, state, attempt, errors, args FROM river_job
		WHERE state IN ('discarded', 'cancelled') AND kind NOT IN ('reconcile', 'clean_up')`)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row[1] != "refund" || row[2] != "cancelled" {
			r.breaks("job %s (%s %s) was %s after %s attempts: %s", row[0], row[1], row[5], row[2], row[3], row[4])
		}
	}
	return nil
}
