package models

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// SettleOrderArgs is the job that asks Stripe how one order stands.
type SettleOrderArgs struct {
	OrderID int64 `json:"order_id"`
}

// Kind names the job. Stored jobs carry it, so it never changes.
func (SettleOrderArgs) Kind() string { return "settle_order" }

// applyIntent has a job look after an order whose payment intent succeeded:
// the session's own event may be late or lost.
func (s *Store) applyIntent(tx *gorm.DB, intent PaymentIntent) (Applied, error) {
	id, ours := orderID(intent.Metadata["order_id"])
	if !ours {
		return Applied{Outcome: OutcomeIgnored}, nil
	}
	order, err := lockOrder(tx, id)
	if errors.Is(err, ErrNotFound) {
		return Applied{Outcome: OutcomeForeign, Detail: "no order of this shop belongs to payment " + intent.ID}, nil
	}
	if err != nil {
		return Applied{}, err
	}
	if !order.Open() {
		return Applied{Outcome: OutcomeIgnored, OrderID: id}, nil
	}
	return Applied{Outcome: OutcomeAskStripe, OrderID: id}, s.enqueue(tx, SettleOrderArgs{OrderID: id}, nil)
}

// AttemptsOfOrder lists the attempts to open a payment page for an order,
// oldest first.
func (s *Store) AttemptsOfOrder(ctx context.Context, orderID int64) ([]CheckoutAttempt, error) {
	var attempts []CheckoutAttempt
	if err := s.read.WithContext(ctx).Where("order_id = ?", orderID).Order("id").Find(&attempts).Error; err != nil {
		return nil, fmt.Errorf("list the checkout attempts of order %d: %w", orderID, err)
	}
	return attempts, nil
}

// ReconcileRun is what one run of the reconciler found.
type ReconcileRun struct {
	ID            int64
	StartedAt     time.Time
	FinishedAt    time.Time
	OrdersChecked int64
	OrdersChanged int64
	EventsFound   int64  // that Stripe could not deliver and the shop had not seen
	Faults        string // one a line
}

// reconcileRunsKept is how many runs are kept.
const reconcileRunsKept = 200

// Reconciled stores a run and drops the oldest.
func (s *Store) Reconciled(ctx context.Context, run ReconcileRun) error {
	run.FinishedAt = s.now()
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&run).Error; err != nil {
			return err
		}
		return tx.Where("id <= ?", run.ID-reconcileRunsKept).Delete(&ReconcileRun{}).Error
	})
	if err != nil {
		return fmt.Errorf("store the reconciler's run: %w", err)
	}
	return nil
}

// ReconcileRuns lists the latest runs, newest first.
func (s *Store) ReconcileRuns(ctx context.Context, limit int) ([]ReconcileRun, error) {
	var runs []ReconcileRun
	if err := s.read.WithContext(ctx).Order("id DESC").Limit(limit).Find(&runs).Error; err != nil {
		return nil, fmt.Errorf("list the reconciler's runs: %w", err)
	}
	return runs, nil
}

// KnownEvents says which of the given events the shop has stored.
func (s *Store) KnownEvents(ctx context.Context, ids []string) (map[string]bool, error) {
	var found []string
	if err := s.read.WithContext(ctx).Model(&StripeEvent{}).Where("id IN ?", ids).Pluck("id", &found).Error; err != nil {
		return nil, fmt.Errorf("look up events: %w", err)
	}
	known := make(map[string]bool, len(found))
	for _, id := range found {
		known[id] = true
	}
	return known, nil
}

// OpenRefundPayments lists the payment intents with refunds that Stripe has
// not settled since before: what the reconciler asks about.
func (s *Store) OpenRefundPayments(ctx context.Context, before time.Time, limit int) ([]string, error) {
	var intents []string
	err := s.read.WithContext(ctx).Model(&Payment{}).Distinct("payment_intent_id").
		Where("id IN (SELECT payment_id FROM refunds WHERE status IN ? AND updated_at < ?)",
			[]RefundStatus{RefundRequested, RefundPending, RefundRequiresAction}, before.UTC()).
		Where("payment_intent_id IS NOT NULL").Order("payment_intent_id").Limit(limit).Pluck("payment_intent_id", &intents).Error
	if err != nil {
		return nil, fmt.Errorf("list payments with open refunds: %w", err)
	}
	return intents, nil
}

// Attention is what waits for the merchant.
type Attention struct {
	Reviews       int64 // orders in review
	Duplicates    int64 // payments of orders that were paid already, not refunded
	FailedRefunds int64 // refunds that failed with no later one in their place
	Disputes      int64 // open ones
}

// Attention counts what waits for the merchant.
func (s *Store) Attention(ctx context.Context) (Attention, error) {
	var a Attention
	db := s.read.WithContext(ctx)
	for _, err := range []error{
		db.Model(&Order{}).Where("status = ?", OrderReview).Count(&a.Reviews).Error,
		db.Model(&Payment{}).Where("role = ? AND amount_refunded < amount", PaymentDuplicate).Count(&a.Duplicates).Error,
		db.Model(&Refund{}).Where("status IN ?", []RefundStatus{RefundFailed, RefundCanceled}).
			Where("NOT EXISTS (SELECT 1 FROM refunds later WHERE later.payment_id = refunds.payment_id AND later.id > refunds.id)").
			Count(&a.FailedRefunds).Error,
		db.Model(&Dispute{}).Where("status IN ?", openDisputes()).Count(&a.Disputes).Error,
	} {
		if err != nil {
			return a, fmt.Errorf("count what waits: %w", err)
		}
	}
	return a, nil
}
