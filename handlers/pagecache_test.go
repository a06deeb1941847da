package handlers_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models/modelstest"
)

// Pages are drawn once for all who have as many pieces in their carts. Nobody
// may see another count for it, and no browser may keep a page with one.
func TestEveryoneSeesTheirOwnCartCount(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, url string) {
		app := apptest.New(t, url, apptest.Options{})
		variant := modelstest.Product(t, app.Store, "pen", 500, 100)
		badge := func(b *apptest.Browser, path string) string {
			page := b.Get(path)
			_, after, _ := strings.Cut(page.Body, `<span class="badge`)
			_, after, _ = strings.Cut(after, ">")
			count, _, _ := strings.Cut(after, "<")
			return fmt.Sprintf("%s %s %t", count, page.Header.Get("Cache-Control"), page.Header.Get("Etag") != "")
		}
		add := func(b *apptest.Browser, quantity string) {
			if got := b.Post("/cart/items", "variant_id", fmt.Sprint(variant), "quantity", quantity); got.Status != 303 {
				t.Fatalf("add to cart: %d", got.Status)
			}
		}
		nobody, two, three := app.Browser(), app.Browser(), app.Browser()
		add(two, "2")
		add(three, "3")
		for _, path := range []string{"/", "/products", "/products/pen", "/search?q=pen"} {
			for range 2 { // drawn, then from the cache
				for _, test := range []struct {
					browser *apptest.Browser
					want    string
				}{{nobody, "0 no-cache true"}, {two, "2 no-store false"}, {three, "3 no-store false"}} {
					if got := badge(test.browser, path); got != test.want {
						t.Errorf("%s: %q, want %q", path, got, test.want)
					}
				}
			}
		}
		add(two, "4")
		if got := badge(two, "/products"); got != "6 no-store false" {
			t.Errorf("after adding four: %q", got)
		}
	})
}

func TestAPageAskedForByManyAtOnceIsWholeForAll(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, url string) {
		app := apptest.New(t, url, apptest.Options{})
		modelstest.Product(t, app.Store, "pen", 500, 100)
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				path := "/products"
				if i%2 == 1 {
					path = "/products?q=" + strings.Repeat("long", 60) // longer than what is kept
				}
				if got := app.Browser().Get(path); got.Status != 200 || !strings.Contains(got.Body, "Pen") || !strings.Contains(got.Body, "</html>") {
					t.Errorf("%s: status %d, %d bytes", path, got.Status, len(got.Body))
				}
				if got := app.Browser().Get("/products/none"); got.Status != 404 {
					t.Errorf("a page that is not there: status %d", got.Status)
				}
			})
		}
		all.Wait()
	})
}
