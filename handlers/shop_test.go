package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

var now = time.Now

func eventBody(id, kind, object string) []byte {
	return fmt.Appendf(nil, `{"id":%q,"object":"event","type":%q,"api_version":"2023-10-16","livemode":false,"data":{"object":%s}}`, id, kind, object)
}

// TestWebhookAnswers is the table of answers, row by row.
func TestWebhookAnswers(t *testing.T) {
	t.Parallel()
	session := `{"id":"cs_x","object":"checkout.session","mode":"payment","payment_status":"paid"}`
	ok := func(body string) []byte { return []byte(body) }
	good := eventBody("evt_1", models.EventSessionCompleted, session)
	sign := func(b []byte) string { return apptest.Sign(apptest.Secret, now(), b) }
	known := func(object string) []byte { return eventBody("evt_3", models.EventSessionCompleted, object) }
	full := []byte(`{"id":"evt_full","type":"customer.created","data":{"object":{}},"x":"`)
	full = append(append(full, bytes.Repeat([]byte("x"), 1<<20-len(full)-2)...), `"}`...) // 1 MiB
	large := []byte(`{"id":"` + strings.Repeat("x", 1<<20) + `"}`)
	altered := append([]byte(" "), good...)
	var parsed map[string]any
	if err := json.Unmarshal(good, &parsed); err != nil {
		t.Fatal(err)
	}
	remarshalled, err := json.Marshal(parsed) // the same event, its keys in another order
	if err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		name      string
		body      []byte
		signature string
		status    int
	}{
		{"signature missing", good, "", 400},
		{"signature wrong secret", good, apptest.Sign("whsec_other", now(), good), 400},
		{"signature 301 seconds old", good, "-301s", 400},
		{"signature from 301 seconds ahead", good, "302s", 400}, // whole seconds: 301 and the rest of one
		{"signature 299 seconds old", good, "-299s", 200},
		{"signature from 299 seconds ahead", good, "299s", 200},
		{"signature v0 only", good, strings.Replace(sign(good), "v1=", "v0=", 1), 400},
		{"body altered by a space", altered, sign(good), 400},
		{"body written anew by a JSON library", remarshalled, sign(good), 400},
		{"signed with the empty secret", good, apptest.Sign("", now(), good), 400},
		{"two secrets, signed with the second", good, apptest.Sign("whsec_second", now(), good), 200},
		{"two secrets, signed with both", good, sign(good) + strings.TrimLeft(apptest.Sign("whsec_second", now(), good), "t=0123456789"), 200},
		{"two v1, the right one second", good, strings.Replace(sign(good), "v1=", "v1=00,v1=", 1), 200},
		{"two v1, both wrong", good, apptest.Sign("whsec_other", now(), good) + ",v1=00", 400},
		{"signature garbage", good, "t=1,v1", 400},
		{"two v1, one right", good, sign(good) + ",v1=00", 200},
		{"not JSON", ok(`{`), "", 400},
		{"empty", ok(``), "", 400},
		{"null", ok(`null`), "", 400},
		{"array", ok(`[]`), "", 400},
		{"empty object", ok(`{}`), "", 400},
		{"data absent", ok(`{"id":"evt_2","type":"a"}`), "", 400},
		{"data null", ok(`{"id":"evt_2","type":"a","data":null}`), "", 400},
		{"object null", ok(`{"id":"evt_2","type":"a","data":{"object":null}}`), "", 400},
		{"id absent", ok(`{"type":"a","data":{"object":{}}}`), "", 400},
		{"type absent", ok(`{"id":"evt_2","data":{"object":{}}}`), "", 400},
		{"string", ok(`"evt_2"`), "", 400},
		{"id of the wrong type", ok(`{"id":7,"type":"a","data":{"object":{}}}`), "", 400},
		{"type of the wrong type", ok(`{"id":"evt_2","type":["a"],"data":{"object":{}}}`), "", 400},
		{"livemode of the wrong type", ok(`{"id":"evt_2","type":"a","livemode":"no","data":{"object":{}}}`), "", 400},
		{"data of the wrong type", ok(`{"id":"evt_2","type":"a","data":"object"}`), "", 400},
		{"object of the wrong type", ok(`{"id":"evt_2","type":"a","data":{"object":"cs_x"}}`), "", 400},
		{"object an array", ok(`{"id":"evt_2","type":"a","data":{"object":[{}]}}`), "", 400},
		{"known type with a field of the wrong type", known(`{"id":"cs_x","amount_total":"12"}`), "", 400},
		{"known type with a fraction of a cent", known(`{"id":"cs_x","amount_total":12.5}`), "", 400},
		{"known type with metadata of the wrong type", known(`{"id":"cs_x","metadata":"order_id"}`), "", 400},
		{"known type with a number in its metadata", known(`{"id":"cs_x","metadata":{"order_id":7}}`), "", 400},
		{"known type with customer_details of the wrong type", known(`{"id":"cs_x","customer_details":"ada"}`), "", 400},
		{"known type without its object's id", known(`{}`), "", 400},
		{"another system's session", eventBody("evt_4", models.EventSessionCompleted, session), "", 200},
		{"duplicate", eventBody("evt_4", models.EventSessionCompleted, session), "", 200},
		{"unknown type", eventBody("evt_5", "customer.created", `{"id":"cus_1"}`), "", 200},
		{"another API version", []byte(strings.Replace(string(eventBody("evt_6", "customer.created", `{}`)), "2023-10-16", "2031-01-01", 1)), "", 200},
		{"thin event", ok(`{"id":"evt_7","object":"v2.core.event","type":"v1.billing.meter","related_object":{}}`), "", 200},
		{"just 1 MiB", full, "", 200},
		{"over 1 MiB by its length", large, "", 413},
	}
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{WebhookSecrets: []string{"", apptest.Secret, "whsec_second"}})
		for _, row := range rows {
			t.Run(row.name, func(t *testing.T) {
				signature := row.signature
				if off, err := time.ParseDuration(signature); err == nil { // signed only now, so that it is off by just that
					signature = apptest.Sign(apptest.Secret, now().Add(off), row.body)
				} else if signature == "" && row.name != "signature missing" {
					signature = sign(row.body)
				}
				before := storedEvents(t, app)
				if status := app.Deliver(row.body, signature); status != row.status {
					t.Errorf("answered %d, want %d", status, row.status)
				}
				if written := storedEvents(t, app) - before; row.status >= 400 && written != 0 {
					t.Errorf("%d events were written", written)
				}
			})
		}
		t.Run("over 1 MiB in chunks", func(t *testing.T) {
			// A reader of no known length is sent in chunks.
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, app.URL+"/webhooks/stripe", io.MultiReader(bytes.NewReader(large)))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Stripe-Signature", sign(large))
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("answered %d", response.StatusCode)
			}
		})
		for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			t.Run("method "+method, func(t *testing.T) {
				if got := app.Browser().Do(method, "/webhooks/stripe"); got.Status != http.StatusMethodNotAllowed {
					t.Errorf("answered %d", got.Status)
				}
			})
		}
	})
}

func storedEvents(t *testing.T, app *apptest.App) int {
	t.Helper()
	events, err := app.Store.StripeEvents(t.Context(), models.EventFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return len(events)
}

// TestWebhookAnswersAboutOrders has the rows of the table that need an order:
// whatever becomes of it, a stored event is answered 200.
func TestWebhookAnswersAboutOrders(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{Demo: true})
		order, id := placeOrder(t, app)
		misfit, misfitID := placeOrder(t, app)
		newer, newerID := placeOrder(t, app)
		session := func(id string, order models.Order, total int64) string {
			return fmt.Sprintf(`{"id":%q,"object":"checkout.session","mode":"payment","status":"complete","payment_status":"paid","currency":"usd",
				"amount_subtotal":%d,"amount_total":%d,"payment_intent":"pi_%s","metadata":{"order_id":"%d"}}`, id, order.Subtotal, total, id, order.ID)
		}
		for _, row := range []struct {
			name, id, kind, object string
			outcome                string
		}{
			{"applied", "evt_1", models.EventSessionCompleted, session(id, order, order.Total), models.OutcomePaid},
			{"duplicate under the same id", "evt_1", models.EventSessionCompleted, session(id, order, order.Total), models.OutcomePaid},
			{"duplicate under another id", "evt_2", models.EventSessionCompleted, session(id, order, order.Total), models.OutcomeUnchanged},
			{"late", "evt_3", models.EventSessionExpired, session(id, order, order.Total), models.OutcomeUnchanged},
			{"mismatch in review", "evt_4", models.EventSessionCompleted, session(misfitID, misfit, misfit.Total+1), models.OutcomeReview},
			{"known type under another API version", "evt_newer", models.EventSessionCompleted, session(newerID, newer, newer.Total), models.OutcomePaid},
			{"orphan stored", "evt_5", models.EventChargeRefunded, `{"id":"ch_1","payment_intent":"pi_none","currency":"usd","amount_refunded":5}`, models.OutcomeOrphan},
		} {
			t.Run(row.name, func(t *testing.T) {
				body := eventBody(row.id, row.kind, row.object)
				if row.id == "evt_newer" {
					body = bytes.Replace(body, []byte("2023-10-16"), []byte("2031-01-01.summit"), 1)
				}
				if status := app.Deliver(body, apptest.Sign(apptest.Secret, now(), body)); status != http.StatusOK {
					t.Errorf("answered %d", status)
				}
				stored, err := app.Store.StripeEventByID(t.Context(), row.id)
				if err != nil || stored.Outcome != row.outcome {
					t.Errorf("%s is %q, %v; want %s", row.id, stored.Outcome, err, row.outcome)
				}
				if row.outcome == models.OutcomePaid && (stored.OrderID == nil || !paid(t, app, *stored.OrderID)) {
					t.Errorf("%s left its order unpaid", row.id)
				}
			})
		}
		t.Run("database error", func(t *testing.T) {
			broken := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
			if err := broken.Store.Close(); err != nil {
				t.Fatal(err)
			}
			body := eventBody("evt_6", "customer.created", "{}")
			if status := broken.Deliver(body, apptest.Sign(apptest.Secret, now(), body)); status != http.StatusInternalServerError {
				t.Errorf("answered %d", status)
			}
		})
	})
}

func paid(t *testing.T, app *apptest.App, id int64) bool {
	t.Helper()
	order, err := app.Store.OrderByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return order.Paid()
}

func TestWebhookWithoutSecretIs503(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{WebhookSecrets: []string{""}})
		body := eventBody("evt_1", "a", `{}`)
		if status := app.Deliver(body, apptest.Sign("", now(), body)); status != http.StatusServiceUnavailable {
			t.Errorf("answered %d", status)
		}
	})
}

func TestWebhookSecretsRotate(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{WebhookSecrets: []string{"whsec_new", "whsec_old"}})
		for i, secret := range []string{"whsec_new", "whsec_old"} {
			body := eventBody(fmt.Sprintf("evt_%d", i), "a", `{}`)
			if status := app.Deliver(body, apptest.Sign(secret, now(), body)); status != http.StatusOK {
				t.Errorf("%s: answered %d", secret, status)
			}
		}
	})
}

// TestPurchase goes the whole way: cart, session, payment page, webhook, paid
// order, receipt.
func TestPurchase(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		variant := fmt.Sprint(modelstest.Product(t, app.Store, "pen", 500, 10))
		shopper := app.Browser()
		if got := shopper.Post("/cart/items", "variant_id", variant, "quantity", "2"); got.Status != 303 || got.Location != "/cart?notice=added" {
			t.Fatalf("add: %d %s", got.Status, got.Location)
		}
		cart := shopper.Get("/cart")
		if !strings.Contains(cart.Body, `data-cart-count="2"`) || !strings.Contains(cart.Body, `data-cart-total="1000"`) {
			t.Error("the cart page does not count")
		}
		first, second := shopper.Post("/checkout"), shopper.Post("/checkout")
		if first.Status != 303 || !strings.Contains(first.Location, "/c/pay/cs_test_") || second.Location != first.Location {
			t.Fatalf("checkout: %d %s, again %s", first.Status, first.Location, second.Location)
		}
		thanks := shopper.Pay(first.Location)
		done := shopper.Get(thanks)
		if !strings.Contains(done.Body, `data-order-status="paid"`) {
			t.Errorf("success page: %d", done.Status)
		}
		if other := app.Browser().Get(thanks); strings.Contains(other.Body, "ada@example.com") || strings.Contains(other.Body, "data-order-number") {
			t.Error("another browser sees the order")
		}
		app.Eventually("the receipt", func() bool {
			emails, err := app.Store.Emails(t.Context(), 0, 10)
			return err == nil && len(emails) == 1 && emails[0].Status == models.EmailSent
		})
		email, err := app.Store.EmailByID(t.Context(), 1)
		if err != nil || email.Recipient != "ada@example.com" || !strings.Contains(email.Text, "$10.00") {
			t.Errorf("receipt %+v, %v", email, err)
		}
		if cart := shopper.Get("/cart"); !strings.Contains(cart.Body, `data-cart-count="0"`) {
			t.Error("the cart was not emptied")
		}
		order, err := app.Store.OrderByNumber(t.Context(), "1001")
		if err != nil {
			t.Fatal(err)
		}
		if got := app.Browser().Post("/orders/lookup", "number", "1001", "email", "ADA@example.com"); got.Location != "/orders/"+order.Token {
			t.Errorf("look-up: %d %s", got.Status, got.Location)
		}
		if got := app.Browser().Post("/orders/lookup", "number", "1001", "email", "eve@example.com"); got.Status != 404 {
			t.Errorf("wrong look-up: %d", got.Status)
		}
	})
}

func TestBadQuantities(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		variant := fmt.Sprint(modelstest.Product(t, app.Store, "pen", 500, 10))
		shopper := app.Browser()
		for _, quantity := range []string{"-1", "0", "1000000000", "9223372036854775808", "two", ""} {
			got := shopper.Post("/cart/items?quantity=1", "variant_id", variant, "quantity", quantity)
			if got.Status != 422 || !strings.Contains(got.Body, `id="quantity-fault"`) || !strings.Contains(got.Body, "<title>Error: ") {
				t.Errorf("quantity %q: %d", quantity, got.Status)
			}
		}
		if cart := shopper.Get("/cart"); !strings.Contains(cart.Body, `data-cart-count="0"`) {
			t.Error("the cart changed")
		}
		if got := shopper.Post("/cart/items", "variant_id", "999", "quantity", "1"); got.Status != 404 {
			t.Errorf("unknown variant: %d", got.Status)
		}
		if got := shopper.Get("/products/nothing"); got.Status != 404 || !strings.Contains(got.Body, `name="q"`) {
			t.Errorf("unknown product: %d", got.Status)
		}
	})
}

func TestStripeDownKeepsCartAndStock(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{StripeDown: true})
		variant := fmt.Sprint(modelstest.Product(t, app.Store, "pen", 500, 10))
		shopper := app.Browser()
		shopper.Post("/cart/items", "variant_id", variant, "quantity", "2")
		if got := shopper.Post("/checkout"); got.Status != 303 || got.Location != "/cart?notice=stripe" {
			t.Fatalf("checkout: %d %s", got.Status, got.Location)
		}
		if cart := shopper.Get("/cart?notice=stripe"); !strings.Contains(cart.Body, `data-cart-count="2"`) || !strings.Contains(cart.Body, "does not answer") {
			t.Error("the cart was not kept, or nothing is said")
		}
		product, err := app.Store.ProductBySlug(t.Context(), "pen")
		if err != nil || product.Variants[0].Reserved != 0 {
			t.Errorf("reserved %d, %v", product.Variants[0].Reserved, err)
		}
	})
}

func TestFiftyShoppersAtOnce(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		variant := fmt.Sprint(modelstest.Product(t, app.Store, "pen", 500, 10))
		shoppers := make([]*apptest.Browser, 50)
		for i := range shoppers {
			shoppers[i] = app.Browser()
			shoppers[i].Post("/cart/items", "variant_id", variant, "quantity", "1")
		}
		var wg sync.WaitGroup
		answers := make(chan apptest.Answer, len(shoppers))
		for _, shopper := range shoppers {
			wg.Go(func() { answers <- shopper.Post("/checkout") })
		}
		wg.Wait()
		close(answers)
		var pages, refusals int
		for answer := range answers {
			switch {
			case answer.Status == 303 && strings.Contains(answer.Location, "/c/pay/"):
				pages++
			case answer.Status == 422:
				refusals++
			default:
				t.Errorf("answered %d %s", answer.Status, answer.Location)
			}
		}
		if pages != 10 || refusals != 40 {
			t.Errorf("%d payment pages, %d refusals", pages, refusals)
		}
	})
}

func TestSetupAndLogin(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{RateLimits: true})
		token, err := app.Store.NewSetupToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := app.Browser().Get("/admin/setup"); got.Status != 404 {
			t.Errorf("setup without a token: %d", got.Status)
		}
		owner := app.Browser()
		if got := owner.Post("/admin/setup", "token", token, "email", "me@example.com", "password", "short"); got.Status != 422 || !strings.Contains(got.Body, "me@example.com") {
			t.Errorf("short password: %d", got.Status)
		}
		if got := owner.Post("/admin/setup", "token", token, "email", "me@example.com", "password", "horse battery nine"); got.Location != "/admin" {
			t.Fatalf("setup: %d %s", got.Status, got.Location)
		}
		if got := owner.Get("/admin/orders"); got.Status != 200 || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("orders: %d", got.Status)
		}
		if got := app.Browser().Post("/admin/setup", "token", token, "email", "eve@example.com", "password", "horse battery nine"); got.Status != 404 {
			t.Errorf("token used twice: %d", got.Status)
		}
		owner.Post("/admin/logout")
		if got := owner.Get("/admin"); got.Status != 303 {
			t.Errorf("after logout: %d", got.Status)
		}
		for _, next := range []string{"//evil.example", `/\evil.example`, "/%09/evil.example", "https://evil.example", "/admin//evil"} {
			if got := app.Browser().Post("/admin/login", "email", "me@example.com", "password", "horse battery nine", "next", next); got.Location != "/admin" {
				t.Errorf("next=%s leads to %q (%d)", next, got.Location, got.Status)
			}
		}
		var last int
		for range 8 {
			last = app.Browser().Post("/admin/login", "email", "guess@example.com", "password", "wrong wrong wrong").Status
		}
		if last != http.StatusTooManyRequests {
			t.Errorf("guessing ends with %d", last)
		}
	})
}

// TestWhatIsNoTextIsABadRequest sends what PostgreSQL cannot hold, everywhere
// something is looked up by it.
func TestWhatIsNoTextIsABadRequest(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		visitor := app.Browser()
		for _, path := range []string{"/search?q=%00", "/search?q=%ff", "/products/%00", "/products/%ff", "/orders/%00", "/checkout/success?session_id=%00", "/admin/setup?token=%00"} {
			if got := visitor.Get(path); got.Status != http.StatusBadRequest {
				t.Errorf("GET %s: %d", path, got.Status)
			}
		}
		for path, field := range map[string]string{"/orders/lookup": "number", "/admin/login": "email", "/admin/setup": "token"} {
			if got := visitor.Post(path, field, "a\xff@example.com", "email", "a@example.com"); got.Status != http.StatusBadRequest {
				t.Errorf("POST %s with a broken letter in %s: %d", path, field, got.Status)
			}
			if got := visitor.Post(path, field, "a\x00@example.com", "email", "a@example.com"); got.Status == http.StatusBadRequest || got.Status >= 500 {
				t.Errorf("POST %s with a NUL in %s: %d", path, field, got.Status)
			}
		}
		// What was typed beside a NUL is not lost.
		staff := app.Staff(models.RoleManager)
		if got := staff.Post("/admin/discounts/new", "name", "Spr\x00ing", "kind", "percent"); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, `value="Spring"`) {
			t.Errorf("a NUL in the name of a discount: %d", got.Status)
		}
		if got := staff.Upload("/admin/settings/logo", nil, "do", "a\x00b"); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("a NUL beside a file: %d", got.Status)
		}
		if got := visitor.Get("/search?q=100%25"); got.Status != http.StatusOK {
			t.Errorf("a per cent sign: %d", got.Status)
		}
	})
}

func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, app.URL+"/cart/items", strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Sec-Fetch-Site", "cross-site")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("answered %d", response.StatusCode)
		}
		if csp := response.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe-inline") {
			t.Errorf("policy %q", csp)
		}
	})
}

func TestFavicon(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		got := apptest.New(t, databaseURL, apptest.Options{}).Browser().Get("/favicon.ico")
		if got.Status != http.StatusOK || got.Header.Get("Content-Type") != "image/x-icon" || !strings.HasPrefix(got.Body, "\x00\x00\x01\x00") {
			t.Errorf("answered %d %s", got.Status, got.Header.Get("Content-Type"))
		}
	})
}
