package handlers_test

import (
	"fmt"
	"net/http"

	"tuckshop/models"
)

// delivery looks at the pages on which a merchant sets delivery and tax.
func (w walk) delivery() {
	w.logIn()
	w.visit("admin delivery", "/admin/delivery", 200)
	w.visit("admin delivery zone new", "/admin/delivery/zones/new", 200)
	w.Fill("#countries", "Japan, Atlantis, Germany")
	w.check("status", w.Click("form.panel .primary"), http.StatusUnprocessableEntity)
	w.look("admin delivery zone with faults")
	w.Fill("#name", "Far East")
	w.Fill("#countries", "Japan, KR")
	w.Click("form.panel .primary")
	w.at("/admin/delivery?notice=saved")
	w.look("admin delivery with a new zone")
	zones, pickups, err := w.app.Store.DeliveryZones(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	var path, way string
	for _, zone := range zones {
		switch zone.Name {
		case "Far East":
			path = "/admin/delivery/zones/" + fmt.Sprint(zone.ID)
		case "Europe":
			way = "/admin/delivery/methods/" + fmt.Sprint(zone.Methods[0].ID)
		}
	}
	w.visit("admin delivery zone", path, 200)
	w.visit("admin delivery way new", path+"/methods/new", 200)
	w.Press("#kind-weight")
	w.Fill("#band-0-starts", "0")
	w.Fill("#band-0-ends", "500")
	w.Fill("#band-0-price", "12")
	w.Fill("#band-1-starts", "400")
	w.Fill("#band-1-price", "-3")
	w.check("status", w.Click("form.panel .primary"), http.StatusUnprocessableEntity)
	w.look("admin delivery way with faults")
	w.visit("admin delivery way by weight", way, 200)
	w.visit("admin delivery pickup new", "/admin/delivery/pickups/new", 200)
	w.visit("admin delivery pickup", "/admin/delivery/methods/"+fmt.Sprint(pickups[0].ID), 200)
	w.visit("admin tax", "/admin/tax", 200)
	w.Fill("#class-1", "Reduced")
	w.Fill("#rate-0-country", "Germany")
	w.Fill("#rate-0-percent", "a fifth")
	w.check("status", w.Click("form.panel .primary"), http.StatusUnprocessableEntity)
	w.look("admin tax with faults")
	w.Fill("#rate-0-name", "VAT")
	w.Fill("#rate-0-percent", "19")
	w.Click("form.panel .primary")
	w.at("/admin/tax?notice=saved")
	w.look("admin tax with a rate")
}

// deliveredCart looks at the cart as its delivery is chosen.
func (w walk) deliveredCart() {
	w.put("linen-journal", 2)
	w.Fill("#country", "BR")
	w.check("status", w.Click(".delivery button"), http.StatusUnprocessableEntity)
	w.look("cart refused for its country")
	w.Fill("#country", "DE")
	w.Click(".delivery button")
	w.at("/cart?notice=delivery")
	w.look("cart to another country")
	_, err := w.app.Store.CreateDiscount(w.t.Context(), models.Discount{Name: "Free delivery", Code: "SHIP", Kind: models.DiscountDelivery, Enabled: true},
		models.Actor{Email: "owner@example.com"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Fill("#code", "ship")
	w.Click(".coupon button")
	w.look("cart delivered free by a code")
	w.check("prices struck through", w.Count(".way s") > 0, true)
}

// choosesDelivery sees what delivery costs before the checkout, and goes home
// again.
func (j journey) choosesDelivery() {
	j.Open(j.app.URL + "/cart")
	j.contains(".sum", "Standard")
	total := j.Attribute("main", "data-cart-total")
	j.Fill("#country", "BR")
	j.check("status", j.Click(".delivery button"), http.StatusUnprocessableEntity)
	j.contains("#country-fault", "we do not deliver to Brazil")
	j.check("total", j.Attribute("main", "data-cart-total"), total)
	j.Fill("#country", "DE")
	j.Click(".delivery button")
	j.at("/cart?notice=delivery")
	j.contains(".sum", "Airmail")
	if j.Attribute("main", "data-cart-total") == total {
		j.t.Errorf("delivery to Germany costs nothing: %s", total)
	}
	j.Fill("#country", "US")
	j.Click(".delivery button")
	j.check("total", j.Attribute("main", "data-cart-total"), total)
}
