package handlers

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/net/html"

	"tuckshop/models"
	"tuckshop/views"
)

// feedBatch is how many products a feed reads at once.
const feedBatch = 200

// exportsAtOnce is how many feeds of the whole catalogue are made at once, for
// everybody: each reads, draws and packs all there is.
const exportsAtOnce = 2

// newProductsShown is how many products the feed of new ones has.
const newProductsShown = 30

// Limits of Google and Meta, in signs.
const (
	feedTitle       = 150
	feedDescription = 5000
	feedID          = 50
	feedPictures    = 10
	feedCountries   = 100
)

// feedItem is a variant as feeds describe it, out of the page of its product.
type feedItem struct {
	id, group          string // group is empty for a product in one form
	title, description string
	link, picture      string
	morePictures       []string
	inStock            bool
	sentFrom           string // the day from which a pre-order is sent, as 2026-12-31; empty for none
	barcode            string // a GTIN, or empty
	price              models.Money
	before             models.Money // what it was before a reduction; Amount 0: it is not reduced
	brand              string
	delivery           []delivered       // of one piece, to each of up to feedCountries
	shelf              string            // the collection; may be empty
	options            map[string]string // its values of color, size, material and pattern
}

// delivered is what the delivery to a country costs.
type delivered struct {
	country, way string
	price        models.Money
}

// feedDelivery is what one piece of a variant costs to be delivered.
func feedDelivery(variant views.VariantChoice) []delivered {
	var all []delivered
	for _, rate := range variant.Delivery {
		for _, country := range rate.Countries[:min(len(rate.Countries), feedCountries-len(all))] {
			all = append(all, delivered{country, rate.Name, models.Money{Amount: rate.Price, Currency: variant.Price.Currency}})
		}
	}
	return all
}

// feedOptions are the options that feeds know, by what merchants call them.
var feedOptions = map[string]string{
	"colour": "color", "color": "color", "size": "size", "material": "material", "pattern": "pattern",
}

// feedVariantID names a variant to those who match feeds, structured data and
// visits: its SKU, unless that is too long, or is guarded in a CSV file by a sign
// that is no part of it.
func feedVariantID(variant views.VariantChoice) string {
	if sku := variant.SKU; sku != "" && len(sku) <= feedID && models.CSVCell(sku) == sku {
		return sku
	}
	return "v" + strconv.FormatInt(variant.ID, 10)
}

// feedItems describes the variants of a product's page.
func feedItems(page views.ProductPage) []feedItem {
	description := cut(plainText(page.Description), feedDescription)
	if description == "" {
		description = cut(page.Summary, feedDescription)
	}
	if description == "" {
		description = page.Name
	}
	items := make([]feedItem, 0, len(page.Variants))
	for _, variant := range page.Variants {
		item := feedItem{
			id: feedVariantID(variant), title: page.Name, description: description, brand: page.Frame.ShopName,
			link:    page.Frame.BaseURL + views.VariantURL(page.Slug, variant.ID),
			inStock: variant.Available > 0, barcode: variant.Barcode, price: variant.Price,
		}
		if variant.Preorder {
			item.sentFrom = variant.ShipsOn
		}
		if len(page.Variants) > 1 {
			item.group = "p" + strconv.FormatInt(page.ID, 10)
			item.title += " – " + variant.Title
		}
		item.title = cut(item.title, feedTitle)
		if variant.CompareAt.Amount > variant.Price.Amount {
			item.before = variant.CompareAt
		}
		item.delivery = feedDelivery(variant)
		item.picture, item.morePictures = feedPicturesOf(page, variant)
		if len(page.Breadcrumbs) > 2 {
			item.shelf = page.Breadcrumbs[1].Label
		}
		for i, name := range page.Options {
			if known := feedOptions[strings.ToLower(name)]; known != "" && i < len(variant.Values) {
				if item.options == nil {
					item.options = map[string]string{}
				}
				item.options[known] = variant.Values[i]
			}
		}
		items = append(items, item)
	}
	return items
}

// feedPicturesOf are the pictures of a variant, its own first.
func feedPicturesOf(page views.ProductPage, variant views.VariantChoice) (first string, others []string) {
	own := slices.IndexFunc(page.Pictures, func(p views.ProductPicture) bool { return p.ID == variant.PictureID })
	for i, picture := range page.Pictures {
		address := page.Frame.BaseURL + views.PictureURL(picture.Key, 640, "jpg")
		switch {
		case i == max(own, 0):
			first = address
		case len(others) < feedPictures:
			others = append(others, address)
		}
	}
	return first, others
}

// feedMoney is an amount as feeds write it: "12.50 USD".
func feedMoney(m models.Money) string { return m.Decimal() + " " + m.Currency }

// prices are the price before a reduction, or the price, and the reduced price,
// or nothing.
func (i feedItem) prices() (price, sale string) {
	if i.before.Amount > 0 {
		return feedMoney(i.before), feedMoney(i.price)
	}
	return feedMoney(i.price), ""
}

// cut shortens a text to so many signs.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// plainText is what is to be read in HTML.
func plainText(document string) string {
	var out strings.Builder
	for tokens := html.NewTokenizer(strings.NewReader(document)); ; {
		switch tokens.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(out.String()), " ")
		case html.TextToken:
			out.Write(tokens.Text())
		case html.EndTagToken, html.SelfClosingTagToken:
			if name, _ := tokens.TagName(); slices.Contains(blocks, string(name)) {
				out.WriteByte(' ')
			}
		}
	}
}

// blocks are the elements that end a line.
var blocks = []string{"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "pre", "blockquote", "td", "tr"}

// export is write, refused while as many exports run as may at once.
func (h machines) export(c echo.Context, write func(w io.Writer) error) func(w io.Writer) error {
	return func(w io.Writer) error {
		select {
		case h.exports <- struct{}{}:
			defer func() { <-h.exports }()
			return write(w)
		default:
			c.Response().Header().Set(echo.HeaderRetryAfter, "120")
			return echo.NewHTTPError(http.StatusServiceUnavailable)
		}
	}
}

// eachItem goes through every variant that is for sale.
func (h machines) eachItem(ctx context.Context, snap *snapshot, item func(feedItem) error) error {
	for after := int64(0); ; {
		products, err := h.store.ProductsAfter(ctx, after, feedBatch)
		if err != nil {
			return err
		}
		for _, product := range products {
			page, err := h.frames.describe(product, snap)
			if err != nil {
				return err
			}
			for _, variant := range feedItems(page) {
				if err := item(variant); err != nil {
					return err
				}
			}
			after = product.ID
		}
		if len(products) < feedBatch {
			return nil
		}
	}
}

// google is the feed for Google Merchant Center, which other engines read, too:
// https://support.google.com/merchants/answer/7052112.
func (h machines) google(c echo.Context) error {
	ctx := c.Request().Context()
	snap, err := h.frames.snapshot(ctx)
	if err != nil {
		return err
	}
	return h.xml(c, h.export(c, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, `<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">`+"\n<channel>%s%s%s\n",
			element("title", snap.shop.Name), element("link", h.frames.canonical("/")), element("description", "Everything at "+snap.shop.Name))
		if err != nil {
			return err
		}
		if err := h.eachItem(ctx, snap, func(item feedItem) error { return writeGoogle(w, item) }); err != nil {
			return fmt.Errorf("write the feed for Google: %w", err)
		}
		_, err = io.WriteString(w, "</channel>\n</rss>\n")
		return err
	}))
}

func writeGoogle(w io.Writer, item feedItem) error {
	var out strings.Builder
	add := func(name, value string) {
		if value != "" {
			out.WriteString(element("g:"+name, value))
		}
	}
	// What is sold beyond the stock counts for Google if a day is known from
	// which it is sent: https://support.google.com/merchants/answer/6324448.
	availability, day := "out_of_stock", ""
	switch {
	case item.inStock:
		availability = "in_stock"
	case item.sentFrom != "":
		availability, day = "preorder", item.sentFrom+"T00:00Z"
	}
	price, sale := item.prices()
	out.WriteString("<item>")
	add("id", item.id)
	add("item_group_id", item.group)
	add("title", item.title)
	add("description", item.description)
	add("link", item.link)
	add("image_link", item.picture)
	for _, picture := range item.morePictures {
		add("additional_image_link", picture)
	}
	add("availability", availability)
	add("availability_date", day)
	add("price", price)
	add("sale_price", sale)
	add("condition", "new")
	add("brand", item.brand)
	add("gtin", item.barcode)
	if item.barcode == "" {
		add("identifier_exists", "no")
	}
	add("product_type", item.shelf)
	for _, name := range []string{"color", "size", "material", "pattern"} {
		add(name, item.options[name])
	}
	// https://support.google.com/merchants/answer/6324484
	for _, d := range item.delivery {
		out.WriteString("<g:shipping>" + element("g:country", d.country) + element("g:service", d.way) + element("g:price", feedMoney(d.price)) + "</g:shipping>")
	}
	out.WriteString("</item>\n")
	_, err := io.WriteString(w, out.String())
	return err
}

// metaColumns are those of https://www.facebook.com/business/help/120325381656392.
var metaColumns = []string{
	"id", "title", "description", "availability", "condition", "price", "link", "image_link", "brand", "sale_price",
	"item_group_id", "color", "size", "material", "pattern", "product_type", "additional_image_link", "gtin",
	"shipping",
}

// metaDelivery is what a delivery costs as Meta reads it: by country, region,
// way and price. What is free has no more decimals than one there.
func metaDelivery(all []delivered) string {
	parts := make([]string, len(all))
	for i, d := range all {
		way := strings.Map(func(r rune) rune {
			if strings.ContainsRune(":,;", r) {
				return ' '
			}
			return r
		}, d.way)
		price := feedMoney(d.price)
		if d.price.Amount == 0 {
			price = "0.0 " + d.price.Currency
		}
		parts[i] = d.country + "::" + way + ":" + price
	}
	return strings.Join(parts, ",")
}

// meta is the feed for catalogues of Meta.
func (h machines) meta(c echo.Context) error {
	ctx := c.Request().Context()
	snap, err := h.frames.snapshot(ctx)
	if err != nil {
		return err
	}
	return h.streamed(c, "text/csv; charset=utf-8", snap.shop.CatalogueVersion, h.export(c, func(w io.Writer) error {
		out := csv.NewWriter(w)
		if err := out.Write(metaColumns); err != nil {
			return err
		}
		err := h.eachItem(ctx, snap, func(item feedItem) error {
			availability := "out of stock"
			if item.inStock {
				availability = "in stock"
			}
			price, sale := item.prices()
			row := []string{
				item.id, item.title, item.description, availability, "new", price, item.link, item.picture, item.brand, sale,
				item.group, item.options["color"], item.options["size"], item.options["material"], item.options["pattern"], item.shelf,
				strings.Join(item.morePictures, ","), item.barcode, metaDelivery(item.delivery),
			}
			for i := range row {
				row[i] = models.CSVCell(row[i])
			}
			return out.Write(row)
		})
		if err != nil {
			return fmt.Errorf("write the feed for Meta: %w", err)
		}
		out.Flush()
		return out.Error()
	}))
}

// newProducts is a feed of what came last, for people's readers.
func (h machines) newProducts(c echo.Context) error {
	ctx := c.Request().Context()
	snap, err := h.frames.snapshot(ctx)
	if err != nil {
		return err
	}
	products, err := h.store.NewestProducts(ctx, newProductsShown)
	if err != nil {
		return err
	}
	return h.xml(c, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">`+
			"\n<channel>%s%s%s<language>en</language>"+`<atom:link href="%s" rel="self" type="application/rss+xml"/>`+"\n",
			element("title", "New at "+snap.shop.Name), element("link", h.frames.canonical("/products?sort=newest")),
			element("description", "What came last to "+snap.shop.Name), html.EscapeString(h.frames.canonical("/feeds/new.xml")))
		if err != nil {
			return err
		}
		for _, product := range products {
			page, err := h.frames.describe(product, snap)
			if err != nil {
				return err
			}
			from := page.Price.String()
			if page.From {
				from = "from " + from
			}
			_, err = fmt.Fprintf(w, "<item>%s%s%s%s%s</item>\n", element("title", page.Name), element("link", page.Frame.Canonical),
				`<guid isPermaLink="false">p`+strconv.FormatInt(page.ID, 10)+"</guid>",
				element("pubDate", product.CreatedAt.UTC().Format(time.RFC1123Z)),
				element("description", strings.TrimSpace(page.Summary+" "+from)))
			if err != nil {
				return err
			}
		}
		_, err = io.WriteString(w, "</channel>\n</rss>\n")
		return err
	})
}
