package models

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// Sum is everything a cart comes to. Amounts are minor units of the shop's
// currency.
type Sum struct {
	Currency string // of every amount; empty where there is nothing to buy
	Offer    Offer
	Delivery Delivery
	Tax      Tax
	Subtotal int64  // of the articles
	Shipping int64  // after a discount on delivery
	Total    int64  // without tax that Stripe works out
	Email    string // the shopper's, where the discount is counted by it
}

// buyable are the lines of a cart as far as they cost something: of what is
// sold out there are no pieces. Checkout refuses such a cart, and what it sells
// once the line is gone comes to the same.
func buyable(lines []CartLine) []CartLine {
	counted := slices.Clone(lines)
	for i := range counted {
		if counted[i].SoldOut() {
			counted[i].Quantity = 0
		}
	}
	return counted
}

// CartSum works out what a cart as CartByToken returned it comes to, without
// what is sold out.
func (s *Store) CartSum(ctx context.Context, cart Cart, lines []CartLine) (Sum, error) {
	return s.sum(s.read.WithContext(ctx), cart, lines)
}

func (s *Store) sum(db *gorm.DB, cart Cart, lines []CartLine) (Sum, error) {
	lines = buyable(lines)
	sum := Sum{Offer: Offer{Code: cart.DiscountCode}, Subtotal: subtotal(lines)}
	if !slices.ContainsFunc(lines, func(l CartLine) bool { return l.Quantity > 0 }) {
		return sum, nil
	}
	var shop Shop
	err := db.Take(&shop, 1).Error
	if err != nil {
		return sum, found(err, "read the shop's row")
	}
	sum.Currency = shop.Currency
	if sum.Delivery, err = s.delivery(db, shop, cart, lines); err != nil {
		return sum, err
	}
	if sum.Offer, err = s.offer(db, shop, cart, lines, sum.Delivery); err != nil {
		return sum, err
	}
	if sum.Offer.Limited() {
		sum.Email = cart.Email
	}
	sum.Shipping = sum.Delivery.Price - sum.Offer.OffDelivery
	if sum.Tax, err = s.tax(db, shop, sum.Delivery, lines, sum.Offer.Shares, sum.Shipping); err != nil {
		return sum, err
	}
	sum.Total = sum.Subtotal - sum.Offer.Saving + sum.Shipping
	if !sum.Tax.Included {
		sum.Total += sum.Tax.Amount
	}
	return sum, nil
}

// freeze writes what the cart comes to into its order. The order's items are
// the cart's lines.
func (sum Sum) freeze(order *Order) {
	order.Subtotal, order.Shipping, order.Tax, order.Total = sum.Subtotal, sum.Shipping, sum.Tax.Amount, sum.Total
	if d := sum.Offer.Discount; d != nil {
		order.Discount, order.DiscountID, order.DiscountCode, order.DiscountName = sum.Offer.Saving, &d.ID, d.Code, d.Name
		order.DeliverySaved = sum.Offer.OffDelivery
	}
	order.Email = sum.Email
	delivery := sum.Delivery
	order.DeliveryCountry, order.DeliveryName = delivery.Country, delivery.Method.Name
	order.DeliveryMinDays, order.DeliveryMaxDays, order.PickupAddress = delivery.Method.MinDays, delivery.Method.MaxDays, delivery.Method.Address
	order.TaxMode, order.TaxIncluded, order.TaxName = sum.Tax.Mode, sum.Tax.Included, sum.Tax.Name
	order.DeliveryTax, order.DeliveryTaxRate = sum.Tax.Delivery.Amount, sum.Tax.Delivery.Rate
	for i := range order.Items {
		item := &order.Items[i]
		if sum.Offer.Shares != nil {
			item.Discount = sum.Offer.Shares[i]
		}
		if sum.Tax.Lines != nil {
			item.Tax, item.TaxRate = sum.Tax.Lines[i].Amount, sum.Tax.Lines[i].Rate
		}
	}
}

// print says what of the sum a payment page depends on, or nothing where a cart
// is delivered free of charge, without tax and discount.
func (sum Sum) print() []string {
	var parts []string
	if d := sum.Offer.Discount; d != nil {
		parts = append(parts, fmt.Sprintf("discount %d:%d:%d", d.ID, sum.Offer.Saving, sum.Offer.Shares))
	}
	if sum.Email != "" {
		parts = append(parts, "email "+sum.Email)
	}
	if delivery := sum.Delivery; delivery.Country != "" {
		m := delivery.Method
		parts = append(parts, fmt.Sprintf("delivery %s:%d:%q:%d:%d:%d:%q", delivery.Country, m.ID, m.Name, sum.Shipping, m.MinDays, m.MaxDays, m.Address))
	}
	if tax := sum.Tax; tax.Mode != TaxNone {
		parts = append(parts, fmt.Sprintf("tax %s:%t:%q:%d:%d", tax.Mode, tax.Included, tax.Name, tax.Lines, tax.Delivery))
	}
	return parts
}
