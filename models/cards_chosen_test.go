package models_test

import (
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestListsShowWhatWasLookedFor narrows a list by a colour and sees the picture
// of the variant in that colour, of several the first that fits everything.
func TestListsShowWhatWasLookedFor(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store, ctx := modelstest.New(t, databaseURL, models.Options{}), t.Context()
		tin := product("tin", "Tin", "", "",
			models.Variant{SKU: "RS", Option1: "Small", Option2: "Red", Price: 100, Stock: 1, Position: 0},
			models.Variant{SKU: "BS", Option1: "Small", Option2: "Crème brûlée", Price: 100, Position: 1},
			models.Variant{SKU: "BL", Option1: "Large", Option2: "Crème brûlée", Price: 300, Stock: 1, Position: 2},
			models.Variant{SKU: "GL", Option1: "Large", Option2: "Green", Price: 300, Stock: 1, Position: 3},
		)
		tin.Options = []models.Option{{Name: "Size"}, {Name: "Colour", Position: 1}}
		pictures := map[string]string{"RS": "red", "BS": "cream", "BL": "large-cream"} // green has none
		tin.Pictures = []models.Picture{{Key: "red", Alt: "Red"}, {Key: "cream", Alt: "Cream", Position: 1}, {Key: "large-cream", Alt: "Large", Position: 2}}
		if _, err := store.AddCatalogue(ctx, nil, []models.Product{tin}, pictures); err != nil {
			t.Fatal(err)
		}
		for name, test := range map[string]struct {
			filter   models.ProductFilter
			sku      string
			pictures int
			first    string
		}{
			"nothing chosen": {models.ProductFilter{}, "", 3, "red"},
			"in stock alone": {models.ProductFilter{InStock: true}, "", 3, "red"},
			"a colour":       {models.ProductFilter{Options: map[string][]string{"colour": {"creme-brulee"}}}, "BS", 1, "cream"},
			"one in stock":   {models.ProductFilter{Options: map[string][]string{"colour": {"creme-brulee"}}, InStock: true}, "BL", 1, "large-cream"},
			"two options":    {models.ProductFilter{Options: map[string][]string{"colour": {"creme-brulee", "red"}, "size": {"large"}}}, "BL", 1, "large-cream"},
			"one of two":     {models.ProductFilter{Options: map[string][]string{"colour": {"creme-brulee", "red"}}}, "RS", 1, "red"},
			"no picture":     {models.ProductFilter{Options: map[string][]string{"colour": {"green"}}}, "GL", 3, "red"},
		} {
			test.filter.PerPage = 24
			list, err := store.List(ctx, test.filter)
			if err != nil || len(list.Products) != 1 {
				t.Fatalf("%s: %d products, %v", name, len(list.Products), err)
			}
			p, sku := list.Products[0], ""
			for _, v := range p.Variants {
				if v.ID == p.ChosenID {
					sku = v.SKU
				}
			}
			if sku != test.sku || len(p.Pictures) != test.pictures || p.Pictures[0].Key != test.first {
				t.Errorf("%s: %q with %d pictures, the first %q; want %q, %d, %q", name, sku, len(p.Pictures), p.Pictures[0].Key, test.sku, test.pictures, test.first)
			}
		}
	})
}
