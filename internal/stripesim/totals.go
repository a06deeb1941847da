package stripesim

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// sessionAmounts reads what is sold, what is taken off, how it is shipped, and computes the session's totals.
func (c *call) sessionAmounts(o object) error {
	items, err := c.readLineItems()
	if err != nil {
		return err
	}
	if !c.p.ok() {
		return *c.p.fault // nothing below makes sense of broken items
	}
	code := items[0].str("currency")
	for _, item := range items {
		if item.str("currency") != code {
			c.p.fail("line_items", "", "All prices of a session must have the same currency.")
		}
	}
	o["currency"] = code
	if err := c.readDiscounts(o, items, code); err != nil {
		return err
	}
	if err := c.readShipping(o, code); err != nil {
		return err
	}
	if err := c.spoil(o, items); err != nil {
		return err
	}
	o["_line_items"] = items
	total := applyTotals(o, items)
	if total > 0 {
		c.p.checkTotal("line_items", code, total)
	} else {
		o["payment_status"] = "no_payment_required"
	}
	return nil
}

// readLineItems reads 1 to 100 line items and computes each but for discounts.
func (c *call) readLineItems() ([]object, error) {
	list := c.p.list("line_items")
	switch {
	case len(list) == 0:
		c.p.fail("line_items", "parameter_missing", "Missing required param: line_items.")
	case len(list) > 100:
		c.p.fail("line_items", "", "A session takes at most 100 line items.")
	}
	items := make([]object, 0, len(list))
	for _, p := range list {
		price, name, err := c.readPrice(p)
		if err != nil {
			return nil, err
		}
		p.accept("adjustable_quantity", "metadata")
		quantity := p.needInt("quantity", 1, 999_999)
		rates, err := c.readTaxRates(p)
		if err != nil {
			return nil, err
		}
		unit := price.int("unit_amount")
		if unit > 0 && quantity > math.MaxInt32*1000/unit {
			p.fail("quantity", "amount_too_large", "The line's amount is too large.")
			quantity = 0
		}
		items = append(items, object{
			"id": newID("li_1", 23), "object": "item", "currency": price.str("currency"), "description": name,
			"price": price, "quantity": quantity, "amount_subtotal": unit * quantity,
			"amount_discount": int64(0), "_rates": rates, "_image": firstImage(p),
		})
	}
	return items, nil
}

// readPrice reads a line item's price or price_data and returns it with the product's name.
func (c *call) readPrice(p *params) (object, string, error) {
	if id := p.str("price"); id != "" {
		price, err := c.load("price", id, p.name("price"))
		if err != nil {
			return nil, "", err
		}
		if !price.bool("active") {
			p.fail("price", "price_inactive", "The price specified is inactive. This field only accepts active prices.")
		}
		if price.str("type") == "recurring" {
			p.fail("price", "", "A session in the mode payment takes one-time prices alone.")
		}
		product, err := c.load("product", price.str("product"), p.name("price"))
		if err != nil {
			return nil, "", err
		}
		return price, product.str("name"), nil
	}
	data := p.obj("price_data")
	if data == nil {
		p.fail("price", "parameter_missing", "Each line item needs a price or price_data.")
		return object{}, "", nil
	}
	if data.has("recurring") {
		data.fail("recurring", "", "A session in the mode payment takes one-time prices alone.")
	}
	code := data.needCurrency()
	price := c.newPrice(data, code)
	name, product := "", data.str("product")
	if product != "" {
		existing, err := c.load("product", product, data.name("product"))
		if err != nil {
			return nil, "", err
		}
		name = existing.str("name")
	} else if inline := data.obj("product_data"); inline != nil {
		made := c.newProduct(inline)
		name, product = made.str("name"), made.id()
		made["active"] = false
		if c.p.ok() {
			if err := c.tx.insert(made); err != nil {
				return nil, "", err
			}
		}
	} else {
		data.fail("product_data", "parameter_missing", "price_data needs a product or product_data.")
	}
	price["product"], price["active"] = product, false
	if !c.p.ok() {
		return price, name, nil
	}
	return price, name, c.tx.insert(price)
}

func firstImage(p *params) any {
	images := p.obj("price_data").obj("product_data").strings("images")
	if len(images) == 0 {
		return nil
	}
	return images[0]
}

// readTaxRates loads a line item's fixed tax rates.
func (c *call) readTaxRates(p *params) ([]object, error) {
	var rates []object
	for _, id := range p.strings("tax_rates") {
		rate, err := c.load("tax_rate", id, p.name("tax_rates"))
		if err != nil {
			return nil, err
		}
		rates = append(rates, rate)
	}
	return rates, nil
}

// readDiscounts applies one coupon or promotion code to the items.
func (c *call) readDiscounts(o object, items []object, code string) error {
	discounts := c.p.list("discounts")
	o["allow_promotion_codes"] = nil
	if c.p.has("allow_promotion_codes") {
		o["allow_promotion_codes"] = c.p.bool("allow_promotion_codes")
	}
	switch {
	case len(discounts) == 0:
		return nil
	case len(discounts) > 1:
		c.p.fail("discounts", "", "A session takes one discount.")
	case o.bool("allow_promotion_codes"):
		c.p.fail("discounts", "", "You may only specify one of these parameters: allow_promotion_codes, discounts.")
	}
	d := discounts[0]
	coupon, promotion := d.str("coupon"), d.str("promotion_code")
	if promotion != "" {
		found, err := c.load("promotion_code", promotion, d.name("promotion_code"))
		if err != nil {
			return err
		}
		if !found.bool("active") {
			d.fail("promotion_code", "", "This promotion code is not active.")
		}
		coupon = found.obj("coupon").id()
	}
	if coupon == "" {
		d.fail("coupon", "parameter_missing", "A discount needs a coupon or a promotion_code.")
		return nil
	}
	found, err := c.load("coupon", coupon, d.name("coupon"))
	if err != nil {
		return err
	}
	if !found.bool("valid") {
		d.fail("coupon", "coupon_expired", "This coupon is not valid any more.")
	}
	if at := found.str("currency"); at != "" && at != code {
		d.fail("coupon", "", "The coupon's currency is %s, the session's is %s.", at, code)
	}
	o["discounts"] = []object{{"coupon": found.id(), "promotion_code": orNil(promotion)}}
	discount(items, found)
	return nil
}

// discount spreads a coupon over the items in proportion to their amounts; what rounding leaves goes to the
// last, so that the parts always add up.
func discount(items []object, coupon object) {
	var subtotal int64
	for _, item := range items {
		subtotal += item.int("amount_subtotal")
	}
	off := coupon.int("amount_off")
	if percent, ok := coupon["percent_off"].(float64); ok {
		off = share(subtotal, percent)
	}
	off = min(off, subtotal)
	left, rest := off, subtotal
	for _, item := range items {
		part := int64(0)
		if amount := item.int("amount_subtotal"); rest > 0 {
			part = mulDiv(left, amount, rest)
			rest -= amount
		}
		left -= part
		item["amount_discount"] = part
	}
}

// share returns percent of n, half away from zero.
func share(n int64, percent float64) int64 {
	exact, ok := new(big.Rat).SetString(strconv.FormatFloat(percent, 'f', -1, 64))
	if !ok {
		return 0
	}
	return mulRat(n, exact, 100)
}

func mulRat(n int64, percent *big.Rat, whole int64) int64 {
	return mulDivBig(new(big.Int).Mul(big.NewInt(n), percent.Num()), new(big.Int).Mul(percent.Denom(), big.NewInt(whole)))
}

func mulDiv(a, b, c int64) int64 {
	return mulDivBig(new(big.Int).Mul(big.NewInt(a), big.NewInt(b)), big.NewInt(c))
}

// mulDivBig divides non-negative numbers, rounding half up.
func mulDivBig(n, d *big.Int) int64 {
	n = new(big.Int).Add(new(big.Int).Lsh(n, 1), d)
	return n.Quo(n, new(big.Int).Lsh(d, 1)).Int64()
}

// applyTotals computes taxes and sums, with the shipping rate chosen, and returns amount_total.
func applyTotals(o object, items []object) int64 {
	var subtotal, off, tax, total int64
	automatic := automaticRate(o)
	for _, item := range items {
		net := item.int("amount_subtotal") - item.int("amount_discount")
		itemTax, added := int64(0), int64(0)
		for _, rate := range item.list("_rates") {
			percent, _ := rate["percentage"].(float64)
			if rate.bool("inclusive") {
				itemTax += net - int64(math.Round(float64(net)/(1+percent/100)))
				continue
			}
			exclusive := share(net, percent)
			itemTax, added = itemTax+exclusive, added+exclusive
		}
		own, onTop := automaticTax(net, automatic, item.obj("price").str("tax_behavior"))
		itemTax, added = itemTax+own, added+onTop
		item["amount_tax"], item["amount_total"] = itemTax, net+added
		subtotal, off, tax, total = subtotal+item.int("amount_subtotal"), off+item.int("amount_discount"), tax+itemTax, total+net+added
	}
	surcharge := o.int("_surcharge")
	tax, total = tax+surcharge, total+surcharge
	cost := o.obj("shipping_cost")
	shipping := cost.int("amount_subtotal")
	if cost != nil {
		own, onTop := automaticTax(shipping, automatic, o.obj("_shipping_behaviors").str(cost.str("shipping_rate")))
		cost["amount_tax"], cost["amount_total"] = own, shipping+onTop
		tax, total = tax+own, total+shipping+onTop
	}
	o["amount_subtotal"], o["amount_total"] = subtotal, total
	o["total_details"] = object{"amount_discount": off, "amount_shipping": shipping, "amount_tax": tax}
	return total
}

// automaticRate is the percentage that stands for what Stripe Tax works out: nothing until the buyer's country is
// known.
func automaticRate(o object) float64 {
	automatic := o.obj("automatic_tax")
	if !automatic.bool("enabled") {
		return 0
	}
	country := o.obj("shipping_details").obj("address").str("country")
	if country == "" {
		country = o.obj("customer_details").obj("address").str("country")
	}
	switch country {
	case "":
		automatic["status"] = "requires_location_inputs"
		return 0
	case "US":
		automatic["status"] = "complete"
		return 8.875
	}
	automatic["status"] = "complete"
	return 20
}

// automaticTax is the tax on an amount, and the part of it that comes on top.
func automaticTax(net int64, percent float64, behavior string) (tax, onTop int64) {
	if behavior == "inclusive" {
		rate := new(big.Rat).SetFloat64(percent)
		return net - mulDivBig(new(big.Int).Mul(big.NewInt(net*100), rate.Denom()),
			new(big.Int).Add(new(big.Int).Mul(big.NewInt(100), rate.Denom()), rate.Num())), 0
	}
	tax = share(net, percent)
	return tax, tax
}

// readShipping reads where the shop ships to, and its rates; the first rate is chosen until the buyer chooses.
func (c *call) readShipping(o object, code string) error {
	o["shipping_address_collection"], o["shipping_cost"], o["shipping_options"] = nil, nil, []object{}
	if to := c.p.obj("shipping_address_collection"); to != nil {
		countries := to.strings("allowed_countries")
		if len(countries) == 0 {
			to.fail("allowed_countries", "parameter_missing", "Missing required param: %s.", to.name("allowed_countries"))
		}
		for _, country := range countries {
			if len(country) != 2 || strings.ToUpper(country) != country {
				to.fail("allowed_countries", "", "Invalid country: %s must be a two-letter code in capitals", country)
			}
		}
		o["shipping_address_collection"] = object{"allowed_countries": countries}
	}
	list := c.p.list("shipping_options")
	if len(list) > 5 {
		c.p.fail("shipping_options", "", "A session takes at most 5 shipping options.")
	}
	var options []object
	behaviors := object{}
	for _, p := range list {
		rate, err := c.readShippingRate(p, code)
		if err != nil {
			return err
		}
		options = append(options, object{"shipping_rate": rate.id(), "shipping_amount": rate.obj("fixed_amount").int("amount"),
			"_name": rate["display_name"]})
		behaviors[rate.id()] = rate["tax_behavior"]
	}
	if len(options) == 0 {
		return nil
	}
	o["_shipping_names"], o["_shipping_behaviors"] = optionNames(options), behaviors
	o["shipping_options"] = options
	chooseShipping(o, options[0])
	return nil
}

// optionNames moves the names that the hosted page shows out of the public part of the options.
func optionNames(options []object) object {
	names := object{}
	for _, option := range options {
		names[option.str("shipping_rate")] = option["_name"]
		delete(option, "_name")
	}
	return names
}

func chooseShipping(o, option object) {
	amount := option.int("shipping_amount")
	o["shipping_cost"] = object{"amount_subtotal": amount, "amount_tax": 0, "amount_total": amount,
		"shipping_rate": option.str("shipping_rate")}
}

func (c *call) readShippingRate(p *params, code string) (object, error) {
	if id := p.str("shipping_rate"); id != "" {
		rate, err := c.load("shipping_rate", id, p.name("shipping_rate"))
		if err == nil && rate.obj("fixed_amount").str("currency") != code {
			p.fail("shipping_rate", "", "The shipping rate's currency must be the session's, %s.", code)
		}
		return rate, err
	}
	data := p.obj("shipping_rate_data")
	if data == nil {
		p.fail("shipping_rate", "parameter_missing", "A shipping option needs a shipping_rate or shipping_rate_data.")
		return object{}, nil
	}
	rate := c.newShippingRate(data)
	if c.p.ok() && rate.obj("fixed_amount").str("currency") != code {
		data.fail("fixed_amount", "", "The shipping rate's currency must be the session's, %s.", code)
	}
	if !c.p.ok() {
		return rate, nil
	}
	return rate, c.tx.insert(rate)
}
