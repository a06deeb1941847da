package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Event is a verified event of Stripe's.
type Event struct {
	ID         string
	Type       string
	APIVersion string
	Livemode   bool
	Payload    []byte // as it came
	// What the event is about, for the types the shop handles.
	Session *CheckoutSession
	Charge  *Charge
	Refund  *StripeRefund
	Dispute *StripeDispute
	Intent  *PaymentIntent
}

// Handled reports whether the event is of a type that can change something.
func (e Event) Handled() bool {
	return e.Session != nil || e.Charge != nil || e.Refund != nil || e.Dispute != nil || e.Intent != nil
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
		if row.Deliveries > 1 {
			return nil
		}
		return s.applyEvent(tx, &row, event)
	})
	if err != nil {
		return row, fmt.Errorf("receive event %s (%s): %w", event.ID, event.Type, err)
	}
	return row, nil
}

// applyEvent applies an event and notes on its row what came of it.
func (s *Store) applyEvent(tx *gorm.DB, row *StripeEvent, event Event) error {
	var applied Applied
	var err error
	switch {
	case event.Session != nil:
		applied, err = s.applySession(tx, *event.Session, event.Type)
	case event.Charge != nil && event.Type == EventChargeRefunded:
		applied, err = s.applyChargeRefunded(tx, *event.Charge)
	case event.Refund != nil:
		applied, err = s.applyRefund(tx, *event.Refund)
	case event.Dispute != nil:
		applied, err = s.applyDispute(tx, *event.Dispute)
	case event.Intent != nil && event.Type == EventPaymentIntentSucceeded:
		applied, err = s.applyIntent(tx, *event.Intent)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	row.Outcome, row.Detail = applied.Outcome, applied.Detail
	if applied.OrderID != 0 {
		row.OrderID = &applied.OrderID
	}
	return tx.Model(&StripeEvent{}).Where("id = ?", row.ID).
		Updates(map[string]any{"outcome": row.Outcome, "detail": row.Detail, "order_id": row.OrderID}).Error
}

// ReplayEvent applies a stored event again, decoded anew from its payload, and
// returns what came of it. What it would change has usually happened already:
// then the row keeps what the event did at first.
func (s *Store) ReplayEvent(ctx context.Context, event Event, actor Actor) (StripeEvent, error) {
	var row StripeEvent
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		// Written first, as in ReceiveEvent, to stand in line with deliveries.
		result := tx.Model(&StripeEvent{}).Where("id = ?", event.ID).UpdateColumn("detail", gorm.Expr("detail"))
		if result.Error != nil {
			return result.Error
		}
		if err := tx.Where("id = ?", event.ID).Take(&row).Error; err != nil {
			return err
		}
		first := row
		if err := s.applyEvent(tx, &row, event); err != nil {
			return err
		}
		if row.Outcome == OutcomeUnchanged { // what the event did when it came stays written
			err := tx.Model(&StripeEvent{}).Where("id = ?", row.ID).
				Updates(map[string]any{"outcome": first.Outcome, "detail": first.Detail, "order_id": cmp.Or(first.OrderID, row.OrderID)}).Error
			if err != nil {
				return err
			}
		}
		if err := s.audit(tx, actor, AuditEventReplayed, event.ID, "", row.Outcome); err != nil || row.OrderID == nil {
			return err
		}
		return s.record(tx, *row.OrderID, "event_replayed", actor.Email, event.Type+": "+row.Outcome)
	})
	return row, found(err, "replay event %s", event.ID)
}

// StripeEventByID returns a stored event with its payload.
func (s *Store) StripeEventByID(ctx context.Context, id string) (StripeEvent, error) {
	var event StripeEvent
	err := s.read.WithContext(ctx).Where("id = ?", id).Take(&event).Error
	return event, found(err, "find event %s", id)
}

// EventFilter chooses stored events.
type EventFilter struct {
	Search  string // an event's id, or the beginning of a type
	Outcome string
	// Only events that came before this one: the key of the page before.
	BeforeTime time.Time
	BeforeID   string
	Limit      int
}

// StripeEvents lists stored events, newest first, without their payloads.
func (s *Store) StripeEvents(ctx context.Context, f EventFilter) ([]StripeEvent, error) {
	query := s.read.WithContext(ctx).Omit("Payload").Order("received_at DESC, id DESC").Limit(f.Limit)
	if f.Outcome != "" {
		query = query.Where("outcome = ?", f.Outcome)
	}
	if !f.BeforeTime.IsZero() {
		query = query.Where("(received_at, id) < (?, ?)", f.BeforeTime.UTC(), f.BeforeID)
	}
	query = query.Session(&gorm.Session{})
	var events []StripeEvent
	var err error
	if f.Search == "" {
		err = query.Find(&events).Error
	} else {
		events, err = s.findEvents(ctx, query, f)
	}
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return events, nil
}

// findEvents looks for the event of an id, and then for those of each type that
// begins as it, one type after the other: together, a type that hardly ever
// comes would be looked for in all events.
func (s *Store) findEvents(ctx context.Context, query *gorm.DB, f EventFilter) ([]StripeEvent, error) {
	var events []StripeEvent
	if err := query.Where("id = ?", f.Search).Find(&events).Error; err != nil || len(events) > 0 {
		return events, err
	}
	var types []string
	err := s.read.WithContext(ctx).Raw(`WITH RECURSIVE known(type) AS (
		SELECT MIN(type) FROM stripe_events
		UNION ALL SELECT (SELECT MIN(type) FROM stripe_events e WHERE e.type > known.type) FROM known WHERE known.type IS NOT NULL)
		SELECT type FROM known WHERE type IS NOT NULL`).Scan(&types).Error
	if err != nil {
		return nil, err
	}
	for _, kind := range types {
		if !strings.HasPrefix(kind, strings.ToLower(f.Search)) {
			continue
		}
		var some []StripeEvent
		if err := query.Where("type = ?", kind).Find(&some).Error; err != nil {
			return nil, err
		}
		events = append(events, some...)
	}
	slices.SortFunc(events, func(a, b StripeEvent) int {
		return cmp.Or(b.ReceivedAt.Compare(a.ReceivedAt), strings.Compare(b.ID, a.ID))
	})
	return events[:min(f.Limit, len(events))], nil
}
