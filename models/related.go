package models

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// MaxRelated is how many products a product page names beside its own.
const MaxRelated = 8

// writeRelated stores what goes well with a product. The product itself and
// what is gone are left out.
func writeRelated(tx *gorm.DB, id int64, related []int64) error {
	if err := tx.Exec("DELETE FROM related_products WHERE product_id = ?", id).Error; err != nil {
		return fmt.Errorf("replace what goes with product %d: %w", id, err)
	}
	var written []int64
	for position, other := range related {
		if other == id || slices.Contains(written, other) || len(written) >= MaxRelated {
			continue
		}
		written = append(written, other)
		err := tx.Exec("INSERT INTO related_products (product_id, related_id, position) SELECT ?, id, ? FROM products WHERE id = ?", id, position, other).Error
		if err != nil {
			return fmt.Errorf("note that product %d goes with product %d: %w", other, id, err)
		}
	}
	return nil
}

// RelatedIDs lists what staff chose to go well with a product.
func (s *Store) RelatedIDs(ctx context.Context, id int64) ([]int64, error) {
	var ids []int64
	err := s.read.WithContext(ctx).Table("related_products").Where("product_id = ?", id).Order("position, related_id").Pluck("related_id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("list what goes with product %d: %w", id, err)
	}
	return ids, nil
}

// RelatedProducts lists active products that go well with one, with their
// details: those staff chose, and else those that share most collections with
// it, up to limit.
func (s *Store) RelatedProducts(ctx context.Context, id int64, limit int) ([]Product, error) {
	var products []Product
	db := s.read.WithContext(ctx)
	err := withDetails(db).Joins("JOIN related_products r ON r.related_id = products.id AND r.product_id = ?", id).
		Where("products.status = ?", ProductActive).Order("r.position, products.id").Limit(limit).Find(&products).Error
	if err == nil && len(products) == 0 {
		// Of a large collection some are enough to choose from.
		var near []int64
		err = db.Raw(`SELECT p.id FROM (SELECT other.product_id FROM collection_products mine
				JOIN collection_products other ON other.collection_id = mine.collection_id AND other.product_id <> mine.product_id
				WHERE mine.product_id = ? LIMIT 400) shared
			JOIN products p ON p.id = shared.product_id WHERE p.status = ?
			GROUP BY p.id, p.featured ORDER BY COUNT(*) DESC, p.featured DESC, p.id LIMIT ?`,
			id, ProductActive, limit).Scan(&near).Error
		if err == nil && len(near) > 0 {
			err = withDetails(db).Where("products.id IN ?", near).Find(&products).Error
			slices.SortFunc(products, func(a, b Product) int { return slices.Index(near, a.ID) - slices.Index(near, b.ID) })
		}
	}
	if err != nil {
		return nil, fmt.Errorf("list what goes with product %d: %w", id, err)
	}
	return products, nil
}

// ProductsNamed lists products of any status by their ids, in the order of
// these, without their details.
func (s *Store) ProductsNamed(ctx context.Context, ids []int64) ([]Product, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var products []Product
	if err := s.read.WithContext(ctx).Where("id IN ?", ids).Find(&products).Error; err != nil {
		return nil, fmt.Errorf("list products by their ids: %w", err)
	}
	slices.SortFunc(products, func(a, b Product) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return products, nil
}
