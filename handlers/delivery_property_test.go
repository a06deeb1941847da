package handlers_test

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tuckshop/models"
)

// deliverEverywhere gives the shop every kind of delivery.
func (s *till) deliverEverywhere(t *testing.T) {
	t.Helper()
	ctx, step := t.Context(), s.step
	s.methods = map[string][]int64{}
	for _, zone := range []struct {
		models.DeliveryZone
		ways []models.DeliveryMethod
	}{
		{models.DeliveryZone{Name: "Home", Countries: []string{"US"}}, []models.DeliveryMethod{
			{Name: "Slow", Kind: models.DeliveryFlat, Price: 499 * step, FreeFrom: 5000 * step},
			{Name: "Free", Kind: models.DeliveryFlat, MinDays: 2, MaxDays: 4},
		}},
		{models.DeliveryZone{Name: "Near", Countries: []string{"DE", "FR"}}, []models.DeliveryMethod{
			{Name: "By weight", Kind: models.DeliveryByWeight, MaxDays: 3, Bands: []models.DeliveryBand{{Ends: 300, Price: 333 * step}, {Starts: 300, Ends: 5000, Price: 1001 * step}}},
			{Name: "Any weight", Kind: models.DeliveryFlat, Price: 2999 * step},
		}},
		{models.DeliveryZone{Name: "Far", Everywhere: true}, []models.DeliveryMethod{
			{Name: "By worth", Kind: models.DeliveryBySubtotal, Bands: []models.DeliveryBand{{Ends: 700 * step, Price: 777 * step}, {Starts: 700 * step, Price: 7 * step}}},
		}},
	} {
		stored, err := s.store.SaveDeliveryZone(ctx, zone.DeliveryZone, models.Actor{})
		if err != nil {
			t.Fatal(err)
		}
		for _, way := range zone.ways {
			way.ZoneID = &stored.ID
			if err := s.store.SaveDeliveryMethod(ctx, way, models.Actor{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	pickup := models.DeliveryMethod{Name: "Pickup", Kind: models.DeliveryPickup, Price: 99 * step, Address: "1 Main Street"}
	if err := s.store.SaveDeliveryMethod(ctx, pickup, models.Actor{}); err != nil {
		t.Fatal(err)
	}
	zones, pickups, err := s.store.DeliveryZones(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, countries := range [][]string{{"US"}, {"DE", "FR"}, {"JP"}} {
		for _, country := range countries {
			for _, way := range append(slices.Clone(zones[i].Methods), pickups...) {
				s.methods[country] = append(s.methods[country], way.ID)
			}
		}
	}
}

// taxEverything gives the shop rates, and every third product a class of its
// own.
func (s *till) taxEverything(t *testing.T) {
	t.Helper()
	if err := s.store.SaveTaxSettings(t.Context(), models.TaxSettings{
		Mode: models.TaxNone, Classes: []models.TaxClass{{ID: models.StandardTaxClass, Name: "Standard"}, {Name: "Reduced"}},
	}, models.Actor{}); err != nil {
		t.Fatal(err)
	}
	classes, err := s.store.TaxClasses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.reduced = classes[1]
	for i, product := range s.products {
		if i%3 != 1 {
			continue
		}
		v := product.Variants[0]
		edit := models.ProductEdit{Version: product.Version, Name: product.Name, Slug: product.Slug, Status: product.Status, TaxClass: s.reduced.ID,
			Variants: []models.VariantEdit{{ID: v.ID, SKU: v.SKU, Price: v.Price, Stock: v.Stock, StockWas: v.Stock, WeightGrams: v.WeightGrams}}}
		for _, collection := range product.Collections {
			edit.Collections = append(edit.Collections, collection.ID)
		}
		if _, err := s.store.SaveProduct(t.Context(), product.ID, edit, models.Actor{}); err != nil {
			t.Fatal(err)
		}
	}
}

// chooseTax draws how the shop stands to tax. Of three decimals Stripe Tax
// knows nothing here.
func (s *till) chooseTax(t *rapid.T) {
	modes := []models.TaxMode{models.TaxNone, models.TaxOwn, models.TaxOwn, models.TaxStripe}
	if s.step > 1 {
		modes = modes[:3]
	}
	stored, err := s.store.TaxSettings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings := models.TaxSettings{
		Version: stored.Version,
		Mode:    rapid.SampledFrom(modes).Draw(t, "tax"), Included: rapid.Bool().Draw(t, "included"), Delivery: rapid.Bool().Draw(t, "on delivery"),
		Classes: []models.TaxClass{{ID: models.StandardTaxClass, Name: "Standard"}, s.reduced},
	}
	for _, country := range []string{"US", "DE", "FR"} {
		for _, class := range settings.Classes {
			rate := rapid.SampledFrom([]int64{0, 1, 50_000, 88_750, 190_000, 200_000, 333_333, 1_000_000}).Draw(t, "rate")
			settings.Rates = append(settings.Rates, models.TaxRate{Country: country, ClassID: class.ID, Name: "VAT", Rate: rate})
		}
	}
	if err := s.store.SaveTaxSettings(t.Context(), settings, models.Actor{}); err != nil {
		t.Fatal(err)
	}
}

// chooseDelivery draws where the cart goes, and how; or says nothing. A way
// that does not take the cart leaves it as it was.
func (s *till) chooseDelivery(t *rapid.T, token string) {
	country := rapid.SampledFrom([]string{"", "US", "DE", "FR", "JP"}).Draw(t, "country")
	if country == "" {
		return
	}
	way := rapid.SampledFrom(append([]int64{0}, s.methods[country]...)).Draw(t, "way")
	var refused *models.InvalidError
	if err := s.store.SetCartDelivery(t.Context(), token, country, way); err != nil && !errors.As(err, &refused) {
		t.Fatal(err)
	}
}

// addsUp holds an order's figures against each other and against a calculation
// of their own.
func (s *till) addsUp(t *rapid.T, order models.Order, lines []models.CartLine) {
	var subtotal, shares, tax int64
	work := func(amount, rate int64) int64 { // the amount's tax, half up
		whole := big.NewRat(models.TaxWhole, 1)
		if order.TaxIncluded {
			whole = big.NewRat(models.TaxWhole+rate, 1)
		}
		exact := new(big.Rat).Quo(big.NewRat(rate, s.step), whole)
		exact.Mul(exact, big.NewRat(amount, 1)).Add(exact, big.NewRat(1, 2))
		return new(big.Int).Div(exact.Num(), exact.Denom()).Int64() * s.step
	}
	for i, item := range order.Items {
		if item.Discount < 0 || item.Discount > item.Total || item.Total != item.UnitPrice*item.Quantity || item.VariantID != lines[i].VariantID {
			t.Fatalf("line %+v", item)
		}
		if want := work(item.Total-item.Discount, item.TaxRate); item.Tax != want {
			t.Fatalf("line %+v is taxed with %d, not %d", item, item.Tax, want)
		}
		subtotal, shares, tax = subtotal+item.Total, shares+item.Discount, tax+item.Tax
	}
	if want := work(order.Shipping, order.DeliveryTaxRate); order.DeliveryTax != want {
		t.Fatalf("delivery of %d is taxed with %d, not %d", order.Shipping, order.DeliveryTax, want)
	}
	total := subtotal - shares + order.Shipping
	if !order.TaxIncluded {
		total += tax + order.DeliveryTax
	}
	if order.Subtotal != subtotal || order.Discount != shares || order.Tax != tax+order.DeliveryTax || order.Total != total || total < 0 || total%s.step != 0 {
		t.Fatalf("order %+v, not %d, %d off, %d tax, %d", order, subtotal, shares, tax, total)
	}
}
