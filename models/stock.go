package models

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"gorm.io/gorm"
)

// StockCause says why what is on hand changed.
type StockCause string

// The causes of a change. Stored rows carry them, so they never change.
const (
	StockOpening      StockCause = "opening"       // what a variant began with
	StockSale         StockCause = "sale"          // an order was paid
	StockRefundReturn StockCause = "refund_return" // goods of a refund are on the shelf again
	StockAdjustment   StockCause = "adjustment"    // somebody counted
)

// StockMovement is a row of the stock ledger. The rows of a variant add up to
// its stock.
type StockMovement struct {
	ID        int64
	VariantID int64
	Change    int64 // pieces; never 0
	Cause     StockCause
	OrderID   *int64
	RefundID  *int64
	Actor     string // a member of staff's mail address, stripe, or what stands in for them
	CreatedAt time.Time
}

// stockMove is so many pieces of a variant, more or fewer.
type stockMove struct{ VariantID, Change int64 }

// soldPieces are the moves that sell an order. What is owed moves when it is
// there: see FillBackorders.
func soldPieces(items []OrderItem) []stockMove {
	moves := make([]stockMove, len(items))
	for i, item := range items {
		moves[i] = stockMove{item.VariantID, item.Owed - item.Quantity}
	}
	return moves
}

// soldBy is the reason of what an order sells; actor is who took it for paid.
func soldBy(order *Order, actor string) StockMovement {
	return StockMovement{Cause: StockSale, OrderID: &order.ID, Actor: actor}
}

// sellReserved turns reservations, which cannot fail, into sales.
func (s *Store) sellReserved(tx *gorm.DB, order *Order, actor string) error {
	_, err := s.moveStock(tx, soldBy(order, actor), soldPieces(order.Items), true)
	return err
}

// takeStock sells what is not reserved. It reports false, with nothing changed,
// where not all of it is there: what others wait for is theirs.
func (s *Store) takeStock(tx *gorm.DB, order *Order, actor string) (bool, error) {
	for _, item := range itemsByVariant(order.Items) {
		variant, err := lockVariant(tx, item.VariantID)
		if errors.Is(err, ErrNotFound) {
			return false, nil
		}
		if err != nil || variant.Backordered > 0 && variant.Available()-variant.Backordered < item.Quantity {
			return false, err
		}
	}
	taken, err := s.moveStock(tx, soldBy(order, actor), soldPieces(order.Items), false)
	if err != nil || !taken {
		return false, err
	}
	return true, catalogueChanged(tx)
}

// moveStock is the one place where what is on hand changes, each move together
// with its row in the ledger. why is the row without what and when. With
// reserved, the pieces leave by a reservation of theirs.
//
// It reports false, with nothing changed, where pieces that are to leave are not
// there or are held by others. Nothing comes back to a variant that is gone.
func (s *Store) moveStock(tx *gorm.DB, why StockMovement, moves []stockMove, reserved bool) (bool, error) {
	moves = append([]stockMove(nil), moves...)
	// By variant id, so that no two transactions wait for each other.
	sort.SliceStable(moves, func(i, j int) bool { return moves[i].VariantID < moves[j].VariantID })
	if reserved {
		// It cannot fail, so the ledger goes first: from a variant's update to
		// the commit other orders of it wait.
		if err := s.enterMoves(tx, why, moves); err != nil {
			return false, err
		}
	}
	var done []stockMove
	for _, move := range moves {
		result := move.apply(tx, reserved)
		switch {
		case result.Error != nil:
			return false, fmt.Errorf("move the stock of variant %d: %w", move.VariantID, result.Error)
		case result.RowsAffected > 0:
			done = append(done, move)
		case move.Change < 0 && !reserved:
			for _, taken := range done {
				if err := (stockMove{taken.VariantID, -taken.Change}).apply(tx, false).Error; err != nil {
					return false, fmt.Errorf("give variant %d back: %w", taken.VariantID, err)
				}
			}
			return false, nil
		}
	}
	if reserved {
		return true, nil
	}
	return true, s.enterMoves(tx, why, done)
}

// apply changes the variant, where it has what is to leave it.
func (m stockMove) apply(tx *gorm.DB, reserved bool) *gorm.DB {
	switch {
	case reserved:
		return tx.Model(&Variant{}).Where("id = ?", m.VariantID).UpdateColumns(map[string]any{
			"stock":    gorm.Expr("stock - ?", -m.Change),
			"reserved": gorm.Expr("reserved - ?", -m.Change),
		})
	case m.Change < 0:
		return tx.Model(&Variant{}).Where("id = ? AND stock - reserved >= ?", m.VariantID, -m.Change).
			UpdateColumn("stock", gorm.Expr("stock - ?", -m.Change))
	}
	return tx.Model(&Variant{}).Where("id = ?", m.VariantID).UpdateColumn("stock", gorm.Expr("stock + ?", m.Change))
}

// enterMoves writes the ledger.
func (s *Store) enterMoves(tx *gorm.DB, why StockMovement, moves []stockMove) error {
	rows := make([]StockMovement, 0, len(moves))
	why.CreatedAt = s.now()
	for _, move := range moves {
		if move.Change != 0 {
			why.VariantID, why.Change = move.VariantID, move.Change
			rows = append(rows, why)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("write the stock ledger: %w", err)
	}
	return nil
}

// addVariants stores new variants with what they begin with.
func (s *Store) addVariants(tx *gorm.DB, variants []Variant, actor string) error {
	if len(variants) == 0 {
		return nil
	}
	if err := tx.Create(&variants).Error; err != nil {
		return fmt.Errorf("store variants: %w", err)
	}
	moves := make([]stockMove, len(variants))
	for i, variant := range variants {
		moves[i] = stockMove{variant.ID, variant.Stock}
	}
	return s.enterMoves(tx, StockMovement{Cause: StockOpening, Actor: actor}, moves)
}

// StockLine is a row of the ledger with the names of what it tells of.
type StockLine struct {
	StockMovement
	SKU         string `gorm:"column:sku"`
	Option1     string
	Option2     string
	Option3     string
	OrderNumber string // empty where no order caused it
}

// Variant names the variant by its option values.
func (l StockLine) Variant() string {
	return Variant{Option1: l.Option1, Option2: l.Option2, Option3: l.Option3}.Title()
}

// StockLedger lists what moved the stock of a product's variants, newest first,
// ids below before; 0 starts at the newest.
func (s *Store) StockLedger(ctx context.Context, productID, before int64, limit int) ([]StockLine, error) {
	query := s.read.WithContext(ctx).Table("stock_movements").
		Select("stock_movements.*, v.sku, v.option1, v.option2, v.option3, COALESCE(o.number, '') AS order_number").
		Joins("JOIN variants v ON v.id = stock_movements.variant_id").
		Joins("LEFT JOIN orders o ON o.id = stock_movements.order_id").
		Where("v.product_id = ?", productID).Order("stock_movements.id DESC").Limit(limit)
	if before > 0 {
		query = query.Where("stock_movements.id < ?", before)
	}
	var lines []StockLine
	if err := query.Scan(&lines).Error; err != nil {
		return nil, fmt.Errorf("read the stock ledger of product %d: %w", productID, err)
	}
	return lines, nil
}
