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

// Dispute is a cardholder's objection to a payment. It is a record of its own:
// the order keeps its status.
type Dispute struct {
	ID              int64
	StripeDisputeID string
	PaymentID       int64
	Amount          int64  // minor units of Currency
	Currency        string // ISO 4217, upper case
	Reason          string
	Status          string     // Stripe's
	EvidenceDueAt   *time.Time // UTC; until then the merchant can answer
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// disputeRank orders Stripe's statuses in time: events come in any order, and
// a dispute only ever moves on.
// https://docs.stripe.com/api/disputes/object#dispute_object-status
var disputeRank = map[string]int{
	"warning_needs_response": 1, "warning_under_review": 2, "needs_response": 3, "under_review": 4,
	"warning_closed": 5, "prevented": 5, "lost": 5, "won": 6,
}

// rank places a status. One that Stripe invents later counts as undecided.
func rank(status string) int {
	if at, known := disputeRank[status]; known {
		return at
	}
	return disputeRank["under_review"]
}

// Open reports whether the dispute is undecided.
func (d Dispute) Open() bool { return rank(d.Status) < disputeRank["warning_closed"] }

// applyDispute brings a dispute's row up to what Stripe says.
func (s *Store) applyDispute(tx *gorm.DB, in StripeDispute) (Applied, error) {
	if in.PaymentIntentID == "" {
		return Applied{Outcome: OutcomeForeign, Detail: "dispute " + in.ID + " is of no payment intent"}, nil
	}
	payment, order, err := s.paymentOfIntent(tx, in.PaymentIntentID, in.Currency)
	if err != nil {
		return Applied{}, err
	}
	var before Dispute
	err = tx.Where("stripe_dispute_id = ?", in.ID).Take(&before).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return Applied{}, fmt.Errorf("find dispute %s: %w", in.ID, err)
	}
	moved := before.ID == 0 || rank(in.Status) > rank(before.Status) ||
		(in.Status == before.Status && moreTime(before.EvidenceDueAt, in.EvidenceDueAt))
	if moved {
		row := Dispute{
			StripeDisputeID: in.ID, PaymentID: payment.ID, Amount: in.Amount, Currency: strings.ToUpper(in.Currency),
			Reason: in.Reason, Status: in.Status, EvidenceDueAt: in.EvidenceDueAt, CreatedAt: s.now(), UpdatedAt: s.now(),
		}
		err := tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "stripe_dispute_id"}},
			DoUpdates: clause.AssignmentColumns([]string{"amount", "reason", "status", "evidence_due_at", "updated_at"}),
		}).Create(&row).Error
		if err != nil {
			return Applied{}, fmt.Errorf("store dispute %s: %w", in.ID, err)
		}
	}
	if order == nil {
		return Applied{Outcome: OutcomeOrphan, Detail: "no paid order belongs to payment " + in.PaymentIntentID + " yet"}, nil
	}
	applied := Applied{Outcome: OutcomeUnchanged, OrderID: order.ID, Detail: "the dispute is " + before.Status}
	if !moved {
		return applied, nil
	}
	applied.Outcome, applied.Detail = OutcomeDispute, in.Status
	detail := fmt.Sprintf("%s, %s, %s", Money{Amount: in.Amount, Currency: strings.ToUpper(in.Currency)},
		strings.ReplaceAll(in.Reason, "_", " "), strings.ReplaceAll(in.Status, "_", " "))
	if in.EvidenceDueAt != nil && (Dispute{Status: in.Status}).Open() {
		detail += ", to be answered by " + in.EvidenceDueAt.Format("2 January 2006, 15:04 UTC")
	}
	s.log.WarnContext(tx.Statement.Context, "dispute", "order", order.Number, "dispute", in.ID, "status", in.Status)
	return applied, s.record(tx, order.ID, "dispute", "stripe", detail)
}

// moreTime reports whether a due date is news: Stripe only ever gives more
// time, and events come in any order.
func moreTime(before, now *time.Time) bool {
	return now != nil && (before == nil || now.After(*before))
}

// OpenDisputes lists the disputes that wait for an answer, the most urgent
// first, with the number of their order.
func (s *Store) OpenDisputes(ctx context.Context, limit int) ([]OpenDispute, error) {
	var disputes []OpenDispute
	err := s.read.WithContext(ctx).Model(&Dispute{}).Select("disputes.*, o.number AS order_number").
		Joins("JOIN payments p ON p.id = disputes.payment_id").Joins("JOIN orders o ON o.id = p.order_id").
		Where("disputes.status IN ?", openDisputes()).Order("disputes.evidence_due_at, disputes.id").Limit(limit).Scan(&disputes).Error
	if err != nil {
		return nil, fmt.Errorf("list open disputes: %w", err)
	}
	return disputes, nil
}

// OpenDispute is a dispute with the number of its order.
type OpenDispute struct {
	Dispute     `gorm:"embedded"`
	OrderNumber string
}

// openDisputes are the statuses of an undecided dispute.
func openDisputes() []string {
	var open []string
	for status := range disputeRank {
		if (Dispute{Status: status}).Open() {
			open = append(open, status)
		}
	}
	return open
}
