package handlers_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
)

// pageBound is how large a page of the admin may be, in bytes, however much is
// in the catalogue.
const pageBound = 200_000

// newLargeShop is a shop with 3,000 products in 1,200 collections, of which one
// holds them all, and a discount for 600 of the products.
func newLargeShop(t *testing.T) *apptest.App {
	t.Helper()
	app := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
	collections := make([]models.Collection, 1200)
	for i := range collections {
		collections[i] = models.Collection{Slug: fmt.Sprintf("shelf-%d", i), Name: fmt.Sprintf("Shelf with a name of some length, %d", i)}
	}
	collections[0].Sort = models.SortByHand
	products := make([]models.Product, 3000)
	for i := range products {
		products[i] = models.Product{
			Slug: fmt.Sprintf("thing-%d", i), Name: fmt.Sprintf("A thing with a name of some length, no. %d", i), Status: models.ProductActive,
			Variants:    []models.Variant{{SKU: fmt.Sprintf("SKU-%04d", i), Price: 1000, Stock: 1}},
			Collections: []models.Collection{collections[0], collections[1+i%1199]},
		}
	}
	if added, err := app.Store.AddCatalogue(t.Context(), collections, products, nil); err != nil || !added {
		t.Fatalf("added: %t, %v", added, err)
	}
	goods := make([]int64, 600)
	for i := range goods {
		goods[i] = int64(i + 1)
	}
	_, err := app.Store.CreateDiscount(t.Context(), models.Discount{Name: "Sale", Kind: models.DiscountPercent, Percent: 10, ProductIDs: goods}, models.Actor{})
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// TestPagesStaySmall looks at the size of every page of the admin and of the
// shop's lists in a large shop.
func TestPagesStaySmall(t *testing.T) {
	t.Parallel()
	app := newLargeShop(t)
	owner := app.Staff(models.RoleOwner)
	menu := []string{"version", "0", "rows", "12"}
	for i := range 12 {
		menu = append(menu, models.MenuField(i, "kind"), "collection-"+fmt.Sprint(i+1))
	}
	for _, name := range models.Menus {
		if got := owner.Post("/admin/settings/menus/"+name, menu...); got.Status != http.StatusSeeOther {
			t.Fatalf("menu: %d\n%s", got.Status, got.Body)
		}
	}
	section := owner.Post("/admin/settings/home", "kind", models.SectionCollection).Location
	seen := map[string]int{}
	for _, route := range app.Routes() {
		path := route.Path
		if route.Method != http.MethodGet || !strings.HasPrefix(path, "/admin") || strings.HasSuffix(path, ".csv") {
			continue
		}
		path = strings.ReplaceAll(strings.ReplaceAll(path, ":id", "1"), ":menu", models.MenuHeader)
		if path == "/admin/settings/sections/1" {
			path = section
		}
		got := owner.Get(path)
		if got.Status == http.StatusOK && len(got.Body) > pageBound {
			t.Errorf("%s has %d bytes", path, len(got.Body))
		}
		seen[path] = got.Status
	}
	for _, path := range []string{"/admin/products/1", "/admin/new/product", "/admin/collections", "/admin/collections/1", "/admin/discounts/1",
		"/admin/discounts/new", "/admin/settings/menus/header", "/admin/settings/home", section} {
		if seen[path] != http.StatusOK {
			t.Errorf("%s: %d", path, seen[path])
		}
	}
	for _, path := range []string{"/", "/products", "/search?q=nothing+like+it", "/cart", "/nowhere"} {
		if got := owner.Get(path); len(got.Body) > pageBound {
			t.Errorf("%s has %d bytes", path, len(got.Body))
		}
	}
}

// TestDiscountForSomeOfMany finds products for a discount among 3,000, and keeps
// what it does not show.
func TestDiscountForSomeOfMany(t *testing.T) {
	t.Parallel()
	app := newLargeShop(t)
	manager := app.Staff(models.RoleManager)
	const path = "/admin/discounts/1"
	page := manager.Get(path)
	holds(t, "the form", page.Body, "550 more are chosen, and stay so.")
	drawn := sheetOf(t, page.Body, path)
	if len(drawn.fields["product"]) != 50 || !slices.Contains(drawn.buttons, "do=find") {
		t.Fatalf("%d products are ticked, buttons %q", len(drawn.fields["product"]), drawn.buttons)
	}
	// One of the hidden is found by its SKU, beside what is not chosen yet.
	drawn.fields["product"] = drawn.fields["product"][1:] // no tick at the first
	gone := sheetOf(t, page.Body, path).fields["product"][0]
	found := drawn.send(manager, fields{"do": "find", "product-q": "SKU-0400", "name": "Winter <sale>", "collection-q": "length, 29", "percent": "many"})
	if found.Status != http.StatusOK || len(found.Body) > pageBound {
		t.Fatalf("found: %d, %d bytes", found.Status, len(found.Body))
	}
	holds(t, "what was found", found.Body, "no. 400</label>", "Shelf with a name of some length, 299", "Not saved yet", `value="Winter &lt;sale&gt;"`, `value="many"`, "549 more")
	drawn = sheetOf(t, found.Body, path)
	if slices.Contains(drawn.fields["product"], gone) || !slices.Contains(drawn.fields["product"], "401") || len(drawn.fields["collection"]) != 0 {
		t.Errorf("ticked: %q and %q", drawn.fields["product"], drawn.fields["collection"])
	}
	drawn.fields["product"] = slices.DeleteFunc(drawn.fields["product"], func(id string) bool { return id == "401" })
	many := drawn.send(manager, fields{"do": "find", "product-q": "thing", "collection-q": ""})
	drawn = sheetOf(t, many.Body, path)
	if offered := strings.Count(many.Body, `name="product" value="`); offered > 49+20 {
		t.Errorf("%d products are offered", offered)
	}
	drawn.fields["product"] = append(drawn.fields["product"], "2999")
	if got := drawn.send(manager, fields{"do": "save", "percent": "15", "collection": "7"}); got.Status != http.StatusSeeOther {
		t.Fatalf("saved: %d\n%s", got.Status, got.Body)
	}
	stored, err := app.Store.DiscountByID(t.Context(), 1)
	if err != nil || stored.Percent != 15 || stored.Name != "Winter <sale>" || !slices.Equal(stored.CollectionIDs, []int64{7}) {
		t.Fatalf("stored %+v, %v", stored, err)
	}
	if ids := stored.ProductIDs; len(ids) != 599 || slices.Contains(ids, 1) || slices.Contains(ids, 401) || !slices.Contains(ids, 2999) || !slices.Contains(ids, 600) {
		t.Errorf("%d products are stored: %d", len(ids), ids)
	}
	// A discount that is new finds its products, too.
	const fresh = "/admin/discounts/new"
	empty := sheetOf(t, manager.Get(fresh).Body, fresh)
	if len(empty.fields["product"]) != 0 {
		t.Errorf("a new one begins with %q", empty.fields["product"])
	}
	found = empty.send(manager, fields{"do": "find", "name": "New", "percent": "5", "product-q": "SKU-2900"})
	if got := sheetOf(t, found.Body, fresh).send(manager, fields{"product": "2901"}); got.Status != http.StatusSeeOther {
		t.Fatalf("a new one: %d\n%s", got.Status, got.Body)
	}
	if stored, err = app.Store.DiscountByID(t.Context(), 2); err != nil || !slices.Equal(stored.ProductIDs, []int64{2901}) {
		t.Errorf("stored %+v, %v", stored, err)
	}
}

// TestLinksToSomeOfMany finds what an entry of a menu leads to among 1,200
// collections.
func TestLinksToSomeOfMany(t *testing.T) {
	t.Parallel()
	app := newLargeShop(t)
	manager := app.Staff(models.RoleManager)
	const path = "/admin/settings/menus/header"
	own := sheetOf(t, sheetOf(t, manager.Get(path).Body, path).send(manager, fields{"do": "own"}).Body, path)
	if got := own.send(manager, fields{"do": "save"}); got.Status != http.StatusSeeOther {
		t.Errorf("what is there now: %d\n%s", got.Status, got.Body)
	}
	own = sheetOf(t, manager.Get(path).Body, path)
	found := own.send(manager, fields{"do": "find", "find-q": "length, 217", "entry-0-label": "All & sundry"})
	drawn := sheetOf(t, found.Body, path)
	if found.Status != http.StatusOK || drawn.fields.Get("entry-0-label") != "All & sundry" || !slices.Contains(drawn.choices["entry-0-kind"], "collection-218") {
		t.Fatalf("found: %d, %q, %q", found.Status, drawn.fields.Get("entry-0-label"), drawn.choices["entry-0-kind"])
	}
	if got := drawn.send(manager, fields{"do": "save", "entry-0-kind": "collection-218"}); got.Status != http.StatusSeeOther {
		t.Fatalf("saved: %d", got.Status)
	}
	again := sheetOf(t, manager.Get(path).Body, path)
	if got := again.fields.Get("entry-0-kind"); got != "collection-218" {
		t.Errorf("the entry leads to %q", got)
	}
	holds(t, "nothing found", again.send(manager, fields{"do": "find", "find-q": "100%"}).Body, "No collection or page fits “100%”.")
	// A section of the front page finds its collection in the same way.
	section := manager.Post("/admin/settings/home", "kind", models.SectionCollection).Location
	form := sheetOf(t, sheetOf(t, manager.Get(section).Body, section).send(manager, fields{"do": "find", "find-q": "length, 217", "heading": "Look"}).Body, section)
	if got := form.send(manager, fields{"do": "save"}); got.Status != http.StatusSeeOther {
		t.Fatalf("section: %d\n%s", got.Status, got.Body)
	}
	kept := sheetOf(t, manager.Get(section).Body, section).fields
	if kept.Get("collection") != "218" || kept.Get("heading") != "Look" {
		t.Errorf("the section shows %q, %q", kept.Get("collection"), kept.Get("heading"))
	}
}

// TestCollectionsOfAProductAmongMany puts a product into one of 1,200
// collections, found by its name.
func TestCollectionsOfAProductAmongMany(t *testing.T) {
	t.Parallel()
	app := newLargeShop(t)
	manager := app.Staff(models.RoleManager)
	rule := models.Rule{Conditions: []models.Condition{{Kind: models.IsInStock}}}
	if _, err := app.Store.SaveCollection(t.Context(), 0, models.CollectionEdit{Name: "In stock", Rule: &rule}, models.Actor{}); err != nil {
		t.Fatal(err)
	}
	const path = "/admin/products/1"
	drawn := sheetOf(t, manager.Get(path).Body, path)
	if got := drawn.fields["collection"]; !slices.Equal(got, []string{"1", "2"}) { // the rule's is not for the hand
		t.Errorf("the product begins in %q", got)
	}
	found := sheetOf(t, drawn.send(manager, fields{"do": "find", "collection-q": "length, 1101", "summary": "Typed."}).Body, path)
	found.fields["collection"] = append(found.fields["collection"], "1102")
	if got := found.send(manager, fields{"do": "save"}); got.Status != http.StatusSeeOther {
		t.Fatalf("saved: %d\n%s", got.Status, got.Body)
	}
	product, err := app.Store.ProductByID(t.Context(), 1)
	if err != nil || product.Summary != "Typed." || len(product.Collections) != 4 {
		t.Errorf("%q is in %d collections, %v", product.Summary, len(product.Collections), err)
	}
	list := manager.Get("/admin/collections?page=2").Body
	if rows := strings.Count(list, `<th scope="row">`); rows != 100 || !strings.Contains(list, "page=3") {
		t.Errorf("the second page lists %d collections", rows)
	}
	holds(t, "a search", manager.Get("/admin/collections?q=LENGTH,+1101").Body, "Shelf with a name of some length, 1101", "1 collection<")
}
