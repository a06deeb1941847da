package models

import "fmt"

// LinesTotal is what the lines of the order's payment page come to: the
// articles and, where the shop adds tax of its own, a line for the tax.
func (o Order) LinesTotal() int64 {
	if o.TaxMode != TaxOwn {
		return o.Subtotal
	}
	return o.Subtotal + o.TaxOnTop()
}

// TaxLabel is what the order's tax is called.
func (o Order) TaxLabel() string {
	if o.TaxName == "" {
		return "Tax"
	}
	return o.TaxName
}

// taxShares is the tax on top of the order's amounts by line, and that on its
// delivery. Where Stripe worked it out, each bears it in proportion to its
// price: nets of the lines after the discount.
func (o Order) taxShares(nets []int64) (lines []int64, delivery int64) {
	lines = make([]int64, len(o.Items))
	if o.TaxIncluded {
		return lines, 0
	}
	if o.TaxMode == TaxOwn {
		for i, item := range o.Items {
			lines[i] = item.Tax
		}
		return lines, o.DeliveryTax
	}
	all := append(append([]int64(nil), nets...), o.Shipping)
	shares := spread(o.Tax, all, amountStep(o.Currency))
	return shares[:len(nets)], shares[len(nets)]
}

// DeliveryPaid is what was paid for the delivery, with its tax.
func (o Order) DeliveryPaid() Money {
	nets := make([]int64, len(o.Items))
	for i, item := range o.Items {
		nets[i] = item.Total - item.Discount
	}
	_, tax := o.taxShares(nets)
	return o.Price(o.Shipping + tax)
}

// DeliveryRefunded reports whether what the delivery cost has gone back, or is
// on its way.
func DeliveryRefunded(payments []Payment) bool {
	for _, payment := range payments {
		for _, refund := range payment.Refunds {
			if refund.Delivery && !refund.Failed() {
				return true
			}
		}
	}
	return false
}

// taxed reports whether the session has every figure that the tax Stripe worked
// out is held against.
func (c CheckoutSession) taxed() bool {
	return c.AmountDiscount != nil && c.AmountShipping != nil && c.AmountTax != nil
}

// taxMismatch compares a session with an order whose tax Stripe works out and
// says what differs, or nothing. Where they agree the order's tax and total
// become the session's.
func taxMismatch(order *Order, session CheckoutSession) string {
	switch {
	case !session.taxed():
		return "the session does not say what its discount, delivery and tax are"
	case *session.AmountDiscount != order.Discount:
		return fmt.Sprintf("the session's discount is %s, the order's %s", order.Price(*session.AmountDiscount), order.Price(order.Discount))
	case *session.AmountShipping != order.Shipping:
		return fmt.Sprintf("the session's delivery is %s, the order's %s", order.Price(*session.AmountShipping), order.Price(order.Shipping))
	case *session.AmountTax < 0:
		return fmt.Sprintf("the session's tax is %s", order.Price(*session.AmountTax))
	}
	order.Tax = *session.AmountTax
	order.Total = order.Subtotal - order.Discount + order.Shipping + order.TaxOnTop()
	return ""
}

// taxColumns takes over the tax that Stripe worked out for a session that fits
// its order.
func taxColumns(order *Order, session CheckoutSession, values map[string]any) {
	if order.TaxMode == TaxStripe && taxMismatch(order, session) == "" {
		values["tax"], values["total"] = order.Tax, order.Total
	}
}
