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

func TestStaffMakeDiscounts(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		product, err := shop.Store.ProductBySlug(t.Context(), "pen")
		if err != nil {
			t.Fatal(err)
		}
		manager := shop.Staff(models.RoleManager)
		if got := manager.Get("/admin/discounts"); !strings.Contains(got.Body, "No discount yet.") || !strings.Contains(got.Body, `href="/admin/discounts/new"`) {
			t.Errorf("an empty list:\n%s", got.Body)
		}
		if got := shop.Staff(models.RoleViewer).Get("/admin/discounts"); got.Status != 200 || strings.Contains(got.Body, `href="/admin/discounts/new"`) {
			t.Errorf("a viewer: %d\n%s", got.Status, got.Body)
		}
		bad := []string{
			"name", "", "code", "no blanks", "kind", "percent", "percent", "ten", "amount", "about 5", "minimum", "1.234", "starts", "2026-12-02T10:00",
			"ends", "2026-12-01T10:00", "uses", "-1", "customer", "many", "product", fmt.Sprint(product.ID),
		}
		got := manager.Post("/admin/discounts/new", bad...)
		if got.Status != http.StatusUnprocessableEntity {
			t.Errorf("all wrong: %d", got.Status)
		}
		for _, field := range []string{"name", "code", "percent", "minimum", "ends", "uses", "customer"} {
			if !strings.Contains(got.Body, `href="#`+field+`"`) || !strings.Contains(got.Body, `id="`+field+`-fault"`) {
				t.Errorf("no fault at %s", field)
			}
		}
		for i := 0; i < len(bad); i += 2 {
			if kept := `value="` + bad[i+1] + `"`; bad[i+1] != "" && !strings.Contains(got.Body, kept) {
				t.Errorf("%s: %s is lost", bad[i], kept)
			}
		}
		if !strings.Contains(got.Body, fmt.Sprintf(`value="%d" checked`, product.ID)) || strings.Count(got.Body, `id="percent-fault"`) != 1 {
			t.Errorf("the form:\n%s", got.Body)
		}
		good := []string{
			"name", "Spring & co", "code", " spring-1 ", "kind", "bundle", "buy", "1", "get", "1", "bundle-percent", "50", "minimum", "15",
			"starts", "2020-01-01T10:00", "ends", "2120-01-01T10:00", "uses", "7", "customer", "2", "product", fmt.Sprint(product.ID),
		}
		if got := manager.Post("/admin/discounts/new", good...); got.Location != "/admin/discounts?notice=saved" {
			t.Fatalf("save: %d\n%s", got.Status, got.Body)
		}
		twin := manager.Post("/admin/discounts/new", "name", "Twin", "code", "Spring-1", "kind", "percent", "percent", "5")
		if twin.Status != http.StatusUnprocessableEntity || !strings.Contains(twin.Body, "Another discount has this code.") || !strings.Contains(twin.Body, `value="Spring-1"`) {
			t.Errorf("a second of the same code: %d", twin.Status)
		}
		list := manager.Get("/admin/discounts?status=active&q=spring").Body
		for _, part := range []string{"Spring &amp; co", "SPRING-1", "buy 1, get 1 at 50% off", "from $15.00", "0 of 7", "2120-01-01 10:00 UTC"} {
			if !strings.Contains(list, part) {
				t.Errorf("the list lacks %q", part)
			}
		}
		if got := manager.Get("/admin/discounts?status=over"); !strings.Contains(got.Body, "No discount fits.") {
			t.Error("the filter lets through what is not over")
		}
		page := manager.Get("/admin/discounts/1").Body
		for _, kept := range []string{`value="15.00"`, `value="2020-01-01T10:00"`, `value="SPRING-1"`, fmt.Sprintf(`value="%d" checked`, product.ID)} {
			if !strings.Contains(page, kept) {
				t.Errorf("the form lacks %s", kept)
			}
		}
		b := shop.shopper(2)
		b.Post("/cart/discount", "code", "spring-1")
		shop.total(b, 1500)
		if got := manager.Post("/admin/discounts/1", "name", "Spring", "code", "spring-1", "kind", "amount", "amount", "2,50"); got.Status != http.StatusSeeOther {
			t.Fatalf("change: %d\n%s", got.Status, got.Body)
		}
		shop.total(b, 1750)
		if got := manager.Post("/admin/discounts/1/switch", "to", "off"); got.Location != "/admin/discounts?notice=off" {
			t.Errorf("switch off: %d %s", got.Status, got.Location)
		}
		shop.total(b, 2000)
		manager.Post("/admin/discounts/1/switch", "to", "on")
		shop.total(b, 1750)
		if got := manager.Post("/admin/discounts/1/switch", "to", "sideways"); got.Status != http.StatusBadRequest {
			t.Errorf("switch sideways: %d", got.Status)
		}
		if got := manager.Get("/admin/discounts/99"); got.Status != http.StatusNotFound {
			t.Errorf("none: %d", got.Status)
		}
		audit := manager.Get("/admin/audit").Body
		for _, part := range []string{"made a discount", "changed a discount", "switched a discount off", "switched a discount on", "buy 1, get 1 at 50% off", "$2.50 off"} {
			if !strings.Contains(audit, part) {
				t.Errorf("the audit log lacks %q", part)
			}
		}
	})
}
