package handlers

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// publishText is a moment as the editor's field holds it, in UTC.
func publishText(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(discountMoment)
}

// readPublish reads the moment from which a product is for sale.
func readPublish(typed string) (*time.Time, []views.FieldError) {
	if typed == "" {
		return nil, nil
	}
	for _, layout := range []string{discountMoment, discountMoment + ":05", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(layout, typed, time.UTC); err == nil && at.Year() < 3000 {
			return &at, nil
		}
	}
	return nil, []views.FieldError{{Field: "publish", Message: "Enter a date and a time, such as 2026-12-01T09:00."}}
}

// asTyped puts what was typed into a row of the grid, right or wrong. A SKU that
// was proposed meanwhile stays where none was typed.
func asTyped(row *admin.VariantForm, was typedRow) {
	row.SKU = cmp.Or(was.get("sku"), row.SKU)
	row.Price, row.Compare, row.Stock, row.Weight = was.get("price"), was.get("compare"), was.get("stock"), was.get("weight")
	row.Barcode, row.Promise, row.Ships = was.get("barcode"), was.get("promise"), was.get("ships")
}

func policyChoices(chosen models.StockPolicy) []views.Choice {
	var choices []views.Choice
	for _, policy := range models.StockPolicies {
		choices = append(choices, views.Choice{Value: string(policy), Label: admin.PolicyText(policy), Selected: policy == chosen})
	}
	return choices
}

// readRelated reads which products are to go well with one: none is not the
// same as nothing said.
func readRelated(form url.Values) []int64 {
	related := []int64{}
	for _, typed := range form["related"] {
		if id, ok := whole(typed); ok {
			related = append(related, id)
		}
	}
	return related
}

// relatedChoices offers the products that were chosen to go well with one, and
// those that a search finds.
func (a adminPages) relatedChoices(c echo.Context, id int64, chosen []int64, search string) ([]views.Choice, error) {
	products, err := a.store.ProductsNamed(c.Request().Context(), chosen)
	if err != nil {
		return nil, err
	}
	if search != "" {
		found, _, err := a.store.Products(c.Request().Context(), models.ProductFilter{Search: search, Drafts: true, PerPage: foundPicks})
		if err != nil {
			return nil, err
		}
		for _, product := range found {
			if product.ID != id && !slices.Contains(chosen, product.ID) {
				products = append(products, product)
			}
		}
	}
	var choices []views.Choice
	for _, product := range productLabels(products) {
		choices = append(choices, views.Choice{Value: strconv.FormatInt(product.ID, 10), Label: product.Name, Selected: slices.Contains(chosen, product.ID)})
	}
	return choices, nil
}

// relatedFacts adds to what two drafts say what goes well with the product.
func (a adminPages) relatedFacts(c echo.Context, id int64, mine models.ProductEdit, yours, theirs []saying) ([]saying, []saying, error) {
	stored, err := a.store.RelatedIDs(c.Request().Context(), id)
	if err != nil {
		return nil, nil, err
	}
	names := func(ids []int64) (string, error) {
		products, err := a.store.ProductsNamed(c.Request().Context(), ids)
		var names []string
		for _, product := range products {
			names = append(names, product.Name)
		}
		return strings.Join(names, ", "), err
	}
	const what = "Goes well with"
	your, err := names(mine.Related)
	if err != nil {
		return nil, nil, err
	}
	their, err := names(stored)
	return append(yours, saying{what, your}), append(theirs, saying{what, their}), err
}

func (a adminPages) prices(c echo.Context) error {
	product, err := a.productOf(c)
	if err != nil {
		return err
	}
	shop, err := a.store.Shop(c.Request().Context())
	if err != nil {
		return err
	}
	page := admin.PricesPage{Product: product, Currency: shop.Currency}
	if page.Frame, err = a.frame(c, "Prices of "+product.Name, "/admin/products"); err != nil {
		return err
	}
	if page.Lines, err = a.store.PriceHistory(c.Request().Context(), product.ID, before(c), adminPage); err != nil {
		return err
	}
	if n := len(page.Lines); n > 0 {
		page.NextPage = older(productPath(product.ID)+"/prices", url.Values{}, n, page.Lines[n-1].ID)
	}
	return a.show(c, admin.Prices(page))
}
