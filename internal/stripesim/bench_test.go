package stripesim_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"tuckshop/internal/stripesim"
)

// BenchmarkCreateSession measures what the shop waits for at checkout, on a file, without the network.
func BenchmarkCreateSession(b *testing.B) {
	sim, err := stripesim.Open(b.Context(), stripesim.Options{Path: filepath.Join(b.TempDir(), "sim.db"), URL: "http://sim.test",
		WebhookURL: "http://shop.test/", WebhookSecret: secret})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = sim.Close() })
	const form = "mode=payment&success_url=http://shop.test/&line_items[0][quantity]=1&line_items[0][price_data][currency]=eur" +
		"&line_items[0][price_data][unit_amount]=500&line_items[0][price_data][product_data][name]=Pen"
	for b.Loop() {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/v1/checkout/sessions", strings.NewReader(form))
		r.Header.Set("Authorization", "Bearer "+testKey)
		w := httptest.NewRecorder()
		sim.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
