package models

import (
	"context"
	"fmt"
	"strings"

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
	if err := filterOrders(s.read.WithContext(ctx).Preload("Items"), f).Find(&orders).Error; err != nil {
		return nil, fmt.Errorf("list orders: %w", err)
	}
	return orders, nil
}

func filterOrders(query *gorm.DB, f OrderFilter) *gorm.DB {
	query = query.Order("id DESC").Limit(f.Limit)
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
		query = query.Where(`id IN (SELECT id FROM orders WHERE number = ?
			UNION SELECT id FROM orders WHERE email_key >= ? AND email_key < ?
			UNION SELECT id FROM orders WHERE name_key >= ? AND name_key < ?
			UNION SELECT id FROM orders WHERE family_key >= ? AND family_key < ?)`,
			search, search, end, search, end, search, end)
	}
	return query
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

// OrderTallies counts the orders by status.
func (s *Store) OrderTallies(ctx context.Context) ([]OrderTally, error) {
	var tallies []OrderTally
	err := s.read.WithContext(ctx).Model(&Order{}).
		Select("status, COUNT(*) AS orders, COALESCE(SUM(total), 0) AS total").Group("status").Scan(&tallies).Error
	if err != nil {
		return nil, fmt.Errorf("count orders: %w", err)
	}
	return tallies, nil
}
