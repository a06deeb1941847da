package models

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// FillBackordersArgs is the job that hands pieces that came to the orders that
// wait for them.
type FillBackordersArgs struct{}

// Kind names the job. Stored jobs carry it, so it never changes.
func (FillBackordersArgs) Kind() string { return "fill_backorders" }

// lockVariant loads a variant and keeps others from changing it until the
// transaction ends.
func lockVariant(tx *gorm.DB, id int64) (Variant, error) {
	var variant Variant
	query := tx
	if tx.Name() == "postgres" {
		query = tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
	}
	err := query.Take(&variant, id).Error
	return variant, found(err, "find variant %d", id)
}

// reserveBeyond holds what is there of a line's pieces and promises the rest,
// where the variant is sold beyond its stock. It reports false, with nothing
// changed, where it is not, and returns the variant as it was.
func reserveBeyond(tx *gorm.DB, order *Order, line CartLine) (Variant, bool, error) {
	now, err := lockVariant(tx, line.VariantID)
	if err != nil || !now.SoldBeyond() {
		return now, false, err
	}
	// What others wait for is theirs, also in the moment before they get it.
	there := min(max(now.Available()-now.Backordered, 0), line.Quantity)
	err = tx.Model(&Variant{}).Where("id = ?", now.ID).UpdateColumns(map[string]any{
		"reserved": gorm.Expr("reserved + ?", there), "backordered": gorm.Expr("backordered + ?", line.Quantity-there),
	}).Error
	if err != nil {
		return now, false, fmt.Errorf("promise variant %d: %w", now.ID, err)
	}
	return now, true, noteBeyond(tx, order, now.ID, line.Quantity-there)
}

// forgetBeyond notes that all of a line is there, which it was not when it was
// reserved before.
func forgetBeyond(tx *gorm.DB, order *Order, variantID int64) error {
	for _, item := range order.Items {
		if item.VariantID == variantID && item.Backordered > 0 {
			return noteBeyond(tx, order, variantID, 0)
		}
	}
	return nil
}

func noteBeyond(tx *gorm.DB, order *Order, variantID, pieces int64) error {
	for i := range order.Items {
		if order.Items[i].VariantID == variantID {
			order.Items[i].Backordered, order.Items[i].Owed = pieces, pieces
		}
	}
	err := tx.Model(&OrderItem{}).Where("order_id = ? AND variant_id = ?", order.ID, variantID).
		UpdateColumns(map[string]any{"backordered": pieces, "owed": pieces}).Error
	if err != nil {
		return fmt.Errorf("note what order %d waits for: %w", order.ID, err)
	}
	return nil
}

// owe changes how many pieces of an order's line, and so of its variant, are
// owed.
func owe(tx *gorm.DB, order *Order, item OrderItem, change int64) error {
	err := tx.Model(&Variant{}).Where("id = ?", item.VariantID).UpdateColumn("backordered", gorm.Expr("backordered + ?", change)).Error
	if err == nil {
		err = tx.Model(&OrderItem{}).Where("id = ?", item.ID).UpdateColumn("owed", gorm.Expr("owed + ?", change)).Error
	}
	if err != nil {
		return fmt.Errorf("change what is owed of variant %d to order %d: %w", item.VariantID, order.ID, err)
	}
	for i := range order.Items {
		if order.Items[i].ID == item.ID {
			order.Items[i].Owed += change
		}
	}
	return nil
}

// releaseBeyond takes the promise of a line back.
func (s *Store) releaseBeyond(tx *gorm.DB, order *Order, item OrderItem) error {
	return owe(tx, order, item, -item.Owed)
}

// fillSoon has pieces of a variant handed to the orders that wait for them,
// where there are both.
func (s *Store) fillSoon(tx *gorm.DB, v Variant) error {
	if v.Backordered > 0 && v.Available() > 0 {
		return s.enqueue(tx, FillBackordersArgs{}, nil)
	}
	return nil
}

// fillLater is fillSoon for the variants of a product.
func (s *Store) fillLater(tx *gorm.DB, productID int64) error {
	var waiting int64
	err := tx.Model(&Variant{}).Where("product_id = ? AND backordered > 0 AND stock > reserved", productID).Count(&waiting).Error
	if err != nil {
		return fmt.Errorf("look for orders that wait for product %d: %w", productID, err)
	}
	if waiting > 0 {
		return s.enqueue(tx, FillBackordersArgs{}, nil)
	}
	return nil
}

// fillReturned is fillSoon for the variants of pieces that came back.
func (s *Store) fillReturned(tx *gorm.DB, returned []stockMove) error {
	ids := make([]int64, len(returned))
	for i, move := range returned {
		ids[i] = move.VariantID
	}
	var waiting []Variant
	if err := tx.Where("id IN ? AND backordered > 0", ids).Find(&waiting).Error; err != nil {
		return fmt.Errorf("look for orders that wait for what came back: %w", err)
	}
	for _, variant := range waiting {
		if err := s.fillSoon(tx, variant); err != nil {
			return err
		}
	}
	return nil
}

// backordersAtOnce is how many waiting lines are looked at together.
const backordersAtOnce = 500

// FillBackorders hands pieces that are on hand to the orders that wait for them,
// the oldest first, and says how many pieces. To an open checkout they become
// reserved; of a paid order they are sold, with their row in the ledger.
func (s *Store) FillBackorders(ctx context.Context) (int64, error) {
	filled := int64(0)
	for more := true; more; {
		var waiting []OrderItem
		err := s.read.WithContext(ctx).Select("id", "order_id", "variant_id").
			Where("owed > 0 AND variant_id IN (SELECT id FROM variants WHERE backordered > 0 AND stock > reserved)").
			Order("order_id, id").Limit(backordersAtOnce).Find(&waiting).Error
		if err != nil {
			return filled, fmt.Errorf("list the lines that wait for pieces: %w", err)
		}
		handed := int64(0)
		empty := map[int64]bool{} // variants of which nothing is left
		for _, line := range waiting {
			if empty[line.VariantID] {
				continue
			}
			var pieces int64
			err := s.transaction(ctx, func(tx *gorm.DB) (err error) {
				pieces, empty[line.VariantID], err = s.fillLine(tx, line)
				return err
			})
			if err != nil {
				return filled, fmt.Errorf("hand pieces to order %d: %w", line.OrderID, err)
			}
			handed += pieces
		}
		filled += handed
		more = handed > 0 && len(waiting) == backordersAtOnce
	}
	return filled, nil
}

// fillLine hands a line what is there of what it is owed, and says whether
// nothing is left of the variant. The order is locked before the variant, as
// everywhere.
func (s *Store) fillLine(tx *gorm.DB, line OrderItem) (pieces int64, empty bool, err error) {
	order, err := lockOrder(tx, line.OrderID)
	if err != nil {
		return 0, false, err
	}
	at := slices.IndexFunc(order.Items, func(i OrderItem) bool { return i.ID == line.ID })
	if at < 0 || order.Items[at].Owed == 0 || order.StockStatus == StockReleased {
		return 0, false, nil
	}
	item := order.Items[at]
	variant, err := lockVariant(tx, item.VariantID)
	if err != nil {
		return 0, false, err
	}
	pieces = min(item.Owed, variant.Available())
	if empty = variant.Available() <= item.Owed; pieces <= 0 {
		return 0, true, nil
	}
	if order.StockStatus == StockReserved {
		err = tx.Model(&Variant{}).Where("id = ?", variant.ID).UpdateColumn("reserved", gorm.Expr("reserved + ?", pieces)).Error
	} else {
		_, err = s.moveStock(tx, soldBy(&order, scheduler.Email), []stockMove{{variant.ID, -pieces}}, false)
	}
	if err != nil {
		return 0, false, fmt.Errorf("hand pieces of variant %d over: %w", variant.ID, err)
	}
	if err := owe(tx, &order, item, -pieces); err != nil {
		return 0, false, err
	}
	return pieces, empty, catalogueChanged(tx)
}

// oweNothing takes off all that is owed to an order whose shopper got the money
// back.
func oweNothing(tx *gorm.DB, order *Order) error {
	for _, item := range itemsByVariant(order.Items) {
		if item.Owed > 0 {
			if err := owe(tx, order, item, -item.Owed); err != nil {
				return err
			}
		}
	}
	return nil
}

// returnOwed takes off what is owed to an order what its shopper got money for,
// and returns how many pieces of these never left the shop.
func returnOwed(tx *gorm.DB, order *Order, item OrderItem, pieces int64) (int64, error) {
	never := min(item.Owed, pieces)
	if never == 0 {
		return 0, nil
	}
	return never, owe(tx, order, item, -never)
}
