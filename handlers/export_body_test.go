package handlers_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
)

// What a description holds that no page shows goes out in the shop's own column
// alone: the HTML says what the page says.
func TestExportedDescriptionsAreClean(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+t.TempDir()+"/shop.db", apptest.Options{})
	staff := app.Staff(models.RoleManager)
	_, err := app.Store.CreateProduct(t.Context(), models.ProductEdit{
		Name: "Mug", Status: models.ProductActive, Variants: []models.VariantEdit{{SKU: "MUG", Price: 100}},
		Description: "# A mug\n\nWith a <b>thick</b> wall.\n\n<div>raw</div>\n\n![On a desk](http://example.com/mug.jpg)",
	}, models.Actor{Email: "owner@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	const html = "<p>With a thick wall.</p>\n<p>On a desk</p>\n"
	if page := app.Browser().Get("/products/mug").Body; !strings.Contains(page, "<h2>A mug</h2>\n"+html) || strings.Contains(page, "omitted") {
		t.Errorf("the page\n%s", page)
	}
	out := staff.Get("/admin/products.csv").Body
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || rows[1][2] != "<h1>A mug</h1>\n"+html {
		t.Fatalf("exported %q, %v", rows[1], err)
	}
	if i := sendFile(t, app, staff, out); i.SameProducts != 1 {
		t.Errorf("the export again: %+v", i)
	}

	// To a shop that knows Shopify's columns alone, and back.
	other := apptest.New(t, "sqlite:"+t.TempDir()+"/shop.db", apptest.Options{})
	merchant := other.Staff(models.RoleManager)
	i := sendFile(t, other, merchant, strings.Replace(out, ",Description (Markdown),", ",Else,", 1))
	merchant.Post(fmt.Sprintf("/admin/import/%d/start", i.ID))
	waitForImport(t, other, i.ID)
	if mug, err := other.Store.ProductBySlug(t.Context(), "mug"); err != nil || mug.Description != "# A mug\n\nWith a thick wall.\n\nOn a desk" {
		t.Errorf("there it is %q, %v", mug.Description, err)
	}
}
