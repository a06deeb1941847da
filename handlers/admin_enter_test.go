package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestEnterInASearchSavesNothing presses Enter in the search within a form, which
// presses the form's first button: a discount must not count for everything
// because its product was only looked for.
func TestEnterInASearchSavesNothing(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		modelstest.Product(t, app.Store, "kettle", 500, 7)
		manager := app.Staff(models.RoleManager)
		form := sheetOf(t, manager.Get("/admin/discounts/new").Body, "/admin/discounts/new")
		got := form.send(manager, fields{"do": "save", "name": "Half price", "percent": "50", "product-q": "kettle"})
		if got.Status != http.StatusOK || !strings.Contains(got.Body, "Not saved yet") || !strings.Contains(got.Body, `value="Half price"`) {
			t.Errorf("Enter in the search: %d", got.Status)
		}
		if all, err := app.Store.Discounts(t.Context(), models.DiscountFilter{Limit: 10}); err != nil || len(all) != 0 {
			t.Errorf("%d discounts, %v", len(all), err)
		}
		// What was searched for may stay in its field.
		form = sheetOf(t, got.Body, "/admin/discounts/new")
		if got := form.send(manager, fields{"do": "save", "product": "1"}); got.Status != http.StatusSeeOther {
			t.Errorf("saved with what was found: %d", got.Status)
		}
	})
}

// TestDeletionKnowsTheLatest deletes what a colleague saved after the question
// was asked: it stays, and the question is asked again.
func TestDeletionKnowsTheLatest(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		manager := app.Staff(models.RoleManager)
		if got := manager.Post("/admin/collections", "name", "Pens"); got.Status != http.StatusSeeOther {
			t.Fatal(got.Status)
		}
		if got := manager.Post("/admin/pages", "title", "Returns", "status", "published", "text", "Send it back."); got.Status != http.StatusSeeOther {
			t.Fatal(got.Status)
		}
		for path, change := range map[string][]string{
			"/admin/collections/1": {"name", "Pens and ink", "version", "0"},
			"/admin/pages/1":       {"title", "Returns", "status", "published", "text", "Send it back within a week.", "version", "1"},
		} {
			question := sheetOf(t, manager.Get(path+"/delete").Body, path+"/delete")
			if got := manager.Post(path, change...); got.Status != http.StatusSeeOther {
				t.Fatalf("%s changed: %d", path, got.Status)
			}
			got := question.send(manager, fields{})
			if got.Status != http.StatusConflict || !strings.Contains(got.Body, "A colleague has saved it") {
				t.Errorf("%s deleted unseen: %d", path, got.Status)
			}
			if got := sheetOf(t, got.Body, path+"/delete").send(manager, fields{}); got.Status != http.StatusSeeOther {
				t.Errorf("%s deleted: %d", path, got.Status)
			}
			got = manager.Get(path)
			if got.Status != http.StatusNotFound || !strings.Contains(got.Body, "There is nothing here") {
				t.Errorf("%s afterwards: %d", path, got.Status)
			}
		}
	})
}

// TestCollectionOfADiscountStays deletes the only collection that a discount
// counts for: the discount would count for everything.
func TestCollectionOfADiscountStays(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		modelstest.Product(t, app.Store, "kettle", 500, 7)
		manager := app.Staff(models.RoleManager)
		for _, name := range []string{"Kettles", "Pots"} {
			if got := manager.Post("/admin/collections", "name", name); got.Status != http.StatusSeeOther {
				t.Fatal(got.Status)
			}
		}
		form := editorOf(manager.Get("/admin/products/1").Body)
		if got := manager.Post("/admin/products/1", form.with(fields{"collection": "1"})...); got.Status != http.StatusSeeOther {
			t.Fatal(got.Status)
		}
		offer := sheetOf(t, manager.Get("/admin/discounts/new").Body, "/admin/discounts/new")
		if got := offer.send(manager, fields{"name": "Kettles only", "percent": "40", "collection": "1"}); got.Status != http.StatusSeeOther {
			t.Fatalf("made: %d", got.Status)
		}
		got := manager.Post("/admin/collections/1/delete")
		if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "“Kettles only” counts for this collection alone") {
			t.Errorf("its collection: %d", got.Status)
		}
		if got := manager.Post("/admin/collections/2/delete"); got.Status != http.StatusSeeOther {
			t.Errorf("another one: %d", got.Status)
		}
		if got := offer.send(manager, fields{"name": "Pots only", "percent": "40", "collection": "2"}); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "A collection that you chose is gone") {
			t.Errorf("a discount for one that is gone: %d", got.Status)
		}
	})
}

// TestArticleThatIsGone buys what went from the shop while its page was open.
func TestArticleThatIsGone(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+t.TempDir()+"/shop.db", apptest.Options{})
	for _, path := range []string{"/cart/items", "/buy-now"} {
		got := app.Browser().Post(path, "variant_id", "77", "quantity", "1")
		if got.Status != http.StatusNotFound || !strings.Contains(got.Body, "We do not sell this article any more") {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
}
