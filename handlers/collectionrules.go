package handlers

import (
	"cmp"
	"fmt"
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

// conditionKinds are the kinds of a rule's conditions with their words.
var conditionKinds = map[models.ConditionKind]string{
	models.NameContains: "Name contains", models.PriceUpTo: "Price up to", models.PriceFrom: "Price from", models.IsInStock: "In stock",
	models.IsReduced: "Reduced", models.OptionIs: "An option is", models.CreatedWithin: "New within days", models.StatusIs: "Status is",
}

// fillRule writes what a collection holds, and in which order, into its form.
func (a adminPages) fillRule(c echo.Context, page *admin.CollectionPage) error {
	shop, err := a.store.Shop(c.Request().Context())
	if err != nil {
		return err
	}
	page.Currency = shop.Currency
	rule, err := page.Collection.RuleOf()
	if err != nil {
		return err
	}
	var typed []typedCondition
	if rule != nil {
		page.ByRule, page.Any = true, rule.Any
		for _, condition := range rule.Conditions {
			typed = append(typed, typedCondition{condition.Kind, conditionText(condition, page.Currency)})
		}
	}
	showConditions(page, typed)
	if page.OptionLabels, err = a.store.OptionLabels(c.Request().Context(), offeredLabels); err != nil {
		return err
	}
	showSorts(page, cmp.Or(page.Collection.Sort, models.SortFeatured))
	if page.Collection.Sort != models.SortByHand {
		return nil
	}
	if from, ok := whole(c.QueryParam("from")); ok && from > 0 && from < page.Products {
		page.From = from
	}
	members, err := a.store.CollectionMembers(c.Request().Context(), page.Collection.ID, int(page.From), admin.MembersPlaced)
	for i, product := range members {
		page.Members = append(page.Members, admin.MemberForm{ID: product.ID, Name: product.Name, Place: strconv.FormatInt(page.From+int64(i)+1, 10)})
	}
	return err
}

// offeredLabels is how many values of options are offered to a rule.
const offeredLabels = 200

// typedCondition is a condition as somebody chose and typed it.
type typedCondition struct {
	kind  models.ConditionKind
	value string
}

func conditionText(condition models.Condition, currency string) string {
	switch condition.Kind {
	case models.PriceUpTo, models.PriceFrom:
		return models.Money{Amount: condition.Amount, Currency: currency}.Decimal()
	case models.CreatedWithin:
		return strconv.FormatInt(condition.Days, 10)
	}
	return condition.Text
}

// showConditions draws the conditions that are there and room for more.
func showConditions(page *admin.CollectionPage, typed []typedCondition) {
	page.Conditions = nil
	for i := range min(max(len(typed)+1, 3), models.MaxConditions) {
		var shown typedCondition
		if i < len(typed) {
			shown = typed[i]
		}
		form := admin.ConditionForm{Value: shown.value, Kinds: []views.Choice{{Label: "None", Selected: shown.kind == ""}}}
		for _, kind := range models.ConditionKinds {
			form.Kinds = append(form.Kinds, views.Choice{Value: string(kind), Label: conditionKinds[kind], Selected: kind == shown.kind})
		}
		page.Conditions = append(page.Conditions, form)
	}
}

func showSorts(page *admin.CollectionPage, chosen models.ProductSort) {
	page.Sorts = nil
	for _, sort := range sorts {
		if slices.Contains(models.CollectionSorts[:], sort.value) {
			page.Sorts = append(page.Sorts, views.Choice{Value: string(sort.value), Label: sort.label, Selected: sort.value == chosen})
		}
	}
	page.Sorts = append(page.Sorts, views.Choice{Value: string(models.SortByHand), Label: "By hand", Selected: chosen == models.SortByHand})
}

// readRule reads from the form what the collection holds, and in which order,
// into the page, so that nothing typed is lost, and into the draft.
func readRule(page *admin.CollectionPage, edit *models.CollectionEdit, form url.Values) []views.FieldError {
	var faults []views.FieldError
	edit.Sort = models.ProductSort(form.Get("sort"))
	showSorts(page, edit.Sort)
	for i := range page.Members {
		member := &page.Members[i]
		if !form.Has(admin.PlaceField(member.ID)) {
			continue
		}
		member.Place = strings.TrimSpace(form.Get(admin.PlaceField(member.ID)))
		place, ok := whole(member.Place)
		if !ok || place < 0 {
			faults = append(faults, views.FieldError{Field: admin.PlaceField(member.ID), Message: "Enter a whole number: 1 comes first."})
			continue
		}
		if edit.Places == nil {
			edit.Places = map[int64]int64{}
		}
		edit.Places[member.ID] = place
	}
	page.ByRule, page.Any, page.Nothing = form.Get("by") == "rule", form.Get("match") == "any", false
	rule := models.Rule{Any: page.Any}
	var typed []typedCondition
	for i := range models.MaxConditions {
		chosen := typedCondition{models.ConditionKind(form.Get(fmt.Sprintf("condition-%d-kind", i))), strings.TrimSpace(form.Get(models.ConditionField(i)))}
		if chosen.kind == "" {
			continue
		}
		condition, fault := readCondition(len(typed), chosen, page.Currency)
		if fault.Message != "" && page.ByRule {
			faults = append(faults, fault)
		}
		typed, rule.Conditions = append(typed, chosen), append(rule.Conditions, condition)
	}
	showConditions(page, typed)
	if page.ByRule {
		edit.Rule = &rule
	}
	return faults
}

// readCondition reads the value of the i-th condition. What cannot be read is a
// fault.
func readCondition(i int, typed typedCondition, currency string) (models.Condition, views.FieldError) {
	condition := models.Condition{Kind: typed.kind}
	switch typed.kind {
	case models.PriceUpTo, models.PriceFrom:
		amount, err := models.ParseMoney(models.ConditionField(i), typed.value, currency)
		if fault, bad := invalid(err); bad {
			return condition, fault
		}
		condition.Amount = amount.Amount
	case models.CreatedWithin:
		condition.Days, _ = whole(typed.value)
	case models.StatusIs:
		condition.Text = strings.ToLower(typed.value)
		for _, status := range models.ProductStatuses {
			if condition.Text == admin.ProductStatusText(status) {
				condition.Text = status
			}
		}
	case models.IsInStock, models.IsReduced:
	default:
		condition.Text = typed.value
	}
	return condition, views.FieldError{}
}

// addFaults adds the model's faults to those of the form, one for a field.
func addFaults(faults []views.FieldError, more models.InvalidErrors) []views.FieldError {
	for _, fault := range more {
		if !slices.ContainsFunc(faults, func(f views.FieldError) bool { return f.Field == fault.Field }) {
			faults = append(faults, views.FieldError{Field: fault.Field, Message: fault.Message})
		}
	}
	return faults
}

// previewRule shows the form again and says how many products the rule chooses.
func (a adminPages) previewRule(c echo.Context, page admin.CollectionPage, edit models.CollectionEdit, faults []views.FieldError) error {
	if edit.Rule == nil {
		page.Frame.Notice = &views.Notice{Kind: views.NoticeInfo, Text: "Choose “Whatever fits a rule” first."}
		return a.show(c, admin.EditCollection(page))
	}
	if faults = addFaults(faults, edit.Rule.Faults()); len(faults) > 0 {
		page.Errors = faults
		return render(c, http.StatusUnprocessableEntity, admin.EditCollection(page))
	}
	all, forSale, err := a.store.CountChosen(c.Request().Context(), *edit.Rule)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%d products fit this rule, %d of them for sale. Nothing is saved yet.", all, forSale)
	switch all {
	case 0:
		text = "No product fits this rule now. Nothing is saved yet."
	case 1:
		text = "One product fits this rule, and it is not for sale. Nothing is saved yet."
		if forSale == 1 {
			text = "One product fits this rule, and it is for sale. Nothing is saved yet."
		}
	}
	page.Frame.Notice = &views.Notice{Kind: views.NoticeInfo, Text: text}
	return a.show(c, admin.EditCollection(page))
}

// nothingChosen says, once, that a rule chooses no product.
func (a adminPages) nothingChosen(c echo.Context, page *admin.CollectionPage, edit models.CollectionEdit) ([]views.FieldError, error) {
	if len(edit.Faults()) > 0 {
		return nil, nil
	}
	all, _, err := a.store.CountChosen(c.Request().Context(), *edit.Rule)
	if err != nil || all > 0 {
		return nil, err
	}
	page.Nothing = true
	return []views.FieldError{{Field: models.ConditionField(0), Message: "No product fits this rule now. Save again to keep it as it is: what fits later comes in by itself."}}, nil
}
