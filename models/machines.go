package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// ProductAddress is where an active product is found, and when it last changed.
type ProductAddress struct {
	ID        int64
	Slug      string
	UpdatedAt time.Time
}

// forSale are the active products with an id above after, in the order of
// their ids.
func (s *Store) forSale(ctx context.Context, after int64) *gorm.DB {
	return s.read.WithContext(ctx).Model(&Product{}).Where("products.status = ? AND products.id > ?", ProductActive, after).Order("products.id ASC")
}

// ProductChunks cuts the ids into runs of size, from 1 to size and so on, and
// returns the numbers, from 0, of those runs that hold an active product.
func (s *Store) ProductChunks(ctx context.Context, size int64) ([]int64, error) {
	var chunks []int64
	for after := int64(0); ; {
		var next []int64
		if err := s.forSale(ctx, after).Limit(1).Pluck("products.id", &next).Error; err != nil {
			return nil, fmt.Errorf("find the product after %d: %w", after, err)
		}
		if len(next) == 0 {
			return chunks, nil
		}
		chunk := (next[0] - 1) / size
		chunks = append(chunks, chunk)
		after = (chunk + 1) * size
	}
}

// ProductAddresses lists up to limit active products with ids above after, up
// to last, by their ids.
func (s *Store) ProductAddresses(ctx context.Context, after, last int64, limit int) ([]ProductAddress, error) {
	var addresses []ProductAddress
	err := s.forSale(ctx, after).Where("products.id <= ?", last).Limit(limit).
		Select("products.id, products.slug, products.updated_at").Find(&addresses).Error
	if err != nil {
		return nil, fmt.Errorf("list the addresses of products after %d: %w", after, err)
	}
	return addresses, nil
}

// ProductsAfter returns up to limit active products with ids above after, by
// their ids, with all their details.
func (s *Store) ProductsAfter(ctx context.Context, after int64, limit int) ([]Product, error) {
	var products []Product
	err := withDetails(s.forSale(ctx, after)).Preload("Collections", inPlace).Limit(limit).Find(&products).Error
	if err != nil {
		return nil, fmt.Errorf("list the products after %d: %w", after, err)
	}
	return products, nil
}

// NewestProducts returns up to limit active products, the newest first, with
// all their details.
func (s *Store) NewestProducts(ctx context.Context, limit int) ([]Product, error) {
	var products []Product
	query := s.read.WithContext(ctx).Where("products.status = ?", ProductActive)
	err := withDetails(query).Preload("Collections", inPlace).
		Order("products.created_at DESC, products.id DESC").Limit(limit).Find(&products).Error
	if err != nil {
		return nil, fmt.Errorf("list the newest products: %w", err)
	}
	return products, nil
}
