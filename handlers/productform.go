package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// fillForm writes a draft into the fields of the editor.
func fillForm(page *admin.EditProductPage, edit models.ProductEdit) {
	page.Form = admin.ProductForm{
		Version: strconv.FormatInt(edit.Version, 10), Name: edit.Name, Slug: edit.Slug, Summary: edit.Summary,
		Description: edit.Description, Status: edit.Status, Publish: publishText(edit.PublishAt), Featured: edit.Featured,
	}
	page.Form.TaxClasses = classChoices(page.TaxClasses, edit.TaxClass)
	for i, option := range edit.Options {
		if i < models.MaxOptions {
			values := optionText(option.Values)
			page.Form.Options[i] = admin.OptionForm{Name: option.Name, Values: values, Was: values}
		}
	}
	page.Form.AllOf = ofChoices(edit.Options, "")
	fillVariants(page, edit, nil)
}

func optionText(values []models.OptionValue) string {
	lines := make([]string, len(values))
	for i, value := range values {
		lines[i] = strings.TrimSpace(value.Name + " " + value.Swatch)
	}
	return strings.Join(lines, "\n")
}

// fillVariants writes the variants of a draft into the grid. What was typed in
// a form stays as it was typed.
func fillVariants(page *admin.EditProductPage, edit models.ProductEdit, typed url.Values) {
	rows := typedRows(typed)
	page.Form.Variants = nil
	for _, v := range edit.Variants {
		row := variantForm(page, edit, v)
		if at := slices.IndexFunc(rows, func(r typedRow) bool { return r.is(v) }); at >= 0 {
			was := rows[at]
			rows = slices.Delete(rows, at, at+1)
			asTyped(&row, was)
		}
		page.Form.Variants = append(page.Form.Variants, row)
	}
}

// typedRow is a row of the grid as the form brought it.
type typedRow struct {
	form url.Values
	i    int
}

func (r typedRow) get(name string) string {
	return strings.TrimSpace(r.form.Get(models.VariantField(r.i, name)))
}

// is reports whether the row is the variant: by its id, and a new one by its
// options.
func (r typedRow) is(v models.VariantEdit) bool {
	if id := r.get("id"); id != "" || v.ID != 0 {
		return id == strconv.FormatInt(v.ID, 10)
	}
	for i, value := range v.Options {
		if typed := r.get("option" + strconv.Itoa(i+1)); typed != "" && typed != value {
			return false
		}
	}
	return r.get("sku") == "" || r.get("sku") == v.SKU
}

func typedRows(form url.Values) []typedRow {
	count, _ := whole(form.Get("rows"))
	var rows []typedRow
	for i := range int(min(max(count, 0), 2*models.MaxVariants)) {
		rows = append(rows, typedRow{form, i})
	}
	return rows
}

func variantForm(page *admin.EditProductPage, edit models.ProductEdit, v models.VariantEdit) admin.VariantForm {
	row := admin.VariantForm{Title: v.Title(), SKU: v.SKU, StockWas: strconv.FormatInt(v.StockWas, 10), Remove: v.Remove}
	if v.ID != 0 {
		row.ID = strconv.FormatInt(v.ID, 10)
		for _, stored := range page.Product.Variants {
			if stored.ID == v.ID {
				row.Reserved = stored.Reserved
			}
		}
	}
	money := func(amount int64) string {
		if amount == 0 {
			return ""
		}
		return models.Money{Amount: amount, Currency: page.Currency}.Decimal()
	}
	row.Price, row.Compare = money(v.Price), money(v.CompareAt)
	row.Stock, row.Weight = strconv.FormatInt(v.Stock, 10), strconv.FormatInt(v.WeightGrams, 10)
	row.Barcode, row.Promise, row.Ships, row.Policies = v.Barcode, v.Promise, v.ShipsOn, policyChoices(v.Policy)
	for i := range edit.Options {
		row.Options[i] = optionChoices(edit.Options[i].Values, v.Options[i])
	}
	if len(page.Product.Pictures) > 0 {
		row.Pictures = append(row.Pictures, views.Choice{Value: "", Label: "The first"})
		for i, picture := range page.Product.Pictures {
			row.Pictures = append(row.Pictures, views.Choice{
				Value: strconv.FormatInt(picture.ID, 10), Label: fmt.Sprintf("%d: %s", i+1, picture.Alt), Selected: picture.ID == v.PictureID,
			})
		}
	}
	return row
}

// optionChoices offers the values of an option, and the one a variant has where
// it is none of them.
func optionChoices(values []models.OptionValue, chosen string) []views.Choice {
	choices := []views.Choice{}
	known := chosen == ""
	if known {
		choices = append(choices, views.Choice{Label: "Choose", Selected: true})
	}
	for _, value := range values {
		choices = append(choices, views.Choice{Value: value.Name, Label: value.Name, Selected: value.Name == chosen})
		known = known || value.Name == chosen
	}
	if !known {
		choices = append(choices, views.Choice{Value: chosen, Label: chosen, Selected: true})
	}
	return choices
}

// readProduct reads the form into the page, so that nothing typed is lost, and
// into a draft. Its faults are of what is no number and no amount.
func readProduct(page *admin.EditProductPage, form url.Values) (models.ProductEdit, []views.FieldError) {
	text := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	edit := models.ProductEdit{
		Name: text("name"), Slug: text("slug"), Summary: text("summary"),
		Description: strings.TrimSpace(strings.ReplaceAll(form.Get("description"), "\r\n", "\n")), Status: text("status"), Featured: form.Get("featured") != "",
	}
	edit.Version, _ = whole(form.Get("version"))
	edit.TaxClass, _ = whole(form.Get("tax-class"))
	for _, typed := range form["collection"] {
		if id, ok := whole(typed); ok {
			edit.Collections = append(edit.Collections, id)
		}
	}
	publishAt, publishFault := readPublish(text("publish"))
	edit.PublishAt, edit.Related = publishAt, readRelated(form)
	switch form.Get("do") {
	case "generate", "add", "edit", "find":
	default:
		fillCells(form)
	}
	var renamed [models.MaxOptions]map[string]string
	var options []admin.OptionForm
	for i := range models.MaxOptions {
		typed := admin.OptionForm{Name: text(models.OptionField(i, "name")), Values: text(models.OptionField(i, "values")), Was: text(models.OptionField(i, "was"))}
		if typed.Name == "" && typed.Values == "" {
			continue
		}
		option := models.Option{Name: typed.Name, Values: readValues(typed.Values), Position: i}
		renamed[len(options)] = renames(readValues(typed.Was), option.Values)
		typed.Was = optionText(option.Values)
		options, edit.Options = append(options, typed), append(edit.Options, option)
	}
	faults := publishFault
	for _, row := range typedRows(form) {
		variant, wrong := readVariant(row, page.Currency)
		for i := range variant.Options {
			if i >= len(edit.Options) {
				variant.Options[i] = ""
			} else if now, ok := renamed[i][variant.Options[i]]; ok {
				variant.Options[i] = now
			}
		}
		edit.Variants, faults = append(edit.Variants, variant), append(faults, wrong...)
	}
	fillForm(page, edit)
	page.Form.Publish = text("publish")
	page.Form.Options = [models.MaxOptions]admin.OptionForm{}
	copy(page.Form.Options[:], options)
	if form.Get("do") != "fill" || len(faults) > 0 {
		page.Form.AllPrice, page.Form.AllCompare = text("all-price"), text("all-compare")
		page.Form.AllStock, page.Form.AllWeight = text("all-stock"), text("all-weight")
	}
	page.Form.AllOf = ofChoices(edit.Options, text("all-of"))
	for _, row := range typedRows(form) { // as typed, right or wrong
		asTyped(&page.Form.Variants[row.i], row)
	}
	return edit, faults
}

// readVariant reads a row of the grid. What cannot be read is a fault, and
// stands as nothing.
func readVariant(row typedRow, currency string) (models.VariantEdit, []views.FieldError) {
	var faults []views.FieldError
	fault := func(name, message string) {
		faults = append(faults, views.FieldError{Field: models.VariantField(row.i, name), Message: message})
	}
	amount := func(name string) int64 {
		if row.get(name) == "" {
			return 0
		}
		money, err := models.ParseMoney(name, row.get(name), currency)
		if wrong, bad := invalid(err); bad {
			if strings.HasPrefix(row.get(name), "-") {
				return -1
			}
			fault(name, wrong.Message)
		}
		return money.Amount
	}
	count := func(name string) int64 {
		if row.get(name) == "" {
			return 0
		}
		n, ok := whole(row.get(name))
		if !ok {
			fault(name, "Enter a whole number.")
		}
		return n
	}
	v := models.VariantEdit{SKU: row.get("sku"), Remove: row.get("remove") != "", Stock: count("stock"), WeightGrams: count("weight")}
	v.Price = amount("price")
	v.CompareAt = amount("compare")
	v.ID, _ = whole(row.get("id"))
	v.StockWas, _ = whole(row.get("was"))
	v.PictureID, _ = whole(row.get("picture"))
	v.Barcode, v.Policy, v.Promise, v.ShipsOn = row.get("barcode"), models.StockPolicy(row.get("policy")), row.get("promise"), row.get("ships")
	for i := range v.Options {
		v.Options[i] = row.get("option" + strconv.Itoa(i+1))
	}
	if v.Remove { // whatever else it says
		return v, nil
	}
	return v, faults
}

var colourAfterName = regexp.MustCompile(`^(.+?)\s+#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})$`)

// colour writes a colour of three or six hexadecimal digits with six.
func colour(digits string) string {
	if len(digits) == 3 {
		digits = strings.Repeat(digits[:1], 2) + strings.Repeat(digits[1:2], 2) + strings.Repeat(digits[2:], 2)
	}
	return "#" + digits
}

// readValues reads the values of an option, separated by commas or lines.
func readValues(typed string) []models.OptionValue {
	var values []models.OptionValue
	for part := range strings.FieldsFuncSeq(typed, func(r rune) bool { return r == ',' || r == '\n' }) {
		if name := strings.Join(strings.Fields(part), " "); name != "" {
			value := models.OptionValue{Name: name, Position: len(values)}
			if found := colourAfterName.FindStringSubmatch(name); found != nil {
				value.Name, value.Swatch = found[1], colour(found[2])
			}
			values = append(values, value)
		}
	}
	return values
}

// renames tells which values got a new name: where there are as many as before,
// one that is new stands in the place of one that is gone.
func renames(before, after []models.OptionValue) map[string]string {
	renamed := map[string]string{}
	if len(before) != len(after) {
		return renamed
	}
	has := func(values []models.OptionValue, name string) bool {
		return slices.ContainsFunc(values, func(v models.OptionValue) bool { return v.Name == name })
	}
	for i := range before {
		if !has(after, before[i].Name) && !has(before, after[i].Name) {
			renamed[before[i].Name] = after[i].Name
		}
	}
	return renamed
}

// faultsOfOptions are the faults that keep variants from being generated.
func faultsOfOptions(edit models.ProductEdit) ([]views.FieldError, bool) {
	var faults []views.FieldError
	for _, fault := range edit.Faults() {
		if strings.HasPrefix(fault.Field, "option-") {
			faults = append(faults, views.FieldError{Field: fault.Field, Message: fault.Message})
		}
	}
	return faults, len(faults) > 0
}

// conflict shows two people's texts. Everything that was sent is sent again by
// the page's buttons, on top of the version that is stored now.
func (a adminPages) conflict(c echo.Context, id int64, mine models.ProductEdit, form url.Values) error {
	product, err := a.store.ProductByID(c.Request().Context(), id)
	if err != nil {
		return err
	}
	page := admin.ConflictPage{Product: product}
	if page.Frame, err = a.frame(c, "Somebody else saved first", "/admin/products"); err != nil {
		return err
	}
	shop, err := a.store.Shop(c.Request().Context())
	if err != nil {
		return err
	}
	choices, err := a.collectionChoices(c, slices.Concat(mine.Collections, product.Edit().Collections), "")
	if err != nil {
		return err
	}
	for i, v := range mine.Variants { // of stock, the difference is what moves
		if at := slices.IndexFunc(product.Variants, func(stored models.Variant) bool { return stored.ID == v.ID }); at >= 0 {
			mine.Variants[i].Stock = product.Variants[at].Stock + v.Stock - v.StockWas
		}
	}
	yours, theirs := factsOf(mine, product.Variants, choices.Choices, shop.Currency), factsOf(product.Edit(), product.Variants, choices.Choices, shop.Currency)
	if yours, theirs, err = a.relatedFacts(c, product.ID, mine, yours, theirs); err != nil {
		return err
	}
	page.Rows, page.Form = differences(yours, theirs), sentAgain(form)
	return render(c, http.StatusConflict, admin.Conflict(page))
}

func factsOf(edit models.ProductEdit, stored []models.Variant, collections []views.Choice, currency string) []saying {
	yes := map[bool]string{true: "yes", false: "no"}
	var in []string
	for _, collection := range collections {
		if id, _ := whole(collection.Value); slices.Contains(edit.Collections, id) {
			in = append(in, collection.Label)
		}
	}
	facts := []saying{
		{"Name", edit.Name}, {"Address", edit.Slug}, {"Summary", edit.Summary}, {"Description", edit.Description},
		{"Status", strings.TrimSpace(admin.ProductStatusText(edit.Status) + " " + strings.Replace(publishText(edit.PublishAt), "T", " ", 1))}, {"Featured", yes[edit.Featured]}, {"Collections", strings.Join(in, ", ")},
	}
	for i, option := range edit.Options {
		facts = append(facts, saying{fmt.Sprintf("Option %d", i+1), option.Name + ": " + strings.ReplaceAll(optionText(option.Values), "\n", ", ")})
	}
	for i, v := range edit.Variants {
		name := fmt.Sprintf("New variant %d", i+1)
		for _, variant := range stored {
			if variant.ID == v.ID {
				name = "Variant " + variant.SKU
			}
		}
		text := fmt.Sprintf("%s %s, %s, %d on hand, %d g", v.Title(), v.SKU, models.Money{Amount: v.Price, Currency: currency}, v.Stock, v.WeightGrams)
		if v.CompareAt > 0 {
			text += ", before " + models.Money{Amount: v.CompareAt, Currency: currency}.String()
		}
		for _, more := range []string{v.Barcode, string(v.Policy), v.Promise, v.ShipsOn} {
			if more != "" && more != string(models.StockDeny) {
				text += ", " + more
			}
		}
		if v.Remove {
			text = "removed"
		}
		facts = append(facts, saying{name, strings.TrimSpace(text)})
	}
	return facts
}
