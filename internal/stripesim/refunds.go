package stripesim

import (
	"fmt"
	"time"
)

// refundDelay is how long a refund that does not end at once takes.
const refundDelay = 5 * time.Second

// createRefund answers POST /v1/refunds.
func createRefund(c *call) (object, error) {
	p := c.p
	amount, given := p.int("amount", 1, 1<<40)
	reason := p.one("reason", "", "duplicate", "fraudulent", "requested_by_customer")
	metadata := p.metadata()
	p.accept("refund_application_fee", "reverse_transfer", "instructions_email")
	chargeID, intentID := p.str("charge"), p.str("payment_intent")
	if chargeID == "" && intentID == "" {
		p.fail("charge", "parameter_missing", "One of the following params should be provided for this request: payment_intent or charge.")
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	charge, err := c.refundable(chargeID, intentID)
	if err != nil {
		return nil, err
	}
	left := charge.int("amount_captured") - charge.int("amount_refunded")
	code := charge.str("currency")
	switch {
	case charge.bool("refunded") || left <= 0:
		return nil, refused("", "charge_already_refunded", "Charge %s has already been refunded.", charge.id())
	case charge.bool("disputed") && charge.str("_dispute_status") != "won":
		return nil, refused("", "charge_disputed", "Charge %s has been charged back; cannot issue a refund.", charge.id())
	case !given:
		amount = left
	case amount > left:
		return nil, refused("amount", "", "Refund amount (%s) is greater than unrefunded amount on charge (%s)", money(amount, code), money(left, code))
	}
	refund := object{
		"id": newID("re_3", 23), "object": "refund", "created": c.now(), "amount": amount, "currency": code,
		"charge": charge.id(), "payment_intent": charge["payment_intent"], "reason": orNil(reason), "metadata": metadata,
		"status": "succeeded", "balance_transaction": newID("txn_3", 23), "receipt_number": nil, "source_transfer_reversal": nil,
		"transfer_reversal": nil, "destination_details": object{"type": "card", "card": object{"type": "refund", "reference_status": "pending"}},
	}
	charge["amount_refunded"] = charge.int("amount_refunded") + amount
	charge["refunded"] = charge.int("amount_refunded") >= charge.int("amount_captured")
	if outcome := charge.str("_refund"); outcome != "" {
		if outcome == "pending" {
			refund["status"] = "pending"
		}
		if err := c.tx.later(c.dueSoon(refundDelay), "refund_"+outcome, refund.id()); err != nil {
			return nil, err
		}
	}
	if _, err := c.created(refund, "refund.created"); err != nil {
		return nil, err
	}
	return refund, c.change(c.tx, c.cause(), charge, "charge.refunded")
}

// refundable finds the charge of a refund's parameters.
func (c *call) refundable(chargeID, intentID string) (object, error) {
	if chargeID == "" {
		intent, err := c.load("payment_intent", intentID, "payment_intent")
		if err != nil {
			return nil, err
		}
		if chargeID = intent.str("latest_charge"); chargeID == "" {
			return nil, refused("payment_intent", "", "This PaymentIntent (%s) does not have a successful charge to refund.", intentID)
		}
	}
	charge, err := c.load("charge", chargeID, "charge")
	if err != nil {
		return nil, err
	}
	if intentID != "" && charge.str("payment_intent") != intentID {
		return nil, invalid("charge", "", "The charge is not one of this PaymentIntent.")
	}
	if charge.str("status") != "succeeded" {
		return nil, refused("", "", "Charge %s did not succeed; there is nothing to refund.", chargeID)
	}
	return charge, nil
}

// updateRefund answers POST /v1/refunds/{id}: metadata alone.
func updateRefund(c *call) (object, error) {
	refund, err := metadataUpdater("refund", "refund.updated")(c)
	if err != nil {
		return nil, err
	}
	_, err = c.emit(c.tx, c.cause(), "charge.refund.updated", refund, object{})
	return refund, err
}

// finishRefund ends a refund that did not end at once. One that fails gives its amount back to the charge.
func (s *Simulator) finishRefund(t *tx, id, status string) error {
	refund, err := t.object("refund", id)
	if err != nil {
		return fmt.Errorf("finish refund %s: %w", id, err)
	}
	refund["status"] = status
	events := []string{"refund.updated", "charge.refund.updated"}
	if status == "failed" {
		refund["failure_reason"] = "expired_or_canceled_card"
		refund["failure_balance_transaction"] = newID("txn_3", 23)
		events = append(events, "refund.failed")
		charge, err := t.object("charge", refund.str("charge"))
		if err != nil {
			return fmt.Errorf("finish refund %s: %w", id, err)
		}
		charge["amount_refunded"], charge["refunded"] = charge.int("amount_refunded")-refund.int("amount"), false
		if err := s.change(t, cause{}, charge, "charge.updated"); err != nil {
			return err
		}
	}
	if err := t.update(refund); err != nil {
		return err
	}
	for _, event := range events {
		if _, err := s.emit(t, cause{}, event, refund, nil); err != nil {
			return err
		}
	}
	return nil
}

// openDispute makes the dispute that some test cards bring.
func (s *Simulator) openDispute(t *tx, why cause, charge object, m testMeans) error {
	status, events := "needs_response", []string{"charge.dispute.created", "charge.dispute.funds_withdrawn"}
	if m.inquiry {
		status, events = "warning_needs_response", events[:1]
	}
	dispute := object{
		"id": newID("dp_1", 23), "object": "dispute", "created": s.now(), "livemode": false, "amount": charge.int("amount"),
		"currency": charge.str("currency"), "charge": charge.id(), "payment_intent": charge["payment_intent"], "reason": m.dispute,
		"status": status, "is_charge_refundable": m.inquiry, "balance_transactions": []object{}, "metadata": object{},
		"evidence":         object{},
		"evidence_details": object{"due_by": s.now() + 9*24*3600, "has_evidence": false, "past_due": false, "submission_count": 0},
	}
	if err := t.insert(dispute); err != nil {
		return err
	}
	charge["disputed"], charge["dispute"], charge["_dispute_status"] = true, dispute.id(), status
	if err := t.update(charge); err != nil {
		return err
	}
	for _, event := range events {
		if _, err := s.emit(t, why, event, dispute, nil); err != nil {
			return err
		}
	}
	return nil
}

// updateDispute answers POST /v1/disputes/{id}. As in Stripe's test mode, the evidence winning_evidence wins and
// losing_evidence loses.
func updateDispute(c *call) (object, error) {
	dispute, err := c.named("dispute")
	if err != nil {
		return nil, err
	}
	c.p.mergeMetadata(dispute)
	text, submit := "", !c.p.has("submit") || c.p.bool("submit")
	if evidence := c.p.obj("evidence"); evidence != nil {
		given := object{}
		for field := range evidence.values {
			given[field] = evidence.str(field)
		}
		dispute["evidence"], text = given, given.str("uncategorized_text")
	}
	if err := c.p.err(); err != nil {
		return nil, err
	}
	switch {
	case submit && text == "winning_evidence":
		return dispute, c.endDispute(dispute, "won")
	case submit && text == "losing_evidence":
		return dispute, c.endDispute(dispute, "lost")
	case submit && c.p.has("evidence"):
		dispute["status"] = "under_review"
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
	if s := dispute.str("status"); s == "won" || s == "lost" || s == "warning_closed" {
		return nil, refused("", "", "This dispute is already closed.")
	}
	status := "lost"
	if dispute.str("status") == "warning_needs_response" {
		status = "warning_closed"
	}
	return dispute, c.endDispute(dispute, status)
}

func (c *call) endDispute(dispute object, status string) error {
	charge, err := c.load("charge", dispute.str("charge"), "")
	if err != nil {
		return err
	}
	dispute["status"], charge["_dispute_status"] = status, status
	if status == "warning_closed" {
		charge["_dispute_status"] = "won" // no money was taken
	}
	if err := c.tx.update(charge); err != nil {
		return err
	}
	if status == "won" {
		if _, err := c.emit(c.tx, c.cause(), "charge.dispute.funds_reinstated", dispute, nil); err != nil {
			return err
		}
	}
	return c.change(c.tx, c.cause(), dispute, "charge.dispute.closed")
}
