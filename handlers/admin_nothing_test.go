package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestWhatMatchesNothing says at its field that a rule, or what a discount is
// for, matches nothing; saved again, it is kept.
func TestWhatMatchesNothing(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		manager := shop.Staff(models.RoleManager)
		const collections, discounts = "/admin/collections", "/admin/discounts/new"
		twice := func(page, action, field string, fill fields) {
			t.Helper()
			got := sheetOf(t, manager.Get(page).Body, action).send(manager, fill)
			if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, `id="`+field+`-fault"`) || !strings.Contains(got.Body, `href="#`+field+`"`) {
				t.Fatalf("%s: %d\n%s", page, got.Status, got.Body)
			}
			if got := sheetOf(t, got.Body, action).send(manager, nil); got.Status != http.StatusSeeOther {
				t.Errorf("%s, again: %d\n%s", page, got.Status, got.Body)
			}
		}
		twice("/admin/new/collection", collections, "condition-0-value",
			fields{"name": "Dear", "by": "rule", "condition-0-kind": "price_from", "condition-0-value": "1000"})
		twice(discounts, discounts, "goods", fields{"name": "Dear", "percent": "10", "collection": "1"})
		// What names something for sale, or nothing at all, is stored at once.
		for _, fill := range []fields{{"name": "All", "percent": "10"}, {"name": "Pens", "percent": "10", "product": "1"}} {
			if got := sheetOf(t, manager.Get(discounts).Body, discounts).send(manager, fill); got.Status != http.StatusSeeOther {
				t.Errorf("%v: %d", fill, got.Status)
			}
		}
		// What is archived is in its collection still.
		if got := manager.Post(collections, "name", "Pens", "sort", "featured"); got.Status != http.StatusSeeOther {
			t.Fatalf("a collection: %d", got.Status)
		}
		editor := sheetOf(t, manager.Get("/admin/products/1").Body, "/admin/products/1")
		if got := editor.send(manager, fields{"collection": "2", "do": "save"}); got.Status != http.StatusSeeOther {
			t.Fatalf("into it: %d", got.Status)
		}
		if got := manager.Post("/admin/products/1/archive"); got.Status != http.StatusSeeOther {
			t.Fatalf("archived: %d", got.Status)
		}
		twice(discounts, discounts, "goods", fields{"name": "Gone", "percent": "10", "collection": "2"})
	})
}
