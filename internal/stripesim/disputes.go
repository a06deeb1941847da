package stripesim

import (
	"fmt"
	"slices"
	"strings"
)

const (
	disputeTime = 9 * 24 * 3600 // seconds a shop has to answer a dispute; then it is lost
	disputeFee  = 1500          // minor units that a dispute costs beside the amount
)

// disputeReasons are those of https://docs.stripe.com/api/disputes/object#dispute_object-reason; the first is the default.
var disputeReasons = []string{"fraudulent", "bank_cannot_process", "check_returned", "credit_not_processed", "customer_initiated",
	"debit_not_authorized", "duplicate", "general", "incorrect_account_details", "insufficient_funds", "product_not_received",
	"product_unacceptable", "subscription_canceled", "unrecognized"}

// openDispute makes a dispute about a part of what a charge took. An inquiry takes no money yet.
func (s *Simulator) openDispute(t *tx, why cause, charge object, amount int64, reason string, inquiry bool) (object, error) {
	dispute := object{
		"id": newID("dp_1", 23), "object": "dispute", "created": s.now(), "livemode": false, "amount": amount,
		"currency": charge["currency"], "charge": charge.id(), "payment_intent": charge["payment_intent"], "reason": reason,
		"status": "needs_response", "is_charge_refundable": false, "balance_transactions": []object{}, "metadata": object{},
		"network_reason_code": "10.4", "evidence": object{},
		"evidence_details":       object{"due_by": s.now() + disputeTime, "has_evidence": false, "past_due": false, "submission_count": 0},
		"payment_method_details": object{"type": "card", "card": object{"brand": "visa", "network_reason_code": "10.4"}},
	}
	events := []string{"charge.dispute.created"}
	if inquiry {
		dispute["status"], dispute["is_charge_refundable"] = "warning_needs_response", true
	} else {
		s.moveFunds(dispute, -1)
		events = append(events, "charge.dispute.funds_withdrawn")
	}
	if err := t.insert(dispute); err != nil {
		return nil, err
	}
	charge["disputed"], charge["dispute"] = true, dispute.id()
	if err := t.update(charge); err != nil {
		return nil, err
	}
	if err := t.later((s.now()+disputeTime)*1000, "dispute_unanswered", dispute.id()); err != nil {
		return nil, err
	}
	return dispute, s.tell(t, why, dispute, events...)
}

// moveFunds notes on a dispute that its amount left the account (-1) or came back (1).
func (s *Simulator) moveFunds(dispute object, sign int64) {
	amount, fee := sign*dispute.int("amount"), int64(0)
	if sign < 0 {
		fee = disputeFee
	}
	dispute["balance_transactions"] = append(dispute.list("balance_transactions"), object{
		"id": newID("txn_1", 23), "object": "balance_transaction", "amount": amount, "fee": fee, "net": amount - fee, "created": s.now(),
		"currency": dispute["currency"], "source": dispute.id(), "status": "available", "type": "adjustment", "reporting_category": "dispute"})
}

// disputeByCard opens the dispute that some test cards bring, once all that belongs to the payment has happened.
func (s *Simulator) disputeByCard(t *tx, why cause, intent object, m testMeans) error {
	if m.dispute == "" || intent.str("status") != "succeeded" {
		return nil
	}
	charge, err := t.object("charge", intent.str("latest_charge"))
	if err != nil {
		return fmt.Errorf("dispute %s: %w", intent.id(), err)
	}
	_, err = s.openDispute(t, why, charge, charge.int("amount"), m.dispute, m.inquiry)
	return err
}

// createDispute opens a dispute of a payment: charge or payment_intent, amount, reason, inquiry.
func createDispute(c *call) (object, error) {
	p := c.p
	chargeID, intentID := p.str("charge"), p.str("payment_intent")
	amount, given := p.int("amount", 1, 1<<40)
	reason, inquiry := p.one("reason", disputeReasons...), p.bool("inquiry")
	if chargeID == "" && intentID == "" {
		p.fail("payment_intent", "parameter_missing", "Name a payment: payment_intent or charge.")
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	charge, err := c.paidCharge(chargeID, intentID)
	if err != nil {
		return nil, err
	}
	left := charge.int("amount_captured") - charge.int("amount_refunded")
	switch {
	case charge.bool("disputed"):
		return nil, invalid("", "", "The payment is disputed already.")
	case left <= 0:
		return nil, invalid("", "", "The payment was refunded; nothing is left to dispute.")
	case !given:
		amount = left
	case amount > left:
		return nil, invalid("amount", "", "No more than %s is left to dispute.", money(left, charge.str("currency")))
	}
	return c.openDispute(c.tx, c.cause(), charge, amount, reason, inquiry)
}

// updateDispute answers POST /v1/disputes/{id}. As in Stripe's test mode, the evidence winning_evidence wins and
// losing_evidence loses; other evidence leaves the dispute under review.
func updateDispute(c *call) (object, error) {
	dispute, err := c.named("dispute")
	if err != nil {
		return nil, err
	}
	c.p.mergeMetadata(dispute)
	evidence, submit := c.p.obj("evidence"), !c.p.has("submit") || c.p.bool("submit")
	given := object{}
	for field, value := range dispute.obj("evidence") {
		given[field] = value
	}
	if evidence != nil {
		for field := range evidence.values {
			given[field] = evidence.str(field)
		}
	}
	if err := c.p.err(); err != nil {
		return nil, err
	}
	if evidence == nil {
		return dispute, c.change(c.tx, c.cause(), dispute, "charge.dispute.updated")
	}
	if disputeEnded(dispute) {
		return nil, refused("", "", "This dispute is already closed.")
	}
	dispute["evidence"] = given
	details := dispute.obj("evidence_details")
	details["has_evidence"] = true
	if submit {
		details["submission_count"] = details.int("submission_count") + 1
		switch given.str("uncategorized_text") {
		case "winning_evidence":
			return dispute, c.endDispute(c.tx, c.cause(), dispute, "won")
		case "losing_evidence":
			return dispute, c.endDispute(c.tx, c.cause(), dispute, "lost")
		}
		dispute["status"] = strings.Replace(dispute.str("status"), "needs_response", "under_review", 1)
	}
	return dispute, c.change(c.tx, c.cause(), dispute, "charge.dispute.updated")
}

// closeDispute answers POST /v1/disputes/{id}/close: the shop gives in.
func closeDispute(c *call) (object, error) {
	if err := c.p.err(); err != nil {
		return nil, err
	}
	dispute, err := c.named("dispute")
	if err != nil {
		return nil, err
	}
	return dispute, c.endDispute(c.tx, c.cause(), dispute, "lost")
}

// decideDispute lets the bank decide: outcome is won or lost, as the shop sees it.
func decideDispute(c *call) (object, error) {
	c.p.need("outcome")
	outcome := c.p.one("outcome", "won", "lost")
	if err := c.p.err(); err != nil {
		return nil, err
	}
	dispute, err := c.named("dispute")
	if err != nil {
		return nil, err
	}
	return dispute, c.endDispute(c.tx, c.cause(), dispute, outcome)
}

func disputeEnded(dispute object) bool {
	return slices.Contains([]string{"won", "lost", "warning_closed"}, dispute.str("status"))
}

// endDispute closes a dispute as won or lost. An inquiry, which took no money, is just closed.
func (s *Simulator) endDispute(t *tx, why cause, dispute object, status string) error {
	if disputeEnded(dispute) {
		return refused("", "", "This dispute is already closed.")
	}
	inquiry := strings.HasPrefix(dispute.str("status"), "warning_")
	if inquiry {
		status = "warning_closed"
	}
	dispute["status"], dispute["is_charge_refundable"] = status, status != "lost"
	events := []string{"charge.dispute.closed"}
	if status == "won" {
		s.moveFunds(dispute, 1)
		events = []string{"charge.dispute.funds_reinstated", "charge.dispute.closed"}
	}
	if err := t.update(dispute); err != nil {
		return err
	}
	return s.tell(t, why, dispute, events...)
}

// disputeUnanswered loses a dispute that nobody answered in time.
func (s *Simulator) disputeUnanswered(t *tx, id string) error {
	dispute, err := t.object("dispute", id)
	if err != nil {
		return fmt.Errorf("end dispute %s: %w", id, err)
	}
	if !strings.HasSuffix(dispute.str("status"), "needs_response") {
		return nil
	}
	return s.endDispute(t, cause{}, dispute, "lost")
}

// disputeOf loads the dispute of a charge; nil where there is none.
func (t *tx) disputeOf(charge object) (object, error) {
	if !charge.bool("disputed") {
		return nil, nil
	}
	dispute, err := t.object("dispute", charge.str("dispute"))
	if err != nil {
		return nil, fmt.Errorf("read the dispute of %s: %w", charge.id(), err)
	}
	return dispute, nil
}
