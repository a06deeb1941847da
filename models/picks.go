package models

import (
	"context"
	"fmt"
	"strings"
)

// Named is a row's id and name, for lists to choose from.
type Named struct {
	ID   int64
	Name string
}

// GoodsForSale counts the products for sale among those that a discount names;
// one that names nothing is for every product.
func (s *Store) GoodsForSale(ctx context.Context, d Discount) (int64, error) {
	query := s.read.WithContext(ctx).Model(&Product{}).Where("status = ?", ProductActive)
	if len(d.ProductIDs)+len(d.CollectionIDs) > 0 {
		query = query.Where("(id IN ? OR id IN (SELECT product_id FROM collection_products WHERE collection_id IN ?))",
			append([]int64{0}, d.ProductIDs...), append([]int64{0}, d.CollectionIDs...))
	}
	var count int64
	if err := query.Count(&count).Error; err != nil {
		return 0, fmt.Errorf("count the goods of a discount: %w", err)
	}
	return count, nil
}

// CollectionFilter chooses collections by name.
type CollectionFilter struct {
	IDs    []int64 // these alone; nil: any
	Search string  // part of the name, in any case
	ByHand bool    // only those without a rule
	Limit  int     // 0 for all
}

// CollectionNames lists the collections a filter chooses, by name.
func (s *Store) CollectionNames(ctx context.Context, f CollectionFilter) ([]Named, error) {
	query := s.read.WithContext(ctx).Model(&Collection{}).Select("id, name").Order("LOWER(name), id")
	if f.IDs != nil {
		query = query.Where("id IN ?", f.IDs)
	}
	if typed := strings.ToLower(strings.TrimSpace(f.Search)); typed != "" {
		query = query.Where(`LOWER(name) LIKE ? ESCAPE '\'`, "%"+escapeLike(typed)+"%")
	}
	if f.ByHand {
		query = query.Where("rule = ''")
	}
	if f.Limit > 0 {
		query = query.Limit(f.Limit)
	}
	var found []Named
	if err := query.Scan(&found).Error; err != nil {
		return nil, fmt.Errorf("list the names of collections: %w", err)
	}
	return found, nil
}
