package models

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"gorm.io/gorm"
)

// emailField is the field of the cart page that asks for the shopper's address.
const emailField = "email"

// normalEmail is how an address is compared: customers who type it in capitals
// or with blanks around it are the same.
func normalEmail(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

// SetCartEmail keeps the shopper's address with the cart of token, by which
// discounts are counted that have a limit per customer; an empty one takes it
// away.
//
// It returns an InvalidError, with the cart as it was, for what is no address
// and for one whose customer has used the cart's code as often as one may, and
// ErrNotFound for an empty cart.
func (s *Store) SetCartEmail(ctx context.Context, token, typed string) error {
	email := normalEmail(typed)
	if parsed, err := mail.ParseAddress(email); email != "" && (err != nil || parsed.Address != email || len(email) > maxEmail) {
		return &InvalidError{emailField, "Enter your mail address, like name@example.com."}
	}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		cart, lines, err := s.lockCart(tx, token)
		if err != nil || cart.Email == email {
			return err
		}
		cart.Email = email
		sum, err := s.sum(tx, cart, lines)
		if err != nil {
			return err
		}
		if sum.Offer.CodeSpent && email != "" {
			return &InvalidError{emailField, fmt.Sprintf("The code %s was used with %s as often as one customer may. Remove the code to go on without it.", cart.DiscountCode, email)}
		}
		return tx.Model(&Cart{ID: cart.ID}).UpdateColumn("email", email).Error
	})
	if err != nil {
		return fmt.Errorf("give a cart its shopper's address: %w", err)
	}
	return nil
}

// spent reports whether the customer of a cart has all the uses of a discount
// that one may, in paid orders and in open ones other than the cart's own.
// Until the shopper gives an address, those of the cart's earlier orders stand
// for it.
func spent(db *gorm.DB, cart Cart, d Discount) (bool, error) {
	if d.MaxPerCustomer == 0 {
		return false, nil
	}
	var uses int64
	query := db.Model(&Order{}).Where("discount_id = ? AND stock_status <> ?", d.ID, StockReleased)
	if cart.Email != "" {
		query = query.Where("email_key = ?", cart.Email)
	} else {
		query = query.Where("email_key IN (SELECT mine.email_key FROM orders mine WHERE mine.cart_id = ? AND mine.stock_status = ? AND mine.email <> '')", cart.ID, StockSold)
	}
	if cart.OrderID != nil {
		query = query.Where("NOT (id = ? AND status = ?)", *cart.OrderID, OrderPending)
	}
	if err := query.Count(&uses).Error; err != nil {
		return false, fmt.Errorf("count a customer's uses of discount %d: %w", d.ID, err)
	}
	return uses >= d.MaxPerCustomer, nil
}

func errSpent(d Discount) error {
	if d.Automatic() {
		return &InvalidError{discountField, "“" + d.Name + "” has been used with your mail address a moment ago, as often as one customer may. Please check your cart and try again."}
	}
	return &InvalidError{discountField, "You have used this code as often as one customer may."}
}

// errNeedsEmail asks for the address that a discount is counted by.
func errNeedsEmail(d Discount) error {
	return &InvalidError{emailField, fmt.Sprintf("Enter your mail address: %s is limited per customer.", d.Called())}
}
