package models

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// DiscountKind says how a discount works out what it takes off.
type DiscountKind string

// The kinds of discount.
const (
	DiscountPercent DiscountKind = "percent" // a percentage of the goods it is for
	DiscountAmount  DiscountKind = "amount"  // an amount, at most what the goods cost
	DiscountBundle  DiscountKind = "bundle"  // of so many pieces, so many cheaper or free
	// DiscountDelivery makes the delivery free of charge.
	DiscountDelivery DiscountKind = "delivery"
)

// DiscountKinds lists every kind, for forms.
var DiscountKinds = [...]DiscountKind{DiscountPercent, DiscountAmount, DiscountBundle, DiscountDelivery}

// DiscountStatus is where a discount stands in time.
type DiscountStatus string

// The statuses of a discount.
const (
	DiscountActive    DiscountStatus = "active"
	DiscountScheduled DiscountStatus = "scheduled" // its time is to come
	DiscountOver      DiscountStatus = "over"      // its time has passed
	DiscountOff       DiscountStatus = "off"       // a member of staff switched it off
)

// DiscountStatuses lists every status, for filters.
var DiscountStatuses = [...]DiscountStatus{DiscountActive, DiscountScheduled, DiscountOver, DiscountOff}

// Discount takes something off an order: when its code is typed, or by itself
// where it has none. Amounts are minor units of the shop's currency.
type Discount struct {
	ID      int64
	Name    string // what shoppers read where there is no code
	Code    string // as NormalCode makes it, unique; empty for one that counts by itself
	Kind    DiscountKind
	Percent int64 // 1 to 100; of a bundle, what comes off each piece it gives
	Amount  int64
	Buy     int64 `gorm:"column:buy_pieces"` // a bundle: of Buy + Get pieces, Get are cheaper
	Get     int64 `gorm:"column:get_pieces"`

	Minimum        int64      // what the articles must come to; 0 for any
	StartsAt       *time.Time // UTC
	EndsAt         *time.Time // UTC; not valid from this moment on
	MaxUses        int64      // 0 for any number
	MaxPerCustomer int64      // by mail address; 0 for any number
	Enabled        bool
	Version        int64 // grows with every change in its form

	// Reserved counts the open checkouts that hold a use, Used the paid orders.
	Reserved  int64
	Used      int64
	CreatedAt time.Time
	UpdatedAt time.Time

	// What it is for; nothing in both is everything.
	ProductIDs    []int64 `gorm:"-"`
	CollectionIDs []int64 `gorm:"-"`
}

// Automatic reports whether it counts by itself.
func (d Discount) Automatic() bool { return d.Code == "" }

// Label is what shoppers know it by.
func (d Discount) Label() string {
	if d.Code != "" {
		return d.Code
	}
	return d.Name
}

// Called is its label in a sentence to a shopper.
func (d Discount) Called() string {
	if d.Automatic() {
		return "the offer “" + d.Name + "”"
	}
	return "the code " + d.Code
}

// Status is where it stands at a moment.
func (d Discount) Status(now time.Time) DiscountStatus {
	switch {
	case !d.Enabled:
		return DiscountOff
	case d.EndsAt != nil && !now.Before(*d.EndsAt):
		return DiscountOver
	case d.StartsAt != nil && now.Before(*d.StartsAt):
		return DiscountScheduled
	}
	return DiscountActive
}

// usedUp reports whether no use is left beside those held by the asker.
func (d Discount) usedUp(held int64) bool {
	return d.MaxUses > 0 && d.Used+d.Reserved-held >= d.MaxUses
}

// Terms says in one line what it gives, in a currency.
func (d Discount) Terms(currency string) string {
	switch d.Kind {
	case DiscountPercent:
		return fmt.Sprintf("%d%% off", d.Percent)
	case DiscountAmount:
		return Money{d.Amount, currency}.String() + " off"
	case DiscountDelivery:
		return "free delivery"
	}
	if d.Percent == 100 {
		return fmt.Sprintf("buy %d, get %d free", d.Buy, d.Get)
	}
	return fmt.Sprintf("buy %d, get %d at %d%% off", d.Buy, d.Get, d.Percent)
}

// audited is the whole of it in one line, for the audit log.
func (d Discount) audited(currency string) string {
	parts := []string{d.Name, d.Terms(currency)}
	if d.Code != "" {
		parts[0] += " (" + d.Code + ")"
	}
	if d.Minimum > 0 {
		parts = append(parts, "from "+Money{d.Minimum, currency}.String())
	}
	if d.StartsAt != nil {
		parts = append(parts, "starts "+d.StartsAt.UTC().Format(time.RFC3339))
	}
	if d.EndsAt != nil {
		parts = append(parts, "ends "+d.EndsAt.UTC().Format(time.RFC3339))
	}
	if d.MaxUses > 0 {
		parts = append(parts, fmt.Sprintf("%d uses", d.MaxUses))
	}
	if d.MaxPerCustomer > 0 {
		parts = append(parts, fmt.Sprintf("%d per customer", d.MaxPerCustomer))
	}
	if len(d.ProductIDs) > 0 {
		parts = append(parts, fmt.Sprintf("products %d", d.ProductIDs))
	}
	if len(d.CollectionIDs) > 0 {
		parts = append(parts, fmt.Sprintf("collections %d", d.CollectionIDs))
	}
	return strings.Join(parts, ", ")
}

// NormalCode is how a code is stored and compared: codes are typed in any case,
// and with blanks around them.
func NormalCode(typed string) string { return strings.ToUpper(strings.TrimSpace(typed)) }

// Limits of what a member of staff may type.
const (
	MaxDiscountName   = 40 // the longest name of a coupon at Stripe
	MaxDiscountAmount = 99_999_999
	maxDiscountCount  = 1_000_000
	maxBundle         = 99
)

var codePattern = regexp.MustCompile(`^[A-Z0-9][A-Z0-9_-]{2,39}$`)

// Faults says what is wrong with a discount, by field, or nothing. Fields are
// named as the admin's form names them.
func (d Discount) Faults() []InvalidError {
	var faults []InvalidError
	fault := func(bad bool, field, message string) {
		if bad {
			faults = append(faults, InvalidError{field, message})
		}
	}
	between := func(n, low, high int64) bool { return n >= low && n <= high }
	name := strings.TrimSpace(d.Name)
	fault(name == "", "name", "Enter a name.")
	fault(utf8.RuneCountInString(name) > MaxDiscountName, "name", fmt.Sprintf("Shorten the name to %d characters.", MaxDiscountName))
	fault(d.Code != "" && !codePattern.MatchString(d.Code), "code",
		"Use 3 to 40 letters from A to Z, digits, hyphens and underscores, without blanks.")
	switch d.Kind {
	case DiscountPercent:
		fault(!between(d.Percent, 1, 100), "percent", "Enter a whole percentage from 1 to 100.")
	case DiscountAmount:
		fault(!between(d.Amount, 1, MaxDiscountAmount), "amount", "Enter the amount that comes off, more than nothing.")
	case DiscountBundle:
		fault(!between(d.Buy, 1, maxBundle), "buy", fmt.Sprintf("Enter how many must be bought, from 1 to %d.", maxBundle))
		fault(!between(d.Get, 1, maxBundle), "get", fmt.Sprintf("Enter how many become cheaper, from 1 to %d.", maxBundle))
		fault(!between(d.Percent, 1, 100), "bundle-percent", "Enter what comes off the cheaper pieces, from 1 to 100 percent.")
	case DiscountDelivery:
	default:
		fault(true, "kind-percent", "Choose what the discount gives.")
	}
	fault(d.Minimum < 0 || d.Minimum > MaxDiscountAmount, "minimum", "Enter a smaller amount for orders from.")
	fault(d.StartsAt != nil && d.EndsAt != nil && !d.StartsAt.Before(*d.EndsAt), "ends", "Choose an end after the start.")
	fault(!between(d.MaxUses, 0, maxDiscountCount), "uses", "Enter the uses in all as a whole number, or nothing for no limit.")
	fault(!between(d.MaxPerCustomer, 0, maxDiscountCount), "customer", "Enter the uses per customer as a whole number, or nothing for no limit.")
	return faults
}

// CreateDiscount stores a new discount and returns it. It returns an
// InvalidError for what Faults finds and for a code that another one has.
func (s *Store) CreateDiscount(ctx context.Context, d Discount, actor Actor) (Discount, error) {
	d.ID, d.Version, d.Reserved, d.Used, d.CreatedAt, d.UpdatedAt = 0, 0, 0, 0, s.now(), s.now()
	err := s.saveDiscount(ctx, &d, func(tx *gorm.DB, currency string) error {
		if err := tx.Create(&d).Error; err != nil {
			return err
		}
		return s.audit(tx, actor, AuditDiscountCreated, d.subject(), "", d.audited(currency))
	})
	if err != nil {
		return Discount{}, fmt.Errorf("make a discount: %w", err)
	}
	return d, nil
}

// UpdateDiscount changes a discount; what it was used for stays as it is. The
// errors are those of CreateDiscount, ErrConflict where somebody else changed it
// since d.Version, and ErrNotFound.
func (s *Store) UpdateDiscount(ctx context.Context, d Discount, actor Actor) error {
	err := s.saveDiscount(ctx, &d, func(tx *gorm.DB, currency string) error {
		was := []Discount{{}}
		if err := tx.Take(&was[0], d.ID).Error; err != nil {
			return found(err, "find it")
		}
		if was[0].Version != d.Version {
			return ErrConflict
		}
		if err := loadScopes(tx, was); err != nil {
			return err
		}
		err := unchanged(tx.Model(&Discount{ID: d.ID}).Where("version = ?", d.Version).Updates(map[string]any{
			"name": d.Name, "code": d.Code, "kind": d.Kind, "percent": d.Percent, "amount": d.Amount, "buy_pieces": d.Buy, "get_pieces": d.Get,
			"minimum": d.Minimum, "starts_at": d.StartsAt, "ends_at": d.EndsAt, "max_uses": d.MaxUses, "max_per_customer": d.MaxPerCustomer,
			"version": d.Version + 1, "updated_at": s.now(),
		}))
		if err != nil {
			return err
		}
		return s.audit(tx, actor, AuditDiscountChanged, d.subject(), was[0].audited(currency), d.audited(currency))
	})
	if err != nil {
		return fmt.Errorf("change discount %d: %w", d.ID, err)
	}
	return nil
}

func (d Discount) subject() string { return fmt.Sprintf("discount %d, %s", d.ID, d.Label()) }

// saveDiscount checks a discount, has write store its row, and stores what it
// is for.
func (s *Store) saveDiscount(ctx context.Context, d *Discount, write func(tx *gorm.DB, currency string) error) error {
	d.Name, d.Code = strings.TrimSpace(d.Name), NormalCode(d.Code)
	for _, at := range []**time.Time{&d.StartsAt, &d.EndsAt} { // SQLite compares moments as they are written
		if *at != nil {
			utc := (*at).UTC().Truncate(time.Millisecond)
			*at = &utc
		}
	}
	if faults := d.Faults(); len(faults) > 0 {
		return &faults[0]
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		var shop Shop
		if err := tx.Take(&shop, 1).Error; err != nil {
			return found(err, "read the shop's row")
		}
		if err := write(tx, shop.Currency); errors.Is(err, gorm.ErrDuplicatedKey) {
			return &InvalidError{"code", "Another discount has this code. Choose a different one."}
		} else if err != nil {
			return err
		}
		err := storeScopes(tx, d)
		if errors.Is(err, gorm.ErrForeignKeyViolated) {
			return &InvalidError{"goods", "Something you chose is gone. Please choose again."}
		}
		return err
	})
}

// discountProduct and discountCollection are rows of what a discount is for.
type discountProduct struct {
	DiscountID int64 `gorm:"primaryKey"`
	ProductID  int64 `gorm:"primaryKey"`
}

type discountCollection struct {
	DiscountID   int64 `gorm:"primaryKey"`
	CollectionID int64 `gorm:"primaryKey"`
}

func storeScopes(tx *gorm.DB, d *Discount) error {
	var products []discountProduct
	for _, id := range d.ProductIDs {
		products = append(products, discountProduct{d.ID, id})
	}
	var collections []discountCollection
	for _, id := range d.CollectionIDs {
		collections = append(collections, discountCollection{d.ID, id})
	}
	err := tx.Where("discount_id = ?", d.ID).Delete(&discountProduct{}).Error
	if err == nil && len(products) > 0 {
		err = tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&products).Error
	}
	if err == nil {
		err = tx.Where("discount_id = ?", d.ID).Delete(&discountCollection{}).Error
	}
	if err == nil && len(collections) > 0 {
		err = tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&collections).Error
	}
	return err
}

// loadScopes reads what discounts are for.
func loadScopes(db *gorm.DB, discounts []Discount) error {
	if len(discounts) == 0 {
		return nil
	}
	ids, byID := make([]int64, len(discounts)), map[int64]*Discount{}
	for i := range discounts {
		ids[i], byID[discounts[i].ID] = discounts[i].ID, &discounts[i]
	}
	var products []discountProduct
	var collections []discountCollection
	for _, err := range []error{
		db.Where("discount_id IN ?", ids).Order("product_id").Find(&products).Error,
		db.Where("discount_id IN ?", ids).Order("collection_id").Find(&collections).Error,
	} {
		if err != nil {
			return fmt.Errorf("read what discounts are for: %w", err)
		}
	}
	for _, row := range products {
		byID[row.DiscountID].ProductIDs = append(byID[row.DiscountID].ProductIDs, row.ProductID)
	}
	for _, row := range collections {
		byID[row.DiscountID].CollectionIDs = append(byID[row.DiscountID].CollectionIDs, row.CollectionID)
	}
	return nil
}

// SwitchDiscount switches a discount on or off. Checkouts that are open keep
// it.
func (s *Store) SwitchDiscount(ctx context.Context, id int64, on bool, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		result := tx.Model(&Discount{}).Where("id = ? AND enabled <> ?", id, on).
			Updates(map[string]any{"enabled": on, "updated_at": s.now()})
		if result.Error != nil {
			return result.Error
		}
		var d Discount
		if err := tx.Take(&d, id).Error; err != nil || result.RowsAffected == 0 {
			return err
		}
		action, before, after := AuditDiscountOff, "on", "off"
		if on {
			action, before, after = AuditDiscountOn, after, before
		}
		return s.audit(tx, actor, action, d.subject(), before, after)
	})
	return found(err, "switch discount %d", id)
}

// DiscountByID returns a discount with what it is for.
func (s *Store) DiscountByID(ctx context.Context, id int64) (Discount, error) {
	one := []Discount{{}}
	db := s.read.WithContext(ctx)
	if err := db.Take(&one[0], id).Error; err != nil {
		return Discount{}, found(err, "find discount %d", id)
	}
	return one[0], loadScopes(db, one)
}

// DiscountFilter chooses discounts for the admin.
type DiscountFilter struct {
	Search string // part of the name, or the beginning of the code
	Status DiscountStatus
	Before int64 // only those with a smaller id: the key of the page before
	Limit  int
}

// Discounts lists discounts, newest first, without what they are for.
func (s *Store) Discounts(ctx context.Context, f DiscountFilter) ([]Discount, error) {
	query, now := s.read.WithContext(ctx).Order("id DESC").Limit(f.Limit), s.now()
	if f.Before > 0 {
		query = query.Where("id < ?", f.Before)
	}
	const over, early = "ends_at IS NOT NULL AND ends_at <= ?", "starts_at IS NOT NULL AND starts_at > ?"
	switch f.Status {
	case DiscountOff:
		query = query.Where("enabled = ?", false)
	case DiscountOver:
		query = query.Where("enabled = ? AND "+over, true, now)
	case DiscountScheduled:
		query = query.Where("enabled = ? AND "+early+" AND NOT ("+over+")", true, now, now)
	case DiscountActive:
		query = query.Where("enabled = ? AND NOT ("+early+") AND NOT ("+over+")", true, now, now)
	}
	if search := strings.ToLower(strings.TrimSpace(f.Search)); search != "" {
		pattern := escapeLike(search) + "%"
		query = query.Where(`(LOWER(code) LIKE ? ESCAPE '\' OR LOWER(name) LIKE ? ESCAPE '\')`, pattern, "%"+pattern)
	}
	var discounts []Discount
	if err := query.Find(&discounts).Error; err != nil {
		return nil, fmt.Errorf("list discounts: %w", err)
	}
	return discounts, nil
}
