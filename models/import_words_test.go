package models_test

import (
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestImportAsksAboutWordsItDoesNotKnow sees that no typing error ends a promise
// or hides a product.
func TestImportAsksAboutWordsItDoesNotKnow(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		i := receiveFile(t, store, strings.Join([]string{
			"Handle,Title,Published,Variant SKU,Variant Inventory Policy,Variant Price",
			"shown,Shown,true,A-1,CONTINUE,1",
			"bare,Bare,,B-1,,1",
			"hidden,Hidden,No,C-1,deny,1",
			"odd,Odd,maybe,D-1,contineu,1",
		}, "\n")+"\n", false)
		want := "5: Variant Inventory Policy: Enter continue or deny. It says “contineu”. Published: Enter TRUE or FALSE. It says “maybe”."
		if got := reasons(t, store, i); len(got) != 1 || got[0] != want {
			t.Errorf("%q", got)
		}
	})
}
