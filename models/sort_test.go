package models_test

import (
	"net/url"
	"slices"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// If a sort became part of the SQL, the two CASE WHEN ones would list the
// products in opposite orders, and so answer a question about any table.
func TestSortIsChosenFromAList(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		if _, err := store.AddCatalogue(t.Context(), nil, []models.Product{
			{Slug: "pen", Name: "Pen", Status: models.ProductActive, Variants: []models.Variant{{SKU: "PEN", Price: 500}}},
			{Slug: "ink", Name: "Ink", Status: models.ProductActive, Variants: []models.Variant{{SKU: "INK", Price: 300}}},
		}, nil); err != nil {
			t.Fatal(err)
		}
		listed := func(query string) []string {
			t.Helper()
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			products, _, err := store.Products(t.Context(), models.ProductFilter{Sort: models.ProductSort(values.Get("sort")), PerPage: 24})
			if err != nil {
				t.Fatalf("%s: %v", query, err)
			}
			var slugs []string
			for _, product := range products {
				slugs = append(slugs, product.Slug)
			}
			return slugs
		}
		if got := listed("sort=price-asc"); !slices.Equal(got, []string{"ink", "pen"}) {
			t.Errorf("by price: %v", got)
		}
		for _, query := range []string{
			"",
			"sort=CASE+WHEN+(SELECT+COUNT(*)+FROM+staff)=0+THEN+products.id+ELSE+-products.id+END",
			"sort=CASE+WHEN+(SELECT+COUNT(*)+FROM+staff)>0+THEN+products.id+ELSE+-products.id+END",
			"sort=price-asc,+products.id",
			"sort=id%3B+DROP+TABLE+products",
		} {
			if got := listed(query); !slices.Equal(got, []string{"pen", "ink"}) {
				t.Errorf("%q: %v", query, got)
			}
		}
	})
}
