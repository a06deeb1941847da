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

// deliverTo has a manager set a zone up with one way of delivery.
func deliverTo(t *testing.T, manager *apptest.Browser, id int, countries string, way ...string) {
	t.Helper()
	if got := manager.Post("/admin/delivery/zones/new", "name", countries, "countries", countries); got.Location != "/admin/delivery?notice=saved" {
		t.Fatalf("zone: %d\n%s", got.Status, got.Body)
	}
	if got := manager.Post(fmt.Sprintf("/admin/delivery/zones/%d/methods/new", id), way...); got.Location != "/admin/delivery?notice=saved" {
		t.Fatalf("way: %d\n%s", got.Status, got.Body)
	}
}

func holds(t *testing.T, name, page string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(page, part) {
			t.Errorf("%s lacks %q:\n%s", name, part, page)
		}
	}
}

func TestDeliveryFromTheCartToTheReceipt(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		manager, b := shop.Staff(models.RoleManager), shop.shopper(2)
		holds(t, "a cart without zones", shop.total(b, 2000), "Free delivery, included in the price", "<dd>Free</dd>")
		deliverTo(t, manager, 1, "United States", "name", "Standard", "kind", "flat", "price", "4.90", "free-from", "50", "min-days", "2", "max-days", "4")
		deliverTo(t, manager, 2, "GB, Ireland", "name", "Airmail", "kind", "weight", "rows", "2", "band-0-ends", "1000", "band-0-price", "12.50", "band-1-starts", "1000", "band-1-price", "20")
		holds(t, "the cart", shop.total(b, 2490), "Standard", "2 to 4 business days", `<option value="BR">Brazil</option>`)
		shop.Eventually("the word on delivery", func() bool {
			return strings.Contains(b.Get("/products/pen").Body, "Delivery from $4.90, free from $50.00")
		})

		refused := b.Post("/cart/delivery", "country", "BR", "method", "1")
		if refused.Status != http.StatusUnprocessableEntity {
			t.Errorf("to Brazil: %d", refused.Status)
		}
		holds(t, "the refusal", refused.Body, "Sorry, we do not deliver to Brazil. Please choose another country.", `<option value="BR" selected>`, `href="#country"`, `data-cart-total="2490"`)
		for _, bad := range [][]string{{"country", "XX"}, {"country", ""}, {"country", "US", "method", "first"}, {"country", "US", "method", "2"}} {
			if got := b.Post("/cart/delivery", bad...); got.Status != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d", bad, got.Status)
			}
		}
		shop.total(b, 2490)
		if got := shop.Browser().Post("/cart/delivery", "country", "US"); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "Your cart is empty") {
			t.Errorf("an empty cart: %d", got.Status)
		}
		first := b.Post("/checkout", "total", "2490")
		if first.Status != http.StatusSeeOther {
			t.Fatalf("checkout at once: %d", first.Status)
		}
		if got := b.Post("/cart/delivery", "country", "GB", "method", "1"); got.Location != "/cart?notice=delivery" {
			t.Errorf("to Britain: %d\n%s", got.Status, got.Body)
		}
		shop.total(b, 3250)
		if got := b.Post("/checkout", "total", "2490"); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "The total has changed from $24.90 to $32.50") {
			t.Errorf("at the price of before: %d", got.Status)
		}
		page := b.Post("/checkout", "total", "3250").Location
		if page == first.Location || page == "" {
			t.Errorf("another delivery has the payment page of before: %s", page)
		}
		id := page[strings.LastIndexByte(page, '/')+1:]
		for session, status := range shop.Sessions() {
			if (session == id) != (status == "open") {
				t.Errorf("session %s is %s", session, status)
			}
		}
		order, err := shop.Store.OrderBySession(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		session, err := shop.Payments.Session(t.Context(), id)
		if err != nil || *session.AmountSubtotal != 2000 || *session.AmountShipping != 1250 || *session.AmountTotal != 3250 || order.Total != 3250 || order.Shipping != 1250 {
			t.Errorf("session %+v, order %+v, %v", session, order, err)
		}
		holds(t, "the payment page", b.Get(page).Body, "Shipping", "$12.50")
		if got := b.Post(page, "outcome", "pay", "country", "US"); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("paid for another country: %d", got.Status)
		}
		b.Pay(page)
		own := b.Get("/orders/" + order.Token).Body
		holds(t, "the order", own, `data-order-status="paid"`, "Airmail", "$12.50", "$32.50")
		holds(t, "the order in the admin", manager.Get("/admin/orders/"+order.Number).Body, "Airmail", "$12.50")
		form := manager.Get("/admin/orders/" + order.Number + "/refund").Body
		holds(t, "the refund", form, "Delivery, $12.50")
		check := manager.Post("/admin/orders/"+order.Number+"/refund", "delivery", "1")
		holds(t, "the confirmation", check.Body, "Pay <span class=\"digits\">$12.50</span> back?", `name="delivery" value="1"`)
		if got := manager.Post("/admin/orders/"+order.Number+"/refund", "delivery", "1", "amount", "12.50", "key", "once"); got.Status != http.StatusSeeOther {
			t.Errorf("refund: %d\n%s", got.Status, got.Body)
		}
		if got := manager.Post("/admin/orders/"+order.Number+"/refund", "delivery", "1"); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "has gone back already") {
			t.Errorf("refund once more: %d", got.Status)
		}
		shop.receipt(order, "Airmail", "$12.50", "$32.50")
	})
}

// receipt waits for an order's receipt and looks for parts in both its forms.
func (o offers) receipt(order models.Order, parts ...string) {
	o.t.Helper()
	var mail models.Email
	o.Eventually("the receipt", func() bool {
		history, err := o.Store.OrderHistory(o.t.Context(), order.ID)
		if err != nil {
			return false
		}
		for _, sent := range history.Emails {
			if sent.Kind == models.EmailReceipt && sent.Status == models.EmailSent {
				mail, err = o.Store.EmailByID(o.t.Context(), sent.ID)
				return err == nil
			}
		}
		return false
	})
	holds(o.t, "the receipt", mail.HTML, parts...)
	holds(o.t, "the receipt's text", mail.Text, parts...)
}

// What a code for free delivery saves is seen on every page, struck through.
func TestFreedDeliveryFromTheCartToTheReceipt(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		manager, b := shop.Staff(models.RoleManager), shop.shopper(2)
		deliverTo(t, manager, 1, "US, GB", "name", "Standard", "kind", "flat", "price", "4.90")
		if got := b.Post("/cart/delivery", "country", "GB"); got.Status != http.StatusSeeOther {
			t.Fatalf("to Britain: %d\n%s", got.Status, got.Body)
		}
		if got := manager.Post("/admin/delivery/zones/1/methods/new", "name", "Express", "kind", "flat", "price", "15"); got.Status != http.StatusSeeOther {
			t.Fatalf("way: %d\n%s", got.Status, got.Body)
		}
		if page := shop.total(b, 2490); strings.Contains(page, "instead of") {
			t.Errorf("a price is struck through without a code:\n%s", page)
		}
		_, err := shop.Store.CreateDiscount(t.Context(), models.Discount{Name: "Free delivery", Code: "SHIP", Kind: models.DiscountDelivery, Enabled: true}, models.Actor{})
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Post("/cart/discount", "code", "ship"); got.Status != http.StatusSeeOther {
			t.Fatalf("code: %d\n%s", got.Status, got.Body)
		}
		const standard, express = `<s><span class="visually-hidden">instead of</span> $4.90</s>`, `<s><span class="visually-hidden">instead of</span> $15.00</s>`
		page := shop.total(b, 2000)
		if strings.Count(page, standard) != 2 || strings.Count(page, express) != 1 || strings.Count(page, "Free ") < 3 {
			t.Errorf("the ways and the sum do not say what is free:\n%s", page)
		}
		checkout := b.Post("/checkout", "total", "2000").Location
		order, err := shop.Store.OrderBySession(t.Context(), checkout[strings.LastIndexByte(checkout, '/')+1:])
		if err != nil {
			t.Fatal(err)
		}
		b.Pay(checkout)
		holds(t, "the order", b.Get("/orders/"+order.Token).Body, `data-order-status="paid"`, "SHIP", standard)
		holds(t, "the order in the admin", manager.Get("/admin/orders/"+order.Number).Body, "SHIP", standard)
		shop.receipt(order, "Standard SHIP", "Free, instead of $4.90")
	})
}

func TestPickupAsksForNoAddress(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		manager, b := shop.Staff(models.RoleManager), shop.shopper(1)
		deliverTo(t, manager, 1, "US", "name", "Standard", "kind", "flat", "price", "4.90")
		if got := manager.Post("/admin/delivery/pickups/new", "name", "Pickup", "address", "1 Main Street", "price", "1"); got.Status != http.StatusSeeOther {
			t.Fatalf("pickup: %d\n%s", got.Status, got.Body)
		}
		shop.total(b, 1490)
		if got := b.Post("/cart/delivery", "country", "BR", "method", "2"); got.Status != http.StatusSeeOther {
			t.Errorf("pick up: %d\n%s", got.Status, got.Body)
		}
		shop.total(b, 1100)
		page := b.Post("/checkout").Location
		order, err := shop.Store.OrderBySession(t.Context(), page[strings.LastIndexByte(page, '/')+1:])
		if err != nil {
			t.Fatal(err)
		}
		if form := b.Get(page).Body; strings.Contains(form, `name="line1"`) {
			t.Errorf("an address is asked:\n%s", form)
		}
		b.Pay(page)
		holds(t, "the order", b.Get("/orders/"+order.Token).Body, `data-order-status="paid"`, "Where to pick it up", "1 Main Street")
		shop.receipt(order, "Pick it up at", "1 Main Street")
	})
}

// TestTaxOnEveryPage pays with tax of each kind.
func TestTaxOnEveryPage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		settings []string
		shown    int // on the cart
		total    int64
		tax      int64
		cart     string
		order    string
	}{
		"added":               {[]string{"mode", "own"}, 2380, 2380, 380, "VAT 19%", "VAT 19%"},
		"included":            {[]string{"mode", "own", "included", "1"}, 2000, 2000, 319, "Includes VAT 19%", "Includes VAT 19%"},
		"by Stripe":           {[]string{"mode", "stripe"}, 2000, 2400, 400, "on the payment page", "Tax"},
		"by Stripe, included": {[]string{"mode", "stripe", "included", "1"}, 2000, 2000, 333, "$20.00", "Includes Tax"},
	} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, databaseURL string) {
				shop := newOffers(t, databaseURL, apptest.Options{})
				manager, b := shop.Staff(models.RoleManager), shop.shopper(2)
				deliverTo(t, manager, 1, "GB", "name", "Standard", "kind", "flat")
				form := append([]string{"classes", "1", "class-0", "Standard", "class-0-id", "1", "rates", "1", "rate-0-country", "United Kingdom", "rate-0-class", "1", "rate-0-name", "VAT", "rate-0-percent", "19"}, c.settings...)
				if got := manager.Post("/admin/tax", form...); got.Location != "/admin/tax?notice=saved" {
					t.Fatalf("settings: %d\n%s", got.Status, got.Body)
				}
				if got := b.Post("/cart/delivery", "country", "GB"); got.Status != http.StatusSeeOther {
					t.Fatalf("to Britain: %d\n%s", got.Status, got.Body)
				}
				holds(t, "the cart", shop.total(b, c.shown), c.cart)
				page := b.Post("/checkout", "total", fmt.Sprint(c.shown)).Location
				id := page[strings.LastIndexByte(page, '/')+1:]
				b.Pay(page)
				order, err := shop.Store.OrderBySession(t.Context(), id)
				if err != nil || order.Status != models.OrderPaid || order.Total != c.total || order.Tax != c.tax {
					t.Fatalf("order %+v, %v", order, err)
				}
				session, err := shop.Payments.Session(t.Context(), id)
				if err != nil || *session.AmountTotal != order.Total {
					t.Errorf("session %+v, %v", session, err)
				}
				tax := order.Price(order.Tax).String()
				holds(t, "the order", b.Get("/orders/"+order.Token).Body, c.order, tax, order.Price(order.Total).String())
				holds(t, "the order in the admin", manager.Get("/admin/orders/"+order.Number).Body, c.order, tax)
				shop.receipt(order, c.order, tax, order.Price(order.Total).String())
			})
		})
	}
}
