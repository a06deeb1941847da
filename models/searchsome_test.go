package models_test

import (
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// Where nothing has all of the words, what has most of them comes first, and
// the facets count what is listed.
func TestSearchFindsWhatHasSomeWords(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := searchShop(t, databaseURL)
		for words, want := range map[string]struct{ found, instead string }{
			"mug pencil karte":            {"cafe-mug pencil", ""}, // good words of different products; no word begins with karte
			"pencil mug strassenkarte":    {"pencil cafe-mug strasse", ""},
			"cafe pencil mug":             {"cafe-mug pencil", ""},                  // two of three before one
			"drawing pencil sketchbook x": {"sketchbook pencil cover cafe-mug", ""}, // two each, then one
			"paper rouge":                 {"sketchbook cafe-mug", ""},              // by collection and by option
			"pencil pencil mug mug":       {"pencil cafe-mug", ""},                  // said twice, counted once
			"typewriter mug":              {"cafe-mug", ""},                         // a word of nothing
			"penicl mug rouge":            {"cafe-mug pencil", "pencil mug rouge"},  // with a slip beside
			"typewriter computer":         {"", ""},                                 // nothing at all
			"secret mug":                  {"cafe-mug", ""},                         // what is not for sale is not found
			"a b c d e f g pencil":        {"pencil cafe-mug cover", ""},            // single letters are words
		} {
			list, err := store.List(t.Context(), models.ProductFilter{Search: words, PerPage: 24})
			if err != nil {
				t.Fatal(err)
			}
			var slugs []string
			for _, p := range list.Products {
				slugs = append(slugs, p.Slug)
			}
			if got := strings.Join(slugs, " "); got != want.found || list.Instead != want.instead || list.Some != (want.found != "") {
				t.Errorf("%q finds %q, some %t, instead %q; want %+v", words, got, list.Some, list.Instead, want)
			}
		}
		filter := models.ProductFilter{Search: "paper rouge", PerPage: 24, InStock: true, Options: map[string][]string{"colour": {"rouge"}}}
		list, err := store.List(t.Context(), filter)
		if err != nil || !list.Some || list.Total != 1 || list.Products[0].Slug != "cafe-mug" || list.Facets.InStock != 1 {
			t.Errorf("narrowed: %+v, %v", list, err)
		}
		if list, err = store.List(t.Context(), models.ProductFilter{Search: "paper rouge", PerPage: 24}); err != nil || list.Facets.InStock != 2 || list.Facets.PriceMost != 1400 {
			t.Errorf("facets: %+v, %v", list.Facets, err)
		}
		// What finds something is as it was, and so are the merchant's searches and what is suggested.
		if list, err := store.List(t.Context(), models.ProductFilter{Search: "cafe mug", PerPage: 24}); err != nil || list.Some {
			t.Errorf("all of the words: %+v, %v", list, err)
		}
		if _, total, err := store.Products(t.Context(), models.ProductFilter{Search: "pencil mug", Drafts: true, PerPage: 24}); err != nil || total != 0 {
			t.Errorf("the merchant finds %d, %v", total, err)
		}
		if suggested, err := store.Suggest(t.Context(), 0, "pencil mug", 8); err != nil || len(suggested) != 0 {
			t.Errorf("suggested: %v, %v", suggested, err)
		}
	})
}
