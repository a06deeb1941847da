package models

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Rule says which products a collection holds.
type Rule struct {
	Any        bool        `json:"any"` // one condition is enough; else all count
	Conditions []Condition `json:"conditions"`
}

// Condition is one thing a rule asks of a product.
type Condition struct {
	Kind   ConditionKind `json:"kind"`
	Text   string        `json:"text,omitempty"`
	Amount int64         `json:"amount,omitempty"` // minor units
	Days   int64         `json:"days,omitempty"`
}

// ConditionKind is what a condition looks at.
type ConditionKind string

// The kinds of condition. Stored rules carry them, so they never change.
const (
	NameContains  ConditionKind = "name"
	PriceUpTo     ConditionKind = "price_up_to"
	PriceFrom     ConditionKind = "price_from"
	IsInStock     ConditionKind = "in_stock"
	IsReduced     ConditionKind = "reduced"
	OptionIs      ConditionKind = "option"
	CreatedWithin ConditionKind = "created_within"
	StatusIs      ConditionKind = "status"
)

// ConditionKinds lists every kind.
var ConditionKinds = [...]ConditionKind{NameContains, PriceUpTo, PriceFrom, IsInStock, IsReduced, OptionIs, CreatedWithin, StatusIs}

// Limits of a rule.
const (
	MaxConditions = 6
	maxDays       = 3650
)

// ConditionField is the id of the value of a rule's i-th condition.
func ConditionField(i int) string { return fmt.Sprintf("condition-%d-value", i) }

// Faults says what of the rule cannot be stored.
func (r Rule) Faults() InvalidErrors {
	var faults InvalidErrors
	if len(r.Conditions) == 0 {
		faults.add(ConditionField(0), "Enter at least one condition.")
	}
	if len(r.Conditions) > MaxConditions {
		faults.add(ConditionField(MaxConditions-1), "A rule can have up to %d conditions.", MaxConditions)
	}
	for i, c := range r.Conditions {
		field := ConditionField(i)
		switch c.Kind {
		case NameContains, OptionIs:
			if c.Text == "" {
				faults.add(field, "Enter the words.")
			}
			checkText(&faults, field, "Value", c.Text, maxName)
		case PriceUpTo, PriceFrom:
			if c.Amount <= 0 || c.Amount > maxAmount {
				faults.add(field, "Enter an amount above zero.")
			}
		case CreatedWithin:
			if c.Days < 1 || c.Days > maxDays {
				faults.add(field, "Enter the days, from 1 to %d.", maxDays)
			}
		case StatusIs:
			if !slices.Contains(ProductStatuses[:], c.Text) {
				faults.add(field, "Enter one of: active, draft, scheduled, archived.")
			}
		case IsInStock, IsReduced:
		default:
			faults.add(field, "Choose what the condition looks at.")
		}
	}
	return faults
}

func (r Rule) text() (string, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("write a rule: %w", err)
	}
	return string(text), nil
}

// RuleOf reads the rule of a collection; nil where it has none.
func (c Collection) RuleOf() (*Rule, error) {
	if c.Rule == "" {
		return nil, nil //nolint:nilnil // a collection without a rule is none that lacks one
	}
	var rule Rule
	if err := json.Unmarshal([]byte(c.Rule), &rule); err != nil {
		return nil, fmt.Errorf("read the rule of collection %d: %w", c.ID, err)
	}
	return &rule, nil
}

// restless reports whether the rule chooses others as time goes by or as pieces
// are sold, without anybody saving a product.
func (r Rule) restless() bool {
	return slices.ContainsFunc(r.Conditions, func(c Condition) bool { return c.Kind == IsInStock || c.Kind == CreatedWithin })
}

// inStock is whether a variant can be bought now.
const inStock = "stock > reserved OR policy <> 'deny'"

// chosen are the ids of the products that a rule chooses.
func (s *Store) chosen(db *gorm.DB, rule Rule) *gorm.DB {
	asked := db.Session(&gorm.Session{NewDB: true})
	for _, c := range rule.Conditions {
		var one *gorm.DB
		fresh := db.Session(&gorm.Session{NewDB: true})
		switch c.Kind {
		case NameContains:
			one = fresh.Where(`LOWER(products.name) LIKE LOWER(?) ESCAPE '\'`, "%"+escapeLike(c.Text)+"%")
		case PriceUpTo:
			one = fresh.Where("EXISTS (SELECT 1 FROM variants v WHERE v.product_id = products.id AND v.price <= ?)", c.Amount)
		case PriceFrom:
			one = fresh.Where("EXISTS (SELECT 1 FROM variants v WHERE v.product_id = products.id AND v.price >= ?)", c.Amount)
		case IsInStock:
			one = fresh.Where("EXISTS (SELECT 1 FROM variants v WHERE v.product_id = products.id AND (" + inStock + "))")
		case IsReduced:
			one = fresh.Where("EXISTS (SELECT 1 FROM variants v WHERE v.product_id = products.id AND v.compare_at > v.price AND v.prior_price > v.price)")
		case OptionIs:
			one = fresh.Where(`EXISTS (SELECT 1 FROM variants v WHERE v.product_id = products.id
				AND (LOWER(v.option1) = LOWER(?) OR LOWER(v.option2) = LOWER(?) OR LOWER(v.option3) = LOWER(?)))`, c.Text, c.Text, c.Text)
		case CreatedWithin:
			one = fresh.Where("products.created_at > ?", s.now().Add(-time.Duration(c.Days)*24*time.Hour))
		case StatusIs:
			one = fresh.Where("products.status = ?", c.Text)
		default: // of a newer version of the shop
			one = fresh.Where("1 = 0")
		}
		if rule.Any {
			asked = asked.Or(one)
		} else {
			asked = asked.Where(one)
		}
	}
	return db.Session(&gorm.Session{NewDB: true}).Model(&Product{}).Select("products.id").Where(asked)
}

// CountChosen says how many products a rule chooses now, and how many of them
// are for sale.
func (s *Store) CountChosen(ctx context.Context, rule Rule) (all, forSale int64, err error) {
	db := s.read.WithContext(ctx)
	if err := s.chosen(db, rule).Count(&all).Error; err != nil {
		return 0, 0, fmt.Errorf("count what a rule chooses: %w", err)
	}
	if err := s.chosen(db, rule).Where("products.status = ?", ProductActive).Count(&forSale).Error; err != nil {
		return 0, 0, fmt.Errorf("count what a rule chooses for sale: %w", err)
	}
	return all, forSale, nil
}

// applyRules puts a product into the collections whose rules choose it, and out
// of those whose rules do not.
func (s *Store) applyRules(tx *gorm.DB, productID int64) error {
	var collections []Collection
	if err := tx.Where("rule <> ''").Order("id").Find(&collections).Error; err != nil {
		return fmt.Errorf("list collections by rule: %w", err)
	}
	for _, collection := range collections {
		if _, err := s.applyRule(tx, collection, productID); err != nil {
			return err
		}
	}
	return nil
}

// applyRule brings what a collection holds to what its rule chooses: of one
// product, or of all for 0. It reports whether something changed.
func (s *Store) applyRule(tx *gorm.DB, collection Collection, productID int64) (bool, error) {
	rule, err := collection.RuleOf()
	if err != nil || rule == nil {
		return false, err
	}
	come := s.chosen(tx, *rule)
	var gone *gorm.DB
	if productID == 0 {
		gone = tx.Raw("DELETE FROM collection_products WHERE collection_id = ? AND product_id NOT IN (?) RETURNING product_id", collection.ID, come)
	} else { // of the whole catalogue nothing is asked
		come = come.Where("products.id = ?", productID)
		gone = tx.Raw("DELETE FROM collection_products WHERE collection_id = ? AND product_id = ? AND product_id NOT IN (?) RETURNING product_id",
			collection.ID, productID, come)
	}
	var removed, added []int64
	if err := gone.Scan(&removed).Error; err != nil {
		return false, fmt.Errorf("take products out of collection %d: %w", collection.ID, err)
	}
	err = tx.Raw(`INSERT INTO collection_products (collection_id, product_id, position)
		SELECT ?, p.id, (SELECT COALESCE(MAX(cp.position), 0) + 1 FROM collection_products cp WHERE cp.collection_id = ?)
		FROM products p WHERE p.id IN (?) ON CONFLICT DO NOTHING RETURNING product_id`, collection.ID, collection.ID, come).Scan(&added).Error
	if err != nil {
		return false, fmt.Errorf("put products into collection %d: %w", collection.ID, err)
	}
	changed := slices.Concat(removed, added)
	if productID == 0 { // whoever stores one product indexes it, too
		if err := s.indexSoon(tx, changed); err != nil {
			return false, err
		}
	}
	return len(changed) > 0, nil
}

// fillCollection applies the rule of a collection that was stored, and the
// places that staff gave its products.
func (s *Store) fillCollection(tx *gorm.DB, collection Collection, places map[int64]int64) error {
	if _, err := s.applyRule(tx, collection, 0); err != nil {
		return err
	}
	if len(places) == 0 {
		return nil
	}
	// Each gets a place of its own, four apart. Who moves up to a place comes
	// before the one that has it, who moves down behind it.
	const apart = 4
	if err := numberMembers(tx, collection.ID, apart); err != nil {
		return err
	}
	for id, place := range places {
		err := tx.Exec(`UPDATE collection_products SET position = CASE WHEN position > ? THEN ? WHEN position < ? THEN ? ELSE position END
			WHERE collection_id = ? AND product_id = ?`, apart*place, apart*place-1, apart*place, apart*place+1, collection.ID, id).Error
		if err != nil {
			return fmt.Errorf("place product %d in collection %d: %w", id, collection.ID, err)
		}
	}
	return numberMembers(tx, collection.ID, 1)
}

// numberMembers gives the products of a collection places in their order, so far
// apart: those that a rule put there together had one.
func numberMembers(tx *gorm.DB, collectionID, apart int64) error {
	err := tx.Exec(`UPDATE collection_products SET position = r.place
		FROM (SELECT product_id, ? * ROW_NUMBER() OVER (ORDER BY position, product_id) AS place FROM collection_products WHERE collection_id = ?) r
		WHERE collection_products.collection_id = ? AND collection_products.product_id = r.product_id AND collection_products.position <> r.place`,
		apart, collectionID, collectionID).Error
	if err != nil {
		return fmt.Errorf("number the products of collection %d: %w", collectionID, err)
	}
	return nil
}

// RefreshCollections applies the rules of collections that hold something else
// than their rules choose, and says how many changed: time goes by and pieces
// are sold without anybody saving a product. With all it looks at every rule, for
// on PostgreSQL whoever saves a product while a colleague saves a rule goes by
// the rule of before.
func (s *Store) RefreshCollections(ctx context.Context, all bool) (int, error) {
	var collections []Collection
	if err := s.read.WithContext(ctx).Where("rule <> ''").Order("id").Find(&collections).Error; err != nil {
		return 0, fmt.Errorf("list collections by rule: %w", err)
	}
	refreshed := 0
	for _, collection := range collections {
		rule, err := collection.RuleOf()
		if err != nil {
			return refreshed, err
		}
		if !all && !rule.restless() {
			continue
		}
		// Looked at before, so that nobody waits while nothing is to be done.
		stale, err := s.stale(ctx, collection, *rule)
		if err != nil {
			return refreshed, err
		}
		if !stale {
			continue
		}
		changed := false
		err = s.transaction(ctx, func(tx *gorm.DB) error {
			changed = false
			var now []Collection // none where somebody deleted it meanwhile
			err := s.toChange(tx).Where("id = ?", collection.ID).Find(&now).Error
			if err != nil || len(now) == 0 {
				return err
			}
			if changed, err = s.applyRule(tx, now[0], 0); err != nil || !changed {
				return err
			}
			return catalogueChanged(tx)
		})
		if err != nil {
			return refreshed, fmt.Errorf("refresh collection %d: %w", collection.ID, err)
		}
		if changed {
			refreshed++
		}
	}
	return refreshed, nil
}

// stale reports whether a collection holds something else than its rule chooses.
func (s *Store) stale(ctx context.Context, collection Collection, rule Rule) (bool, error) {
	db := s.read.WithContext(ctx)
	var gone, come int64
	err := db.Table("collection_products").Where("collection_id = ? AND product_id NOT IN (?)", collection.ID, s.chosen(db, rule)).Limit(1).Count(&gone).Error
	if err == nil {
		err = s.chosen(db, rule).Where("products.id NOT IN (SELECT product_id FROM collection_products WHERE collection_id = ?)", collection.ID).Limit(1).Count(&come).Error
	}
	if err != nil {
		return false, fmt.Errorf("compare collection %d with its rule: %w", collection.ID, err)
	}
	return gone+come > 0, nil
}

// writeCollections puts a product into the collections chosen by hand. What
// stays keeps its place; collections by rule are left to their rules, and one
// that somebody deleted meanwhile is left out.
func writeCollections(tx *gorm.DB, productID int64, collections []int64) error {
	err := tx.Exec(`DELETE FROM collection_products WHERE product_id = ? AND collection_id NOT IN (?)
		AND collection_id IN (SELECT id FROM collections WHERE rule = '')`, productID, append([]int64{0}, collections...)).Error
	if err != nil {
		return fmt.Errorf("take product %d out of collections: %w", productID, err)
	}
	err = tx.Exec(`INSERT INTO collection_products (collection_id, product_id, position)
		SELECT c.id, ?, (SELECT COALESCE(MAX(cp.position), 0) + 1 FROM collection_products cp WHERE cp.collection_id = c.id)
		FROM collections c WHERE c.rule = '' AND c.id IN (?) ON CONFLICT DO NOTHING`, productID, append([]int64{0}, collections...)).Error
	if err != nil {
		return fmt.Errorf("put product %d into collections: %w", productID, err)
	}
	return nil
}

// CollectionMembers lists the products of a collection in the order that staff
// gave them, up to limit after the first from, without their details.
func (s *Store) CollectionMembers(ctx context.Context, id int64, from, limit int) ([]Product, error) {
	var products []Product
	err := s.read.WithContext(ctx).Joins("JOIN collection_products cp ON cp.product_id = products.id AND cp.collection_id = ?", id).
		Order("cp.position, products.id").Offset(from).Limit(limit).Find(&products).Error
	if err != nil {
		return nil, fmt.Errorf("list the products of collection %d: %w", id, err)
	}
	return products, nil
}
