package models

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// LinesOf says what items, of no cart, are lines of, in their order. A line
// whose variant is not there any more has none.
func (s *Store) LinesOf(ctx context.Context, items []CartItem) ([]CartLine, error) {
	return linesOf(s.read.WithContext(ctx), items)
}

// AddAllToCart puts items into the cart of token, each as far as it is there
// and fits beside what the cart has. What could not be put in becomes a loss of
// the cart. It returns how many pieces were put in.
func (s *Store) AddAllToCart(ctx context.Context, token string, items []CartItem) (int64, error) {
	var pieces int64
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		pieces = 0
		cart, err := s.openCart(tx, token)
		if err != nil {
			return err
		}
		lines, err := linesOf(tx, items)
		if err != nil {
			return err
		}
		for _, line := range lines {
			var added int64
			err := putIn(tx, cart, line.VariantID, func(there CartItem, count int64, variant Variant) (int64, error) {
				if there.Quantity == 0 && count >= MaxCartLines {
					return 0, nil
				}
				added = max(min(line.Quantity, MaxQuantity-there.Quantity, variant.Buyable()-there.Quantity), 0)
				return there.Quantity + added, nil
			})
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
			pieces += added
			if added == line.Quantity {
				continue
			}
			loss := CartLoss{CartID: cart.ID, Reason: LossShort, Name: nameOf(line.Product, line.Variant), Wanted: line.Quantity, Got: added}
			if line.Product.Status != ProductActive {
				loss.Reason = LossRemoved
			}
			if line.Product.ID == 0 {
				loss.Name = "One of the articles"
			}
			if err := tx.Create(&loss).Error; err != nil {
				return fmt.Errorf("note what is missing of variant %d: %w", line.VariantID, err)
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("fill a cart: %w", err)
	}
	return pieces, nil
}

// FillCart makes quantity pieces of a variant all that the cart of token
// holds. They are delivered as what the cart of own holds, the shopper's usual
// one, where there is such a cart, and its address counts before the one that was
// given to the cart of token. The errors are those of AddToCart.
func (s *Store) FillCart(ctx context.Context, token, own string, variantID, quantity int64) error {
	if err := countable(quantity); err != nil {
		return err
	}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		cart, err := s.openCart(tx, token)
		if err != nil {
			return err
		}
		if err := tx.Where("cart_id = ?", cart.ID).Delete(&CartLoss{}).Error; err != nil {
			return fmt.Errorf("clear cart %d: %w", cart.ID, err)
		}
		if err := tx.Where("cart_id = ? AND variant_id <> ?", cart.ID, variantID).Delete(&CartItem{}).Error; err != nil {
			return fmt.Errorf("clear cart %d: %w", cart.ID, err)
		}
		var usual Cart
		if err := tx.Where("token_hash = ?", HashToken(own)).Limit(1).Find(&usual).Error; err != nil {
			return fmt.Errorf("find the shopper's cart: %w", err)
		}
		err = tx.Model(&Cart{}).Where("id = ?", cart.ID).UpdateColumns(map[string]any{
			"delivery_country": usual.DeliveryCountry, "delivery_method_id": usual.DeliveryMethodID, "email": cmp.Or(usual.Email, cart.Email),
		}).Error
		if err != nil {
			return fmt.Errorf("deliver cart %d as the shopper's: %w", cart.ID, err)
		}
		return putIn(tx, cart, variantID, func(there CartItem, _ int64, variant Variant) (int64, error) {
			if quantity <= there.Quantity { // its own open checkout may hold the last ones
				return quantity, nil
			}
			return quantity, sellable("quantity", variant, 0, quantity)
		})
	})
	if err != nil {
		return fmt.Errorf("fill a cart with variant %d: %w", variantID, err)
	}
	return nil
}

// BoughtAlone names the product whose purchase, in the cart of alone, a shopper
// has begun and not paid, and which they turned to after the cart of token. It
// returns ErrNotFound where there is none.
func (s *Store) BoughtAlone(ctx context.Context, alone, token string) (slug string, err error) {
	err = s.read.WithContext(ctx).Raw(`SELECT p.slug FROM carts a
		JOIN orders o ON o.id = a.order_id AND o.status = ?
		JOIN cart_items i ON i.cart_id = a.id JOIN variants v ON v.id = i.variant_id JOIN products p ON p.id = v.product_id
		WHERE a.token_hash = ? AND p.status = ?
		AND NOT EXISTS (SELECT 1 FROM carts c WHERE c.token_hash = ? AND c.updated_at > a.updated_at)`,
		OrderPending, HashToken(alone), ProductActive, HashToken(token)).Scan(&slug).Error
	if err == nil && slug == "" {
		err = ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("find what is bought alone: %w", err)
	}
	return slug, nil
}
