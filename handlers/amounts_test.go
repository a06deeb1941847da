package handlers_test

import (
	"strings"
	"testing"

	"tuckshop/internal/apptest"
)

// What a shopper types into the price filter is read as they meant it, or the
// field asks.
func TestPricesTypedIntoTheFilter(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+t.TempDir()+"/shop.db", apptest.Options{Demo: true})
	page := func(query string) string { return app.Browser().Get("/products?" + query).Body }
	const question = "The lowest price: Write 1500 or 1.50."
	asked := page("min=1,500")
	if !strings.Contains(asked, question) || !strings.Contains(asked, `value="1,500"`) {
		t.Errorf("1,500 is not asked about, or lost")
	}
	nothing := page("min=1,000.00")
	if strings.Contains(nothing, "The lowest price:") || !strings.Contains(nothing, "Nothing fits.") || !strings.Contains(nothing, `value="1,000.00"`) {
		t.Errorf("1,000.00 is not a thousand")
	}
}
