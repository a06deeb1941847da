package handlers_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/stripesim"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func TestEventInspector(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		order := bought(t, app)
		manager := app.Staff(models.RoleManager)
		events, err := app.Store.StripeEvents(t.Context(), models.EventFilter{Search: models.EventSessionCompleted, Limit: 10})
		if err != nil || len(events) != 1 {
			t.Fatalf("events %+v, %v", events, err)
		}
		path := "/admin/events/" + events[0].ID

		t.Run("it shows an event with its outcome and its order", func(t *testing.T) {
			page := manager.Get(path)
			for _, part := range []string{events[0].ID, models.EventSessionCompleted, order.Number, "ada@example.com", "1 Main St"} {
				if !strings.Contains(page.Body, part) {
					t.Errorf("%d, without %q", page.Status, part)
				}
			}
		})
		t.Run("personal data is covered for who need not see it", func(t *testing.T) {
			for _, role := range []models.Role{models.RoleViewer, models.RoleFulfilment} {
				staff := app.Staff(role)
				page := staff.Get(path)
				for _, part := range []string{"ada@example.com", "1 Main St", "London", `"Ada"`, "&#34;Ada&#34;"} {
					if strings.Contains(page.Body, part) {
						t.Errorf("%s reads %q", role, part)
					}
				}
				if page.Status != 200 || !strings.Contains(page.Body, "•••") || !strings.Contains(page.Body, "amount_total") || strings.Contains(page.Body, path+"/replay") {
					t.Errorf("%s: %d\n%s", role, page.Status, page.Body)
				}
				if got := staff.Post(path + "/replay"); got.Status != 403 {
					t.Errorf("%s replays: %d", role, got.Status)
				}
			}
		})
		t.Run("applied once more it changes nothing", func(t *testing.T) {
			before, err := app.Store.OrderByID(t.Context(), order.ID)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if got := manager.Post(path + "/replay"); got.Status != 303 || got.Location != path+"?notice=replayed" {
					t.Errorf("answered %d %s", got.Status, got.Location)
				}
			}
			after, err := app.Store.OrderByID(t.Context(), order.ID)
			if err != nil || after.Status != before.Status || !after.UpdatedAt.Equal(before.UpdatedAt) {
				t.Errorf("order %+v, %v", after, err)
			}
			if emails, err := app.Store.Emails(t.Context(), 0, 10); err != nil || len(emails) != 1 {
				t.Errorf("%d mails, %v", len(emails), err)
			}
			audit, err := app.Store.Audit(t.Context(), models.AuditFilter{Action: models.AuditEventReplayed, Limit: 10})
			if err != nil || len(audit) != 2 {
				t.Errorf("audit log %+v, %v", audit, err)
			}
			if got := manager.Post("/admin/events/evt_none/replay"); got.Status != 404 {
				t.Errorf("an unknown event: %d", got.Status)
			}
		})
		t.Run("the list is filtered and paged", func(t *testing.T) {
			for i := range 60 {
				body := eventBody(fmt.Sprintf("evt_page_%02d", i), "customer.created", `{"id":"cus_1"}`)
				if status := app.Deliver(body, apptest.Sign(apptest.Secret, now(), body)); status != 200 {
					t.Fatalf("deliver: %d", status)
				}
			}
			seen := map[string]bool{}
			link := regexp.MustCompile(`href="/admin/events/(evt_page_\d+)"`)
			next := regexp.MustCompile(`href="(/admin/events\?[^"]*before=[^"]*)"`)
			pages := 0
			for address := "/admin/events?outcome=ignored&q=customer."; address != ""; pages++ {
				page := manager.Get(address).Body
				for _, found := range link.FindAllStringSubmatch(page, -1) {
					if seen[found[1]] {
						t.Errorf("%s is on two pages", found[1])
					}
					seen[found[1]] = true
				}
				if strings.Contains(page, path) {
					t.Error("the filter lets another type pass")
				}
				address = ""
				if more := next.FindStringSubmatch(page); more != nil {
					address = html.UnescapeString(more[1])
				}
			}
			if len(seen) != 60 || pages != 3 {
				t.Errorf("%d events on %d pages", len(seen), pages)
			}
			if page := manager.Get("/admin/events?q=" + events[0].ID).Body; !strings.Contains(page, path) || link.MatchString(page) {
				t.Error("an event is not found by its id")
			}
			if page := manager.Get("/admin/events?q=%25"); page.Status != 200 || link.MatchString(page.Body) {
				t.Error("a per cent sign is a pattern")
			}
		})
	})
}

// TestRefusedWebhooks wants nothing written for what is refused, and the
// merchant to read what is likely wrong.
func TestRefusedWebhooks(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		manager := app.Staff(models.RoleManager)
		body := eventBody("evt_1", "customer.created", `{"id":"cus_1"}`)
		deliver := func(signature string, want int) {
			t.Helper()
			if status := app.Deliver(body, signature); status != want {
				t.Errorf("answered %d, want %d", status, want)
			}
		}
		says := func(parts ...string) {
			t.Helper()
			page := manager.Get("/admin/events").Body
			for _, part := range parts {
				if !strings.Contains(page, part) {
					t.Errorf("the page does not say %q", part)
				}
			}
		}
		good := apptest.Sign(apptest.Secret, now(), body)
		deliver("", 400)
		deliver(apptest.Sign("whsec_other", now(), body), 400)
		deliver(apptest.Sign("whsec_other", now(), body), 400)
		deliver(strings.Replace(good, "v1=", "v0=", 1), 400)
		deliver(apptest.Sign(apptest.Secret, now().Add(-400e9), body), 400)
		for _, malformed := range []string{`{}`, `null`, `{"id":"evt_2","type":"a"}`} {
			if status := app.Deliver([]byte(malformed), apptest.Sign(apptest.Secret, now(), []byte(malformed))); status != 400 {
				t.Errorf("%s: answered %d", malformed, status)
			}
		}
		events, err := app.Store.StripeEvents(t.Context(), models.EventFilter{Limit: 10})
		if err != nil || len(events) != 0 {
			t.Errorf("written: %+v, %v", events, err)
		}
		says("1 refused: No signature", "1 refused: Only a test signature (v0)", "1 refused: Signed too long ago", "2 refused: The signature does not fit")
		deliver(good, 200)
		says("2 refused: The signature does not fit, others did")
	})
}

// TestSuccessPageAsksStripe loses the webhook: the page must not need it.
func TestSuccessPageAsksStripe(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		if err := app.Simulator.Inject(t.Context(), stripesim.Fault{Kind: stripesim.Drop, Count: stripesim.Always}); err != nil {
			t.Fatal(err)
		}
		shopper := app.Browser()
		order, page := app.Checkout(shopper, modelstest.Product(t, app.Store, "pen", 500, 10), 1)
		if waiting := shopper.Get("/checkout/success?session_id=" + page[strings.LastIndexByte(page, '/')+1:]); !strings.Contains(waiting.Body, `data-order-status="pending"`) {
			t.Errorf("before the payment: %d", waiting.Status)
		}
		if done := shopper.Get("/checkout/success?session_id=" + app.PayUnheard(page)); !strings.Contains(done.Body, `data-order-status="paid"`) {
			t.Errorf("success page: %d\n%s", done.Status, done.Body)
		}
		if now, err := app.Store.OrderByID(t.Context(), order.ID); err != nil || now.Status != models.OrderPaid {
			t.Errorf("order is %s, %v", now.Status, err)
		}
		if events, err := app.Store.StripeEvents(t.Context(), models.EventFilter{Limit: 10}); err != nil || len(events) != 0 {
			t.Errorf("a webhook came after all: %+v, %v", events, err)
		}
	})
}
