package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// discountField is the field of the cart page that a discount's fault is of.
const discountField = "code"

// Offer is what comes off a cart as it is now.
type Offer struct {
	Discount *Discount // the one that counts; nil for none
	Saving   int64     // on the articles, in minor units
	Shares   []int64   // the saving on each line of the cart; nil where nothing counts
	// OffDelivery is the saving on the delivery, in minor units.
	OffDelivery int64
	besides     int64  // the most that another discount would save in its place
	Code        string // the code the cart keeps
	Fault       error  // why that code does not count: an InvalidError for the shopper
	Beaten      bool   // the code would count, but Discount saves more
	// Spent and CodeSpent tell that the customer has used a discount as often as one
	// may: Spent names one that counts by itself and would save more than what
	// counts now, CodeSpent is of the code.
	Spent     string
	CodeSpent bool
}

// Limited reports whether what counts has a limit per customer, so that the
// shopper's address must be known.
func (o Offer) Limited() bool { return o.Discount != nil && o.Discount.MaxPerCustomer > 0 }

// FreesDelivery reports whether a way of delivery costs nothing because of the
// offer, which counts for the one that is chosen, or would if this one were. Its
// price is in minor units.
func (o Offer) FreesDelivery(price int64, chosen bool) bool {
	return o.OffDelivery > 0 && price > 0 && (chosen || price > o.besides)
}

// worth is what the offer saves in all.
func (o Offer) worth() int64 { return o.Saving + o.OffDelivery }

// offer works out what comes off a cart: what its code gives or, where that
// saves more, a discount that counts by itself.
func (s *Store) offer(db *gorm.DB, shop Shop, cart Cart, lines []CartLine, delivery Delivery) (Offer, error) {
	offer := Offer{Code: cart.DiscountCode}
	var discounts []Discount
	err := db.Where("(code = '' AND enabled = ?) OR (code <> '' AND code = ?)", true, cart.DiscountCode).Order("id").Find(&discounts).Error
	if err != nil {
		return offer, fmt.Errorf("find the discounts of cart %d: %w", cart.ID, err)
	}
	if cart.DiscountCode != "" {
		offer.Fault = &InvalidError{discountField, "We do not know this code. Please check how it is spelled."}
	}
	if len(discounts) == 0 {
		return offer, nil
	}
	if err := loadScopes(db, discounts); err != nil {
		return offer, err
	}
	collections, err := collectionsOf(db, discounts, lines)
	if err != nil {
		return offer, err
	}
	var ofCode, ofSpent int64
	for i, d := range discounts {
		priced := priceLines(d, lines, collections)
		off, shares := d.saving(priced, amountStep(shop.Currency))
		if d.Kind == DiscountDelivery {
			off, shares = delivery.Price, make([]int64, len(lines))
		}
		fault := d.refusal(s.now(), shop.Currency, subtotal(lines), priced, off)
		if fault == nil {
			fault, err = s.exhausted(db, cart, d)
		}
		if err != nil {
			return offer, err
		}
		if fault == nil {
			used, err := spent(db, cart, d)
			if err != nil {
				return offer, err
			}
			if used {
				fault = errSpent(d)
				offer.CodeSpent = offer.CodeSpent || !d.Automatic()
			}
			if used && d.Automatic() && off > ofSpent {
				offer.Spent, ofSpent = d.Name, off
			}
		}
		if !d.Automatic() {
			offer.Fault = fault
			ofCode = off
		}
		if fault == nil && d.Kind != DiscountDelivery {
			offer.besides = max(offer.besides, off)
		}
		// Of two that save the same, the one that counts by itself leaves the
		// code for another time.
		if fault == nil && (off > offer.worth() || (off == offer.worth() && d.Automatic() && offer.Discount != nil && !offer.Discount.Automatic())) {
			offer.Discount, offer.Saving, offer.Shares, offer.OffDelivery = &discounts[i], off, shares, 0
			if d.Kind == DiscountDelivery {
				offer.Saving, offer.OffDelivery = 0, off
			}
		}
	}
	if ofSpent <= offer.worth() {
		offer.Spent = ""
	}
	offer.Beaten = ofCode > 0 && offer.Fault == nil && offer.Discount.Automatic()
	return offer, nil
}

func subtotal(lines []CartLine) int64 {
	var sum int64
	for _, line := range lines {
		sum += line.Variant.Price * line.Quantity
	}
	return sum
}

// collectionsOf says which collections the products of a cart are in, where a
// discount asks for it.
func collectionsOf(db *gorm.DB, discounts []Discount, lines []CartLine) (map[int64][]int64, error) {
	asked := false
	for _, d := range discounts {
		asked = asked || len(d.CollectionIDs) > 0
	}
	if !asked {
		return nil, nil
	}
	products := make([]int64, len(lines))
	for i, line := range lines {
		products[i] = line.Product.ID
	}
	var rows []struct{ CollectionID, ProductID int64 }
	if err := db.Table("collection_products").Select("collection_id, product_id").Where("product_id IN ?", products).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the collections of a cart: %w", err)
	}
	collections := map[int64][]int64{}
	for _, row := range rows {
		collections[row.ProductID] = append(collections[row.ProductID], row.CollectionID)
	}
	return collections, nil
}

func priceLines(d Discount, lines []CartLine, collections map[int64][]int64) []pricedLine {
	products, chosen := map[int64]bool{}, map[int64]bool{}
	for _, id := range d.ProductIDs {
		products[id] = true
	}
	for _, id := range d.CollectionIDs {
		chosen[id] = true
	}
	everything := len(products) == 0 && len(chosen) == 0
	priced := make([]pricedLine, len(lines))
	for i, line := range lines {
		eligible := everything || products[line.Product.ID]
		for _, id := range collections[line.Product.ID] {
			eligible = eligible || chosen[id]
		}
		priced[i] = pricedLine{eligible: eligible, quantity: line.Quantity, price: line.Variant.Price}
	}
	return priced
}

// refusal says, to the shopper, why a discount does not count for a cart now;
// nil where it does.
func (d Discount) refusal(now time.Time, currency string, subtotal int64, lines []pricedLine, off int64) error {
	refuse := func(text string, args ...any) error { return &InvalidError{discountField, fmt.Sprintf(text, args...)} }
	switch d.Status(now) {
	case DiscountOff:
		return refuse("This code is not valid any more.")
	case DiscountOver:
		return refuse("This code was valid until %s.", d.EndsAt.UTC().Format("2 January 2006, 15:04 UTC"))
	case DiscountScheduled:
		return refuse("This code is not valid yet: it starts on %s.", d.StartsAt.UTC().Format("2 January 2006, 15:04 UTC"))
	case DiscountActive:
	}
	var pieces int64
	for _, line := range lines {
		if line.eligible {
			pieces += line.quantity
		}
	}
	switch {
	case pieces == 0:
		return refuse("This code is not for the articles in your cart.")
	case subtotal < d.Minimum:
		return refuse("This code is for orders of %s or more; yours comes to %s.", Money{d.Minimum, currency}, Money{subtotal, currency})
	case d.Kind == DiscountBundle && pieces <= d.Buy:
		return refuse("This code needs %d of the articles it is for; your cart has %d.", d.Buy+1, pieces)
	case off <= 0 && d.Kind == DiscountDelivery:
		return refuse("The delivery of your cart costs nothing already, so this code takes nothing off.")
	case off <= 0:
		return refuse("This code takes nothing off the articles in your cart.")
	}
	return nil
}

// exhausted says why a discount has no use left for a cart; nil where it has.
// A use that the cart's own open order holds is the cart's.
func (s *Store) exhausted(db *gorm.DB, cart Cart, d Discount) (fault, err error) {
	if d.usedUp(0) {
		var held int64
		if cart.OrderID != nil {
			err := db.Model(&Order{}).Where("id = ? AND discount_id = ? AND stock_status = ?", *cart.OrderID, d.ID, StockReserved).Count(&held).Error
			if err != nil {
				return nil, fmt.Errorf("look for the use cart %d holds: %w", cart.ID, err)
			}
		}
		if d.usedUp(held) {
			return errUsedUp(d), nil
		}
	}
	return nil, nil
}

func errUsedUp(d Discount) error {
	if d.Automatic() {
		return &InvalidError{discountField, "“" + d.Name + "” has been used up a moment ago. Please check your cart and try again."}
	}
	if d.Used < d.MaxUses {
		return &InvalidError{discountField, "This code is used up for now: somebody is paying with its last use. Try again in an hour."}
	}
	return &InvalidError{discountField, "This code has been used up."}
}

// SetCartDiscount keeps a code with the cart of token. A code that counts no
// more makes room for another.
//
// It returns an InvalidError, with the cart as it was, that says why the code
// does not count or that another does already, and ErrNotFound for an empty
// cart.
func (s *Store) SetCartDiscount(ctx context.Context, token, typed string) error {
	code := NormalCode(typed)
	if code == "" {
		return &InvalidError{discountField, "Enter a code."}
	}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		cart, lines, err := s.lockCart(tx, token)
		if err != nil {
			return err
		}
		if cart.DiscountCode != "" && cart.DiscountCode != code {
			sum, err := s.sum(tx, cart, lines)
			if err != nil {
				return err
			}
			if sum.Offer.Fault == nil {
				return &InvalidError{discountField, "Your cart has the code " + cart.DiscountCode + " already, and only one counts. Remove it first to use another."}
			}
		}
		cart.DiscountCode = code
		sum, err := s.sum(tx, cart, lines)
		if err != nil {
			return err
		}
		if sum.Offer.Fault != nil {
			return sum.Offer.Fault
		}
		return tx.Model(&Cart{ID: cart.ID}).UpdateColumn("discount_code", code).Error
	})
	if err != nil {
		return fmt.Errorf("give a cart its discount: %w", err)
	}
	return nil
}

// RemoveCartDiscount takes the code off the cart of token.
func (s *Store) RemoveCartDiscount(ctx context.Context, token string) error {
	err := s.write.WithContext(ctx).Model(&Cart{}).Where("token_hash = ?", HashToken(token)).
		UpdateColumns(map[string]any{"discount_code": "", "updated_at": s.now()}).Error
	if err != nil {
		return fmt.Errorf("take a cart's discount off: %w", err)
	}
	return nil
}

// lockCart writes to the cart first, so that two clicks stand in line, and
// loads it. It returns ErrNotFound for a missing or empty cart.
func (s *Store) lockCart(tx *gorm.DB, token string) (Cart, []CartLine, error) {
	var cart Cart
	touched := tx.Model(&cart).Clauses(clause.Returning{}).Where("token_hash = ?", HashToken(token)).UpdateColumn("updated_at", s.now())
	if touched.Error != nil {
		return cart, nil, fmt.Errorf("lock a cart: %w", touched.Error)
	}
	if touched.RowsAffected == 0 {
		return cart, nil, fmt.Errorf("find cart: %w", ErrNotFound)
	}
	lines, err := fillCart(tx, &cart)
	if err == nil && len(lines) == 0 {
		err = ErrNotFound
	}
	return cart, lines, err
}

// The use of a discount goes with the stock of its order: held while that is
// reserved, given back with it, used once it is sold. Its row is written after
// the variants' and the shop's, in every transaction alike.

// reserveDiscount holds a use for an order, by a conditional update: the last
// one goes to one order, whatever was read before. Only one order at a time
// counts its customer's, for the update makes the others wait.
func (s *Store) reserveDiscount(tx *gorm.DB, order *Order) error {
	if order.DiscountID == nil {
		return nil
	}
	var d Discount
	result := tx.Model(&d).Clauses(clause.Returning{}).Where("id = ? AND enabled = ? AND (max_uses = 0 OR used + reserved < max_uses)", *order.DiscountID, true).
		UpdateColumn("reserved", gorm.Expr("reserved + 1"))
	if result.Error != nil {
		return fmt.Errorf("reserve a use of discount %d: %w", *order.DiscountID, result.Error)
	}
	if result.RowsAffected == 0 {
		return errUsedUp(Discount{Name: order.DiscountName, Code: order.DiscountCode})
	}
	if order.Email == "" { // it is not limited, or became so a moment ago
		return nil
	}
	used, err := spent(tx, Cart{OrderID: &order.ID, Email: order.Email}, d)
	if err == nil && used {
		err = errSpent(d)
	}
	return err
}

// releaseDiscount gives the use an order held back. The caller sees to it that
// it did.
func (s *Store) releaseDiscount(tx *gorm.DB, order *Order) error {
	if order.DiscountID == nil {
		return nil
	}
	err := tx.Model(&Discount{}).Where("id = ?", *order.DiscountID).UpdateColumn("reserved", gorm.Expr("reserved - 1")).Error
	if err != nil {
		return fmt.Errorf("give a use of discount %d back: %w", *order.DiscountID, err)
	}
	return nil
}

// useDiscount counts a paid order as a use. Its money has arrived, so it is
// never refused: where its use had gone back and was taken by another, or its
// customer had all of theirs, the limit is passed and the order's history says
// so.
func (s *Store) useDiscount(tx *gorm.DB, order *Order, reserved bool, email string) error {
	if order.DiscountID == nil {
		return nil
	}
	values := map[string]any{"used": gorm.Expr("used + 1")}
	if reserved {
		values["reserved"] = gorm.Expr("reserved - 1")
	}
	var d Discount
	err := tx.Model(&d).Clauses(clause.Returning{}).Where("id = ?", *order.DiscountID).UpdateColumns(values).Error
	if err != nil {
		return fmt.Errorf("use discount %d: %w", *order.DiscountID, err)
	}
	if !reserved && d.MaxUses > 0 && d.Used+d.Reserved > d.MaxUses {
		detail := fmt.Sprintf("%s: the limit of %d is passed, as the payment came after the order had given its use back", order.DiscountLabel(), d.MaxUses)
		if err := s.record(tx, order.ID, "discount_over", "shop", detail); err != nil {
			return err
		}
	}
	if d.MaxPerCustomer == 0 || email == "" {
		return nil
	}
	var earlier int64
	err = tx.Model(&Order{}).Where("discount_id = ? AND stock_status = ? AND id <> ? AND email_key = LOWER(?)", d.ID, StockSold, order.ID, email).
		Count(&earlier).Error
	if err != nil {
		return fmt.Errorf("count a customer's uses of discount %d: %w", d.ID, err)
	}
	if earlier < d.MaxPerCustomer {
		return nil
	}
	return s.record(tx, order.ID, "discount_over", "shop",
		fmt.Sprintf("%s: use %d of this customer, who may use it %d times", order.DiscountLabel(), earlier+1, d.MaxPerCustomer))
}

// TotalChangedError says that a cart no longer comes to what its shopper was
// shown.
type TotalChangedError struct{ Was, Now Money }

// Error names both totals.
func (e *TotalChangedError) Error() string {
	return fmt.Sprintf("the total has changed from %s to %s", e.Was, e.Now)
}

// agreed refuses to sell a cart at another total than its shopper was shown.
func agreed(tx *gorm.DB, lines []CartLine, sum Sum, shown *int64) error {
	now := sum.Total
	if shown == nil || *shown == now {
		return nil
	}
	if err := sellableLines(lines); err != nil { // which says more
		return err
	}
	var shop Shop
	if err := tx.Take(&shop, 1).Error; err != nil {
		return found(err, "read the shop's row")
	}
	return &TotalChangedError{Money{*shown, shop.Currency}, Money{now, shop.Currency}}
}
