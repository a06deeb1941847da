package models_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func product(slug, name, summary, description string, variants ...models.Variant) models.Product {
	if len(variants) == 0 {
		variants = []models.Variant{{SKU: "SKU-" + slug, Price: 1000, Stock: 5}}
	}
	return models.Product{Slug: slug, Name: name, Summary: summary, Description: description, Status: models.ProductActive, Variants: variants}
}

func withShelf(p models.Product, collection string) models.Product {
	p.Collections = []models.Collection{{Slug: collection}}
	return p
}

// searchShop is a shop in which there is something to look for.
func searchShop(t *testing.T, databaseURL string) *models.Store {
	t.Helper()
	store := modelstest.New(t, databaseURL, models.Options{})
	mug := product("cafe-mug", "Café mug", "Holds two espressos.", "Goes well with a sketchbook.",
		models.Variant{SKU: "MUG-01-R", Option1: "Rouge", Price: 1200, Stock: 3}, models.Variant{SKU: "MUG-01-B", Option1: "Blue", Price: 1400, Stock: 0})
	mug.Options = []models.Option{{Name: "Colour", Values: []models.OptionValue{{Name: "Rouge"}, {Name: "Blue", Position: 1}}}}
	draft := product("secret", "Secret sketchbook", "", "")
	draft.Status = models.ProductDraft
	if _, err := store.AddCatalogue(t.Context(), []models.Collection{{Slug: "paper", Name: "Paper goods"}}, []models.Product{
		product("cover", "Cover for a sketchbook", "", ""),
		withShelf(product("sketchbook", "Sketchbook", "For drawing.", ""), "paper"),
		product("pencil", "Pencil", "Draws in a sketchbook, too.", ""),
		mug, draft,
		product("strasse", "Straßenkarte", "Ein Plan.", "ÅNGSTRÖM and Øresund"),
	}, nil); err != nil {
		t.Fatal(err)
	}
	return store
}

// searched lists the slugs of what a search finds that has all of the words, in
// order.
func searched(t *testing.T, store *models.Store, words string) []string {
	t.Helper()
	list, err := store.List(t.Context(), models.ProductFilter{Search: words, PerPage: 24})
	if err != nil {
		t.Fatalf("search for %.40q: %v", words, err)
	}
	slugs := []string{}
	if list.Some {
		return slugs
	}
	for _, p := range list.Products {
		slugs = append(slugs, p.Slug)
	}
	if int(list.Total) != len(slugs) {
		t.Errorf("search for %q: %d in all, %d listed", words, list.Total, len(slugs))
	}
	return slugs
}

func TestSearchFindsAndRanks(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := searchShop(t, databaseURL)
		for words, want := range map[string]string{
			"sketchbook":     "sketchbook cover pencil cafe-mug", // the name itself, in the name, in the summary, in the description
			"PENCI":          "pencil",                           // the beginning of a word
			"book":           "",                                 // not its end
			"sketchb cov":    "cover",                            // every word
			"cafe":           "cafe-mug",
			"CAFÉ MUG":       "cafe-mug",
			"cafe\u0301":     "cafe-mug",
			"blue":           "cafe-mug",
			"colour":         "cafe-mug",
			"mug-01":         "cafe-mug",
			"mug01r":         "cafe-mug",
			"MUG-01-B":       "cafe-mug",
			"strassenkarte":  "strasse",
			"STRAßE":         "strasse",
			"angstrom":       "strasse",
			"oresund":        "strasse",
			"paper":          "sketchbook", // by its collection
			"goods drawing":  "sketchbook",
			"secret":         "",
			"sketchbook hat": "",
		} {
			if got := strings.Join(searched(t, store, words), " "); got != want {
				t.Errorf("%q finds %q, want %q", words, got, want)
			}
		}
		// By another order where one is asked for.
		list, err := store.List(t.Context(), models.ProductFilter{Search: "sketchbook", Sort: models.SortName, PerPage: 24})
		if err != nil || list.Products[0].Slug != "cafe-mug" {
			t.Errorf("by name: %+v, %v", list.Products, err)
		}
		// The merchant finds what is not for sale, too.
		products, total, err := store.Products(t.Context(), models.ProductFilter{Search: "secret", Drafts: true, PerPage: 24})
		if err != nil || total != 1 || products[0].Slug != "secret" {
			t.Errorf("the merchant finds %v, %v", products, err)
		}
	})
}

func TestSearchFindsAllThatBeginsSo(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := searchShop(t, databaseURL)
		for _, words := range [][]string{ // more and more, until they are not asked for one by one
			{"tin", "tins", "tinsel", "tinsels", "tintin", "tinz", "tinäh", "tin日", "tinzz", "tinber"},
			{"oak", "oaks", "oakley2b", "oak2"},
		} {
			word := words[0]
			for few, longer := range words {
				slug := fmt.Sprintf("box-%s-%d", word[1:], few)
				made(t, store, models.ProductEdit{Name: longer + " red", Slug: slug, Status: models.ProductActive, Variants: []models.VariantEdit{{SKU: slug, Price: 1000}}})
				for _, search := range []string{word, word[:2], word + " red", "re " + word} {
					if got := searched(t, store, search); len(got) != few+1 {
						t.Errorf("%q finds %d of %v: %v", search, len(got), words[:few+1], got)
					}
				}
				if got := searched(t, store, longer); !slices.Contains(got, slug) {
					t.Errorf("%q finds %v", longer, got)
				}
			}
		}
		if got := searched(t, store, "tinsel"); len(got) != 2 {
			t.Errorf("tinsel finds %v", got)
		}
	})
}

func TestSearchMindsSlips(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := searchShop(t, databaseURL)
		for words, want := range map[string]string{
			"skechbook":     "sketchbook",     // left out
			"sketchboook":   "sketchbook",     // put in
			"sketxhbook":    "sketchbook",     // another
			"sketcbhook":    "sketchbook",     // swapped
			"pencli":        "pencil",         // the last two swapped
			"cofe mug":      "cafe mug",       // in one word of two
			"skecthbok mug": "sketchbook mug", // two slips
			"papre":         "paper",          // a collection's name
			"typewriter":    "",
			"typewriter 02": "", // another number is another thing
			"xx":            "",
		} {
			list, err := store.List(t.Context(), models.ProductFilter{Search: words, PerPage: 24})
			if err != nil || list.Instead != want || (want != "") != (list.Total > 0) {
				t.Errorf("%q: %q instead, with %d products, %v; want %q", words, list.Instead, list.Total, err, want)
			}
		}
		if list, err := store.List(t.Context(), models.ProductFilter{Search: "sketchbook", PerPage: 24}); err != nil || list.Instead != "" {
			t.Errorf("what is spelt well is corrected to %q, %v", list.Instead, err)
		}
	})
}

// A misspelt word becomes what fits the other words, not what most products
// have.
func TestSearchMindsSlipsBesideOtherWords(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := searchShop(t, databaseURL)
		for i, name := range []string{"Block Eraser", "Book of Rhymes", "Book of Hours", "Book of Games", "Brook Trout", "Soft Eraser"} {
			slug := fmt.Sprintf("thing-%d", i)
			made(t, store, models.ProductEdit{Name: name, Slug: slug, Status: models.ProductActive, Variants: []models.VariantEdit{{SKU: slug, Price: 1000}}})
		}
		for words, want := range map[string]string{
			"blok eraser":  "block eraser",
			"blok earser":  "block eraser",
			"eraser blok":  "eraser block",
			"blok":         "book", // alone, it is what most have
			"blok hourz":   "book hours",
			"blok trumpet": "book", // nothing is like a trumpet
			"book eraser":  "",     // each is spelt well
		} {
			list, err := store.List(t.Context(), models.ProductFilter{Search: words, PerPage: 24})
			if err != nil || list.Instead != want || (want != "") != (list.Total > 0 && !list.Some) {
				t.Errorf("%q: %q instead, with %d products, %v; want %q", words, list.Instead, list.Total, err, want)
			}
		}
	})
}

func TestSearchTakesAnything(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := searchShop(t, databaseURL)
		for _, words := range []string{
			`"`, `'`, `''`, `%`, `_`, `*`, `\`, `a*`, `"sketchbook`, `sketchbook"`, `NEAR(sketchbook mug)`, `sketchbook AND`, `AND OR NOT`, `name: mug`,
			`{name} : mug`, `^mug`, `-mug`, `mug:*`, `mug & !pencil`, `mug | pencil <-> x`, `(((`, "\x00", "mug\x00", "\xff\xfe", "\ue0001", "'; DROP TABLE products; --",
			strings.Repeat("a", 10_000), strings.Repeat("sketchbook ", 1_000), strings.Repeat("\"' ", 3_000), "日本語", "👀", "١٢", "ⅷ ²", "ﬁle", "İstanbul",
		} {
			if _, err := store.List(t.Context(), models.ProductFilter{Search: words, PerPage: 24}); err != nil {
				t.Errorf("%.40q: %v", words, err)
			}
		}
		for _, words := range []string{`"`, "%", "_", "*", " ", "\x00", "👀"} {
			if got := searched(t, store, words); len(got) > 0 {
				t.Errorf("%q, which has no word, finds %v", words, got)
			}
		}
		if got := searched(t, store, "mug*\" OR"); len(got) > 0 {
			t.Errorf("an operator counts: %v", got)
		}
	})
}

// draftOf is a product as its editor sends it.
func draftOf(p models.Product) models.ProductEdit {
	edit := models.ProductEdit{
		Version: p.Version, Name: p.Name, Slug: p.Slug, Summary: p.Summary, Description: p.Description, Status: p.Status, Featured: p.Featured, Options: p.Options,
	}
	for _, c := range p.Collections {
		edit.Collections = append(edit.Collections, c.ID)
	}
	for _, v := range p.Variants {
		edit.Variants = append(edit.Variants, models.VariantEdit{ID: v.ID, Options: [models.MaxOptions]string{v.Option1, v.Option2, v.Option3},
			SKU: v.SKU, Price: v.Price, Stock: v.Stock, StockWas: v.Stock})
	}
	return edit
}

func TestSearchFollowsTheCatalogue(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := searchShop(t, databaseURL)
		actor := models.Actor{Email: "owner@example.com"}
		finds := func(words string, want ...string) {
			t.Helper()
			if got := searched(t, store, words); !slices.Equal(got, append([]string{}, want...)) {
				t.Errorf("%q finds %v, want %v", words, got, want)
			}
		}
		pencil, err := store.ProductBySlug(t.Context(), "pencil")
		if err != nil {
			t.Fatal(err)
		}
		edit := draftOf(pencil)
		edit.Name, edit.Variants[0].SKU = "Graphite stick", "GRA-7"
		saved, err := store.SaveProduct(t.Context(), pencil.ID, edit, actor)
		if err != nil {
			t.Fatal(err)
		}
		finds("pencil")
		finds("graphite", "pencil")
		finds("gra-7", "pencil")
		edit.Version = saved.Version - 1 // somebody else saved: nothing changes
		edit.Name = "Quill"
		if _, err := store.SaveProduct(t.Context(), pencil.ID, edit, actor); err == nil {
			t.Fatal("an old version is saved")
		}
		finds("quill")

		shelf, err := store.SaveCollection(t.Context(), 0, models.CollectionEdit{Name: "Drawing room"}, actor)
		if err != nil {
			t.Fatal(err)
		}
		finds("drawing room")
		edit.Version, edit.Name, edit.Collections = saved.Version, "Graphite stick", []int64{shelf.ID}
		if saved, err = store.SaveProduct(t.Context(), pencil.ID, edit, actor); err != nil {
			t.Fatal(err)
		}
		finds("drawing room", "pencil")
		if _, err := store.SaveCollection(t.Context(), shelf.ID, models.CollectionEdit{Name: "Atelier", Slug: shelf.Slug}, actor); err != nil {
			t.Fatal(err)
		}
		finds("drawing room")
		finds("atelier", "pencil")
		if err := store.DeleteCollection(t.Context(), shelf.ID, shelf.Version+1, actor); err != nil {
			t.Fatal(err)
		}
		finds("atelier")

		copied, err := store.DuplicateProduct(t.Context(), pencil.ID, actor)
		if err != nil {
			t.Fatal(err)
		}
		finds("graphite", "pencil")
		if copied, err = store.ProductByID(t.Context(), copied.ID); err != nil {
			t.Fatal(err)
		}
		edit = draftOf(copied)
		edit.Status = models.ProductActive
		if _, err := store.SaveProduct(t.Context(), copied.ID, edit, actor); err != nil {
			t.Fatal(err)
		}
		finds("graphite", "pencil", copied.Slug)
		if err := store.ArchiveProduct(t.Context(), pencil.ID, actor); err != nil {
			t.Fatal(err)
		}
		finds("graphite", copied.Slug)
	})
}

// A shop that had products before there was an index gets it by migrating.
func TestMigrationIndexesWhatIsThere(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := searchShop(t, databaseURL)
		for _, change := range []string{"DELETE FROM search_spellings", "UPDATE products SET search_name = ''", "UPDATE search_state SET rules = 0"} {
			modelstest.Exec(t, databaseURL, change)
		}
		if store.Postgres() {
			modelstest.Exec(t, databaseURL, "DELETE FROM product_words")
		}
		if _, err := store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(searched(t, store, "sketchbok")); got != "[sketchbook cover pencil cafe-mug]" {
			t.Errorf("after migrating: %s", got)
		}
	})
}
