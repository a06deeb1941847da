package models_test

import (
	"slices"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func TestImportRefusesNumbersWithTwoReadings(t *testing.T) {
	store := modelstest.New(t, "sqlite:"+t.TempDir()+"/shop.db", models.Options{})
	i := receiveFile(t, store, strings.Join([]string{
		"Handle,Title,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price",
		`thousands,Thousands,T-1,350.5,"12.0","1,000.00"`,
		`price,Price,T-2,1,1,"1,500"`,
		`stock,Stock,T-3,1,"1,500",1`,
		`weight,Weight,T-4,1e3,1,1`,
	}, "\n"), false)
	want := []string{
		"3: Variant Price: Write 1500 or 1.50. It says “1,500”.",
		"4: Variant Inventory Qty: Write 1500 or 1.5. It says “1,500”.",
		"5: Variant Grams: Enter a whole number. It says “1e3”.",
	}
	if got := reasons(t, store, i); !slices.Equal(got, want) {
		t.Errorf("reasons\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if err := store.StartImport(t.Context(), i.ID, true, merchant); err != nil {
		t.Fatal(err)
	}
	workOn(t, store, i.ID)
	p, err := store.ProductBySlug(t.Context(), "thousands")
	if err != nil || p.Variants[0].Price != 100000 || p.Variants[0].WeightGrams != 351 || p.Variants[0].Stock != 12 {
		t.Errorf("imported %+v, %v", p.Variants, err)
	}
}
