package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// Empty rows below the classes and rates of the form.
const (
	moreClasses = 2
	moreRates   = 3
)

// taxPage writes settings into the form.
func (a adminPages) taxPage(c echo.Context, t models.TaxSettings) (admin.TaxPage, error) {
	frame, err := a.frame(c, "Tax", "/admin/tax")
	page := admin.TaxPage{Frame: frame, Mode: t.Mode, Included: t.Included, Delivery: t.Delivery, Version: strconv.FormatInt(t.Version, 10)}
	for _, class := range t.Classes {
		page.Classes = append(page.Classes, admin.TaxClassForm{ID: strconv.FormatInt(class.ID, 10), Name: class.Name})
	}
	for range moreClasses {
		page.Classes = append(page.Classes, admin.TaxClassForm{})
	}
	for _, rate := range t.Rates {
		page.Rates = append(page.Rates, admin.TaxRateForm{
			Country: models.CountryName(rate.Country), Name: rate.Name, Percent: models.RatePercent(rate.Rate), Classes: classChoices(t.Classes, rate.ClassID),
		})
	}
	for range moreRates {
		page.Rates = append(page.Rates, admin.TaxRateForm{Classes: classChoices(t.Classes, models.StandardTaxClass)})
	}
	return page, err
}

func classChoices(classes []models.TaxClass, chosen int64) []views.Choice {
	var choices []views.Choice
	for _, class := range classes {
		choices = append(choices, views.Choice{Value: strconv.FormatInt(class.ID, 10), Label: class.Name, Selected: class.ID == chosen})
	}
	return choices
}

func (a adminPages) tax(c echo.Context) error {
	settings, err := a.store.TaxSettings(c.Request().Context())
	if err != nil {
		return err
	}
	page, err := a.taxPage(c, settings)
	if err != nil {
		return err
	}
	if c.QueryParam("notice") == "saved" {
		page.Frame.Notice = &views.Notice{Kind: views.NoticeSuccess, Text: "Saved. Carts show it now."}
	}
	return a.show(c, admin.Tax(page))
}

func (a adminPages) saveTax(c echo.Context) error {
	form, err := postFormUpTo(c, 256<<10)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	stored, err := a.store.TaxSettings(ctx)
	if err != nil {
		return err
	}
	settings, typed, faults := readTax(form, stored.Classes)
	page, err := a.taxPage(c, settings)
	if err != nil {
		return err
	}
	for i, row := range typed { // right or wrong
		page.Rates[i].Country, page.Rates[i].Percent = row.country, row.percent
	}
	if form.Get("do") == "edit" {
		page.Frame.Notice = unsaved
		return a.show(c, admin.Tax(page))
	}
	// What is wrong with a rate may be that somebody else deleted its class.
	if settings.Version != stored.Version {
		return a.taxConflict(c, page, form)
	}
	if len(faults) == 0 {
		err = a.store.SaveTaxSettings(ctx, settings, actor(c, staffOf(c)))
		var bad bool
		if faults, bad = faultsIn(err); !bad {
			if isConflict(err) {
				return a.taxConflict(c, page, form)
			}
			if err != nil {
				return err
			}
			return c.Redirect(http.StatusSeeOther, "/admin/tax?notice=saved")
		}
	}
	page.Errors = faults
	return render(c, http.StatusUnprocessableEntity, admin.Tax(page))
}

// taxConflict shows what was typed beside what somebody else saved.
func (a adminPages) taxConflict(c echo.Context, mine admin.TaxPage, form url.Values) error {
	stored, err := a.store.TaxSettings(c.Request().Context())
	if err != nil {
		return err
	}
	theirs, err := a.taxPage(c, stored)
	if err != nil {
		return err
	}
	return a.textConflict(c, rivals{"/admin/tax", "the tax", "/admin/tax", stored.Version, taxSays(mine), taxSays(theirs), form})
}

// typedRate is a row of rates as it was typed.
type typedRate struct{ country, class, name, percent string }

// typedRates are the rows of rates that hold something.
func typedRates(form url.Values) []typedRate {
	var typed []typedRate
	rows, _ := whole(form.Get("rates"))
	for i := range int(min(max(rows, 0), 1000)) {
		text := func(name string) string { return strings.TrimSpace(form.Get(models.RateField(i, name))) }
		row := typedRate{text("country"), text("class"), text("name"), text("percent")}
		if row.country != "" || row.name != "" || row.percent != "" {
			typed = append(typed, row)
		}
	}
	return typed
}

// readTax reads the form into settings, beside the rates as they were typed. A
// class whose name is empty is none, and one that goes takes its rates along.
func readTax(form url.Values, known []models.TaxClass) (models.TaxSettings, []typedRate, []views.FieldError) {
	t := models.TaxSettings{Mode: models.TaxMode(form.Get("mode")), Included: form.Get("included") != "", Delivery: form.Get("delivery") != ""}
	var typed []typedRate
	var faults []views.FieldError
	t.Version, _ = whole(form.Get("version"))
	rows, _ := whole(form.Get("classes"))
	for i := range int(min(max(rows, 0), 100)) {
		id, _ := whole(form.Get(models.ClassField(i) + "-id"))
		name := strings.TrimSpace(form.Get(models.ClassField(i)))
		if !isClass(known, id) {
			id = 0
		}
		if name != "" || id == models.StandardTaxClass {
			t.Classes = append(t.Classes, models.TaxClass{ID: id, Name: name})
		}
	}
	for _, row := range typedRates(form) {
		class, _ := whole(row.class)
		if isClass(known, class) && !isClass(t.Classes, class) {
			continue
		}
		rate := models.TaxRate{Country: models.CountryOf(row.country), ClassID: class, Name: row.name}
		var ok bool
		if rate.Rate, ok = models.ParseRate(row.percent); !ok {
			rate.Rate = -1 // whose fault says what to enter
		}
		t.Rates, typed = append(t.Rates, rate), append(typed, row)
	}
	for _, fault := range t.Faults() {
		faults = append(faults, views.FieldError{Field: fault.Field, Message: fault.Message})
	}
	return t, typed, faults
}

func isClass(classes []models.TaxClass, id int64) bool {
	for _, class := range classes {
		if class.ID == id && id != 0 {
			return true
		}
	}
	return false
}
