package models

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
)

// SchemaVersion returns the version of the database's schema, 0 for an empty
// database, and the newest one this program knows. It changes nothing.
func (s *Store) SchemaVersion(ctx context.Context) (current, known int64, err error) {
	provider, err := s.migrationProvider()
	if err != nil {
		return 0, 0, err
	}
	sources := provider.ListSources()
	known = sources[len(sources)-1].Version
	if !s.read.WithContext(ctx).Migrator().HasTable(goose.DefaultTablename) {
		return 0, known, nil
	}
	if current, _, err = provider.GetVersions(ctx); err != nil {
		return 0, known, fmt.Errorf("read the schema's version: %w", err)
	}
	return current, known, nil
}

// Clock is what time PostgreSQL has. SQLite has none of its own: its time is
// this machine's.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	if !s.postgres {
		return s.now(), nil
	}
	var now time.Time
	if err := s.read.WithContext(ctx).Raw("SELECT clock_timestamp()").Row().Scan(&now); err != nil {
		return now, fmt.Errorf("read the database's clock: %w", err)
	}
	return now, nil
}

// Backlog is how the jobs stand.
type Backlog struct {
	Waiting int64      // due, and not begun
	Oldest  *time.Time // since when the first of them is due
	GivenUp int64      // nobody will try again; jobs that come again by the clock do not count
}

// Backlog counts the jobs that wait and those that were given up.
func (s *Store) Backlog(ctx context.Context) (Backlog, error) {
	var b Backlog
	db := s.read.WithContext(ctx)
	due := db.Table("river_job").Where("state = ?", "available").Session(&gorm.Session{})
	var oldest []struct{ ScheduledAt time.Time }
	for _, err := range []error{
		due.Count(&b.Waiting).Error,
		due.Select("scheduled_at").Order("scheduled_at").Limit(1).Scan(&oldest).Error,
		db.Table("river_job").Where("state IN ? AND max_attempts > 1", []string{"cancelled", "discarded"}).Count(&b.GivenUp).Error,
	} {
		if err != nil {
			return b, fmt.Errorf("count the jobs: %w", err)
		}
	}
	if len(oldest) > 0 {
		b.Oldest = &oldest[0].ScheduledAt
	}
	return b, nil
}

// EventReceivedAt returns when an event came in.
func (s *Store) EventReceivedAt(ctx context.Context, id string) (time.Time, error) {
	var event StripeEvent
	err := s.read.WithContext(ctx).Select("received_at").Where("id = ?", id).Take(&event).Error
	return event.ReceivedAt, found(err, "find event %s", id)
}

// Waiting is what the shop waits for, and what it last heard.
type Waiting struct {
	LastEvent  *time.Time // when Stripe's newest event came
	OpenOrders int64      // placed and neither paid nor over
	Oldest     *time.Time // when the first of them was placed
}

// Waiting returns what the shop waits for.
func (s *Store) Waiting(ctx context.Context) (Waiting, error) {
	var w Waiting
	db := s.read.WithContext(ctx)
	var events []StripeEvent
	open := db.Model(&Order{}).Where("status IN ?", []OrderStatus{OrderPending, OrderAwaitingPayment}).Session(&gorm.Session{})
	for _, err := range []error{
		db.Select("received_at").Order("received_at DESC").Limit(1).Find(&events).Error,
		open.Count(&w.OpenOrders).Error,
	} {
		if err != nil {
			return w, fmt.Errorf("read what the shop waits for: %w", err)
		}
	}
	for _, status := range []OrderStatus{OrderPending, OrderAwaitingPayment} { // one by one, each by its index
		var oldest []Order
		if err := db.Select("created_at").Where("status = ?", status).Order("id").Limit(1).Find(&oldest).Error; err != nil {
			return w, fmt.Errorf("read what the shop waits for: %w", err)
		}
		if len(oldest) > 0 && (w.Oldest == nil || oldest[0].CreatedAt.Before(*w.Oldest)) {
			w.Oldest = &oldest[0].CreatedAt
		}
	}
	if len(events) > 0 {
		w.LastEvent = &events[0].ReceivedAt
	}
	return w, nil
}

// Silence is that Stripe's webhooks have stopped coming: an order was paid, and
// Stripe told nothing. The zero Silence is that all is well.
type Silence struct {
	OrderNumber string
	PaidAt      time.Time
}

// Silent reports whether webhooks have stopped coming.
func (s Silence) Silent() bool { return s.OrderNumber != "" }

// The bounds of Silence.
const (
	silenceAfter  = 15 * time.Minute    // how late an event may be before it counts as missing
	silenceSlack  = 5 * time.Minute     // how far the clocks of replicas may differ
	silenceWithin = 30 * 24 * time.Hour // what an order says about the webhooks of today
	silenceOrders = 200                 // how many of the newest orders are looked at
)

// Silence reports whether webhooks have stopped coming.
//
// Every payment makes Stripe send an event. So where an order was found paid,
// by the success page or the reconciler, and in the quarter of an hour after
// that, and ever since, no event of any kind came in, the events are lost on
// their way. An order that a webhook paid has that webhook as its event.
//
// Nothing else counts. A shop where nobody buys hears nothing, and is well. So
// is one whose shoppers leave the payment page: an open order waits for up to
// a day without a word from Stripe. The next event of any kind ends the alarm,
// also one that `stripe setup` or `doctor` causes.
func (s *Store) Silence(ctx context.Context) (Silence, error) {
	db := s.read.WithContext(ctx)
	newest := db.Model(&Order{}).Select("number, paid_at").Order("id DESC").Limit(silenceOrders)
	var order Order
	now := s.now()
	err := db.Table("(?) AS newest", newest).Select("number, paid_at").
		Where("paid_at > ? AND paid_at < ?", now.Add(-silenceWithin), now.Add(-silenceAfter)).
		Order("paid_at DESC").Limit(1).Take(&order).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Silence{}, nil
	}
	if err != nil {
		return Silence{}, fmt.Errorf("find the order paid last: %w", err)
	}
	var heard []StripeEvent
	err = db.Select("id").Where("received_at > ?", order.PaidAt.Add(-silenceSlack)).Limit(1).Find(&heard).Error
	if err != nil {
		return Silence{}, fmt.Errorf("find the events since order %s: %w", order.Number, err)
	}
	if len(heard) > 0 {
		return Silence{}, nil
	}
	return Silence{OrderNumber: order.Number, PaidAt: *order.PaidAt}, nil
}
