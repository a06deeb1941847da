package models

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"
)

// ErrConflict says that somebody else saved in the meantime. Nothing was
// changed.
var ErrConflict = errors.New("somebody else saved in the meantime")

// unchanged is the outcome of an update of the version that a form was made
// from: ErrConflict where that is no longer there.
func unchanged(update *gorm.DB) error {
	if update.Error == nil && update.RowsAffected == 0 {
		return ErrConflict
	}
	return update.Error
}

// Limits of what an editor takes.
const (
	MaxOptions     = 3
	MaxVariants    = 100
	maxName        = 200
	maxSlug        = 100
	maxSummary     = 300
	maxDescription = 20_000
	maxSKU         = 60
	maxOptionName  = 40
	maxAmount      = 1_000_000_000_000 // minor units
	maxStock       = 10_000_000
	maxWeight      = 10_000_000
)

// ProductStatuses lists every status of a product.
var ProductStatuses = [...]string{ProductActive, ProductDraft, ProductScheduled, ProductArchived}

// ProductEdit is a product as somebody wants it to be.
type ProductEdit struct {
	Version     int64 // of the product it was made from
	Name        string
	Slug        string // empty: made of the name
	Summary     string
	Description string
	Status      string
	PublishAt   *time.Time // where it is scheduled
	Featured    bool
	Collections []int64
	TaxClass    int64    // 0 for the standard class
	Related     []int64  // what goes well with it, in order; nil: what is stored stays
	Options     []Option // up to MaxOptions, with their values in order
	Variants    []VariantEdit
}

// VariantEdit is a variant as somebody wants it to be.
type VariantEdit struct {
	ID          int64 // 0: a new one
	Options     [MaxOptions]string
	SKU         string
	Price       int64 // minor units
	CompareAt   int64 // minor units; 0 for none
	Stock       int64
	StockWas    int64 // what was on hand when somebody wrote Stock: the difference is what moves
	WeightGrams int64
	Barcode     string      // a GTIN, or empty
	Policy      StockPolicy // empty: StockDeny
	Promise     string
	ShipsOn     string // as 2026-12-31
	PictureID   int64  // 0: the product's first
	Remove      bool
}

// Edit is the product as a draft that changes nothing.
func (p Product) Edit() ProductEdit {
	edit := ProductEdit{
		Version: p.Version, Name: p.Name, Slug: p.Slug, Summary: p.Summary, Description: p.Description,
		Status: p.Status, PublishAt: p.PublishAt, Featured: p.Featured, Options: p.Options,
	}
	if p.TaxClassID != nil {
		edit.TaxClass = *p.TaxClassID
	}
	for _, collection := range p.Collections {
		edit.Collections = append(edit.Collections, collection.ID)
	}
	for _, v := range p.Variants {
		variant := VariantEdit{
			ID: v.ID, Options: [MaxOptions]string{v.Option1, v.Option2, v.Option3}, SKU: v.SKU, Price: v.Price, CompareAt: v.CompareAt,
			Stock: v.Stock, StockWas: v.Stock, WeightGrams: v.WeightGrams,
			Barcode: v.Barcode, Policy: v.Policy, Promise: v.Promise, ShipsOn: v.ShipsOn,
		}
		if v.PictureID != nil {
			variant.PictureID = *v.PictureID
		}
		edit.Variants = append(edit.Variants, variant)
	}
	return edit
}

// Title names the variant by its option values.
func (v VariantEdit) Title() string {
	return Variant{Option1: v.Options[0], Option2: v.Options[1], Option3: v.Options[2]}.Title()
}

// VariantField is the id of a field of the i-th variant in an editor.
func VariantField(i int, name string) string { return fmt.Sprintf("variant-%d-%s", i, name) }

// OptionField is the id of a field of the i-th option in an editor.
func OptionField(i int, name string) string { return fmt.Sprintf("option-%d-%s", i, name) }

// InvalidErrors are the faults of a form, each in its field.
type InvalidErrors []InvalidError

// Error counts them.
func (e InvalidErrors) Error() string {
	return fmt.Sprintf("%d fields are not as they should be", len(e))
}

func (e *InvalidErrors) add(field, message string, args ...any) {
	*e = append(*e, InvalidError{Field: field, Message: fmt.Sprintf(message, args...)})
}

func (e InvalidErrors) orNil() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

var slugPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Slug makes an address of a name: lower-case letters, digits and hyphens.
func Slug(name string) string {
	var out strings.Builder
	for _, r := range norm.NFKD.String(strings.ReplaceAll(strings.ToLower(name), "ß", "ss")) {
		switch {
		case r < utf8.RuneSelf && (unicode.IsLower(r) || unicode.IsDigit(r)):
			out.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || r == '’' || r == '\'': // accents and apostrophes leave no gap
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "-"):
			out.WriteByte('-')
		}
	}
	slug := out.String()
	if len(slug) > maxSlug-10 { // room for a number
		slug = slug[:maxSlug-10]
	}
	return strings.Trim(slug, "-")
}

// longer reports whether text has more than so many characters.
func longer(text string, characters int) bool { return utf8.RuneCountInString(text) > characters }

// LongestText is more characters than any text of the shop may have.
const LongestText = 60_000

// checkText refuses a text that is too long. One beyond LongestText may be a
// beginning alone, whose length says nothing.
func checkText(faults *InvalidErrors, field, label, text string, longest int) {
	switch has := utf8.RuneCountInString(text); {
	case has > LongestText:
		faults.add(field, "%s: shorten it. At most %d characters; this has far more.", label, longest)
	case has > longest:
		faults.add(field, "%s: shorten it. At most %d characters; this has %d.", label, longest, has)
	}
}

func checkNameAndSlug(faults *InvalidErrors, name, slug string) {
	if name == "" {
		faults.add("name", "Enter a name.")
	}
	checkText(faults, "name", "Name", name, maxName)
	if slug != "" && (len(slug) > maxSlug || !slugPattern.MatchString(slug)) {
		faults.add("slug", "Use small letters, digits and single hyphens, such as field-notebook, up to %d characters.", maxSlug)
	}
}

// Faults says what of the draft cannot be stored, whatever is in the database.
func (d ProductEdit) Faults() InvalidErrors {
	var faults InvalidErrors
	checkNameAndSlug(&faults, d.Name, d.Slug)
	checkText(&faults, "summary", "Summary", d.Summary, maxSummary)
	checkText(&faults, "description", "Description", d.Description, maxDescription)
	if !slices.Contains(ProductStatuses[:], d.Status) {
		faults.add("status", "Choose a status.")
	}
	if d.Status == ProductScheduled && d.PublishAt == nil {
		faults.add("publish", "Enter the day and the time from which it is for sale.")
	}
	d.checkOptions(&faults)
	kept := 0
	skus, combinations := map[string]bool{}, map[[MaxOptions]string]bool{}
	for i, v := range d.Variants {
		if v.Remove {
			continue
		}
		kept++
		d.checkVariant(&faults, i, v)
		if v.SKU != "" && skus[v.SKU] {
			faults.add(VariantField(i, "sku"), "Another variant has the SKU %s, too.", v.SKU)
		}
		if combinations[v.Options] {
			faults.add(VariantField(i, d.combinationField()), "Another variant is %s, too.", titleOr(v, "without options"))
		}
		skus[v.SKU], combinations[v.Options] = true, true
	}
	switch {
	case kept == 0:
		faults.add("variants", "A product needs at least one variant.")
	case kept > MaxVariants:
		faults.add("variants", "A product can have up to %d variants; these are %d.", MaxVariants, kept)
	}
	return faults
}

// combinationField is where a fault of a variant's option values belongs.
func (d ProductEdit) combinationField() string {
	if len(d.Options) == 0 {
		return "sku"
	}
	return "option1"
}

func titleOr(v VariantEdit, without string) string {
	if title := v.Title(); title != "" {
		return title
	}
	return without
}

// checkOptions takes what differs in capitals alone for one word written twice:
// shoppers would see two choices and find both under one filter.
func (d ProductEdit) checkOptions(faults *InvalidErrors) {
	names := map[string]bool{}
	for i, option := range d.Options {
		name := strings.ToLower(option.Name)
		switch {
		case name == "":
			faults.add(OptionField(i, "name"), "Name the option, such as Colour.")
		case names[name]:
			faults.add(OptionField(i, "name"), "Another option has that name, too.")
		}
		names[name] = true
		checkText(faults, OptionField(i, "name"), "Name of the option", option.Name, maxOptionName)
		if len(option.Values) == 0 {
			faults.add(OptionField(i, "values"), "Enter the values of the option, such as Red, Blue.")
		}
		values := map[string]string{}
		for _, value := range option.Values {
			switch other, there := values[strings.ToLower(value.Name)]; {
			case other == value.Name && there:
				faults.add(OptionField(i, "values"), "%s is there twice.", value.Name)
			case there:
				faults.add(OptionField(i, "values"), "%s and %s differ in capitals alone. Keep one of them.", other, value.Name)
			default:
				values[strings.ToLower(value.Name)] = value.Name
			}
			checkText(faults, OptionField(i, "values"), "Each value", value.Name, maxOptionName)
		}
	}
}

func (d ProductEdit) checkVariant(faults *InvalidErrors, i int, v VariantEdit) {
	fault := func(name, message string, args ...any) { faults.add(VariantField(i, name), message, args...) }
	for j := range v.Options {
		name := fmt.Sprintf("option%d", j+1)
		switch {
		case j >= len(d.Options):
		case v.Options[j] == "":
			fault(name, "Choose a value.")
		case !slices.ContainsFunc(d.Options[j].Values, func(value OptionValue) bool { return value.Name == v.Options[j] }):
			fault(name, "%s is no value of %s (any more).", v.Options[j], d.Options[j].Name)
		}
	}
	if v.SKU == "" {
		fault("sku", "Enter a SKU: the number of the article.")
	}
	checkText(faults, VariantField(i, "sku"), "SKU", v.SKU, maxSKU)
	switch {
	case v.Price <= 0:
		fault("price", "Enter a price above zero.")
	case v.Price > maxAmount:
		fault("price", "That is too much.")
	}
	switch {
	case v.CompareAt < 0 || v.CompareAt > maxAmount:
		fault("compare", "Enter the former price, or leave it empty.")
	case v.CompareAt > 0 && v.CompareAt <= v.Price:
		fault("compare", "The former price must be above the price. Leave it empty where there is none.")
	}
	if v.Stock < 0 || v.Stock > maxStock {
		fault("stock", "Enter the pieces on hand, from 0 to %d.", maxStock)
	}
	if v.WeightGrams < 0 || v.WeightGrams > maxWeight {
		fault("weight", "Enter the weight in grams, from 0 to %d.", maxWeight)
	}
	v.checkTerms(fault)
}

// GenerateVariants adds to the draft a variant for every combination of its
// options that has none, up to MaxVariants in all. Variants that fit no
// combination any more, or another one's, are marked for removal; new ones of
// these are dropped. It returns an InvalidErrors where the options make too
// many.
func (d *ProductEdit) GenerateVariants() error {
	wanted := [][MaxOptions]string{{}}
	for i, option := range d.Options {
		var next [][MaxOptions]string
		for _, begun := range wanted {
			for _, value := range option.Values {
				begun[i] = value.Name
				next = append(next, begun)
			}
		}
		if wanted = next; len(wanted) > MaxVariants {
			return InvalidErrors{{Field: "variants", Message: fmt.Sprintf("These options make more than %d variants. Take some values away.", MaxVariants)}}
		}
	}
	there := map[[MaxOptions]string]bool{}
	var kept []VariantEdit
	for _, v := range d.Variants {
		for i, option := range d.Options { // an option that is new, or the first
			if v.Options[i] == "" && len(option.Values) > 0 {
				v.Options[i] = option.Values[0].Name
			}
		}
		v.Remove = there[v.Options] || !slices.Contains(wanted, v.Options)
		if !v.Remove {
			there[v.Options] = true
		}
		if v.ID != 0 || !v.Remove {
			kept = append(kept, v)
		}
	}
	pattern := VariantEdit{}
	for _, v := range kept {
		if !v.Remove {
			pattern = v
			break
		}
	}
	for _, combination := range wanted {
		if !there[combination] {
			kept = append(kept, VariantEdit{Options: combination, Price: pattern.Price, CompareAt: pattern.CompareAt, WeightGrams: pattern.WeightGrams,
				Policy: pattern.Policy, Promise: pattern.Promise, ShipsOn: pattern.ShipsOn})
		}
	}
	slices.SortStableFunc(kept, func(a, b VariantEdit) int {
		return slices.Index(wanted, a.Options) - slices.Index(wanted, b.Options)
	})
	d.Variants = kept
	return nil
}
