package stripesim

import (
	"net/mail"
	"net/url"
	"strings"
	"time"
)

// createSession answers POST /v1/checkout/sessions for one-off payments on the hosted page.
func createSession(c *call) (object, error) {
	p, now := c.p, c.now()
	if mode := p.need("mode"); mode != "payment" {
		p.fail("mode", "", "The simulator knows the mode payment alone.")
	}
	if ui := p.str("ui_mode"); ui != "" && ui != "hosted" && ui != "hosted_page" {
		p.fail("ui_mode", "", "The simulator knows the hosted page alone.")
	}
	success := p.webURL("success_url", true)
	cancel := p.webURL("cancel_url", false)
	o := object{
		"id": newID("cs_test_a1", 56), "object": "checkout.session", "created": now, "livemode": false,
		"mode": "payment", "status": "open", "payment_status": "unpaid", "ui_mode": "hosted",
		"success_url": success, "cancel_url": orNil(cancel),
		"client_reference_id": orNil(p.max("client_reference_id", 200)),
		"metadata":            p.metadata(),
		"payment_intent":      nil, "invoice": nil, "setup_intent": nil, "subscription": nil, "payment_link": nil,
		"customer_email": orNil(p.email("customer_email")), "customer_details": nil, "shipping_details": nil,
		"locale": orNil(p.str("locale")), "submit_type": orNil(p.one("submit_type", "", "auto", "book", "donate", "pay")),
		"expires_at":                 p.expiry(now),
		"billing_address_collection": orNil(p.one("billing_address_collection", "", "auto", "required")),
		"customer_creation":          p.one("customer_creation", "if_required", "always"),
		"payment_method_collection":  "if_required",
		"payment_method_types":       p.methodTypes(),
		"adaptive_pricing":           object{"enabled": p.obj("adaptive_pricing").enabled()},
		"automatic_tax":              p.automaticTax(),
		"phone_number_collection":    object{"enabled": p.obj("phone_number_collection").enabled()},
		"payment_method_options":     object{}, "custom_fields": []object{}, "custom_text": object{},
		"after_expiration": nil, "consent": nil, "consent_collection": nil, "currency_conversion": nil,
		"client_secret": nil, "recovered_from": nil, "return_url": nil, "invoice_creation": object{"enabled": false},
	}
	o["url"] = c.opts.URL + "/c/pay/" + o.id()
	p.accept("custom_fields", "custom_text", "consent_collection", "payment_method_options", "after_expiration",
		"tax_id_collection", "customer_update", "invoice_creation", "payment_method_configuration", "payment_method_data",
		"saved_payment_method_options", "excluded_payment_method_types", "wallet_options", "name_collection",
		"branding_settings", "origin_context", "payment_method_collection", "currency")
	o["_intent_data"] = p.intentData()
	if err := c.sessionCustomer(o); err != nil {
		return nil, err
	}
	if err := c.sessionAmounts(o); err != nil {
		return nil, err
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	return o, c.tx.insert(o)
}

// sessionCustomer reads customer=cus_….
func (c *call) sessionCustomer(o object) error {
	id := c.p.str("customer")
	o["customer"] = orNil(id)
	if id == "" {
		return nil
	}
	if c.p.str("customer_email") != "" {
		c.p.fail("customer_email", "", "You may only specify one of these parameters: customer, customer_email.")
	}
	customer, err := c.load("customer", id, "customer")
	if err != nil {
		return err
	}
	if o["customer_email"] == nil {
		o["_email"] = customer["email"]
	}
	return nil
}

// webURL reads an absolute address of the web. Stripe takes {CHECKOUT_SESSION_ID} in it.
func (p *params) webURL(key string, required bool) string {
	raw := p.max(key, 5000)
	if raw == "" {
		if required {
			p.fail(key, "parameter_missing", "Missing required param: %s.", p.name(key))
		}
		return ""
	}
	u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(raw))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		p.fail(key, "url_invalid", "Not a valid URL: %s must begin with http:// or https://", p.name(key))
	}
	return raw
}

func (p *params) email(key string) string {
	raw := p.max(key, 512)
	if raw != "" && !validEmail(raw) {
		p.fail(key, "email_invalid", "Invalid email address: %s", raw)
	}
	return raw
}

// validEmail reports whether Stripe takes a mail address: one of a public domain.
func validEmail(raw string) bool {
	address, err := mail.ParseAddress(raw)
	_, domain, _ := strings.Cut(raw, "@")
	return err == nil && address.Address == raw && strings.Contains(domain, ".")
}

// expiry reads expires_at, which lies 30 minutes to 24 hours ahead. Some seconds are forgiven at the lower end
// for the time that the request took.
func (p *params) expiry(now int64) int64 {
	const forgiven = 15
	day, half := int64(24*time.Hour/time.Second), int64(30*time.Minute/time.Second)
	at, ok := p.int("expires_at", 0, 1<<40)
	switch {
	case !ok:
		return now + day
	case at < now+half-forgiven:
		p.fail("expires_at", "", "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.")
	case at > now+day+forgiven:
		p.fail("expires_at", "", "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.")
	}
	return at
}

func (p *params) methodTypes() []string {
	types := p.strings("payment_method_types")
	if len(types) == 0 {
		return []string{"card"}
	}
	return types
}

// enabled reads that flag of a level that may be absent.
func (p *params) enabled() bool { return p != nil && p.bool("enabled") }

func (p *params) automaticTax() object {
	tax := p.obj("automatic_tax")
	tax.accept("liability")
	if !tax.enabled() {
		return object{"enabled": false, "liability": nil, "status": nil}
	}
	return object{"enabled": true, "liability": object{"type": "self"}, "status": "complete"}
}

// intentData reads payment_intent_data, which the payment intent takes over when the session is paid.
func (p *params) intentData() object {
	data := p.obj("payment_intent_data")
	if data == nil {
		return object{}
	}
	data.accept("transfer_data", "transfer_group", "application_fee_amount", "on_behalf_of")
	return object{
		"metadata": data.metadata(), "description": orNil(data.max("description", 1000)),
		"capture_method":              data.one("capture_method", "automatic", "automatic_async", "manual"),
		"receipt_email":               orNil(data.email("receipt_email")),
		"setup_future_usage":          orNil(data.one("setup_future_usage", "", "on_session", "off_session")),
		"statement_descriptor":        orNil(data.max("statement_descriptor", 22)),
		"statement_descriptor_suffix": orNil(data.max("statement_descriptor_suffix", 22)),
		"shipping":                    data.shipping(),
	}
}

// shipping reads {name, phone, carrier, tracking_number, address}.
func (p *params) shipping() any {
	to := p.obj("shipping")
	if to == nil {
		return nil
	}
	return object{"name": orNil(to.str("name")), "phone": orNil(to.str("phone")), "carrier": orNil(to.str("carrier")),
		"tracking_number": orNil(to.str("tracking_number")), "address": to.address()}
}

func (p *params) address() object {
	a := p.obj("address")
	out := object{}
	for _, field := range []string{"line1", "line2", "city", "state", "postal_code", "country"} {
		out[field] = orNil(a.str(field))
	}
	return out
}

// updateSession answers POST /v1/checkout/sessions/{id}: metadata alone.
var updateSession = metadataUpdater("checkout.session", "")

// expireSession answers POST /v1/checkout/sessions/{id}/expire.
func expireSession(c *call) (object, error) {
	if err := c.p.err(); err != nil {
		return nil, err
	}
	session, err := c.named("checkout.session")
	if err != nil {
		return nil, err
	}
	if session.str("status") != "open" {
		return nil, refused("", "", "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `%s`.", session.str("status"))
	}
	return session, c.expireNow(c.tx, c.cause(), session)
}

// expireNow closes an open session and says so in an event.
func (s *Simulator) expireNow(t *tx, why cause, session object) error {
	session["status"], session["url"] = "expired", nil
	if err := t.update(session); err != nil {
		return err
	}
	_, err := s.emit(t, why, "checkout.session.expired", session, nil)
	return err
}

// expireOverdue expires a session whose time is over, for those who look before Run has come by.
func (s *Simulator) expireOverdue(t *tx, session object) error {
	if session.str("status") != "open" || s.now() < session.int("expires_at")-session.int("_aged") {
		return nil
	}
	return s.expireNow(t, cause{}, session)
}

// lineItems answers GET /v1/checkout/sessions/{id}/line_items.
func lineItems(c *call) (object, error) {
	pg := c.p.page()
	if err := c.p.err(); err != nil {
		return nil, err
	}
	session, err := c.named("checkout.session")
	if err != nil {
		return nil, err
	}
	items := publicItems(session)
	if pg.after != "" || pg.before != "" {
		from, to := 0, len(items)
		for i, item := range items {
			switch item.id() {
			case pg.after:
				from = i + 1
			case pg.before:
				from, to = max(0, i-pg.limit), i
			}
		}
		items = items[from:to]
	}
	more := len(items) > pg.limit
	return listOf(c.req.URL.Path, items[:min(len(items), pg.limit)], more), nil
}

// publicItems returns a session's line items as clients see them.
func publicItems(session object) []object {
	items := session.list("_line_items")
	out := make([]object, len(items))
	for i, item := range items {
		out[i] = item.public()
	}
	return out
}

// listSessions answers GET /v1/checkout/sessions.
func listSessions(c *call) (object, error) {
	filter := []string{"payment_intent", "status", "customer"}
	if details := c.p.obj("customer_details"); details != nil {
		details.accept("email")
	}
	c.p.accept("subscription", "payment_link")
	return lister("checkout.session", filter...)(c)
}
