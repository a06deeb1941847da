package handlers

import (
	"errors"
	"fmt"
	"net/http"
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

// discountNotices are what the list says after something was done.
var discountNotices = map[string]string{
	"saved": "The discount is saved.",
	"on":    "The discount is switched on.",
	"off":   "The discount is switched off. Checkouts that are open keep it.",
}

func (a adminPages) discounts(c echo.Context) error {
	frame, err := a.frame(c, "Discounts", "/admin/discounts")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	shop, err := a.store.Shop(ctx)
	if err != nil {
		return err
	}
	if text, ok := discountNotices[c.QueryParam("notice")]; ok {
		frame.Notice = &views.Notice{Kind: views.NoticeSuccess, Text: text}
	}
	page := admin.DiscountsPage{Frame: frame, Search: c.QueryParam("q"), Currency: shop.Currency, Now: a.now()}
	for _, status := range models.DiscountStatuses {
		if c.QueryParam("status") == string(status) {
			page.Status = status
		}
	}
	page.Discounts, err = a.store.Discounts(ctx, models.DiscountFilter{Search: page.Search, Status: page.Status, Before: before(c), Limit: adminPage})
	if err != nil {
		return err
	}
	if n := len(page.Discounts); n > 0 {
		filter := url.Values{"q": {page.Search}, "status": {string(page.Status)}}
		page.NextPage = older("/admin/discounts", filter, n, page.Discounts[n-1].ID)
	}
	return a.show(c, admin.Discounts(page))
}

func (a adminPages) newDiscount(c echo.Context) error {
	page, _, err := a.storedDiscount(c, models.Discount{Kind: models.DiscountPercent})
	if err != nil {
		return err
	}
	return a.show(c, admin.Discount(page))
}

func (a adminPages) discountForm(c echo.Context) error {
	d, err := a.discountOf(c)
	if err != nil {
		return err
	}
	page, _, err := a.storedDiscount(c, d)
	if err != nil {
		return err
	}
	return a.show(c, admin.Discount(page))
}

func (a adminPages) createDiscount(c echo.Context) error {
	return a.saveDiscount(c, models.Discount{Enabled: true}, func(d models.Discount) error {
		_, err := a.store.CreateDiscount(c.Request().Context(), d, actor(c, staffOf(c)))
		return err
	})
}

func (a adminPages) changeDiscount(c echo.Context) error {
	d, err := a.discountOf(c)
	if err != nil {
		return err
	}
	return a.saveDiscount(c, d, func(d models.Discount) error {
		return a.store.UpdateDiscount(c.Request().Context(), d, actor(c, staffOf(c)))
	})
}

// saveDiscount reads the form over a discount and has save store it, or shows
// the form again as it was typed.
func (a adminPages) saveDiscount(c echo.Context, d models.Discount, save func(models.Discount) error) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	findFirst(form)
	products, collections := readPicks(form, "product", d.ProductIDs), readPicks(form, "collection", d.CollectionIDs)
	page, shop, err := a.discountPage(c, d, products, collections)
	if err != nil {
		return err
	}
	d.ProductIDs, d.CollectionIDs = products.chosen, collections.chosen
	faults := readDiscount(&page, &d, form, shop.Currency)
	if do := form.Get("do"); do == "edit" || do == "find" {
		page.Frame.Notice = unsaved
		return a.show(c, admin.Discount(page))
	}
	if len(faults) == 0 && form.Get("nothing") == "" {
		if faults, err = a.noGoods(c, &page, d); err != nil {
			return err
		}
	}
	if len(faults) == 0 {
		err = save(d)
	}
	if isConflict(err) {
		return a.discountConflict(c, page, d, form)
	}
	if fault, bad := invalid(err); bad {
		faults, err = append(faults, fault), nil
	}
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		page.Errors = faults
		return render(c, http.StatusUnprocessableEntity, admin.Discount(page))
	}
	return c.Redirect(http.StatusSeeOther, "/admin/discounts?notice=saved")
}

// noGoods says, once, that nothing of what a discount names is for sale.
func (a adminPages) noGoods(c echo.Context, page *admin.DiscountPage, d models.Discount) ([]views.FieldError, error) {
	if len(d.ProductIDs)+len(d.CollectionIDs) == 0 {
		return nil, nil
	}
	for _, id := range d.CollectionIDs {
		_, err := a.store.CollectionByID(c.Request().Context(), id)
		if errors.Is(err, models.ErrNotFound) {
			return []views.FieldError{{Field: "goods", Message: "A collection that you chose is gone. Choose again: with nothing chosen, the discount counts for everything."}}, nil
		}
		if err != nil {
			return nil, err
		}
	}
	count, err := a.store.GoodsForSale(c.Request().Context(), d)
	if err != nil || count > 0 {
		return nil, err
	}
	page.Nothing = true
	return []views.FieldError{{Field: "goods", Message: "Nothing of what you chose is for sale now. Save again to keep it as it is: it counts once something is."}}, nil
}

// discountConflict shows what was typed beside what somebody else saved.
func (a adminPages) discountConflict(c echo.Context, page admin.DiscountPage, edit models.Discount, form url.Values) error {
	stored, err := a.discountOf(c)
	if err != nil {
		return err
	}
	saved, _, err := a.storedDiscount(c, stored)
	if err != nil {
		return err
	}
	mine, err := a.discountSays(c, page, edit)
	if err != nil {
		return err
	}
	theirs, err := a.discountSays(c, saved, stored)
	if err != nil {
		return err
	}
	path := "/admin/discounts/" + strconv.FormatInt(stored.ID, 10)
	return a.textConflict(c, rivals{
		"/admin/discounts", "the discount “" + stored.Label() + "”", path, stored.Version, mine, theirs, form,
	})
}

func (a adminPages) switchDiscount(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	d, err := a.discountOf(c)
	if err != nil {
		return err
	}
	to := form.Get("to")
	if to != "on" && to != "off" {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if err := a.store.SwitchDiscount(c.Request().Context(), d.ID, to == "on", actor(c, staffOf(c))); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/discounts?notice="+to)
}

func (a adminPages) discountOf(c echo.Context) (models.Discount, error) {
	id, ok := whole(c.Param("id"))
	if !ok {
		return models.Discount{}, models.ErrNotFound
	}
	return a.store.DiscountByID(c.Request().Context(), id)
}

// discountMoment is how browsers write a moment, here in UTC.
const discountMoment = "2006-01-02T15:04"

// storedDiscount fills the form with a discount as it is stored.
func (a adminPages) storedDiscount(c echo.Context, d models.Discount) (admin.DiscountPage, models.Shop, error) {
	return a.discountPage(c, d, storedPicks(d.ProductIDs), storedPicks(d.CollectionIDs))
}

// discountPage fills the form with a discount and what it is to be for.
func (a adminPages) discountPage(c echo.Context, d models.Discount, products, collections picks) (admin.DiscountPage, models.Shop, error) {
	ctx := c.Request().Context()
	title := "New discount"
	if d.ID != 0 {
		title = "Discount " + d.Label()
	}
	frame, err := a.frame(c, title, "/admin/discounts")
	if err != nil {
		return admin.DiscountPage{}, models.Shop{}, err
	}
	shop, err := a.store.Shop(ctx)
	if err != nil {
		return admin.DiscountPage{}, shop, err
	}
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	money := func(amount int64) string {
		if amount == 0 {
			return ""
		}
		return models.Money{Amount: amount, Currency: shop.Currency}.Decimal()
	}
	moment := func(at *time.Time) string {
		if at == nil {
			return ""
		}
		return at.UTC().Format(discountMoment)
	}
	page := admin.DiscountPage{
		Frame: frame, Discount: d, Version: strconv.FormatInt(d.Version, 10), Currency: shop.Currency, Now: a.now(),
		Name: d.Name, Code: d.Code, Kind: d.Kind, Amount: money(d.Amount), Buy: number(d.Buy), Get: number(d.Get),
		Minimum: money(d.Minimum), Starts: moment(d.StartsAt), Ends: moment(d.EndsAt), Uses: number(d.MaxUses), Customer: number(d.MaxPerCustomer),
	}
	if d.Kind == models.DiscountBundle {
		page.BundlePercent = number(d.Percent)
	} else {
		page.Percent = number(d.Percent)
	}
	if page.Products, err = a.productPicker(ctx, products, "product"); err != nil {
		return page, shop, err
	}
	page.Collections, err = a.collectionPicker(ctx, collections, "collection")
	return page, shop, err
}

// readDiscount reads the form into the page, so that nothing typed is lost, and
// into the discount. It returns one fault for a field at most.
func readDiscount(page *admin.DiscountPage, d *models.Discount, form url.Values, currency string) []views.FieldError {
	var faults []views.FieldError
	add := func(field, message string) {
		if !slices.ContainsFunc(faults, func(f views.FieldError) bool { return f.Field == field }) {
			faults = append(faults, views.FieldError{Field: field, Message: message})
		}
	}
	text := func(field string, into *string) string {
		*into = strings.TrimSpace(form.Get(field))
		return *into
	}
	number := func(field string, into *string) int64 {
		typed := text(field, into)
		n, ok := whole(typed)
		if typed != "" && !ok {
			return -1 // which no field takes
		}
		return n
	}
	money := func(field string, into *string) int64 {
		typed := text(field, into)
		if typed == "" {
			return 0
		}
		amount, err := models.ParseMoney(field, typed, currency)
		if fault, bad := invalid(err); bad {
			add(fault.Field, fault.Message)
		} else if !amount.Payable() {
			add(field, fmt.Sprintf("Amounts in %s must end in 0.", currency))
		}
		return amount.Amount
	}
	moment := func(field string, into *string) *time.Time {
		typed := text(field, into)
		if typed == "" {
			return nil
		}
		for _, layout := range []string{discountMoment, discountMoment + ":05"} {
			if at, err := time.ParseInLocation(layout, typed, time.UTC); err == nil && at.Year() < 3000 {
				return &at
			}
		}
		add(field, "Enter when it "+field+" as a date and a time, such as 2026-12-01T09:00.")
		return nil
	}
	d.Version, _ = whole(text("version", &page.Version))
	d.Name, d.Code = text("name", &page.Name), models.NormalCode(text("code", &page.Code))
	page.Kind = models.DiscountKind(form.Get("kind"))
	d.Kind, d.Percent, d.Amount, d.Buy, d.Get = page.Kind, 0, 0, 0, 0
	for field, into := range map[string]*string{"percent": &page.Percent, "amount": &page.Amount, "buy": &page.Buy, "get": &page.Get, "bundle-percent": &page.BundlePercent} {
		text(field, into) // also what belongs to another kind
	}
	switch d.Kind {
	case models.DiscountPercent:
		d.Percent = number("percent", &page.Percent)
	case models.DiscountAmount:
		d.Amount = money("amount", &page.Amount)
	case models.DiscountBundle:
		d.Buy, d.Get, d.Percent = number("buy", &page.Buy), number("get", &page.Get), number("bundle-percent", &page.BundlePercent)
	}
	d.Minimum = money("minimum", &page.Minimum)
	d.StartsAt, d.EndsAt = moment("starts", &page.Starts), moment("ends", &page.Ends)
	d.MaxUses, d.MaxPerCustomer = number("uses", &page.Uses), number("customer", &page.Customer)
	for _, fault := range d.Faults() {
		add(fault.Field, fault.Message)
	}
	slices.SortStableFunc(faults, func(x, y views.FieldError) int {
		return slices.Index(discountFields, x.Field) - slices.Index(discountFields, y.Field)
	})
	return faults
}

// discountFields are the fields of the form, from the top.
var discountFields = []string{
	"name", "code", "kind-percent", "percent", "amount", "buy", "get", "bundle-percent", "goods", "minimum", "starts", "ends", "uses", "customer",
}
