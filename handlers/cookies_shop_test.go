package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestKeysRotateUnderACart takes a cart and a login from a shop with the old
// key over one with both to one with the new.
func TestKeysRotateUnderACart(t *testing.T) {
	t.Parallel()
	const oldKey, newKey = "an old key of thirty-two characters", "a new key of thirty-two characters."
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		before := apptest.New(t, databaseURL, apptest.Options{SecretKeys: []string{oldKey}})
		variant := fmt.Sprint(modelstest.Product(t, before.Store, "pen", 500, 10))
		shopper, idle, owner := before.Browser(), before.Browser(), before.Staff(models.RoleOwner)
		for _, browser := range []*apptest.Browser{shopper, idle} {
			browser.Post("/cart/items", "variant_id", variant, "quantity", "2")
		}
		during := apptest.New(t, databaseURL, apptest.Options{SecretKeys: []string{newKey, oldKey}})
		shopper.Post(during.URL+"/cart/items", "variant_id", variant, "quantity", "1")
		if got := owner.Get(during.URL + "/admin"); got.Status != http.StatusOK {
			t.Errorf("the login did not last: %d", got.Status)
		}
		after := apptest.New(t, databaseURL, apptest.Options{SecretKeys: []string{newKey}})
		if got := shopper.Get(after.URL + "/cart"); !strings.Contains(got.Body, `data-cart-count="3"`) {
			t.Error("the cart did not last")
		}
		if got := owner.Get(after.URL + "/admin"); got.Status != http.StatusOK {
			t.Errorf("the login did not last to the end: %d", got.Status)
		}
		if got := idle.Get(after.URL + "/cart"); !strings.Contains(got.Body, `data-cart-count="0"`) {
			t.Error("a cookie of the old key still counts")
		}
	})
}

// TestForgedCartIsAVisitorWithoutOne asks for a page that is kept for visitors
// without a cart.
func TestForgedCartIsAVisitorWithoutOne(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		variant := fmt.Sprint(modelstest.Product(t, app.Store, "pen", 500, 10))
		shopper := app.Browser()
		added := shopper.Post("/cart/items", "variant_id", variant, "quantity", "2")
		if tag := shopper.Get("/products/pen").Header.Get("ETag"); tag != "" {
			t.Errorf("the page of a shopper with a cart is kept: %s", tag)
		}
		cookie, _, _ := strings.Cut(added.Header.Get("Set-Cookie"), ";")
		token, _, marked := strings.Cut(cookie, ".")
		if !strings.HasPrefix(cookie, "cart=") || !marked {
			t.Fatalf("the cart's cookie is %q", cookie)
		}
		for _, sent := range []string{"", token, token + ".AAAA", "cart=" + strings.Repeat("A", 26)} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, app.URL+"/products/pen", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Cookie", sent)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != http.StatusOK || response.Header.Get("ETag") == "" {
				t.Errorf("%q: %d, not the kept page", sent, response.StatusCode)
			}
		}
	})
}
