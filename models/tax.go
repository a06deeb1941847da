package models

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// TaxMode says who works tax out.
type TaxMode string

// The modes of tax.
const (
	TaxNone   TaxMode = "none"
	TaxOwn    TaxMode = "own"    // the shop, by its own rates
	TaxStripe TaxMode = "stripe" // Stripe Tax, on the payment page
)

// TaxModes lists every mode, for forms.
var TaxModes = [...]TaxMode{TaxNone, TaxOwn, TaxStripe}

// TaxWhole is the rate of 100 percent: rates are parts of a million.
const TaxWhole = 1_000_000

// StandardTaxClass is what products are taxed as without a word.
const StandardTaxClass = 1

// TaxClass is a kind of goods that is taxed alike.
type TaxClass struct {
	ID   int64
	Name string
}

// TaxRate is the rate of a class in a country. Where a class has none there, the
// standard class's counts.
type TaxRate struct {
	Country string `gorm:"primaryKey"`
	ClassID int64  `gorm:"primaryKey;autoIncrement:false"`
	Name    string // what shoppers call the tax, such as VAT
	Rate    int64  // parts of a million
}

// Label is the tax with its rate, such as VAT 19%.
func (r TaxRate) Label() string { return r.Name + " " + RatePercent(r.Rate) + "%" }

// RatePercent writes a rate in percent, such as 8.875.
func RatePercent(rate int64) string {
	text := fmt.Sprintf("%d.%04d", rate/10_000, rate%10_000)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// ParseRate reads a rate typed in percent, with at most four decimals.
func ParseRate(typed string) (int64, bool) {
	whole, fraction, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(strings.ReplaceAll(typed, ",", ".")), "%"), ".")
	whole, fraction = strings.TrimSpace(whole), strings.TrimSpace(fraction)
	if len(whole) > 3 || len(fraction) > 4 {
		return 0, false
	}
	rate, err := strconv.ParseUint(whole+fraction+strings.Repeat("0", 4-len(fraction)), 10, 32)
	if err != nil || whole == "" || rate > TaxWhole {
		return 0, false
	}
	return int64(rate), true
}

// taxIn is the tax on an amount, in minor units: what is added to it or, where
// prices include it, the part of it that is tax. It is rounded half up to a
// multiple of step.
func taxIn(amount, rate int64, included bool, step int64) int64 {
	whole := int64(TaxWhole)
	if included {
		whole += rate
	}
	tax, rest := mulDiv(amount, rate, whole*step)
	if rest*2 >= whole*step {
		tax++
	}
	return tax * step
}

// Tax is what a cart is taxed with.
type Tax struct {
	Mode     TaxMode
	Included bool      // prices hold it already
	Name     string    // with its rate, where there is one alone
	Lines    []LineTax // of each line of the cart; nil where the shop works none out
	Delivery LineTax
	Amount   int64 // minor units, of all; 0 where Stripe works it out
}

// LineTax is the tax of a line.
type LineTax struct {
	Rate   int64 // parts of a million
	Amount int64 // minor units
}

// tax works out the tax of a cart: of what each line costs after its share of
// the discount, and of its delivery.
func (s *Store) tax(db *gorm.DB, shop Shop, delivery Delivery, lines []CartLine, shares []int64, shipping int64) (Tax, error) {
	tax := Tax{Mode: shop.TaxMode, Included: shop.TaxIncluded && shop.TaxMode != TaxNone}
	if tax.Mode == TaxStripe {
		tax.Name = "Tax"
	}
	if tax.Mode != TaxOwn {
		return tax, nil
	}
	country := delivery.Country
	if delivery.Method.Pickup() {
		country = shop.HomeCountry
	}
	var rates []TaxRate
	if err := db.Where("country = ?", country).Find(&rates).Error; err != nil {
		return tax, fmt.Errorf("find the tax rates of %s: %w", country, err)
	}
	step := amountStep(shop.Currency)
	names, labels := map[string]bool{}, map[string]bool{}
	work := func(amount int64, class *int64) LineTax {
		rate := rateOf(rates, class)
		line := LineTax{Rate: rate.Rate, Amount: taxIn(amount, rate.Rate, tax.Included, step)}
		tax.Amount += line.Amount
		if line.Amount > 0 {
			names[rate.Name], labels[rate.Label()] = true, true
		}
		return line
	}
	tax.Lines = make([]LineTax, len(lines))
	for i, line := range lines {
		amount := line.Variant.Price * line.Quantity
		if shares != nil {
			amount -= shares[i]
		}
		tax.Lines[i] = work(amount, line.Product.TaxClassID)
	}
	if shop.TaxDelivery {
		tax.Delivery = work(shipping, nil)
	}
	tax.Name = "Tax"
	for _, said := range []map[string]bool{names, labels} { // the second says more
		for name := range said {
			if len(said) == 1 {
				tax.Name = name
			}
		}
	}
	return tax, nil
}

// rateOf is the rate of a class among those of a country.
func rateOf(rates []TaxRate, class *int64) TaxRate {
	var standard TaxRate
	for _, rate := range rates {
		if class != nil && rate.ClassID == *class {
			return rate
		}
		if rate.ClassID == StandardTaxClass {
			standard = rate
		}
	}
	return standard
}

// TaxSettings is how the shop stands to tax.
type TaxSettings struct {
	Mode     TaxMode
	Included bool  // prices hold tax
	Delivery bool  // delivery is taxed, as the standard class
	Version  int64 // grows with every save
	Classes  []TaxClass
	Rates    []TaxRate
}

// TaxSettings returns how the shop stands to tax, rates by country.
func (s *Store) TaxSettings(ctx context.Context) (TaxSettings, error) {
	return taxSettings(s.read.WithContext(ctx))
}

func taxSettings(db *gorm.DB) (TaxSettings, error) {
	var shop Shop
	if err := db.Take(&shop, 1).Error; err != nil {
		return TaxSettings{}, found(err, "read the shop's row")
	}
	t := TaxSettings{Mode: shop.TaxMode, Included: shop.TaxIncluded, Delivery: shop.TaxDelivery, Version: shop.TaxVersion}
	if err := db.Order("id").Find(&t.Classes).Error; err != nil {
		return t, fmt.Errorf("list tax classes: %w", err)
	}
	if err := db.Order("country, class_id").Find(&t.Rates).Error; err != nil {
		return t, fmt.Errorf("list tax rates: %w", err)
	}
	return t, nil
}

// TaxClasses lists what products can be taxed as, the standard class first.
func (s *Store) TaxClasses(ctx context.Context) ([]TaxClass, error) {
	var classes []TaxClass
	if err := s.read.WithContext(ctx).Order("id").Find(&classes).Error; err != nil {
		return nil, fmt.Errorf("list tax classes: %w", err)
	}
	return classes, nil
}

// Limits of tax settings.
const (
	maxTaxClasses = 20
	maxTaxRates   = 500
	maxTaxName    = 40
)

// RateField is the id of a field of the i-th rate in a form.
func RateField(i int, name string) string { return fmt.Sprintf("rate-%d-%s", i, name) }

// ClassField is the id of the name of the i-th class in a form.
func ClassField(i int) string { return fmt.Sprintf("class-%d", i) }

// Faults says what of the settings cannot be stored, by field.
func (t TaxSettings) Faults() InvalidErrors {
	var faults InvalidErrors
	if !slices.Contains(TaxModes[:], t.Mode) {
		faults.add("mode-none", "Choose how tax is worked out.")
	}
	if len(t.Classes) > maxTaxClasses {
		faults.add(ClassField(0), "Use up to %d classes.", maxTaxClasses)
	}
	names, known := map[string]bool{}, map[int64]bool{} // by id; new classes have none, and no rates yet
	for i, class := range t.Classes {
		name := strings.ToLower(class.Name)
		switch {
		case name == "":
			faults.add(ClassField(i), "Enter a name.")
		case names[name]:
			faults.add(ClassField(i), "Another class has that name, too.")
		}
		checkText(&faults, ClassField(i), "Name", class.Name, maxTaxName)
		names[name], known[class.ID] = true, class.ID > 0
	}
	if !known[StandardTaxClass] {
		faults.add(ClassField(0), "The standard class stays.")
	}
	if len(t.Rates) > maxTaxRates {
		faults.add(RateField(0, "country"), "Use up to %d rates.", maxTaxRates)
	}
	type place struct {
		country string
		class   int64
	}
	there := map[place]bool{}
	for i, rate := range t.Rates {
		at := place{rate.Country, rate.ClassID}
		switch {
		case countryNames()[rate.Country] == "":
			faults.add(RateField(i, "country"), "Enter a country by its English name or its two-letter code, or empty the whole row.")
		case there[at]:
			faults.add(RateField(i, "country"), "This class has a rate in %s already.", CountryName(rate.Country))
		}
		there[at] = true
		if !known[rate.ClassID] {
			faults.add(RateField(i, "class"), "Choose one of the classes.")
		}
		if rate.Name == "" {
			faults.add(RateField(i, "name"), "Enter what the tax is called, such as VAT.")
		}
		checkText(&faults, RateField(i, "name"), "Name", rate.Name, maxTaxName)
		if rate.Rate < 0 || rate.Rate > TaxWhole {
			faults.add(RateField(i, "percent"), "Enter a percentage from 0 to 100, with up to four decimals.")
		}
	}
	return faults
}

// audited are the settings in one line, for the audit log.
func (t TaxSettings) audited() string {
	text := string(t.Mode)
	if t.Included {
		text += ", prices include it"
	}
	if t.Delivery {
		text += ", on delivery too"
	}
	names := map[int64]string{}
	for _, class := range t.Classes {
		names[class.ID] = class.Name
	}
	for _, rate := range t.Rates {
		text += fmt.Sprintf("; %s %s %s", rate.Country, names[rate.ClassID], rate.Label())
	}
	return text
}

// SaveTaxSettings stores how the shop stands to tax. Classes without an ID are
// new; those that are missing are deleted with their rates, and their products
// become standard. It returns InvalidErrors for what Faults finds, and
// ErrConflict where somebody else saved since t.Version.
func (s *Store) SaveTaxSettings(ctx context.Context, t TaxSettings, actor Actor) error {
	if err := t.Faults().orNil(); err != nil {
		return err
	}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		before, err := taxSettings(tx)
		if err != nil {
			return err
		}
		err = unchanged(tx.Model(&Shop{}).Where("id = 1 AND tax_version = ?", t.Version).UpdateColumns(map[string]any{
			"tax_mode": t.Mode, "tax_included": t.Included, "tax_delivery": t.Delivery, "tax_version": t.Version + 1,
		}))
		if err != nil {
			return err
		}
		if err := storeTaxClasses(tx, before.Classes, t.Classes); err != nil {
			return err
		}
		if err := tx.Where("country <> ''").Delete(&TaxRate{}).Error; err != nil {
			return err
		}
		if len(t.Rates) > 0 {
			if err := tx.Create(&t.Rates).Error; err != nil {
				return err
			}
		}
		if err := s.audit(tx, actor, AuditTaxChanged, "tax", before.audited(), t.audited()); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("save the tax settings: %w", err)
	}
	return nil
}

// storeTaxClasses brings the classes to what is wanted. Names change places by
// way of names that nobody types.
func storeTaxClasses(tx *gorm.DB, before, after []TaxClass) error {
	for _, class := range before {
		keep := class.ID == StandardTaxClass || slices.ContainsFunc(after, func(c TaxClass) bool { return c.ID == class.ID })
		var err error
		if keep {
			err = tx.Model(&TaxClass{ID: class.ID}).UpdateColumn("name", fmt.Sprintf("\x01%d", class.ID)).Error
		} else {
			err = tx.Delete(&TaxClass{}, class.ID).Error
		}
		if err != nil {
			return err
		}
	}
	for _, class := range after {
		var err error
		if slices.ContainsFunc(before, func(c TaxClass) bool { return c.ID == class.ID }) {
			err = tx.Model(&TaxClass{ID: class.ID}).UpdateColumn("name", class.Name).Error
		} else {
			err = tx.Create(&TaxClass{Name: class.Name}).Error
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// classify says what a product is taxed as. A class that somebody deleted
// meanwhile makes it standard.
func classify(tx *gorm.DB, product, class int64) error {
	err := tx.Exec("UPDATE products SET tax_class_id = (SELECT id FROM tax_classes WHERE id = ? AND id <> ?) WHERE id = ?", class, StandardTaxClass, product).Error
	if err != nil {
		return fmt.Errorf("class product %d: %w", product, err)
	}
	return nil
}
