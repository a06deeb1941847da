package main

import (
	"context"
	"math/rand/v2"
	"regexp"
	"strconv"
	"time"

	"tuckshop/internal/stripesim"
)

const (
	staffEmail    = "owner@example.com"
	staffPassword = "horse battery nine"
)

// merchant pays money back, in Stripe's dashboard and in the shop's admin, and
// sees payments disputed and banks decide.
type merchant struct {
	stripe  *stripe
	admin   *visitor
	random  *rand.Rand
	inAdmin int // refunds asked for in the admin
}

// work goes on until ctx ends.
func (m *merchant) work(ctx context.Context) error {
	for ctx.Err() == nil {
		ledger, err := m.stripe.Ledger(ctx)
		if err != nil {
			return ignoreEnd(ctx, err)
		}
		for range 3 {
			m.act(ctx, ledger)
			rest(ctx, between(m.random, 100*time.Millisecond, 900*time.Millisecond))
		}
	}
	return nil
}

func (m *merchant) act(ctx context.Context, ledger *stripesim.Ledger) {
	if len(ledger.Payments) == 0 {
		return
	}
	payment := ledger.Payments[m.random.IntN(len(ledger.Payments))]
	switch m.random.IntN(9) {
	case 0:
		m.stripe.ask(ctx, "/v1/refunds", "payment_intent", payment.PaymentIntent)
	case 1, 2:
		part := strconv.FormatInt(1+m.random.Int64N(payment.Amount), 10)
		m.stripe.ask(ctx, "/v1/refunds", "payment_intent", payment.PaymentIntent, "amount", part)
	case 3, 4:
		m.refund(ctx, payment)
	case 5:
		inquiry := strconv.FormatBool(m.random.IntN(3) == 0)
		m.stripe.ask(ctx, "/_sim/disputes", "payment_intent", payment.PaymentIntent, "inquiry", inquiry)
	case 6:
		for _, dispute := range ledger.Disputes {
			if dispute.Status == "needs_response" && m.random.IntN(3) == 0 {
				m.stripe.ask(ctx, "/_sim/disputes/"+dispute.ID, "outcome", []string{"won", "lost"}[m.random.IntN(2)])
			}
		}
	case 7:
		m.settleDelayed(ctx, ledger)
	case 8:
		event := ledger.Events[m.random.IntN(len(ledger.Events))]
		m.stripe.ask(ctx, "/_sim/events/"+event.ID+"/resend")
		if len(ledger.Refunds) > 0 && m.random.IntN(3) == 0 {
			refund := ledger.Refunds[m.random.IntN(len(ledger.Refunds))]
			m.stripe.ask(ctx, "/_sim/refunds/"+refund.ID, "outcome", []string{"succeeded", "failed"}[m.random.IntN(2)])
		}
	}
}

// settleDelayed lets the banks decide on delayed payments.
func (m *merchant) settleDelayed(ctx context.Context, ledger *stripesim.Ledger) {
	for _, session := range ledger.Sessions {
		if session.Status == "complete" && session.PaymentStatus == "unpaid" {
			m.stripe.ask(ctx, "/_sim/payment_intents/"+session.PaymentIntent, "outcome", []string{"succeeded", "failed"}[m.random.IntN(2)])
		}
	}
}

var (
	lineField = regexp.MustCompile(`name="line-(\d+)"`)
	keyField  = regexp.MustCompile(`name="key"[^>]* value="([^"]+)"`)
)

// refund pays back in the admin: chosen pieces, some of which go back on the
// shelf, or an amount. The confirmation is clicked twice now and then.
func (m *merchant) refund(ctx context.Context, payment stripesim.LedgerPayment) {
	path := "/admin/orders/" + payment.Metadata["order_number"] + "/refund"
	page := m.admin.get(ctx, path)
	if page.status == 303 { // not logged in
		m.admin.post(ctx, "/admin/login", "email", staffEmail, "password", staffPassword)
		page = m.admin.get(ctx, path)
	}
	if page.status != 200 {
		return
	}
	fields := []string{"reason", "requested_by_customer"}
	lines := lineField.FindAllStringSubmatch(page.body, -1)
	if len(lines) > 0 && m.random.IntN(3) > 0 {
		line := lines[m.random.IntN(len(lines))][1]
		fields = append(fields, "line-"+line, "1")
		if m.random.IntN(2) == 0 {
			fields = append(fields, "restock-"+line, "on")
		}
	} else {
		fields = append(fields, "amount", strconv.Itoa(1+m.random.IntN(5)))
	}
	asked := m.admin.post(ctx, path, fields...)
	key := keyField.FindStringSubmatch(asked.body)
	if asked.status != 200 || key == nil {
		return
	}
	fields = append(fields, "key", key[1])
	for range 1 + m.random.IntN(2) {
		if m.admin.post(ctx, path, fields...).status == 303 {
			m.inAdmin++
		}
	}
}

// ignoreEnd drops an error that comes of the end of ctx.
func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}
