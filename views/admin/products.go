package admin

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"tuckshop/models"
	"tuckshop/views"
)

// ProductsPage lists products with their stock.
type ProductsPage struct {
	Frame    Frame
	Search   string
	Status   string // empty: any
	Currency string
	Products []models.Product
	Total    int64
	NextPage string
}

// productSum is what a product's variants are together.
type productSum struct {
	SKU               string // of the first
	Stock, Reserved   int64  // pieces
	Gone              int    // variants of which none is left
	Cheapest, Dearest int64  // minor units
}

func sumOf(product models.Product) productSum {
	var sum productSum
	for i, v := range product.Variants {
		if i == 0 {
			sum.SKU, sum.Cheapest = v.SKU, v.Price
		}
		if v.Available() <= 0 {
			sum.Gone++
		}
		sum.Stock, sum.Reserved = sum.Stock+v.Stock, sum.Reserved+v.Reserved
		sum.Cheapest, sum.Dearest = min(sum.Cheapest, v.Price), max(sum.Dearest, v.Price)
	}
	return sum
}

// productStatuses are the statuses of a product in plain words.
var productStatuses = map[string]string{
	models.ProductActive: "for sale", models.ProductDraft: "draft", models.ProductScheduled: "scheduled", models.ProductArchived: "archived",
}

// ProductStatusText says what a product's status means.
func ProductStatusText(status string) string { return productStatuses[status] }

// EditProductPage is the editor of a product, or of a new one.
type EditProductPage struct {
	TaxClasses []models.TaxClass
	Frame      Frame
	Product    models.Product // as it is stored; without an id where it is new
	Currency   string
	Form       ProductForm
	Errors     []views.FieldError
}

// ProductForm is what the editor's fields hold, as typed.
type ProductForm struct {
	Version     string
	Name        string
	Slug        string
	Summary     string
	Description string
	Status      string
	Publish     string // when it goes on sale, in UTC
	Featured    bool
	Collections Picker
	TaxClasses  []views.Choice
	Related     []views.Choice // what goes well with it, and what a search found
	// RelatedSearch is what was searched for to go well with it.
	RelatedSearch string
	Options       [models.MaxOptions]OptionForm
	AllOf         []views.Choice // which variants get what follows
	AllPrice      string
	AllCompare    string
	AllStock      string
	AllWeight     string
	Variants      []VariantForm
}

// OptionForm is an option as typed: its values are separated by commas or
// stand one a line, and a colour may follow each.
type OptionForm struct {
	Name   string
	Values string
	Was    string // the values when the form was drawn, to tell a new name from a new value
}

// VariantForm is a row of the grid as typed.
type VariantForm struct {
	ID       string // empty: a new one
	Options  [models.MaxOptions][]views.Choice
	Title    string
	SKU      string
	Price    string
	Compare  string
	Stock    string
	StockWas string
	Weight   string
	Barcode  string
	Policies []views.Choice
	Promise  string
	Ships    string
	Pictures []views.Choice // nil where the product has none
	Reserved int64
	Remove   bool
}

// policyTexts are the policies in plain words.
var policyTexts = map[models.StockPolicy]string{
	models.StockDeny: "It is sold out", models.StockBackorder: "It is sold on back-order", models.StockPreorder: "It is sold as a pre-order",
}

// PolicyText says what happens to a variant when none is left.
func PolicyText(policy models.StockPolicy) string { return policyTexts[policy] }

// told reports whether a row of the grid shows all its fields: one that is not
// seen otherwise is wrong, or waits for a choice.
func (p EditProductPage) told(i int, v VariantForm) bool {
	for j := range p.OptionNames() {
		for _, choice := range v.Options[j] {
			if choice.Selected && choice.Value == "" {
				return true
			}
		}
	}
	for _, fault := range p.Errors {
		for _, name := range hiddenFields {
			if fault.Field == models.VariantField(i, name) {
				return true
			}
		}
	}
	return false
}

// hiddenFields are the fields of a row that are shown on demand.
var hiddenFields = [...]string{"option1", "option2", "option3", "barcode", "policy", "promise", "ships"}

// fieldLabels name the fields of a row in the list of faults.
var fieldLabels = map[string]string{
	"price": "Price", "compare": "Before", "sku": "SKU", "stock": "On hand", "weight": "Grams", "remove": "Remove",
	"barcode": "Barcode", "policy": "When none is left", "promise": "What shoppers read", "ships": "Ships from",
}

// named are the faults as the list above the form tells them: those of the grid
// say in which row and in which field.
func (p EditProductPage) named() []views.FieldError {
	var faults []views.FieldError
	names := p.OptionNames()
	for _, fault := range p.Errors {
		if i, name, ok := p.cellOf(fault.Field); ok {
			label := fieldLabels[name]
			for j, option := range names {
				if name == "option"+strconv.Itoa(j+1) {
					label = option
				}
			}
			if len(p.Form.Variants) > 1 {
				label = strings.TrimSuffix(variantName(p.Form.Variants[i], i), newVariant) + " – " + label
			}
			fault.Message = label + ": " + fault.Message
		}
		faults = append(faults, fault)
	}
	return faults
}

// cellOf says in which row of the grid a field stands, and its name there.
func (p EditProductPage) cellOf(field string) (i int, name string, ok bool) {
	row, name, found := strings.Cut(strings.TrimPrefix(field, "variant-"), "-")
	i, err := strconv.Atoi(row)
	if !found || err != nil || i < 0 || i >= len(p.Form.Variants) {
		return 0, "", false
	}
	return i, name, field == models.VariantField(i, name)
}

// MayEdit reports whether who looks may save.
func (p EditProductPage) MayEdit() bool {
	return p.Frame.May("POST", "/admin/products/:id")
}

// OptionNames are the names of the options that are there, as typed.
func (p EditProductPage) OptionNames() []string {
	var names []string
	for _, option := range p.Form.Options {
		if option.Name != "" || option.Values != "" {
			names = append(names, option.Name)
		}
	}
	return names
}

func (p EditProductPage) action() templ.SafeURL {
	if p.Product.ID == 0 {
		return "/admin/products"
	}
	return productURL(p.Product.ID, "")
}

func productURL(id int64, below string) templ.SafeURL {
	return templ.SafeURL("/admin/products/" + strconv.FormatInt(id, 10) + below)
}

func shopURL(slug string) templ.SafeURL { return templ.SafeURL("/products/" + url.PathEscape(slug)) }

func number(n int64) string { return strconv.FormatInt(n, 10) }

// newVariant marks one that is not stored yet.
const newVariant = " (new)"

// variantName says which variant a row of the grid is.
func variantName(v VariantForm, i int) string {
	name := v.Title
	if name == "" {
		name = "Variant " + strconv.Itoa(i+1)
	}
	if v.ID == "" {
		name += newVariant
	}
	return name
}

// ConflictPage shows two people's texts beside each other.
type ConflictPage struct {
	Frame   Frame
	Product models.Product // as it is stored now
	Rows    []ConflictRow  // that differ
	Form    [][2]string    // what was sent, to be sent again
}

// ConflictRow is one thing that both say differently.
type ConflictRow struct{ What, Yours, Theirs string }

// StockPage shows what moved a product's stock.
type StockPage struct {
	Frame    Frame
	Product  models.Product
	Lines    []models.StockLine
	NextPage string
}

// PricesPage shows what a product's variants cost, and when.
type PricesPage struct {
	Frame    Frame
	Product  models.Product
	Currency string
	Lines    []models.PriceLine
	NextPage string
}

func (p PricesPage) money(amount int64) string {
	if amount == 0 {
		return ""
	}
	return models.Money{Amount: amount, Currency: p.Currency}.String()
}

// stockCauses are the causes of a move in plain words.
var stockCauses = map[models.StockCause]string{
	models.StockOpening: "on hand at first", models.StockSale: "sold", models.StockRefundReturn: "came back", models.StockAdjustment: "counted",
}

// signed is a number with its sign.
func signed(n int64) string {
	if n > 0 {
		return "+" + number(n)
	}
	return "−" + number(-n)
}

// PicturesPage shows the pictures of a product.
type PicturesPage struct {
	Frame    Frame
	Product  models.Product
	Pictures []PictureForm
	Waiting  int
	Ready    int
	Uploads  []string // what was typed of each picture that can be sent now
	Errors   []views.FieldError
}

// PictureForm is a picture with what its fields hold.
type PictureForm struct {
	Picture  models.Picture
	Alt      string
	Position string
	Focus    models.Focus
	Remove   bool
}

// MayEdit reports whether who looks may save.
func (p PicturesPage) MayEdit() bool {
	return p.Frame.May("POST", "/admin/products/:id/pictures")
}

// pictureStatuses are the states of a picture in plain words.
var pictureStatuses = map[string]string{
	models.PictureWaiting: "being made", models.PictureReady: "ready", models.PictureFailed: "failed",
}

// progressText says how far the pictures are that were sent.
func (p PicturesPage) progressText() string {
	text := fmt.Sprintf("%d of %d ready.", p.Ready, len(p.Pictures))
	if p.Waiting > 0 {
		text += " Each takes some seconds to make."
	}
	if failed := len(p.Pictures) - p.Ready - p.Waiting; failed > 0 {
		text += fmt.Sprintf(" %d failed.", failed)
	}
	return text
}

// FocusTexts say where Foci are.
var FocusTexts = [len(models.Foci)]string{
	"top left", "top", "top right", "left", "middle", "right", "bottom left", "bottom", "bottom right",
}
