package models

import (
	"slices"

	"gorm.io/gorm"
)

// deliveryTerms are how the shop delivers at one version of the catalogue.
// Nobody changes them once they are read.
type deliveryTerms struct {
	version int64
	zones   []DeliveryZone // with their countries
	methods []DeliveryMethod
}

// deliveryTerms returns how the shop delivers. They are read where the shop's
// row is of another version than those that are known: whatever changes them
// changes the version in the same transaction. db must not have done so itself,
// for that may be undone.
func (s *Store) deliveryTerms(db *gorm.DB, shop Shop) (*deliveryTerms, error) {
	if known := s.terms.Load(); known != nil && known.version == shop.CatalogueVersion {
		return known, nil
	}
	terms := &deliveryTerms{version: shop.CatalogueVersion}
	var err error
	if terms.zones, err = deliveryZones(db); err != nil {
		return nil, err
	}
	if len(terms.zones) > 0 {
		if terms.methods, err = deliveryMethods(db.Order("id")); err != nil {
			return nil, err
		}
	}
	s.terms.Store(terms)
	return terms, nil
}

// zoneOf is the zone that has a country, or the one of everywhere else, or 0.
func (t *deliveryTerms) zoneOf(country string) int64 {
	var everywhere int64
	for _, zone := range t.zones {
		if slices.Contains(zone.Countries, country) {
			return zone.ID
		}
		if zone.Everywhere {
			everywhere = zone.ID
		}
	}
	if countryNames()[country] == "" {
		return 0
	}
	return everywhere
}

// waysTo are the methods of a zone, as they were made.
func (t *deliveryTerms) waysTo(zone int64) []DeliveryMethod {
	var ways []DeliveryMethod
	for _, method := range t.methods {
		if method.ZoneID != nil && *method.ZoneID == zone {
			ways = append(ways, method)
		}
	}
	return ways
}

// pickups are the methods of no zone.
func (t *deliveryTerms) pickups() []DeliveryMethod {
	var pickups []DeliveryMethod
	for _, method := range t.methods {
		if method.ZoneID == nil {
			pickups = append(pickups, method)
		}
	}
	return pickups
}
