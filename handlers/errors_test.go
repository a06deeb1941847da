package handlers_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
)

// TestErrorPagesWithoutADatabase asks for pages once there is no database: they
// say of the shop and its delivery what was known last, and promise nothing
// where nothing is known.
func TestErrorPagesWithoutADatabase(t *testing.T) {
	t.Parallel()
	const free = "Free delivery"
	unknown := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
	if err := unknown.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if got := unknown.Browser().Get("/products"); got.Status != http.StatusInternalServerError || strings.Contains(got.Body, free) || !strings.Contains(got.Body, "Paid securely") {
		t.Errorf("a shop of which nothing is known: %d\n%s", got.Status, got.Body)
	}
	shop := newOffers(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
	manager, shopper := shop.Staff(models.RoleManager), shop.Browser()
	holds(t, "a shop without zones", shopper.Get("/products/pen").Body, free)
	deliverTo(t, manager, 1, "United States", "name", "Standard", "kind", "flat", "price", "4.90")
	if got := manager.Post("/admin/settings/identity", "version", "1", "name", "Ink & Co"); got.Status != http.StatusSeeOther {
		t.Fatalf("a name: %d\n%s", got.Status, got.Body)
	}
	shop.Eventually("the word on delivery", func() bool {
		page := shopper.Get("/products/pen").Body
		return strings.Contains(page, "Delivery from $4.90") && strings.Contains(page, "Ink &amp; Co")
	})
	if err := shop.Store.Close(); err != nil {
		t.Fatal(err)
	}
	shop.Eventually("a page of an error", func() bool { return shopper.Get("/products/pen").Status == http.StatusInternalServerError })
	got := shopper.Get("/products/pen").Body
	holds(t, "the page of an error", got, "Something went wrong on our side", "Ink &amp; Co", "Delivery from $4.90")
	if strings.Contains(got, free) {
		t.Error("it promises free delivery")
	}
}
