package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// owner is a browser that is logged in.
func owner(t *testing.T, app *apptest.App) *apptest.Browser {
	t.Helper()
	token, err := app.Store.NewSetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	browser := app.Browser()
	if got := browser.Post("/admin/setup", "token", token, "email", "me@example.com", "password", "horse battery nine"); got.Location != "/admin" {
		t.Fatalf("setup: %d %s", got.Status, got.Location)
	}
	return browser
}

func TestDoctorPage(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		for _, got := range []apptest.Answer{app.Browser().Get("/admin/doctor"), app.Browser().Post("/admin/doctor")} {
			if got.Status != 303 || !strings.HasPrefix(got.Location, "/admin/login") {
				t.Errorf("without a login: %d %s", got.Status, got.Location)
			}
		}
		staff := owner(t, app)
		got := staff.Get("/admin/doctor")
		if got.Status != 200 || got.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("doctor: %d", got.Status)
		}
		for _, want := range []string{
			"One check failed.", `data-finding="Database" data-level="ok"`, `data-finding="Rate limits" data-level="warning"`,
			`data-finding="Webhook endpoint" data-level="FAIL"`, "Run `tuckshop stripe setup`.",
		} {
			if !strings.Contains(got.Body, want) {
				t.Errorf("the page lacks %s", want)
			}
		}
		if strings.Contains(got.Body, "Webhook round trip") {
			t.Error("looking at the page sends a test event")
		}
		if strings.Contains(got.Body, "Send a test event") {
			t.Error("a simulated shop offers a test through Stripe")
		}
		if got := staff.Post("/admin/doctor"); got.Status != 200 || !strings.Contains(got.Body, `data-finding="Webhook round trip" data-level="ok"`) {
			t.Errorf("test event: %d", got.Status)
		}
	})
}

// TestBannerWhenWebhooksStop pays an order an hour ago, as the success page
// does, and hears nothing of it.
func TestBannerWhenWebhooksStop(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		earlier, err := models.Open(t.Context(), databaseURL, models.Options{Now: func() time.Time { return now().Add(-time.Hour) }})
		if err != nil {
			t.Fatal(err)
		}
		defer earlier.Close()
		variant := modelstest.Product(t, app.Store, "pen", 500, 10)
		cart := models.NewToken()
		if err := earlier.AddToCart(t.Context(), cart, variant, 1); err != nil {
			t.Fatal(err)
		}
		begun, err := earlier.BeginCheckout(t.Context(), cart)
		if err != nil {
			t.Fatal(err)
		}
		order := begun.Order
		session := models.CheckoutSession{
			ID: "cs_lost", Mode: "payment", Status: "complete", PaymentStatus: "paid", Currency: strings.ToLower(order.Currency),
			AmountSubtotal: &order.Subtotal, AmountTotal: &order.Total, Metadata: map[string]string{"order_id": fmt.Sprint(order.ID)},
			Email: "ada@example.com",
		}
		if applied, err := earlier.ApplySession(t.Context(), session); err != nil || applied.Outcome != models.OutcomePaid {
			t.Fatalf("apply: %+v, %v", applied, err)
		}

		const banner = `data-webhooks="silent"`
		if got := app.Browser().Get("/admin/login"); strings.Contains(got.Body, banner) {
			t.Error("a stranger reads of the shop's troubles")
		}
		staff := owner(t, app)
		for _, path := range []string{"/admin", "/admin/orders", "/admin/doctor"} {
			if got := staff.Get(path); !strings.Contains(got.Body, banner) || !strings.Contains(got.Body, order.Number) {
				t.Errorf("%s does not warn (%d)", path, got.Status)
			}
		}
		// Stripe is heard again, and the test says so at once.
		body := eventBody("evt_1", "customer.created", `{"id":"cus_1"}`)
		if status := app.Deliver(body, apptest.Sign(apptest.Secret, now(), body)); status != 200 {
			t.Fatalf("webhook: %d", status)
		}
		if got := staff.Post("/admin/doctor"); strings.Contains(got.Body, banner) {
			t.Error("the warning stays after webhooks came again")
		}
		if got := staff.Get("/admin"); strings.Contains(got.Body, banner) {
			t.Error("the warning comes back")
		}
	})
}
