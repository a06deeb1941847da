//go:build showcase

package handlers_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/browsertest"
	"tuckshop/models"
)

// TestShowcase takes the pictures of the README: `make showcase`.
func TestShowcase(t *testing.T) {
	app := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{Demo: true})
	random := rand.New(rand.NewPCG(24, 7))
	for range 40 {
		sell(t, app, random)
	}
	j := journey{t, app, browsertest.New(t).Tab(t, true), true}
	shoot := func(name string, width int64, scheme string) {
		j.Size(width, scheme)
		j.ShootScreen(filepath.Join("..", "docs", name+".webp"))
	}
	at := func(path string) { j.Open(app.URL + path) }

	at("/")
	shoot("shop-home", 1280, "light")
	at("/products?option-colour=tomato&option-colour=ink-blue&in_stock=1")
	shoot("shop-list", 1280, "light")
	at("/products/field-notebook")
	shoot("shop-product-phone", 390, "light")
	at("/products?option-colour=mustard")
	shoot("shop-list-phone", 390, "dark")
	for _, slug := range []string{"linen-journal", "leather-folio", "ginger-biscuits"} {
		at("/products/" + slug)
		j.intoCart()
	}
	at("/cart")
	shoot("shop-cart-dark", 1280, "dark")

	token, err := app.Store.NewSetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at("/admin/setup?token=" + token)
	j.Fill("#email", "owner@example.com")
	j.Fill("#password", ownerPassword)
	j.Click("main form button")
	at("/admin")
	shoot("admin-home", 1280, "light")
	product, err := app.Store.ProductBySlug(t.Context(), "linen-journal")
	if err != nil {
		t.Fatal(err)
	}
	at(fmt.Sprintf("/admin/products/%d#variants", product.ID))
	shoot("admin-product", 1280, "light")
}

// sell lets somebody buy a few things.
func sell(t *testing.T, app *apptest.App, random *rand.Rand) {
	t.Helper()
	buyers := []string{"Ada Marsh", "Ben Okafor", "Clara Lindqvist", "Diego Romero", "Esther Cohen", "Farid Nazari", "Grace Liu", "Henry Walsh"}
	list, err := app.Store.List(t.Context(), models.ProductFilter{InStock: true, PerPage: 24})
	if err != nil {
		t.Fatal(err)
	}
	shopper := app.Browser()
	for range 1 + random.IntN(3) {
		product := list.Products[random.IntN(len(list.Products))]
		shopper.Post("/cart/items", "variant_id", fmt.Sprint(product.Variants[random.IntN(len(product.Variants))].ID), "quantity", "1")
	}
	page := shopper.Post("/checkout").Location
	order, err := app.Store.OrderBySession(t.Context(), filepath.Base(page))
	if err != nil {
		return // what was chosen was sold out
	}
	name := buyers[random.IntN(len(buyers))]
	event := models.Event{ID: "evt_" + models.NewToken(), Type: models.EventSessionCompleted, Payload: []byte(`{}`), Session: &models.CheckoutSession{
		ID: filepath.Base(page), Mode: "payment", Status: "complete", PaymentStatus: "paid", Currency: "usd", AmountSubtotal: &order.Subtotal, AmountTotal: &order.Total,
		PaymentIntentID: "pi_" + models.NewToken(), Email: strings.ToLower(strings.Fields(name)[0]) + "@example.com", ShippingName: name,
		Shipping: models.Address{Line1: "12 Sample Street", City: "Springfield", State: "OR", PostalCode: "97477", Country: "US"},
	}}
	if _, err := app.Store.ReceiveEvent(t.Context(), event); err != nil {
		t.Fatal(err)
	}
}
