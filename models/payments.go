package models

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// PaymentRole says what a payment is to its order.
type PaymentRole string

// The roles of a payment.
const (
	PaymentOfOrder   PaymentRole = "order"     // it paid the order
	PaymentDuplicate PaymentRole = "duplicate" // the order was paid already
	PaymentInReview  PaymentRole = "review"    // it does not fit its order; staff decides
	PaymentUnmatched PaymentRole = "unmatched" // refunded or disputed before its order was paid, or another system's
)

// Payment is money that arrived. A payment intent has one row, whatever
// reports it, and so has a session that needed no payment.
type Payment struct {
	ID              int64
	OrderID         *int64 // nil while unmatched
	StripeSessionID *string
	PaymentIntentID *string
	Role            PaymentRole
	Amount          int64  // minor units; 0 while unmatched
	Currency        string // ISO 4217, upper case
	ChargeRefunded  int64  // the highest absolute figure a charge's event named
	AmountRefunded  int64  // what of it went back, failed refunds not counted
	CreatedAt       time.Time
	UpdatedAt       time.Time
	Refunds         []Refund
	Disputes        []Dispute
}

// Disputed reports whether a dispute of the payment is open: nothing may be
// refunded then, or the money could go back twice.
func (p Payment) Disputed() bool {
	for _, dispute := range p.Disputes {
		if dispute.Open() {
			return true
		}
	}
	return false
}

// underway reports whether money of the payment may be on its way back.
func (p Payment) underway() bool {
	for _, refund := range p.Refunds {
		if refund.Open() {
			return true
		}
	}
	return false
}

// ChargedBack reports whether a dispute of the payment was lost: the shopper has
// the money, and Stripe refuses to pay it back.
// https://docs.stripe.com/refunds#refund-disputed-payments
func (p Payment) ChargedBack() bool {
	for _, dispute := range p.Disputes {
		if dispute.Status == "lost" {
			return true
		}
	}
	return false
}

// Refundable is how much of the payment can still go back: what arrived, less
// every refund that has not failed, asked for or done.
func (p Payment) Refundable() int64 {
	var known int64
	for _, refund := range p.Refunds {
		if !refund.Failed() {
			known += refund.Amount
		}
	}
	return max(p.Amount-max(known, p.AmountRefunded), 0)
}

// Price is an amount of the payment as Money.
func (p Payment) Price(amount int64) Money { return Money{Amount: amount, Currency: p.Currency} }

// recordPayment stores the payment that a session brought. Where a refund or a
// dispute of it came first, their row becomes the payment's, and they are
// applied. The caller holds the order's lock.
func (s *Store) recordPayment(tx *gorm.DB, order *Order, session CheckoutSession, role PaymentRole) error {
	payment := Payment{
		OrderID: &order.ID, StripeSessionID: &session.ID, Role: role, Amount: *session.AmountTotal,
		Currency: strings.ToUpper(session.Currency), CreatedAt: s.now(), UpdatedAt: s.now(),
	}
	if role != PaymentDuplicate && (payment.Amount != order.Total || payment.Currency != order.Currency) {
		err := tx.Model(&Order{ID: order.ID}).Updates(map[string]any{"paid_amount": payment.Amount, "paid_currency": payment.Currency}).Error
		if err != nil {
			return fmt.Errorf("note what order %d was paid with: %w", order.ID, err)
		}
	}
	conflict := "stripe_session_id"
	if session.PaymentIntentID != "" {
		payment.PaymentIntentID = &session.PaymentIntentID
		conflict = "payment_intent_id"
	}
	first := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: conflict}}, DoNothing: true}).Create(&payment)
	if first.Error != nil {
		return fmt.Errorf("store the payment of order %d: %w", order.ID, first.Error)
	}
	if first.RowsAffected == 1 { // nothing can have been refunded of it
		return nil
	}
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: conflict}},
		DoUpdates: clause.AssignmentColumns([]string{"order_id", "stripe_session_id", "role", "amount", "currency", "updated_at"}),
	}, clause.Returning{Columns: []clause.Column{{Name: "id"}, {Name: "charge_refunded"}}}).Create(&payment).Error
	if err != nil {
		return fmt.Errorf("store the payment of order %d: %w", order.ID, err)
	}
	var earlier int64
	if err := tx.Model(&Refund{}).Where("payment_id = ?", payment.ID).Count(&earlier).Error; err != nil {
		return fmt.Errorf("look for refunds of order %d: %w", order.ID, err)
	}
	if earlier == 0 && payment.ChargeRefunded == 0 { // nearly always
		return nil
	}
	return s.settleRefunds(tx, payment.ID, order)
}

// paymentOfIntent finds the row of a payment intent, locked together with its
// order, or makes an unmatched one. The order is nil where none is known.
func (s *Store) paymentOfIntent(tx *gorm.DB, intent, currency string) (Payment, *Order, error) {
	// The order is locked first, as everywhere, so that two events about one
	// order wait for each other instead of blocking each other.
	orderID, err := orderOfIntent(tx, intent)
	if err != nil {
		return Payment{}, nil, err
	}
	var order *Order
	if orderID != 0 {
		locked, err := lockOrder(tx, orderID)
		if err != nil {
			return Payment{}, nil, err
		}
		order = &locked
	}
	payment := Payment{
		PaymentIntentID: &intent, Role: PaymentUnmatched, Currency: strings.ToUpper(currency), CreatedAt: s.now(), UpdatedAt: s.now(),
	}
	if order != nil && order.Paid() { // paid before payments had rows of their own
		payment.OrderID, payment.StripeSessionID, payment.Role, payment.Amount = &order.ID, order.StripeSessionID, PaymentOfOrder, order.Total
	}
	err = tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "payment_intent_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"updated_at"}), // locks the row and returns it
	}, clause.Returning{}).Create(&payment).Error
	if err != nil {
		return payment, nil, fmt.Errorf("store payment %s: %w", intent, err)
	}
	if payment.OrderID != nil && order == nil { // its order was paid a moment ago
		locked, err := lockOrder(tx, *payment.OrderID)
		return payment, &locked, err
	}
	if payment.OrderID == nil {
		return payment, nil, nil
	}
	return payment, order, nil
}

// orderOfIntent names the order a payment intent belongs to, or 0.
func orderOfIntent(tx *gorm.DB, intent string) (int64, error) {
	var payment Payment
	err := tx.Where("payment_intent_id = ?", intent).Take(&payment).Error
	if err == nil && payment.OrderID != nil {
		return *payment.OrderID, nil
	}
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, fmt.Errorf("find payment %s: %w", intent, err)
	}
	var order Order
	err = tx.Where("payment_intent_id = ?", intent).Order("id").Take(&order).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("find the order of payment %s: %w", intent, err)
	}
	return order.ID, nil
}

// PaymentsOfOrder lists what arrived for an order, oldest first, with its
// refunds and disputes.
func (s *Store) PaymentsOfOrder(ctx context.Context, orderID int64) ([]Payment, error) {
	return paymentsOfOrder(s.read.WithContext(ctx), orderID)
}

func paymentsOfOrder(db *gorm.DB, orderID int64) ([]Payment, error) {
	var payments []Payment
	byID := func(db *gorm.DB) *gorm.DB { return db.Order("id") }
	err := db.Preload("Refunds", byID).Preload("Refunds.Items").Preload("Disputes", byID).
		Where("order_id = ?", orderID).Order("id").Find(&payments).Error
	if err != nil {
		return nil, fmt.Errorf("list the payments of order %d: %w", orderID, err)
	}
	return payments, nil
}
