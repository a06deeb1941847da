package handlers_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"tuckshop/internal/apptest"
	"tuckshop/internal/browsertest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestShoppersJourneys chooses a variant, changes the cart, tries codes, buys
// by the cart and at once, and shares a cart, in Chromium, on both databases,
// with the pages' script and without it.
func TestShoppersJourneys(t *testing.T) {
	chromium := browsertest.New(t)
	for name, script := range map[string]bool{"script": true, "no script": false} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, databaseURL string) {
				t.Parallel()
				app := apptest.New(t, databaseURL, apptest.Options{})
				ink := inks(t, app)
				tab := func() journey { return journey{t, app, chromium.Tab(t, script), script} }
				shopper := tab()
				shopper.choosesAnInk(ink)
				if script {
					shopper.usesTheDrawer(ink)
				}
				shopper.takesBack(ink)
				shopper.triesCodes()
				shopper.buysOneAtOnce(ink)
				shared := shopper.shares()
				shopper.paysTheCart()
				tab().takes(shared)
			})
		})
	}
}

// inks stores an ink in three colours, the second dearer and the third sold
// out, a pad, and discounts. It returns the ink's variants.
func inks(t *testing.T, app *apptest.App) []models.Variant {
	t.Helper()
	_, err := app.Store.AddCatalogue(t.Context(), []models.Collection{{Slug: "paper", Name: "Paper"}}, []models.Product{{
		Slug: "ink", Name: "Ink", Status: models.ProductActive,
		Options: []models.Option{{Name: "Colour", Values: []models.OptionValue{{Name: "Black"}, {Name: "Violet"}, {Name: "Gold"}}}},
		Variants: []models.Variant{
			{SKU: "INK-1", Option1: "Black", Price: 1000, Stock: 9},
			{SKU: "INK-2", Option1: "Violet", Price: 1200, CompareAt: 1500, Stock: 9, Position: 1},
			{SKU: "INK-3", Option1: "Gold", Price: 2000, Position: 2},
		},
	}, {
		Slug: "pad", Name: "Pad", Status: models.ProductActive, Collections: []models.Collection{{Slug: "paper"}},
		Variants: []models.Variant{{SKU: "PAD", Price: 700, Stock: 9}},
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	collections, err := app.Store.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	for code, change := range map[string]func(*models.Discount){
		"TENOFF":   func(*models.Discount) {},
		"OVER":     func(d *models.Discount) { d.EndsAt = &past },
		"TOOEARLY": func(d *models.Discount) { d.StartsAt = &future },
		"PAPER":    func(d *models.Discount) { d.CollectionIDs = []int64{collections[0].ID} },
	} {
		d := models.Discount{Name: code, Code: code, Kind: models.DiscountPercent, Percent: 10, Enabled: true}
		change(&d)
		if _, err := app.Store.CreateDiscount(t.Context(), d, models.Actor{Email: "owner@example.com"}); err != nil {
			t.Fatal(err)
		}
	}
	product, err := app.Store.ProductBySlug(t.Context(), "ink")
	if err != nil {
		t.Fatal(err)
	}
	return product.Variants
}

func (j journey) choosesAnInk(ink []models.Variant) {
	j.t.Helper()
	j.Open(j.app.URL + "/products/ink")
	radio := func(v models.Variant) string { return fmt.Sprintf(`label:has(input[value="%d"])`, v.ID) }
	j.contains("legend", "Colour")
	for i, price := range []string{"$10.00", "$12.00"} { // each is to be read, with and without a choice
		j.contains(radio(ink[i]), price)
	}
	j.contains(radio(ink[2]), "Sold out")
	j.check("sold out can be chosen", j.Count(radio(ink[2])+" :enabled"), 0)
	j.check("chosen at first", j.Evaluate(`document.querySelector("[name=variant_id]:checked").value`), fmt.Sprint(ink[0].ID))
	if j.script {
		j.check("price at first", j.Text("#price"), "$10.00")
		j.check("a new price is read out", j.Attribute("#price", "aria-live")+" "+j.Attribute("#price", "aria-atomic"), "polite true")
		j.Press(radio(ink[1]))
		j.check("price of the choice", j.Text("#price"), "$12.00 $15.00\nLowest in the 30 days before: $15.00")
	} else {
		j.check("price", j.Text("#price"), "from $10.00")
		j.Press(radio(ink[1]))
	}
	j.Fill("#quantity", "2")
	j.intoCart()
	j.contains(".line", "Violet")
	j.inCart(2, 2400)
}

// usesTheDrawer adds from the product's page and changes the cart without
// leaving it.
func (j journey) usesTheDrawer(ink []models.Variant) {
	j.t.Helper()
	drawn := func(expression string) { j.t.Helper(); j.Await(expression) }
	says := func(words string) {
		j.t.Helper()
		drawn(fmt.Sprintf(`document.querySelector(".drawer [role=status]").textContent === %q`, words))
	}
	violet := fmt.Sprintf("#quantity-%d", ink[1].ID)
	update := fmt.Sprintf(`.drawer form:has(%s) button`, violet)
	j.Open(j.app.URL + "/products/ink")
	j.Press("#add-to-cart")
	drawn(`document.querySelector(".drawer[open]")`)
	says("Added to your cart.")
	j.check("focus", j.Evaluate(`document.activeElement.textContent`), "Your cart")
	j.check("badge", j.Text(".badge"), "3")
	j.check("lines", j.Count(".drawer .line"), 2)

	j.Fill(violet, "many")
	j.Press(update)
	drawn(`document.activeElement.id === "faults"`)
	j.contains(".drawer .faults", "whole number")
	j.check("kept", j.Evaluate(fmt.Sprintf(`document.querySelector(%q).value`, violet)), "many")
	j.Fill(violet, "3")
	j.Press(update)
	says("Your cart is up to date.")
	j.check("badge", j.Text(".badge"), "4")
	j.check("focus", j.Evaluate(fmt.Sprintf(`document.activeElement === document.querySelector(%q)`, update)), "true")
	remove := fmt.Sprintf(`.drawer form[action="/cart/items/%d"] button`, ink[0].ID)
	j.Press(remove + `[value="0"]`)
	says("Removed from your cart.")
	j.check("badge", j.Text(".badge"), "3")
	j.Press(".drawer .notice button")
	drawn(`document.querySelectorAll(".drawer .line").length === 2`)
	j.check("badge", j.Text(".badge"), "4")
	j.Press(remove + `[value="0"]`)
	says("Removed from your cart.")
	j.Fill(violet, "2")
	j.Press(update)
	says("Your cart is up to date.")

	j.Escape()
	drawn(`!document.querySelector(".drawer[open]")`)
	j.check("focus", j.Evaluate(`document.activeElement.id`), "add-to-cart")
	j.at("/products/ink")
	j.Open(j.app.URL + "/cart")
	j.inCart(2, 2400)
}

// takesBack removes all that is in the cart and undoes it.
func (j journey) takesBack(ink []models.Variant) {
	j.t.Helper()
	j.Click("button[value='0']")
	j.contains(".notice", "Removed")
	j.contains("main", "nothing in it")
	j.inCart(0, 0)
	j.Click(".notice button")
	j.inCart(2, 2400)
	quantity := fmt.Sprintf("#quantity-%d", ink[1].ID)
	j.Fill(quantity, "3")
	j.Click(fmt.Sprintf("form:has(%s) button", quantity))
	j.inCart(3, 3600)
}

// triesCodes has codes refused, each for its reason, and one accepted.
func (j journey) triesCodes() {
	j.t.Helper()
	for code, reason := range map[string]string{
		"mystery": "We do not know this code.", "over": "This code was valid until", "tooearly": "This code is not valid yet",
		"paper": "This code is not for the articles in your cart.",
	} {
		j.Fill("#code", code)
		j.check(code, j.Click(".coupon button"), http.StatusUnprocessableEntity)
		j.contains("#faults", reason)
		j.contains("#code-fault", reason)
		j.check("kept", j.Evaluate(`document.querySelector("#code").value`), code)
		j.inCart(3, 3600)
	}
	j.Fill("#code", "tenoff")
	j.Click(".coupon button")
	j.at("/cart?notice=discount")
	j.contains(".totals", "TENOFF")
	j.inCart(3, 3240)
}

// buysOneAtOnce pays one article by itself, after changing their mind once. The
// cart stays as it is.
func (j journey) buysOneAtOnce(ink []models.Variant) {
	j.t.Helper()
	j.Open(j.app.URL + "/products/ink")
	j.Fill("#quantity", "0")
	j.check("none of it", j.Click("#buy-now"), http.StatusUnprocessableEntity)
	j.contains("#faults", "from 1 to 99")
	j.Fill("#quantity", "1")
	j.Click("#buy-now")
	j.contains("h1", "Pay")
	j.Click("#cancel")
	j.at("/products/ink?notice=cancelled")
	j.contains(".notice", "nothing was charged")
	j.check("badge", j.Text(".badge"), "3")
	j.Press(fmt.Sprintf(`label:has(input[value="%d"])`, ink[0].ID))
	j.Click("#buy-now")
	j.fillsIn()
	j.check("status", j.Attribute("main", "data-order-status"), string(models.OrderPaid))
	j.contains(".totals", "$10.00")
	j.Click(".bag")
	j.inCart(3, 3240)
}

func (j journey) fillsIn() {
	j.t.Helper()
	j.Fill("#card", "4242 4242 4242 4242")
	j.Fill("#email", "ada@example.com")
	j.Fill("#name", "Ada Byron")
	j.Click("button[value=pay]")
}

// shares makes a link to the cart and returns it.
func (j journey) shares() string {
	j.t.Helper()
	j.Click(`form[action="/cart/share"] button`)
	j.contains("main", "Ink")
	link := j.Evaluate(`document.querySelector("#link").value`)
	j.Click(".bag")
	return link
}

// paysTheCart writes a note and pays what is in the cart.
func (j journey) paysTheCart() {
	j.t.Helper()
	j.Press(".sum summary")
	j.Fill("#note", "A present, please.")
	j.Click("#checkout")
	j.fillsIn()
	j.check("status", j.Attribute("main", "data-order-status"), string(models.OrderPaid))
	j.contains(".totals", "$32.40")
	j.contains(".typed", "A present, please.")
	j.Click(".bag")
	j.inCart(0, 0)
}

// takes puts a shared cart into their own.
func (j journey) takes(link string) {
	j.t.Helper()
	j.check("the shared cart", j.Open(link), http.StatusOK)
	j.contains(".line", "Violet")
	j.contains("main", "3 × $12.00")
	j.Click("#take")
	j.at("/cart?notice=filled")
	j.inCart(3, 3600)
}
