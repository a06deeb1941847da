package models_test

import (
	"slices"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func TestOptionsThatDifferInCapitalsAlone(t *testing.T) {
	edit := shirt()
	edit.Options[0].Values = []models.OptionValue{{Name: "Red"}, {Name: "red"}, {Name: "RED"}, {Name: "Red"}}
	edit.Options[1].Name = "colour"
	if err := edit.GenerateVariants(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, fault := range edit.Faults() {
		if strings.HasPrefix(fault.Field, "option-") {
			got = append(got, fault.Field+": "+fault.Message)
		}
	}
	want := []string{
		"option-0-values: Red and red differ in capitals alone. Keep one of them.",
		"option-0-values: Red and RED differ in capitals alone. Keep one of them.",
		"option-0-values: Red is there twice.",
		"option-1-name: Another option has that name, too.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("faults\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The numbers of articles are told apart by their capitals wherever they are
// compared, as at Shopify, whose files may hold both.
func TestSKUsThatDifferInCapitalsAlone(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		file := "Handle,Title,SKU,Price\nlow,Low,tee-1,3\nhigh,High,TEE-1,4\n"
		if i := bring(t, store, file); i.Created != 2 || i.BadRows != 0 {
			t.Errorf("imported: %+v", i)
		}
		if i := receiveFile(t, store, file, false); i.SameProducts != 2 {
			t.Errorf("again: %+v", i)
		}
		made(t, store, models.ProductEdit{Name: "Mixed", Status: models.ProductActive, Variants: []models.VariantEdit{{SKU: "Tee-1", Price: 1}}})
	})
}
