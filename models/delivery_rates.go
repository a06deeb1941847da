package models

import (
	"context"
	"slices"
)

// DeliveryRates are the shop's ways of delivery as those list them who compare
// shops. Nobody changes them.
type DeliveryRates struct{ zones []ratedZone }

type ratedZone struct {
	countries []string
	methods   []DeliveryMethod
}

// DeliveryRate is what it costs to have one piece delivered to some countries,
// in the cheapest way.
type DeliveryRate struct {
	Countries []string // ISO 3166-1 alpha-2; nobody changes them
	Name      string   // of the way
	Price     int64    // minor units, before tax and discounts
	MinDays   int64    // business days; 0 in both for no word
	MaxDays   int64
}

// DeliveryRates reads the rates of every zone, that of the shop's own country
// first, and of its countries the shop's own. The zone of everywhere else counts
// for that country and the usual ones that no other zone has; without zones,
// delivery is free.
func (s *Store) DeliveryRates(ctx context.Context) (*DeliveryRates, error) {
	shop, err := s.Shop(ctx)
	if err != nil {
		return nil, err
	}
	zones, _, err := s.DeliveryZones(ctx)
	if err != nil {
		return nil, err
	}
	usual := UsualCountries()
	if !slices.Contains(usual, shop.HomeCountry) && shop.HomeCountry != "" {
		usual = append(usual, shop.HomeCountry)
	}
	if len(zones) == 0 {
		zones = []DeliveryZone{{Everywhere: true, Methods: []DeliveryMethod{{Name: "Delivery", Kind: DeliveryFlat}}}}
	}
	named := map[string]bool{}
	rates := &DeliveryRates{}
	for _, zone := range zones { // that of everywhere else is the last
		countries := zone.Countries
		for _, country := range countries {
			named[country] = true
		}
		if zone.Everywhere {
			for _, country := range usual {
				if !named[country] {
					countries = append(countries, country)
				}
			}
		}
		home := func(country string) int { return -order(country == shop.HomeCountry) }
		slices.SortStableFunc(countries, func(a, b string) int { return home(a) - home(b) })
		if len(countries) > 0 && len(zone.Methods) > 0 {
			rates.zones = append(rates.zones, ratedZone{countries, zone.Methods})
		}
	}
	home := func(zone ratedZone) int { return -order(zone.countries[0] == shop.HomeCountry) }
	slices.SortStableFunc(rates.zones, func(a, b ratedZone) int { return home(a) - home(b) })
	return rates, nil
}

// ForOne is what one piece of a weight and a price, in minor units, costs to be
// delivered. A zone whose ways take no such piece is not among it.
func (r *DeliveryRates) ForOne(grams, price int64) []DeliveryRate {
	var rates []DeliveryRate
	for _, zone := range r.zones {
		var cheapest *DeliveryRate
		for _, method := range zone.methods {
			if cost, takes := method.priceOf(grams, price); takes && (cheapest == nil || cost < cheapest.Price) {
				cheapest = &DeliveryRate{zone.countries, method.Name, cost, method.MinDays, method.MaxDays}
			}
		}
		if cheapest != nil {
			rates = append(rates, *cheapest)
		}
	}
	return rates
}
