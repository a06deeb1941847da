package models

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// Delivery is how a cart gets to its shopper, as the shopper chose or, without
// a word, to the shop's own country in the cheapest way.
type Delivery struct {
	Zoned   bool   // the shop has zones; otherwise it delivers free of charge
	Country string // ISO 3166-1 alpha-2; empty where it does not matter yet
	Options []DeliveryOption
	Method  DeliveryMethod // that counts; its ID is 0 without zones
	Price   int64          // of it, in minor units, before tax and discounts
	Fault   error          // why the cart cannot be delivered: an InvalidError for the shopper
}

// DeliveryOption is a way in which a cart can be delivered.
type DeliveryOption struct {
	Method DeliveryMethod
	Price  int64 // minor units
}

// countryField and methodField are the fields of the cart page that say where
// a cart goes, and how.
const (
	countryField = "country"
	methodField  = "method"
)

// delivery works out how a cart is delivered.
func (s *Store) delivery(db *gorm.DB, shop Shop, cart Cart, lines []CartLine) (Delivery, error) {
	var d Delivery
	terms, err := s.deliveryTerms(db, shop)
	if err != nil {
		return d, err
	}
	d.Country = cart.DeliveryCountry
	if d.Country == "" {
		d.Country = shop.HomeCountry
	}
	if len(terms.zones) == 0 {
		if cart.DeliveryCountry == "" && shop.TaxMode != TaxOwn { // Stripe asks
			d.Country = ""
		} else if !slices.Contains(UsualCountries(), d.Country) && d.Country != shop.HomeCountry {
			d.Fault = notDelivered(d.Country)
		}
		return d, nil
	}
	d.Zoned = true
	zone := terms.zoneOf(d.Country)
	methods := terms.waysTo(zone)
	if len(methods) == 0 {
		zone = 0 // nothing goes there yet
	}
	methods = append(methods, terms.pickups()...)
	var grams int64
	for _, line := range lines {
		grams += line.Variant.WeightGrams * line.Quantity
	}
	sum := subtotal(lines)
	for _, method := range methods {
		if price, takes := method.priceOf(grams, sum); takes {
			d.Options = append(d.Options, DeliveryOption{method, price})
		}
	}
	slices.SortStableFunc(d.Options, func(a, b DeliveryOption) int { // pickups last, then the cheapest first
		switch {
		case a.Method.Pickup() != b.Method.Pickup():
			if b.Method.Pickup() {
				return -1
			}
			return 1
		case a.Price < b.Price:
			return -1
		case a.Price > b.Price:
			return 1
		}
		return 0
	})
	chosen := slices.IndexFunc(d.Options, func(o DeliveryOption) bool { return o.Method.ID == cart.DeliveryMethodID })
	switch {
	case chosen >= 0:
	case len(d.Options) > 0 && (!d.Options[0].Method.Pickup() || (cart.DeliveryCountry == "" && zone == 0)):
		chosen = 0
	case zone == 0:
		d.Fault = notDelivered(d.Country)
		return d, nil
	default:
		d.Fault = &InvalidError{countryField, fmt.Sprintf("None of our ways of delivery to %s takes these articles together. Please take something out, or choose another country.", CountryName(d.Country))}
		return d, nil
	}
	d.Method, d.Price = d.Options[chosen].Method, d.Options[chosen].Price
	return d, nil
}

func notDelivered(country string) error {
	return &InvalidError{countryField, fmt.Sprintf("Sorry, we do not deliver to %s. Please choose another country.", CountryName(country))}
}

// DeliveredCountries are the codes of the countries the shop delivers to.
func (s *Store) DeliveredCountries(ctx context.Context) (map[string]bool, error) {
	zones, err := deliveryZones(s.read.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	delivered := map[string]bool{}
	if len(zones) == 0 {
		for _, country := range UsualCountries() {
			delivered[country] = true
		}
	}
	for _, zone := range zones {
		for _, country := range zone.Countries {
			delivered[country] = true
		}
		if zone.Everywhere {
			for _, country := range Countries() {
				delivered[country.Code] = true
			}
		}
	}
	return delivered, nil
}

// SetCartDelivery keeps with the cart of token where it goes and how; method 0
// is the cheapest way there.
//
// It returns an InvalidError, with the cart as it was, for a country that the
// shop does not deliver to and for a method that there is not, and ErrNotFound
// for an empty cart.
func (s *Store) SetCartDelivery(ctx context.Context, token, country string, method int64) error {
	if countryNames()[country] == "" {
		return &InvalidError{countryField, "Choose the country your order goes to."}
	}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		cart, lines, err := s.lockCart(tx, token)
		if err != nil {
			return err
		}
		var shop Shop
		if err := tx.Take(&shop, 1).Error; err != nil {
			return found(err, "read the shop's row")
		}
		before := cart.DeliveryCountry
		if before == "" {
			before = shop.HomeCountry
		}
		cart.DeliveryCountry, cart.DeliveryMethodID = country, method
		delivery, err := s.delivery(tx, shop, cart, buyable(lines))
		if err != nil {
			return err
		}
		if delivery.Fault != nil {
			return delivery.Fault
		}
		if method != 0 && delivery.Method.ID != method {
			if country == before {
				return &InvalidError{methodField, "Choose one of the ways of delivery."}
			}
			cart.DeliveryMethodID = 0 // of the country before
		}
		return tx.Model(&Cart{ID: cart.ID}).
			UpdateColumns(map[string]any{"delivery_country": country, "delivery_method_id": cart.DeliveryMethodID}).Error
	})
	if err != nil {
		return fmt.Errorf("choose a cart's delivery: %w", err)
	}
	return nil
}

// DeliveryPromise is what delivery costs at home, for pages without a cart.
type DeliveryPromise struct {
	Zoned    bool
	Country  string // the shop's, where it delivers there
	From     int64  // the lowest price, in minor units
	FreeFrom int64  // the lowest amount from which it is free; 0 for never
}

// DeliveryPromise returns what delivery costs in the shop's own country.
func (s *Store) DeliveryPromise(ctx context.Context) (DeliveryPromise, error) {
	var promise DeliveryPromise
	shop, err := s.Shop(ctx)
	if err != nil {
		return promise, err
	}
	terms, err := s.deliveryTerms(s.read.WithContext(ctx), shop)
	if err != nil || len(terms.zones) == 0 {
		return promise, err
	}
	promise.Zoned = true
	methods := terms.waysTo(terms.zoneOf(shop.HomeCountry))
	if len(methods) == 0 {
		return promise, nil
	}
	promise.Country, promise.From = shop.HomeCountry, methods[0].least()
	for _, method := range methods {
		promise.From = min(promise.From, method.least())
		if method.FreeFrom > 0 && (promise.FreeFrom == 0 || method.FreeFrom < promise.FreeFrom) {
			promise.FreeFrom = method.FreeFrom
		}
	}
	return promise, nil
}
