package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// CollectionEdit is a collection as somebody wants it to be.
type CollectionEdit struct {
	Version     int64 // of the collection it was made from
	Name        string
	Slug        string // empty: made of the name
	Description string
	Position    int
	Rule        *Rule           // what it holds; nil: what is put into it
	Sort        ProductSort     // empty: SortFeatured
	Places      map[int64]int64 // where SortByHand puts products, by their ids; others stay where they are
}

// maxPosition bounds the place of a collection in the list.
const maxPosition = 1_000_000

// Faults says what cannot be stored, whatever is in the database.
func (e CollectionEdit) Faults() InvalidErrors {
	var faults InvalidErrors
	checkNameAndSlug(&faults, e.Name, e.Slug)
	checkText(&faults, "description", "Description", e.Description, maxSummary)
	if e.Position < 0 || e.Position > maxPosition {
		faults.add("position", "Enter a whole number from 0: the smallest comes first.")
	}
	if e.Sort != "" && !slices.Contains(CollectionSorts[:], e.Sort) {
		faults.add("sort", "Choose an order.")
	}
	if e.Rule != nil {
		faults = append(faults, e.Rule.Faults()...)
	}
	return faults
}

// formerCollectionSlug is an address a collection had before.
type formerCollectionSlug struct {
	Slug         string `gorm:"primaryKey"`
	CollectionID int64
	CreatedAt    time.Time
}

// TableName is the table of former addresses of collections.
func (formerCollectionSlug) TableName() string { return "collection_slugs" }

// CollectionSlugAfter returns the present slug of the collection that once had
// the slug given, or ErrNotFound.
func (s *Store) CollectionSlugAfter(ctx context.Context, former string) (string, error) {
	var collection Collection
	err := s.read.WithContext(ctx).Select("slug").Where("id = (SELECT collection_id FROM collection_slugs WHERE slug = ?)", former).Take(&collection).Error
	return collection.Slug, found(err, "find the collection that was %q", former)
}

// leadOn has the address that a collection had lead to the one it has now, and
// no former address hide one that is in use.
func (s *Store) leadOn(tx *gorm.DB, before string, now Collection) error {
	if err := tx.Where("slug = ?", now.Slug).Delete(&formerCollectionSlug{}).Error; err != nil {
		return fmt.Errorf("take the address %s: %w", now.Slug, err)
	}
	if before == "" || before == now.Slug {
		return nil
	}
	row := formerCollectionSlug{Slug: before, CollectionID: now.ID, CreatedAt: s.now()}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("lead on from the address %s: %w", before, err)
	}
	return nil
}

// CollectionByID returns a collection.
func (s *Store) CollectionByID(ctx context.Context, id int64) (Collection, error) {
	var collection Collection
	err := s.read.WithContext(ctx).Take(&collection, id).Error
	return collection, found(err, "find collection %d", id)
}

// CollectionSize is how many products a collection has.
type CollectionSize struct {
	Products int64 // all of them
	ForSale  int64 // the active ones
}

// CollectionSizes counts the products of collections, by the collection's id.
// What has none is not among them.
func (s *Store) CollectionSizes(ctx context.Context, ids []int64) (map[int64]CollectionSize, error) {
	var rows []struct {
		CollectionID int64
		CollectionSize
	}
	err := s.read.WithContext(ctx).Raw(`SELECT collection_id, COUNT(*) AS products,
		COUNT(CASE WHEN product_id NOT IN (SELECT id FROM products WHERE status IN ?) THEN 1 END) AS for_sale
		FROM collection_products WHERE collection_id IN ? GROUP BY collection_id`,
		[]string{ProductDraft, ProductScheduled, ProductArchived}, ids).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count the products of collections: %w", err)
	}
	sizes := map[int64]CollectionSize{}
	for _, row := range rows {
		sizes[row.CollectionID] = row.CollectionSize
	}
	return sizes, nil
}

// SaveCollection stores a collection: a new one for id 0. It returns ErrConflict
// where somebody else saved it meanwhile, ErrNotFound and InvalidErrors.
func (s *Store) SaveCollection(ctx context.Context, id int64, edit CollectionEdit, actor Actor) (Collection, error) {
	collection := Collection{ID: id}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		before, formerSlug := "", ""
		if id != 0 {
			var stored Collection
			if err := tx.Take(&stored, id).Error; err != nil {
				return found(err, "find collection %d", id)
			}
			if stored.Version != edit.Version {
				return ErrConflict
			}
			before, formerSlug = collectionState(stored), stored.Slug
		}
		faults := edit.Faults()
		var err error
		if collection, err = edit.collection(tx, id, &faults); err != nil {
			return err
		}
		if err := faults.orNil(); err != nil {
			return err
		}
		if id == 0 {
			err = tx.Create(&collection).Error
		} else {
			err = unchanged(tx.Model(&Collection{}).Where("id = ? AND version = ?", id, edit.Version).Updates(map[string]any{
				"slug": collection.Slug, "name": collection.Name, "description": collection.Description, "position": collection.Position,
				"rule": collection.Rule, "sort": collection.Sort, "version": collection.Version,
			}))
		}
		if err != nil {
			return asTaken(err, "slug", "Another collection has that address. Choose another one.")
		}
		if err := s.leadOn(tx, formerSlug, collection); err != nil {
			return err
		}
		if err := s.fillCollection(tx, collection, edit.Places); err != nil {
			return err
		}
		if err := s.audit(tx, actor, AuditCollectionSaved, "collection "+collection.Slug, before, collectionState(collection)); err != nil {
			return err
		}
		if err := learnName(tx, collection.Name); err != nil {
			return fmt.Errorf("learn the words of its name: %w", err)
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return collection, fmt.Errorf("save collection %d: %w", id, err)
	}
	return collection, nil
}

// collection is the row to store.
func (e CollectionEdit) collection(tx *gorm.DB, id int64, faults *InvalidErrors) (Collection, error) {
	collection := Collection{ID: id, Slug: e.Slug, Name: e.Name, Description: e.Description, Position: e.Position, Sort: cmp.Or(e.Sort, SortFeatured)}
	if id != 0 {
		collection.Version = e.Version + 1
	}
	var err error
	if e.Rule != nil {
		if collection.Rule, err = e.Rule.text(); err != nil {
			return collection, err
		}
	}
	if e.Slug == "" {
		collection.Slug, err = freeSlug(tx, &Collection{}, id, cmp.Or(Slug(e.Name), "collection"))
		return collection, err
	}
	taken, err := slugTaken(tx, &Collection{}, id, e.Slug)
	if taken {
		faults.add("slug", "Another collection has that address. Choose another one.")
	}
	return collection, err
}

// collectionState is what the audit log says of a collection.
func collectionState(c Collection) string {
	state := fmt.Sprintf("%s, /collections/%s, position %d", c.Name, c.Slug, c.Position)
	if c.Rule != "" {
		state += ", by rule " + c.Rule
	}
	return state
}

// DeleteCollection deletes a collection. Its products stay. It returns
// ErrConflict where somebody saved it since this version, ErrNotFound, and an
// InvalidError where a discount counts for it alone: that would count for
// everything.
func (s *Store) DeleteCollection(ctx context.Context, id, version int64, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		var collection Collection
		if err := s.toChange(tx).Take(&collection, id).Error; err != nil {
			return found(err, "find collection %d", id)
		}
		var only []Discount
		err := tx.Where("id IN (SELECT discount_id FROM discount_collections WHERE collection_id = ?)", id).
			Where("id NOT IN (SELECT discount_id FROM discount_collections WHERE collection_id <> ?)", id).
			Where("id NOT IN (SELECT discount_id FROM discount_products)").Order("id").Limit(1).Find(&only).Error
		if err != nil {
			return fmt.Errorf("look for discounts for it: %w", err)
		}
		if len(only) > 0 {
			return &InvalidError{"collection", fmt.Sprintf("The discount “%s” counts for this collection alone: without it, it would count for everything. Let it count for something else first.", only[0].Label())}
		}
		if err := unchanged(tx.Where("version = ?", version).Delete(&Collection{ID: id})); err != nil {
			return err
		}
		if err := s.audit(tx, actor, AuditCollectionDeleted, "collection "+collection.Slug, collectionState(collection), ""); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("delete collection %d: %w", id, err)
	}
	return nil
}
