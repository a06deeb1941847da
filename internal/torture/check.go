package main

import (
	"context"
	"fmt"
	"strings"

	"tuckshop/internal/stripesim"
	"tuckshop/models"
)

// result is what a run found out.
type result struct {
	figures []figure
	broken  []string // one for each rule that does not hold, with the order's number
	lost    map[string]int
	doubled map[string]int
}

type figure struct{ name, value string }

func newResult() *result {
	r := &result{lost: map[string]int{}, doubled: map[string]int{}}
	for _, what := range []string{"payments", "events", "mails", "refunds", "jobs"} {
		r.lost[what] = 0
	}
	for _, what := range []string{"payments", "receipts", "refunds", "jobs", "rows"} {
		r.doubled[what] = 0
	}
	return r
}

func (r *result) breaks(format string, arguments ...any) {
	r.broken = append(r.broken, fmt.Sprintf(format, arguments...))
}

// loses breaks a rule by something that is gone.
func (r *result) loses(what, format string, arguments ...any) {
	r.lost[what]++
	r.breaks(format, arguments...)
}

// doubles breaks a rule by something that is there twice.
func (r *result) doubles(what, format string, arguments ...any) {
	r.doubled[what]++
	r.breaks(format, arguments...)
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
	r := newResult()
	for _, what := range late {
		r.breaks("not settled: %s", what)
	}
	for _, what := range t.seen.broken {
		r.breaks("while it went on: %s", what)
	}
	t.describe(r, b, ledger)
	arrived := t.mailbox.arrived()
	checkBooks(r, b, ledger, arrived)
	checkConfirmed(r, b, t.merchant.confirmed)
	checkSeenJobs(r, b, t.seen.jobs)
	if err := t.checkStock(ctx, r); err != nil {
		return nil, err
	}
	complaints, err := t.shop.complaints()
	for _, complaint := range complaints {
		r.breaks("the shop's log: %s", complaint)
	}
	r.figure("lost", total(r.lost))
	r.figure("doubled", total(r.doubled))
	return r, err
}

// checkBooks are the rules that need the books and the ledger alone.
func checkBooks(r *result, b *books, ledger *stripesim.Ledger, arrived map[string]int) {
	for _, key := range b.twice {
		r.doubles("rows", "two rows have the key %s", key)
	}
	checkPayments(r, b, ledger)
	checkRefunds(r, b, ledger)
	checkOrders(r, b)
	checkReviews(r, b)
	checkMail(r, b, arrived)
	checkEvents(r, b, ledger)
	checkJobs(r, b)
}

func sameCurrency(ours, stripes string) bool { return strings.EqualFold(ours, stripes) }

func (o order) isPaid() bool {
	return o.status == "paid" || o.status == "partially_refunded" || o.status == "refunded"
}

// checkPayments: every captured payment has its one row, with the ledger's
// figures, and its order knows of it: it is paid by it, or in review with its
// reason, or was paid already by another one. There is no row for money that
// never came.
func checkPayments(r *result, b *books, ledger *stripesim.Ledger) {
	captured, decisive := map[string]bool{}, map[string]int{}
	for _, row := range b.payments {
		if row.role == "order" || row.role == "review" {
			decisive[row.order]++
		}
	}
	for _, paid := range ledger.Payments {
		captured[paid.PaymentIntent] = true
		name := fmt.Sprintf("order %s, payment %s", paid.Metadata["order_number"], paid.PaymentIntent)
		row, known := b.payments[paid.PaymentIntent]
		if !known {
			r.loses("payments", "%s: lost, the shop has no row for it", name)
			continue
		}
		order := b.orders[row.order]
		if row.order != paid.Metadata["order_id"] {
			r.breaks("%s: it is kept as order %s's", name, order.number)
		}
		switch {
		case row.role == "order" && order.isPaid():
		case row.role == "review" && order.status == "review" && order.reason != "":
		case row.role == "review" && order.status == "refunded" && row.refunded == row.amount:
		case row.role == "duplicate" && decisive[row.order] == 1:
		default:
			r.breaks("%s: its role is %s and its order is %s (%s)", name, row.role, order.status, order.reason)
		}
		if row.amount != paid.Amount || !sameCurrency(row.currency, paid.Currency) {
			r.breaks("%s: the amount is %d %s, at Stripe %d %s", name, row.amount, row.currency, paid.Amount, paid.Currency)
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
	for id, n := range decisive {
		if n > 1 {
			r.doubles("payments", "order %s: %d payments decide on it", b.orders[id].number, n)
		}
	}
	for _, dispute := range ledger.Disputes {
		if b.disputes[dispute.ID] != dispute.Status {
			r.breaks("payment %s: dispute %s is %q, at Stripe %s", dispute.PaymentIntent, dispute.ID, b.disputes[dispute.ID], dispute.Status)
		}
	}
}

// checkRefunds: the shop has every refund that Stripe has, with its figures,
// and no other; what it asked for once, Stripe did once.
func checkRefunds(r *result, b *books, ledger *stripesim.Ledger) {
	rows, atStripe, of := map[string]refundRow{}, map[string]bool{}, map[string]string{}
	for id, row := range b.refunds {
		switch _, known := rows[row.stripe]; {
		case known && row.stripe != "":
			r.doubles("refunds", "refund %s has two rows", row.stripe)
		case row.stripe == "" && row.status != "failed":
			r.breaks("refund %s of the shop is %s and has no id of Stripe's", id, row.status)
		}
		rows[row.stripe] = row
	}
	for _, refund := range ledger.Refunds {
		atStripe[refund.ID] = true
		row, known := rows[refund.ID]
		if !known {
			r.loses("refunds", "payment %s: refund %s is not in the books", refund.PaymentIntent, refund.ID)
			continue
		}
		if row.status != refund.Status || row.amount != refund.Amount {
			r.breaks("payment %s: refund %s is %d %s, at Stripe %d %s", refund.PaymentIntent, refund.ID, row.amount, row.status, refund.Amount, refund.Status)
		}
		asked := refund.Metadata[models.RefundMetadata]
		if another, known := of[asked]; known && asked != "" {
			r.doubles("refunds", "refund %s of the shop is %s and %s at Stripe", asked, another, refund.ID)
		}
		of[asked] = refund.ID
	}
	for id := range rows {
		if id != "" && !atStripe[id] {
			r.breaks("the shop has refund %s, Stripe has not", id)
		}
	}
}

// checkConfirmed: a refund that the merchant was told of is there.
func checkConfirmed(r *result, b *books, confirmed map[string]bool) {
	kept := map[string]bool{}
	for _, row := range b.refunds {
		kept[row.key] = true
	}
	for key := range confirmed {
		if !kept[key] {
			r.loses("refunds", "the refund confirmed under key %s is not in the books", key)
		}
	}
}
