package handlers_test

import (
	"fmt"
	"net/http"

	"tuckshop/models"
)

// logIn makes the visitor the shop's owner.
func (w walk) logIn() {
	w.t.Helper()
	w.Open(w.app.URL + "/admin/login")
	w.Fill("#email", "owner@example.com")
	w.Fill("#password", ownerPassword)
	w.Click("main form button")
	w.at("/admin")
}

// products looks at the pages on which a merchant keeps the catalogue.
func (w walk) products() {
	w.logIn()
	w.visit("admin searches", "/admin/searches", 200)
	w.Press(".menu summary")
	w.look("admin menu")
	w.Evaluate(`document.body.click()`)
	w.check("open menus", w.Count(".menu[open]"), 0)
	w.visit("admin products archived none", "/admin/products?status=archived", 200)
	w.visit("admin product new", "/admin/new/product", 200)
	w.Fill("#name", "Wool cap")
	w.Fill("#option-0-name", "Colour")
	w.Fill("#option-0-values", "Tomato #c0392b, Ink blue")
	w.Fill("#option-1-name", "Size")
	w.Fill("#option-1-values", "Small, Medium")
	w.Fill("#variant-0-sku", "CAP")
	w.Fill("#variant-0-price", "free")
	w.check("status", w.Click("button[value=generate]"), 200)
	w.look("admin product generated")
	w.Fill("#status", "scheduled")
	w.Press("details:has(#variant-1-policy) summary")
	w.Fill("#variant-1-barcode", "4006381333932")
	w.Fill("#variant-1-policy", "preorder")
	w.check("status", w.Click(".editor button"), http.StatusUnprocessableEntity)
	w.look("admin product with faults")
	w.Fill("#status", "active")
	w.Fill("#variant-1-barcode", "4006381333931")
	w.Fill("#variant-1-policy", "backorder")
	w.Fill("#variant-1-promise", "ships in 2 weeks")
	w.Fill("#related-q", "pencil")
	w.check("status", w.Click("button[value=find]"), 200)
	w.Press("#related input[type=checkbox]")
	for i := range 4 {
		w.Fill(fmt.Sprintf("#variant-%d-sku", i), fmt.Sprintf("CAP-%d", i+1))
	}
	w.Fill("#all-price", "24")
	w.Fill("#all-stock", "6")
	w.Fill("#slug", "wool-cap")
	w.check("status", w.Click(".editor button"), 200)
	w.look("admin product created")

	product, err := w.app.Store.ProductBySlug(w.t.Context(), "field-notebook")
	if err != nil {
		w.t.Fatal(err)
	}
	path := fmt.Sprintf("/admin/products/%d", product.ID)
	w.visit("admin product", path, 200)
	w.Fill("#summary", "A notebook for the field, as I would put it.")
	edit := models.ProductEdit{
		Version: product.Version, Name: "Field notebook, the large one", Slug: product.Slug, Summary: product.Summary, Description: product.Description,
		Status: product.Status, Featured: product.Featured, Options: product.Options,
	}
	for _, v := range product.Variants {
		edit.Variants = append(edit.Variants, models.VariantEdit{ID: v.ID, Options: [models.MaxOptions]string{v.Option1, v.Option2, v.Option3},
			SKU: v.SKU, Price: v.Price + 100, Stock: v.Stock, StockWas: v.Stock, WeightGrams: v.WeightGrams})
	}
	if _, err := w.app.Store.SaveProduct(w.t.Context(), product.ID, edit, models.Actor{Email: "colleague@example.com"}); err != nil {
		w.t.Fatal(err)
	}
	w.check("status", w.Click(".editor button"), http.StatusConflict)
	w.look("admin product conflict")
	w.check("status", w.Click("button[value=edit]"), 200)
	w.look("admin product after a conflict")
	w.visit("admin product stock", path+"/stock", 200)
	w.visit("admin product prices", path+"/prices", 200)
	w.visit("admin product preview", path+"/preview", 200)
	w.visit("admin product pictures", path+"/pictures", 200)
	// One whose files a job cannot make: it waits for as long as the walk takes.
	if err := w.app.Store.AddPicture(w.t.Context(), product.ID, models.Picture{Key: "p-none", Alt: "A notebook in the rain"}); err != nil {
		w.t.Fatal(err)
	}
	w.check("status", w.Click(".upload button"), http.StatusUnprocessableEntity)
	w.look("admin product pictures with a fault")
	w.Open(w.app.URL + path)
	w.Click("form[action$=duplicate] button")
	w.look("admin product duplicated")
	w.Click("form[action$=archive] button")
	w.look("admin product archived")

	w.visit("admin collections", "/admin/collections", 200)
	w.visit("admin collection new", "/admin/new/collection", 200)
	w.Fill("#position", "first")
	w.check("status", w.Click("main form .primary"), http.StatusUnprocessableEntity)
	w.look("admin collection with faults")
	w.Fill("#name", "Summer")
	w.Fill("#position", "7")
	w.Press("label:has(#by-rule)")
	w.Fill("#condition-0-kind", "name")
	w.Fill("#condition-0-value", "no such thing")
	w.check("status", w.Click("main form .primary"), http.StatusUnprocessableEntity)
	w.look("admin collection whose rule fits nothing")
	w.Fill("#condition-0-value", "pen")
	w.check("status", w.Click("button[value=preview]"), 200)
	w.look("admin collection with a rule")
	w.Fill("#sort", "hand")
	w.check("status", w.Click("main form .primary"), 200)
	w.look("admin collections with a new one")
	collections, err := w.app.Store.Collections(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	path = fmt.Sprintf("/admin/collections/%d", collections[len(collections)-1].ID)
	w.visit("admin collection", path, 200)
	w.visit("admin collection delete", path+"/delete", 200)
	w.check("status", w.Click("main form button"), 200)
	w.look("admin collections after deleting")
}
