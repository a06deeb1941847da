package models

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
)

// Why a cart lost something.
const (
	LossRemoved = "removed" // it is no longer sold
	LossShort   = "short"   // fewer were left than were wanted
)

// CartLoss is what a cart lost, or could not be given, and its shopper has not
// seen yet.
type CartLoss struct {
	ID        int64
	CartID    int64
	Reason    string
	Name      string // what it was called
	Wanted    int64  // pieces
	Got       int64
	CreatedAt time.Time
}

// nameOf is what a shopper calls a variant of a product.
func nameOf(product Product, variant Variant) string {
	if title := variant.Title(); title != "" {
		return product.Name + ", " + title
	}
	return product.Name
}

// loseVariant tells every cart that has a variant that it is about to be
// deleted.
func (s *Store) loseVariant(tx *gorm.DB, variant Variant) error {
	var product Product
	if err := tx.Select("name").Take(&product, variant.ProductID).Error; err != nil {
		return found(err, "find the product of variant %d", variant.ID)
	}
	err := tx.Exec(`INSERT INTO cart_losses (cart_id, reason, name, wanted, got, created_at)
		SELECT cart_id, ?, ?, quantity, 0, ? FROM cart_items WHERE variant_id = ?`,
		LossRemoved, nameOf(product, variant), s.now(), variant.ID).Error
	if err != nil {
		return fmt.Errorf("take variant %d out of the carts: %w", variant.ID, err)
	}
	return nil
}

// NoteShown notes that the shopper has been shown the present prices of the
// cart of token, and the losses of these ids.
func (s *Store) NoteShown(ctx context.Context, token string, losses []int64) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		cart, err := touchCart(tx, token, s.now())
		if err != nil {
			return err
		}
		err = tx.Exec(`UPDATE cart_items SET seen_price = (SELECT v.price FROM variants v WHERE v.id = cart_items.variant_id)
			WHERE cart_id = ?`, cart.ID).Error
		if err != nil {
			return err
		}
		return forgetLosses(tx, cart, losses)
	})
	if err != nil {
		return fmt.Errorf("note what a shopper was shown: %w", err)
	}
	return nil
}

// forgetLosses forgets losses of a cart that its shopper was shown. Others may
// have come since, whose ids need not be higher: what committed first was shown
// first.
func forgetLosses(tx *gorm.DB, cart Cart, shown []int64) error {
	if err := tx.Where("cart_id = ? AND id IN ?", cart.ID, shown).Delete(&CartLoss{}).Error; err != nil {
		return fmt.Errorf("forget what a cart lost: %w", err)
	}
	return nil
}

// touchCart writes to the cart of token, which makes others wait, and returns
// it without its lines, or ErrNotFound.
func touchCart(tx *gorm.DB, token string, now time.Time) (Cart, error) {
	var cart Cart
	hash := HashToken(token)
	if err := tx.Model(&Cart{}).Where("token_hash = ?", hash).UpdateColumn("updated_at", now).Error; err != nil {
		return cart, fmt.Errorf("touch cart: %w", err)
	}
	return cart, found(tx.Where("token_hash = ?", hash).Take(&cart).Error, "find cart")
}

// AcceptCartChanges makes the cart of token one that can be sold: what is sold
// out goes, what is short is bought as far as it is there, prices are those of
// now, and the losses of these ids are no longer told. A missing cart is none to
// change.
func (s *Store) AcceptCartChanges(ctx context.Context, token string, losses []int64) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		if _, err := touchCart(tx, token, s.now()); err != nil {
			return err
		}
		cart, lines, err := loadCart(tx, token)
		if err != nil {
			return err
		}
		for _, line := range lines {
			now, changed := line.Unsellable()
			if !changed {
				continue
			}
			row := tx.Model(&CartItem{}).Where("cart_id = ? AND variant_id = ?", cart.ID, line.VariantID)
			if now.Available <= 0 {
				err = row.Delete(&CartItem{}).Error
			} else {
				err = row.Updates(map[string]any{"quantity": min(line.Quantity, now.Available), "seen_price": now.Price}).Error
			}
			if err != nil {
				return fmt.Errorf("change variant %d: %w", line.VariantID, err)
			}
		}
		return forgetLosses(tx, cart, losses)
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("accept the changes of a cart: %w", err)
	}
	return nil
}

// MaxNote is how long a note may be, in characters.
const MaxNote = 500

// SetCartNote keeps a note with the cart of token and with the order that it
// has begun to pay; an empty one takes it away.
//
// It returns an InvalidError for a note that is too long and ErrNotFound for a
// missing cart.
func (s *Store) SetCartNote(ctx context.Context, token, typed string) error {
	note := strings.TrimSpace(strings.ReplaceAll(typed, "\r\n", "\n"))
	if length := utf8.RuneCountInString(note); length > MaxNote {
		return &InvalidError{"note", fmt.Sprintf("Please keep your note to %d characters; it has %d.", MaxNote, length)}
	}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		cart, err := touchCart(tx, token, s.now())
		if err != nil || cart.Note == note {
			return err
		}
		if err := tx.Model(&Cart{ID: cart.ID}).UpdateColumn("note", note).Error; err != nil || cart.OrderID == nil {
			return err
		}
		return tx.Model(&Order{}).Where("id = ? AND status = ?", *cart.OrderID, OrderPending).
			Updates(map[string]any{"note": note, "updated_at": s.now()}).Error
	})
	if err != nil {
		return fmt.Errorf("give a cart its note: %w", err)
	}
	return nil
}
