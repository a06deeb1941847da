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

// What other programs count below zero is owed there; the shop's stock ends at
// zero.
func TestImportReadsOwedPiecesAsNone(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		file := "Handle,Title,Variant SKU,Variant Inventory Qty,Variant Inventory Policy,Variant Price\n" +
			"owed,Owed,O-1,-3,continue,1\nsold,Sold,S-1,-1,deny,1\nthere,There,T-1,2,continue,1\n"
		i := receiveFile(t, store, file, false)
		if got, want := reasons(t, store, i), "3: Variant Inventory Qty: Enter the pieces on hand, from 0 to 10000000. It says “-1”."; len(got) != 1 || got[0] != want {
			t.Errorf("reasons %q, want %s", got, want)
		}
		if i.BelowRows != 1 || i.BelowLine != 2 {
			t.Errorf("below zero are %d rows from line %d on", i.BelowRows, i.BelowLine)
		}
		if err := store.StartImport(t.Context(), i.ID, true, merchant); err != nil {
			t.Fatal(err)
		}
		workOn(t, store, i.ID)
		p, err := store.ProductBySlug(t.Context(), "owed")
		if err != nil || p.Variants[0].Stock != 0 || p.Variants[0].Policy != models.StockBackorder {
			t.Errorf("imported %+v, %v", p.Variants, err)
		}
		// The same file again changes nothing.
		if i = receiveFile(t, store, file, false); i.SameProducts != 2 {
			t.Errorf("again: %+v", i)
		}
	})
}

func TestImportTakesQuotesOfSpreadsheetsAway(t *testing.T) {
	store := modelstest.New(t, "sqlite:"+t.TempDir()+"/shop.db", models.Options{})
	bring(t, store, "Handle,Title,Variant SKU,Variant Inventory Qty,Variant Price,Variant Barcode\ntee,'90s tee,T-1,'2,'1.50,'4006381333931\n")
	p, err := store.ProductBySlug(t.Context(), "tee")
	if err != nil || p.Name != "'90s tee" || p.Variants[0].Stock != 2 || p.Variants[0].Price != 150 || p.Variants[0].Barcode != "4006381333931" {
		t.Errorf("imported %q, %+v, %v", p.Name, p.Variants, err)
	}
}
