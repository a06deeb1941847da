package handlers_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tuckshop/internal/apptest"
	"tuckshop/models"
)

// TestFeedsAtOnce reads two exports of the catalogue so slowly that they stay
// open: a third is told to come later, and may once one is over.
func TestFeedsAtOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+t.TempDir()+"/shop.db", apptest.Options{})
	large := models.Product{Slug: "large", Name: "Large", Status: models.ProductActive, Description: strings.Repeat("&", 5000), Options: []models.Option{{Name: "Size"}}}
	for i := range 1000 {
		size := strconv.Itoa(i)
		large.Options[0].Values = append(large.Options[0].Values, models.OptionValue{Name: size, Position: i})
		large.Variants = append(large.Variants, models.Variant{SKU: "L" + size, Option1: size, Price: 100, Position: i})
	}
	if _, err := app.Store.AddCatalogue(t.Context(), nil, []models.Product{large}, nil); err != nil {
		t.Fatal(err)
	}
	open := func() *http.Response {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, app.URL+"/feeds/google.xml", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Encoding", "identity")
		answer, err := new(http.Transport).RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	first, second := open(), open()
	if first.StatusCode != 200 || second.StatusCode != 200 {
		t.Fatalf("two exports: %d, %d", first.StatusCode, second.StatusCode)
	}
	for _, path := range []string{"/feeds/google.xml", "/feeds/meta.csv"} {
		got := app.Browser().Get(path)
		if got.Status != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" || got.Header.Get("Etag") != "" {
			t.Errorf("%s beside two others: %d, %v", path, got.Status, got.Header)
		}
	}
	if got := app.Browser().Get("/sitemap.xml"); got.Status != 200 {
		t.Errorf("the sitemap beside them: %d", got.Status)
	}
	if err := first.Body.Close(); err != nil {
		t.Fatal(err)
	}
	app.Eventually("room for another", func() bool { return app.Browser().Get("/feeds/meta.csv").Status == 200 })
	if err := second.Body.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestReadingAllowances asks for what takes long to answer, from one address, at
// one moment.
func TestReadingAllowances(t *testing.T) {
	t.Parallel()
	var clock atomic.Int64
	now := func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(clock.Load())) }
	app := apptest.New(t, "sqlite:"+t.TempDir()+"/shop.db", apptest.Options{RateLimits: true, Now: now})
	for path, allowed := range map[string]int{
		"/feeds/google.xml": 4, "/sitemap.xml": 60, "/search/suggest?q=m": 600, "/previews/products/nothing/a.jpg": 240,
	} {
		b := app.Browser()
		for i := range allowed + 1 {
			if got, refused := b.Get(path).Status, i == allowed; (got == http.StatusTooManyRequests) != refused {
				t.Errorf("%s, time %d: %d", path, i+1, got)
			}
		}
	}
	// What is suggested and what is searched for is one allowance, which soon
	// comes back.
	if got := app.Browser().Get("/search?q=mug").Status; got != http.StatusTooManyRequests {
		t.Errorf("a search after them: %d", got)
	}
	clock.Add(int64(time.Second))
	if got := app.Browser().Get("/search?q=mug").Status; got != http.StatusOK {
		t.Errorf("a second later: %d", got)
	}
}
