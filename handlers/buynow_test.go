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

// An offer that is counted by the mail address asks for it on the product's own
// page: what was chosen stays, the shopper's cart stays, and the same button
// goes on to the payment.
func TestBuyNowAsksForTheAddressOfAnOffer(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{}, models.Discount{Name: "Welcome", Kind: models.DiscountPercent, Percent: 10, MaxPerCustomer: 1})
		pen, b := fmt.Sprint(shop.pen), shop.shopper(3)
		if page := b.Get("/products/pen").Body; strings.Contains(page, `name="email"`) {
			t.Error("the page asks for an address before it is needed")
		}
		asks := func(name string, got apptest.Answer, parts ...string) {
			t.Helper()
			if got.Status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", name, got.Status, got.Location)
			}
			holds(t, name, got.Body, append(parts, `id="buyer-email" name="email"`, `href="#buyer-email"`, `id="buyer-email-fault"`, `name="quantity" value="2"`, `value="`+pen+`"`, `autocomplete="email"`)...)
		}
		asks("without an address", b.Post("/buy-now", "variant_id", pen, "quantity", "2"),
			"Enter your mail address: the offer “Welcome” is limited per customer.", "We ask because the offer “Welcome” is limited per customer")
		asks("with a faulty one", b.Post("/buy-now", "variant_id", pen, "quantity", "2", "email", "ada"), "like name@example.com", `value="ada"`)
		asks("with none typed", b.Post("/buy-now", "variant_id", pen, "quantity", "2", "email", ""), "Enter your mail address: the offer")
		if got := b.Post("/buy-now", "variant_id", pen, "quantity", "many", "email", "ada@example.com"); !strings.Contains(got.Body, `value="ada@example.com"`) {
			t.Errorf("a wrong quantity takes the address away:\n%s", got.Body)
		}

		left := b.Post("/buy-now", "variant_id", pen, "quantity", "2", "email", "Ada@example.com")
		id := left.Location[strings.LastIndexByte(left.Location, '/')+1:]
		session, err := shop.Payments.Session(t.Context(), id)
		if err != nil || *session.AmountTotal != 1800 {
			t.Fatalf("%d %s: %+v, %v", left.Status, left.Location, session, err)
		}
		shop.total(b, 2700) // three pieces, as before
		if again := b.Post("/buy-now", "variant_id", pen, "quantity", "2"); again.Location != left.Location {
			t.Errorf("after coming back, it asks again: %d %s", again.Status, again.Location)
		}
		b.Post(left.Location, "outcome", "pay", "name", "Ada", "line1", "1 Main St", "city", "London", "postal_code", "N1", "country", "GB", "card", "4242424242424242")
		if order, err := shop.Store.OrderBySession(t.Context(), id); err != nil || order.Status != models.OrderPaid || order.Email != "ada@example.com" {
			t.Errorf("order %+v, %v", order, err)
		}

		// Who has had the offer hears of it before the payment, once.
		other := shop.Browser()
		asks("the same customer again", other.Post("/buy-now", "variant_id", pen, "quantity", "2", "email", "ada@example.com"),
			"“Welcome” was used with this mail address as often as one customer may. You can buy without it.", `name="without" value="Welcome"`, `value="ada@example.com"`)
		left = other.Post("/buy-now", "variant_id", pen, "quantity", "2", "email", "ada@example.com", "without", "Welcome")
		if session, err := shop.Payments.Session(t.Context(), left.Location[strings.LastIndexByte(left.Location, '/')+1:]); err != nil || *session.AmountTotal != 2000 {
			t.Errorf("without the offer: %d %s: %+v, %v", left.Status, left.Location, session, err)
		}

		// The cart, too, gets what was typed.
		third := shop.Browser()
		third.Post("/cart/items", "variant_id", pen, "quantity", "1", "email", "grace@example.com")
		holds(t, "the cart", shop.total(third, 900), `value="grace@example.com"`)
		if got := third.Post("/cart/items", "variant_id", pen, "quantity", "1", "email", "grace"); got.Location != "/cart?notice=added" {
			t.Errorf("a faulty address keeps out of the cart what was added: %d", got.Status)
		}
		if got := third.Post("/buy-now", "variant_id", pen, "quantity", "2"); got.Status != http.StatusSeeOther {
			t.Errorf("with the cart's address: %d", got.Status)
		}
	})
}

// An address that the payment page refuses is asked for again.
func TestBuyNowWithAnAddressThatStripeRefuses(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{}, models.Discount{Name: "Welcome", Kind: models.DiscountPercent, Percent: 10, MaxPerCustomer: 1})
		b, pen := shop.Browser(), fmt.Sprint(shop.pen)
		got := b.Post("/buy-now", "variant_id", pen, "email", "ada@localhost")
		if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "does not take this mail address") || !strings.Contains(got.Body, `value="ada@localhost"`) {
			t.Errorf("%d %s\n%s", got.Status, got.Location, got.Body)
		}
		if got := b.Post("/buy-now", "variant_id", pen, "email", "ada@example.com"); got.Status != http.StatusSeeOther || strings.HasPrefix(got.Location, "/") {
			t.Errorf("corrected: %d %s", got.Status, got.Location)
		}
	})
}

// TestBuyNowSpeaksOfTheProduct reads what a way back says to somebody who never
// filled a cart.
func TestBuyNowSpeaksOfTheProduct(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+t.TempDir()+"/shop.db", apptest.Options{Demo: true})
	for notice, want := range map[string]string{"cart-again": "This product changed", "cart-paid": "You have paid this already."} {
		page := app.Browser().Get("/products/desk-mug?notice=" + notice).Body
		if !strings.Contains(page, want) || strings.Contains(page, "our cart changed") || strings.Contains(page, "This cart") {
			t.Errorf("%s does not say %q", notice, want)
		}
	}
}
