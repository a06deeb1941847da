package stripesim

// createIntent answers POST /v1/payment_intents, with confirm=true also its confirmation.
func createIntent(c *call) (object, error) {
	p := c.p
	code := p.needCurrency()
	amount := p.needInt("amount", 1, 1<<40)
	p.checkDecimals("amount", code, amount)
	p.checkTotal("amount", code, amount)
	intent := c.newIntent(amount, code)
	intent["capture_method"] = p.one("capture_method", "automatic", "automatic_async", "manual")
	intent["confirmation_method"] = p.one("confirmation_method", "automatic", "manual")
	if types := p.methodTypes(); p.has("payment_method_types") {
		intent["payment_method_types"] = types
	}
	if automatic := p.obj("automatic_payment_methods"); automatic.enabled() {
		intent["automatic_payment_methods"] = object{"enabled": true, "allow_redirects": automatic.one("allow_redirects", "always", "never")}
	}
	intent["metadata"] = p.metadata()
	intent["setup_future_usage"] = orNil(p.one("setup_future_usage", "", "on_session", "off_session"))
	p.accept("mandate_data", "payment_method_options", "transfer_data", "transfer_group", "application_fee_amount",
		"on_behalf_of", "off_session", "radar_options", "payment_method_configuration", "use_stripe_sdk", "error_on_requires_action")
	c.readIntentTexts(intent)
	if customer := p.str("customer"); customer != "" {
		if _, err := c.load("customer", customer, "customer"); err != nil {
			return nil, err
		}
		intent["customer"] = customer
	}
	confirm := p.bool("confirm")
	p.accept("return_url")
	if !p.ok() {
		return nil, *p.fault
	}
	method, err := c.readIntentMethod(intent)
	if err != nil {
		return nil, err
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	if _, err := c.created(intent, "payment_intent.created"); err != nil || !confirm {
		return intent, err
	}
	return c.confirm(intent, method)
}

// readIntentTexts reads what create and update have in common.
func (c *call) readIntentTexts(intent object) {
	for field, limit := range map[string]int{"description": 1000, "statement_descriptor": 22, "statement_descriptor_suffix": 22} {
		if c.p.has(field) {
			intent[field] = orNil(c.p.max(field, limit))
		}
	}
	if c.p.has("receipt_email") {
		intent["receipt_email"] = orNil(c.p.email("receipt_email"))
	}
	if c.p.has("shipping") {
		intent["shipping"] = c.p.shipping()
	}
}

// readIntentMethod reads payment_method or payment_method_data; nil where neither was sent.
func (c *call) readIntentMethod(intent object) (object, error) {
	var method object
	var err error
	if data := c.p.obj("payment_method_data"); data != nil {
		method = c.readMethod(data)
		if c.p.ok() {
			err = c.tx.insert(method)
		}
	} else if id := c.p.str("payment_method"); id != "" {
		method, err = c.method(id, "payment_method")
	}
	if err != nil || method == nil {
		return nil, err
	}
	intent["payment_method"] = method.id()
	if intent.str("status") == "requires_payment_method" {
		intent["status"] = "requires_confirmation"
	}
	return method, nil
}

// confirm pays an intent by its method.
func (c *call) confirm(intent, method object) (object, error) {
	if method == nil {
		return nil, refused("", "payment_intent_unexpected_state", "You cannot confirm this PaymentIntent because it's missing a payment method.")
	}
	m := meansOf(method)
	declined, err := c.attempt(c.tx, c.cause(), intent, method, m)
	if err != nil {
		return nil, err
	}
	if declined != nil {
		return nil, declined
	}
	return intent, c.disputeByCard(c.tx, c.cause(), intent, m)
}

// stateError is the answer when an intent's status does not allow something.
func stateError(intent object, doing string) *apiError {
	e := refused("", "payment_intent_unexpected_state", "You cannot %s this PaymentIntent because it has a status of %s.", doing, intent.str("status"))
	e.More = object{"payment_intent": intent.public()}
	return e
}

// confirmIntent answers POST /v1/payment_intents/{id}/confirm.
func confirmIntent(c *call) (object, error) {
	intent, err := c.named("payment_intent")
	if err != nil {
		return nil, err
	}
	switch intent.str("status") {
	case "requires_payment_method", "requires_confirmation", "requires_action":
	default:
		return nil, stateError(intent, "confirm")
	}
	c.p.accept("return_url", "mandate_data", "payment_method_options", "off_session", "use_stripe_sdk", "setup_future_usage",
		"capture_method", "error_on_requires_action", "payment_method_types")
	c.readIntentTexts(intent)
	method, err := c.readIntentMethod(intent)
	if err != nil {
		return nil, err
	}
	if err := c.p.err(); err != nil {
		return nil, err
	}
	if id := intent.str("payment_method"); method == nil && id != "" {
		if method, err = c.load("payment_method", id, "payment_method"); err != nil {
			return nil, err
		}
	}
	return c.confirm(intent, method)
}

// updateIntent answers POST /v1/payment_intents/{id}.
func updateIntent(c *call) (object, error) {
	intent, err := c.named("payment_intent")
	if err != nil {
		return nil, err
	}
	open := intent.str("status") == "requires_payment_method" || intent.str("status") == "requires_confirmation"
	if n, ok := c.p.int("amount", 1, 1<<40); ok {
		if !open {
			return nil, stateError(intent, "change the amount of")
		}
		c.p.checkTotal("amount", intent.str("currency"), n)
		intent["amount"] = n
	}
	c.p.mergeMetadata(intent)
	c.readIntentTexts(intent)
	if open {
		if _, err := c.readIntentMethod(intent); err != nil {
			return nil, err
		}
	}
	if err := c.p.err(); err != nil {
		return nil, err
	}
	return intent, c.tx.update(intent)
}

// captureIntent answers POST /v1/payment_intents/{id}/capture.
func captureIntent(c *call) (object, error) {
	intent, err := c.named("payment_intent")
	if err != nil {
		return nil, err
	}
	amount, given := c.p.int("amount_to_capture", 1, 1<<40)
	c.p.accept("statement_descriptor", "statement_descriptor_suffix", "metadata", "final_capture")
	if err := c.p.err(); err != nil {
		return nil, err
	}
	if intent.str("status") != "requires_capture" {
		return nil, stateError(intent, "capture")
	}
	if !given {
		amount = intent.int("amount_capturable")
	}
	if amount > intent.int("amount_capturable") {
		return nil, invalid("amount_to_capture", "amount_too_large", "The amount to capture is more than can be captured.")
	}
	charge, err := c.load("charge", intent.str("latest_charge"), "")
	if err != nil {
		return nil, err
	}
	charge["captured"], charge["amount_captured"], charge["balance_transaction"] = true, amount, newID("txn_3", 23)
	// What is not captured is released: Stripe counts it as refunded.
	charge["amount_refunded"] = charge.int("amount") - amount
	intent["status"], intent["amount_received"], intent["amount_capturable"] = "succeeded", amount, 0
	if err := c.change(c.tx, c.cause(), charge, "charge.captured"); err != nil {
		return nil, err
	}
	return intent, c.change(c.tx, c.cause(), intent, "payment_intent.succeeded")
}

// cancelIntent answers POST /v1/payment_intents/{id}/cancel.
func cancelIntent(c *call) (object, error) {
	intent, err := c.named("payment_intent")
	if err != nil {
		return nil, err
	}
	reason := c.p.one("cancellation_reason", "", "abandoned", "duplicate", "fraudulent", "requested_by_customer")
	if err := c.p.err(); err != nil {
		return nil, err
	}
	switch intent.str("status") {
	case "succeeded", "canceled", "processing":
		return nil, stateError(intent, "cancel")
	}
	intent["status"], intent["canceled_at"], intent["cancellation_reason"] = "canceled", c.now(), orNil(reason)
	intent["amount_capturable"] = 0
	return intent, c.change(c.tx, c.cause(), intent, "payment_intent.canceled")
}
