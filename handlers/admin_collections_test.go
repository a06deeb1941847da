package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestCollectionsByHand makes a shelf, puts a product on it and takes the shelf
// away; the product stays.
func TestCollectionsByHand(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		modelstest.Product(t, app.Store, "pen", 500, 7)
		manager, shopper := app.Staff(models.RoleManager), app.Browser()
		for _, form := range [][]string{
			{"name", ""}, {"name", "Ink", "slug", "No Good"}, {"name", "Ink", "position", "-1"}, {"name", "Ink", "position", "first"},
			{"name", "Ink", "description", strings.Repeat("x", 301)},
		} {
			if got := manager.Post("/admin/collections", form...); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "-fault") {
				t.Errorf("%q: %d", form, got.Status)
			}
		}
		if got := manager.Post("/admin/collections", "name", "Pens & ink", "description", "To <write> with.", "position", "1"); got.Status != http.StatusSeeOther {
			t.Fatalf("made: %d", got.Status)
		}
		if got := manager.Post("/admin/collections", "name", "More", "slug", "pens-ink"); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("a taken address: %d", got.Status)
		}
		form := editorOf(manager.Get("/admin/products/1").Body)
		if got := manager.Post("/admin/products/1", form.with(fields{"collection": "1"})...); got.Status != http.StatusSeeOther {
			t.Fatalf("put on the shelf: %d", got.Status)
		}
		app.Eventually("the shelf in the shop", func() bool {
			got := shopper.Get("/collections/pens-ink")
			return got.Status == 200 && strings.Contains(got.Body, `data-product="pen"`) && strings.Contains(got.Body, "To &lt;write&gt; with.")
		})
		if got := manager.Post("/admin/collections/1", "name", "Writing", "slug", "writing", "position", "2"); got.Status != http.StatusSeeOther {
			t.Errorf("changed: %d", got.Status)
		}
		for _, former := range []string{"/collections/pens-ink", "/collections/pens-ink?page=2"} {
			want := strings.Replace(former, "pens-ink", "writing", 1)
			app.Eventually(former+" leads on", func() bool {
				got := shopper.Get(former)
				return got.Status == http.StatusMovedPermanently && got.Header.Get("Location") == want
			})
		}
		if got := manager.Get("/admin/collections/1/delete"); got.Status != 200 || !strings.Contains(got.Body, "One product is in it") {
			t.Errorf("asked once more: %d", got.Status)
		}
		if got := manager.Post("/admin/collections/1/delete"); got.Status != http.StatusSeeOther {
			t.Errorf("deleted: %d", got.Status)
		}
		app.Eventually("the end of the shelf", func() bool { return shopper.Get("/collections/writing").Status == http.StatusNotFound })
		if got := shopper.Get("/products/pen"); got.Status != 200 {
			t.Errorf("the product went with it: %d", got.Status)
		}
		if got := manager.Post("/admin/collections/1/delete"); got.Status != http.StatusNotFound {
			t.Errorf("deleted again: %d", got.Status)
		}
		log := app.Staff(models.RoleOwner).Get("/admin/audit?action=collection_deleted")
		if !strings.Contains(log.Body, "/collections/writing, position 2") {
			t.Error("the audit log does not say what was deleted")
		}
	})
}
