package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/proctest"
	"tuckshop/models/modelstest"
)

// TestKilledDuringAnImport kills the shop while it checks a file and again while
// it imports it. Everything is there in the end, and nothing twice.
func TestKilledDuringAnImport(t *testing.T) {
	t.Parallel()
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const products = 600
		env := proctest.NewStripe(t).Env()
		env["DEMO"], env["ADMIN_EMAIL"], env["ADMIN_PASSWORD"] = "off", "owner@example.com", "correct horse battery"
		shop := proctest.Start(t, databaseURL, env)
		var file strings.Builder
		file.WriteString("Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price\n")
		for n := range products {
			fmt.Fprintf(&file, "thing-%d,Thing %d,Size,S,T-%d-S,3,5\nthing-%d,,,M,T-%d-M,2,6\n", n, n, n, n, n)
		}
		owner := apptest.NewBrowser(t, shop.URL)
		owner.Post("/admin/login", "email", "owner@example.com", "password", "correct horse battery")
		sent := owner.Upload("/admin/import", []apptest.File{{Field: "file", Name: "things.csv", Content: []byte(file.String())}})
		if sent.Status != http.StatusSeeOther {
			t.Fatalf("send the file: %d %s", sent.Status, sent.Body)
		}
		is := func(condition string) func() bool {
			return func() bool { return shop.Count("SELECT COUNT(*) FROM imports WHERE "+condition) == 1 }
		}
		// The kill comes when some of it is done; how much, nobody promises.
		proctest.Eventually(t, jobPatience, "some is checked", is("position > begins"))
		shop.Kill()
		shop.Restart()
		proctest.Eventually(t, jobPatience, "all is checked", is(fmt.Sprintf("status = 'checked' AND new_products = %d AND rows_read = %d", products, 2*products)))

		if started := owner.Post(sent.Location + "/start"); started.Status != http.StatusSeeOther {
			t.Fatalf("start: %d %s", started.Status, started.Body)
		}
		proctest.Eventually(t, jobPatience, "some is imported", is("status IN ('importing', 'done') AND created > 0"))
		shop.Kill()
		if there := shop.Count("SELECT COUNT(*) FROM products"); there != shop.Count("SELECT created FROM imports") {
			t.Errorf("%d products are there, the import counts another number", there)
		} else {
			t.Logf("killed with %d of %d products", there, products)
		}
		shop.Restart()
		proctest.Eventually(t, jobPatience, "all is imported", is("status = 'done'"))
		for query, want := range map[string]int64{
			"SELECT created FROM imports":                                         products,
			"SELECT bad_products + updated FROM imports":                          0,
			"SELECT COUNT(*) FROM products":                                       products,
			"SELECT COUNT(*) FROM variants":                                       2 * products,
			"SELECT SUM(stock) FROM variants":                                     5 * products,
			"SELECT SUM(change) FROM stock_movements":                             5 * products,
			"SELECT COUNT(*) FROM stock_movements":                                2 * products,
			"SELECT COUNT(*) FROM audit_entries WHERE action = 'product_created'": products,
		} {
			if got := shop.Count(query); got != want {
				t.Errorf("%s: %d, want %d", query, got, want)
			}
		}
	})
}
