package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

func (a adminPages) products(c echo.Context) error {
	frame, err := a.frame(c, "Products", "/admin/products")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	shop, err := a.store.Shop(ctx)
	if err != nil {
		return err
	}
	page := admin.ProductsPage{Frame: frame, Search: c.QueryParam("q"), Currency: shop.Currency}
	if slices.Contains(models.ProductStatuses[:], c.QueryParam("status")) {
		page.Status = c.QueryParam("status")
	}
	number, _ := whole(c.QueryParam("page"))
	number = min(max(number, 1), 1_000_000)
	page.Products, page.Total, err = a.store.Products(ctx, models.ProductFilter{
		Search: page.Search, Drafts: true, Status: page.Status, Sort: models.SortName, Page: int(number), PerPage: adminPage,
	})
	if err != nil {
		return err
	}
	if number*adminPage < page.Total {
		page.NextPage = address("/admin/products", url.Values{"q": {page.Search}, "status": {page.Status}, "page": {strconv.FormatInt(number+1, 10)}})
	}
	return a.show(c, admin.Products(page))
}

// productNotices are what the editor says after something was done.
var productNotices = map[string]string{
	"created":    "The product is stored.",
	"saved":      "Saved. The shop shows it now.",
	"duplicated": "This is the duplicate: a draft without stock. Change what is to differ, and save.",
	"archived":   "Archived. The shop no longer shows it.",
}

// hiddenNotices are what it says of a product that shoppers do not see.
var hiddenNotices = map[string]string{
	models.ProductDraft:     "Saved as a draft. Shoppers see it once its status is “for sale”.",
	models.ProductScheduled: "Saved. Shoppers see it from its moment on.",
	models.ProductArchived:  "Saved. It is archived: the shop does not show it.",
}

// productOf reads the product that the address names.
func (a adminPages) productOf(c echo.Context) (models.Product, error) {
	id, ok := whole(c.Param("id"))
	if !ok {
		return models.Product{}, models.ErrNotFound
	}
	return a.store.ProductByID(c.Request().Context(), id)
}

// editor makes the page of a product's editor, the fields still empty.
func (a adminPages) editor(c echo.Context, product models.Product) (admin.EditProductPage, error) {
	page := admin.EditProductPage{Product: product}
	shop, err := a.store.Shop(c.Request().Context())
	if err != nil {
		return page, err
	}
	page.Currency = shop.Currency
	if page.TaxClasses, err = a.store.TaxClasses(c.Request().Context()); err != nil {
		return page, err
	}
	title := product.Name
	if product.ID == 0 {
		title = "New product"
	}
	page.Frame, err = a.frame(c, title, "/admin/products")
	return page, err
}

// collectionChoices offers the collections that a product is in, and those that
// a search finds. What is in one by its rule is left to the rule.
func (a adminPages) collectionChoices(c echo.Context, chosen []int64, search string) (admin.Picker, error) {
	ctx := c.Request().Context()
	named, err := a.store.CollectionNames(ctx, models.CollectionFilter{IDs: append([]int64{0}, chosen...), ByHand: true})
	if err != nil {
		return admin.Picker{}, err
	}
	found, all, err := a.findCollections(ctx, models.CollectionFilter{Search: search, ByHand: true})
	drawn := picks{chosen: chosen, search: search}.picker(named, found, "collection")
	drawn.All = all
	return drawn, err
}

func (a adminPages) newProduct(c echo.Context) error {
	page, err := a.editor(c, models.Product{})
	if err != nil {
		return err
	}
	fillForm(&page, models.ProductEdit{Status: models.ProductDraft, Variants: []models.VariantEdit{{}}})
	if page.Form.Collections, err = a.collectionChoices(c, nil, ""); err != nil {
		return err
	}
	return a.show(c, admin.EditProduct(page))
}

func (a adminPages) editProduct(c echo.Context) error {
	product, err := a.productOf(c)
	if err != nil {
		return err
	}
	page, err := a.editor(c, product)
	if err != nil {
		return err
	}
	edit := product.Edit()
	fillForm(&page, edit)
	if page.Form.Collections, err = a.collectionChoices(c, edit.Collections, ""); err != nil {
		return err
	}
	if edit.Related, err = a.store.RelatedIDs(c.Request().Context(), product.ID); err != nil {
		return err
	}
	if page.Form.Related, err = a.relatedChoices(c, product.ID, edit.Related, ""); err != nil {
		return err
	}
	if text, ok := productNotices[c.QueryParam("notice")]; ok {
		if hidden := hiddenNotices[product.Status]; hidden != "" && text == productNotices["saved"] {
			text = hidden
		}
		page.Frame.Notice = &views.Notice{Kind: views.NoticeSuccess, Text: text}
	}
	return a.show(c, admin.EditProduct(page))
}

func (a adminPages) createProduct(c echo.Context) error {
	return a.storeProduct(c, models.Product{})
}

func (a adminPages) saveProduct(c echo.Context) error {
	product, err := a.productOf(c)
	if err != nil {
		return err
	}
	return a.storeProduct(c, product)
}

// productFormSize bounds the editor's form: a hundred variants and a long
// description, percent-encoded.
const productFormSize = 1 << 20

// storeProduct does what the pressed button of the editor says: it stores the
// product, or only draws the form anew.
func (a adminPages) storeProduct(c echo.Context, product models.Product) error {
	form, err := postFormUpTo(c, productFormSize)
	if err != nil {
		return err
	}
	page, err := a.editor(c, product)
	if err != nil {
		return err
	}
	findFirst(form)
	edit, faults := readProduct(&page, form)
	if page.Form.Collections, err = a.collectionChoices(c, edit.Collections, trimmed(form, "collection-q")); err != nil {
		return err
	}
	page.Form.RelatedSearch = strings.TrimSpace(form.Get("related-q"))
	if page.Form.Related, err = a.relatedChoices(c, product.ID, edit.Related, page.Form.RelatedSearch); err != nil {
		return err
	}
	switch form.Get("do") {
	case "generate":
		if _, bad := faultsOfOptions(edit); !bad {
			err = edit.GenerateVariants()
		}
		if err == nil {
			err = a.store.ProposeSKUs(c.Request().Context(), &edit)
		}
		fillVariants(&page, edit, form)
	case "add":
		edit.Variants = append(edit.Variants, models.VariantEdit{})
		fillVariants(&page, edit, form)
	case "fill", "edit", "find":
	default:
		return a.keepProduct(c, page, edit, faults, form)
	}
	if shown, bad := faultsIn(err); bad {
		page.Errors = shown
		return render(c, http.StatusUnprocessableEntity, admin.EditProduct(page))
	}
	if err != nil {
		return err
	}
	if shown, bad := faultsOfOptions(edit); bad && form.Get("do") == "generate" {
		page.Errors = shown
		return render(c, http.StatusUnprocessableEntity, admin.EditProduct(page))
	}
	if form.Get("do") == "fill" && len(faults) > 0 {
		page.Errors = faults
		return render(c, http.StatusUnprocessableEntity, admin.EditProduct(page))
	}
	page.Frame.Notice = &views.Notice{Kind: views.NoticeInfo, Text: "Not saved yet: look it over, and save."}
	return a.show(c, admin.EditProduct(page))
}

// keepProduct stores the product, or shows the form with its faults.
func (a adminPages) keepProduct(c echo.Context, page admin.EditProductPage, edit models.ProductEdit, faults []views.FieldError, form url.Values) error {
	ctx, who := c.Request().Context(), actor(c, staffOf(c))
	for _, fault := range edit.Faults() {
		if !slices.ContainsFunc(faults, func(f views.FieldError) bool { return f.Field == fault.Field }) {
			faults = append(faults, views.FieldError{Field: fault.Field, Message: fault.Message})
		}
	}
	if len(faults) > 0 {
		page.Errors = faults
		return render(c, http.StatusUnprocessableEntity, admin.EditProduct(page))
	}
	var stored models.Product
	var err error
	notice := "saved"
	if page.Product.ID == 0 {
		notice = "created"
		stored, err = a.store.CreateProduct(ctx, edit, who)
	} else {
		stored, err = a.store.SaveProduct(ctx, page.Product.ID, edit, who)
	}
	if shown, bad := faultsIn(err); bad {
		page.Errors = shown
		return render(c, http.StatusUnprocessableEntity, admin.EditProduct(page))
	}
	if isConflict(err) {
		return a.conflict(c, page.Product.ID, edit, form)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, productPath(stored.ID)+"?notice="+notice)
}

func productPath(id int64) string { return "/admin/products/" + strconv.FormatInt(id, 10) }

func (a adminPages) duplicateProduct(c echo.Context) error {
	id, ok := whole(c.Param("id"))
	if !ok {
		return models.ErrNotFound
	}
	copied, err := a.store.DuplicateProduct(c.Request().Context(), id, actor(c, staffOf(c)))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, productPath(copied.ID)+"?notice=duplicated")
}

func (a adminPages) archiveProduct(c echo.Context) error {
	id, ok := whole(c.Param("id"))
	if !ok {
		return models.ErrNotFound
	}
	if err := a.store.ArchiveProduct(c.Request().Context(), id, actor(c, staffOf(c))); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, productPath(id)+"?notice=archived")
}

// previewProduct shows a product as shoppers will see it, whatever its status.
// Nobody keeps the page, and it takes nothing into a cart that is not for sale.
func (a adminPages) previewProduct(c echo.Context) error {
	product, err := a.productOf(c)
	if err != nil {
		return err
	}
	product.Pictures = slices.DeleteFunc(product.Pictures, func(p models.Picture) bool { return p.Status != models.PictureReady })
	page, err := pageOfProduct(c.Request().Context(), c, a.store, a.frames, product)
	if err != nil {
		return err
	}
	page.Frame.NoIndex, page.Frame.Canonical, page.Frame.JSONLD = true, "", ""
	page.Preview = product.Status != models.ProductActive
	page.Frame.Notice = &views.Notice{Kind: views.NoticeInfo, Text: "A preview: this product is " + admin.ProductStatusText(product.Status) + ". Only staff can see this page."}
	return render(c, http.StatusOK, views.Product(page))
}

func (a adminPages) stock(c echo.Context) error {
	product, err := a.productOf(c)
	if err != nil {
		return err
	}
	page := admin.StockPage{Product: product}
	if page.Frame, err = a.frame(c, "Stock of "+product.Name, "/admin/products"); err != nil {
		return err
	}
	if page.Lines, err = a.store.StockLedger(c.Request().Context(), product.ID, before(c), adminPage); err != nil {
		return err
	}
	if n := len(page.Lines); n > 0 {
		page.NextPage = older(productPath(product.ID)+"/stock", url.Values{}, n, page.Lines[n-1].ID)
	}
	return a.show(c, admin.Stock(page))
}
