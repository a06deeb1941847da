package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func TestListsShowTheirFacets(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{Demo: true})
		visitor := app.Browser()
		for _, path := range []string{"/products", "/collections/notebooks", "/search?q=notebook"} {
			page := visitor.Get(path).Body
			for _, part := range []string{`name="option-colour"`, `<legend>Colour</legend>`, "In stock only", `class="amount"`, "Prices from"} {
				if !strings.Contains(page, part) {
					t.Errorf("%s does not have %s", path, part)
				}
			}
			if strings.Contains(path, "collections") == strings.Contains(page, `<option value="notebooks">Notebooks (`) {
				t.Errorf("%s: the shelves to choose from", path)
			}
		}
		list, err := app.Store.List(t.Context(), models.ProductFilter{PerPage: 1})
		if err != nil || len(list.Facets.Options) == 0 || len(list.Facets.Options[0].Values) < 2 {
			t.Fatalf("the demo's facets: %+v, %v", list.Facets, err)
		}
		option := list.Facets.Options[0]
		a, b := option.Values[0], option.Values[1]
		query := url.Values{"option-" + option.Key: {a.Key, b.Key}, "sort": {"price-asc"}}
		page := visitor.Get("/products?" + query.Encode()).Body
		for _, part := range []string{
			`value="` + a.Key + `" checked>`, `value="` + b.Key + `" checked>`, `value="price-asc" selected`,
			option.Label + ": " + a.Label, option.Label + ": " + b.Label, `content="noindex"`,
			`href="/products?option-` + url.QueryEscape(option.Key) + `=` + url.QueryEscape(b.Key) + `&amp;sort=price-asc"`, // without the first
		} {
			if !strings.Contains(page, part) {
				t.Errorf("%s does not have %s", query.Encode(), part)
			}
		}
		// What is no option is a filter that nothing fits, and that can be taken away.
		page = visitor.Get("/products?option-taste=sour").Body
		if !strings.Contains(page, "Nothing fits") || !strings.Contains(page, `class="chip" href="/products"`) || !strings.Contains(page, "sour") {
			t.Error("an unknown option")
		}
		for _, odd := range []string{"option-=x", "option-colour=", "option-%22=%27", "option-a=" + strings.Repeat("b&option-a=b", 500)} {
			if got := visitor.Get("/products?" + odd); got.Status != http.StatusOK {
				t.Errorf("%.40s: %d", odd, got.Status)
			}
		}
	})
}

func TestSearchSaysWhatItSearchedFor(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{Demo: true})
		visitor := app.Browser()
		page := visitor.Get("/search?q=sketchbok").Body
		for _, part := range []string{`Nothing fits “sketchbok”`, `href="/search?q=sketchbook"`, `data-product="sketchbook"`, `value="sketchbok"`} {
			if !strings.Contains(page, part) {
				t.Errorf("a slip: the page does not have %s", part)
			}
		}
		if page := visitor.Get("/search?q=sketchbook").Body; strings.Contains(page, "Here is what fits") || !strings.Contains(page, `<option value="best" selected>Best match`) {
			t.Error("what is spelt well is corrected, or not ranked")
		}
		page = visitor.Get("/search?q=sketchbook+mug+pencil").Body
		for _, part := range []string{`Nothing has all of these words. Here is what has some of`, `data-product="sketchbook"`, `data-product="desk-mug"`, "In stock only"} {
			if !strings.Contains(page, part) {
				t.Errorf("good words of different products: the page does not have %s", part)
			}
		}
		page = visitor.Get("/search?q=sketchbok+mug+pencil").Body
		if !strings.Contains(page, `Nothing has all of these words`) || !strings.Contains(page, `href="/search?q=sketchbook+mug+pencil"`) {
			t.Error("good words with a slip beside: what is searched for instead")
		}
		suggested := func(typed string) (found []struct{ Label, URL string }) {
			t.Helper()
			got := visitor.Get("/search/suggest?q=" + url.QueryEscape(typed))
			if err := json.Unmarshal([]byte(got.Body), &found); err != nil || got.Status != http.StatusOK || len(found) > 8 {
				t.Errorf("suggestions for %.20q: %d, %v, %s", typed, got.Status, err, got.Body)
			}
			return found
		}
		if found := suggested("sketchb"); len(found) == 0 || found[0].URL != "/products/sketchbook" {
			t.Errorf("suggestions: %v", found)
		}
		if found := suggested("noteb"); len(found) == 0 || found[0].URL != "/collections/notebooks" {
			t.Errorf("suggestions: %v", found)
		}
		for _, typed := range []string{"", "n", "%", `"`, strings.Repeat("x", 10_000), "typewriter"} {
			if found := suggested(typed); len(found) > 0 {
				t.Errorf("%.20q suggests %v", typed, found)
			}
		}
	})
}

func TestSearchesAreCountedForTheMerchant(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{Demo: true})
		visitor, manager := app.Browser(), app.Staff(models.RoleManager)
		if page := manager.Get("/admin/searches").Body; !strings.Contains(page, "Nobody has searched yet") {
			t.Error("an empty list")
		}
		for _, path := range []string{
			"/search?q=Typewriter", "/search?q=mug+sketchbook", "/search?q=typewriter+", "/search?q=typewriter", "/search?q=sketchbook", "/search?q=sketchbok",
			"/search?q=ada%40example.com", "/search?q=0123+456+789", "/search?q=", "/search?q=sketchbook&page=2", "/search?q=pen&in_stock=1",
			"/search?q=" + strings.Repeat("long+", 30),
		} {
			if got := visitor.Get(path); got.Status != http.StatusOK {
				t.Fatalf("%s: %d", path, got.Status)
			}
		}
		if got := manager.Get("/admin/searches"); got.Status != http.StatusOK {
			t.Fatal(got.Status)
		}
		terms, err := app.Store.SearchTerms(t.Context(), false, 10)
		if err != nil || len(terms) != 4 || terms[0].Term != "typewriter" || terms[0].Searches != 3 || terms[0].Found != 0 {
			t.Errorf("counted: %+v, %v", terms, err)
		}
		for _, term := range terms {
			if term.Term == "sketchbook" && (term.Searches != 1 || term.Found == 0) || term.Term == "sketchbok" && term.Found != 0 || term.Term == "mug sketchbook" && term.Found == 0 {
				t.Errorf("counted: %+v", term)
			}
		}
		vain := manager.Get("/admin/searches?found=nothing").Body
		if !strings.Contains(vain, `href="/search?q=typewriter"`) || strings.Contains(vain, `href="/search?q=sketchbook"`) {
			t.Error("what was searched for in vain")
		}
		if got := app.Staff(models.RoleViewer).Get("/admin/searches"); strings.Contains(got.Body, "/admin/searches/clear") {
			t.Error("a viewer may clear")
		}
		if got := manager.Post("/admin/searches/clear"); got.Status != http.StatusSeeOther {
			t.Fatalf("clear: %d", got.Status)
		}
		if terms, err := app.Store.SearchTerms(t.Context(), false, 10); err != nil || len(terms) != 0 {
			t.Errorf("after clearing: %+v, %v", terms, err)
		}
		entries, err := app.Store.Audit(t.Context(), models.AuditFilter{Action: models.AuditSearchesCleared, Limit: 5})
		if err != nil || len(entries) != 1 {
			t.Errorf("audit: %+v, %v", entries, err)
		}
	})
}
