package stripesim_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/internal/browsertest"
)

// walkDeveloperPage uses the forms of the developers' page, where one payment was made.
func walkDeveloperPage(t *testing.T, b *browsertest.Browser, sim *sim) {
	t.Helper()
	b.Open(sim.url + "/")
	b.Look("developers' page")
	b.Click("form[action$='/resend'] button")
	check(t, "after resending", b.Location(), sim.url+"/?done=resent")
	b.Click("form[action='/_sim/disputes'] button")
	b.Look("with a dispute")
	b.Click("form[action^='/_sim/disputes/'] button[aria-label^=Win]")
	b.Fill("#match", "charge.")
	b.Fill("#count", "many")
	b.Click("form[aria-labelledby=faults] button")
	b.Look("faulty form")
	check(t, "kept", b.Evaluate("document.querySelector('#match').value + document.querySelector('#count').value"), "charge.many")
	b.Fill("#count", "3")
	b.Click("form[aria-labelledby=faults] button")
	b.Look("with a fault")
	b.Click("form:has([value=clear]) button")
	check(t, "after clearing", b.Location(), sim.url+"/?done=fault")
	b.Click("a[href^='/events/']")
	b.Look("an event")
}

// TestPagesInABrowser walks over all pages at 360 px in both schemes, and pays: the policy of the page lets the form
// lead to the shop's origin.
func TestPagesInABrowser(t *testing.T) {
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Shop</title>`)
	}))
	t.Cleanup(front.Close)
	hook := newShop(t)
	sim := start(t, hook.url)
	chromium := browsertest.New(t)
	for _, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			p := order()
			p.SuccessURL = stripe.String(front.URL + "/done?session_id={CHECKOUT_SESSION_ID}")
			p.CancelURL = stripe.String(front.URL + "/cart")
			p.ShippingOptions = append(p.ShippingOptions, p.ShippingOptions[0])
			p.LineItems[0].PriceData.ProductData.Name = stripe.String("Notebook" + strings.Repeat(" with a very long name", 5))
			session, err := sim.api.CheckoutSessions.New(p)
			if err != nil {
				t.Fatal(err)
			}
			b := chromium.Tab(t, true)
			b.Size(360, scheme)
			b.Open(session.URL)
			b.Look("payment page")
			b.Fill("#city", "")
			b.Fill("#card", "")
			b.Click("button[value=pay]")
			b.Look("faulty form")
			b.Open(session.URL)
			b.Click("button[value=decline]")
			b.Look("declined")
			b.Click("#cancel")
			check(t, "cancelled", b.Location(), front.URL+"/cart")

			b.Open(session.URL)
			b.Click("button[value=pay]")
			check(t, "paid", b.Location(), front.URL+"/done?session_id="+session.ID)
			check(t, "status", sim.get(session.ID).PaymentStatus, stripe.CheckoutSessionPaymentStatusPaid)
			b.Open(sim.url + "/c/pay/" + session.ID)
			b.Look("closed page")

			walkDeveloperPage(t, b, sim)
		})
	}
}

// TestFormOfAnotherSiteIsRefused sends a form as a browser does that another site told to.
func TestFormOfAnotherSiteIsRefused(t *testing.T) {
	sim := start(t, "")
	session := sim.open()
	for path, body := range map[string]string{"/c/pay/" + session.ID: "outcome=pay", "/_sim/faults": "kind=500"} {
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://elsewhere.test"} {
			res, _, err := sim.post(t.Context(), path, body, "Content-Type", "application/x-www-form-urlencoded", header, value)
			if err != nil {
				t.Fatal(err)
			}
			check(t, path+" with "+header, res.StatusCode, http.StatusForbidden)
		}
	}
	check(t, "session", sim.get(session.ID).Status, stripe.CheckoutSessionStatusOpen)
}
