package models_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func (c *clock) pass(by time.Duration) { c.at = c.at.Add(by) }

// saved stores a draft of a product made by change from what is stored.
func saved(t *testing.T, store *models.Store, id int64, change func(*models.ProductEdit)) models.Product {
	t.Helper()
	edit := editOf(again(t, store, id))
	change(&edit)
	if _, err := store.SaveProduct(t.Context(), id, edit, staff); err != nil {
		t.Fatal(err)
	}
	return again(t, store, id)
}

func catalogueVersion(t *testing.T, store *models.Store) int64 {
	t.Helper()
	shop, err := store.Shop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return shop.CatalogueVersion
}

func TestScheduledProductGoesOnSale(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		clock := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
		store := modelstest.New(t, url, models.Options{Now: clock.now})
		at := clock.at.Add(time.Hour)
		edit := shirt()
		edit.Status = models.ProductScheduled
		_, err := store.CreateProduct(t.Context(), edit, staff)
		faultsAre(t, "without a moment", err, "publish")
		past := clock.at
		edit.PublishAt = &past
		_, err = store.CreateProduct(t.Context(), edit, staff)
		faultsAre(t, "a moment that has passed", err, "publish")
		edit.PublishAt = &at
		product := made(t, store, edit)
		if product.Status != models.ProductScheduled || product.PublishAt == nil || !product.PublishAt.Equal(at) {
			t.Fatalf("stored as %s at %v", product.Status, product.PublishAt)
		}
		publish := func(want int) {
			t.Helper()
			if n, err := store.PublishDue(t.Context()); err != nil || n != want {
				t.Fatalf("put %d on sale, %v; want %d", n, err, want)
			}
		}
		clock.pass(time.Hour - time.Second)
		publish(0)
		if _, err := store.ProductBySlug(t.Context(), product.Slug); err == nil {
			t.Error("it is for sale before its time")
		}
		version := catalogueVersion(t, store)
		clock.pass(time.Second)
		publish(1)
		publish(0)
		if shown, err := store.ProductBySlug(t.Context(), product.Slug); err != nil || shown.PublishAt != nil || shown.Version != product.Version+1 {
			t.Errorf("on sale: %+v, %v", shown, err)
		}
		if catalogueVersion(t, store) <= version {
			t.Error("the pages stay as they were")
		}
		// Another status takes the moment away.
		product = saved(t, store, product.ID, func(e *models.ProductEdit) { e.Status, e.PublishAt = models.ProductDraft, &at })
		if product.PublishAt != nil {
			t.Error("a draft keeps its moment")
		}
	})
}

func TestLowestPriceBeforeAReduction(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		clock := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
		store := modelstest.New(t, url, models.Options{Now: clock.now})
		const day = 24 * time.Hour
		product := made(t, store, models.ProductEdit{Name: "Pen", Status: models.ProductDraft, Variants: []models.VariantEdit{{SKU: "PEN", Price: 100}}})
		price := func(after time.Duration, status string, now, before, want int64) {
			t.Helper()
			clock.pass(after)
			stored := saved(t, store, product.ID, func(e *models.ProductEdit) {
				e.Status, e.Variants[0].Price, e.Variants[0].CompareAt = status, now, before
			})
			if got := stored.Variants[0].PriorPrice; got != want {
				t.Errorf("%d after %d on %s: the lowest before is %d, want %d", now, before, clock.at.Format("2 January"), got, want)
			}
		}
		price(day, models.ProductDraft, 5000, 0, 0)           // a slip of 100 that nobody saw
		price(day, models.ProductActive, 5000, 0, 0)          //
		price(40*day, models.ProductActive, 4000, 5000, 5000) //
		price(day, models.ProductActive, 4000, 5000, 5000)    // saved again
		price(day, models.ProductActive, 3500, 5000, 4000)    // further down
		price(2*day, models.ProductActive, 5000, 0, 0)        // over
		price(10*day, models.ProductActive, 4500, 5000, 3500)
		price(40*day, models.ProductActive, 5000, 0, 0)
		price(31*day, models.ProductActive, 4200, 5000, 5000) // what was lower lies too far back
		lines, err := store.PriceHistory(t.Context(), product.ID, 0, 50)
		if err != nil || len(lines) != 9 || lines[0].Price != 4200 || lines[0].CompareAt != 5000 || lines[0].Actor != staff.Email || lines[len(lines)-1].Price != 100 || lines[len(lines)-1].Offered {
			t.Errorf("%d lines of history: %+v, %v", len(lines), lines, err)
		}
		price(day, models.ProductActive, 5000, 0, 0)
		price(day, models.ProductArchived, 5000, 0, 0)
		price(60*day, models.ProductActive, 4000, 5500, 5000) // not for sale for longer than 30 days
	})
}

// reduction is what a product's first variant shows beside its price.
func reduction(t *testing.T, store *models.Store, id int64) [2]int64 {
	t.Helper()
	before, lowest := again(t, store, id).Variants[0].Reduction()
	return [2]int64{before, lowest}
}

// TestReductionWithoutHistory sees that nothing is reduced which the shop never
// offered for more, whatever the merchant states.
func TestReductionWithoutHistory(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		clock := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
		store := modelstest.New(t, url, models.Options{Now: clock.now})
		shows := func(what string, id int64, want ...int64) {
			t.Helper()
			if got := reduction(t, store, id); got != [2]int64(append(want, 0, 0)) {
				t.Errorf("%s: %d, want %d", what, got, want)
			}
		}
		product := made(t, store, models.ProductEdit{Name: "Pen", Status: models.ProductActive, Variants: []models.VariantEdit{{SKU: "PEN", Price: 4000, CompareAt: 5000}}})
		shows("made as a reduction", product.ID)
		clock.pass(24 * time.Hour)
		saved(t, store, product.ID, func(e *models.ProductEdit) { e.Variants[0].Price = 3500 })
		shows("down after a day", product.ID, 5000, 4000)
		saved(t, store, product.ID, func(e *models.ProductEdit) { e.Variants[0].Price = 3800 })
		shows("and up again, above the lowest of these days", product.ID)
		draft := made(t, store, models.ProductEdit{Name: "Ink", Status: models.ProductDraft, Variants: []models.VariantEdit{{SKU: "INK", Price: 100}}})
		saved(t, store, draft.ID, func(e *models.ProductEdit) {
			e.Variants[0].Price, e.Variants[0].CompareAt = 4000, 6000
		})
		saved(t, store, draft.ID, func(e *models.ProductEdit) { e.Status = models.ProductActive })
		shows("a draft that is reduced and published", draft.ID)
	})
}

// TestReductionBeginsWhenItIsSeen enters a reduction while nobody sees it: what
// counts are the 30 days before it goes on sale.
func TestReductionBeginsWhenItIsSeen(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		clock := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
		store := modelstest.New(t, url, models.Options{Now: clock.now})
		const day = 24 * time.Hour
		product := made(t, store, models.ProductEdit{Name: "Pen", Status: models.ProductActive, Variants: []models.VariantEdit{{SKU: "PEN", Price: 3000}}})
		set := func(status string, price, before int64) {
			t.Helper()
			at := clock.at.Add(40 * day)
			saved(t, store, product.ID, func(e *models.ProductEdit) {
				e.Status, e.Variants[0].Price, e.Variants[0].CompareAt = status, price, before
				if e.PublishAt = nil; status == models.ProductScheduled {
					e.PublishAt = &at
				}
			})
		}
		clock.pass(10 * day)
		set(models.ProductActive, 5000, 0)
		clock.pass(10 * day)
		set(models.ProductScheduled, 4000, 5000) // when 3000 lies within the 30 days
		clock.pass(40 * day)
		version := catalogueVersion(t, store)
		if n, err := store.PublishDue(t.Context()); err != nil || n != 1 || catalogueVersion(t, store) <= version {
			t.Fatalf("put %d on sale, %v", n, err)
		}
		if got := reduction(t, store, product.ID); got != [2]int64{5000, 5000} {
			t.Errorf("40 days later it shows %d: 3000 lies too far back", got)
		}
		// A pause ends no reduction, and what is tried meanwhile does not count.
		for _, status := range []string{models.ProductDraft, models.ProductActive} {
			clock.pass(day)
			set(status, 4000, 5000)
			if status == models.ProductDraft {
				set(status, 2000, 4500)
				set(status, 2000, 0)
			}
		}
		if got := reduction(t, store, product.ID); got != [2]int64{5000, 5000} {
			t.Errorf("after a day's pause: %d", got)
		}
		// It stays as it began for as long as it lasts.
		clock.pass(60 * day)
		saved(t, store, product.ID, func(e *models.ProductEdit) { e.Name = "The pen" })
		if got := reduction(t, store, product.ID); got != [2]int64{5000, 5000} {
			t.Errorf("60 days later: %d", got)
		}
	})
}

// TestStatedReductionsEnd migrates a shop that has reductions of what it never
// offered for more.
func TestStatedReductionsEnd(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		stated := made(t, store, models.ProductEdit{Name: "Pen", Status: models.ProductActive, Variants: []models.VariantEdit{{SKU: "PEN", Price: 4000, CompareAt: 5000}}})
		asked := made(t, store, models.ProductEdit{Name: "Ink", Status: models.ProductActive, Variants: []models.VariantEdit{{SKU: "INK", Price: 5000}}})
		saved(t, store, asked.ID, func(e *models.ProductEdit) { e.Variants[0].Price, e.Variants[0].CompareAt = 4000, 5000 })
		modelstest.Exec(t, url, "UPDATE variants SET prior_price = 5000")
		modelstest.Exec(t, url, "DELETE FROM goose_db_version WHERE version_id >= 24")
		modelstest.Exec(t, url, "DROP INDEX stripe_events_type") // of 25
		modelstest.Exec(t, url, "DROP TABLE collection_slugs")   // of 27
		if _, err := store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := [2][2]int64{reduction(t, store, stated.ID), reduction(t, store, asked.ID)}; got != [2][2]int64{{}, {5000, 5000}} {
			t.Errorf("after migrating: %d", got)
		}
	})
}

func TestBarcodesAndTerms(t *testing.T) {
	for code, good := range map[string]bool{
		"": true, "4006381333931": true, "400638133393 1": true, "036000291452": true, "96385074": true, "10614141000415": true,
		"4006381333932": false, "400638133393": false, "12345": false, "40063813x3931": false,
	} {
		edit := models.ProductEdit{Name: "Pen", Status: models.ProductDraft, Variants: []models.VariantEdit{{SKU: "PEN", Price: 1, Barcode: code}}}
		if faults := edit.Faults(); (len(faults) == 0) != good {
			t.Errorf("barcode %q: %v", code, faults)
		}
	}
	edit := models.ProductEdit{Name: "Pen", Status: models.ProductDraft, Variants: []models.VariantEdit{
		{SKU: "A", Price: 0, WeightGrams: -1, Policy: "sometimes", ShipsOn: "soon", Promise: fmt.Sprintf("%081d", 0)},
		{SKU: "A", Price: 1, Policy: models.StockPreorder},
	}}
	faultsAre(t, "terms", edit.Faults(), "variant-0-price", "variant-0-weight", "variant-0-policy", "variant-0-ships", "variant-0-promise",
		"variant-1-sku", "variant-1-sku", "variant-1-ships")
}

func TestRelatedProducts(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		shelf, err := store.SaveCollection(t.Context(), 0, models.CollectionEdit{Name: "Shelf"}, staff)
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]int64{}
		for _, name := range []string{"Pen", "Ink", "Paper", "Mug"} {
			edit := models.ProductEdit{Name: name, Status: models.ProductActive, Variants: []models.VariantEdit{{SKU: name, Price: 100}}}
			if name != "Mug" {
				edit.Collections = []int64{shelf.ID}
			}
			ids[name] = made(t, store, edit).ID
		}
		related := func(want ...string) {
			t.Helper()
			products, err := store.RelatedProducts(t.Context(), ids["Pen"], 4)
			var names []string
			for _, p := range products {
				names = append(names, p.Name)
			}
			if err != nil || !slices.Equal(names, want) {
				t.Errorf("with a pen go %q, %v; want %q", names, err, want)
			}
		}
		related("Ink", "Paper")
		keep := []int64{shelf.ID}
		saved(t, store, ids["Pen"], func(e *models.ProductEdit) {
			e.Collections, e.Related = keep, []int64{ids["Mug"], ids["Pen"], ids["Ink"], ids["Mug"], 999}
		})
		related("Mug", "Ink")
		saved(t, store, ids["Pen"], func(e *models.ProductEdit) { e.Collections = keep }) // says nothing of them
		related("Mug", "Ink")
		saved(t, store, ids["Mug"], func(e *models.ProductEdit) { e.Status = models.ProductDraft })
		related("Ink")
		saved(t, store, ids["Pen"], func(e *models.ProductEdit) { e.Collections, e.Related = keep, []int64{} })
		related("Ink", "Paper")
	})
}

func TestCollectionsByRule(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		clock := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
		store := modelstest.New(t, url, models.Options{Now: clock.now})
		product := func(name string, price, stock int64, size string) int64 {
			return made(t, store, models.ProductEdit{Name: name, Status: models.ProductActive,
				Options:  []models.Option{{Name: "Size", Values: []models.OptionValue{{Name: size}}}},
				Variants: []models.VariantEdit{{SKU: name, Price: price, Stock: stock, Options: [3]string{size}}}}).ID
		}
		cheap, dear := product("Red pen 100%", 200, 0, "S"), product("Blue pen", 900, 4, "M")
		rule := func(any bool, conditions ...models.Condition) *models.Rule {
			return &models.Rule{Any: any, Conditions: conditions}
		}
		members := func(what string, collection models.Collection, want ...int64) {
			t.Helper()
			products, err := store.CollectionMembers(t.Context(), collection.ID, 0, 10)
			var ids []int64
			for _, p := range products {
				ids = append(ids, p.ID)
			}
			slices.Sort(ids)
			if err != nil || !slices.Equal(ids, want) {
				t.Errorf("%s: holds %v, %v; want %v", what, ids, err, want)
			}
		}
		shelf := models.Collection{}
		choose := func(r *models.Rule) models.Collection {
			t.Helper()
			var err error
			if shelf, err = store.SaveCollection(t.Context(), shelf.ID, models.CollectionEdit{Version: shelf.Version, Name: "Shelf", Rule: r}, staff); err != nil {
				t.Fatal(err)
			}
			return shelf
		}
		for what, c := range map[string]struct {
			rule *models.Rule
			want []int64
		}{
			"a name":           {rule(false, models.Condition{Kind: models.NameContains, Text: "PEN"}), []int64{cheap, dear}},
			"a sign":           {rule(false, models.Condition{Kind: models.NameContains, Text: "0%"}), []int64{cheap}},
			"up to a price":    {rule(false, models.Condition{Kind: models.PriceUpTo, Amount: 200}), []int64{cheap}},
			"from a price":     {rule(false, models.Condition{Kind: models.PriceFrom, Amount: 201}), []int64{dear}},
			"in stock":         {rule(false, models.Condition{Kind: models.IsInStock}), []int64{dear}},
			"an option":        {rule(false, models.Condition{Kind: models.OptionIs, Text: "s"}), []int64{cheap}},
			"reduced":          {rule(false, models.Condition{Kind: models.IsReduced}), nil},
			"new":              {rule(false, models.Condition{Kind: models.CreatedWithin, Days: 7}), []int64{cheap, dear}},
			"a status":         {rule(false, models.Condition{Kind: models.StatusIs, Text: "draft"}), nil},
			"of several, all":  {rule(false, models.Condition{Kind: models.IsInStock}, models.Condition{Kind: models.PriceUpTo, Amount: 200}), nil},
			"of several, some": {rule(true, models.Condition{Kind: models.IsInStock}, models.Condition{Kind: models.PriceUpTo, Amount: 200}), []int64{cheap, dear}},
		} {
			members(what, choose(c.rule), c.want...)
			if all, forSale, err := store.CountChosen(t.Context(), *c.rule); err != nil || int(all) != len(c.want) || all != forSale {
				t.Errorf("%s: counted %d and %d, %v", what, all, forSale, err)
			}
		}
		// A saved product comes and goes at once; time takes a run of the job.
		choose(rule(false, models.Condition{Kind: models.PriceUpTo, Amount: 300}, models.Condition{Kind: models.CreatedWithin, Days: 7}))
		members("before", shelf, cheap)
		saved(t, store, dear, func(e *models.ProductEdit) { e.Variants[0].Price = 300 })
		members("after a price", shelf, cheap, dear)
		saved(t, store, cheap, func(e *models.ProductEdit) { e.Variants[0].Price = 400 })
		members("after another price", shelf, dear)
		saved(t, store, cheap, func(e *models.ProductEdit) { e.Collections = []int64{shelf.ID} })
		members("nobody puts a product in by hand", shelf, dear)
		version := catalogueVersion(t, store)
		clock.pass(8 * 24 * time.Hour)
		for want := 1; want >= 0; want-- {
			if n, err := store.RefreshCollections(t.Context(), false); err != nil || n != want {
				t.Errorf("refreshed %d, %v; want %d", n, err, want)
			}
		}
		members("a week later", shelf)
		if catalogueVersion(t, store) != version+1 {
			t.Error("the pages stay as they were, or were drawn anew for nothing")
		}
		_, err := store.SaveCollection(t.Context(), 0, models.CollectionEdit{Name: "Bad", Sort: "by colour", Rule: rule(false,
			models.Condition{Kind: models.NameContains}, models.Condition{Kind: models.PriceUpTo}, models.Condition{Kind: models.CreatedWithin, Days: -1},
			models.Condition{Kind: models.StatusIs, Text: "gone"}, models.Condition{Kind: "colour"})}, staff)
		faultsAre(t, "a bad rule", err, "sort", "condition-0-value", "condition-1-value", "condition-2-value", "condition-3-value", "condition-4-value")
		_, err = store.SaveCollection(t.Context(), 0, models.CollectionEdit{Name: "Bad", Rule: rule(false)}, staff)
		faultsAre(t, "an empty rule", err, "condition-0-value")

		// By hand, in an order of one's own.
		hand := choose(nil)
		for _, id := range []int64{cheap, dear} {
			saved(t, store, id, func(e *models.ProductEdit) { e.Collections = []int64{hand.ID} })
		}
		listed := func(want ...int64) {
			t.Helper()
			products, total, err := store.Products(t.Context(), models.ProductFilter{Collection: hand.Slug, Sort: models.SortByHand, PerPage: 10})
			if err != nil || total != 2 || products[0].ID != want[0] || products[1].ID != want[1] {
				t.Errorf("listed %d of %d, %v", len(products), total, err)
			}
		}
		listed(cheap, dear)
		if _, err := store.SaveCollection(t.Context(), hand.ID, models.CollectionEdit{Version: hand.Version, Name: "Shelf", Sort: models.SortByHand, Places: map[int64]int64{cheap: 9, dear: 1}}, staff); err != nil {
			t.Fatal(err)
		}
		listed(dear, cheap)
		saved(t, store, dear, func(e *models.ProductEdit) { e.Collections = []int64{hand.ID} }) // keeps its place
		listed(dear, cheap)
	})
}

// TestRuleMovesMany saves a rule that moves more products than are indexed at
// once: they are in the collection at once, and found by its job's work.
func TestRuleMovesMany(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		modelstest.Exec(t, url, `INSERT INTO products (id, slug, name, status, created_at, updated_at) WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 450)
			SELECT n, 'p' || n, 'Thing ' || n, 'active', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM g`)
		modelstest.Exec(t, url, `INSERT INTO variants (product_id, sku, price, stock, position, policy) WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 450)
			SELECT n, 'S' || n, 100, 0, 0, CASE n % 2 WHEN 0 THEN 'deny' ELSE 'backorder' END FROM g`)
		if err := store.IndexEverything(t.Context()); err != nil {
			t.Fatal(err)
		}
		collection, err := store.SaveCollection(t.Context(), 0, models.CollectionEdit{Name: "Bargains", Rule: &models.Rule{Conditions: []models.Condition{{Kind: models.PriceUpTo, Amount: 100}}}}, staff)
		if err != nil {
			t.Fatal(err)
		}
		found := func() int64 {
			_, n, err := store.Products(t.Context(), models.ProductFilter{Search: "bargains", PerPage: 1})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		sizes, err := store.CollectionSizes(t.Context(), []int64{collection.ID})
		if err != nil || sizes[collection.ID].ForSale != 450 || found() != 0 {
			t.Fatalf("the collection has %+v, %v; %d are found by its name", sizes, err, found())
		}
		rounds := 1
		for more := true; more; rounds++ {
			if more, err = store.IndexWaiting(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := found(); n != 450 || rounds < 3 {
			t.Errorf("%d are found after %d rounds", n, rounds)
		}
		// One that comes late is put first; the others stay as they were.
		edit := models.CollectionEdit{Version: collection.Version, Name: "Bargains", Sort: models.SortByHand,
			Rule: &models.Rule{Conditions: []models.Condition{{Kind: models.PriceUpTo, Amount: 100}}}, Places: map[int64]int64{401: 0}}
		if _, err := store.SaveCollection(t.Context(), collection.ID, edit, staff); err != nil {
			t.Fatal(err)
		}
		for from, want := range map[int]int64{0: 401, 1: 1, 400: 400, 401: 402} {
			members, err := store.CollectionMembers(t.Context(), collection.ID, from, 1)
			if err != nil || len(members) != 1 || members[0].ID != want {
				t.Errorf("after %d comes %+v, %v; want %d", from, members, err, want)
			}
		}
		// What can be ordered though none is there counts as in stock, as in lists.
		all, _, err := store.CountChosen(t.Context(), models.Rule{Conditions: []models.Condition{{Kind: models.IsInStock}}})
		if err != nil || all != 225 {
			t.Errorf("%d are in stock, %v", all, err)
		}
	})
}
