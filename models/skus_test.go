package models_test

import (
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestProposedSKUs gives SKUs to those variants that have none, and none twice
// in the shop.
func TestProposedSKUs(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		made(t, store, models.ProductEdit{Name: "Other", Status: models.ProductDraft, Variants: []models.VariantEdit{{SKU: "WOOL-CAP-RED-M", Price: 100}}})
		of := func(values ...string) (options [models.MaxOptions]string) {
			copy(options[:], values)
			return options
		}
		long := strings.Repeat("long ", 8)
		draft := models.ProductEdit{Name: "Wool cap", Variants: []models.VariantEdit{
			{Options: of("Red", "S"), SKU: "CAP-1"}, {Options: of("Red", "M")}, {Options: of("Grün", "M")}, {Options: of("赤", "M")}, {Options: of("青", "M")},
			{Options: of("Blue", "M"), Remove: true}, {Options: of(long, long+"1")}, {Options: of(long, long+"2")},
		}}
		if err := store.ProposeSKUs(t.Context(), &draft); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for i, want := range []string{"CAP-1", "WOOL-CAP-RED-M-2", "WOOL-CAP-GRUN-M", "WOOL-CAP-M", "WOOL-CAP-M-2", ""} {
			if got := draft.Variants[i].SKU; got != want {
				t.Errorf("variant %d is %q, want %q", i, got, want)
			}
		}
		for _, v := range draft.Variants {
			if seen[v.SKU] || len(v.SKU) > 60 {
				t.Errorf("%q is there twice or too long", v.SKU)
			}
			seen[v.SKU] = true
		}
		nameless := models.ProductEdit{Variants: []models.VariantEdit{{}, {Options: of("Red")}}}
		if err := store.ProposeSKUs(t.Context(), &nameless); err != nil || nameless.Variants[0].SKU != "ARTICLE" || nameless.Variants[1].SKU != "RED" {
			t.Errorf("without a name: %+v, %v", nameless.Variants, err)
		}
	})
}
