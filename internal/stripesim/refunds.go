package stripesim

import (
	"fmt"
	"slices"
)

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
	charge, err := c.paidCharge(chargeID, intentID)
	if err != nil {
		return nil, err
	}
	dispute, err := c.tx.disputeOf(charge)
	if err != nil {
		return nil, err
	}
	left := charge.int("amount_captured") - charge.int("amount_refunded")
	code := charge.str("currency")
	switch {
	case left <= 0:
		return nil, refused("", "charge_already_refunded", "Charge %s has already been refunded.", charge.id())
	case dispute != nil && !dispute.bool("is_charge_refundable"):
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
	setRefunded(charge, amount)
	switch charge.str("_refund") {
	case "pending":
		refund["status"] = "pending"
		err = c.tx.later(c.dueSoon(c.opts.DelayedAfter), "refund_succeeded", refund.id())
	case "failed":
		err = c.tx.later(c.dueSoon(c.opts.DelayedAfter), "refund_failed", refund.id())
	}
	if err != nil {
		return nil, err
	}
	if _, err := c.created(refund, "refund.created"); err != nil {
		return nil, err
	}
	if err := c.change(c.tx, c.cause(), charge, "charge.refunded"); err != nil {
		return nil, err
	}
	if dispute != nil && !disputeEnded(dispute) && charge.bool("refunded") {
		return refund, c.endDispute(c.tx, c.cause(), dispute, "warning_closed") // an inquiry has nothing left to ask for
	}
	return refund, nil
}

// setRefunded adds an amount, which may be negative, to what a charge gave back.
func setRefunded(charge object, amount int64) {
	total := charge.int("amount_refunded") + amount
	charge["amount_refunded"], charge["refunded"] = total, total >= charge.int("amount_captured")
}

// paidCharge finds the charge that a refund or a dispute is about.
func (c *call) paidCharge(chargeID, intentID string) (object, error) {
	if chargeID == "" {
		intent, err := c.load("payment_intent", intentID, "payment_intent")
		if err != nil {
			return nil, err
		}
		if chargeID = intent.str("latest_charge"); chargeID == "" {
			return nil, refused("payment_intent", "", "This PaymentIntent (%s) does not have a successful charge.", intentID)
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
		return nil, refused("", "", "Charge %s did not succeed; nothing was paid.", chargeID)
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

// cancelRefund answers POST /v1/refunds/{id}/cancel.
func cancelRefund(c *call) (object, error) { return c.endNamedRefund("canceled") }

// decideRefund lets the bank decide: outcome is succeeded, for a pending refund, or failed.
func decideRefund(c *call) (object, error) {
	c.p.need("outcome")
	return c.endNamedRefund(c.p.one("outcome", "succeeded", "failed"))
}

func (c *call) endNamedRefund(status string) (object, error) {
	if err := c.p.err(); err != nil {
		return nil, err
	}
	refund, err := c.named("refund")
	if err != nil {
		return nil, err
	}
	if !refundMayBecome(refund, status) {
		return nil, refused("", "", "A refund with a status of %s cannot become %s.", refund.str("status"), status)
	}
	return refund, c.endRefund(c.tx, c.cause(), refund, status)
}

// refundMayBecome says which ends a refund can still take: even one that succeeded may fail later.
func refundMayBecome(refund object, status string) bool {
	from := map[string][]string{"succeeded": {"pending"}, "canceled": {"pending", "requires_action"}, "failed": {"pending", "succeeded"}}
	return slices.Contains(from[status], refund.str("status"))
}

// finishRefund is the planned end of a refund that did not end at once. Something else may have ended it since.
func (s *Simulator) finishRefund(t *tx, id, status string) error {
	refund, err := t.object("refund", id)
	if err != nil {
		return fmt.Errorf("finish refund %s: %w", id, err)
	}
	if !refundMayBecome(refund, status) {
		return nil
	}
	return s.endRefund(t, cause{}, refund, status)
}

// endRefund ends a refund. One that fails or is cancelled gives its amount back to the charge.
func (s *Simulator) endRefund(t *tx, why cause, refund object, status string) error {
	refund["status"] = status
	events := []string{"refund.updated", "charge.refund.updated"}
	if status == "failed" {
		refund["failure_reason"] = "expired_or_canceled_card"
		events = append(events, "refund.failed")
	}
	if status != "succeeded" {
		refund["failure_balance_transaction"] = newID("txn_3", 23)
		charge, err := t.object("charge", refund.str("charge"))
		if err != nil {
			return fmt.Errorf("end refund %s: %w", refund.id(), err)
		}
		setRefunded(charge, -refund.int("amount"))
		if err := s.change(t, why, charge, "charge.updated"); err != nil {
			return err
		}
	}
	if err := t.update(refund); err != nil {
		return err
	}
	return s.tell(t, why, refund, events...)
}
