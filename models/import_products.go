package models

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	htmltomarkdown "github.com/JohannesKaufmann/html-to-markdown/v2"
)

// importRow is a row with the names of its cells.
type importRow struct {
	record
	header importHeader
}

// text is what a cell says; empty where the file has no such column.
func (r importRow) text(column string) string {
	at, there := r.header.cells[column]
	if !there || at >= len(r.Cells) {
		return ""
	}
	return strings.TrimSpace(csvText(r.Cells[at]))
}

// digits is text without the quote that spreadsheet programs put before digits
// which they are to leave as they are.
func (r importRow) digits(column string) string { return strings.TrimPrefix(r.text(column), "'") }

// importFault says what is wrong with one row of a product.
type importFault struct {
	row    int // of the product's
	reason string
}

// importVariant is what a row says of a variant. What is nil is left as it is.
type importVariant struct {
	row                            int
	options                        [MaxOptions]string
	sku, barcode, policy           string
	price, compareAt, stock, grams *int64
	image                          string
}

// importImage is a picture by its address.
type importImage struct {
	row      int
	url      string
	alt      string // empty: the product's name
	position int
}

// importProduct is what the rows of one product say, whatever is in the shop.
type importProduct struct {
	handle      string
	slug        string
	rows        []importRow
	optionNames []string // nil: the file does not say
	variants    []importVariant
	images      []importImage
	description *string // Markdown; nil: left as it is
	faults      []importFault
}

func (p *importProduct) fault(row int, message string, args ...any) {
	p.faults = append(p.faults, importFault{row, fmt.Sprintf(message, args...)})
}

// readProduct reads the rows of one product, in a shop of a currency.
func readProduct(rows []importRow, currency string) importProduct {
	p := importProduct{handle: rows[0].text(colHandle), rows: rows}
	p.slug = p.handle
	if !slugPattern.MatchString(p.slug) {
		p.slug = Slug(p.handle)
	}
	for i, row := range rows {
		switch {
		case row.Fault != "":
			p.fault(i, "%s", row.Fault)
		case p.slug == "":
			p.fault(i, "%s: enter the product’s address, such as field-notebook.", colHandle)
		case !rightCells(row):
			p.fault(i, "The row has %d cells, and the first line names %d columns.", len(row.Cells), row.header.count)
		case slices.ContainsFunc(row.Cells, func(cell string) bool { return strings.ContainsRune(cell, 0) }):
			p.fault(i, "A cell holds a character that is no text.")
		}
	}
	if len(p.faults) > 0 {
		return p
	}
	p.readOptions()
	for i, row := range rows {
		p.readVariant(i, row, currency)
		p.readImage(i, row)
	}
	p.readDescription()
	for _, column := range []string{colPublished, colFeatured} {
		if word := rows[0].text(column); word != "" && !isTrue(word) && !isFalse(word) {
			p.fault(0, "%s: Enter TRUE or FALSE. It says %s.", column, shorten(word))
		}
	}
	return p
}

// rightCells reports whether a row has as many cells as there are columns.
// Empty ones at its end may be missing, as some programs leave them out, or be
// too many.
func rightCells(row importRow) bool {
	for i := row.header.count; i < len(row.Cells); i++ {
		if row.Cells[i] != "" {
			return false
		}
	}
	return len(row.Cells) > 1 || row.header.count == 1
}

// readOptions reads the names of the options, which the first row has. Shopify
// writes a product without options as one with the title “Default Title”.
func (p *importProduct) readOptions() {
	first, last := p.rows[0], 0
	var names [MaxOptions]string
	for i := range names {
		names[i] = first.text(colOptionName[i])
		if first.header.has(colOptionName[i]) && p.optionNames == nil {
			p.optionNames = []string{}
		}
		for _, row := range p.rows {
			if names[i] != "" || row.text(colOptionValue[i]) != "" {
				last = i + 1
			}
		}
	}
	if p.optionNames == nil || p.withoutOptions() {
		return
	}
	p.optionNames = append(p.optionNames, names[:last]...)
}

// withoutOptions reports whether the product is written as Shopify writes one
// that has no options.
func (p *importProduct) withoutOptions() bool {
	return strings.EqualFold(p.rows[0].text(colOptionName[0]), "Title") && strings.EqualFold(p.rows[0].text(colOptionValue[0]), "Default Title")
}

func (p *importProduct) readVariant(i int, row importRow, currency string) {
	v := importVariant{row: i, sku: row.text(colSKU), barcode: row.digits(colBarcode), policy: row.text(colPolicy), image: row.text(colVariantImg)}
	says := v.sku != "" || row.text(colPrice) != "" || v.image != "" || row.text(colStock) != ""
	for j := range v.options {
		if value := strings.Join(strings.Fields(row.text(colOptionValue[j])), " "); !p.withoutOptions() {
			v.options[j] = value
			says = says || value != ""
		}
	}
	ofVariants := slices.ContainsFunc([]string{colSKU, colPrice, colStock, colGrams, colOptionValue[0]}, row.header.has)
	if !says && (i > 0 || !ofVariants) {
		return // of a picture alone
	}
	amount := func(column string) *int64 {
		typed := row.digits(column)
		if typed == "" {
			return nil
		}
		value := int64(-1) // which no price is
		if !strings.HasPrefix(typed, "-") {
			money, err := ParseMoney(column, typed, currency)
			if err != nil {
				p.fault(i, "%s: %s It says %s.", column, err.Error(), shorten(typed))
				return nil
			}
			value = money.Amount
		}
		return &value
	}
	count := func(column string) *int64 {
		typed := row.digits(column)
		if typed == "" {
			return nil
		}
		whole, err := roundedNumber(column, typed)
		if err != nil {
			p.fault(i, "%s: %s It says %s.", column, err.Error(), shorten(typed))
			return nil
		}
		return &whole
	}
	if v.policy != "" && !isTrue(v.policy) && !isFalse(v.policy) {
		p.fault(i, "%s: Enter %s or %s. It says %s.", colPolicy, sellsOn, sellsNone, shorten(v.policy))
	}
	v.price, v.compareAt, v.stock, v.grams = amount(colPrice), amount(colCompareAt), count(colStock), count(colGrams)
	if v.compareAt == nil && row.header.has(colCompareAt) {
		v.compareAt = new(int64)
	}
	if v.image != "" {
		p.addImage(importImage{row: i, url: v.image, position: math.MaxInt}, colVariantImg)
	}
	p.variants = append(p.variants, v)
}

func (p *importProduct) readImage(i int, row importRow) {
	address := row.text(colImage)
	if address == "" {
		return
	}
	position, err := strconv.Atoi(row.text(colImagePlace))
	if err != nil {
		position = math.MaxInt - 1
	}
	p.addImage(importImage{row: i, url: address, alt: row.text(colImageAlt), position: position}, colImage)
}

func (p *importProduct) addImage(image importImage, column string) {
	if fault := AltFault(image.alt); fault != "" && image.alt != "" {
		p.fault(image.row, "%s: %s", colImageAlt, fault)
	}
	address, err := url.Parse(image.url)
	if err != nil || (address.Scheme != "http" && address.Scheme != "https") || address.Host == "" || len(image.url) > 2000 {
		p.fault(image.row, "%s: %s is no address of a picture. It must begin with https://.", column, shorten(image.url))
		return
	}
	at := slices.IndexFunc(p.images, func(other importImage) bool { return other.url == image.url })
	if at < 0 {
		p.images = append(p.images, image)
	} else { // named by a variant and by the product
		p.images[at].position, p.images[at].alt = min(p.images[at].position, image.position), cmp.Or(p.images[at].alt, image.alt)
	}
	slices.SortStableFunc(p.images, func(a, b importImage) int { return cmp.Compare(a.position, b.position) })
}

func (p *importProduct) readDescription() {
	first := p.rows[0]
	switch {
	case first.header.has(colDescription):
		text := strings.ReplaceAll(first.text(colDescription), "\r\n", "\n")
		p.description = &text
	case first.header.has(colBody):
		text, err := htmltomarkdown.ConvertString(first.text(colBody))
		if err != nil {
			p.fault(0, "%s: it cannot be read as HTML.", colBody)
			return
		}
		text = strings.TrimSpace(text)
		p.description = &text
	}
}

// shorten is what is quoted of a cell.
func shorten(text string) string {
	if longer(text, 60) {
		text = string([]rune(text)[:60]) + "…"
	}
	return "“" + text + "”"
}

// onto writes what the file says of a product over what the shop has of it, or
// over nothing. rows says which row each variant of the draft comes from.
func (p importProduct) onto(edit ProductEdit, exists bool) (_ ProductEdit, rows []int) {
	first := p.rows[0]
	if !exists {
		edit.Slug, edit.Status = p.slug, ProductActive
	}
	edit.Name = cmp.Or(first.text(colTitle), edit.Name)
	if first.header.has(colSummary) {
		edit.Summary = first.text(colSummary)
	}
	if p.description != nil {
		edit.Description = *p.description
	}
	if featured := first.text(colFeatured); featured != "" {
		edit.Featured = isTrue(featured)
	}
	published, status := first.text(colPublished), strings.ToLower(first.text(colStatus))
	edit.Status = cmp.Or(status, edit.Status)
	if published != "" && !isTrue(published) && edit.Status == ProductActive {
		edit.Status = ProductDraft
	}
	edit.Options = p.options(edit.Options)
	rows = make([]int, len(edit.Variants))
	found := make([]bool, len(edit.Variants))
	for _, v := range p.variants {
		at := slices.IndexFunc(edit.Variants, func(there VariantEdit) bool { return there.ID != 0 && there.Options == v.options })
		if at < 0 || found[at] {
			at = slices.IndexFunc(edit.Variants, func(there VariantEdit) bool { return there.ID != 0 && v.sku != "" && there.SKU == v.sku })
		}
		if at < 0 || found[at] {
			at = len(edit.Variants)
			edit.Variants = append(edit.Variants, VariantEdit{SKU: skuOf(p.slug, v.options)})
			rows, found = append(rows, v.row), append(found, true)
		}
		found[at], rows[at] = true, v.row
		there := &edit.Variants[at]
		there.Options, there.SKU, there.Barcode = v.options, cmp.Or(v.sku, there.SKU), cmp.Or(v.barcode, there.Barcode)
		there.Policy = policyOf(v.policy, there.Policy)
		for field, value := range map[*int64]*int64{&there.Price: v.price, &there.CompareAt: v.compareAt, &there.Stock: v.stock, &there.WeightGrams: v.grams} {
			if value != nil {
				*field = *value
			}
		}
	}
	return edit, rows
}

// policyOf is what a file says of selling beyond the stock; was is what the
// shop says, which may be a promise that the file has no word for.
func policyOf(typed string, was StockPolicy) StockPolicy {
	switch {
	case typed == "":
		return was
	case !isTrue(typed):
		return StockDeny
	case was == "" || was == StockDeny:
		return StockBackorder
	}
	return was
}

func isTrue(text string) bool {
	return slices.Contains([]string{"true", "yes", "1", "y", sellsOn}, strings.ToLower(text))
}

func isFalse(text string) bool {
	return slices.Contains([]string{"false", "no", "0", "n", sellsNone}, strings.ToLower(text))
}

// options are the options of the file, with all that is kept of those in the
// shop: where their names are the same, values are only ever added.
func (p importProduct) options(stored []Option) []Option {
	if len(stored)+len(p.optionNames) == 0 {
		return stored
	}
	names := make([]string, len(stored))
	for i, option := range stored {
		names[i] = option.Name
	}
	var options []Option
	if p.optionNames == nil || slices.Equal(names, p.optionNames) {
		for _, option := range stored {
			option.Values = slices.Clone(option.Values)
			options = append(options, option)
		}
	} else {
		for i, name := range p.optionNames {
			options = append(options, Option{Name: name, Position: i})
		}
	}
	for i := range options {
		for _, v := range p.variants {
			value := v.options[i]
			same := func(other OptionValue) bool { return other.Name == value }
			if value == "" || slices.ContainsFunc(options[i].Values, same) {
				continue
			}
			added := OptionValue{Name: value, Position: len(options[i].Values)}
			for _, option := range stored {
				if at := slices.IndexFunc(option.Values, same); at >= 0 && option.Name == options[i].Name {
					added.Swatch = option.Values[at].Swatch
				}
			}
			options[i].Values = append(options[i].Values, added)
		}
	}
	return options
}

// faultsOf says of each fault of a draft which row it is in, and names the
// column.
func (p importProduct) faultsOf(faults InvalidErrors, rows []int) []importFault {
	columns := map[string]string{
		"name": colTitle, "slug": colHandle, "summary": colSummary, "description": colBody, "status": colStatus, "sku": colSKU, "price": colPrice,
		"compare": colCompareAt, "stock": colStock, "weight": colGrams, "barcode": colBarcode,
		"option1": colOptionValue[0], "option2": colOptionValue[1], "option3": colOptionValue[2],
	}
	var found []importFault
	for _, fault := range faults {
		row, name := 0, fault.Field
		var i int
		if n, _ := fmt.Sscanf(fault.Field, "variant-%d-%s", &i, &name); n == 2 && i < len(rows) {
			row = rows[i]
		}
		if n, _ := fmt.Sscanf(fault.Field, "option-%d-%s", &i, &name); n == 2 && i < MaxOptions {
			name = map[string]string{"name": colOptionName[i], "values": colOptionValue[i]}[name]
		}
		reason := fault.Message
		if column := cmp.Or(columns[name], name); slices.Contains(columnNames(), column) {
			reason = column + ": " + reason
			if typed := p.rows[row].text(column); typed != "" && (name == "price" || name == "compare" || name == "stock" || name == "weight" || name == "status") {
				reason += " It says " + shorten(typed) + "."
			}
		}
		found = append(found, importFault{row, reason})
	}
	return found
}

func columnNames() []string {
	names := make([]string, len(productColumns))
	for i, column := range productColumns {
		names[i] = column.name
	}
	return names
}
