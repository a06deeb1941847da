package handlers_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// bought is an order of three pens at 5.00, paid by card.
func bought(t *testing.T, app *apptest.App) models.Order {
	t.Helper()
	shopper := app.Browser()
	order, page := app.Checkout(shopper, modelstest.Product(t, app.Store, "pen", 500, 10), 3)
	shopper.Get(shopper.Pay(page))
	order, err := app.Store.OrderByID(t.Context(), order.ID)
	if err != nil || order.Status != models.OrderPaid {
		t.Fatalf("order %+v, %v", order, err)
	}
	return order
}

var keyField = regexp.MustCompile(`name="key" value="([^"]+)"`)

func TestRefundForm(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		order := bought(t, app)
		path := "/admin/orders/" + order.Number + "/refund"
		line, restock := fmt.Sprintf("line-%d", order.Items[0].ID), fmt.Sprintf("restock-%d", order.Items[0].ID)
		manager := app.Staff(models.RoleManager)

		t.Run("bad input is said where it is, and nothing typed is lost", func(t *testing.T) {
			for _, c := range []struct {
				field, value, says string
			}{
				{"amount", "15.01", "more than is left"}, {"amount", "twelve", "amount"}, {"amount", "-3", "amount"},
				{"amount", "1.999", "amount"}, {line, "4", "at most"}, {line, "some", "whole number"},
				{"reason", "whim", "reasons"}, {"note", strings.Repeat("x", 501), "Shorten"},
			} {
				form := []string{"note", "a <b>note</b>", "amount", "5.00", c.field, c.value}
				if c.field == "note" || c.field == "amount" {
					form = []string{"note", "a <b>note</b>", "reason", "duplicate", c.field, c.value}
					if c.field == "note" {
						form = form[2:]
					}
				}
				got := manager.Post(path, form...)
				if got.Status != 422 || !strings.Contains(got.Body, c.says) || !strings.Contains(got.Body, "<title>Error: ") {
					t.Errorf("%s=%q: %d", c.field, c.value, got.Status)
				}
				if c.field != "note" && !strings.Contains(got.Body, `value="a &lt;b&gt;note&lt;/b&gt;"`) {
					t.Errorf("%s=%q: the note is lost", c.field, c.value)
				}
				if c.field != "reason" && !strings.Contains(got.Body, `value="`+c.value+`"`) {
					t.Errorf("%s=%q: it is lost", c.field, c.value)
				}
			}
			if got := manager.Post(path); got.Status != 422 || !strings.Contains(got.Body, "Enter the amount") {
				t.Errorf("an empty form: %d", got.Status)
			}
		})
		t.Run("another order's payment is not found", func(t *testing.T) {
			if got := manager.Get(path + "?payment=999"); got.Status != 404 {
				t.Errorf("answered %d", got.Status)
			}
		})
		t.Run("it asks for a confirmation, and a second click is the same refund", func(t *testing.T) {
			confirm := manager.Post(path, line, "2", restock, "1", "reason", "requested_by_customer", "note", "came back")
			key := keyField.FindStringSubmatch(confirm.Body)
			if confirm.Status != 200 || key == nil || !strings.Contains(confirm.Body, "$10.00") {
				t.Fatalf("confirmation: %d\n%s", confirm.Status, confirm.Body)
			}
			payments, err := app.Store.PaymentsOfOrder(t.Context(), order.ID)
			if err != nil || len(payments) != 1 || len(payments[0].Refunds) != 0 {
				t.Fatalf("asking made %+v, %v", payments, err)
			}
			for range 2 {
				got := manager.Post(path, line, "2", restock, "1", "amount", "10.00", "reason", "requested_by_customer", "note", "came back", "key", key[1])
				if got.Status != 303 || got.Location != "/admin/orders/"+order.Number+"?notice=refund" {
					t.Errorf("confirmed: %d %s", got.Status, got.Location)
				}
			}
			app.Eventually("the refund is done", func() bool {
				now, err := app.Store.OrderByID(t.Context(), order.ID)
				return err == nil && now.Status == models.OrderPartiallyRefunded && now.AmountRefunded == 1000
			})
			if payments, err = app.Store.PaymentsOfOrder(t.Context(), order.ID); err != nil || len(payments[0].Refunds) != 1 {
				t.Errorf("refunds %+v, %v", payments, err)
			}
			product, err := app.Store.ProductBySlug(t.Context(), "pen")
			if err != nil || product.Variants[0].Stock != 9 {
				t.Errorf("stock %d, %v", product.Variants[0].Stock, err)
			}
			page := manager.Get("/admin/orders/" + order.Number + "?notice=refund").Body
			if !strings.Contains(page, "came back") || !strings.Contains(page, "$10.00") {
				t.Error("the order's page does not tell of the refund")
			}
			audit, err := app.Store.Audit(t.Context(), models.AuditFilter{Action: models.AuditRefund, Limit: 10})
			if err != nil || len(audit) != 1 || audit[0].StaffID == nil {
				t.Errorf("audit log %+v, %v", audit, err)
			}
		})
		t.Run("who may not, cannot and is not offered it", func(t *testing.T) {
			for _, role := range []models.Role{models.RoleFulfilment, models.RoleViewer} {
				staff := app.Staff(role)
				if got := staff.Post(path, "amount", "1.00", "key", "k"); got.Status != 403 {
					t.Errorf("%s: %d", role, got.Status)
				}
				if strings.Contains(staff.Get("/admin/orders/"+order.Number).Body, "/refund?") {
					t.Errorf("%s is offered a refund", role)
				}
			}
			if !strings.Contains(manager.Get("/admin/orders/"+order.Number).Body, "/refund?") {
				t.Error("a manager is not offered a refund")
			}
		})
	})
}

// misfit is an order whose payment, one unit too high, waits for a decision.
func misfit(t *testing.T, app *apptest.App, variant int64, status string) models.Order {
	t.Helper()
	order, page := app.Checkout(app.Browser(), variant, 1)
	session := page[strings.LastIndexByte(page, '/')+1:]
	body := eventBody("evt_"+models.NewToken(), models.EventSessionCompleted, fmt.Sprintf(
		`{"id":%q,"mode":"payment","status":"complete","payment_status":%q,"currency":"usd","amount_subtotal":500,"amount_total":501,
		"payment_intent":%q,"metadata":{"order_id":"%d"},"customer_details":{"email":"ada@example.com"}}`, session, status, "pi_"+session, order.ID))
	if got := app.Deliver(body, apptest.Sign(apptest.Secret, now(), body)); got != 200 {
		t.Fatalf("deliver: %d", got)
	}
	return order
}

func TestReviewDecisions(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		variant := modelstest.Product(t, app.Store, "pen", 500, 10)
		manager := app.Staff(models.RoleManager)
		is := func(t *testing.T, order models.Order, want models.OrderStatus) {
			t.Helper()
			if now, err := app.Store.OrderByID(t.Context(), order.ID); err != nil || now.Status != want {
				t.Errorf("order is %s, %v; want %s", now.Status, err, want)
			}
		}
		t.Run("accepted", func(t *testing.T) {
			order := misfit(t, app, variant, "paid")
			path := "/admin/orders/" + order.Number
			if page := manager.Get(path).Body; !strings.Contains(page, "5.01") || !strings.Contains(page, `value="accept"`) {
				t.Error("the page does not compare or offer")
			}
			if got := manager.Post(path+"/review", "decision", "accept"); got.Status != 303 || got.Location != path+"?notice=accept" {
				t.Errorf("answered %d %s", got.Status, got.Location)
			}
			is(t, order, models.OrderPaid)
			got := manager.Post(path+"/review", "decision", "accept")
			if got.Status != 422 || !strings.Contains(got.Body, "decided already") {
				t.Errorf("accepted again: %d", got.Status)
			}
		})
		t.Run("canceled with money is refused", func(t *testing.T) {
			order := misfit(t, app, variant, "paid")
			got := manager.Post("/admin/orders/"+order.Number+"/review", "decision", "cancel")
			if got.Status != 422 || !strings.Contains(got.Body, "Money has arrived") {
				t.Errorf("answered %d", got.Status)
			}
			is(t, order, models.OrderReview)
		})
		t.Run("canceled without money", func(t *testing.T) {
			order := misfit(t, app, variant, "unpaid")
			if got := manager.Post("/admin/orders/"+order.Number+"/review", "decision", "cancel"); got.Status != 303 {
				t.Errorf("answered %d", got.Status)
			}
			is(t, order, models.OrderExpired)
		})
		t.Run("no decision", func(t *testing.T) {
			order := misfit(t, app, variant, "paid")
			if got := manager.Post("/admin/orders/"+order.Number+"/review", "decision", "perhaps"); got.Status != 422 {
				t.Errorf("answered %d", got.Status)
			}
			viewer := app.Staff(models.RoleViewer)
			if got := viewer.Post("/admin/orders/"+order.Number+"/review", "decision", "accept"); got.Status != 403 {
				t.Errorf("a viewer: %d", got.Status)
			}
			if strings.Contains(viewer.Get("/admin/orders/"+order.Number).Body, `value="accept"`) {
				t.Error("a viewer is offered the decision")
			}
			is(t, order, models.OrderReview)
		})
	})
}
