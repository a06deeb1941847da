package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/browsertest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestJourneys goes through the shop in Chromium as a shopper and as the
// merchant, on both databases, with the pages' script and without it.
func TestJourneys(t *testing.T) {
	chromium := browsertest.New(t)
	for name, script := range map[string]bool{"script": true, "no script": false} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, databaseURL string) {
				t.Parallel()
				app := apptest.New(t, databaseURL, apptest.Options{Demo: true, RateLimits: true})
				tab := func() journey { return journey{t, app, chromium.Tab(t, script), script} }
				shopper := tab()
				variant := shopper.chooses()
				shopper.changesTheCart(variant)
				shopper.choosesDelivery()
				number := shopper.pays()
				tab().looksUp(number)
				merchant := tab()
				merchant.setsUp()
				merchant.readsTheReceipt(number)
			})
		})
	}
}

// journey is one person on the way through the shop.
type journey struct {
	t   *testing.T
	app *apptest.App
	*browsertest.Browser
	script bool
}

func (j journey) check(what string, got, want any) {
	j.t.Helper()
	if got != want {
		j.t.Errorf("%s at %s: got %v, want %v", what, j.Location(), got, want)
	}
}

func (j journey) contains(selector, part string) {
	j.t.Helper()
	if text := j.Text(selector); !strings.Contains(text, part) {
		j.t.Errorf("%s at %s: %q does not say %q", selector, j.Location(), text, part)
	}
}

// at checks the path and query of the page.
func (j journey) at(want string) {
	j.t.Helper()
	j.check("address", strings.TrimPrefix(j.Location(), j.app.URL), want)
}

// inCart checks what the cart page and the head of the page count.
func (j journey) inCart(pieces, total int64) {
	j.t.Helper()
	j.check("pieces", j.Attribute("main", "data-cart-count"), fmt.Sprint(pieces))
	j.check("total", j.Attribute("main", "data-cart-total"), fmt.Sprint(total))
	j.check("badge", j.Text(".badge"), fmt.Sprint(pieces))
}

// prices are the lowest prices of the cards on the page, in cents.
func (j journey) prices() []int {
	j.t.Helper()
	var prices []int
	for text := range strings.FieldsSeq(j.Evaluate(`[...document.querySelectorAll(".card .now")].map(e => e.textContent).join(" ")`)) {
		cents, err := strconv.Atoi(strings.NewReplacer("$", "", ".", "").Replace(text))
		if err != nil {
			j.t.Fatal(err)
		}
		prices = append(prices, cents)
	}
	return prices
}

// chooses goes from the list to a product and puts two of a variant into the
// cart.
func (j journey) chooses() models.Variant {
	j.t.Helper()
	j.Open(j.app.URL + "/products")
	all := j.prices()
	j.Press("main summary")
	j.Fill("#sort", string(models.SortPriceDesc))
	j.Fill("#max", "20")
	j.check("filtered", j.Click(".filters .show"), http.StatusOK)
	j.check("sort kept", j.Evaluate(`document.querySelector("#sort").value`), string(models.SortPriceDesc))
	j.check("price kept", j.Evaluate(`document.querySelector("#max").value`), "20")
	shown := j.prices()
	if len(shown) == 0 || len(shown) >= len(all) || shown[0] > 2000 || !slices.IsSortedFunc(shown, func(a, b int) int { return b - a }) {
		j.t.Errorf("up to 20, dearest first: %v of %v", shown, all)
	}
	j.Click(".found .chip")
	j.check("without the filter", len(j.prices()), len(all))
	j.check("sort kept", j.Evaluate(`document.querySelector("#sort").value`), string(models.SortPriceDesc))

	product, err := j.app.Store.ProductBySlug(j.t.Context(), "sketchbook")
	if err != nil {
		j.t.Fatal(err)
	}
	j.Click(`a[data-product="sketchbook"]`)
	j.contains("h1", product.Name)
	variant := product.Variants[len(product.Variants)-1]
	j.Press(fmt.Sprintf(`label:has(input[value="%d"])`, variant.ID))
	if j.script {
		j.check("price of the variant", j.Text("#price"), models.Money{Amount: variant.Price, Currency: "USD"}.String())
	}
	j.Fill("#quantity", "none")
	j.check("no quantity", j.Click("#add-to-cart"), http.StatusUnprocessableEntity)
	j.contains("#faults", "whole number")
	j.check("kept", j.Evaluate(`document.querySelector("#quantity").value`), "none")
	j.check("focus", j.Evaluate(`document.activeElement.id`), "faults")
	j.Fill("#quantity", "2")
	j.intoCart()
	j.contains(".line", variant.Title())
	j.inCart(2, 2*variant.Price)
	return variant
}

// intoCart puts what is chosen on a product's page into the cart and goes there:
// by the drawer where the page's script opens it.
func (j journey) intoCart() {
	j.t.Helper()
	if !j.script {
		j.Click("#add-to-cart")
		j.at("/cart?notice=added")
		j.contains(".notice", "Added to your cart")
		return
	}
	j.Press("#add-to-cart")
	j.Await(`document.querySelector(".drawer[open] .notice")`)
	j.contains(".drawer .notice", "Added to your cart")
	j.Click(`.drawer a[href="/cart"]`)
	j.at("/cart")
}

// changesTheCart takes three instead of two, removes them and takes that back.
func (j journey) changesTheCart(v models.Variant) {
	j.t.Helper()
	quantity := fmt.Sprintf("#quantity-%d", v.ID)
	update := fmt.Sprintf("form:has(%s) button", quantity)
	j.Fill(quantity, "1000")
	j.check("too many", j.Click(update), http.StatusUnprocessableEntity)
	j.check("kept", j.Evaluate(fmt.Sprintf(`document.querySelector(%q).value`, quantity)), "1000")
	j.Fill(quantity, "3")
	j.Click(update)
	j.at("/cart?notice=updated")
	j.inCart(3, 3*v.Price)
	j.Click("button[value='0']")
	j.contains(".notice", "Removed")
	j.inCart(0, 0)
	j.Click(".notice button")
	j.inCart(3, 3*v.Price)
}

// pays comes back from the payment page once, has a card declined, then pays,
// and returns the order's number.
func (j journey) pays() string {
	j.t.Helper()
	total := j.Attribute("main", "data-cart-total")
	j.Click("#checkout")
	j.contains("h1", "Pay")
	j.Click("#cancel")
	j.at("/cart?notice=cancelled")
	j.contains(".notice", "nothing was charged")
	j.check("total after cancelling", j.Attribute("main", "data-cart-total"), total)

	j.Click("#checkout")
	j.Fill("#card", "4000 0000 0000 0002")
	j.check("declined", j.Click("button[value=pay]"), http.StatusPaymentRequired)
	j.contains(".alert", "declined")
	j.Fill("#card", "4242 4242 4242 4242")
	j.Fill("#email", "ada@example.com")
	j.Fill("#name", "Ada Byron")
	j.Click("button[value=pay]")
	if path := strings.TrimPrefix(j.Location(), j.app.URL); !strings.HasPrefix(path, "/checkout/success?session_id=cs_test_") {
		j.t.Fatalf("paying leads to %s", path)
	}
	j.check("status", j.Attribute("main", "data-order-status"), string(models.OrderPaid))
	j.contains("main", "ada@example.com")
	j.contains(".badge", "0")
	number := j.Attribute("main", "data-order-number")
	j.contains("main", number)
	success := j.Location()
	j.Open(success)
	j.check("status after a reload", j.Attribute("main", "data-order-status"), string(models.OrderPaid))

	j.Click(`main a[href^="/orders/"]`)
	j.check("number on the order's page", j.Attribute("main", "data-order-number"), number)
	j.contains(".timeline", "Payment received")
	j.contains("address", "Ada Byron")
	j.Click(".bag")
	j.inCart(0, 0)
	return number
}

// looksUp finds the order by number and mail, after a wrong guess.
func (j journey) looksUp(number string) {
	j.t.Helper()
	j.Open(j.app.URL + "/")
	j.Click(`.foot a[href="/orders/lookup"]`)
	j.Fill("#number", number)
	j.Fill("#email", "eve@example.com")
	j.check("wrong mail", j.Click("main form button"), http.StatusNotFound)
	j.contains("#faults", "no order with this number and mail address")
	j.check("kept", j.Evaluate(`document.querySelector("#email").value`), "eve@example.com")
	j.Fill("#email", "ADA@example.com")
	j.check("right mail", j.Click("main form button"), http.StatusOK)
	j.check("number", j.Attribute("main", "data-order-number"), number)
}

const ownerPassword = "horse battery nine"

// setsUp makes the first owner, logs out and in again.
func (j journey) setsUp() {
	j.t.Helper()
	token, err := j.app.Store.NewSetupToken(j.t.Context())
	if err != nil {
		j.t.Fatal(err)
	}
	j.Open(j.app.URL + "/admin/setup?token=" + token)
	j.Fill("#email", "owner@example.com")
	j.Fill("#password", "too short")
	j.check("short password", j.Click("main form button"), http.StatusUnprocessableEntity)
	j.check("kept", j.Evaluate(`document.querySelector("#email").value`), "owner@example.com")
	j.Fill("#password", ownerPassword)
	j.Click("main form button")
	j.at("/admin")
	j.Click(`form[action="/admin/logout"] button`)
	j.at("/admin/login")

	j.Open(j.app.URL + "/admin/orders")
	j.Fill("#email", "owner@example.com")
	j.Fill("#password", "horse battery ten")
	j.check("wrong password", j.Click("main form button"), http.StatusUnprocessableEntity)
	j.contains("#faults", "do not match")
	j.check("focus", j.Evaluate(`document.activeElement.id`), "faults")
	j.Fill("#password", ownerPassword)
	j.Click("main form button")
	j.at("/admin/orders")
}

// readsTheReceipt finds the order and reads the mail that was kept of it.
func (j journey) readsTheReceipt(number string) {
	j.t.Helper()
	j.app.Eventually("the receipt", func() bool {
		emails, err := j.app.Store.Emails(j.t.Context(), 0, 10)
		return err == nil && len(emails) == 1 && emails[0].Status == models.EmailSent
	})
	j.Fill("#orders-q", "nobody")
	j.Click("main form button")
	j.contains("main", "No order fits")
	j.Fill("#orders-q", number)
	j.Click("main form button")
	j.check("orders found", j.Count("tbody tr"), 1)
	j.Click("tbody a")
	j.contains("h1", number)
	j.contains("main", "ada@example.com")
	for _, part := range []string{"Order placed", "Payment received", "Mail receipt: sent"} {
		j.contains(".timeline", part)
	}
	j.Click(`.timeline a[href^="/admin/mail/"]`)
	j.contains("h1", number)
	j.contains("pre", number)
	j.check("the mail's own page", j.Open(j.app.URL+j.Attribute("iframe", "src")), http.StatusOK)
	j.contains("body", number)
}
