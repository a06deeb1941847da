package models_test

import (
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestWhatChangesWhileItIsIndexed takes a product out of its collection, by a
// rule that moves many, in the moment in which it is indexed for a change before:
// it must not be found by the collection's name any more.
func TestWhatChangesWhileItIsIndexed(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		modelstest.Product(t, store, "pen", 500, 7)
		if _, err := store.SaveCollection(t.Context(), 0, models.CollectionEdit{Name: "Bargains",
			Rule: &models.Rule{Conditions: []models.Condition{{Kind: models.PriceUpTo, Amount: 1000}}}}, staff); err != nil {
			t.Fatal(err)
		}
		modelstest.Exec(t, url, "INSERT INTO products_to_index (product_id) VALUES (1)")
		db := openSQL(t, url)
		other, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Rollback()         //nolint:errcheck // only where the test has failed
		for _, step := range []string{ // what applyRule and indexSoon do
			"DELETE FROM collection_products WHERE product_id = 1",
			"INSERT INTO products_to_index (product_id) VALUES (1) ON CONFLICT (product_id) DO UPDATE SET product_id = excluded.product_id",
		} {
			if _, err := other.ExecContext(t.Context(), step); err != nil {
				t.Fatal(err)
			}
		}
		indexed := make(chan error, 1)
		go func() {
			_, err := store.IndexWaiting(t.Context())
			indexed <- err
		}()
		waiting(t, db, url)
		if err := other.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := <-indexed; err != nil {
			t.Fatal(err)
		}
		if _, found, err := store.Products(t.Context(), models.ProductFilter{Search: "bargains", PerPage: 1}); err != nil || found != 0 {
			t.Errorf("%d are found by the collection's name, %v", found, err)
		}
	})
}
