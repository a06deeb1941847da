package handlers_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/browsertest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestEditorJourney makes a product from nothing in Chromium, with pictures and
// twelve variants, publishes it and buys one, on both databases, with the pages'
// script and without it.
func TestEditorJourney(t *testing.T) {
	t.Parallel()
	chromium := browsertest.New(t)
	for name, script := range map[string]bool{"script": true, "no script": false} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, databaseURL string) {
				app := apptest.New(t, databaseURL, apptest.Options{})
				hash, err := models.HashPassword(ownerPassword)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := app.Store.CreateStaff(t.Context(), "owner@example.com", hash, models.RoleOwner); err != nil {
					t.Fatal(err)
				}
				merchant := journey{t, app, chromium.Tab(t, script), script}
				walk{merchant, nil}.logIn()
				path := merchant.makesACap()
				merchant.addsPictures(path)
				merchant.publishes(path)
				journey{t, app, chromium.Tab(t, script), script}.buysACap()
			})
		})
	}
}

// capVariant is the one of the twelve that is looked at: Blue / L.
const capVariant = 6

// makesACap makes a draft with three colours in four sizes and returns where its
// editor is.
func (j journey) makesACap() string {
	j.t.Helper()
	j.Open(j.app.URL + "/admin/products")
	j.Click(`main a[href="/admin/new/product"]`)
	j.Fill("#name", "Wool cap")
	j.Fill("#summary", "Keeps your ears warm.")
	j.Fill("#description", "Knitted *by hand*.")
	j.Fill("#option-0-name", "Colour")
	j.Fill("#option-0-values", "Red #c0392b, Blue #2c5aa0, Green #2e7d4f")
	j.Fill("#option-1-name", "Size")
	j.Fill("#option-1-values", "S, M, L, XL")
	j.Fill("#variant-0-price", "24")
	j.check("generated", j.Click("button[value=generate]"), http.StatusOK)
	j.check("variants", j.Count(".variant"), 12)
	j.check("a SKU of its own", j.Evaluate(`document.querySelector("#variant-6-sku").value`), "WOOL-CAP-BLUE-L")
	j.Fill("#variant-6-sku", "WOOL-CAP-RED-S")
	j.check("a SKU twice", j.Click(".editor button"), http.StatusUnprocessableEntity)
	j.contains("#faults", "Blue / L – SKU: ")
	j.check("kept", j.Evaluate(`document.querySelector("#summary").value`), "Keeps your ears warm.")
	j.Fill("#variant-6-sku", "CAP-6")
	j.Fill("#all-stock", "3")
	j.Press(fmt.Sprintf("details:has(#variant-%d-barcode) summary", capVariant))
	j.Fill(fmt.Sprintf("#variant-%d-barcode", capVariant), "4006381333931")
	j.Fill(fmt.Sprintf("#variant-%d-weight", capVariant), "120")
	j.check("stored", j.Click(".editor button"), http.StatusOK)
	j.contains(".notice", "stored")
	return strings.TrimSuffix(strings.TrimPrefix(j.Location(), j.app.URL), "?notice=created")
}

// addsPictures uploads an upright PNG and a wide JPEG at once and says what of
// the wide one stays in view.
func (j journey) addsPictures(path string) {
	j.t.Helper()
	wide := image.NewRGBA(image.Rect(0, 0, 900, 500))
	for i := range 900 * 500 {
		wide.SetRGBA(i%900, i/900, color.RGBA{uint8(i % 900 / 4), 40, 160, 255})
	}
	var second bytes.Buffer
	if err := jpeg.Encode(&second, wide, nil); err != nil {
		j.t.Fatal(err)
	}
	folder := j.t.TempDir()
	for name, content := range map[string][]byte{"cap.png": pngOf(j.t, 400, 500), "wide.jpg": second.Bytes()} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			j.t.Fatal(err)
		}
	}
	j.Click(`.links a[href$="/pictures"]`)
	if j.script { // both at once
		j.Choose("#file-0", filepath.Join(folder, "cap.png"), filepath.Join(folder, "wide.jpg"))
	} else {
		j.Choose("#file-0", filepath.Join(folder, "cap.png"))
		j.Choose("#file-1", filepath.Join(folder, "wide.jpg"))
	}
	j.Fill("#new-alt-0", "A cap of red wool")
	j.check("without a text", j.Click(".upload .primary"), http.StatusUnprocessableEntity)
	j.contains("#faults", "Say what the picture shows")
	j.Choose("#file-0", j.hugeFile(folder, 200<<20))
	j.Fill("#new-alt-0", "A cap on a fence")
	j.check("too large", j.Click(".upload .primary"), http.StatusUnprocessableEntity)
	j.contains("#faults", "larger than 20 MB")
	j.check("kept", j.Evaluate(`document.querySelector("#new-alt-0").value`), "A cap on a fence")
	j.Choose("#file-0", filepath.Join(folder, "wide.jpg"))
	j.Fill("#new-alt-1", "")
	j.check("uploaded", j.Click(".upload .primary"), http.StatusOK)
	j.app.EventuallyLong("the sizes", func() bool {
		j.Open(j.app.URL + path + "/pictures")
		return strings.Contains(j.Text("#progress"), "2 of 2 ready")
	})
	j.check("all of the wide one is kept", j.Attribute(".picture + .picture img", "width"), "900")
	j.Press(".picture + .picture .cell-5")
	j.check("saved", j.Click(`form[action$="/save"] .primary`), http.StatusOK)
	j.check("in view", j.Count(".picture + .picture .cell-5 :checked"), 1)
}

// hugeFile is a file of so many bytes.
func (j journey) hugeFile(folder string, size int64) string {
	j.t.Helper()
	file, err := os.Create(filepath.Join(folder, "huge.jpg"))
	if err != nil {
		j.t.Fatal(err)
	}
	if err := errors.Join(file.Truncate(size), file.Close()); err != nil {
		j.t.Fatal(err)
	}
	return file.Name()
}

// publishes gives a variant the second picture and puts the product on sale.
func (j journey) publishes(path string) {
	j.t.Helper()
	j.check("a draft", j.app.Browser().Get("/products/wool-cap").Status, http.StatusNotFound)
	j.Open(j.app.URL + path)
	j.Press(fmt.Sprintf("details:has(#variant-%d-picture) summary", capVariant))
	picture := fmt.Sprintf("#variant-%d-picture", capVariant)
	j.Fill(picture, j.Attribute(picture+" option:last-child", "value"))
	j.Fill("#status", "active")
	j.check("on sale", j.Click(".editor button"), http.StatusOK)
	j.contains(".links .status", "for sale")
}

// buysACap chooses Blue / L and pays for two of it.
func (j journey) buysACap() {
	j.t.Helper()
	j.app.Eventually("the page in the shop", func() bool { return j.app.Browser().Get("/products/wool-cap").Status == http.StatusOK })
	product, err := j.app.Store.ProductBySlug(j.t.Context(), "wool-cap")
	if err != nil {
		j.t.Fatal(err)
	}
	variant := product.Variants[capVariant]
	j.check("variant", variant.Title(), "Blue / L")
	j.Open(j.app.URL + "/products")
	j.Click(`a[data-product="wool-cap"]`)
	j.check("choices", j.Count("input[name=variant_id]"), 12)
	j.check("pictures", j.Count(".gallery figure"), 2)
	j.check("what stays in view", j.Count(".gallery img.at-21"), 1)
	j.Press(fmt.Sprintf(`label:has(input[value="%d"])`, variant.ID))
	j.Fill("#quantity", "2")
	j.intoCart()
	j.contains(".line", "Blue / L")
	j.inCart(2, 4800)
	j.Click("#checkout")
	j.Fill("#card", "4242 4242 4242 4242")
	j.Fill("#email", "ada@example.com")
	j.Fill("#name", "Ada Byron")
	j.Click("button[value=pay]")
	j.check("status", j.Attribute("main", "data-order-status"), string(models.OrderPaid))
	product, err = j.app.Store.ProductBySlug(j.t.Context(), "wool-cap")
	if err != nil {
		j.t.Fatal(err)
	}
	if v := product.Variants[capVariant]; v.Stock != 1 || v.Reserved != 0 || v.Barcode != "4006381333931" || v.PictureID == nil || *v.PictureID != product.Pictures[1].ID {
		j.t.Errorf("what is left: %+v", v)
	}
}
