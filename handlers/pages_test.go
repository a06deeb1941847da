package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tuckshop/internal/apptest"
	"tuckshop/internal/browsertest"
	"tuckshop/internal/stripesim"
	"tuckshop/models"
)

// notPages are what the shop answers to GET that nobody looks at as a page.
var notPages = map[string]string{
	"/checkout/cancel":     "leads to the cart",
	"/admin/":              "leads to /admin",
	"/healthz":             "for machines",
	"/readyz":              "for machines",
	"/metrics":             "for machines",
	"/robots.txt":          "for machines",
	"/sitemap.xml":         "for machines",
	"/favicon.ico":         "a file",
	"/static/*":            "files",
	"/media/:file":         "files",
	"/theme.css":           "a file",
	"/search/suggest":      "JSON for the search field",
	"/admin/mail/:id/html": "a mail, shown inside /admin/mail/:id",

	"/admin/settings/look/theme.css":    "a file",
	"/admin/import/:id/failed.csv":      "a file",
	"/admin/products.csv":               "a file",
	"/admin/orders.csv":                 "a file",
	"/sitemaps/:file":                   "for machines",
	"/feeds/google.xml":                 "for machines",
	"/feeds/meta.csv":                   "for machines",
	"/feeds/new.xml":                    "for machines",
	"/llms.txt":                         "for machines",
	"/previews/shop/:file":              "a picture",
	"/previews/collections/:slug/:file": "a picture",
	"/previews/products/:slug/:file":    "a picture",
}

// TestEveryPage looks at every page of the shop in Chromium, on a phone in
// both schemes and on wider screens. A page that is new in the table of routes
// must be added here. With SCREENSHOTS set to a folder it leaves pictures of
// all pages there.
func TestEveryPage(t *testing.T) {
	app := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{Demo: true})
	chromium := browsertest.New(t)
	seen := &visits{routes: map[string]bool{}}
	visitor := func(t *testing.T) walk {
		return walk{journey{t, app, chromium.Tab(t, true), true}, seen}
	}
	t.Run("before the first order", func(t *testing.T) { visitor(t).newShop() })
	orders := makeOrders(t, app)
	t.Run("together", func(t *testing.T) {
		for name, visit := range map[string]func(walk){
			"catalogue": walk.catalogue,
			"cart":      walk.cart,
			"checkout":  walk.checkout,
			"orders":    func(w walk) { w.orders(orders) },
			"admin":     func(w walk) { w.admin(orders) },
			"products":  walk.products,
			"site":      walk.site,
			"delivery":  walk.delivery,
			"delivered": walk.deliveredCart,
			"import":    walk.imports,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				visit(visitor(t))
			})
		}
		t.Run("expired link", func(t *testing.T) {
			t.Parallel()
			expiredLink(t, chromium, seen)
		})
		t.Run("failure", func(t *testing.T) {
			t.Parallel()
			broken := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
			if err := broken.Store.Close(); err != nil {
				t.Fatal(err)
			}
			w := walk{journey{t, broken, chromium.Tab(t, true), true}, seen}
			w.visit("500", "/products", http.StatusInternalServerError)
		})
	})
	routes := map[string]bool{}
	for _, route := range app.Routes() {
		routes[route.Path] = true
		if route.Method == http.MethodGet && notPages[route.Path] == "" && !seen.routes[route.Path] {
			t.Errorf("nobody has looked at %s: visit it above, or list it as no page", route.Path)
		}
	}
	for route := range notPages {
		if !routes[route] {
			t.Errorf("there is no route %s", route)
		}
	}
}

// visits are the routes that were looked at.
type visits struct {
	sync.Mutex
	routes map[string]bool
}

// walk is a journey that looks at every page it comes to.
type walk struct {
	journey
	seen *visits
}

// visit opens a page and looks at it.
func (w walk) visit(name, path string, status int) {
	w.t.Helper()
	w.check("status", w.Open(w.app.URL+path), status)
	w.look(name)
}

// look judges the page that is open in every size and scheme.
func (w walk) look(name string) {
	w.t.Helper()
	at, err := url.Parse(w.Location())
	if err != nil {
		w.t.Fatal(err)
	}
	w.seen.Lock()
	w.seen.routes[w.app.RouteOf(at.Path)] = true
	w.seen.Unlock()
	shots := os.Getenv("SCREENSHOTS")
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{360, 768, 1280} {
			if width == 360 {
				w.Size(width, scheme)
				w.Look(name + ", " + scheme)
			} else if scheme == "light" || shots != "" {
				w.Size(width, scheme)
				w.Fits(name)
			}
			if shots != "" {
				w.Shoot(filepath.Join(shots, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)))
			}
		}
	}
	w.Size(360, "light")
}

func (w walk) catalogue() {
	w.visit("home", "/", 200)
	w.visit("list", "/products", 200)
	w.visit("list filtered", "/products?sort=price-asc&in_stock=1&min=5&max=40&collection=writing", 200)
	w.visit("list empty", "/products?min=900", 200)
	w.visit("list faulty", "/products?min=cheap", 200)
	w.visit("list beyond the end", "/products?page=9", 200)
	w.visit("collection", "/collections/notebooks", 200)
	w.visit("search", "/search?q=pen", 200)
	w.visit("list narrowed", "/products?option-colour=tomato&in_stock=1", 200)
	w.visit("search corrected", "/search?q=nptebook", 200)
	w.visit("search for words apart", "/search?q=sketchbook+mug+pencil", 200)
	w.check("sentence", w.Count(".instead"), 1)
	w.visit("search empty", "/search?q=typewriter", 200)
	w.visit("search unasked", "/search", 200)
	w.visit("product", "/products/field-notebook", 200)
	w.visit("product in one form", "/products/brass-rollerball", 200)
	w.visit("product with a sold-out variant", "/products/desk-mug", 200)
	w.visit("product sold out", "/products/pencil-roll", 200)
	w.visit("product after cancelling", "/products/field-notebook?notice=cancelled", 200)
	w.Open(w.app.URL + "/products/zip-pouch")
	w.Fill("#quantity", "a few")
	w.check("status", w.Click("#add-to-cart"), http.StatusUnprocessableEntity)
	w.look("product with a fault")
	w.visit("404", "/products/nothing", http.StatusNotFound)
}

func (w walk) put(slug string, quantity int) {
	w.t.Helper()
	w.Open(w.app.URL + "/products/" + slug)
	w.Fill("#quantity", fmt.Sprint(quantity))
	w.intoCart()
}

func (w walk) cart() {
	w.visit("cart empty", "/cart", 200)
	w.drawer()
	w.put("linen-journal", 2)
	w.look("cart with one line")
	w.put("leather-folio", 1)
	w.put("chocolate-bar", 12)
	w.look("cart")
	w.Fill("#code", "spring sale")
	w.check("status", w.Click(".coupon button"), http.StatusUnprocessableEntity)
	w.look("cart with a refused code")
	w.Fill("#code", "welcome")
	w.Click(".coupon button")
	w.at("/cart?notice=discount")
	w.look("cart with a code")
	better, err := w.app.Store.CreateDiscount(w.t.Context(), models.Discount{
		Name: "Study week", Kind: models.DiscountAmount, Amount: 4000, Minimum: 20_000, Enabled: true,
	}, models.Actor{Email: "owner@example.com"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.visit("cart with a better offer", "/cart", 200)
	if err := w.app.Store.SwitchDiscount(w.t.Context(), better.ID, false, models.Actor{}); err != nil {
		w.t.Fatal(err)
	}
	brief := welcome(w.t, w.app, "BRIEF")
	w.Click(".kept button")
	w.Fill("#code", "brief")
	w.Click(".coupon button")
	if err := w.app.Store.SwitchDiscount(w.t.Context(), brief.ID, false, models.Actor{}); err != nil {
		w.t.Fatal(err)
	}
	w.visit("cart with a code that is over", "/cart", 200)
	w.check("status", w.Click("#checkout"), http.StatusUnprocessableEntity)
	w.look("cart refused for its code")
	w.Click(".kept button")
	w.asked()
	w.Fill("main input[inputmode=numeric]", "-2")
	w.check("status", w.Click(".line form:has(input[inputmode=numeric]) button"), http.StatusUnprocessableEntity)
	w.look("cart with a fault")
	w.Click("button[value='0']")
	w.look("cart after removing")
	// Somebody else buys what is left.
	product, err := w.app.Store.ProductBySlug(w.t.Context(), "leather-folio")
	if err != nil {
		w.t.Fatal(err)
	}
	other := w.app.Browser()
	other.Post("/cart/items", "variant_id", fmt.Sprint(product.Variants[0].ID), "quantity", fmt.Sprint(product.Variants[0].Stock))
	if got := other.Post("/checkout"); got.Status != http.StatusSeeOther {
		w.t.Fatalf("the other's checkout: %d", got.Status)
	}
	w.visit("cart sold out", "/cart", 200)
	w.check("status", w.Click("#checkout"), http.StatusUnprocessableEntity)
	w.look("cart refused")
	w.shared()
}

// pay goes to the payment page and presses a button of it.
func (w walk) pay(outcome stripesim.Outcome) {
	w.t.Helper()
	w.put("cedar-pencils", 1)
	w.Click("#checkout")
	w.Click(fmt.Sprintf("button[value=%s]", outcome))
}

func (w walk) checkout() {
	w.visit("success of somebody else", "/checkout/success?session_id=cs_test_none", 200)
	w.put("desk-tea", 1)
	w.Click("#checkout")
	session := w.Location()[strings.LastIndex(w.Location(), "/")+1:]
	w.visit("success pending", "/checkout/success?session_id="+session, 200)
	w.check("status", w.Attribute("main", "data-order-status"), string(models.OrderPending))
	w.Open(w.app.URL + "/checkout/cancel")
	w.look("cart after cancelling")

	// The word that a delayed payment arrived is never sent.
	if err := w.app.Simulator.Inject(w.t.Context(), stripesim.Fault{Kind: stripesim.Drop, Match: "checkout.session.async", Count: 10}); err != nil {
		w.t.Fatal(err)
	}
	w.pay(stripesim.DelayedSuccess)
	w.check("status", w.Attribute("main", "data-order-status"), string(models.OrderAwaitingPayment))
	w.look("success processing")
	w.pay(stripesim.PayNow)
	w.check("status", w.Attribute("main", "data-order-status"), string(models.OrderPaid))
	w.look("success paid")
}

func (w walk) orders(orders map[models.OrderStatus]models.Order) {
	w.visit("lookup", "/orders/lookup", 200)
	w.check("status", w.Click("main form button"), http.StatusUnprocessableEntity)
	w.look("lookup with faults")
	w.Fill("#number", "4711")
	w.Fill("#email", "nobody@example.com")
	w.check("status", w.Click("main form button"), http.StatusNotFound)
	w.look("lookup in vain")
	for status, order := range orders {
		w.visit("order "+string(status), "/orders/"+order.Token, 200)
		w.check("status", w.Attribute("main", "data-order-status"), string(status))
	}
}

func (w walk) newShop() {
	token, err := w.app.Store.NewSetupToken(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	w.visit("admin setup", "/admin/setup?token="+token, 200)
	w.check("status", w.Click("main form button"), http.StatusUnprocessableEntity)
	w.look("admin setup with faults")
	w.Fill("#email", "owner@example.com")
	w.Fill("#password", ownerPassword)
	w.Click("main form button")
	w.at("/admin")
	w.look("admin overview empty")
	w.visit("admin mail empty", "/admin/mail", 200)
	w.visit("admin orders empty", "/admin/orders", 200)
	w.visit("admin discounts empty", "/admin/discounts", 200)
	w.buyNowAsked()
}

func (w walk) admin(orders map[models.OrderStatus]models.Order) {
	w.visit("admin login", "/admin", 200)
	w.Fill("#email", "owner@example.com")
	w.check("status", w.Click("main form button"), http.StatusUnprocessableEntity)
	w.look("admin login with a fault")
	w.Fill("#password", ownerPassword)
	w.Click("main form button")
	w.at("/admin")
	w.look("admin overview")
	w.visit("admin orders", "/admin/orders", 200)
	w.visit("admin orders none found", "/admin/orders?q=nobody&status=paid", 200)
	for status, order := range orders {
		w.visit("admin order "+string(status), "/admin/orders/"+order.Number, 200)
	}
	w.visit("admin products", "/admin/products", 200)
	w.visit("admin products none found", "/admin/products?q=typewriter", 200)
	w.discounts()
	w.visit("admin mail", "/admin/mail", 200)
	var receipt int64
	w.app.Eventually("the receipt", func() bool {
		history, err := w.app.Store.OrderHistory(w.t.Context(), orders[models.OrderPaid].ID)
		if err != nil || len(history.Emails) == 0 {
			return false
		}
		receipt = history.Emails[0].ID
		return history.Emails[0].Status == models.EmailSent
	})
	w.visit("admin mail read", fmt.Sprintf("/admin/mail/%d", receipt), 200)
	w.visit("admin events", "/admin/events", 200)
	w.visit("admin events none found", "/admin/events?q=evt_none", 200)
	events, err := w.app.Store.StripeEvents(w.t.Context(), models.EventFilter{Outcome: models.OutcomePaid, Limit: 1})
	if err != nil || len(events) != 1 {
		w.t.Fatalf("%d events, %v", len(events), err)
	}
	w.visit("admin event", "/admin/events/"+events[0].ID, 200)
	w.Click("main form button")
	w.look("admin event replayed")
	w.visit("admin jobs", "/admin/jobs", 200)
	w.visit("admin audit", "/admin/audit", 200)
	w.visit("admin account", "/admin/account", 200)
	w.check("status", w.Click("main form button"), http.StatusUnprocessableEntity)
	w.look("admin account with faults")
	w.visit("admin doctor", "/admin/doctor", 200)

	paid := "/admin/orders/" + orders[models.OrderPaid].Number
	w.visit("admin refund", paid+"/refund", 200)
	w.Fill("#amount", "a lot")
	w.check("status", w.Click("main form button"), http.StatusUnprocessableEntity)
	w.look("admin refund with a fault")
	w.Fill("#amount", "1.50")
	w.check("status", w.Click("main form button"), 200)
	w.look("admin refund confirmed")
	w.Click("main form button")
	w.at(paid + "?notice=refund")
	w.look("admin order with a refund")
	w.Open(w.app.URL + "/admin/orders/" + orders[models.OrderReview].Number)
	w.check("status", w.Click("button[value=cancel]"), http.StatusUnprocessableEntity)
	w.look("admin review with a fault")
	w.visit("admin 404", "/admin/nothing", http.StatusNotFound)
}

func (w walk) discounts() {
	w.visit("admin discounts", "/admin/discounts", 200)
	w.visit("admin discounts none found", "/admin/discounts?q=nothing&status=over", 200)
	w.visit("admin discount new", "/admin/discounts/new", 200)
	w.Fill("#product-q", "pencil")
	w.check("status", w.Click("button[value=find]"), 200)
	w.look("admin discount with products found")
	w.Fill("#code", "no blanks")
	w.Fill("#uses", "many")
	w.check("status", w.Click("form.discount .primary"), http.StatusUnprocessableEntity)
	w.look("admin discount with faults")
	w.Fill("#name", "Three pencils for two")
	w.Fill("#code", "")
	w.Fill("#uses", "100")
	w.Fill("#percent", "20")
	w.Fill("#minimum", "900.00")
	w.Click("form.discount .primary")
	w.at("/admin/discounts?notice=saved")
	w.look("admin discounts after saving")
	w.visit("admin discount", "/admin/discounts/1", 200)
}

// welcome stores a discount with a code.
func welcome(t *testing.T, app *apptest.App, code string) models.Discount {
	t.Helper()
	collections, err := app.Store.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ends := time.Now().Add(90 * 24 * time.Hour)
	d, err := app.Store.CreateDiscount(t.Context(), models.Discount{
		Name: "Welcome to the shop", Code: code, Kind: models.DiscountPercent, Percent: 15, MaxUses: 500, EndsAt: &ends, Enabled: true,
		CollectionIDs: []int64{collections[0].ID, collections[1].ID},
	}, models.Actor{Email: "owner@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// makeOrders makes an order in every status that a payment leads to.
func makeOrders(t *testing.T, app *apptest.App) map[models.OrderStatus]models.Order {
	t.Helper()
	welcome(t, app, "WELCOME")
	orders := map[models.OrderStatus]models.Order{}
	for status, change := range map[models.OrderStatus]func(*models.CheckoutSession) []string{
		models.OrderPending: func(*models.CheckoutSession) []string { return nil },
		models.OrderPaid: func(*models.CheckoutSession) []string {
			return []string{models.EventSessionCompleted}
		},
		models.OrderAwaitingPayment: func(s *models.CheckoutSession) []string {
			s.PaymentStatus = "unpaid"
			return []string{models.EventSessionCompleted}
		},
		models.OrderPaymentFailed: func(s *models.CheckoutSession) []string {
			s.PaymentStatus = "unpaid"
			return []string{models.EventSessionCompleted, models.EventSessionAsyncFailed}
		},
		models.OrderExpired: func(s *models.CheckoutSession) []string {
			s.PaymentStatus = "unpaid"
			return []string{models.EventSessionExpired}
		},
		models.OrderPartiallyRefunded: func(*models.CheckoutSession) []string {
			return []string{models.EventSessionCompleted, "refund.created", "charge.dispute.created"}
		},
		models.OrderRefunded: func(*models.CheckoutSession) []string {
			return []string{models.EventSessionCompleted, models.EventChargeRefunded}
		},
		models.OrderReview: func(s *models.CheckoutSession) []string {
			*s.AmountTotal++
			return []string{models.EventSessionCompleted}
		},
	} {
		order, id := placeOrder(t, app)
		session := models.CheckoutSession{
			ID: id, Mode: "payment", Status: "complete", PaymentStatus: "paid", Currency: "usd",
			AmountSubtotal: &order.Subtotal, AmountTotal: &order.Total, PaymentIntentID: "pi_" + models.NewToken(),
			Email: "wilhelmina.featherstonehaugh-cholmondeley@post.example.com", ShippingName: "Wilhelmina Featherstonehaugh-Cholmondeley",
			Shipping: models.Address{Line1: "Gartenstraße 117, Hinterhaus, 3. Stock", Line2: "bei Familie Kowalczyk", City: "Neustadt an der Weinstraße", PostalCode: "67433", Country: "DE"},
		}
		for _, kind := range change(&session) {
			event := models.Event{ID: "evt_" + models.NewToken(), Type: kind, Payload: []byte(`{"data":{"object":{"customer_details":{"email":"w@example.com"}}}}`)}
			switch kind {
			case "refund.created":
				event.Refund = &models.StripeRefund{ID: "re_1", PaymentIntentID: session.PaymentIntentID, Currency: "usd", Amount: 100, Status: "succeeded"}
			case "charge.dispute.created":
				due := time.Now().Add(7 * 24 * time.Hour)
				event.Dispute = &models.StripeDispute{ID: "dp_1", PaymentIntentID: session.PaymentIntentID, Currency: "usd", Amount: order.Total, Status: "needs_response", Reason: "product_not_received", EvidenceDueAt: &due}
			case models.EventChargeRefunded:
				event.Charge = &models.Charge{ID: "ch_1", PaymentIntentID: session.PaymentIntentID, Currency: "usd", AmountRefunded: &order.Total}
			default:
				event.Session = &session
			}
			_, err := app.Store.ReceiveEvent(t.Context(), event)
			if err != nil {
				t.Fatal(err)
			}
		}
		var err error
		if orders[status], err = app.Store.OrderByID(t.Context(), order.ID); err != nil || orders[status].Status != status {
			t.Fatalf("order %s is %s, %v; want %s", order.Number, orders[status].Status, err, status)
		}
	}
	return orders
}

// placeOrder puts three articles into a cart, opens its payment page and
// returns the order and the id of its session.
func placeOrder(t *testing.T, app *apptest.App) (models.Order, string) {
	t.Helper()
	shopper := app.Browser()
	for _, slug := range []string{"linen-journal", "cedar-pencils", "humbugs"} {
		product, err := app.Store.ProductBySlug(t.Context(), slug)
		if err != nil {
			t.Fatal(err)
		}
		shopper.Post("/cart/items", "variant_id", fmt.Sprint(product.Variants[0].ID), "quantity", "2")
	}
	shopper.Post("/cart/discount", "code", "welcome")
	shopper.Post("/cart/note", "note", "Please ring at the back.\nDonaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft")
	page := shopper.Post("/checkout").Location
	session := page[strings.LastIndex(page, "/")+1:]
	order, err := app.Store.OrderBySession(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	return order, session
}
