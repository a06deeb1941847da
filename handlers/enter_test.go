package handlers_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tuckshop/internal/apptest"
	"tuckshop/models"
)

// pressedByEnter is the button that Enter presses in a field of the form that
// posts to an address: the first of its tree that sends it, seen or not.
func pressedByEnter(t *testing.T, page, action string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for form := range root.Descendants() {
		if form.Type != html.ElementNode || form.Data != "form" || attributeOf(form, "action") != action {
			continue
		}
		for node := range form.Descendants() {
			if node.Type == html.ElementNode && node.Data == "button" && slices.Contains([]string{"", "submit"}, attributeOf(node, "type")) {
				return node
			}
		}
	}
	t.Fatalf("no form with a button posts to %s:\n%s", action, page)
	return nil
}

// TestEnterSaves sees that Enter in a field of the admin's forms saves them, and
// does nothing else that a form can do.
func TestEnterSaves(t *testing.T) {
	t.Parallel()
	shop := newSharedForms(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"))
	manager := shop.Staff(models.RoleManager)
	forms := map[string]string{ // the address of each form by that of its page
		"/admin/new/product": "/admin/products", "/admin/new/collection": "/admin/collections", "/admin/new/page": "/admin/pages",
		"/admin/discounts/new": "/admin/discounts/new", "/admin/settings/menus/footer": "/admin/settings/menus/footer",
	}
	for _, form := range sharedForms {
		forms[form.path] = form.path
	}
	for _, kind := range models.Sections {
		added := manager.Post("/admin/settings/home", "kind", kind).Location
		forms[added] = added
	}
	for path, action := range forms {
		button := pressedByEnter(t, manager.Get(path).Body, action)
		if do := attributeOf(button, "value"); do != "" && do != "save" || has(button, "formaction") {
			t.Errorf("%s: Enter presses %q", path, textOf(button))
		}
	}
}

// TestEnterInTheCartPays sees that Enter in the field for the mail address of a
// cart leads to the payment page.
func TestEnterInTheCartPays(t *testing.T) {
	t.Parallel()
	shop := newOffers(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{},
		models.Discount{Name: "Welcome", Kind: models.DiscountPercent, Percent: 10, MaxPerCustomer: 1})
	shopper := shop.Browser()
	shopper.Post("/cart/items", "variant_id", "1")
	cart := shopper.Get("/cart").Body
	if !strings.Contains(cart, `name="email"`) {
		t.Fatalf("no address is asked for:\n%s", cart)
	}
	if button := pressedByEnter(t, cart, "/checkout"); attributeOf(button, "id") != "checkout" || has(button, "formaction") {
		t.Errorf("Enter presses %q", textOf(button))
	}
}
