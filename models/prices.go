package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// PriceChange is a row of the price history: from its moment on, a variant had
// this price. Nothing changes or deletes one.
type PriceChange struct {
	ID        int64
	VariantID int64
	Price     int64 // minor units
	CompareAt int64 // minor units; 0 for none
	Offered   bool  // whether the product was for sale
	Actor     string
	CreatedAt time.Time // UTC
}

// priorWindow is how far back the lowest price before a reduction is looked for:
// Directive 98/6/EC, article 6a, paragraph 2.
const priorWindow = 30 * 24 * time.Hour

// enterPrices writes into the history what the product's variants cost now,
// where it is not what they cost before, and whether they were for sale. Of one
// whose reduction begins it notes the lowest price before: a reduction begins
// when shoppers first see it, however long ago somebody entered it.
func (s *Store) enterPrices(tx *gorm.DB, before Product, id int64, actor string) error {
	var now Product
	if err := tx.Preload("Variants").Take(&now, id).Error; err != nil {
		return found(err, "find product %d", id)
	}
	offered, wasOffered := now.Status == ProductActive, before.Status == ProductActive
	var rows []PriceChange
	for _, v := range now.Variants {
		was := slices.IndexFunc(before.Variants, func(b Variant) bool { return b.ID == v.ID })
		same := was >= 0 && before.Variants[was].Price == v.Price && before.Variants[was].CompareAt == v.CompareAt
		if same && offered == wasOffered {
			continue
		}
		rows = append(rows, PriceChange{VariantID: v.ID, Price: v.Price, CompareAt: v.CompareAt, Offered: offered, Actor: actor, CreatedAt: s.now()})
		if !offered {
			continue
		}
		prior, err := s.priorNow(tx, v)
		if err != nil {
			return err
		}
		if prior != v.PriorPrice {
			if err := tx.Model(&Variant{}).Where("id = ?", v.ID).UpdateColumn("prior_price", prior).Error; err != nil {
				return fmt.Errorf("note the price before of variant %d: %w", v.ID, err)
			}
		}
	}
	return enterPriceChanges(tx, rows)
}

func enterPriceChanges(tx *gorm.DB, rows []PriceChange) error {
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("write the price history: %w", err)
	}
	return nil
}

// priorNow is the prior price of a variant that is for sale from now on as it
// is. Where it was last for sale like that, its reduction goes on after a pause.
func (s *Store) priorNow(tx *gorm.DB, v Variant) (int64, error) {
	if v.CompareAt <= v.Price {
		return 0, nil
	}
	last, err := lastOffered(tx, v.ID)
	if err != nil || last.Price == v.Price && last.CompareAt == v.CompareAt {
		return v.PriorPrice, err
	}
	return priorPrice(tx, v.ID, s.now())
}

// lastOffered is the last price at which a variant was for sale, or none.
func lastOffered(tx *gorm.DB, variantID int64) (PriceChange, error) {
	var last []PriceChange
	if err := tx.Where("variant_id = ? AND offered = ?", variantID, true).Order("id DESC").Limit(1).Find(&last).Error; err != nil {
		return PriceChange{}, fmt.Errorf("read the last price of variant %d: %w", variantID, err)
	}
	if len(last) == 0 {
		return PriceChange{}, nil
	}
	return last[0], nil
}

// priorPrice is what European shops must show beside a reduction that begins at
// a moment (Directive 98/6/EC, article 6a, as Directive (EU) 2019/2161 made it,
// and the Commission's guidance on it, 2021/C 526/02):
//
//   - the lowest price at which the variant was for sale in the 30 days before;
//   - of one on sale for less long, the lowest since it is (paragraph 4);
//   - of one that was not for sale in these 30 days, the last price before them:
//     30 days are the shortest period, not the longest (paragraph 2);
//   - of one that this shop never offered, none: the prior price is one that the
//     trader applied (paragraph 2), so there is nothing yet to reduce.
//
// It is counted from when the reduction began and stays while that lasts
// (guidance, section 2). See Variant.Reduction for when one is shown.
func priorPrice(tx *gorm.DB, variantID int64, at time.Time) (int64, error) {
	var rows []PriceChange
	// From the price that was in force when the 30 days began.
	err := tx.Where(`variant_id = ? AND id >= COALESCE((SELECT MAX(id) FROM price_changes WHERE variant_id = ? AND created_at <= ?), 0)`,
		variantID, variantID, at.Add(-priorWindow)).Order("id").Find(&rows).Error
	if err != nil {
		return 0, fmt.Errorf("read the price history of variant %d: %w", variantID, err)
	}
	lowest := int64(0)
	for _, row := range rows {
		if row.Offered && (lowest == 0 || row.Price < lowest) {
			lowest = row.Price
		}
	}
	if lowest > 0 {
		return lowest, nil
	}
	last, err := lastOffered(tx, variantID)
	return last.Price, err
}

// PriceLine is a row of the price history with the variant it tells of.
type PriceLine struct {
	PriceChange
	SKU     string `gorm:"column:sku"`
	Option1 string
	Option2 string
	Option3 string
}

// Variant names the variant by its option values.
func (l PriceLine) Variant() string {
	return Variant{Option1: l.Option1, Option2: l.Option2, Option3: l.Option3}.Title()
}

// PriceHistory lists the prices that a product's variants had, newest first,
// ids below before; 0 starts at the newest.
func (s *Store) PriceHistory(ctx context.Context, productID, before int64, limit int) ([]PriceLine, error) {
	query := s.read.WithContext(ctx).Table("price_changes").Select("price_changes.*, v.sku, v.option1, v.option2, v.option3").
		Joins("JOIN variants v ON v.id = price_changes.variant_id").
		Where("v.product_id = ?", productID).Order("price_changes.id DESC").Limit(limit)
	if before > 0 {
		query = query.Where("price_changes.id < ?", before)
	}
	var lines []PriceLine
	if err := query.Scan(&lines).Error; err != nil {
		return nil, fmt.Errorf("read the price history of product %d: %w", productID, err)
	}
	return lines, nil
}

// enterFirstPrices writes the history of a product that comes with a catalogue:
// what is reduced cost its former price from the day the product was made.
func (s *Store) enterFirstPrices(tx *gorm.DB, product Product) error {
	var rows []PriceChange
	for _, v := range product.Variants {
		row := PriceChange{VariantID: v.ID, Price: v.Price, CompareAt: v.CompareAt, Offered: product.Status == ProductActive, Actor: "catalogue", CreatedAt: s.now()}
		if v.CompareAt > v.Price {
			former := row
			former.Price, former.CompareAt, former.CreatedAt = v.CompareAt, 0, cmp.Or(product.CreatedAt, s.now())
			rows = append(rows, former)
		}
		rows = append(rows, row)
	}
	err := tx.Model(&Variant{}).Where("product_id = ? AND compare_at > price", product.ID).UpdateColumn("prior_price", gorm.Expr("compare_at")).Error
	if err != nil {
		return fmt.Errorf("note the prices before of product %d: %w", product.ID, err)
	}
	return enterPriceChanges(tx, rows)
}
