package models_test

import (
	"slices"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestEveryRuleIsLookedAtAgain leaves a collection as two people leave it on
// PostgreSQL who save its rule and products at once: with one that the rule
// refuses, and without one that it chooses.
func TestEveryRuleIsLookedAtAgain(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		priced := func(name string, price int64) int64 {
			return made(t, store, models.ProductEdit{Name: name, Status: models.ProductActive, Variants: []models.VariantEdit{{SKU: name, Price: price}}}).ID
		}
		cheap, dear := priced("Pencil", 500), priced("Easel", 20_000)
		shelf, err := store.SaveCollection(t.Context(), 0, models.CollectionEdit{Name: "Dear",
			Rule: &models.Rule{Conditions: []models.Condition{{Kind: models.PriceFrom, Amount: 10_000}}}}, staff)
		if err != nil {
			t.Fatal(err)
		}
		modelstest.Exec(t, databaseURL, "DELETE FROM collection_products")
		modelstest.Exec(t, databaseURL, "INSERT INTO collection_products (collection_id, product_id, position) VALUES ($1, $2, 1)", shelf.ID, cheap)
		for want := 1; want >= 0; want-- {
			if n, err := store.RefreshCollections(t.Context(), true); err != nil || n != want {
				t.Errorf("refreshed %d, %v; want %d", n, err, want)
			}
		}
		members, err := store.CollectionMembers(t.Context(), shelf.ID, 0, 10)
		if err != nil || !slices.EqualFunc(members, []int64{dear}, func(p models.Product, id int64) bool { return p.ID == id }) {
			t.Errorf("it holds %+v, %v; want the easel", members, err)
		}
	})
}
