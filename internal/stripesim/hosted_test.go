package stripesim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/internal/stripesim"
)

// submit sends the hosted page's form and returns the answer without following it.
func (s *sim) submit(session string, fields ...string) (*http.Response, string) {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return s.browse(http.MethodPost, "/c/pay/"+session, form)
}

func (s *sim) page(path string) (*http.Response, string) {
	s.t.Helper()
	return s.browse(http.MethodGet, path, nil)
}

// browse asks as a browser does, but follows no redirect.
func (s *sim) browse(method, path string, form url.Values) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, readAll(s.t, res)
}

func readAll(t *testing.T, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func has(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
}

func TestHostedPageShowsTheOrder(t *testing.T) {
	sim := start(t, "")
	session := sim.open()
	res, page := sim.page("/c/pay/" + session.ID)
	check(t, "status", res.StatusCode, 200)
	has(t, page, "Test mode:</strong> no money moves", "Notebook", "Pencil", "$30.00", "$34.99", "$5.00", "$39.99", `id="pay"`, `name="email"`, `name="name"`,
		`name="line1"`, `name="city"`, `name="postal_code"`, `name="country"`, `<option value="GB" selected>United Kingdom`, `<option value="IE">Ireland`, `name="card"`, "4242 4242 4242 4242",
		`name="outcome" value="pay"`, `value="decline"`, `value="delayed_success"`, `value="delayed_failure"`,
		`id="cancel" href="http://shop.test/checkout/cancel"`)
	has(t, res.Header.Get("Content-Security-Policy"), "default-src 'none'", "form-action 'self' http://shop.test;", "frame-ancestors 'none'")
	res, _ = sim.page("/assets/sim.css")
	check(t, "style sheet", res.StatusCode, 200)
	res, page = sim.page("/c/pay/cs_test_none")
	check(t, "unknown", res.StatusCode, 404)
	has(t, page, "There is no such page.")
}

func TestHostedPageWaitsForTheWebhook(t *testing.T) {
	shop := newShop(t)
	var answered atomic.Bool
	release := make(chan struct{})
	shop.answers(func(_ int, e received) int {
		if e.event.Type == "checkout.session.completed" {
			<-release
			answered.Store(true)
		}
		return 200
	})
	sim := start(t, shop.url, func(o *stripesim.Options) { o.ConfirmWait = time.Minute })
	session := sim.open()
	go func() {
		until(t, "the session is paid", func() bool { return sim.get(session.ID).PaymentStatus == "paid" })
		close(release)
	}()
	res, _ := sim.submit(session.ID, "outcome", "pay", "email", "kim@example.com", "name", "Kim", "line1", "1 Road", "city", "Cork",
		"postal_code", "T12", "country", "IE", "card", "4242 4242 4242 4242")
	check(t, "status", res.StatusCode, 303)
	check(t, "location", res.Header.Get("Location"), "http://shop.test/checkout/success?session_id="+session.ID)
	check(t, "answered first", answered.Load(), true)
	paid := sim.get(session.ID)
	check(t, "email", paid.CustomerDetails.Email, "kim@example.com")
	check(t, "city", paid.ShippingDetails.Address.City, "Cork")
	_, page := sim.page("/c/pay/" + session.ID)
	has(t, page, "This payment is complete.", "session_id="+session.ID)
}

func TestHostedPageDoesNotWaitForever(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url, func(o *stripesim.Options) { o.ConfirmWait = 20 * time.Millisecond })
	if err := sim.Inject(t.Context(), stripesim.Fault{Kind: stripesim.Drop, Match: "checkout.session.completed"}); err != nil {
		t.Fatal(err)
	}
	res, _ := sim.submit(sim.open().ID, "outcome", "pay")
	check(t, "status", res.StatusCode, 303)
}

func TestHostedPageDeclineThenPay(t *testing.T) {
	sim := start(t, "")
	session := sim.open()
	res, page := sim.submit(session.ID, "outcome", "decline", "city", "Elsewhere")
	check(t, "status", res.StatusCode, 402)
	has(t, page, "Payment declined", `value="Elsewhere"`, `value="pay"`)
	check(t, "session", sim.get(session.ID).Status, stripe.CheckoutSessionStatusOpen)
	res, page = sim.submit(session.ID, "outcome", "pay", "card", "4000 0000 0000 9995")
	check(t, "status", res.StatusCode, 402)
	has(t, page, "insufficient funds")
	for _, c := range []struct{ card, message string }{{"1234", "incorrect"}, {"4000 0025 0000 3155", "authentication"}, {"1234", "incorrect"}} {
		res, page = sim.submit(session.ID, "outcome", "pay", "card", c.card)
		check(t, "status", res.StatusCode, 402)
		has(t, page, c.message)
	}
	res, _ = sim.submit(session.ID, "outcome", "pay")
	check(t, "status", res.StatusCode, 303)
	paid := sim.get(session.ID)
	check(t, "session", paid.PaymentStatus, stripe.CheckoutSessionPaymentStatusPaid)
	n := 0
	for list := sim.api.Charges.List(&stripe.ChargeListParams{PaymentIntent: &paid.PaymentIntent.ID}); list.Next(); n++ {
	}
	check(t, "charges of one intent", n, 3)
}

func TestHostedPageDeclinesByTestCard(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url)
	session := sim.open()
	for _, c := range []struct{ card, message, code, decline string }{
		{"4000 0000 0000 0002", "Your card was declined.", "card_declined", "generic_decline"},
		{"4000 0000 0000 9995", "insufficient funds", "card_declined", "insufficient_funds"},
		{"4000 0000 0000 9987", "declined", "card_declined", "lost_card"},
		{"4000 0000 0000 9979", "declined", "card_declined", "stolen_card"},
		{"4000 0000 0000 6975", "declined", "card_declined", "card_velocity_exceeded"},
		{"4100 0000 0000 0019", "declined", "card_declined", "fraudulent"},
		{"4000 0000 0000 0069", "has expired", "expired_card", ""},
		{"4000 0000 0000 0127", "security code is incorrect", "incorrect_cvc", ""},
		{"4000 0000 0000 0119", "An error occurred while processing", "processing_error", ""},
		{"4000 0566 5566 5564", "declined", "card_declined", "test_mode_live_card"},
	} {
		res, page := sim.submit(session.ID, "outcome", "pay", "card", c.card)
		check(t, c.card, res.StatusCode, 402)
		has(t, page, c.message)
		var told stripe.PaymentIntent
		if err := json.Unmarshal(shop.next("payment_intent.payment_failed").event.Data.Raw, &told); err != nil {
			t.Fatal(err)
		}
		check(t, c.card, string(told.LastPaymentError.Code), c.code)
		check(t, c.card, string(told.LastPaymentError.DeclineCode), c.decline)
		charge, err := sim.api.Charges.Get(told.LatestCharge.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		check(t, c.card, charge.FailureCode, c.code)
		check(t, c.card, charge.Paid, false)
	}
	check(t, "session", sim.get(session.ID).Status, stripe.CheckoutSessionStatusOpen)
}

func TestHostedPageRefusesFaultyForms(t *testing.T) {
	sim := start(t, "")
	session := sim.open()
	for name, fields := range map[string][]string{
		"email":       {"outcome", "pay", "email", "nobody"},
		"line1":       {"outcome", "pay", "line1", ""},
		"city":        {"outcome", "pay", "city", " "},
		"country":     {"outcome", "pay", "country", "US"},
		"card":        {"outcome", "pay", "card", ""},
		"postal_code": {"outcome", "pay", "postal_code", strings.Repeat("1", 501)},
	} {
		res, page := sim.submit(session.ID, fields...)
		check(t, name, res.StatusCode, 422)
		has(t, page, `id="`+name+`-fault"`, "Error:")
	}
	res, _ := sim.submit(session.ID, "outcome", "gift")
	check(t, "outcome", res.StatusCode, 422)
	check(t, "session", sim.get(session.ID).Status, stripe.CheckoutSessionStatusOpen)
	if _, err := sim.api.CheckoutSessions.Expire(session.ID, nil); err != nil {
		t.Fatal(err)
	}
	res, page := sim.submit(session.ID, "outcome", "pay")
	check(t, "expired", res.StatusCode, 410)
	has(t, page, "has expired", "http://shop.test/checkout/cancel")
}

// TestHostedPageKeepsTheMailAddress pays a session that was opened for an
// address.
func TestHostedPageKeepsTheMailAddress(t *testing.T) {
	sim := start(t, "")
	params := order()
	params.CustomerEmail = stripe.String("ada@example.com")
	session, err := sim.api.CheckoutSessions.New(params)
	if err != nil {
		t.Fatal(err)
	}
	_, page := sim.page("/c/pay/" + session.ID)
	has(t, page, `value="ada@example.com" readonly`)
	res, _ := sim.submit(session.ID, "outcome", "pay", "email", "eve@example.com")
	check(t, "status", res.StatusCode, 303)
	paid, err := sim.api.CheckoutSessions.Get(session.ID, nil)
	if err != nil || paid.CustomerDetails.Email != "ada@example.com" || paid.CustomerEmail != "ada@example.com" {
		t.Errorf("paid by %+v, %v", paid.CustomerDetails, err)
	}
}

func TestManyClicksPayOnce(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url)
	session := sim.open()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			res, _ := sim.submit(session.ID, "outcome", "pay")
			check(t, "status", res.StatusCode, 303)
		})
	}
	all.Wait()
	n := 0
	for list := sim.api.Charges.List(nil); list.Next(); n++ {
	}
	check(t, "charges", n, 1)
}

func TestHostedPageOffersRates(t *testing.T) {
	sim := start(t, "")
	p := order()
	fast := *p.ShippingOptions[0]
	rate := *fast.ShippingRateData
	rate.DisplayName, rate.FixedAmount = stripe.String("Courier"), &stripe.CheckoutSessionShippingOptionShippingRateDataFixedAmountParams{
		Amount: stripe.Int64(900), Currency: stripe.String("usd")}
	fast.ShippingRateData = &rate
	p.ShippingOptions = append(p.ShippingOptions, &fast)
	session, err := sim.api.CheckoutSessions.New(p)
	if err != nil {
		t.Fatal(err)
	}
	_, page := sim.page("/c/pay/" + session.ID)
	has(t, page, "Courier", "$9.00")
	res, _ := sim.submit(session.ID, "outcome", "pay", "shipping_rate", session.ShippingOptions[1].ShippingRate.ID)
	check(t, "status", res.StatusCode, 303)
	check(t, "total", sim.get(session.ID).AmountTotal, 3499+900)
}

func TestDevelopersPage(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url)
	_, page := sim.page("/")
	has(t, page, "None yet")
	session := sim.paid()
	event := sim.completed(session.ID)
	until(t, "accepted", func() bool { return sim.completed(session.ID).Pending == 0 })
	_, page = sim.page("/")
	has(t, page, session.ID, event.ID, "accepted, attempts: 1", "checkout.session.completed")
	_, page = sim.page("/events/" + event.ID)
	has(t, page, event.ID, shop.url, `<span class="ok">200</span>`, "&#34;amount_total&#34;: 3999")
	missing, page := sim.page("/events/evt_none")
	check(t, "unknown", missing.StatusCode, 404)
	has(t, page, "There is no such page.")
	sim.browse(http.MethodPost, "/_sim/events/"+event.ID+"/resend", nil)
	check(t, "first", shop.next("checkout.session.completed").event.ID, event.ID)
	check(t, "second", shop.next("checkout.session.completed").event.ID, event.ID)

	res, _ := sim.browse(http.MethodPost, "/_sim/faults", url.Values{"kind": {"503"}, "count": {"2"}})
	check(t, "status", res.StatusCode, 303)
	_, page = sim.page(res.Header.Get("Location"))
	has(t, page, "The faults have changed.", "<code>503</code>", `<span class="ok">2</span>`)
	_, err := sim.api.CheckoutSessions.New(order())
	wantError(t, err, 503, "")
	if err := sim.ClearFaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	sim.open()
}
