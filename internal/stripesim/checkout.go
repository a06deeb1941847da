package stripesim

import (
	"context"
	"errors"
	"fmt"
)

// Outcome is what a buyer makes of a session on the hosted page.
type Outcome string

// Outcomes, as the page's buttons send them.
const (
	PayNow           Outcome = "pay"             // as the card decides; the default card pays
	Decline          Outcome = "decline"         // the card is declined, the session stays open
	DelayedSuccess   Outcome = "delayed_success" // completed unpaid, paid later
	DelayedFailure   Outcome = "delayed_failure" // completed unpaid, fails later
	Delayed          Outcome = "delayed"         // completed unpaid, until the developers' page decides
	unnamed          Outcome = ""
	delayedMethod            = "sepa_debit"
	delayedPaysIBAN          = "AT611904300234573201"
	delayedFailsIBAN         = "AT861904300235473202"
)

// buyer is who pays and where to ship.
type buyer struct {
	email, name string
	address     object
	ship        bool
	rate        string // shipping rate chosen; "" keeps the session's
}

// payment is what a buyer pays with.
type payment struct {
	kind  string // payment method type
	means testMeans
}

// payment returns the payment of an outcome; card counts for PayNow.
func (o Outcome) payment(card string) (payment, bool) {
	switch o {
	case PayNow, unnamed:
		return payment{"card", meansByNumber(card)}, true
	case Decline:
		return payment{"card", meansByNumber(defaultDecline)}, true
	case DelayedSuccess:
		return payment{delayedMethod, testMeans{number: delayedPaysIBAN, fate: succeedsLater}}, true
	case DelayedFailure:
		return payment{delayedMethod, testMeans{number: delayedFailsIBAN, fate: failsLater}}, true
	case Delayed:
		return payment{delayedMethod, testMeans{number: delayedPaysIBAN, fate: waits}}, true
	}
	return payment{}, false
}

// errNotOpen says that a session was completed or has expired.
var errNotOpen = errors.New("the session is not open")

// complete pays an open session. It returns the id of the event checkout.session.completed, or the decline after
// which the session is still open.
func (s *Simulator) complete(t *tx, why cause, session object, who buyer, method object, m testMeans) (event string, declined *apiError, err error) {
	if session.str("status") != "open" {
		return "", nil, errNotOpen
	}
	s.apply(session, who)
	var intent object
	if session.int("amount_total") > 0 {
		if intent, err = s.intentOf(t, why, session); err != nil {
			return "", nil, err
		}
		declined, err := s.attempt(t, why, intent, method, m)
		if err != nil {
			return "", nil, err
		}
		if declined == nil && intent.str("status") == "requires_action" {
			// There is nobody to authenticate a simulated buyer: the page says that it was not done.
			declined = &apiError{Status: 402, Type: "card_error", Code: "authentication_required", Kept: true,
				Message: "This card asks for authentication, which was not done. Use another card."}
		}
		if declined != nil {
			return "", declined, t.update(session)
		}
		if intent.str("status") == "succeeded" {
			session["payment_status"] = "paid"
		}
	}
	if session.str("customer_creation") == "always" && session["customer"] == nil {
		if err := s.customerOf(t, why, session); err != nil {
			return "", nil, err
		}
	}
	session["status"], session["url"] = "complete", nil
	if err := t.update(session); err != nil {
		return "", nil, err
	}
	if event, err = s.emit(t, why, "checkout.session.completed", session, nil); err != nil {
		return "", nil, err
	}
	return event, nil, s.disputeByCard(t, why, intent, m)
}

// apply writes a buyer's details into the session.
func (s *Simulator) apply(session object, who buyer) {
	address := who.address
	if address == nil {
		address = object{"line1": nil, "line2": nil, "city": nil, "state": nil, "postal_code": nil, "country": nil}
	}
	session["customer_details"] = object{"email": orNil(who.email), "name": orNil(who.name), "address": address,
		"phone": nil, "tax_exempt": "none", "tax_ids": []object{}}
	if who.ship {
		session["shipping_details"] = object{"name": who.name, "address": address}
	}
	for _, option := range session.list("shipping_options") {
		if option.str("shipping_rate") == who.rate {
			chooseShipping(session, option)
		}
	}
	applyTotals(session, session.list("_line_items"))
}

// intentOf returns the session's payment intent, which is made at the first attempt to pay.
func (s *Simulator) intentOf(t *tx, why cause, session object) (object, error) {
	if id := session.str("payment_intent"); id != "" {
		intent, err := t.object("payment_intent", id)
		if err != nil {
			return nil, fmt.Errorf("read the session's payment intent: %w", err)
		}
		intent["amount"] = session.int("amount_total")
		return intent, nil
	}
	intent := s.newIntent(session.int("amount_total"), session.str("currency"))
	for field, value := range session.obj("_intent_data") {
		if value != nil {
			intent[field] = value
		}
	}
	intent["customer"], intent["payment_method_types"] = session["customer"], session["payment_method_types"]
	if shipping := session.obj("shipping_details"); shipping != nil {
		intent["shipping"] = object{"name": shipping["name"], "address": shipping["address"], "phone": nil, "carrier": nil, "tracking_number": nil}
	}
	session["payment_intent"] = intent.id()
	if err := t.insert(intent); err != nil {
		return nil, err
	}
	_, err := s.emit(t, why, "payment_intent.created", intent, nil)
	return intent, err
}

func (s *Simulator) customerOf(t *tx, why cause, session object) error {
	details := session.obj("customer_details")
	customer := object{"id": newID("cus_", 14), "object": "customer", "created": s.now(), "livemode": false, "metadata": object{},
		"email": details["email"], "name": details["name"], "address": details["address"], "description": nil, "phone": nil}
	if err := t.insert(customer); err != nil {
		return err
	}
	session["customer"] = customer.id()
	_, err := s.emit(t, why, "customer.created", customer, nil)
	return err
}

// billing is the billing_details of a buyer's payment method.
func (who buyer) billing() object {
	return object{"email": orNil(who.email), "name": orNil(who.name), "phone": nil, "address": who.address}
}

// pay is complete for the hosted page, which makes the payment method itself.
func (s *Simulator) pay(ctx context.Context, id string, who buyer, with payment) (session object, event string, declined *apiError, err error) {
	err = s.write(ctx, func(t *tx) error {
		if session, err = t.object("checkout.session", id); err != nil {
			return err
		}
		if err := s.expireOverdue(t, session); err != nil {
			return err
		}
		if session.str("status") != "open" {
			return nil
		}
		method := s.newMethod(with.means, with.kind, who.billing())
		if session.int("amount_total") > 0 && with.means.fate != wrongDetails {
			if err := t.insert(method); err != nil {
				return err
			}
		}
		event, declined, err = s.complete(t, cause{}, session, who, method, with.means)
		return err
	})
	return session, event, declined, err
}

// Pay pays a session as a buyer with the demo's name and address would on the hosted page, without waiting for
// the webhook. A decline is no error: the session stays open. A session that is not open is one.
func (s *Simulator) Pay(ctx context.Context, sessionID string, outcome Outcome) error {
	with, ok := outcome.payment(defaultCard)
	if !ok {
		return fmt.Errorf("pay session %s: unknown outcome %q", sessionID, outcome)
	}
	session, err := s.session(ctx, sessionID)
	if err != nil {
		return fmt.Errorf("pay session %s: %w", sessionID, err)
	}
	if session.str("status") != "open" {
		return fmt.Errorf("pay session %s: %w", sessionID, errNotOpen)
	}
	_, event, declined, err := s.pay(ctx, sessionID, demoForm(session).buyer(session), with)
	if err == nil && event == "" && declined == nil {
		err = errNotOpen // somebody was faster
	}
	if err != nil {
		return fmt.Errorf("pay session %s: %w", sessionID, err)
	}
	return nil
}

// session loads a session as it is now.
func (s *Simulator) session(ctx context.Context, id string) (session object, err error) {
	err = s.write(ctx, func(t *tx) error {
		if session, err = t.object("checkout.session", id); err != nil {
			return err
		}
		return s.expireOverdue(t, session)
	})
	return session, err
}

// getPaymentPage answers /v1/payment_pages/{session}, by which `stripe trigger` opens the hosted page.
func getPaymentPage(c *call) (object, error) {
	session, err := c.named("checkout.session")
	if err != nil {
		return nil, err
	}
	return paymentPage(session), nil
}

func paymentPage(session object) object {
	return object{"id": "ppage_" + session.id()[len("cs_test_"):][:24], "object": "payment_page", "session_id": session.id(),
		"livemode": false, "status": session["status"], "payment_status": session["payment_status"], "currency": session["currency"],
		"success_url": session["success_url"], "cancel_url": session["cancel_url"],
		"total_summary": object{"due": session["amount_total"], "total": session["amount_total"], "subtotal": session["amount_subtotal"]}}
}

// confirmPaymentPage answers POST /v1/payment_pages/{session}/confirm: the buyer pays.
func confirmPaymentPage(c *call) (object, error) {
	session, err := c.named("checkout.session")
	if err != nil {
		return nil, err
	}
	if amount, given := c.p.int("expected_amount", 0, 1<<40); given && amount != session.int("amount_total") {
		c.p.fail("expected_amount", "", "The session's amount is %d.", session.int("amount_total"))
	}
	if !c.p.ok() {
		return nil, *c.p.fault
	}
	method, err := c.method(c.p.need("payment_method"), "payment_method")
	if err != nil {
		return nil, err
	}
	details := method.obj("billing_details")
	who := buyer{name: details.str("name"), address: details.obj("address")}
	for _, email := range []string{session.str("customer_email"), session.str("_email"), details.str("email")} {
		if who.email == "" {
			who.email = email
		}
	}
	who.ship = session.obj("shipping_address_collection") != nil
	_, declined, err := c.complete(c.tx, c.cause(), session, who, method, meansOf(method))
	switch {
	case errors.Is(err, errNotOpen):
		return nil, refused("", "", "You cannot confirm this Checkout Session because it has a status of `%s`.", session.str("status"))
	case err != nil:
		return nil, err
	case declined != nil:
		return nil, declined
	}
	return paymentPage(session), nil
}
