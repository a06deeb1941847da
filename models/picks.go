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

// CollectionsNamed lists collections by their ids, by name.
func (s *Store) CollectionsNamed(ctx context.Context, ids []int64) ([]Named, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var found []Named
	err := s.read.WithContext(ctx).Model(&Collection{}).Select("id, name").Where("id IN ?", ids).Order("LOWER(name), id").Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("list collections by their ids: %w", err)
	}
	return found, nil
}

// FindCollections lists collections whose names hold what was typed, by name,
// up to most; all of them for nothing typed.
func (s *Store) FindCollections(ctx context.Context, typed string, most int) ([]Named, error) {
	query := s.read.WithContext(ctx).Model(&Collection{}).Select("id, name").Order("LOWER(name), id").Limit(most)
	if typed = strings.ToLower(strings.TrimSpace(typed)); typed != "" {
		query = query.Where(`LOWER(name) LIKE ? ESCAPE '\'`, "%"+escapeLike(typed)+"%")
	}
	var found []Named
	if err := query.Scan(&found).Error; err != nil {
		return nil, fmt.Errorf("find collections: %w", err)
	}
	return found, nil
}
