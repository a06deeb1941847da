package models

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
)

// PublishArgs is the job that puts on sale what is due.
type PublishArgs struct{}

// Kind names the job. Stored jobs carry it, so it never changes.
func (PublishArgs) Kind() string { return "publish" }

// scheduler acts for the moment that staff chose.
var scheduler = Actor{Email: "schedule"}

// publishAt is when the draft goes on sale by itself, or nil.
func (d ProductEdit) publishAt() *time.Time {
	if d.Status != ProductScheduled || d.PublishAt == nil {
		return nil
	}
	at := d.PublishAt.UTC()
	return &at
}

// productStored does what follows from a stored draft, in its transaction:
// before is the product as it was, empty for a new one.
func (s *Store) productStored(tx *gorm.DB, before Product, id int64, draft ProductEdit, actor Actor) error {
	if draft.Related != nil {
		if err := writeRelated(tx, id, draft.Related); err != nil {
			return err
		}
	}
	if at := draft.publishAt(); at != nil {
		if err := s.enqueue(tx, PublishArgs{}, &river.InsertOpts{ScheduledAt: *at}); err != nil {
			return err
		}
	}
	if err := s.fillLater(tx, id); err != nil {
		return err
	}
	return s.productListed(tx, before, id, actor)
}

// productListed writes the price history on, puts the product into the
// collections whose rules choose it now, and lets it be found by what it is.
func (s *Store) productListed(tx *gorm.DB, before Product, id int64, actor Actor) error {
	if err := s.enterPrices(tx, before, id, actor.Email); err != nil {
		return err
	}
	if err := s.applyRules(tx, id); err != nil {
		return err
	}
	return s.indexProducts(tx, []int64{id})
}

// PublishDue puts on sale every product whose moment has come and says how many
// they were. It may be called as often as one likes.
func (s *Store) PublishDue(ctx context.Context) (int, error) {
	var due []int64
	err := s.read.WithContext(ctx).Model(&Product{}).
		Where("publish_at IS NOT NULL AND publish_at <= ? AND status = ?", s.now(), ProductScheduled).Order("id").Pluck("id", &due).Error
	if err != nil {
		return 0, fmt.Errorf("look for products that are due: %w", err)
	}
	published := 0
	for _, id := range due {
		done := false
		err := s.transaction(ctx, func(tx *gorm.DB) error {
			done = false
			before, err := productByID(tx, id)
			if err != nil {
				return err
			}
			result := tx.Model(&Product{}).Where("id = ? AND status = ? AND publish_at <= ?", id, ProductScheduled, s.now()).Updates(map[string]any{
				"status": ProductActive, "publish_at": nil, "version": gorm.Expr("version + 1"), "updated_at": s.now(),
			})
			if result.Error != nil || result.RowsAffected == 0 {
				return result.Error
			}
			done = true
			if err := s.productListed(tx, before, id, scheduler); err != nil {
				return err
			}
			after := before
			after.Status, after.PublishAt = ProductActive, nil
			if err := s.audit(tx, scheduler, AuditProductChanged, "product "+before.Slug, productState(before), productState(after)); err != nil {
				return err
			}
			return catalogueChanged(tx)
		})
		if err != nil {
			return published, fmt.Errorf("put product %d on sale: %w", id, err)
		}
		if done {
			published++
		}
	}
	return published, nil
}
