package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Event is a verified event of Stripe's.
type Event struct {
	ID         string
	Type       string
	APIVersion string
	Livemode   bool
	Payload    []byte           // as it came
	Session    *CheckoutSession // for the types that carry one
}

// ReceiveEvent stores an event and applies it, in one transaction: when it
// returns without an error, both are safe on disk, and a job for what must
// follow is too. However often and from however many sides an event comes, it
// takes effect once.
func (s *Store) ReceiveEvent(ctx context.Context, event Event) (StripeEvent, error) {
	row := StripeEvent{
		ID: event.ID, Type: event.Type, APIVersion: event.APIVersion, Livemode: event.Livemode,
		Outcome: OutcomeIgnored, Deliveries: 1, Payload: event.Payload, ReceivedAt: s.now(),
	}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		// Writing first makes every further delivery of the same event wait
		// here until this one is decided.
		err := tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "id"}},
			DoUpdates: clause.Assignments(map[string]any{"deliveries": gorm.Expr("stripe_events.deliveries + 1")}),
		}, clause.Returning{Columns: []clause.Column{{Name: "deliveries"}, {Name: "outcome"}}}).Create(&row).Error
		if err != nil {
			return fmt.Errorf("store: %w", err)
		}
		if row.Deliveries > 1 || event.Session == nil {
			return nil
		}
		applied, err := s.applySession(tx, *event.Session, event.Type)
		if err != nil {
			return err
		}
		row.Outcome, row.Detail = applied.Outcome, applied.Detail
		if applied.OrderID != 0 {
			row.OrderID = &applied.OrderID
		}
		return tx.Model(&StripeEvent{}).Where("id = ?", row.ID).
			Updates(map[string]any{"outcome": row.Outcome, "detail": row.Detail, "order_id": row.OrderID}).Error
	})
	if err != nil {
		return row, fmt.Errorf("receive event %s (%s): %w", event.ID, event.Type, err)
	}
	return row, nil
}
