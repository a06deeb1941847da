package handlers_test

import (
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// fields are a form's, by name.
type fields map[string]string

func (f fields) with(changes fields) []string {
	all := maps.Clone(f)
	maps.Copy(all, changes)
	var list []string
	for name, value := range all {
		list = append(list, name, value)
	}
	return list
}

var (
	inputTag    = regexp.MustCompile(`<(input|textarea|select)\b[^>]*>`)
	attribute   = regexp.MustCompile(`\b(name|value|type)="([^"]*)"`)
	textareaTag = regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`)
	selectTag   = regexp.MustCompile(`(?s)<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>`)
	chosenTag   = regexp.MustCompile(`<option value="([^"]*)" selected`)
)

// editorOf reads the fields of the editor on a page, as a browser would send
// them.
func editorOf(page string) fields {
	_, page, _ = strings.Cut(page, `class="editor"`)
	page, _, _ = strings.Cut(page, "</form>")
	form := fields{}
	for _, tag := range inputTag.FindAllString(page, -1) {
		found := map[string]string{}
		for _, a := range attribute.FindAllStringSubmatch(tag, -1) {
			found[a[1]] = a[2]
		}
		if found["type"] != "checkbox" && strings.HasPrefix(tag, "<input") {
			form[found["name"]] = found["value"]
		}
	}
	for _, found := range textareaTag.FindAllStringSubmatch(page, -1) {
		form[found[1]] = found[2]
	}
	for _, found := range selectTag.FindAllStringSubmatch(page, -1) {
		if chosen := chosenTag.FindStringSubmatch(found[2]); chosen != nil {
			form[found[1]] = chosen[1]
		} else {
			form[found[1]] = ""
		}
	}
	return form
}

// TestProductEditor makes a product with options from nothing, as somebody
// without JavaScript does, and sells it.
func TestProductEditor(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		manager := app.Staff(models.RoleManager)
		page := manager.Get("/admin/new/product")
		page = manager.Post("/admin/products", editorOf(page.Body).with(fields{
			"name": "Wool cap", "status": "active", "description": "It is *warm*. <script>alert(1)</script>",
			"option-0-name": "Colour", "option-0-values": "Red #C0392B, Blue", "option-1-name": "Size", "option-1-values": "S\nM",
			"variant-0-sku": "CAP-1", "variant-0-price": "19.5", "do": "generate",
		})...)
		form := editorOf(page.Body)
		if page.Status != http.StatusOK || form["rows"] != "4" || form["variant-0-sku"] != "CAP-1" || form["variant-3-option1"] != "Blue" ||
			form["variant-3-price"] != "19.50" || form["variant-3-sku"] != "WOOL-CAP-BLUE-M" || !strings.Contains(page.Body, "Not saved yet") {
			t.Fatalf("generated: %d %v", page.Status, form)
		}
		// A value gets another name and a colour of its own.
		form["option-0-values"] = "Crimson, Blue"
		// Faults come back beside their fields, with everything that was typed.
		page = manager.Post("/admin/products", form.with(fields{"variant-1-sku": "CAP-1", "variant-2-price": "much", "variant-3-price": "-2", "variant-2-sku": "CAP-3", "variant-3-sku": "", "do": "save"})...)
		if page.Status != http.StatusUnprocessableEntity {
			t.Fatalf("faults are answered %d", page.Status)
		}
		for _, id := range []string{"variant-1-sku", "variant-2-price", "variant-3-price", "variant-3-sku"} {
			if !strings.Contains(page.Body, `href="#`+id+`"`) || !strings.Contains(page.Body, `id="`+id+`-fault"`) {
				t.Errorf("no fault at %s", id)
			}
		}
		for _, says := range []string{`">Crimson / M – SKU: Another variant has`, `">Blue / S – Price: `, `">Blue / M – SKU: Enter a SKU`} {
			if !strings.Contains(page.Body, says) {
				t.Errorf("the list of faults lacks %q", says)
			}
		}
		typed := editorOf(page.Body)
		if typed["variant-2-price"] != "much" || typed["variant-3-price"] != "-2" || typed["option-0-values"] != "Crimson, Blue" || typed["variant-0-option1"] != "Crimson" {
			t.Errorf("what was typed is lost: %v", typed)
		}
		page = manager.Post("/admin/products", typed.with(fields{
			"variant-1-sku": "CAP-2", "variant-3-sku": "CAP-4", "all-price": "21", "all-stock": "3", "do": "fill",
		})...)
		form = editorOf(page.Body)
		if page.Status != http.StatusOK || form["variant-2-price"] != "21" || form["variant-3-stock"] != "3" {
			t.Fatalf("filled: %d %v", page.Status, form)
		}
		saved := manager.Post("/admin/products", form.with(fields{"do": "save"})...)
		if saved.Status != http.StatusSeeOther {
			t.Fatalf("saved: %d\n%s", saved.Status, saved.Body)
		}
		shopper := app.Browser()
		shown := shopper.Get("/products/wool-cap")
		if shown.Status != 200 || !strings.Contains(shown.Body, "$21.00") || !strings.Contains(shown.Body, "<em>warm</em>") || strings.Contains(shown.Body, "<script>alert") {
			t.Errorf("the shop shows %d", shown.Status)
		}
		product, err := app.Store.ProductBySlug(t.Context(), "wool-cap")
		if err != nil || len(product.Variants) != 4 || product.Options[0].Values[0].Name != "Crimson" {
			t.Fatalf("stored %+v, %v", product, err)
		}
		app.Checkout(shopper, product.Variants[0].ID, 3)

		path := strings.TrimSuffix(saved.Location, "?notice=created")
		stock := manager.Get(path + "/stock")
		if stock.Status != 200 || strings.Count(stock.Body, "on hand at first") != 4 {
			t.Errorf("the ledger: %d", stock.Status)
		}
		// The old address leads to the new one; the draft is seen by staff alone.
		form = editorOf(manager.Get(path).Body)
		if got := manager.Post(path, form.with(fields{"slug": "cap"})...); got.Status != http.StatusSeeOther {
			t.Fatalf("renamed: %d", got.Status)
		}
		app.Eventually("the redirect", func() bool {
			got := shopper.Get("/products/wool-cap")
			return got.Status == http.StatusMovedPermanently && got.Location == "/products/cap"
		})
		form = editorOf(manager.Get(path).Body)
		manager.Post(path, form.with(fields{"status": "draft"})...)
		app.Eventually("the end of the page", func() bool { return shopper.Get("/products/cap").Status == http.StatusNotFound })
		if got := shopper.Get("/cart"); !strings.Contains(got.Body, "no longer for sale") || strings.Contains(got.Body, `href="/products/cap"`) {
			t.Error("the cart does not say that it is gone")
		}
		preview := app.Staff(models.RoleViewer).Get(path + "/preview")
		if preview.Status != 200 || preview.Header.Get("Cache-Control") != "no-store" || !strings.Contains(preview.Body, `content="noindex"`) || !strings.Contains(preview.Body, "Wool cap") {
			t.Errorf("the preview: %d %s", preview.Status, preview.Header.Get("Cache-Control"))
		}
		if got := shopper.Get(path + "/preview"); got.Status != http.StatusSeeOther {
			t.Errorf("a stranger sees the preview: %d", got.Status)
		}
		copied := manager.Post(path + "/duplicate")
		if copied.Status != http.StatusSeeOther || copied.Location == path {
			t.Errorf("duplicated: %d %s", copied.Status, copied.Location)
		}
		if got := manager.Post(path + "/archive"); got.Status != http.StatusSeeOther || !strings.Contains(manager.Get(path).Body, "archived") {
			t.Errorf("archived: %d", got.Status)
		}
		if list := manager.Get("/admin/products?status=archived"); strings.Count(list.Body, `<th scope="row">`) != 1 || !strings.Contains(list.Body, "4 variants") {
			t.Error("the list of what is archived is another one")
		}
	})
}

// TestVariantGrid fills in many rows at once, and shows what is wrong where it
// is folded away.
func TestVariantGrid(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
	manager := app.Staff(models.RoleManager)
	form := editorOf(manager.Get("/admin/new/product").Body)
	page := manager.Post("/admin/products", form.with(fields{
		"name": "Cap", "option-0-name": "Colour", "option-0-values": "Red #c0392b, Blue #00f", "option-1-name": "Size", "option-1-values": "S, M", "do": "generate",
	})...)
	form = editorOf(page.Body)
	for i, want := range []string{"CAP-RED-S", "CAP-RED-M", "CAP-BLUE-S", "CAP-BLUE-M"} {
		if got := form[models.VariantField(i, "sku")]; got != want {
			t.Errorf("row %d has the SKU %q, want %q", i, got, want)
		}
	}
	if !strings.Contains(page.Body, `Price, USD <span class="visually-hidden">of Red / S (new)</span>`) || strings.Contains(page.Body, "<details open") {
		t.Error("a cell is not named after its row, or a row is open for nothing")
	}
	form = editorOf(manager.Post("/admin/products", form.with(fields{"all-price": "20", "all-weight": "80", "all-stock": "5", "do": "fill"})...).Body)
	page = manager.Post("/admin/products", form.with(fields{"all-of": "1:Blue", "all-compare": "30", "all-price": "25", "do": "fill"})...)
	form = editorOf(page.Body)
	for field, want := range map[string]string{
		"variant-0-price": "20", "variant-0-compare": "", "variant-0-weight": "80", "variant-3-price": "25", "variant-3-compare": "30", "variant-3-stock": "5", "all-price": "",
	} {
		if form[field] != want {
			t.Errorf("%s is %q, want %q", field, form[field], want)
		}
	}
	page = manager.Post("/admin/products", form.with(fields{"all-of": "", "variant-2-barcode": "123", "do": "save"})...)
	_, row, _ := strings.Cut(page.Body, `name="variant-2-id"`)
	row, _, _ = strings.Cut(row, "</tbody>")
	if page.Status != http.StatusUnprocessableEntity || !strings.Contains(row, "<details open>") || strings.Count(page.Body, "<details open") != 1 ||
		!strings.Contains(page.Body, `href="#variant-2-barcode">Blue / S – Barcode: `) {
		t.Errorf("a folded fault: %d\n%s", page.Status, row)
	}
	if got := manager.Post("/admin/products", form.with(fields{"all-of": "", "do": "save"})...); got.Status != http.StatusSeeOther {
		t.Fatalf("saved: %d", got.Status)
	}
	product, err := app.Store.ProductBySlug(t.Context(), "cap")
	if err == nil {
		t.Errorf("a draft is found: %+v", product)
	}
	if product, err = app.Store.ProductByID(t.Context(), 1); err != nil || product.Options[0].Values[1].Name != "Blue" || product.Options[0].Values[1].Swatch != "#0000ff" {
		t.Errorf("the colours are %+v, %v", product.Options, err)
	}
}

// TestProductConflict lets two people save one product.
func TestProductConflict(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		modelstest.Product(t, app.Store, "pen", 500, 7)
		first, second := app.Staff(models.RoleManager), app.Staff(models.RoleOwner)
		const path = "/admin/products/1"
		opened := editorOf(first.Get(path).Body)
		if got := first.Post(path, opened.with(fields{"summary": "It writes."})...); got.Status != http.StatusSeeOther {
			t.Fatalf("the first: %d", got.Status)
		}
		page := second.Post(path, opened.with(fields{"summary": "It is <blue>.", "variant-0-stock": "9"})...)
		if page.Status != http.StatusConflict || !strings.Contains(page.Body, "It writes.") || !strings.Contains(page.Body, "It is &lt;blue&gt;.") {
			t.Fatalf("the second: %d\n%s", page.Status, page.Body)
		}
		product, err := app.Store.ProductByID(t.Context(), 1)
		if err != nil || product.Summary != "It writes." || product.Variants[0].Stock != 7 {
			t.Errorf("the first one's text is %+v, %v", product, err)
		}
		mine := opened.with(fields{"summary": "It is <blue>.", "variant-0-stock": "9", "version": fmt.Sprint(product.Version)})
		again := second.Post(path, append(mine, "do", "edit")...)
		if form := editorOf(again.Body); again.Status != 200 || form["summary"] != "It is &lt;blue&gt;." || form["version"] != fmt.Sprint(product.Version) {
			t.Errorf("going on: %d %v", again.Status, form)
		}
		if got := second.Post(path, append(mine, "do", "save")...); got.Status != http.StatusSeeOther {
			t.Errorf("saving over: %d", got.Status)
		}
		if product, err = app.Store.ProductByID(t.Context(), 1); err != nil || product.Summary != "It is <blue>." || product.Variants[0].Stock != 9 {
			t.Errorf("the second one's text is %+v, %v", product, err)
		}
		viewer := app.Staff(models.RoleViewer)
		if got := viewer.Get(path); got.Status != 200 || strings.Contains(got.Body, `value="save"`) || !strings.Contains(got.Body, "disabled") {
			t.Errorf("a viewer: %d", got.Status)
		}
		if got := viewer.Post(path, mine...); got.Status != http.StatusForbidden {
			t.Errorf("a viewer saves: %d", got.Status)
		}
	})
}

// TestSavedIsSaidAsItIs tells what is for sale from what shoppers do not see.
func TestSavedIsSaidAsItIs(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
	manager := app.Staff(models.RoleManager)
	form := editorOf(manager.Get("/admin/new/product").Body).with(fields{"name": "Cap", "variant-0-sku": "CAP", "variant-0-price": "5"})
	path, _, _ := strings.Cut(manager.Post("/admin/products", form...).Location, "?")
	for status, says := range map[string]string{"active": "The shop shows it now", "draft": "Saved as a draft", "archived": "It is archived"} {
		saved := manager.Post(path, editorOf(manager.Get(path).Body).with(fields{"status": status, "do": "save"})...)
		if page := manager.Get(saved.Location).Body; saved.Status != http.StatusSeeOther || !strings.Contains(page, says) {
			t.Errorf("%s: %d, and not %q", status, saved.Status, says)
		}
	}
}
