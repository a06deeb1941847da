package stripesim

import (
	"strconv"
	"strings"
)

// newProduct reads a product, or the product_data of a price.
func (c *call) newProduct(p *params) object {
	images := p.strings("images")
	if len(images) > 8 {
		p.fail("images", "", "A product has at most 8 images.")
	}
	if images == nil {
		images = []string{}
	}
	return object{
		"id": newID("prod_", 14), "object": "product", "created": c.now(), "updated": c.now(), "livemode": false,
		"active": true, "name": p.needMax("name", 250), "description": orNil(p.max("description", 40000)),
		"images": images, "metadata": p.metadata(), "tax_code": orNil(p.str("tax_code")), "unit_label": orNil(p.str("unit_label")),
		"default_price": nil, "features": []object{}, "package_dimensions": nil, "shippable": nil,
		"statement_descriptor": nil, "type": "service", "url": nil, "attributes": []string{},
	}
}

// needMax is need with a limit of characters.
func (p *params) needMax(key string, n int) string {
	p.need(key)
	return p.max(key, n)
}

func createProduct(c *call) (object, error) {
	product := c.newProduct(c.p)
	if id := c.p.max("id", 250); id != "" {
		product["id"] = id
		if _, err := c.tx.object("", id); err == nil {
			c.p.fail("id", "resource_already_exists", "Product already exists.")
		}
	}
	if c.p.has("active") {
		product["active"] = c.p.bool("active")
	}
	c.p.accept("url", "shippable", "type", "statement_descriptor", "marketing_features", "package_dimensions")
	if data := c.p.obj("default_price_data"); data != nil {
		price := c.newPrice(data, data.needCurrency())
		price["product"], product["default_price"] = product.id(), price.id()
		if c.p.ok() {
			if err := c.tx.insert(price); err != nil {
				return nil, err
			}
		}
	}
	return c.created(product, "product.created")
}

// created checks the parameters, stores an object and, where event names one, says so.
func (c *call) created(o object, event string) (object, error) {
	if err := c.p.err(); err != nil {
		return nil, err
	}
	if err := c.tx.insert(o); err != nil {
		return nil, err
	}
	if event == "" {
		return o, nil
	}
	_, err := c.emit(c.tx, c.cause(), event, o, nil)
	return o, err
}

// newPrice reads a price, or the price_data of a line item. Its product is set by the caller.
func (c *call) newPrice(p *params, code string) object {
	amount := p.unitAmount(code)
	price := object{
		"id": newID("price_1", 23), "object": "price", "created": c.now(), "livemode": false, "active": true,
		"billing_scheme": "per_unit", "currency": code, "unit_amount": amount,
		"unit_amount_decimal": strconv.FormatInt(amount, 10), "custom_unit_amount": nil,
		"tax_behavior": p.one("tax_behavior", "unspecified", "exclusive", "inclusive"),
		"metadata":     p.metadata(), "lookup_key": orNil(p.str("lookup_key")), "nickname": orNil(p.max("nickname", 5000)),
		"recurring": nil, "type": "one_time", "tiers_mode": nil, "transform_quantity": nil,
	}
	return price
}

// unitAmount reads unit_amount, or unit_amount_decimal where that is whole.
func (p *params) unitAmount(code string) int64 {
	if p.has("unit_amount_decimal") && !p.has("unit_amount") {
		whole, fraction, _ := strings.Cut(p.str("unit_amount_decimal"), ".")
		n, err := strconv.ParseInt(whole, 10, 64)
		if err != nil || n < 0 || strings.Trim(fraction, "0") != "" {
			p.fail("unit_amount_decimal", "", "The simulator takes whole minor units alone.")
		}
		p.checkDecimals("unit_amount_decimal", code, n)
		return n
	}
	p.accept("unit_amount_decimal")
	return p.needAmount("unit_amount", code)
}

func createPrice(c *call) (object, error) {
	price := c.newPrice(c.p, c.p.needCurrency())
	c.p.accept("billing_scheme", "transfer_lookup_key")
	if recurring := c.p.obj("recurring"); recurring != nil {
		price["type"] = "recurring"
		price["recurring"] = object{"interval": recurring.one("interval", "month", "day", "week", "year"),
			"interval_count": 1, "usage_type": "licensed", "trial_period_days": nil, "aggregate_usage": nil, "meter": nil}
		recurring.accept("interval_count", "usage_type")
	}
	if c.p.has("active") {
		price["active"] = c.p.bool("active")
	}
	if data := c.p.obj("product_data"); data != nil {
		product := c.newProduct(data)
		if !c.p.ok() {
			return nil, *c.p.fault
		}
		if err := c.tx.insert(product); err != nil {
			return nil, err
		}
		price["product"] = product.id()
	} else {
		product, err := c.load("product", c.p.need("product"), "product")
		if !c.p.ok() {
			return nil, *c.p.fault
		}
		if err != nil {
			return nil, err
		}
		price["product"] = product.id()
	}
	return c.created(price, "price.created")
}

func (c *call) newShippingRate(p *params) object {
	fixed := p.obj("fixed_amount")
	if fixed == nil {
		p.fail("fixed_amount", "parameter_missing", "Missing required param: %s.", p.name("fixed_amount"))
		return object{}
	}
	fixed.accept("currency_options")
	p.one("type", "fixed_amount")
	code := fixed.needCurrency()
	return object{
		"id": newID("shr_1", 23), "object": "shipping_rate", "created": c.now(), "livemode": false, "active": true,
		"display_name": p.needMax("display_name", 100), "type": "fixed_amount",
		"fixed_amount":      object{"amount": fixed.needAmount("amount", code), "currency": code},
		"delivery_estimate": p.deliveryEstimate(), "metadata": p.metadata(), "tax_code": orNil(p.str("tax_code")),
		"tax_behavior": p.one("tax_behavior", "unspecified", "exclusive", "inclusive"),
	}
}

func (p *params) deliveryEstimate() any {
	estimate := p.obj("delivery_estimate")
	if estimate == nil {
		return nil
	}
	out := object{"minimum": nil, "maximum": nil}
	for bound := range out {
		if b := estimate.obj(bound); b != nil {
			out[bound] = object{"unit": b.one("unit", "business_day", "day", "hour", "month", "week"), "value": b.needInt("value", 1, 1000)}
		}
	}
	return out
}

func createShippingRate(c *call) (object, error) {
	return c.created(c.newShippingRate(c.p), "")
}

func createCoupon(c *call) (object, error) {
	p := c.p
	coupon := object{
		"id": p.str("id"), "object": "coupon", "created": c.now(), "livemode": false, "valid": true, "times_redeemed": 0,
		"name": orNil(p.max("name", 40)), "duration": p.one("duration", "once", "forever", "repeating"), "duration_in_months": nil,
		"metadata": p.metadata(), "percent_off": nil, "amount_off": nil, "currency": nil, "max_redemptions": nil, "redeem_by": nil,
	}
	if coupon.id() == "" {
		coupon["id"] = newID("", 8)
	}
	p.accept("duration_in_months", "applies_to", "currency_options")
	if n, ok := p.int("max_redemptions", 1, 1<<31); ok {
		coupon["max_redemptions"] = n
	}
	if at, ok := p.int("redeem_by", c.now(), 1<<40); ok {
		coupon["redeem_by"] = at
	}
	switch percent := p.str("percent_off"); {
	case percent != "":
		n, err := strconv.ParseFloat(percent, 64)
		if err != nil || !(n > 0 && n <= 100) {
			p.fail("percent_off", "", "Invalid percent_off: must be above 0 and at most 100")
		}
		coupon["percent_off"] = n
		if p.has("amount_off") {
			p.fail("amount_off", "", "You may only specify one of these parameters: amount_off, percent_off.")
		}
	default:
		coupon["amount_off"] = p.needInt("amount_off", 1, maximumCharge)
		coupon["currency"] = p.needCurrency()
	}
	if _, err := c.tx.object("", coupon.id()); err == nil {
		p.fail("id", "resource_already_exists", "Coupon already exists.")
	}
	return c.created(coupon, "coupon.created")
}

func createPromotionCode(c *call) (object, error) {
	p := c.p
	id := p.str("coupon")
	if promotion := p.obj("promotion"); promotion != nil { // as newer versions write it
		promotion.one("type", "coupon")
		id = promotion.need("coupon")
	}
	coupon, err := c.load("coupon", id, "coupon")
	if err != nil {
		return nil, err
	}
	code := p.max("code", 500)
	if code == "" {
		code = strings.ToUpper(newID("", 8))
	}
	restrictions := p.obj("restrictions")
	restrictions.accept("first_time_transaction", "minimum_amount", "minimum_amount_currency", "currency_options")
	promotion := object{
		"id": newID("promo_1", 23), "object": "promotion_code", "created": c.now(), "livemode": false,
		"active": !p.has("active") || p.bool("active"), "code": code, "coupon": coupon.public(), "customer": orNil(p.str("customer")),
		"expires_at": nil, "max_redemptions": nil, "metadata": p.metadata(), "times_redeemed": 0,
		"restrictions": object{"first_time_transaction": false, "minimum_amount": nil, "minimum_amount_currency": nil},
	}
	if at, ok := p.int("expires_at", c.now(), 1<<40); ok {
		promotion["expires_at"] = at
	}
	if n, ok := p.int("max_redemptions", 1, 1<<31); ok {
		promotion["max_redemptions"] = n
	}
	same, _, err := c.tx.objects("promotion_code", page{limit: 1}, where("code = ?", code), where("active = '1'"))
	if err != nil {
		return nil, err
	}
	if len(same) > 0 {
		return nil, refused("code", "", "An active promotion code with `code: %s` already exists.", code)
	}
	return c.created(promotion, "promotion_code.created")
}

func createTaxRate(c *call) (object, error) {
	percent, err := strconv.ParseFloat(c.p.need("percentage"), 64)
	if err != nil || !(percent >= 0 && percent <= 100) {
		c.p.fail("percentage", "", "Invalid percentage: must be between 0 and 100")
	}
	c.p.accept("description", "country", "state", "jurisdiction", "tax_type")
	return c.created(object{
		"id": newID("txr_1", 23), "object": "tax_rate", "created": c.now(), "livemode": false, "active": true,
		"display_name": c.p.needMax("display_name", 50), "percentage": percent, "effective_percentage": percent,
		"inclusive": c.p.bool("inclusive"), "metadata": c.p.metadata(), "country": orNil(c.p.str("country")), "state": nil,
		"description": orNil(c.p.str("description")), "jurisdiction": orNil(c.p.str("jurisdiction")), "tax_type": nil,
	}, "tax_rate.created")
}

func createCustomer(c *call) (object, error) {
	p := c.p
	customer := object{
		"id": newID("cus_", 14), "object": "customer", "created": c.now(), "livemode": false, "balance": 0,
		"currency": nil, "default_source": nil, "delinquent": false, "description": orNil(p.max("description", 5000)),
		"email": orNil(p.email("email")), "name": orNil(p.max("name", 256)), "phone": orNil(p.max("phone", 20)),
		"address": nil, "shipping": p.shipping(), "metadata": p.metadata(), "discount": nil, "tax_exempt": "none",
		"invoice_settings": object{"default_payment_method": nil}, "preferred_locales": []string{},
	}
	if p.has("address") {
		customer["address"] = p.address()
	}
	p.accept("invoice_settings", "preferred_locales", "tax", "tax_exempt", "payment_method", "source", "balance")
	return c.created(customer, "customer.created")
}
