package handlers_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tuckshop/internal/apptest"
	"tuckshop/internal/browsertest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// expiredLink looks at a shared cart after a month.
func expiredLink(t *testing.T, chromium *browsertest.Browser, seen *visits) {
	var later atomic.Bool
	app := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{Now: func() time.Time {
		if later.Load() {
			return time.Now().Add(31 * 24 * time.Hour)
		}
		return time.Now()
	}})
	shopper := app.Browser()
	shopper.Post("/cart/items", "variant_id", fmt.Sprint(modelstest.Product(t, app.Store, "pen", 500, 9)))
	link := shopper.Post("/cart/share").Location
	later.Store(true)
	w := walk{journey{t, app, chromium.Tab(t, true), true}, seen}
	w.visit("shared cart expired", link, http.StatusGone)
}

// drawer looks at the cart beside a product.
func (w walk) drawer() {
	w.Open(w.app.URL + "/products/linen-journal")
	w.Press("#add-to-cart")
	w.Await(`document.querySelector(".drawer[open] .line")`)
	w.look("product with the cart's drawer")
	w.Fill(".drawer input[inputmode=numeric]", "lots")
	w.Press(".drawer .line form:has(input[inputmode=numeric]) button")
	w.Await(`document.querySelector(".drawer .faults")`)
	w.look("product with a fault in the drawer")
	w.Press(".drawer button[value='0']")
	w.Await(`document.querySelector(".drawer .lead")`)
	w.look("product with an empty drawer")
}

// asked looks at the field for the address that a discount is counted by.
func (w walk) asked() {
	w.t.Helper()
	once, err := w.app.Store.CreateDiscount(w.t.Context(), models.Discount{
		Name: "Once", Code: "ONCE", Kind: models.DiscountPercent, Percent: 10, MaxPerCustomer: 1, Enabled: true,
	}, models.Actor{Email: "owner@example.com"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Fill("#code", "once")
	w.Click(".coupon button")
	w.look("cart that asks for an address")
	w.Fill("#email", "ada")
	w.check("status", w.Click("#checkout"), http.StatusUnprocessableEntity)
	w.look("cart with a faulty address")
	w.Click(".kept button")
	if err := w.app.Store.SwitchDiscount(w.t.Context(), once.ID, false, models.Actor{}); err != nil {
		w.t.Fatal(err)
	}
}

// buyNowAsked looks at a product that is bought at once while an offer asks for
// the address. Others' carts are not to have that offer.
func (w walk) buyNowAsked() {
	w.t.Helper()
	once, err := w.app.Store.CreateDiscount(w.t.Context(), models.Discount{
		Name: "Welcome week", Kind: models.DiscountPercent, Percent: 10, MaxPerCustomer: 1, Enabled: true,
	}, models.Actor{Email: "owner@example.com"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Open(w.app.URL + "/products/field-notebook")
	w.check("status", w.Click("#buy-now"), http.StatusUnprocessableEntity)
	w.look("product bought now that asks for an address")
	w.Fill("#buyer-email", "ada")
	w.check("status", w.Click("#buy-now"), http.StatusUnprocessableEntity)
	w.look("product bought now with a faulty address")
	if err := w.app.Store.SwitchDiscount(w.t.Context(), once.ID, false, models.Actor{}); err != nil {
		w.t.Fatal(err)
	}
}

// shared looks at what is said of a note, at a shared cart, and at the cart of
// somebody who takes one.
func (w walk) shared() {
	w.Press(".sum summary")
	w.Evaluate(`void document.querySelector("#note").removeAttribute("maxlength")`)
	w.Fill("#note", strings.Repeat("Please wrap it well. ", 30))
	w.check("status", w.Click(`button[formaction="/cart/note"]`), http.StatusUnprocessableEntity)
	w.look("cart with a note that is too long")
	w.Fill("#note", "Please wrap it well.\nIt is a present.")
	w.Click(`button[formaction="/cart/note"]`)
	w.look("cart with a note")
	w.Click(`form[action="/cart/share"] button`)
	w.look("shared cart just made")
	link := w.Evaluate(`document.querySelector("#link").value`)
	w.Open(w.app.URL + "/cart")
	w.Click(`form[action="/cart/accept"] button`)
	w.look("cart after accepting")
	w.Open(link)
	w.look("shared cart")
	w.Click("#take")
	w.look("cart filled from a shared one")
}
