package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

func (s *Store) orderWhere(ctx context.Context, what string, condition clause.Expr) (Order, error) {
	var order Order
	err := s.read.WithContext(ctx).Preload("Items", func(db *gorm.DB) *gorm.DB { return db.Order("id") }).
		Where(condition).Take(&order).Error
	return order, found(err, "find order by %s", what)
}

// OrderByID returns an order with its items.
func (s *Store) OrderByID(ctx context.Context, id int64) (Order, error) {
	return s.orderWhere(ctx, "id", gorm.Expr("id = ?", id))
}

// OrderByToken returns the order a shopper's link names.
func (s *Store) OrderByToken(ctx context.Context, token string) (Order, error) {
	return s.orderWhere(ctx, "token", gorm.Expr("token = ?", token))
}

// OrderByNumber returns the order with that number.
func (s *Store) OrderByNumber(ctx context.Context, number string) (Order, error) {
	return s.orderWhere(ctx, "number", gorm.Expr("number = ?", number))
}

// OrderByNumberAndEmail returns the order a shopper looks up. Whichever of the
// two is wrong, the error is the same ErrNotFound.
func (s *Store) OrderByNumberAndEmail(ctx context.Context, number, email string) (Order, error) {
	number = strings.TrimPrefix(strings.TrimSpace(number), "#")
	email = strings.ToLower(strings.TrimSpace(email))
	return s.orderWhere(ctx, "number and mail", gorm.Expr("number = ? AND LOWER(email) = ? AND email <> ''", number, email))
}

// OrderBySession returns the order that a Checkout Session was opened for.
func (s *Store) OrderBySession(ctx context.Context, sessionID string) (Order, error) {
	return s.orderWhere(ctx, "session", gorm.Expr("id = (SELECT order_id FROM checkout_attempts WHERE stripe_session_id = ?)", sessionID))
}

// OrderFilter chooses orders for the admin.
type OrderFilter struct {
	Search string // a number, or how a mail address, a name or its last word begins
	Status OrderStatus
	Before int64 // only orders with a smaller id: the key of the page before
	Limit  int
}

// Orders lists orders, newest first.
func (s *Store) Orders(ctx context.Context, f OrderFilter) ([]Order, error) {
	var orders []Order
	query, err := filterOrders(s.read.WithContext(ctx), f)
	if err == nil {
		err = query.Preload("Items").Find(&orders).Error
	}
	if err != nil {
		return nil, fmt.Errorf("list orders: %w", err)
	}
	return orders, nil
}

// mostSorted is of how many orders that begin with what is searched for all are
// looked at, before the newest are taken. More are met soon among all orders,
// newest first.
const mostSorted = 2000

func filterOrders(db *gorm.DB, f OrderFilter) (*gorm.DB, error) {
	query := db.Order("id DESC").Limit(f.Limit)
	if f.Before > 0 {
		query = query.Where("id < ?", f.Before)
	}
	if f.Status != "" {
		query = query.Where("status = ?", f.Status)
	}
	if search := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(f.Search), "#")); search != "" {
		// Each by its index: one condition on all would be looked for in every
		// order. What begins with a text lies between it and it with the last
		// of all letters behind.
		end := search + "\U0010FFFF"
		var begun int64
		err := db.Raw(`SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM orders WHERE email_key >= ? AND email_key < ? LIMIT ?) e)
			+ (SELECT COUNT(*) FROM (SELECT 1 FROM orders WHERE name_key >= ? AND name_key < ? LIMIT ?) n)
			+ (SELECT COUNT(*) FROM (SELECT 1 FROM orders WHERE family_key >= ? AND family_key < ? LIMIT ?) f)`,
			search, end, mostSorted, search, end, mostSorted, search, end, mostSorted).Scan(&begun).Error
		if err != nil {
			return nil, err
		}
		if begun >= mostSorted { // without the indexes of the keys, which an expression has none of
			return query.Where(`(number = ? OR (email_key || '' >= ? AND email_key || '' < ?)
				OR (name_key || '' >= ? AND name_key || '' < ?) OR (family_key || '' >= ? AND family_key || '' < ?))`,
				search, search, end, search, end, search, end), nil
		}
		query = query.Where(`id IN (SELECT id FROM orders WHERE number = ?
			UNION SELECT id FROM orders WHERE email_key >= ? AND email_key < ?
			UNION SELECT id FROM orders WHERE name_key >= ? AND name_key < ?
			UNION SELECT id FROM orders WHERE family_key >= ? AND family_key < ?)`,
			search, search, end, search, end, search, end)
	}
	return query, nil
}

// OrderHistory is everything that is known to have happened to an order.
type OrderHistory struct {
	Events   []OrderEvent
	Stripe   []StripeEvent // without their payloads
	Emails   []Email       // without their bodies
	Attempts []CheckoutAttempt
}

// OrderHistory returns the history of an order, each part oldest first.
func (s *Store) OrderHistory(ctx context.Context, orderID int64) (OrderHistory, error) {
	var h OrderHistory
	db := s.read.WithContext(ctx).Where("order_id = ?", orderID).Session(&gorm.Session{})
	for _, err := range []error{
		db.Order("id").Find(&h.Events).Error,
		db.Omit("Payload").Order("received_at, id").Find(&h.Stripe).Error,
		db.Omit("HTML", "Text").Order("id").Find(&h.Emails).Error,
		db.Order("id").Find(&h.Attempts).Error,
	} {
		if err != nil {
			return h, fmt.Errorf("read the history of order %d: %w", orderID, err)
		}
	}
	return h, nil
}

// OrderTally is how many orders have a status and what they come to.
type OrderTally struct {
	Status OrderStatus
	Orders int64
	Total  int64 // minor units of the shop's currency
}

// orderTallies are those that were counted last.
type orderTallies struct {
	tallies []OrderTally
	until   time.Time // when they are counted again
}

// Of more than manyOrders counting takes a while: it is done for a hundredth of
// the time at most.
const (
	manyOrders = 50_000
	tallyShare = 100
)

// OrderTallies counts the orders by status. Of very many orders it may tell how
// they stood some seconds ago.
func (s *Store) OrderTallies(ctx context.Context) ([]OrderTally, error) {
	if known := s.tallies.Load(); known != nil && time.Now().Before(known.until) {
		return known.tallies, nil
	}
	began := time.Now()
	var tallies []OrderTally
	err := s.read.WithContext(ctx).Model(&Order{}).
		Select("status, COUNT(*) AS orders, COALESCE(SUM(total), 0) AS total").Group("status").Scan(&tallies).Error
	if err != nil {
		return nil, fmt.Errorf("count orders: %w", err)
	}
	counted := int64(0)
	for _, tally := range tallies {
		counted += tally.Orders
	}
	if counted > manyOrders {
		s.tallies.Store(&orderTallies{tallies, began.Add(tallyShare * time.Since(began))})
	}
	return tallies, nil
}
