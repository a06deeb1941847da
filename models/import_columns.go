package models

import (
	"regexp"
	"slices"
	"strings"
)

// The columns that the shop reads and writes, by the names that Shopify's
// exports give them. The last three are the shop's own.
const (
	colHandle      = "Handle"
	colTitle       = "Title"
	colBody        = "Body (HTML)"
	colPublished   = "Published"
	colStatus      = "Status"
	colSKU         = "Variant SKU"
	colGrams       = "Variant Grams"
	colStock       = "Variant Inventory Qty"
	colPolicy      = "Variant Inventory Policy"
	colBarcode     = "Variant Barcode"
	colPrice       = "Variant Price"
	colCompareAt   = "Variant Compare At Price"
	colImage       = "Image Src"
	colImagePlace  = "Image Position"
	colImageAlt    = "Image Alt Text"
	colVariantImg  = "Variant Image"
	colSummary     = "Summary"
	colDescription = "Description (Markdown)"
	colFeatured    = "Featured"
)

// colOptionName and colOptionValue are the columns of the i-th option, from 0.
var (
	colOptionName  = [MaxOptions]string{"Option1 Name", "Option2 Name", "Option3 Name"}
	colOptionValue = [MaxOptions]string{"Option1 Value", "Option2 Value", "Option3 Value"}
)

// productColumns are the columns of an export, in order, each with the other
// names that an import knows it by: those of Shopify's newer files.
var productColumns = []struct {
	name string
	also []string
}{
	{colHandle, []string{"URL handle"}},
	{colTitle, nil},
	{colBody, []string{"Description", "Body"}},
	{colPublished, []string{"Published on online store"}},
	{colOptionName[0], nil}, {colOptionValue[0], nil},
	{colOptionName[1], nil}, {colOptionValue[1], nil},
	{colOptionName[2], nil}, {colOptionValue[2], nil},
	{colSKU, []string{"SKU"}},
	{colGrams, []string{"Weight value (grams)"}},
	{colStock, []string{"Inventory quantity", "Variant Inventory Quantity"}},
	{colPolicy, []string{"Continue selling when out of stock"}},
	{colPrice, []string{"Price"}},
	{colCompareAt, []string{"Compare-at price", "Compare At Price"}},
	{colBarcode, []string{"Barcode"}},
	{colImage, []string{"Product image URL"}},
	{colImagePlace, nil},
	{colImageAlt, nil},
	{colVariantImg, []string{"Variant image URL"}},
	{colStatus, nil},
	{colSummary, nil},
	{colDescription, nil},
	{colFeatured, nil},
}

// Shopify's words for selling beyond the stock, and not.
const (
	sellsOn   = "continue"
	sellsNone = "deny"
)

// columnName makes the names of columns comparable.
func columnName(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// importHeader says which cell of a row holds what.
type importHeader struct {
	cells   map[string]int // by the name of the column
	count   int            // cells of a whole row
	ignored []string       // names of columns the shop does not read
}

// has reports whether the file has a column.
func (h importHeader) has(column string) bool { _, there := h.cells[column]; return there }

// readHeader reads the names of the columns. Where they are not those of
// products, it returns an InvalidError.
func readHeader(names []string) (importHeader, error) {
	header := importHeader{cells: map[string]int{}, count: len(names)}
	for i, name := range names {
		at := slices.IndexFunc(productColumns, func(column struct {
			name string
			also []string
		}) bool {
			return columnName(column.name) == columnName(name) ||
				slices.ContainsFunc(column.also, func(other string) bool { return columnName(other) == columnName(name) })
		})
		if at < 0 {
			if strings.TrimSpace(name) != "" {
				header.ignored = append(header.ignored, strings.TrimSpace(name))
			}
			continue
		}
		column := productColumns[at].name
		if header.has(column) {
			return header, refuseFile("Two columns of the file are called %s. Remove one of them.", column)
		}
		header.cells[column] = i
	}
	if !header.has(colHandle) {
		shown := strings.Join(names, ", ")
		if longer(shown, 200) {
			shown = string([]rune(shown)[:200]) + "…"
		}
		return header, refuseFile("The first line must name the columns, and one of them must be %s. It says: %s", colHandle, shown)
	}
	return header, nil
}

// fileHead is what the first line of a file says.
type fileHead struct {
	separator rune
	names     []string
	length    int64 // bytes of the header with the end of its line
	lines     int64
}

// readHead reads the first line of a file, of which begins is enough.
func readHead(begins string) (fileHead, error) {
	if strings.Contains(begins, "\r") && !strings.Contains(begins, "\n") {
		return fileHead{}, refuseFile("The lines of that file end as on very old computers. %s", saveAsCSV)
	}
	head := fileHead{separator: separatorOf(begins)}
	rows := newRecordReader(strings.NewReader(begins), head.separator, 1, 0)
	found, err := rows.next()
	if err != nil {
		return head, refuseFile("That file holds no rows.")
	}
	if found.Fault != "" {
		return head, refuseFile("The first line must name the columns. It cannot be read: %s", found.Fault)
	}
	head.names, head.length, head.lines = found.Cells, rows.offset, rows.line-1
	for i, name := range head.names {
		head.names[i] = strings.TrimSpace(name)
	}
	_, err = readHeader(head.names)
	return head, err
}

// separatorOf is what stands most often between the names of the columns.
func separatorOf(begins string) rune {
	first, _, _ := strings.Cut(strings.TrimLeft(begins, "\r\n"), "\n")
	most := ','
	for _, separator := range []rune{';', '\t'} {
		if strings.Count(first, string(separator)) > strings.Count(first, string(most)) {
			most = separator
		}
	}
	return most
}

// csvFormula is what a spreadsheet program would take for a formula, and what
// CSVCell makes of that.
var csvFormula = regexp.MustCompile("^'*[=+\\-@\t\r]")

// CSVCell makes a cell that no spreadsheet program takes for a formula, by a
// quote before it. An import takes the quote away again.
func CSVCell(text string) string {
	if csvFormula.MatchString(text) {
		return "'" + text
	}
	return text
}

// csvText is what CSVCell was given.
func csvText(cell string) string {
	if rest, guarded := strings.CutPrefix(cell, "'"); guarded && csvFormula.MatchString(rest) {
		return rest
	}
	return cell
}
