package handlers

import (
	"fmt"
	"strconv"

	"tuckshop/models"
	"tuckshop/views"
)

// jsonCountries bounds the countries a page tells search engines of.
const jsonCountries = 30

// jsonTerms are the terms on which a product is delivered and taken back, each
// a thing of the document that offers refer to: the forms of a product mostly
// share them.
type jsonTerms struct {
	page   views.ProductPage
	things []jsonObject
	known  map[string][]jsonObject // references to the rates of delivery
}

// add puts the terms of a variant on its offer.
func (t *jsonTerms) add(offer jsonObject, variant views.VariantChoice) {
	if rates := t.delivery(variant); len(rates) > 0 {
		offer["shippingDetails"] = rates
	}
	if t.page.Returns.Days > 0 {
		offer["hasMerchantReturnPolicy"] = jsonObject{"@id": t.id("returns")}
	}
}

func (t *jsonTerms) id(name string) string { return t.page.Frame.Canonical + "#" + name }

// delivery refers to what the delivery of one piece costs.
func (t *jsonTerms) delivery(variant views.VariantChoice) []jsonObject {
	key := fmt.Sprint(variant.Delivery)
	references, known := t.known[key]
	if known {
		return references
	}
	left := jsonCountries
	for _, rate := range variant.Delivery {
		countries := rate.Countries[:min(len(rate.Countries), left)]
		if left -= len(countries); len(countries) == 0 {
			break
		}
		id := t.id("delivery-" + strconv.Itoa(len(t.things)+1))
		t.things = append(t.things, deliveryJSONLD(id, rate, countries, variant.Price.Currency))
		references = append(references, jsonObject{"@id": id})
	}
	if t.known == nil {
		t.known = map[string][]jsonObject{}
	}
	t.known[key] = references
	return references
}

func deliveryJSONLD(id string, rate models.DeliveryRate, countries []string, currency string) jsonObject {
	regions := make([]jsonObject, len(countries))
	for i, country := range countries {
		regions[i] = jsonObject{"@type": "DefinedRegion", "addressCountry": country}
	}
	thing := jsonObject{
		"@type": "OfferShippingDetails", "@id": id, "shippingDestination": regions,
		"shippingRate": jsonObject{"@type": "MonetaryAmount", "value": models.Money{Amount: rate.Price, Currency: currency}.Decimal(), "currency": currency},
	}
	if rate.MaxDays > 0 {
		thing["deliveryTime"] = jsonObject{"@type": "ShippingDeliveryTime", "transitTime": jsonObject{
			"@type": "QuantitativeValue", "minValue": rate.MinDays, "maxValue": rate.MaxDays, "unitCode": "DAY",
		}}
	}
	return thing
}

// all are the terms that were referred to.
func (t *jsonTerms) all() []jsonObject {
	things := t.things
	if returns := t.page.Returns; returns.Days > 0 {
		policy := jsonObject{
			"@type": "MerchantReturnPolicy", "@id": t.id("returns"),
			"returnPolicyCategory": schemaOrg + "MerchantReturnFiniteReturnWindow", "merchantReturnDays": returns.Days,
		}
		policy.put("applicableCountry", returns.Country)
		things = append(things, policy)
	}
	return things
}
