package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func TestStaffSetDelivery(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		manager := shop.Staff(models.RoleManager)
		holds(t, "an empty page", manager.Get("/admin/delivery").Body, "Everything is delivered free of charge", `href="/admin/delivery/zones/new"`)
		if got := shop.Staff(models.RoleViewer).Get("/admin/delivery"); got.Status != 200 || strings.Contains(got.Body, `href="/admin/delivery/zones/new"`) {
			t.Errorf("a viewer: %d\n%s", got.Status, got.Body)
		}
		refused := func(path string, parts []string, fields ...string) {
			t.Helper()
			got := manager.Post(path, fields...)
			if got.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s %q: %d", path, fields, got.Status)
			}
			holds(t, path, got.Body, parts...)
		}
		saved := func(path string, fields ...string) {
			t.Helper()
			if got := manager.Post(path, fields...); got.Location != "/admin/delivery?notice=saved" {
				t.Errorf("%s: %d\n%s", path, got.Status, got.Body)
			}
		}
		refused("/admin/delivery/zones/new", []string{`id="name-fault"`, "We do not know the country “Atlantis”", "Germany, Atlantis"}, "countries", "Germany, Atlantis")
		saved("/admin/delivery/zones/new", "name", "Europe", "countries", "Germany, at\nFrance")
		refused("/admin/delivery/zones/new", []string{"Austria is in the zone “Europe” already", `value="Alps"`}, "name", "Alps", "countries", "CH, AT")
		saved("/admin/delivery/zones/new", "name", "Rest", "everywhere", "1")
		refused("/admin/delivery/zones/new", []string{`id="everywhere-fault"`, "“Rest” is the rest of the world already."}, "name", "More", "everywhere", "1")
		holds(t, "the zone", manager.Get("/admin/delivery/zones/1").Body, "Austria, Germany, France", `value="Europe"`)

		ways := "/admin/delivery/zones/1/methods/new"
		refused(ways, []string{`id="price-fault"`, `value="-3"`, `id="name-fault"`}, "kind", "flat", "price", "-3")
		refused(ways, []string{`id="band-1-starts-fault"`, "overlaps another one", `id="band-0-price" name="band-0-price" value="5"`}, "name", "Parcel", "kind", "weight", "rows", "3",
			"band-0-ends", "1000", "band-0-price", "5", "band-2-starts", "500", "band-2-price", "6")
		refused(ways, []string{`id="band-0-starts-fault"`}, "name", "Parcel", "kind", "weight", "rows", "1", "band-0-starts", "-100", "band-0-price", "5")
		refused(ways, []string{`id="band-0-starts-fault"`, "Enter a whole number", `value="heavy"`}, "name", "Parcel", "kind", "weight", "rows", "1", "band-0-starts", "heavy", "band-0-price", "5")
		refused(ways, []string{`id="band-0-price-fault"`}, "name", "Parcel", "kind", "subtotal", "rows", "1", "band-0-starts", "1")
		refused(ways, []string{`id="max-days-fault"`}, "name", "Parcel", "kind", "flat", "min-days", "5", "max-days", "2")
		refused(ways, []string{`id="kind-flat-fault"`}, "name", "Parcel")
		saved(ways, "name", "Parcel", "kind", "subtotal", "rows", "2", "band-0-ends", "50", "band-0-price", "5", "band-1-starts", "50", "band-1-price", "0", "max-days", "4")
		holds(t, "the way", manager.Get("/admin/delivery/methods/1").Body, `value="50.00"`, `value="5.00"`, `value="0.00"`, `value="subtotal" checked`)
		holds(t, "the page", manager.Get("/admin/delivery").Body, "Austria, Germany, France", "Parcel", "free to $5.00, 4 business days", "The rest of the world")
		refused("/admin/delivery/pickups/new", []string{`id="address-fault"`}, "name", "Here")
		saved("/admin/delivery/pickups/new", "name", "Here", "address", "1 Main Street")
		refused("/admin/delivery", []string{`id="home-fault"`}, "home", "XX")
		saved("/admin/delivery", "home", "DE")
		saved("/admin/delivery/methods/1", "name", "Letter", "kind", "flat", "price", "1.50")
		for _, path := range []string{"/admin/delivery/methods/1/delete", "/admin/delivery/zones/1/delete"} {
			if got := manager.Post(path); got.Location != "/admin/delivery?notice=deleted" {
				t.Errorf("%s: %d", path, got.Status)
			}
			if got := manager.Post(path); got.Status != http.StatusNotFound {
				t.Errorf("%s again: %d", path, got.Status)
			}
		}
		holds(t, "the audit log", manager.Get("/admin/audit").Body, "changed the delivery", "deleted a way of delivery", "Europe: AT DE FR", "Letter, flat, $1.50")
	})
}

func TestStaffSetTax(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		manager := shop.Staff(models.RoleManager)
		bad := []string{"mode", "own", "classes", "3", "class-0-id", "1", "class-0", "Standard", "class-1", "standard", "rates", "2",
			"rate-1-country", "Atlantis", "rate-1-class", "1", "rate-1-percent", "a fifth"}
		got := manager.Post("/admin/tax", bad...)
		if got.Status != http.StatusUnprocessableEntity {
			t.Errorf("all wrong: %d", got.Status)
		}
		holds(t, "the form", got.Body, `id="class-1-fault"`, `id="rate-0-country-fault"`, `id="rate-0-percent-fault"`, `id="rate-0-name-fault"`, `value="Atlantis"`, `value="a fifth"`)
		good := []string{"mode", "own", "included", "1", "delivery", "1", "classes", "2", "class-0-id", "1", "class-0", "Standard", "class-1", "Books", "rates", "1",
			"rate-0-country", "Germany", "rate-0-class", "1", "rate-0-name", "VAT", "rate-0-percent", "19"}
		if got := manager.Post("/admin/tax", good...); got.Location != "/admin/tax?notice=saved" {
			t.Fatalf("save: %d\n%s", got.Status, got.Body)
		}
		holds(t, "the form", manager.Get("/admin/tax").Body, `value="own" checked`, `value="Books"`, `value="Germany"`, `value="19"`)
		product, err := shop.Store.ProductBySlug(t.Context(), "pen")
		if err != nil {
			t.Fatal(err)
		}
		path := "/admin/products/" + product.Slug
		path = strings.Replace(path, product.Slug, "1", 1)
		holds(t, "the editor", manager.Get(path).Body, "Taxed as", `<option value="2">Books</option>`)
		saved := manager.Post(path, "do", "save", "version", "1", "name", "Pen", "slug", "pen", "status", "active", "tax-class", "2", "rows", "1",
			"variant-0-id", "1", "variant-0-sku", "SKU-pen", "variant-0-price", "10", "variant-0-stock", "100", "variant-0-was", "100")
		if saved.Status != http.StatusSeeOther {
			t.Fatalf("save the product: %d\n%s", saved.Status, saved.Body)
		}
		holds(t, "the editor", manager.Get(path).Body, `<option value="2" selected>Books</option>`)
		// The class goes, and the product becomes standard.
		if got := manager.Post("/admin/tax", append(good, "version", "1", "class-1-id", "2", "class-1", "")...); got.Status != http.StatusSeeOther {
			t.Fatalf("delete: %d\n%s", got.Status, got.Body)
		}
		holds(t, "the audit log", manager.Get("/admin/audit").Body, "changed the tax settings", "own, prices include it, on delivery too; DE Standard VAT 19%")
	})
}
