package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tuckshop/internal/apptest"
	"tuckshop/models"
)

// TestFaultsAreTiedToTheirFields sends choices that are none: who hears the page
// is told at the choice what is wrong with it.
func TestFaultsAreTiedToTheirFields(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+t.TempDir()+"/shop.db", apptest.Options{Demo: true})
	staff := app.Staff(models.RoleManager)
	staff.Post("/admin/delivery/zones/new", "name", "Rest", "everywhere", "1")
	shopper := app.Browser()
	shopper.Post("/cart/items", "variant_id", "1", "quantity", "1")
	shopper.Post("/cart/delivery", "country", "US")
	for name, sent := range map[string]struct {
		browser *apptest.Browser
		path    string
		fault   string
		fields  []string
	}{
		"way of delivery":   {shopper, "/cart/delivery", "method", []string{"country", "US", "method", "999"}},
		"rest of the world": {staff, "/admin/delivery/zones/new", "everywhere", []string{"name", "More", "everywhere", "1"}},
		"kind of price":     {staff, "/admin/delivery/zones/1/methods/new", "kind-flat", []string{"name", "Parcel"}},
		"tax":               {staff, "/admin/tax", "mode-none", []string{"version", "0"}},
		"paper":             {staff, "/admin/settings/look", "paper", []string{"version", "1"}},
	} {
		got := sent.browser.Post(sent.path, sent.fields...)
		if got.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, got.Status, got.Location)
			continue
		}
		root, err := html.Parse(strings.NewReader(got.Body))
		if err != nil {
			t.Fatal(err)
		}
		var faults, tied []string
		for node := range root.Descendants() {
			if node.Type == html.ElementNode && attributeOf(node, "class") == "fault" {
				faults = append(faults, attributeOf(node, "id"))
			}
			tied = append(tied, strings.Fields(attributeOf(node, "aria-describedby"))...)
		}
		if !slices.Contains(faults, sent.fault+"-fault") {
			t.Errorf("%s: the faults are %q", name, faults)
		}
		for _, fault := range faults {
			if !slices.Contains(tied, fault) {
				t.Errorf("%s: nothing is described by the fault %q", name, fault)
			}
		}
	}
}
