package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models/modelstest"
)

// TestASharedCartSellsBeyondTheStock opens a link to more pieces than there
// are, of what is sold on back-order.
func TestASharedCartSellsBeyondTheStock(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		link := shop.shopper(3).Post("/cart/share").Location
		for _, stock := range []string{"1", "0"} {
			inStore(t, databaseURL, "policy = 'backorder', promise = 'ships in 2 weeks', stock = "+stock, shop.pen)
			page := shop.Browser().Get(link)
			answers(t, "the shared cart with "+stock+" on hand", page, http.StatusOK, "hips in 2 weeks", "Put these into my cart")
			for _, wrong := range []string{" left.", "Sold out.", "Nothing of it can be bought"} {
				if strings.Contains(page.Body, wrong) {
					t.Errorf("with %s on hand it says %q", stock, wrong)
				}
			}
			leadsTo(t, "take it", shop.Browser().Post(link), "/cart?notice=filled")
		}
		inStore(t, databaseURL, "policy = 'deny', stock = 1", shop.pen)
		answers(t, "sold as far as it is there", shop.Browser().Get(link), http.StatusOK, "Only 1 left.")
	})
}
