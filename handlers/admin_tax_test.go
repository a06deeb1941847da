package handlers_test

import (
	"net/http"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestNoTaxRateIsThrownAway types a rate without its country, which is a fault,
// and empties a whole row, which deletes a rate.
func TestNoTaxRateIsThrownAway(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newSharedForms(t, databaseURL)
		manager := shop.Staff(models.RoleManager)
		rates := func() int {
			settings, err := shop.Store.TaxSettings(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return len(settings.Rates)
		}
		open := func() sheet { return sheetOf(t, manager.Get("/admin/tax").Body, "/admin/tax") }
		for name, typed := range map[string]fields{
			"all but the country": {"rate-1-name": "Sales tax", "rate-1-percent": "20"},
			"a name alone":        {"rate-1-name": "Sales tax"},
			"a percentage alone":  {"rate-1-percent": "20"},
			"an emptied country":  {"rate-0-country": " "},
		} {
			field := "rate-1"
			if name == "an emptied country" {
				field = "rate-0"
			}
			got := open().send(manager, typed)
			if got.Status != http.StatusUnprocessableEntity || rates() != 1 {
				t.Errorf("%s: %d, %d rates", name, got.Status, rates())
				continue
			}
			again := sheetOf(t, got.Body, "/admin/tax")
			for at, value := range typed {
				if value != " " && again.fields.Get(at) != value {
					t.Errorf("%s: %s is %q", name, at, again.fields.Get(at))
				}
			}
			holds(t, name, got.Body, `id="`+field+`-country-fault"`)
		}
		emptied := fields{"rate-0-country": "", "rate-0-name": "", "rate-0-percent": ""}
		if got := open().send(manager, emptied); got.Status != http.StatusSeeOther || rates() != 0 {
			t.Errorf("emptied: %d, %d rates", got.Status, rates())
		}
	})
}
