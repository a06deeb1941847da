package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tuckshop/internal/stripesim"
)

const (
	staffEmail    = "owner@example.com"
	staffPassword = "horse battery nine"
)

// merchant pays money back, in Stripe's dashboard and in the shop's admin,
// decides on what is in review there, applies events once more and runs failed
// jobs again, and sees payments disputed and banks decide.
type merchant struct {
	stripe    *stripe
	admin     *visitor
	random    *rand.Rand
	confirmed map[string]bool // the keys of refunds that the admin took
	did       map[string]int  // in the admin, but refunds
}

func newMerchant(stripe *stripe, random *rand.Rand) *merchant {
	return &merchant{stripe: stripe, random: random, confirmed: map[string]bool{}, did: map[string]int{}}
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
			rest(ctx, between(m.random, 50*time.Millisecond, 450*time.Millisecond))
		}
	}
	return nil
}

func (m *merchant) act(ctx context.Context, ledger *stripesim.Ledger) {
	if len(ledger.Payments) == 0 {
		return
	}
	payment := ledger.Payments[m.random.IntN(len(ledger.Payments))]
	event := ledger.Events[m.random.IntN(len(ledger.Events))]
	switch m.random.IntN(18) {
	case 0:
		m.stripe.ask(ctx, "/v1/refunds", "payment_intent", payment.PaymentIntent)
	case 1, 2:
		part := strconv.FormatInt(1+m.random.Int64N(payment.Amount), 10)
		m.stripe.ask(ctx, "/v1/refunds", "payment_intent", payment.PaymentIntent, "amount", part)
	case 3, 4:
		m.refund(ctx, payment.Metadata["order_number"], "")
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
		m.stripe.ask(ctx, "/_sim/events/"+event.ID+"/resend")
		if len(ledger.Refunds) > 0 && m.random.IntN(3) == 0 {
			refund := ledger.Refunds[m.random.IntN(len(ledger.Refunds))]
			m.stripe.ask(ctx, "/_sim/refunds/"+refund.ID, "outcome", []string{"succeeded", "failed"}[m.random.IntN(2)])
		}
	case 9, 10:
		m.count("replays", m.press(ctx, "/admin/events/"+event.ID+"/replay"))
	case 11:
		m.retryJob(ctx)
	default:
		m.decide(ctx)
	}
}

// open shows a page of the admin, after a login where that is needed.
func (m *merchant) open(ctx context.Context, path string) reply {
	page := m.admin.get(ctx, path)
	if page.status == http.StatusSeeOther {
		m.admin.post(ctx, "/admin/login", "email", staffEmail, "password", staffPassword)
		page = m.admin.get(ctx, path)
	}
	return page
}

// press presses a button of the admin, now and then twice, and reports whether
// the shop did it.
func (m *merchant) press(ctx context.Context, path string, fields ...string) (done bool) {
	for range 1 + m.random.IntN(2) {
		answer := m.admin.post(ctx, path, fields...)
		done = done || answer.status == http.StatusSeeOther && !strings.HasPrefix(answer.location, "/admin/login")
	}
	return done
}

func (m *merchant) count(what string, done bool) {
	if done {
		m.did[what]++
	}
}

var (
	orderLink  = regexp.MustCompile(`href="/admin/orders/(\d+)"`)
	refundLink = regexp.MustCompile(`/refund\?payment=(\d+)"`)
	retryForm  = regexp.MustCompile(`action="(/admin/jobs/\d+/retry)"`)
)

// any chooses one of the matches in a page, or nothing.
func (m *merchant) any(of *regexp.Regexp, page reply) string {
	found := of.FindAllStringSubmatch(page.body, -1)
	if len(found) == 0 {
		return ""
	}
	return found[m.random.IntN(len(found))][1]
}

// decide decides on an order in review, as a rule: some stay as they are.
func (m *merchant) decide(ctx context.Context) {
	number := m.any(orderLink, m.open(ctx, "/admin/orders?status=review"))
	if number == "" {
		return
	}
	path := "/admin/orders/" + number
	switch m.random.IntN(4) {
	case 0:
		m.count("reviews accepted", m.press(ctx, path+"/review", "decision", "accept"))
	case 1:
		m.count("reviews closed", m.press(ctx, path+"/review", "decision", "cancel"))
	default:
		if payment := m.any(refundLink, m.open(ctx, path)); payment != "" {
			m.refund(ctx, number, payment)
		}
	}
}

// retryJob runs a job again that failed.
func (m *merchant) retryJob(ctx context.Context) {
	if path := m.any(retryForm, m.open(ctx, "/admin/jobs")); path != "" {
		m.count("jobs run again", m.press(ctx, path))
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
	lineField   = regexp.MustCompile(`name="line-(\d+)"`)
	keyField    = regexp.MustCompile(`name="key"[^>]* value="([^"]+)"`)
	amountField = regexp.MustCompile(`name="amount"[^>]* value="([^"]+)"`)
)

// refund pays back in the admin: chosen pieces, some of which go back on the
// shelf, an amount, or all that the form offers. The confirmation is clicked
// twice now and then. The payment is the one that paid the order where none is
// named.
func (m *merchant) refund(ctx context.Context, order, payment string) {
	path := "/admin/orders/" + order + "/refund"
	page := m.open(ctx, path+"?payment="+payment)
	if page.status != http.StatusOK {
		return
	}
	fields := []string{"payment", payment, "reason", "requested_by_customer"}
	lines := lineField.FindAllStringSubmatch(page.body, -1)
	all := amountField.FindStringSubmatch(page.body)
	switch {
	case all != nil && m.random.IntN(3) > 0:
		fields = append(fields, "amount", all[1])
	case len(lines) > 0 && m.random.IntN(3) > 0:
		line := lines[m.random.IntN(len(lines))][1]
		fields = append(fields, "line-"+line, "1")
		if m.random.IntN(2) == 0 {
			fields = append(fields, "restock-"+line, "on")
		}
	default:
		fields = append(fields, "amount", strconv.Itoa(1+m.random.IntN(5)))
	}
	key := m.any(keyField, m.admin.post(ctx, path, fields...))
	if key != "" && m.press(ctx, path, append(fields, "key", key)...) {
		m.confirmed[key] = true
	}
}

// ignoreEnd drops an error that comes of the end of ctx.
func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}
