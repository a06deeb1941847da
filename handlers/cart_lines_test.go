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

// TestWhatIsSoldOutCostsNothing compares a cart with a sold-out article with
// what checkout charges once that is gone: the articles, their delivery by
// weight and by price, and the discount.
func TestWhatIsSoldOutCostsNothing(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		shop := offers{App: app, t: t}
		if _, err := app.Store.AddCatalogue(t.Context(), nil, []models.Product{
			{Slug: "pen", Name: "Pen", Status: models.ProductActive, Variants: []models.Variant{{SKU: "PEN", Price: 1000, Stock: 9, WeightGrams: 100}}},
			{Slug: "desk", Name: "Desk", Status: models.ProductActive, Variants: []models.Variant{{SKU: "DESK", Price: 9000, Stock: 9, WeightGrams: 40_000}}},
		}, nil); err != nil {
			t.Fatal(err)
		}
		variant := func(slug string) int64 {
			product, err := app.Store.ProductBySlug(t.Context(), slug)
			if err != nil {
				t.Fatal(err)
			}
			return product.Variants[0].ID
		}
		pen, desk := variant("pen"), variant("desk")
		shop.discount(models.Discount{Code: "TEN", Kind: models.DiscountPercent, Percent: 10})
		zone, err := app.Store.SaveDeliveryZone(t.Context(), models.DeliveryZone{Name: "Home", Countries: []string{"US"}}, models.Actor{})
		if err != nil {
			t.Fatal(err)
		}
		if err := app.Store.SaveDeliveryMethod(t.Context(), models.DeliveryMethod{ZoneID: &zone.ID, Name: "Parcel", Kind: models.DeliveryByWeight,
			Bands: []models.DeliveryBand{{Ends: 10_000, Price: 500}, {Starts: 10_000, Price: 5000}}}, models.Actor{}); err != nil {
			t.Fatal(err)
		}
		b := app.Browser()
		b.Post("/cart/items", "variant_id", fmt.Sprint(pen), "quantity", "2")
		b.Post("/cart/items", "variant_id", fmt.Sprint(desk))
		b.Post("/cart/discount", "code", "ten")
		shop.total(b, 11_000-1100+5000)
		inStore(t, databaseURL, "stock = 0", desk)
		page := b.Get("/cart")
		answers(t, "the cart", page, http.StatusOK, `data-cart-count="3"`, `data-cart-total="2300"`, "2 articles", "$20.00", "−$2.00", "$5.00", "Sold out since you added it.")
		if strings.Contains(page.Body, "$50.00") || strings.Contains(page.Body, `<p class="amount">$90.00`) {
			t.Errorf("what is sold out costs something:\n%s", page.Body)
		}
		answers(t, "checkout", b.Post("/checkout", "total", "2300"), http.StatusUnprocessableEntity, "Desk: Sold out since you added it.")
		b.Post("/cart/accept")
		shop.total(b, 2300)
		if got := b.Post("/checkout", "total", "2300"); got.Status != http.StatusSeeOther || strings.HasPrefix(got.Location, "/") {
			t.Errorf("checkout: %d %s", got.Status, got.Location)
		}

		nothing := app.Browser()
		nothing.Post("/cart/items", "variant_id", fmt.Sprint(pen))
		inStore(t, databaseURL, "stock = reserved", pen)
		answers(t, "a cart of what is sold out", nothing.Get("/cart"), http.StatusOK, `data-cart-count="1"`, `data-cart-total="0"`, "0 articles")
		answers(t, "its checkout", nothing.Post("/checkout", "total", "0"), http.StatusUnprocessableEntity, "Pen: Sold out since you added it.")
	})
}

// TestStrangeInputIsShownAgain types what nobody should into the fields of the
// cart. Each answer says what is wrong, and nothing typed is lost.
func TestStrangeInputIsShownAgain(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{}, models.Discount{Code: "GOOD", Kind: models.DiscountPercent, Percent: 10, MaxPerCustomer: 1})
		b := shop.shopper(2)
		line := fmt.Sprintf("/cart/items/%d", shop.pen)
		for typed, text := range map[string]string{
			"-1": "Choose a quantity from 0 to 99", "1000000000": "Choose a quantity from 0 to 99", "two": "as a whole number", "": "as a whole number",
			"99999999999999999999": "as a whole number", "1.5": "as a whole number",
		} {
			got := b.Post(line, "quantity", typed)
			answers(t, "quantity "+typed, got, http.StatusUnprocessableEntity, text, `name="quantity" value="`+typed+`"`)
		}
		if got := b.Post(line, "quantity", "1\xff"); got.Status != http.StatusBadRequest {
			t.Errorf("a quantity that is no text: %d", got.Status)
		}
		answers(t, "the cart", b.Get("/cart"), http.StatusOK, `data-cart-count="2"`, `data-cart-total="2000"`)

		answers(t, "a code with blanks within", b.Post("/cart/discount", "code", "GO OD"), http.StatusUnprocessableEntity, "We do not know this code.", `value="GO OD"`)
		leadsTo(t, "a code with blanks around", b.Post("/cart/discount", "code", "\t gOOd \u00a0"), "/cart?notice=discount")

		long := strings.Repeat("😀", 10_000)
		for path, extra := range map[string][]string{"/cart/note": nil, "/checkout": {"total", "1800"}} {
			got := b.Post(path, append(extra, "note", long, "email", "ada@example")...)
			answers(t, "a long note at "+path, got, http.StatusUnprocessableEntity, "keep your note to 500 characters; it has 10000", long, `value="ada@example"`)
			got = b.Post(path, append(extra, "note", "short", "email", "ada at "+strings.Repeat("x", 5000))...)
			answers(t, "no address at "+path, got, http.StatusUnprocessableEntity, "Enter your mail address, like", "ada at x", ">short<")
		}
		answers(t, "the cart in the end", b.Get("/cart"), http.StatusOK, `data-cart-total="1800"`, "GOOD", ">short<")
	})
}
