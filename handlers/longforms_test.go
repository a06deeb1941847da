package handlers_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tuckshop/models"
)

// TestNothingIsLostToALongText pastes a whole book into every field of every
// form of the admin that stores texts: what is wrong is said of the field, and
// what else was typed is kept.
func TestNothingIsLostToALongText(t *testing.T) {
	t.Parallel()
	const urlencoded = "application/x-www-form-urlencoded"
	shop := newSharedForms(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"))
	manager := shop.Staff(models.RoleManager)
	book := strings.Repeat("Sea & sky, é. ", 200_000)
	sections, err := shop.Store.Home(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for path, names := range map[string][]string{
		"/admin/products/1":            {"name", "slug", "summary", "description", "variant-0-sku", "variant-0-price"},
		"/admin/collections/1":         {"name", "slug", "description", "position"},
		"/admin/discounts/1":           {"name", "code", "percent"},
		"/admin/delivery/zones/1":      {"name", "countries"},
		"/admin/delivery/methods/1":    {"name", "price"},
		"/admin/delivery/methods/2":    {"name", "address"},
		"/admin/tax":                   {"class-0", "rate-0-country", "rate-0-name", "rate-0-percent"},
		"/admin/settings/look":         {"accent"},
		"/admin/settings/identity":     {"name", "tagline", "email", "address", "social"},
		"/admin/settings/menus/header": {"entry-0-label"},
		"/admin/pages/1":               {"title", "slug", "body", "description"},
		fmt.Sprintf("/admin/settings/sections/%d", sections.Draft[len(sections.Draft)-1].ID): {"heading", "text", "button"},
	} {
		for _, field := range names {
			open := sheetOf(t, manager.Get(path).Body, path)
			got := open.send(manager, fields{field: book})
			if got.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s of %s: %d to %q\n%.2000s", field, path, got.Status, got.Location, got.Body)
				continue
			}
			holds(t, field+" of "+path, got.Body, "had 2,800,000 characters", "Only the first 60,001 are left below", `id="faults"`)
			again := sheetOf(t, got.Body, path)
			for other, values := range open.fields {
				if other != field && !strings.HasPrefix(path, "/admin/tax") && !slices.Equal(again.fields[other], values) {
					t.Errorf("%s of %s: %s was %q, is %.200q", field, path, other, values, again.fields[other])
				}
			}
			if kept := len([]rune(again.fields.Get(field))); kept < 60_000 {
				t.Errorf("%s of %s: %d characters are kept", field, path, kept)
			}
		}
	}
	for name, sent := range map[string]string{"many fields": strings.Repeat("x=1234567890&", 100_000), "many books": strings.Repeat("x="+strings.Repeat("y", 70_000)+"&", 40)} {
		got := manager.Stream("/admin/products/1", urlencoded, strings.NewReader(sent))
		if got.Status != http.StatusRequestEntityTooLarge || !strings.Contains(got.Body, "Go back with your browser") || !strings.Contains(got.Body, `action="/admin/logout"`) {
			t.Errorf("%s: %d\n%.2000s", name, got.Status, got.Body)
		}
	}
	if got := manager.Stream("/admin/products/1", urlencoded, strings.NewReader(strings.Repeat("x", 70_000)+"=%4")); got.Status != http.StatusBadRequest {
		t.Errorf("no form: %d", got.Status)
	}
}
