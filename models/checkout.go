package models

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// checkoutWindow is how long a payment page stays open and holds its stock.
// Stripe takes 30 minutes to 24 hours from the moment it is asked, so there is
// room to ask again after a network fault.
const checkoutWindow = time.Hour

// stillPayable is how much time a shopper must have left on an open payment
// page to be sent back to it.
const stillPayable = 2 * time.Minute

// Checkout is what BeginCheckout decided: an order and the attempt to open a
// payment page for it.
type Checkout struct {
	Order   Order
	Attempt CheckoutAttempt
	// Supersede says that the attempt belongs to an earlier state of the cart
	// or ran out: its session must be ended at Stripe, the result applied, and
	// BeginCheckout called again.
	Supersede bool
}

// BeginCheckout freezes the cart of token into a pending order, or finds the
// order that its last checkout made of the same contents. Stock is reserved
// and the attempt's idempotency key and expiry are fixed when it returns;
// nothing has been said to Stripe.
//
// It returns ErrNotFound for a missing or empty cart and, with nothing changed,
// an UnsellableError when a line is short of stock, has a new price or was
// taken out unseen, and an InvalidError when the cart's discount does not count
// any more, the shopper's address is missing that it is counted by, or no way of
// delivery takes the cart to its country.
func (s *Store) BeginCheckout(ctx context.Context, token string) (Checkout, error) {
	return s.beginCheckout(ctx, token, nil)
}

// BeginCheckoutAt is BeginCheckout for a shopper who was shown a total. It
// returns a TotalChangedError, with nothing changed, where the cart comes to
// another one now.
func (s *Store) BeginCheckoutAt(ctx context.Context, token string, shown int64) (Checkout, error) {
	return s.beginCheckout(ctx, token, &shown)
}

func (s *Store) beginCheckout(ctx context.Context, token string, shown *int64) (Checkout, error) {
	var checkout Checkout
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		cart, lines, err := s.lockCart(tx, token)
		if err != nil {
			return err
		}
		sum, err := s.sum(tx, cart, lines)
		if err != nil {
			return err
		}
		if sum.Offer.Fault != nil {
			return sum.Offer.Fault
		}
		if sum.Offer.Limited() && sum.Email == "" {
			return errNeedsEmail(*sum.Offer.Discount)
		}
		if len(cart.Losses) > 0 {
			return &UnsellableError{Losses: cart.Losses}
		}
		if sum.Delivery.Fault != nil {
			return sum.Delivery.Fault
		}
		if err := agreed(tx, lines, sum, shown); err != nil {
			return err
		}
		if cart.OrderID != nil {
			resumed, err := s.resumeCheckout(tx, *cart.OrderID, fingerprint(lines, sum), lines)
			if err != nil {
				return err
			}
			if resumed != nil {
				checkout = *resumed
				return nil
			}
		}
		checkout, err = s.placeOrder(tx, cart, lines, sum)
		return err
	})
	if err != nil {
		return Checkout{}, fmt.Errorf("begin checkout: %w", err)
	}
	return checkout, nil
}

// resumeCheckout continues an order that is still open. It returns nil where
// the order is not: the cart then makes a new one.
func (s *Store) resumeCheckout(tx *gorm.DB, orderID int64, print string, lines []CartLine) (*Checkout, error) {
	order, err := lockOrder(tx, orderID)
	if err != nil {
		return nil, err
	}
	if order.Status != OrderPending {
		return nil, nil
	}
	var attempt CheckoutAttempt
	if err := tx.Where("order_id = ?", order.ID).Order("id DESC").Take(&attempt).Error; err != nil {
		return nil, found(err, "find the checkout attempt of order %d", order.ID)
	}
	checkout := &Checkout{Order: order, Attempt: attempt}
	live := attempt.ExpiresAt.After(s.now().Add(stillPayable))
	mayBeOpen := attempt.Status == AttemptOpen || attempt.Status == AttemptCreating
	if mayBeOpen && (order.CartFingerprint != print || !live) {
		checkout.Supersede = true
		return checkout, nil
	}
	if order.CartFingerprint != print {
		return nil, s.expireOrder(tx, &order, "the cart changed before a payment page was opened")
	}
	if order.StockStatus == StockReleased {
		if err := sellableLines(lines); err != nil {
			return nil, err
		}
		if err := s.reserve(tx, &order, lines); err != nil {
			return nil, err
		}
	}
	if attempt.Status == AttemptFailed || attempt.Status == AttemptExpired {
		checkout.Attempt, err = s.newAttempt(tx, order.ID)
	}
	checkout.Order = order
	return checkout, err
}

func sellableLines(lines []CartLine) error {
	var unsellable []UnsellableLine
	for _, line := range lines {
		if problem, is := line.Unsellable(); is {
			unsellable = append(unsellable, problem)
		}
	}
	if len(unsellable) > 0 {
		return &UnsellableError{Lines: unsellable}
	}
	return nil
}

func (s *Store) placeOrder(tx *gorm.DB, cart Cart, lines []CartLine, sum Sum) (Checkout, error) {
	if err := sellableLines(lines); err != nil {
		return Checkout{}, err
	}
	now := s.now()
	token := NewToken()
	order := Order{
		Number: token, Token: token, Status: OrderPending, Fulfilment: Unfulfilled, StockStatus: StockReserved,
		CartID: &cart.ID, CartFingerprint: fingerprint(lines, sum), Currency: sum.Currency, Note: cart.Note, CreatedAt: now, UpdatedAt: now,
	}
	for _, line := range lines {
		item := OrderItem{
			VariantID: line.VariantID, ProductSlug: line.Product.Slug, Name: line.Product.Name,
			VariantTitle: line.Variant.Title(), SKU: line.Variant.SKU, PictureKey: line.Picture.Key,
			Quantity: line.Quantity, UnitPrice: line.Variant.Price, Total: line.Variant.Price * line.Quantity,
		}
		order.Items = append(order.Items, item)
	}
	sum.freeze(&order)
	if err := tx.Create(&order).Error; err != nil {
		return Checkout{}, fmt.Errorf("store order: %w", err)
	}
	order.Number = strconv.FormatInt(1000+order.ID, 10)
	if err := tx.Model(&Order{ID: order.ID}).UpdateColumn("number", order.Number).Error; err != nil {
		return Checkout{}, fmt.Errorf("number order %d: %w", order.ID, err)
	}
	if err := tx.Model(&Cart{ID: cart.ID}).UpdateColumn("order_id", order.ID).Error; err != nil {
		return Checkout{}, fmt.Errorf("tie cart %d to order %d: %w", cart.ID, order.ID, err)
	}
	attempt, err := s.newAttempt(tx, order.ID)
	if err != nil {
		return Checkout{}, err
	}
	if err := s.record(tx, order.ID, "placed", "shopper", ""); err != nil {
		return Checkout{}, err
	}
	if err := s.reserve(tx, &order, lines); err != nil {
		return Checkout{}, err
	}
	return Checkout{Order: order, Attempt: attempt}, nil
}

func (s *Store) newAttempt(tx *gorm.DB, orderID int64) (CheckoutAttempt, error) {
	attempt := CheckoutAttempt{
		OrderID: orderID, IdempotencyKey: "checkout-" + NewToken(), Status: AttemptCreating,
		ExpiresAt: s.now().Add(checkoutWindow).Truncate(time.Second), CreatedAt: s.now(),
	}
	if err := tx.Create(&attempt).Error; err != nil {
		return attempt, fmt.Errorf("store a checkout attempt of order %d: %w", orderID, err)
	}
	return attempt, nil
}

// reserve holds the stock of an order's lines, and a use of its discount. Each is a conditional update:
// what another shopper took in the meantime cannot be held, whatever was read
// before. Lines go by variant id, so that no two orders wait for each other.
func (s *Store) reserve(tx *gorm.DB, order *Order, lines []CartLine) error {
	sorted := append([]CartLine(nil), lines...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].VariantID < sorted[j].VariantID })
	changed := false
	for _, line := range sorted {
		var after Variant
		result := tx.Model(&after).Clauses(clause.Returning{Columns: []clause.Column{{Name: "stock"}, {Name: "reserved"}}}).
			Where("id = ? AND stock - reserved - backordered >= ?", line.VariantID, line.Quantity).
			UpdateColumn("reserved", gorm.Expr("reserved + ?", line.Quantity))
		if result.Error != nil {
			return fmt.Errorf("reserve variant %d: %w", line.VariantID, result.Error)
		}
		if result.RowsAffected > 0 {
			if err := forgetBeyond(tx, order, line.VariantID); err != nil {
				return err
			}
		} else {
			now, beyond, err := reserveBeyond(tx, order, line)
			if err != nil {
				return err
			}
			if beyond {
				changed = true
				continue
			}
			return &UnsellableError{Lines: []UnsellableLine{{
				VariantID: line.VariantID, Wanted: line.Quantity, Available: now.Available(),
				OldPrice: line.SeenPrice, Price: now.Price,
			}}}
		}
		changed = changed || after.Available() <= lowStock
	}
	if order.StockStatus != StockReserved { // a new order is stored so
		if err := s.setStockStatus(tx, order, StockReserved); err != nil {
			return err
		}
	}
	if changed {
		if err := catalogueChanged(tx); err != nil {
			return err
		}
	}
	return s.reserveDiscount(tx, order)
}

// release gives an order's reserved stock and the use of its discount back,
// once.
func (s *Store) release(tx *gorm.DB, order *Order) error {
	if order.StockStatus != StockReserved {
		return nil
	}
	changed := false
	for _, item := range itemsByVariant(order.Items) {
		var after Variant
		if item.Owed > 0 {
			if err := s.releaseBeyond(tx, order, item); err != nil {
				return err
			}
			item.Quantity -= item.Owed
		}
		err := tx.Model(&after).Clauses(clause.Returning{Columns: []clause.Column{{Name: "stock"}, {Name: "reserved"}, {Name: "backordered"}}}).
			Where("id = ?", item.VariantID).UpdateColumn("reserved", gorm.Expr("reserved - ?", item.Quantity)).Error
		if err != nil {
			return fmt.Errorf("release variant %d: %w", item.VariantID, err)
		}
		if err := s.fillSoon(tx, after); err != nil {
			return err
		}
		changed = changed || after.Available()-item.Quantity <= lowStock
	}
	if err := s.setStockStatus(tx, order, StockReleased); err != nil {
		return err
	}
	if changed {
		if err := catalogueChanged(tx); err != nil {
			return err
		}
	}
	return s.releaseDiscount(tx, order)
}

func itemsByVariant(items []OrderItem) []OrderItem {
	sorted := append([]OrderItem(nil), items...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].VariantID < sorted[j].VariantID })
	return sorted
}

func (s *Store) setStockStatus(tx *gorm.DB, order *Order, status string) error {
	order.StockStatus = status
	err := tx.Model(&Order{ID: order.ID}).Updates(map[string]any{"stock_status": status, "updated_at": s.now()}).Error
	if err != nil {
		return fmt.Errorf("note the stock of order %d: %w", order.ID, err)
	}
	return nil
}

// lockOrder loads an order with its items and keeps others from changing it
// until the transaction ends.
func lockOrder(tx *gorm.DB, id int64) (Order, error) {
	var order Order
	query := tx
	if tx.Name() == "postgres" {
		query = tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
	}
	if err := query.Take(&order, id).Error; err != nil {
		return order, found(err, "find order %d", id)
	}
	if err := tx.Where("order_id = ?", id).Order("id").Find(&order.Items).Error; err != nil {
		return order, fmt.Errorf("read the items of order %d: %w", id, err)
	}
	return order, nil
}

// SessionOpened stores the session Stripe made for an attempt.
func (s *Store) SessionOpened(ctx context.Context, attempt CheckoutAttempt, session CheckoutSession) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		pending := tx.Model(&Order{}).Where("id = ? AND status = ?", attempt.OrderID, OrderPending).
			Updates(map[string]any{"stripe_session_id": session.ID, "updated_at": s.now()})
		if pending.Error != nil {
			return pending.Error
		}
		if pending.RowsAffected == 0 { // what changes an order's attempt holds the order
			if _, err := lockOrder(tx, attempt.OrderID); err != nil {
				return err
			}
		}
		return tx.Model(&CheckoutAttempt{}).Where("id = ? AND status = ?", attempt.ID, AttemptCreating).
			Updates(map[string]any{"status": AttemptOpen, "stripe_session_id": session.ID, "url": session.URL, "error": ""}).Error
	})
	if err != nil {
		return fmt.Errorf("store session %s of order %d: %w", session.ID, attempt.OrderID, err)
	}
	return nil
}

// SessionFailed notes that Stripe opened no session for an attempt and gives
// the stock back. After a definite refusal the attempt is over; otherwise it
// may have succeeded unseen, and is asked for again with the same key.
func (s *Store) SessionFailed(ctx context.Context, attempt CheckoutAttempt, definite bool, reason string) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		order, err := lockOrder(tx, attempt.OrderID)
		if err != nil {
			return err
		}
		status := AttemptCreating
		if definite {
			status = AttemptFailed
		}
		result := tx.Model(&CheckoutAttempt{}).Where("id = ? AND status = ?", attempt.ID, AttemptCreating).
			Updates(map[string]any{"status": status, "error": reason})
		if result.Error != nil || result.RowsAffected == 0 || order.Status != OrderPending {
			return result.Error
		}
		return s.release(tx, &order)
	})
	if err != nil {
		return fmt.Errorf("note the failed checkout of order %d: %w", attempt.OrderID, err)
	}
	return nil
}

// EndUnopenedAttempt closes an attempt that never got a session and whose
// expiry has passed. Only Stripe knows that there is none: ask it first. It
// reports whether it did.
func (s *Store) EndUnopenedAttempt(ctx context.Context, attempt CheckoutAttempt) (bool, error) {
	ended := false
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		order, err := lockOrder(tx, attempt.OrderID)
		if err != nil {
			return err
		}
		result := tx.Model(&CheckoutAttempt{}).
			Where("id = ? AND status IN ? AND stripe_session_id IS NULL AND expires_at < ?",
				attempt.ID, []string{AttemptCreating, AttemptFailed}, s.now()).
			UpdateColumn("status", AttemptExpired)
		if result.Error != nil || result.RowsAffected == 0 {
			return result.Error
		}
		ended = true
		if order.Status != OrderPending {
			return nil
		}
		return s.expireOrder(tx, &order, "no payment page was opened in time")
	})
	if err != nil {
		return false, fmt.Errorf("end the checkout attempt of order %d: %w", attempt.OrderID, err)
	}
	return ended, nil
}

// expireOrder ends an order that nobody paid. The address it was counted by is
// not kept: its shopper has bought nothing.
func (s *Store) expireOrder(tx *gorm.DB, order *Order, detail string) error {
	order.Status, order.Email = OrderExpired, ""
	err := tx.Model(&Order{ID: order.ID}).Updates(map[string]any{"status": OrderExpired, "email": "", "updated_at": s.now()}).Error
	if err != nil {
		return fmt.Errorf("expire order %d: %w", order.ID, err)
	}
	if err := s.record(tx, order.ID, "expired", "stripe", detail); err != nil {
		return err
	}
	return s.release(tx, order)
}

func (s *Store) record(tx *gorm.DB, orderID int64, kind, actor, detail string) error {
	event := OrderEvent{OrderID: orderID, Kind: kind, Actor: actor, Detail: detail, CreatedAt: s.now()}
	if err := tx.Create(&event).Error; err != nil {
		return fmt.Errorf("record %s of order %d: %w", kind, orderID, err)
	}
	return nil
}

// OpenAttempts lists the checkout attempts of orders that have waited for
// their payment since before, by id, those after a given one: what the
// reconciler asks Stripe about.
func (s *Store) OpenAttempts(ctx context.Context, before time.Time, after int64, limit int) ([]CheckoutAttempt, error) {
	var attempts []CheckoutAttempt
	err := s.read.WithContext(ctx).
		Joins("JOIN orders o ON o.id = checkout_attempts.order_id").
		Where("o.status IN ? AND o.created_at < ?", []OrderStatus{OrderPending, OrderAwaitingPayment}, before.UTC()).
		Where("checkout_attempts.status IN ?", []string{AttemptCreating, AttemptOpen, AttemptFailed, AttemptComplete}).
		Where("checkout_attempts.id > ?", after).
		Order("checkout_attempts.id").Limit(limit).Find(&attempts).Error
	if err != nil {
		return nil, fmt.Errorf("list open checkout attempts: %w", err)
	}
	return attempts, nil
}
