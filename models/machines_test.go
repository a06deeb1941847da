package models_test

import (
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestProductsForMachines goes through what is for sale by key: no draft, no
// gap, nothing twice.
func TestProductsForMachines(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		if chunks, err := store.ProductChunks(t.Context(), 10); err != nil || len(chunks) > 0 {
			t.Errorf("an empty shop has the chunks %v, %v", chunks, err)
		}
		var products []models.Product
		day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		for i := 1; i <= 45; i++ {
			status := models.ProductActive
			if i == 3 || i > 20 && i <= 30 { // the third run holds drafts alone
				status = models.ProductDraft
			}
			slug := fmt.Sprintf("product-%d", i)
			products = append(products, models.Product{Slug: slug, Name: slug, Status: status, CreatedAt: day.AddDate(0, 0, i),
				Variants: []models.Variant{{SKU: slug, Price: 100}}, Collections: []models.Collection{{Slug: "all"}}})
		}
		if _, err := store.AddCatalogue(t.Context(), []models.Collection{{Slug: "all", Name: "All"}}, products, nil); err != nil {
			t.Fatal(err)
		}
		chunks, err := store.ProductChunks(t.Context(), 10)
		if want := []int64{0, 1, 3, 4}; err != nil || !reflect.DeepEqual(chunks, want) {
			t.Errorf("chunks %v, %v, want %v", chunks, err, want)
		}
		addresses, err := store.ProductAddresses(t.Context(), 1, 10, 100)
		if err != nil || len(addresses) != 8 || addresses[0].Slug != "product-2" || addresses[1].Slug != "product-4" || addresses[7].ID != 10 {
			t.Errorf("%d addresses %v, %v", len(addresses), addresses, err)
		}
		var seen []int64
		for after := int64(0); ; {
			page, err := store.ProductsAfter(t.Context(), after, 7)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, product := range page {
				seen = append(seen, product.ID)
				if len(product.Variants) != 1 || len(product.Collections) != 1 || product.Status != models.ProductActive {
					t.Fatalf("product %+v", product)
				}
			}
			after = seen[len(seen)-1]
		}
		if len(seen) != 34 || seen[0] != 1 || seen[33] != 45 {
			t.Errorf("saw %v", seen)
		}
		newest, err := store.NewestProducts(t.Context(), 3)
		if err != nil || len(newest) != 3 || newest[0].ID != 45 || newest[2].ID != 43 {
			t.Errorf("newest %v, %v", newest, err)
		}
	})
}

// TestMachinesAskByIndex reads SQLite's plan of what a sitemap asks of 100,000
// products.
func TestMachinesAskByIndex(t *testing.T) {
	path := t.TempDir() + "/shop.db"
	modelstest.New(t, "sqlite:"+path, models.Options{})
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var id, parent, unused int
	var plan string
	err = db.QueryRowContext(t.Context(), `EXPLAIN QUERY PLAN SELECT products.id, products.slug, products.updated_at FROM products
		WHERE products.status = 'active' AND products.id > 5 AND products.id <= 10000 ORDER BY products.id ASC LIMIT 1000`).Scan(&id, &parent, &unused, &plan)
	if err != nil || !strings.Contains(plan, "SEARCH products USING INDEX") && !strings.Contains(plan, "SEARCH products USING INTEGER PRIMARY KEY") {
		t.Errorf("the plan is %q, %v", plan, err)
	}
}
