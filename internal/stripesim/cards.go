package stripesim

import (
	"strings"
)

// fate is what happens to a payment.
type fate string

const (
	succeeds       fate = "succeeds"
	declines       fate = "declines"
	needsAction    fate = "needs_action"
	succeedsLater  fate = "succeeds_later"
	failsLater     fate = "fails_later"
	waits          fate = "waits"         // until the developers' page decides
	wrongDetails   fate = "wrong_details" // refused before any charge is made
	defaultCard         = "4242424242424242"
	defaultDecline      = "4000000000000002"
)

// testMeans is a means of payment whose outcome Stripe documents.
// Source: https://docs.stripe.com/testing and the IBANs of https://docs.stripe.com/payments/sepa-debit.
type testMeans struct {
	number  string // card number or IBAN
	names   string // after pm_card_ and tok_, separated by spaces
	brand   string // of a card
	fate    fate
	code    string // error code of a decline
	decline string // decline_code
	dispute string // reason of the dispute that follows
	inquiry bool   // the dispute is only an inquiry
	refund  string // "pending" or "failed": what becomes of a refund
}

var means = []testMeans{
	{number: defaultCard, names: "visa us bypassPending bypassPendingInternational", brand: "visa", fate: succeeds},
	{number: "4000056655665556", names: "visa_debit", brand: "visa", fate: succeeds},
	{number: "5555555555554444", names: "mastercard", brand: "mastercard", fate: succeeds},
	{number: "378282246310005", names: "amex", brand: "amex", fate: succeeds},
	{number: "4000000000000077", brand: "visa", fate: succeeds},
	{number: "4000002500003155", names: "authenticationRequiredOnSetup", brand: "visa", fate: needsAction},
	{number: "4000002760003184", names: "authenticationRequired threeDSecure2Required threeDSecureRequired", brand: "visa", fate: needsAction},
	{number: "4000000000003220", brand: "visa", fate: needsAction},
	{number: defaultDecline, names: "chargeDeclined visa_chargeDeclined", brand: "visa", fate: declines, code: "card_declined", decline: "generic_decline"},
	{number: "4000000000000341", names: "chargeCustomerFail", brand: "visa", fate: declines, code: "card_declined", decline: "generic_decline"},
	{number: "4000000000009995", names: "chargeDeclinedInsufficientFunds visa_chargeDeclinedInsufficientFunds", brand: "visa", fate: declines, code: "card_declined", decline: "insufficient_funds"},
	{number: "4000000000009987", names: "chargeDeclinedLostCard visa_chargeDeclinedLostCard", brand: "visa", fate: declines, code: "card_declined", decline: "lost_card"},
	{number: "4000000000009979", names: "chargeDeclinedStolenCard visa_chargeDeclinedStolenCard", brand: "visa", fate: declines, code: "card_declined", decline: "stolen_card"},
	{number: "4000000000000069", names: "chargeDeclinedExpiredCard", brand: "visa", fate: declines, code: "expired_card"},
	{number: "4000000000000127", names: "chargeDeclinedIncorrectCvc", brand: "visa", fate: declines, code: "incorrect_cvc"},
	{number: "4000000000000119", names: "chargeDeclinedProcessingError", brand: "visa", fate: declines, code: "processing_error"},
	{number: "4000000000006975", names: "chargeDeclinedVelocityLimitExceeded visa_chargeDeclinedVelocityLimitExceeded", brand: "visa", fate: declines, code: "card_declined", decline: "card_velocity_exceeded"},
	{number: "4100000000000019", names: "chargeDeclinedFraudulent radarBlock", brand: "visa", fate: declines, code: "card_declined", decline: "fraudulent"},
	{number: "4000000000000259", names: "createDispute", brand: "visa", fate: succeeds, dispute: "fraudulent"},
	{number: "4000000000002685", names: "createDisputeProductNotReceived", brand: "visa", fate: succeeds, dispute: "product_not_received"},
	{number: "4000000000001976", names: "createDisputeInquiry", brand: "visa", fate: succeeds, dispute: "fraudulent", inquiry: true},
	{number: "4000000000007726", names: "pendingRefund", brand: "visa", fate: succeeds, refund: "pending"},
	{number: "4000000000005126", names: "refundFail", brand: "visa", fate: succeeds, refund: "failed"},
	{number: "AT611904300234573201", fate: succeedsLater},
	{number: "AT321904300235473204", fate: succeedsLater},
	{number: "AT861904300235473202", fate: failsLater},
	{number: "AT051904300235473205", fate: failsLater},
	{number: "IT40S0542811101000000123456", fate: succeedsLater},
	{number: "IT60X0542811101000000123456", fate: failsLater},
}

// meansByNumber finds what a card number or IBAN does. A number that is not one of Stripe's for tests is
// declined, as in test mode; one that cannot be a card number is refused.
func meansByNumber(number string) testMeans {
	number = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, number)
	for _, m := range means {
		if m.number == number {
			return m
		}
	}
	if !luhn(number) {
		return testMeans{number: number, fate: wrongDetails, code: "incorrect_number"}
	}
	return testMeans{number: number, brand: "unknown", fate: declines, code: "card_declined", decline: "test_mode_live_card"}
}

// meansByName finds the means behind pm_card_visa or tok_visa.
func meansByName(id string) (testMeans, bool) {
	name, ok := strings.CutPrefix(id, "pm_card_")
	if !ok {
		name, ok = strings.CutPrefix(id, "tok_")
	}
	for _, m := range means {
		for known := range strings.FieldsSeq(m.names) {
			if ok && known == name {
				return m, true
			}
		}
	}
	return testMeans{}, false
}

// luhn checks the last digit of a card number.
func luhn(number string) bool {
	if len(number) < 12 || len(number) > 19 {
		return false
	}
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// declineMessages are what a buyer is told.
var declineMessages = map[string]string{
	"insufficient_funds":    "Your card has insufficient funds.",
	"expired_card":          "Your card has expired.",
	"incorrect_cvc":         "Your card's security code is incorrect.",
	"incorrect_number":      "Your card number is incorrect.",
	"processing_error":      "An error occurred while processing your card. Try again in a little bit.",
	"test_mode_live_card":   "Your card was declined. This is a test: use a test card number.",
	"payment_method_failed": "The payment failed.",
}

// declined makes the answer for a means that does not pay.
func (m testMeans) declined() *apiError {
	message := "Your card was declined."
	for _, key := range []string{m.code, m.decline} {
		if text, ok := declineMessages[key]; ok {
			message = text
		}
	}
	e := &apiError{Status: 402, Type: "card_error", Code: m.code, Message: message, Kept: true, More: object{}}
	if m.decline != "" {
		e.More["decline_code"] = m.decline
	}
	return e
}

// newMethod makes a payment method of a means.
func (s *Simulator) newMethod(m testMeans, kind string, billing object) object {
	if billing == nil {
		billing = object{"address": object{"city": nil, "country": nil, "line1": nil, "line2": nil, "postal_code": nil, "state": nil},
			"email": nil, "name": nil, "phone": nil}
	}
	method := object{
		"id": newID("pm_1", 23), "object": "payment_method", "created": s.now(), "livemode": false, "type": kind,
		"billing_details": billing, "customer": nil, "metadata": object{}, "_number": m.number,
	}
	method[kind] = methodDetails(m, kind)
	return method
}

func methodDetails(m testMeans, kind string) object {
	last4 := m.number[max(0, len(m.number)-4):]
	switch kind {
	case "card":
		return object{"brand": m.brand, "country": "US", "exp_month": 12, "exp_year": 2034, "fingerprint": "sim" + last4,
			"funding": "credit", "last4": last4, "checks": object{"address_line1_check": nil, "address_postal_code_check": nil, "cvc_check": "pass"},
			"three_d_secure": nil, "wallet": nil}
	case "sepa_debit":
		return object{"bank_code": nil, "branch_code": nil, "country": m.number[:min(2, len(m.number))], "fingerprint": "sim" + last4, "last4": last4}
	}
	return object{}
}

// createPaymentMethod answers POST /v1/payment_methods.
func createPaymentMethod(c *call) (object, error) {
	method := c.readMethod(c.p)
	method["metadata"] = c.p.metadata()
	return c.created(method, "")
}

// readMethod reads type, card or sepa_debit, and billing_details.
func (c *call) readMethod(p *params) object {
	kind, m := p.need("type"), meansByNumber(defaultCard)
	switch kind {
	case "card":
		card := p.obj("card")
		card.accept("exp_month", "exp_year", "cvc", "networks")
		if token := card.str("token"); token != "" {
			named, ok := meansByName(token)
			if !ok {
				card.fail("token", "resource_missing", "No such token: '%s'", token)
			}
			m = named
		} else if number := card.str("number"); number != "" {
			m = meansByNumber(number)
		}
	case "sepa_debit":
		iban := p.obj("sepa_debit").str("iban")
		if iban == "" {
			p.fail("sepa_debit", "parameter_missing", "Missing required param: sepa_debit[iban].")
		}
		m = testMeans{number: iban, fate: succeedsLater}
	default:
		m = testMeans{fate: succeedsLater}
		p.accept(kind)
	}
	var billing object
	if details := p.obj("billing_details"); details != nil {
		billing = object{"email": orNil(details.email("email")), "name": orNil(details.str("name")),
			"phone": orNil(details.str("phone")), "address": details.address()}
		details.accept("tax_id")
	}
	p.accept("allow_redisplay")
	return c.newMethod(m, kind, billing)
}

// meansOf finds what a stored payment method does.
func meansOf(method object) testMeans {
	number := method.str("_number")
	if method.str("type") == "card" {
		return meansByNumber(number)
	}
	for _, m := range means {
		if m.number == number {
			return m
		}
	}
	return testMeans{number: number, fate: succeedsLater}
}

// method loads a payment method, or makes one of a name such as pm_card_visa.
func (c *call) method(id, param string) (object, error) {
	m, ok := meansByName(id)
	if !ok || !strings.HasPrefix(id, "pm_card_") {
		return c.load("payment_method", id, param)
	}
	method := c.newMethod(m, "card", nil)
	return method, c.tx.insert(method)
}

// attachPaymentMethod answers POST /v1/payment_methods/{id}/attach.
func attachPaymentMethod(c *call) (object, error) {
	customer, err := c.load("customer", c.p.need("customer"), "customer")
	if err != nil {
		return nil, err
	}
	if err := c.p.err(); err != nil {
		return nil, err
	}
	method, err := c.method(c.id(), "id")
	if err != nil {
		return nil, err
	}
	method["customer"] = customer.id()
	if err := c.tx.update(method); err != nil {
		return nil, err
	}
	_, err = c.emit(c.tx, c.cause(), "payment_method.attached", method, nil)
	return method, err
}
