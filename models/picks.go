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
