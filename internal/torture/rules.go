package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tuckshop/internal/stripesim"
	"tuckshop/models"
)

// checkOrders: an order is paid by exactly one payment, and by none where it
// is not paid; its refunded figure is that of its payments; nothing is open.
func checkOrders(r *result, b *books) {
	payers, refunded, returned := map[string]int{}, map[string]int64{}, map[string]bool{}
	for _, row := range b.payments {
		if row.role == "order" {
			payers[row.order]++
		}
		if row.role != "duplicate" {
			refunded[row.order] += row.refunded
		}
		if row.role == "review" && row.refunded == row.amount {
			returned[row.order] = true
		}
	}
	for id, order := range b.orders {
		want, fits := 0, !order.isPaid() || order.status == "refunded" && returned[id] // in review
		if order.paid {
			want, fits = 1, order.isPaid() && order.stock == "sold"
		}
		if payers[id] != want || !fits || !order.paid && order.stock == "sold" {
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

// checkReviews: an order is in review with its reason as long as a review is
// open, and no payment that disagrees with its order paid it before a member
// of staff accepted it.
func checkReviews(r *result, b *books) {
	open, accepted := map[string]bool{}, map[string]bool{}
	reasons, ends := map[string]int{}, map[string]int{}
	for _, review := range b.reviews {
		open[review.order] = open[review.order] || review.open
		accepted[review.order] = accepted[review.order] || review.resolution == "accepted"
		reasons[sortOf(review.reason)]++
		if review.open {
			ends["left open"]++
		} else {
			ends[review.resolution]++
		}
	}
	for id, order := range b.orders {
		if inReview := order.status == "review"; inReview != open[id] {
			r.breaks("order %s: it is %s, a review is open: %t", order.number, order.status, open[id])
		} else if inReview && order.reason == "" {
			r.breaks("order %s: it is in review without a reason", order.number)
		}
	}
	for intent, row := range b.payments {
		order := b.orders[row.order]
		fits := row.amount == order.total && sameCurrency(row.currency, order.currency)
		if row.role == "order" && !fits && !accepted[row.order] {
			r.breaks("order %s: payment %s of %d %s paid it, which is for %d %s, and nobody accepted that",
				order.number, intent, row.amount, row.currency, order.total, order.currency)
		}
	}
	r.figure("reviews", total(reasons))
	r.figure("how reviews ended", tally(ends))
}

// sortOf tells by its reason what sort of review it is.
func sortOf(reason string) string {
	for sort, words := range map[string]string{"another amount": "total is", "another currency": "session is in", "sold out": "sold out"} {
		if strings.Contains(reason, words) {
			return sort
		}
	}
	return "another reason"
}

// checkMail: a paid order has one receipt and no other order has any; every
// mail the shop wrote arrived, and none arrived that it did not write.
func checkMail(r *result, b *books, arrived map[string]int) {
	receipts, again, all := map[string]int{}, 0, 0
	for id, row := range b.emails {
		if row.kind == "receipt" {
			receipts[row.order]++
			all++
		}
		if row.status != "sent" {
			r.breaks("order %s: its %s mail is %s", b.orders[row.order].number, row.kind, row.status)
		}
		if arrived[id] == 0 {
			r.loses("mails", "order %s: its %s mail %s never arrived", b.orders[row.order].number, row.kind, id)
		}
	}
	for id, times := range arrived {
		again += times - 1
		if _, known := b.emails[id]; !known {
			r.doubles("receipts", "mail %s arrived and the shop knows nothing of it", id)
		}
	}
	for id, order := range b.orders {
		want := 0
		if order.paid {
			want = 1
		}
		switch got := receipts[id]; {
		case got > want:
			r.doubles("receipts", "order %s: it is %s and has %d receipts", order.number, order.status, got)
		case got < want:
			r.loses("mails", "order %s: it is %s and has %d receipts", order.number, order.status, got)
		}
	}
	r.figure("receipts", all)
	r.figure("mails that arrived, by Message-ID", len(arrived))
	r.figure("mails sent again after a crash or a silent server", again)
}

// clockStep is how far apart two readings of the machine's clock may be in the
// wrong order.
const clockStep = 100 * time.Millisecond

// checkEvents: what the shop answered with 200 it had stored by then, and in
// the end it has heard of everything it acts on, though Stripe may have
// dropped it.
func checkEvents(r *result, b *books, ledger *stripesim.Ledger) {
	for _, event := range ledger.Events {
		stored, known := b.events[event.ID]
		taken, yes := firstYes(event)
		switch {
		case yes && !known:
			r.loses("events", "event %s (%s of %s) was answered with 200 and is lost", event.ID, event.Type, event.Object)
		case yes && stored.After(taken.Add(clockStep)):
			r.loses("events", "event %s (%s of %s) was answered with 200 and stored only %s later", event.ID, event.Type, event.Object, stored.Sub(taken))
		case !known && slices.Contains(models.HandledEvents[:], event.Type):
			r.loses("events", "event %s (%s of %s) never came to the shop", event.ID, event.Type, event.Object)
		}
	}
}

// firstYes is when an event was first answered with 200.
func firstYes(event stripesim.LedgerEvent) (at time.Time, yes bool) {
	for _, delivery := range event.Deliveries {
		for _, attempt := range delivery.Attempts {
			answered := time.UnixMilli(attempt.AtMillis + attempt.Millis)
			if attempt.Status == 200 && (!yes || answered.Before(at)) {
				at, yes = answered, true
			}
		}
	}
	return at, yes
}

// checkJobs: whatever needs a job has one, every mail and every refund exactly
// one, and none was given up but a refund's that Stripe refused.
func checkJobs(r *result, b *books) {
	have := map[string]int{} // by kind and what it is about
	for id, job := range b.jobs {
		have[job.kind+" "+job.about]++
		given := job.state == "discarded" || job.state == "cancelled"
		if given && (job.kind != "refund" || job.state != "cancelled") {
			r.breaks("job %s (%s %s) was %s after %s attempts: %s", id, job.kind, job.about, job.state, job.attempt, job.errors)
		}
	}
	need := map[string]bool{} // whether there may be only one
	for _, row := range b.emails {
		need["send_email "+row.id] = true
	}
	for id, row := range b.refunds {
		if row.key != "" {
			need["refund "+id] = true
		}
	}
	for _, order := range b.asked {
		need["settle_order "+order] = false
	}
	for what, once := range need {
		switch n := have[what]; {
		case n == 0:
			r.loses("jobs", "there is no job %s", what)
		case n > 1 && once:
			r.doubles("jobs", "there are %d jobs %s", n, what)
		}
	}
}

// checkSeenJobs: a job that was there once is still there. The shop keeps a
// day of those that are done.
func checkSeenJobs(r *result, b *books, seen map[string]string) {
	for id, kind := range seen {
		if _, there := b.jobs[id]; !there {
			r.loses("jobs", "job %s (%s) was there and is gone", id, kind)
		}
	}
}

// stockQuery tells of every variant, as of one moment: what is left, what of
// it is reserved, what orders sold and what they hold, what came back, and what
// the ledger makes of it.
const stockQuery = `SELECT v.id, v.sku, v.stock, v.reserved,
	(SELECT COALESCE(SUM(i.quantity), 0) FROM order_items i JOIN orders o ON o.id = i.order_id WHERE i.variant_id = v.id AND o.stock_status = 'sold'),
	(SELECT COALESCE(SUM(i.quantity), 0) FROM order_items i JOIN orders o ON o.id = i.order_id WHERE i.variant_id = v.id AND o.stock_status = 'reserved'),
	(SELECT COALESCE(SUM(f.quantity), 0) FROM refund_items f JOIN order_items i ON i.id = f.order_item_id WHERE i.variant_id = v.id AND f.restocked),
	(SELECT COALESCE(SUM(m.change), 0) FROM stock_movements m WHERE m.variant_id = v.id)
	FROM variants v`

// stockRow is a row of stockQuery.
type stockRow struct {
	variant, sku                             string
	left, reserved, sold, held, back, ledger int64
}

func readStock(row []string) stockRow {
	return stockRow{row[0], row[1], number(row[2]), number(row[3]), number(row[4]), number(row[5]), number(row[6]), number(row[7])}
}

// stockRule: what was there is what is left and what was sold, less what came
// back; what is reserved is what undecided orders hold; the ledger adds up.
func stockRule(rows []stockRow, before map[int64]int64) (broken []string) {
	for _, row := range rows {
		if was := before[number(row.variant)]; was != row.left+row.sold-row.back {
			broken = append(broken, fmt.Sprintf("variant %s: %d before, %d left, %d sold, %d came back", row.sku, was, row.left, row.sold, row.back))
		}
		if row.ledger != row.left {
			broken = append(broken, fmt.Sprintf("variant %s: %d left, %d by the ledger", row.sku, row.left, row.ledger))
		}
		if row.reserved != row.held || row.reserved < 0 || row.reserved > row.left {
			broken = append(broken, fmt.Sprintf("variant %s: %d left, %d of them reserved, orders hold %d", row.sku, row.left, row.reserved, row.held))
		}
	}
	return broken
}

func (t *torture) readStock(ctx context.Context) ([]stockRow, error) {
	rows, err := t.database.rows(ctx, stockQuery)
	all := make([]stockRow, len(rows))
	for i, row := range rows {
		all[i] = readStock(row)
	}
	return all, err
}

func (t *torture) checkStock(ctx context.Context, r *result) error {
	rows, err := t.readStock(ctx)
	if err != nil {
		return err
	}
	for _, broken := range stockRule(rows, t.stock) {
		r.breaks("%s", broken)
	}
	var sold, reserved, returned, tidy int64
	for _, row := range rows {
		if row.ledger == row.left {
			tidy++
		}
		sold, reserved, returned = sold+row.sold, reserved+row.reserved, returned+row.back
	}
	r.figure("pieces sold", sold)
	r.figure("pieces reserved by reviews", reserved)
	r.figure("pieces put back on the shelf", returned)
	r.figure("variants whose ledger adds up", tidy)
	return nil
}
