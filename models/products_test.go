package models_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// shirt is a draft with two options and the variants they make.
func shirt() models.ProductEdit {
	values := func(names ...string) (values []models.OptionValue) {
		for _, name := range names {
			values = append(values, models.OptionValue{Name: name})
		}
		return values
	}
	edit := models.ProductEdit{Name: "Ärmel-Hemd", Status: models.ProductActive, Options: []models.Option{
		{Name: "Colour", Values: values("Red", "Blue")}, {Name: "Size", Values: values("S", "M")},
	}, Variants: []models.VariantEdit{{Price: 1000}}}
	if err := edit.GenerateVariants(); err != nil {
		panic(err)
	}
	for i := range edit.Variants {
		edit.Variants[i].SKU = fmt.Sprintf("SHIRT-%d", i+1)
		edit.Variants[i].Stock = 5
	}
	return edit
}

// editOf is a stored product as a draft that changes nothing.
func editOf(p models.Product) models.ProductEdit {
	edit := models.ProductEdit{Version: p.Version, Name: p.Name, Slug: p.Slug, Summary: p.Summary, Description: p.Description,
		Status: p.Status, Featured: p.Featured, Options: p.Options}
	for _, v := range p.Variants {
		edit.Variants = append(edit.Variants, models.VariantEdit{ID: v.ID, Options: [3]string{v.Option1, v.Option2, v.Option3}, SKU: v.SKU,
			Price: v.Price, CompareAt: v.CompareAt, Stock: v.Stock, StockWas: v.Stock, WeightGrams: v.WeightGrams})
	}
	return edit
}

func made(t *testing.T, store *models.Store, edit models.ProductEdit) models.Product {
	t.Helper()
	product, err := store.CreateProduct(t.Context(), edit, staff)
	if err != nil {
		t.Fatal(err)
	}
	return again(t, store, product.ID)
}

func again(t *testing.T, store *models.Store, id int64) models.Product {
	t.Helper()
	product, err := store.ProductByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return product
}

// faultsAre wants an error to name these fields, in any order.
func faultsAre(t *testing.T, what string, err error, fields ...string) {
	t.Helper()
	var faults models.InvalidErrors
	errors.As(err, &faults)
	var got []string
	for _, fault := range faults {
		got = append(got, fault.Field)
	}
	slices.Sort(got)
	slices.Sort(fields)
	if !slices.Equal(got, fields) {
		t.Errorf("%s: faults in %q, want %q: %v", what, got, fields, err)
	}
}

func TestProductIsMadeAndSaved(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		version := func() int64 {
			shop, err := store.Shop(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return shop.CatalogueVersion
		}
		product := made(t, store, shirt())
		if product.Slug != "armel-hemd" || len(product.Variants) != 4 || product.Variants[3].Title() != "Blue / M" || product.Version != 1 {
			t.Fatalf("made %+v", product)
		}
		if second := made(t, store, func() models.ProductEdit {
			edit := shirt()
			for i := range edit.Variants {
				edit.Variants[i].SKU += "-B"
			}
			return edit
		}()); second.Slug != "armel-hemd-2" {
			t.Errorf("the second is at %s", second.Slug)
		}
		ledgerHolds(t, url, map[models.StockCause]int{models.StockOpening: 8})

		// Somebody buys while the editor is open.
		order, session := checkout(t, store, product.Variants[0].ID, 2)
		receive(t, store, event(models.EventSessionCompleted, session))
		statusIs(t, store, order, models.OrderPaid)
		_, held := checkout(t, store, product.Variants[1].ID, 1)

		edit := editOf(product)
		edit.Slug, edit.Status = "shirt", models.ProductActive
		edit.Variants[0].Stock += 10                                                            // 5 were there, 2 are sold: 13
		edit.Variants[0].SKU, edit.Variants[2].SKU = edit.Variants[2].SKU, edit.Variants[0].SKU // trade places
		edit.Variants[3].Price = 1500
		edit.Variants[2].Remove = true
		before := version()
		if _, err := store.SaveProduct(t.Context(), product.ID, edit, staff); err != nil {
			t.Fatal(err)
		}
		if version() <= before {
			t.Error("no page is drawn anew")
		}
		saved := again(t, store, product.ID)
		if len(saved.Variants) != 3 || saved.Variants[0].Stock != 13 || saved.Variants[0].SKU != "SHIRT-3" || saved.Variants[2].Price != 1500 || saved.Version != 2 {
			t.Errorf("saved %+v", saved.Variants)
		}
		ledgerHolds(t, url, map[models.StockCause]int{models.StockAdjustment: 2})
		if slug, err := store.SlugAfter(t.Context(), "armel-hemd"); err != nil || slug != "shirt" {
			t.Errorf("the old address leads to %q, %v", slug, err)
		}
		entries, err := store.Audit(t.Context(), models.AuditFilter{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, e := range entries {
			said = append(said, fmt.Sprintf("%s %s: %s → %s", e.Action, e.Subject, e.Before, e.After))
		}
		for _, want := range []string{
			"price_changed variant SHIRT-4: $10.00 → $15.00", "stock_changed variant SHIRT-3: 3 → 13",
			"product_changed product shirt: Ärmel-Hemd, active, /products/armel-hemd → Ärmel-Hemd, active, /products/shirt",
		} {
			if !slices.Contains(said, want) {
				t.Errorf("the audit log lacks %q:\n%s", want, strings.Join(said, "\n"))
			}
		}

		// The colleague who opened it before loses nothing and changes nothing.
		if _, err := store.SaveProduct(t.Context(), product.ID, edit, staff); !errors.Is(err, models.ErrConflict) {
			t.Errorf("a stale save: %v", err)
		}
		// What an open checkout holds stays on the shelf, and in the list.
		edit = editOf(saved)
		edit.Variants[1].Stock = 0
		_, err = store.SaveProduct(t.Context(), product.ID, edit, staff)
		faultsAre(t, "stock below what is held", err, "variant-1-stock")
		edit = editOf(saved)
		edit.Variants[1].Remove = true
		_, err = store.SaveProduct(t.Context(), product.ID, edit, staff)
		faultsAre(t, "a held variant removed", err, "variant-1-remove")
		if now := again(t, store, product.ID); now.Version != 2 || len(now.Variants) != 3 {
			t.Errorf("a refused save changed %+v", now)
		}
		receive(t, store, event(models.EventSessionCompleted, held))
		ledgerHolds(t, url, map[models.StockCause]int{models.StockSale: 2})
	})
}

func TestProductFaults(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		modelstest.Product(t, store, "pen", 500, 1)
		for name, test := range map[string]struct {
			change func(*models.ProductEdit)
			fields []string
		}{
			"no name":             {func(e *models.ProductEdit) { e.Name = "" }, []string{"name"}},
			"odd slug":            {func(e *models.ProductEdit) { e.Slug = "../x" }, []string{"slug"}},
			"taken slug":          {func(e *models.ProductEdit) { e.Slug = "pen" }, []string{"slug"}},
			"no such status":      {func(e *models.ProductEdit) { e.Status = "sold" }, []string{"status"}},
			"long texts":          {func(e *models.ProductEdit) { e.Summary = strings.Repeat("ü", 301) }, []string{"summary"}},
			"free":                {func(e *models.ProductEdit) { e.Variants[1].Price = 0 }, []string{"variant-1-price"}},
			"below zero":          {func(e *models.ProductEdit) { e.Variants[1].Price = -1 }, []string{"variant-1-price"}},
			"dearer than before":  {func(e *models.ProductEdit) { e.Variants[1].CompareAt = 900 }, []string{"variant-1-compare"}},
			"stock and weight":    {func(e *models.ProductEdit) { e.Variants[0].Stock, e.Variants[2].WeightGrams = -1, -1 }, []string{"variant-0-stock", "variant-2-weight"}},
			"a SKU twice":         {func(e *models.ProductEdit) { e.Variants[2].SKU = "SHIRT-1" }, []string{"variant-2-sku"}},
			"another's SKU":       {func(e *models.ProductEdit) { e.Variants[2].SKU = "SKU-pen" }, []string{"variant-2-sku"}},
			"no SKU":              {func(e *models.ProductEdit) { e.Variants[2].SKU = "" }, []string{"variant-2-sku"}},
			"a combination twice": {func(e *models.ProductEdit) { e.Variants[1].Options = e.Variants[0].Options }, []string{"variant-1-option1"}},
			"no such value":       {func(e *models.ProductEdit) { e.Variants[1].Options[0] = "Pink" }, []string{"variant-1-option1"}},
			"nothing left": {func(e *models.ProductEdit) {
				for i := range e.Variants {
					e.Variants[i].Remove = true
				}
			}, []string{"variants"}},
			"two options of a name": {func(e *models.ProductEdit) { e.Options[1].Name = "Colour" }, []string{"option-1-name"}},
			"a value twice":         {func(e *models.ProductEdit) { e.Options[1].Values[1].Name = "S" }, []string{"option-1-values", "variant-1-option2", "variant-3-option2"}},
		} {
			edit := shirt()
			test.change(&edit)
			_, err := store.CreateProduct(t.Context(), edit, staff)
			faultsAre(t, name, err, test.fields...)
		}
		if products, total, err := store.Products(t.Context(), models.ProductFilter{Drafts: true, PerPage: 10}); err != nil || total != 1 || len(products) != 1 {
			t.Errorf("%d products, %v", total, err)
		}
		many := shirt()
		for i := range 60 {
			many.Options[0].Values = append(many.Options[0].Values, models.OptionValue{Name: fmt.Sprint(i)})
		}
		faultsAre(t, "too many", many.GenerateVariants(), "variants")
	})
}

// TestArchivedAndDuplicated takes a product out of the shop, cart included, and
// makes a new one of it.
func TestArchivedAndDuplicated(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		product := made(t, store, shirt())
		variant := product.Variants[0].ID
		token := models.NewToken()
		if err := store.AddToCart(t.Context(), token, variant, 2); err != nil {
			t.Fatal(err)
		}
		copied, err := store.DuplicateProduct(t.Context(), product.ID, staff)
		if err != nil {
			t.Fatal(err)
		}
		copied = again(t, store, copied.ID)
		if copied.Status != models.ProductDraft || len(copied.Variants) != 4 || copied.Variants[0].SKU != "SHIRT-1-COPY" || copied.Variants[0].Stock != 0 ||
			len(copied.Options) != 2 || len(copied.Options[0].Values) != 2 || copied.Slug == product.Slug {
			t.Errorf("the copy is %+v", copied)
		}
		if original := again(t, store, product.ID); len(original.Options) != 2 || len(original.Options[0].Values) != 2 {
			t.Errorf("the original lost %+v", original.Options)
		}
		if err := store.ArchiveProduct(t.Context(), product.ID, staff); err != nil {
			t.Fatal(err)
		}
		if _, err := store.ProductBySlug(t.Context(), product.Slug); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("the archived product is shown: %v", err)
		}
		if err := store.AddToCart(t.Context(), models.NewToken(), variant, 1); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("the archived product goes into a cart: %v", err)
		}
		var unsellable *models.UnsellableError
		if _, err := store.BeginCheckout(t.Context(), token); !errors.As(err, &unsellable) {
			t.Errorf("the archived product is sold: %v", err)
		}
		if err := store.SetCartQuantity(t.Context(), token, variant, 0); err != nil {
			t.Errorf("the archived product stays in the cart: %v", err)
		}
		ledgerHolds(t, url, nil)
	})
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Field notebook": "field-notebook", "  Ärmel & Größe!": "armel-grosse", "GROẞER Topf": "grosser-topf", "Don’t panic": "dont-panic", "日本": "", strings.Repeat("a ", 200): strings.TrimSuffix(strings.Repeat("a-", 45), "-"),
	} {
		if got := models.Slug(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
