package models_test

import (
	"regexp"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// many makes a catalogue of 10,000 products, in which one in four hundred is rare,
// and a vocabulary to go with it.
var many = []string{
	`INSERT INTO products (id, slug, name, status, featured, created_at, updated_at) SELECT n, 'p' || n, CASE WHEN n % 400 = 0 THEN 'Rare' ELSE 'Plain' END || ' thing ' || n,
		'active', n % 50 = 0, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM g`,
	`INSERT INTO options (id, product_id, name, position) SELECT n, n, 'Colour', 0 FROM g`,
	`INSERT INTO option_values (option_id, name, position) SELECT n, 'Red', 0 FROM g`,
	`INSERT INTO option_values (option_id, name, position) SELECT n, 'Blue', 1 FROM g`,
	`INSERT INTO variants (product_id, sku, option1, price, stock, position) SELECT n, 'S' || n, 'Red', n, n % 3, 0 FROM g`,
	`INSERT INTO variants (product_id, sku, option1, price, stock, position) SELECT n, 'T' || n, 'Blue', n, n % 3, 1 FROM g`,
	`INSERT INTO pictures (product_id, key, alt, width, height, position) SELECT n, 'k' || n, '', 1, 1, 0 FROM g`,
	`INSERT INTO search_spellings (spelling, word) SELECT 'filler' || n, 'filler' || n FROM g`,
}

// endToEnd is a read of a whole table that grows with the catalogue, in the
// words of each database.
var endToEnd = regexp.MustCompile("Seq Scan on (products|variants|options|option_values|pictures|collection_products|product_words|search_spellings)|" +
	`(?m)^SCAN (products|variants|options|option_values|pictures|collection_products|search_spellings)$|(?m)^SCAN product_words VIRTUAL TABLE INDEX 0:$`)

// No list and no save of a product reads a table of the catalogue from end to
// end. The exceptions are
// the shelves, which are made of everything once for each version of the
// catalogue, and the admin's count of all products.
func TestListsReadNoTableFromEndToEnd(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		for _, insert := range many {
			into, from, _ := strings.Cut(insert, " SELECT ")
			modelstest.Exec(t, databaseURL, into+" WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 10000) SELECT "+from)
		}
		modelstest.Count(t, databaseURL)
		ctx := t.Context()
		_, err := store.SaveCollection(ctx, 0, models.CollectionEdit{Name: "In stock", Rule: &models.Rule{Conditions: []models.Condition{{Kind: models.IsInStock}}}}, staff)
		if err != nil {
			t.Fatal(err)
		}
		for more := true; more; {
			if more, err = store.IndexWaiting(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.IndexEverything(ctx); err != nil {
			t.Fatal(err)
		}
		if store.Postgres() {
			modelstest.Exec(t, databaseURL, "SELECT setval(pg_get_serial_sequence('options', 'id'), 10000)")
			modelstest.Exec(t, databaseURL, "VACUUM ANALYZE")
		} else {
			modelstest.Exec(t, databaseURL, "ANALYZE")
		}
		asked, err := store.Listen()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []models.ProductFilter{
			{PerPage: 24},
			{Sort: models.SortPriceAsc, Page: 20, PerPage: 24, Options: map[string][]string{"colour": {"red"}}, InStock: true, PriceMax: 3900},
			{Search: "thing 77", PerPage: 24},
			{Search: "rare", PerPage: 24},
			{Search: "rarre", PerPage: 24},
			{Search: "rare 77", PerPage: 24}, // nothing has both
			{Search: "rare", Drafts: true, PerPage: 24},
			{Drafts: true, Status: models.ProductActive, Page: 10, PerPage: 24},
			{Drafts: true, Page: 10, PerPage: 24},
		} {
			if _, total, err := store.Products(ctx, f); err != nil || total == 0 {
				t.Fatalf("%+v: %d, %v", f, total, err)
			}
		}
		for _, by := range []models.ProductSort{models.SortFeatured, models.SortNewest} {
			if _, err := store.Highlights(ctx, by, 8); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := store.Suggest(ctx, 0, "rare thi", 8); err != nil {
			t.Fatal(err)
		}
		saved(t, store, 100, func(*models.ProductEdit) {})
		questions := asked()
		if len(questions) < 30 {
			t.Fatalf("%d questions were heard", len(questions))
		}
		for _, question := range questions {
			if strings.HasPrefix(question.SQL, "SELECT count(*)") && !strings.Contains(question.SQL, "id IN") {
				continue
			}
			plan, err := store.Explain(ctx, question)
			if err != nil {
				t.Fatal(err)
			}
			if endToEnd.MatchString(plan) {
				t.Errorf("%s\nis answered by\n%s", question.SQL, plan)
			}
		}
	})
}
