package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// DeliveryKind says how a delivery method works out its price.
type DeliveryKind string

// The kinds of delivery method.
const (
	DeliveryFlat       DeliveryKind = "flat"     // one price
	DeliveryByWeight   DeliveryKind = "weight"   // by what the cart weighs
	DeliveryBySubtotal DeliveryKind = "subtotal" // by what its articles come to
	DeliveryPickup     DeliveryKind = "pickup"   // the shopper comes for it
)

// DeliveryKinds lists the kinds that a zone can have, for forms.
var DeliveryKinds = [...]DeliveryKind{DeliveryFlat, DeliveryByWeight, DeliveryBySubtotal}

// DeliveryZone is a part of the world with prices of its own.
type DeliveryZone struct {
	ID         int64
	Name       string
	Everywhere bool  // the countries that no other zone has
	Version    int64 // grows with every change in its form

	Countries []string         `gorm:"-"` // ISO 3166-1 alpha-2, sorted
	Methods   []DeliveryMethod `gorm:"-"`
}

// DeliveryMethod is a way to get an order. Amounts are minor units of the
// shop's currency.
type DeliveryMethod struct {
	ID       int64
	ZoneID   *int64 // nil for a pickup
	Name     string
	Kind     DeliveryKind
	Price    int64 // of one without bands
	FreeFrom int64 // free where the articles come to as much; 0 for never
	MinDays  int64 // business days; 0 in both for no word
	MaxDays  int64
	Address  string         // of a pickup
	Version  int64          // grows with every change in its form
	Bands    []DeliveryBand `gorm:"foreignKey:MethodID"`
}

// DeliveryBand is the price of a method from a weight in grams, or an amount of
// articles, up to below another.
type DeliveryBand struct {
	MethodID int64 `gorm:"primaryKey"`
	Starts   int64 `gorm:"primaryKey;autoIncrement:false"`
	Ends     int64 // 0 for no end
	Price    int64
}

// holds reports whether a measure is within the band.
func (b DeliveryBand) holds(measure int64) bool {
	return measure >= b.Starts && (b.Ends == 0 || measure < b.Ends)
}

// priceOf is what the method takes for a cart; it takes none that is in no
// band.
func (m DeliveryMethod) priceOf(grams, subtotal int64) (price int64, takes bool) {
	price = m.Price
	if m.banded() {
		measure := subtotal
		if m.Kind == DeliveryByWeight {
			measure = grams
		}
		at := slices.IndexFunc(m.Bands, func(b DeliveryBand) bool { return b.holds(measure) })
		if at < 0 {
			return 0, false
		}
		price = m.Bands[at].Price
	}
	if m.FreeFrom > 0 && subtotal >= m.FreeFrom {
		price = 0
	}
	return price, true
}

func (m DeliveryMethod) banded() bool {
	return m.Kind == DeliveryByWeight || m.Kind == DeliveryBySubtotal
}

// Pickup reports whether the shopper comes for it.
func (m DeliveryMethod) Pickup() bool { return m.Kind == DeliveryPickup }

// least is the lowest price it has.
func (m DeliveryMethod) least() int64 {
	if !m.banded() || len(m.Bands) == 0 {
		return m.Price
	}
	least := m.Bands[0].Price
	for _, band := range m.Bands {
		least = min(least, band.Price)
	}
	return least
}

// DeliveryDays says how long a delivery takes, in business days, or nothing.
func DeliveryDays(least, most int64) string {
	switch {
	case most == 0:
		return ""
	case most == 1:
		return "1 business day"
	case least == most || least == 0:
		return fmt.Sprintf("%d business days", most)
	}
	return fmt.Sprintf("%d to %d business days", least, most)
}

// Limits of what a member of staff may set.
const (
	maxDeliveryName    = 60
	maxDeliveryDays    = 365
	maxDeliveryBands   = 50
	maxDeliveryMethods = 50 // of a zone
	maxPickupAddress   = 200
)

// BandField is the id of a field of the i-th band in a form.
func BandField(i int, name string) string { return fmt.Sprintf("band-%d-%s", i, name) }

// Faults says what is wrong with a method, by field, or nothing.
func (m DeliveryMethod) Faults() InvalidErrors {
	var faults InvalidErrors
	if m.Name == "" {
		faults.add("name", "Enter a name, such as Standard.")
	}
	checkText(&faults, "name", "Name", m.Name, maxDeliveryName)
	if m.Price < 0 || m.Price > MaxDiscountAmount {
		faults.add("price", "Enter a price of 0 or more.")
	}
	if m.FreeFrom < 0 || m.FreeFrom > MaxDiscountAmount {
		faults.add("free-from", "Enter the amount from which it is free, or leave it empty.")
	}
	if m.MinDays < 0 || m.MinDays > maxDeliveryDays {
		faults.add("min-days", "Enter days from 0 to %d.", maxDeliveryDays)
	}
	if m.MaxDays < 0 || m.MaxDays > maxDeliveryDays {
		faults.add("max-days", "Enter days from 0 to %d.", maxDeliveryDays)
	} else if m.MaxDays < m.MinDays {
		faults.add("max-days", "Enter at least as many days as the fewest.")
	}
	switch m.Kind {
	case DeliveryPickup:
		if m.Address == "" {
			faults.add("address", "Enter the address where shoppers pick up.")
		}
		checkText(&faults, "address", "Address", m.Address, maxPickupAddress)
	case DeliveryFlat:
	case DeliveryByWeight, DeliveryBySubtotal:
		m.checkBands(&faults)
	default:
		faults.add("kind-flat", "Choose how the price comes about.")
	}
	return faults
}

func (m DeliveryMethod) checkBands(faults *InvalidErrors) {
	if len(m.Bands) == 0 {
		faults.add(BandField(0, "price"), "Enter at least one band with its price.")
	}
	if len(m.Bands) > maxDeliveryBands {
		faults.add(BandField(0, "price"), "Use up to %d bands.", maxDeliveryBands)
	}
	for i, band := range m.Bands {
		switch {
		case band.Starts < 0:
			faults.add(BandField(i, "starts"), "A band cannot start below 0.")
		case band.Ends < 0 || (band.Ends != 0 && band.Ends <= band.Starts):
			faults.add(BandField(i, "ends"), "The band must end above its start.")
		}
		if band.Price < 0 || band.Price > MaxDiscountAmount {
			faults.add(BandField(i, "price"), "Enter a price of 0 or more.")
		}
		for _, other := range m.Bands[:i] {
			if (band.Ends == 0 || other.Starts < band.Ends) && (other.Ends == 0 || band.Starts < other.Ends) {
				faults.add(BandField(i, "starts"), "This band overlaps another one: each weight or amount may have one price.")
				break
			}
		}
	}
}

// audited is the method in one line, for the audit log.
func (m DeliveryMethod) audited(currency string) string {
	text := m.Name + ", " + string(m.Kind)
	if m.banded() {
		for _, band := range m.Bands {
			text += fmt.Sprintf(", %d–%d %s", band.Starts, band.Ends, Money{band.Price, currency})
		}
	} else {
		text += ", " + Money{m.Price, currency}.String()
	}
	if m.FreeFrom > 0 {
		text += ", free from " + Money{m.FreeFrom, currency}.String()
	}
	if days := DeliveryDays(m.MinDays, m.MaxDays); days != "" {
		text += ", " + days
	}
	return text
}

func (z DeliveryZone) audited() string {
	where := strings.Join(z.Countries, " ")
	if z.Everywhere {
		where = strings.TrimSpace("everywhere else " + where)
	}
	return z.Name + ": " + where
}

// DeliveryZones lists the zones with their countries and methods, and the
// pickups, each as they were made.
func (s *Store) DeliveryZones(ctx context.Context) (zones []DeliveryZone, pickups []DeliveryMethod, err error) {
	db := s.read.WithContext(ctx)
	if zones, err = deliveryZones(db); err != nil {
		return nil, nil, err
	}
	methods, err := deliveryMethods(db.Order("id"))
	if err != nil {
		return nil, nil, err
	}
	for _, method := range methods {
		if method.ZoneID == nil {
			pickups = append(pickups, method)
		}
		for i := range zones {
			if method.ZoneID != nil && *method.ZoneID == zones[i].ID {
				zones[i].Methods = append(zones[i].Methods, method)
			}
		}
	}
	return zones, pickups, nil
}

// deliveryCountry is a row of what a zone covers.
type deliveryCountry struct {
	Country string `gorm:"primaryKey"`
	ZoneID  int64
}

// TableName is the table of the zones' countries.
func (deliveryCountry) TableName() string { return "delivery_countries" }

func deliveryZones(db *gorm.DB) ([]DeliveryZone, error) {
	var zones []DeliveryZone
	if err := db.Order("everywhere, id").Find(&zones).Error; err != nil {
		return nil, fmt.Errorf("list delivery zones: %w", err)
	}
	var countries []deliveryCountry
	if len(zones) > 0 {
		if err := db.Order("country").Find(&countries).Error; err != nil {
			return nil, fmt.Errorf("list the countries of delivery zones: %w", err)
		}
	}
	for i := range zones {
		for _, row := range countries {
			if row.ZoneID == zones[i].ID {
				zones[i].Countries = append(zones[i].Countries, row.Country)
			}
		}
	}
	return zones, nil
}

func deliveryMethods(query *gorm.DB) ([]DeliveryMethod, error) {
	var methods []DeliveryMethod
	err := query.Preload("Bands", func(db *gorm.DB) *gorm.DB { return db.Order("starts") }).Find(&methods).Error
	if err != nil {
		return nil, fmt.Errorf("list delivery methods: %w", err)
	}
	return methods, nil
}

// DeliveryZoneByID returns a zone with its countries, or ErrNotFound.
func (s *Store) DeliveryZoneByID(ctx context.Context, id int64) (DeliveryZone, error) {
	zones, err := deliveryZones(s.read.WithContext(ctx))
	if err != nil {
		return DeliveryZone{}, err
	}
	return zoneByID(zones, id)
}

func zoneByID(zones []DeliveryZone, id int64) (DeliveryZone, error) {
	for _, zone := range zones {
		if zone.ID == id {
			return zone, nil
		}
	}
	return DeliveryZone{}, fmt.Errorf("find delivery zone %d: %w", id, ErrNotFound)
}

// DeliveryMethodByID returns a method with its bands, or ErrNotFound.
func (s *Store) DeliveryMethodByID(ctx context.Context, id int64) (DeliveryMethod, error) {
	return deliveryMethodByID(s.read.WithContext(ctx), id)
}

func deliveryMethodByID(db *gorm.DB, id int64) (DeliveryMethod, error) {
	methods, err := deliveryMethods(db.Where("id = ?", id))
	if err == nil && len(methods) == 0 {
		err = fmt.Errorf("find delivery method %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return DeliveryMethod{}, err
	}
	return methods[0], nil
}

// SaveDeliveryZone stores a zone with its countries, a new one where its ID is
// 0, and returns it. It returns InvalidErrors for a name that is missing or too
// long, for an unknown country, for one that another zone has and for a second
// zone of everywhere else, ErrConflict where somebody else changed it since
// zone.Version, and ErrNotFound.
func (s *Store) SaveDeliveryZone(ctx context.Context, zone DeliveryZone, actor Actor) (DeliveryZone, error) {
	zone.Name, zone.Methods = strings.TrimSpace(zone.Name), nil
	slices.Sort(zone.Countries)
	zone.Countries = slices.Compact(zone.Countries)
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		zones, err := deliveryZones(tx)
		if err != nil {
			return err
		}
		before := ""
		if zone.ID != 0 {
			was, err := zoneByID(zones, zone.ID)
			if err != nil {
				return err
			}
			if was.Version != zone.Version {
				return ErrConflict
			}
			before = was.audited()
		}
		if err := zone.faults(zones).orNil(); err != nil {
			return err
		}
		if zone.ID == 0 {
			err = tx.Create(&zone).Error
		} else {
			err = unchanged(tx.Model(&DeliveryZone{ID: zone.ID}).Where("version = ?", zone.Version).Updates(map[string]any{
				"name": zone.Name, "everywhere": zone.Everywhere, "version": zone.Version + 1,
			}))
			zone.Version++
		}
		if err == nil {
			err = tx.Where("zone_id = ?", zone.ID).Delete(&deliveryCountry{}).Error
		}
		var rows []deliveryCountry
		for _, country := range zone.Countries {
			rows = append(rows, deliveryCountry{country, zone.ID})
		}
		if err == nil && len(rows) > 0 {
			err = tx.Create(&rows).Error
		}
		if errors.Is(err, gorm.ErrDuplicatedKey) { // a moment ago
			return InvalidErrors{{"countries", "Another zone has one of these countries, or everywhere else, by now. Please check again."}}
		}
		if err != nil {
			return err
		}
		if err := s.audit(tx, actor, AuditDeliveryChanged, "delivery zone "+zone.Name, before, zone.audited()); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return zone, fmt.Errorf("save a delivery zone: %w", err)
	}
	return zone, nil
}

func (z DeliveryZone) faults(all []DeliveryZone) InvalidErrors {
	var faults InvalidErrors
	if z.Name == "" {
		faults.add("name", "Enter a name, such as Europe.")
	}
	checkText(&faults, "name", "Name", z.Name, maxDeliveryName)
	if len(z.Countries) == 0 && !z.Everywhere {
		faults.add("countries", "Enter the countries of the zone, or tick the rest of the world.")
	}
	for _, country := range z.Countries {
		if countryNames()[country] == "" {
			faults.add("countries", "We do not know the country “%s”. Use its English name or its two-letter code.", country)
		}
	}
	for _, other := range all {
		if other.ID == z.ID {
			continue
		}
		if z.Everywhere && other.Everywhere {
			faults.add("everywhere", "“%s” is the rest of the world already.", other.Name)
		}
		for _, country := range z.Countries {
			if slices.Contains(other.Countries, country) {
				faults.add("countries", "%s is in the zone “%s” already: a country can be in one zone.", CountryName(country), other.Name)
			}
		}
	}
	return faults
}

// DeleteDeliveryZone deletes a zone with its methods. Orders keep what they
// were sold with.
func (s *Store) DeleteDeliveryZone(ctx context.Context, id int64, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		zones, err := deliveryZones(tx)
		if err != nil {
			return err
		}
		zone, err := zoneByID(zones, id)
		if err != nil {
			return err
		}
		if err := tx.Delete(&DeliveryZone{}, id).Error; err != nil {
			return err
		}
		if err := s.audit(tx, actor, AuditDeliveryDeleted, "delivery zone "+zone.Name, zone.audited(), ""); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("delete delivery zone %d: %w", id, err)
	}
	return nil
}

// SaveDeliveryMethod stores a method with its bands, a new one where its ID is
// 0. It returns InvalidErrors for what Faults finds, ErrConflict where somebody
// else changed it since method.Version, and ErrNotFound for an unknown method
// or zone.
func (s *Store) SaveDeliveryMethod(ctx context.Context, method DeliveryMethod, actor Actor) error {
	method.Name, method.Address = strings.TrimSpace(method.Name), strings.TrimSpace(method.Address)
	if method.banded() {
		method.Price = 0
	} else {
		method.Bands = nil
	}
	if err := method.Faults().orNil(); err != nil {
		return err
	}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		var shop Shop
		if err := tx.Take(&shop, 1).Error; err != nil {
			return found(err, "read the shop's row")
		}
		before := ""
		if method.ID != 0 {
			was, err := deliveryMethodByID(tx, method.ID)
			if err != nil {
				return err
			}
			if was.Version != method.Version {
				return ErrConflict
			}
			before = was.audited(shop.Currency)
			err = unchanged(tx.Model(&DeliveryMethod{ID: method.ID}).Where("version = ?", method.Version).Updates(map[string]any{
				"name": method.Name, "kind": method.Kind, "price": method.Price, "free_from": method.FreeFrom,
				"min_days": method.MinDays, "max_days": method.MaxDays, "address": method.Address,
				"version": method.Version + 1,
			}))
			if err != nil {
				return err
			}
		} else if err := createMethod(tx, &method); err != nil {
			return err
		}
		if err := tx.Where("method_id = ?", method.ID).Delete(&DeliveryBand{}).Error; err != nil {
			return err
		}
		bands := slices.Clone(method.Bands)
		for i := range bands {
			bands[i].MethodID = method.ID
		}
		if len(bands) > 0 {
			if err := tx.Create(&bands).Error; err != nil {
				return err
			}
		}
		if err := s.audit(tx, actor, AuditDeliveryChanged, "delivery "+method.Name, before, method.audited(shop.Currency)); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("save a delivery method: %w", err)
	}
	return nil
}

func createMethod(tx *gorm.DB, method *DeliveryMethod) error {
	siblings := tx.Model(&DeliveryMethod{}).Where("zone_id IS NULL")
	if method.ZoneID != nil {
		if err := tx.Take(&DeliveryZone{}, *method.ZoneID).Error; err != nil {
			return found(err, "find delivery zone %d", *method.ZoneID)
		}
		siblings = tx.Model(&DeliveryMethod{}).Where("zone_id = ?", *method.ZoneID)
	}
	var count int64
	if err := siblings.Count(&count).Error; err != nil {
		return err
	}
	if count >= maxDeliveryMethods {
		return InvalidErrors{{"name", fmt.Sprintf("There are %d ways already. Change or delete one of them first.", count)}}
	}
	return tx.Omit("Bands").Create(method).Error
}

// DeleteDeliveryMethod deletes a method. Orders keep what they were sold with.
func (s *Store) DeleteDeliveryMethod(ctx context.Context, id int64, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		method, err := deliveryMethodByID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Delete(&DeliveryMethod{}, id).Error; err != nil {
			return err
		}
		if err := s.audit(tx, actor, AuditDeliveryDeleted, "delivery "+method.Name, method.Name, ""); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("delete delivery method %d: %w", id, err)
	}
	return nil
}

// SetHomeCountry says where the shop is: the country that counts for shoppers
// who chose none. It returns InvalidErrors for an unknown one, and ErrConflict where
// somebody else set it since the version of Shop.HomeVersion.
func (s *Store) SetHomeCountry(ctx context.Context, country string, version int64, actor Actor) error {
	if countryNames()[country] == "" {
		return InvalidErrors{{"home", "Choose the country of the shop."}}
	}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		var shop Shop
		if err := tx.Take(&shop, 1).Error; err != nil {
			return found(err, "read the shop's row")
		}
		err := unchanged(tx.Model(&Shop{}).Where("id = 1 AND home_version = ?", version).
			UpdateColumns(map[string]any{"home_country": country, "home_version": version + 1}))
		if err != nil {
			return err
		}
		if err := s.audit(tx, actor, AuditDeliveryChanged, "the shop's country", shop.HomeCountry, country); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("set the shop's country: %w", err)
	}
	return nil
}
