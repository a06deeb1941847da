package stripesim

import (
	"fmt"
	"time"
)

// newIntent makes a payment intent that waits for a means of payment.
func (s *Simulator) newIntent(amount int64, code string) object {
	id := newID("pi_3", 23)
	return object{
		"id": id, "object": "payment_intent", "created": s.now(), "livemode": false, "amount": amount, "currency": code,
		"amount_capturable": 0, "amount_received": 0, "amount_details": object{"tip": object{}},
		"application": nil, "application_fee_amount": nil, "automatic_payment_methods": nil,
		"canceled_at": nil, "cancellation_reason": nil, "capture_method": "automatic", "confirmation_method": "automatic",
		"client_secret": id + "_secret_" + newID("", 25), "customer": nil, "description": nil, "invoice": nil,
		"last_payment_error": nil, "latest_charge": nil, "metadata": object{}, "next_action": nil, "on_behalf_of": nil,
		"payment_method": nil, "payment_method_options": object{}, "payment_method_types": []string{"card"}, "processing": nil,
		"receipt_email": nil, "review": nil, "setup_future_usage": nil, "shipping": nil, "source": nil,
		"statement_descriptor": nil, "statement_descriptor_suffix": nil, "status": "requires_payment_method",
		"transfer_data": nil, "transfer_group": nil,
	}
}

// newCharge makes a charge of an intent by a payment method.
func (s *Simulator) newCharge(intent, method object) object {
	kind := method.str("type")
	details := object{"type": kind, kind: method[kind]}
	id := newID("ch_3", 23)
	return object{
		"id": id, "object": "charge", "created": s.now(), "livemode": false, "amount": intent.int("amount"),
		"amount_captured": 0, "amount_refunded": 0, "application": nil, "application_fee": nil, "application_fee_amount": nil,
		"balance_transaction": nil, "billing_details": method["billing_details"], "calculated_statement_descriptor": "SIMULATED",
		"captured": false, "currency": intent.str("currency"), "customer": intent["customer"], "description": intent["description"],
		"destination": nil, "dispute": nil, "disputed": false, "failure_balance_transaction": nil, "failure_code": nil,
		"failure_message": nil, "fraud_details": object{}, "invoice": nil, "metadata": intent["metadata"], "on_behalf_of": nil,
		"outcome": object{"network_status": "approved_by_network", "reason": nil, "risk_level": "normal", "risk_score": 20,
			"seller_message": "Payment complete.", "type": "authorized"},
		"paid": false, "payment_intent": intent.id(), "payment_method": method.id(), "payment_method_details": details,
		"receipt_email": intent["receipt_email"], "receipt_number": nil, "receipt_url": nil, "refunded": false, "review": nil,
		"shipping": intent["shipping"], "source": nil, "source_transfer": nil, "statement_descriptor": nil,
		"statement_descriptor_suffix": nil, "status": "pending", "transfer_data": nil, "transfer_group": nil,
	}
}

// attempt pays an intent, which is stored already, by a method. A decline is returned as its API error, with all
// that it changed kept; err is for what went wrong inside.
func (s *Simulator) attempt(t *tx, why cause, intent, method object, m testMeans) (declined *apiError, err error) {
	if m.fate == wrongDetails {
		return m.declined(), nil
	}
	intent["payment_method"] = method.id()
	if m.fate == needsAction {
		intent["status"] = "requires_action"
		intent["next_action"] = object{"type": "use_stripe_sdk", "use_stripe_sdk": object{"type": "three_d_secure_redirect"}}
		return nil, s.change(t, why, intent, "payment_intent.requires_action")
	}
	charge := s.newCharge(intent, method)
	charge["_refund"] = orNil(m.refund)
	intent["latest_charge"], intent["next_action"], intent["last_payment_error"] = charge.id(), nil, nil
	if err := t.insert(charge); err != nil {
		return nil, err
	}
	switch m.fate {
	case declines:
		declined = m.declined()
		return declined, s.failCharge(t, why, intent, charge, method, declined)
	case succeedsLater, failsLater, waits:
		return nil, s.startDelayed(t, why, intent, charge, m.fate)
	}
	return nil, s.succeedCharge(t, why, intent, charge)
}

// change stores an object and says so in an event.
func (s *Simulator) change(t *tx, why cause, o object, event string) error {
	if err := t.update(o); err != nil {
		return err
	}
	return s.tell(t, why, o, event)
}

// tell says in events how an object is now.
func (s *Simulator) tell(t *tx, why cause, o object, events ...string) error {
	for _, event := range events {
		if _, err := s.emit(t, why, event, o, nil); err != nil {
			return err
		}
	}
	return nil
}

func (s *Simulator) succeedCharge(t *tx, why cause, intent, charge object) error {
	charge["status"], charge["paid"] = "succeeded", true
	if intent.str("capture_method") == "manual" {
		intent["status"], intent["amount_capturable"] = "requires_capture", intent.int("amount")
		if err := s.change(t, why, charge, "charge.succeeded"); err != nil {
			return err
		}
		return s.change(t, why, intent, "payment_intent.amount_capturable_updated")
	}
	charge["captured"], charge["amount_captured"] = true, charge.int("amount")
	charge["balance_transaction"] = newID("txn_3", 23)
	intent["status"], intent["amount_received"], intent["processing"] = "succeeded", intent.int("amount"), nil
	if err := s.change(t, why, charge, "charge.succeeded"); err != nil {
		return err
	}
	return s.change(t, why, intent, "payment_intent.succeeded")
}

func (s *Simulator) failCharge(t *tx, why cause, intent, charge, method object, reason *apiError) error {
	charge["status"], charge["failure_code"], charge["failure_message"] = "failed", reason.Code, reason.Message
	charge["outcome"] = object{"network_status": "declined_by_network", "reason": reason.More["decline_code"], "risk_level": "normal",
		"risk_score": 20, "seller_message": "The bank did not accept the payment.", "type": "issuer_declined"}
	intent["status"], intent["payment_method"], intent["processing"] = "requires_payment_method", nil, nil
	failure := object{"charge": charge.id(), "code": reason.Code, "message": reason.Message, "type": "card_error",
		"decline_code": reason.More["decline_code"], "payment_method": method.public()}
	intent["last_payment_error"] = failure
	reason.More["charge"] = charge.id()
	if err := s.change(t, why, charge, "charge.failed"); err != nil {
		return err
	}
	if err := s.change(t, why, intent, "payment_intent.payment_failed"); err != nil {
		return err
	}
	reason.More["payment_intent"] = intent.public()
	return nil
}

// startDelayed begins a payment whose outcome comes later, as a bank debit's does.
func (s *Simulator) startDelayed(t *tx, why cause, intent, charge object, f fate) error {
	intent["status"] = "processing"
	charge["_fate"] = string(f)
	if err := s.change(t, why, charge, "charge.pending"); err != nil {
		return err
	}
	if err := s.change(t, why, intent, "payment_intent.processing"); err != nil {
		return err
	}
	if f == waits {
		return nil
	}
	return t.later(s.dueSoon(s.opts.DelayedAfter), "settle", charge.id())
}

// settle ends a delayed payment and, where it is a checkout's, tells the session. The outcome "" is the one that was
// planned.
func (s *Simulator) settle(t *tx, chargeID string, outcome fate) error {
	charge, err := t.object("charge", chargeID)
	if err != nil {
		return fmt.Errorf("settle %s: %w", chargeID, err)
	}
	if charge.str("status") != "pending" {
		return nil
	}
	intent, err := t.object("payment_intent", charge.str("payment_intent"))
	if err != nil {
		return fmt.Errorf("settle %s: %w", chargeID, err)
	}
	session, err := t.sessionOf(intent.id())
	if err != nil {
		return fmt.Errorf("settle %s: %w", chargeID, err)
	}
	if outcome == "" {
		outcome = fate(charge.str("_fate"))
	}
	event := "checkout.session.async_payment_succeeded"
	if outcome == succeedsLater {
		if session != nil {
			session["payment_status"] = "paid"
		}
		err = s.succeedCharge(t, cause{}, intent, charge)
	} else {
		event = "checkout.session.async_payment_failed"
		method, lost := t.object("payment_method", charge.str("payment_method"))
		if lost != nil {
			return fmt.Errorf("settle %s: %w", chargeID, lost)
		}
		reason := testMeans{code: "payment_method_failed"}.declined()
		err = s.failCharge(t, cause{}, intent, charge, method, reason)
	}
	if err != nil || session == nil {
		return err
	}
	return s.change(t, cause{}, session, event)
}

// sessionOf finds the checkout session that an intent belongs to; nil where it belongs to none.
func (t *tx) sessionOf(intent string) (object, error) {
	found, _, err := t.objects("checkout.session", page{limit: 1}, where("payment_intent = ?", intent))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// dueSoon is when something planned for a while from now is due, in Unix milliseconds.
func (s *Simulator) dueSoon(d time.Duration) int64 { return s.nowMillis() + d.Milliseconds() }
