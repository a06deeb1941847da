package models

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// EnsureShop makes the shop's row where there is none and returns it. Name and
// currency are used only then. It returns an InvalidError for a currency that
// ISO 4217 does not know.
func (s *Store) EnsureShop(ctx context.Context, name, currency string) (Shop, error) {
	var shop Shop
	if !ValidCurrency(currency) {
		return shop, &InvalidError{Field: "currency", Message: "“" + currency + "” is no currency of ISO 4217"}
	}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		row := Shop{ID: 1, Name: name, Currency: currency, CatalogueVersion: 1, HomeCountry: "US", TaxMode: TaxNone}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return err
		}
		return tx.Take(&shop, 1).Error
	})
	return shop, found(err, "make the shop's row")
}

// Shop returns the shop's row, or ErrNotFound before EnsureShop.
func (s *Store) Shop(ctx context.Context) (Shop, error) {
	var shop Shop
	err := s.read.WithContext(ctx).Take(&shop, 1).Error
	return shop, found(err, "read the shop's row")
}

// lowStock is how many available pieces or fewer a page counts out loud. Only
// at or below it does a changed stock change a page.
const lowStock = 5

// LowStock reports whether so few are available that pages say how many.
func LowStock(available int64) bool { return available > 0 && available <= lowStock }

// catalogueChanged makes every replica draw its pages anew. Call it last in a
// transaction: the row is everyone's.
func catalogueChanged(tx *gorm.DB) error {
	return tx.Model(&Shop{}).Where("id = ?", 1).
		UpdateColumn("catalogue_version", gorm.Expr("catalogue_version + 1")).Error
}
