package handlers_test

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestALimitPerCustomerFromTheCartToThePaymentPage lets one customer use a code
// in one browser and try it again in another.
func TestALimitPerCustomerFromTheCartToThePaymentPage(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		d := shop.discount(models.Discount{Code: "MINE", Kind: models.DiscountPercent, Percent: 10, MaxPerCustomer: 1})
		first, second := shop.shopper(1), shop.shopper(1)
		if page := first.Get("/cart").Body; strings.Contains(page, `name="email"`) {
			t.Error("a cart without a code asks for an address")
		}
		for _, b := range []*apptest.Browser{first, second} {
			if got := b.Post("/cart/discount", "code", " mine "); got.Location != "/cart?notice=discount" {
				t.Fatalf("apply: %d %s", got.Status, got.Location)
			}
			page := shop.total(b, 900)
			for _, part := range []string{`id="email" name="email"`, "the code MINE is limited per customer", `autocomplete="email"`} {
				if !strings.Contains(page, part) {
					t.Errorf("the cart lacks %q:\n%s", part, page)
				}
			}
		}
		refused := func(b *apptest.Browser, typed, text string) {
			t.Helper()
			got := b.Post("/checkout", "total", "900", "email", typed, "note", "It is a present.")
			if got.Status != http.StatusUnprocessableEntity || strings.Count(got.Body, text) != 2 || !strings.Contains(got.Body, `aria-describedby="email-fault"`) {
				t.Errorf("%q: %d\n%s", typed, got.Status, got.Body)
			}
			for _, kept := range []string{`name="email" value="` + html.EscapeString(typed) + `"`, ">It is a present.<", "MINE"} {
				if !strings.Contains(got.Body, kept) {
					t.Errorf("%q: the page lost %q", typed, kept)
				}
			}
		}
		refused(first, "", "Enter your mail address: the code MINE is limited per customer.")
		refused(first, "ada", "Enter your mail address, like name@example.com.")
		refused(first, "Ada <ada@example.com>", "Enter your mail address, like name@example.com.")
		shop.uses(d, 0, 0)

		left := first.Post("/checkout", "total", "900", "email", " Ada@Example.com ")
		id := left.Location[strings.LastIndexByte(left.Location, '/')+1:]
		session, err := shop.Payments.Session(t.Context(), id)
		if err != nil || *session.AmountTotal != 900 {
			t.Fatalf("%d %s: %+v, %v", left.Status, left.Location, session, err)
		}
		shop.uses(d, 0, 1)
		refused(second, "ADA@example.com", "The code MINE was used with ada@example.com as often as one customer may.")
		shop.total(second, 900)

		// The payment page takes no other address.
		first.Post(left.Location, "outcome", "pay", "email", "eve@example.com", "name", "Ada", "line1", "1 Main St",
			"city", "London", "postal_code", "N1", "country", "GB", "card", "4242424242424242")
		if order, err := shop.Store.OrderBySession(t.Context(), id); err != nil || order.Status != models.OrderPaid || order.Email != "ada@example.com" {
			t.Errorf("order %+v, %v", order, err)
		}
		shop.uses(d, 1, 0)
		refused(second, "ada@example.com", "The code MINE was used with ada@example.com as often as one customer may.")
		if got := second.Post("/checkout", "total", "900", "email", "grace@example.com"); got.Status != http.StatusSeeOther {
			t.Errorf("another customer: %d\n%s", got.Status, got.Body)
		}
		if page := first.Get("/cart").Body; strings.Contains(page, "ada@example.com") {
			t.Error("the cart still has the address")
		}
	})
}

func TestAnOfferPerCustomerInTheCart(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{}, models.Discount{Name: "Welcome", Kind: models.DiscountPercent, Percent: 10, MaxPerCustomer: 1})
		first, second := shop.shopper(1), shop.shopper(1)
		if page := shop.total(first, 900); !strings.Contains(page, "the offer “Welcome” is limited per customer") {
			t.Errorf("no word on why the address is asked:\n%s", page)
		}
		if got := first.Post("/buy-now", "variant_id", fmt.Sprint(shop.pen)); got.Status != http.StatusUnprocessableEntity ||
			!strings.Contains(got.Body, "the offer “Welcome” is limited per customer.") {
			t.Errorf("buy now: %d\n%s", got.Status, got.Body)
		}
		// The address alone, as the Enter key sends it.
		if got := first.Post("/cart/note", "email", "ada@example.com", "note", ""); got.Location != "/cart?notice=updated" {
			t.Errorf("give the address: %d %s", got.Status, got.Location)
		}
		if page := first.Get("/cart").Body; !strings.Contains(page, `value="ada@example.com"`) {
			t.Error("the cart does not have the address")
		}
		if got := first.Post("/buy-now", "variant_id", fmt.Sprint(shop.pen)); got.Status != http.StatusSeeOther || strings.HasPrefix(got.Location, "/") {
			t.Errorf("buy now with the address: %d %s", got.Status, got.Location)
		}
		got := second.Post("/checkout", "total", "900", "email", "ada@example.com")
		text := "“Welcome” was used with this mail address as often as one customer may, so the total is now $10.00 instead of $9.00."
		if got.Status != http.StatusUnprocessableEntity || strings.Count(got.Body, text) != 2 || !strings.Contains(got.Body, `value="ada@example.com"`) {
			t.Errorf("the same customer again: %d\n%s", got.Status, got.Body)
		}
		shop.total(second, 1000)
		if got := second.Post("/checkout", "total", "1000", "email", "ada@example.com"); got.Status != http.StatusSeeOther || strings.HasPrefix(got.Location, "/") {
			t.Errorf("without the offer: %d %s", got.Status, got.Location)
		}
	})
}

// TestAnAddressThatStripeRefuses types what the shop takes for an address and
// Stripe does not.
func TestAnAddressThatStripeRefuses(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{}, models.Discount{Code: "MINE", Kind: models.DiscountPercent, Percent: 10, MaxPerCustomer: 1})
		b := shop.shopper(1)
		b.Post("/cart/discount", "code", "mine")
		got := b.Post("/checkout", "total", "900", "email", "ada@localhost")
		if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "does not take this mail address") || !strings.Contains(got.Body, `value="ada@localhost"`) {
			t.Errorf("%d %s\n%s", got.Status, got.Location, got.Body)
		}
		if got := b.Post("/checkout", "total", "900", "email", "ada@example.com"); got.Status != http.StatusSeeOther || strings.HasPrefix(got.Location, "/") {
			t.Errorf("corrected: %d %s", got.Status, got.Location)
		}
	})
}
