package models_test

import (
	"fmt"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func TestDeliveryRatesOfOnePiece(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store, ctx := modelstest.New(t, databaseURL, models.Options{}), t.Context()
		said := func(grams, price int64) string {
			t.Helper()
			rates, err := store.DeliveryRates(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, rate := range rates.ForOne(grams, price) {
				all = append(all, fmt.Sprintf("%s %s %d", strings.Join(rate.Countries[:min(len(rate.Countries), 3)], ","), rate.Name, rate.Price))
			}
			return strings.Join(all, "; ")
		}
		if got := said(100, 100); got != "US,AT,AU Delivery 0" {
			t.Errorf("without zones: %s", got)
		}
		zone(t, store, models.DeliveryZone{Name: "World", Everywhere: true}, models.DeliveryMethod{Name: "Freight", Kind: models.DeliveryFlat, Price: 3000})
		zone(t, store, models.DeliveryZone{Name: "Europe", Countries: []string{"AT", "DE"}},
			models.DeliveryMethod{Name: "Letter", Kind: models.DeliveryByWeight, Bands: []models.DeliveryBand{{Starts: 0, Ends: 500, Price: 400}, {Starts: 500, Ends: 1000, Price: 900}}},
			models.DeliveryMethod{Name: "Parcel", Kind: models.DeliveryBySubtotal, Bands: []models.DeliveryBand{{Starts: 0, Ends: 5000, Price: 800}}, FreeFrom: 4000})
		zone(t, store, models.DeliveryZone{Name: "Nowhere yet", Countries: []string{"JP"}})
		for _, c := range []struct {
			grams, price int64
			want         string
		}{
			{100, 1000, "US,AU,BE Freight 3000; AT,DE Letter 400"},
			{600, 1000, "US,AU,BE Freight 3000; AT,DE Parcel 800"},
			{100, 4000, "US,AU,BE Freight 3000; AT,DE Parcel 0"},
			{1000, 5000, "US,AU,BE Freight 3000"}, // too heavy for the one, too dear for the other
		} {
			if got := said(c.grams, c.price); got != c.want {
				t.Errorf("%d grams for %d: %s, want %s", c.grams, c.price, got, c.want)
			}
		}
	})
}
