package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Limits of a cart. Stripe takes at most 100 lines in a session, one of which
// may be the tax.
const (
	MaxQuantity  = 99
	MaxCartLines = 99
)

// CartLine is a line of a cart with what it is a line of.
type CartLine struct {
	CartItem
	Variant Variant
	Product Product
	Picture Picture
	Held    int64 // how many the cart's own open checkout holds
}

// Unsellable says why the line cannot be bought as it is, if it cannot.
func (l CartLine) Unsellable() (UnsellableLine, bool) {
	available := l.Variant.Buyable() + l.Held
	if l.Product.Status != ProductActive {
		available = 0
	}
	line := UnsellableLine{
		VariantID: l.VariantID, Wanted: l.Quantity, Available: available,
		OldPrice: l.SeenPrice, Price: l.Variant.Price,
	}
	return line, available < l.Quantity || l.SeenPrice != l.Variant.Price
}

// SoldOut reports whether nothing of the line can be bought.
func (l CartLine) SoldOut() bool {
	line, _ := l.Unsellable()
	return line.Available <= 0
}

// CartByToken returns the cart of a cookie's token with its lines in the order
// they were added, or ErrNotFound.
func (s *Store) CartByToken(ctx context.Context, token string) (Cart, []CartLine, error) {
	return loadCart(s.read.WithContext(ctx), token)
}

func loadCart(db *gorm.DB, token string) (Cart, []CartLine, error) {
	var cart Cart
	if err := db.Where("token_hash = ?", HashToken(token)).Take(&cart).Error; err != nil {
		return cart, nil, found(err, "find cart")
	}
	lines, err := fillCart(db, &cart)
	return cart, lines, err
}

// fillCart reads what a cart holds and what it has lost.
func fillCart(db *gorm.DB, cart *Cart) ([]CartLine, error) {
	if err := db.Where("cart_id = ?", cart.ID).Order("id").Find(&cart.Losses).Error; err != nil {
		return nil, fmt.Errorf("read what cart %d has lost: %w", cart.ID, err)
	}
	lines, err := cartLines(db, cart.ID)
	if err == nil && cart.OrderID != nil {
		err = holdings(db, *cart.OrderID, lines)
	}
	return lines, err
}

// holdings notes what the cart's own open order holds of its lines.
func holdings(db *gorm.DB, orderID int64, lines []CartLine) error {
	var items []OrderItem
	err := db.Where("order_id = (SELECT o.id FROM orders o WHERE o.id = ? AND o.status = ? AND o.stock_status = ?)",
		orderID, OrderPending, StockReserved).Find(&items).Error
	if err != nil {
		return fmt.Errorf("read what order %d holds: %w", orderID, err)
	}
	held := map[int64]int64{}
	for _, item := range items {
		held[item.VariantID] += item.Quantity
	}
	for i := range lines {
		lines[i].Held = held[lines[i].VariantID]
	}
	return nil
}

func cartLines(db *gorm.DB, cartID int64) ([]CartLine, error) {
	var items []CartItem
	if err := db.Where("cart_id = ?", cartID).Order("created_at, variant_id").Find(&items).Error; err != nil {
		return nil, fmt.Errorf("read the lines of cart %d: %w", cartID, err)
	}
	return linesOf(db, items)
}

// linesOf says what items are lines of. One whose variant is gone has none.
func linesOf(db *gorm.DB, items []CartItem) ([]CartLine, error) {
	if len(items) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(items))
	for i, item := range items {
		ids[i] = item.VariantID
	}
	var variants []Variant
	if err := db.Find(&variants, ids).Error; err != nil {
		return nil, fmt.Errorf("read the variants of a cart: %w", err)
	}
	byID, productIDs := map[int64]Variant{}, []int64{}
	for _, variant := range variants {
		byID[variant.ID] = variant
		productIDs = append(productIDs, variant.ProductID)
	}
	var products []Product
	err := db.Preload("Pictures", readyInPlace).Find(&products, productIDs).Error
	if err != nil {
		return nil, fmt.Errorf("read the products of a cart: %w", err)
	}
	productByID := map[int64]Product{}
	for _, product := range products {
		productByID[product.ID] = product
	}
	lines := make([]CartLine, 0, len(items))
	for _, item := range items {
		line := CartLine{CartItem: item, Variant: byID[item.VariantID]}
		line.Product = productByID[line.Variant.ProductID]
		line.Picture = line.Product.PictureOf(line.Variant)
		lines = append(lines, line)
	}
	return lines, nil
}

// PictureOf is the picture that shows a variant: its own, or the product's
// first. It is empty for a product without pictures.
func (p Product) PictureOf(v Variant) Picture {
	for _, picture := range p.Pictures {
		if v.PictureID != nil && picture.ID == *v.PictureID {
			return picture
		}
	}
	if len(p.Pictures) > 0 {
		return p.Pictures[0]
	}
	return Picture{}
}

// fingerprint identifies what a cart holds, at which prices, what comes off
// them, and how it is delivered and taxed.
func fingerprint(lines []CartLine, sum Sum) string {
	parts := make([]string, len(lines))
	for i, line := range lines {
		parts[i] = fmt.Sprintf("%d:%d:%d", line.VariantID, line.Quantity, line.Variant.Price)
	}
	parts = append(parts, sum.print()...)
	sort.Strings(parts)
	digest := sha256.Sum256(fmt.Append(nil, parts))
	return hex.EncodeToString(digest[:16])
}

// AddToCart puts quantity pieces of a variant into the cart of token, which is
// made where there is none. What the cart holds already counts too.
//
// It returns an InvalidError for a quantity outside 1 to MaxQuantity, for more
// than is available and for a full cart, and ErrNotFound for an unknown
// variant.
func (s *Store) AddToCart(ctx context.Context, token string, variantID, quantity int64) error {
	if err := countable(quantity); err != nil {
		return err
	}
	return s.changeCart(ctx, token, variantID, func(there CartItem, lines int64, variant Variant) (int64, error) {
		if there.Quantity == 0 && lines >= MaxCartLines {
			return 0, &InvalidError{"quantity", fmt.Sprintf("Your cart is full: it holds up to %d different articles.", MaxCartLines)}
		}
		return there.Quantity + quantity, sellable("quantity", variant, there.Quantity, there.Quantity+quantity)
	})
}

// countable refuses a quantity that nobody may put into a cart.
func countable(quantity int64) error {
	if quantity < 1 || quantity > MaxQuantity {
		return &InvalidError{"quantity", fmt.Sprintf("Choose a quantity from 1 to %d.", MaxQuantity)}
	}
	return nil
}

// SetCartQuantity sets how many pieces of a variant the cart of token holds; 0
// removes the line. The errors are those of AddToCart.
func (s *Store) SetCartQuantity(ctx context.Context, token string, variantID, quantity int64) error {
	field := fmt.Sprintf("quantity-%d", variantID)
	if quantity < 0 || quantity > MaxQuantity {
		return &InvalidError{field, fmt.Sprintf("Choose a quantity from 0 to %d; 0 removes the article.", MaxQuantity)}
	}
	return s.changeCart(ctx, token, variantID, func(there CartItem, _ int64, variant Variant) (int64, error) {
		if quantity <= there.Quantity { // fewer is always allowed: it is how a shopper mends a cart
			return quantity, nil
		}
		return quantity, sellable(field, variant, 0, quantity)
	})
}

func sellable(field string, variant Variant, inCart, wanted int64) error {
	available := variant.Buyable()
	switch {
	case wanted > MaxQuantity:
		return &InvalidError{field, fmt.Sprintf("You can buy up to %d of one article.", MaxQuantity)}
	case available <= 0:
		return &InvalidError{field, "Sorry, this one is sold out."}
	case wanted > available && inCart > 0:
		return &InvalidError{field, fmt.Sprintf("Only %d left, and your cart has %d already.", available, inCart)}
	case wanted > available:
		return &InvalidError{field, fmt.Sprintf("Only %d left. Choose %d or fewer.", available, available)}
	}
	return nil
}

func (s *Store) changeCart(ctx context.Context, token string, variantID int64, change func(CartItem, int64, Variant) (int64, error)) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		cart, err := s.openCart(tx, token)
		if err != nil {
			return err
		}
		return putIn(tx, cart, variantID, change)
	})
}

// openCart returns the cart of token, which is made where there is none. It is
// written first: that locks it and keeps it from being cleaned away.
func (s *Store) openCart(tx *gorm.DB, token string) (Cart, error) {
	cart := Cart{TokenHash: HashToken(token)}
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "token_hash"}},
		DoUpdates: clause.Assignments(map[string]any{"updated_at": s.now()}),
	}, clause.Returning{}).Create(&cart).Error
	if err != nil {
		return cart, fmt.Errorf("open cart: %w", err)
	}
	return cart, nil
}

// putIn gives a cart as many pieces of a variant as change makes of those that
// are there and how many lines there are.
func putIn(tx *gorm.DB, cart Cart, variantID int64, change func(CartItem, int64, Variant) (int64, error)) error {
	var variant Variant
	if err := tx.Take(&variant, variantID).Error; err != nil {
		return found(err, "find variant %d", variantID)
	}
	var product Product
	if err := tx.Select("status").Take(&product, variant.ProductID).Error; err != nil {
		return found(err, "find the product of variant %d", variantID)
	}
	var items []CartItem
	if err := tx.Where("cart_id = ?", cart.ID).Find(&items).Error; err != nil {
		return fmt.Errorf("read cart %d: %w", cart.ID, err)
	}
	there := CartItem{CartID: cart.ID, VariantID: variantID}
	for _, item := range items {
		if item.VariantID == variantID {
			there = item
		}
	}
	if product.Status != ProductActive { // what is in the cart already can go, and nothing else
		if there.Quantity == 0 {
			return fmt.Errorf("find variant %d for sale: %w", variantID, ErrNotFound)
		}
		variant.Stock, variant.Reserved, variant.Policy = 0, 0, StockDeny
	}
	quantity, err := change(there, int64(len(items)), variant)
	if err != nil {
		return err
	}
	if quantity == 0 {
		return tx.Where("cart_id = ? AND variant_id = ?", cart.ID, variantID).Delete(&CartItem{}).Error
	}
	there.Quantity, there.SeenPrice = quantity, variant.Price
	return tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "cart_id"}, {Name: "variant_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"quantity", "seen_price"}),
	}).Create(&there).Error
}

// CartMadeOrder reports whether the cart of token is the one order was made of.
func (s *Store) CartMadeOrder(ctx context.Context, token string, order Order) (bool, error) {
	if token == "" || order.CartID == nil {
		return false, nil
	}
	var carts int64
	err := s.read.WithContext(ctx).Model(&Cart{}).
		Where("id = ? AND token_hash = ?", *order.CartID, HashToken(token)).Count(&carts).Error
	if err != nil {
		return false, fmt.Errorf("compare a cart with order %d: %w", order.ID, err)
	}
	return carts > 0, nil
}

// DeleteStaleCarts deletes the carts that nobody touched since before and says
// how many there were.
func (s *Store) DeleteStaleCarts(ctx context.Context, before time.Time) (int64, error) {
	result := s.write.WithContext(ctx).Where("updated_at < ?", before.UTC()).Delete(&Cart{})
	if result.Error != nil {
		return 0, fmt.Errorf("delete stale carts: %w", result.Error)
	}
	return result.RowsAffected, nil
}
