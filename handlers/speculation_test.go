package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/browsertest"
)

// TestSpeculation sees that Chromium takes the rules by which it fetches pages
// ahead, under the shop's policy, and follows them: a product that somebody
// points at is fetched, and nothing that changes or shows a cart, an order or
// the admin ever is.
func TestSpeculation(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+t.TempDir()+"/shop.db", apptest.Options{Demo: true})
	shop, err := url.Parse(app.URL)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	ahead, rules := map[string]bool{}, ""
	proxy := httputil.NewSingleHostReverseProxy(shop)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		if strings.HasPrefix(r.Header.Get("Sec-Purpose"), "prefetch") {
			ahead[r.URL.Path] = true
		}
		if strings.HasPrefix(r.URL.Path, "/static/speculation.") {
			rules = r.URL.Path
		}
		mu.Unlock()
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	b := browsertest.New(t)
	b.Open(front.URL + "/products")
	app.Eventually("the rules", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return rules != ""
	})
	b.Hover(`a[data-product="field-notebook"]`)
	app.Eventually("the product, ahead", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return ahead["/products/field-notebook"]
	})
	if status := b.Click(`a[data-product="field-notebook"]`); status != http.StatusOK || !strings.Contains(b.Text("h1"), "Field Notebook") {
		t.Errorf("the page that was fetched ahead: %d", status)
	}
	answer := app.Browser().Get(rules)
	if answer.Header.Get("Content-Type") != "application/speculationrules+json" {
		t.Errorf("the rules are %s", answer.Header.Get("Content-Type"))
	}
	matches := func(path, attributes string) string {
		return b.Evaluate(`(() => {
			const rules = ` + answer.Body + `;
						const link = Object.assign(document.createElement("a"), ` + attributes + `, { href: "` + path + `" });
			const holds = (where) => {
				const [[kind, what], ...others] = Object.entries(where);
				if (others.length) throw new Error("a condition of several kinds");
				switch (kind) {
				case "and": return what.every(holds);
				case "or": return what.some(holds);
				case "not": return !holds(what);
				case "href_matches": return [what].flat().some(pattern => new URLPattern(pattern, location.origin).test(link.href));
				case "selector_matches": return [what].flat().some(selector => link.matches(selector));
				}
				throw new Error("unknown condition " + kind);
			};
			return String(rules.prefetch.some(rule => holds(rule.where)));
		})()`)
	}
	for _, attributes := range []string{`{ download: "a.csv" }`, `{ target: "_blank" }`, `{ rel: "nofollow" }`, `{ rel: "noopener nofollow" }`} {
		if got := matches("/products/desk-mug", attributes); got != "false" {
			t.Errorf("a link with %s is fetched ahead", attributes)
		}
	}
	for path, want := range map[string]string{
		"/": "true", "/products": "true", "/products?page=2": "true", "/products/desk-mug": "true", "/collections/desk": "true",
		"/cart": "false", "/cart/items": "false", "/checkout": "false", "/checkout/success?session_id=a": "false", "/checkout/cancel": "false",
		"/orders/lookup": "false", "/orders/token": "false", "/search?q=pen": "false", "/admin": "false", "/admin/logout": "false", "/feeds/google.xml": "false",
	} {
		if got := matches(path, "{}"); got != want {
			t.Errorf("%s is fetched ahead: %s, want %s", path, got, want)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for path := range ahead {
		if !strings.HasPrefix(path, "/products") {
			t.Errorf("%s was fetched ahead", path)
		}
	}
	if got := app.Browser().Get("/cart").Header.Get("Speculation-Rules"); got != "" {
		t.Errorf("the cart has rules: %s", got)
	}
}
