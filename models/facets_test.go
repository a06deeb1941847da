package models_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

var (
	shelfSlugs = []string{"one", "two", "three"}
	colours    = []string{"Red", "Blue", "Green"}
	sizes      = []string{"S", "M"}
)

// randomCatalogue draws products with up to two options.
func randomCatalogue(t *rapid.T) []models.Product {
	var products []models.Product
	for i := range rapid.IntRange(1, 12).Draw(t, "products") {
		p := models.Product{Slug: fmt.Sprintf("p%d", i), Name: fmt.Sprintf("Thing %d", i), Status: models.ProductActive, Featured: rapid.Bool().Draw(t, "featured")}
		if rapid.IntRange(0, 5).Draw(t, "draft") == 0 {
			p.Status = models.ProductDraft
		}
		for _, slug := range shelfSlugs {
			if rapid.Bool().Draw(t, "shelved") {
				p.Collections = append(p.Collections, models.Collection{Slug: slug})
			}
		}
		kind := rapid.IntRange(0, 2).Draw(t, "kind") // none, colours, sizes and colours
		combinations := [][2]string{{}}
		switch kind {
		case 1:
			p.Options = []models.Option{{Name: "Colour"}}
			combinations = nil
			for _, colour := range colours {
				combinations = append(combinations, [2]string{colour})
			}
		case 2:
			p.Options = []models.Option{{Name: "Size"}, {Name: "Colour", Position: 1}}
			combinations = nil
			for _, colour := range colours {
				for _, size := range sizes {
					combinations = append(combinations, [2]string{size, colour})
				}
			}
		}
		for j, combination := range combinations {
			if j > 0 && rapid.Bool().Draw(t, "left out") {
				continue
			}
			p.Variants = append(p.Variants, models.Variant{
				SKU: fmt.Sprintf("%d-%d", i, j), Option1: combination[0], Option2: combination[1],
				Price: rapid.Int64Range(1, 9).Draw(t, "price"), Stock: rapid.Int64Range(0, 1).Draw(t, "stock"),
			})
		}
		products = append(products, p)
	}
	return products
}

// value is a variant's value of an option, in the plainest way.
func value(p models.Product, v models.Variant, option string) string {
	for i, o := range p.Options {
		if o.Name == option {
			return []string{v.Option1, v.Option2, v.Option3}[i]
		}
	}
	return ""
}

// fits is what a filter means, written down a second time: one variant has it
// all.
func fits(p models.Product, f models.ProductFilter) bool {
	if f.Collection != "" && !slices.ContainsFunc(p.Collections, func(c models.Collection) bool { return c.Slug == f.Collection }) {
		return false
	}
	return p.Status == models.ProductActive && slices.ContainsFunc(p.Variants, func(v models.Variant) bool {
		return (!f.InStock || v.Stock > 0) && (f.PriceMin == 0 || v.Price >= f.PriceMin) && (f.PriceMax == 0 || v.Price <= f.PriceMax) &&
			(len(f.Options["colour"]) == 0 || slices.Contains(f.Options["colour"], keyOf(value(p, v, "Colour")))) &&
			(len(f.Options["size"]) == 0 || slices.Contains(f.Options["size"], keyOf(value(p, v, "Size"))))
	})
}

func keyOf(label string) string {
	return map[string]string{"Red": "red", "Blue": "blue", "Green": "green", "S": "s", "M": "m"}[label]
}

func countFitting(products []models.Product, f models.ProductFilter) (count int64) {
	for _, p := range products {
		if fits(p, f) {
			count++
		}
	}
	return count
}

// with is a filter with another choice in one option.
func with(f models.ProductFilter, option, key string) models.ProductFilter {
	options := map[string][]string{option: {key}}
	for name, values := range f.Options {
		if name != option {
			options[name] = values
		}
	}
	f.Options = options
	return f
}

func randomFilter(t *rapid.T) models.ProductFilter {
	some := func(name string, of ...string) []string {
		var chosen []string
		for _, v := range of {
			if rapid.IntRange(0, 3).Draw(t, name) == 0 {
				chosen = append(chosen, v)
			}
		}
		return chosen
	}
	return models.ProductFilter{
		Collection: rapid.SampledFrom([]string{"", "", "one", "two"}).Draw(t, "collection"), InStock: rapid.Bool().Draw(t, "in stock"),
		PriceMin: rapid.Int64Range(0, 6).Draw(t, "min"), PriceMax: rapid.SampledFrom([]int64{0, 0, 4, 7}).Draw(t, "max"),
		Options: map[string][]string{"colour": some("colour", "red", "blue", "green"), "size": some("size", "s", "m")},
		Sort:    rapid.SampledFrom([]models.ProductSort{models.SortFeatured, models.SortPriceAsc, models.SortPriceDesc, models.SortName}).Draw(t, "sort"),
		Search:  rapid.SampledFrom([]string{"", "thing"}).Draw(t, "search"), PerPage: 24,
	}
}

// Lists and the counts of their facets are what a naive count of the catalogue
// says, for whatever catalogue and filter.
func TestFacetsCountAsOneByOne(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		var collections []models.Collection
		for i, slug := range shelfSlugs {
			collections = append(collections, models.Collection{Slug: slug, Name: slug, Position: i})
		}
		rapid.Check(t, func(rt *rapid.T) {
			products := randomCatalogue(rt)
			for _, table := range []string{"products", "collections"} {
				modelstest.Exec(t, databaseURL, map[string]string{"products": "DELETE FROM products", "collections": "DELETE FROM collections"}[table])
			}
			if _, err := store.AddCatalogue(t.Context(), collections, products, nil); err != nil {
				rt.Fatal(err)
			}
			for range 8 {
				checkList(rt, store, products, randomFilter(rt))
			}
		})
	})
}

func checkList(t *rapid.T, store *models.Store, products []models.Product, f models.ProductFilter) {
	list, err := store.List(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	got, want := map[string]bool{}, map[string]bool{}
	for _, p := range list.Products {
		got[p.Slug] = true
	}
	for _, p := range products {
		if fits(p, f) {
			want[p.Slug] = true
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || list.Total != int64(len(want)) {
		t.Fatalf("%+v lists %v (%d in all), want %v", f, got, list.Total, want)
	}
	if !slices.IsSortedFunc(list.Products, func(a, b models.Product) int { return inOrder(f.Sort, a, b) }) {
		t.Fatalf("%+v: not in order", f)
	}
	stocked := f
	stocked.InStock = true
	if count := countFitting(products, stocked); list.Facets.InStock != count {
		t.Fatalf("%+v: %d in stock, want %d", f, list.Facets.InStock, count)
	}
	for _, c := range list.Facets.Collections {
		there := f
		there.Collection = c.Key
		if count := countFitting(products, there); c.Products != count || c.Chosen != (c.Key == f.Collection) {
			t.Fatalf("%+v: collection %s has %d, want %d", f, c.Key, c.Products, count)
		}
	}
	counted := map[string]int64{}
	for _, option := range list.Facets.Options {
		for _, v := range option.Values {
			counted[option.Key+"="+v.Key] = v.Products
		}
	}
	for option, keys := range map[string][]string{"colour": {"red", "blue", "green"}, "size": {"s", "m"}} {
		for _, key := range keys {
			if count := countFitting(products, with(f, option, key)); counted[option+"="+key] != count {
				t.Fatalf("%+v: %s=%s has %d, want %d", f, option, key, counted[option+"="+key], count)
			}
		}
	}
}

// inOrder compares two products as a sort does, but for those alike.
func inOrder(by models.ProductSort, a, b models.Product) int {
	lowest := func(p models.Product) int64 {
		return slices.MinFunc(p.Variants, func(a, b models.Variant) int { return cmp.Compare(a.Price, b.Price) }).Price
	}
	switch by {
	case models.SortPriceAsc:
		return cmp.Compare(lowest(a), lowest(b))
	case models.SortPriceDesc:
		return cmp.Compare(lowest(b), lowest(a))
	case models.SortName:
		return cmp.Compare(a.Name, b.Name)
	}
	return 0
}

// A product with variants at 1 and at 100 has none between 40 and 60.
func TestPriceIsOfOneVariant(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		p := product("pair", "Pair", "", "", models.Variant{SKU: "A", Option1: "Small", Price: 100, Stock: 1}, models.Variant{SKU: "B", Option1: "Large", Price: 10_000})
		p.Options = []models.Option{{Name: "Size"}}
		if _, err := store.AddCatalogue(t.Context(), nil, []models.Product{p}, nil); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			filter models.ProductFilter
			want   int64
		}{
			{models.ProductFilter{PriceMin: 4000, PriceMax: 6000}, 0},
			{models.ProductFilter{PriceMin: 50, PriceMax: 200}, 1},
			{models.ProductFilter{PriceMin: 5000, InStock: true}, 0}, // the dear one is sold out
			{models.ProductFilter{PriceMin: 5000}, 1},
			{models.ProductFilter{Options: map[string][]string{"size": {"large"}}, InStock: true}, 0},
			{models.ProductFilter{Options: map[string][]string{"size": {"large", "small"}}, InStock: true}, 1},
			{models.ProductFilter{Options: map[string][]string{"size": {"huge"}}}, 0},
			{models.ProductFilter{Options: map[string][]string{"ruling": {"dotted"}}}, 0},
			{models.ProductFilter{Collection: "nowhere"}, 0},
		} {
			if list, err := store.List(t.Context(), test.filter); err != nil || list.Total != test.want {
				t.Errorf("%+v: %d, %v; want %d", test.filter, list.Total, err, test.want)
			}
		}
	})
}
