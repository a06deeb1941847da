package handlers_test

import (
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// What the shop never offered for more shows no reduction, on no page and in no
// feed.
func TestNoReductionOfWhatWasNeverDearer(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := machineShop(t, databaseURL, "USD")
		_, err := app.Store.CreateProduct(t.Context(), models.ProductEdit{Name: "Stated", Slug: "stated", Status: models.ProductActive,
			Variants: []models.VariantEdit{{SKU: "STATED", Price: 7777, CompareAt: 8888, Stock: 3}}}, models.Actor{Email: "manager@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		visitor := app.Browser()
		paths := []string{"/products/stated", "/products", "/feeds/google.xml", "/feeds/meta.csv"}
		for _, path := range paths {
			app.Eventually("the product at "+path, func() bool { return strings.Contains(visitor.Get(path).Body, "77.77") })
			if page := visitor.Get(path).Body; strings.Contains(page, "88.88") {
				t.Errorf("%s shows a price that nobody asked:\n%s", path, page)
			}
		}
		for _, path := range paths { // beside one that was
			path = strings.Replace(path, "stated", "shirt", 1)
			if page := visitor.Get(path).Body; !strings.Contains(page, "20.00") {
				t.Errorf("%s does not show what the shirt cost", path)
			}
		}
	})
}
