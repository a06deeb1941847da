package models

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"
)

// exportChunk is how many rows an export reads at a time. Between two of them it
// holds nothing of the database.
const exportChunk = 500

// ProductTexts is what an export of products needs to be told.
type ProductTexts struct {
	PictureURL func(key string) string                  // absolute
	HTML       func(description string) (string, error) // made of Markdown
}

// ExportProducts hands out all products as the rows of a CSV file, the names of
// the columns first. Importing that file changes nothing.
func (s *Store) ExportProducts(ctx context.Context, texts ProductTexts, write func(cells []string) error) error {
	shop, err := s.Shop(ctx)
	if err == nil {
		err = write(columnNames())
	}
	for last := int64(0); err == nil; {
		var products []Product
		err = withDetails(s.read.WithContext(ctx)).Where("id > ?", last).Order("id").Limit(exportChunk / 5).Find(&products).Error
		if err != nil || len(products) == 0 {
			break
		}
		for _, product := range products {
			if last = product.ID; err == nil {
				err = exportProduct(product, shop.Currency, texts, write)
			}
		}
	}
	if err != nil {
		return fmt.Errorf("export products: %w", err)
	}
	return nil
}

// exportProduct hands out a row for each variant and each picture of a product;
// the first of both share one.
func exportProduct(product Product, currency string, texts ProductTexts, write func(cells []string) error) error {
	html, err := texts.HTML(product.Description)
	if err != nil {
		return fmt.Errorf("read the description of %s: %w", product.Slug, err)
	}
	pictures := map[int64]string{}
	for _, picture := range product.Pictures {
		pictures[picture.ID] = texts.PictureURL(picture.Key)
	}
	places := map[string]int{}
	for i, name := range columnNames() {
		places[name] = i
	}
	for row := range max(len(product.Variants), len(product.Pictures)) {
		cells := make([]string, len(productColumns))
		set := func(column, text string) { cells[places[column]] = text }
		set(colHandle, product.Slug)
		if row == 0 {
			set(colTitle, product.Name)
			set(colBody, html)
			set(colPublished, upperBool(product.Status == ProductActive))
			set(colStatus, product.Status)
			set(colSummary, product.Summary)
			set(colDescription, product.Description)
			set(colFeatured, upperBool(product.Featured))
			if len(product.Options) == 0 {
				set(colOptionName[0], "Title")
				set(colOptionValue[0], "Default Title")
			}
			for i, option := range product.Options {
				set(colOptionName[i], option.Name)
			}
		}
		if row < len(product.Variants) {
			v := product.Variants[row]
			for i, value := range []string{v.Option1, v.Option2, v.Option3} {
				if i < len(product.Options) {
					set(colOptionValue[i], value)
				}
			}
			set(colSKU, v.SKU)
			set(colGrams, strconv.FormatInt(v.WeightGrams, 10))
			set(colStock, strconv.FormatInt(v.Stock, 10))
			set(colPrice, Money{Amount: v.Price, Currency: currency}.Decimal())
			set(colBarcode, v.Barcode)
			set(colPolicy, sellsNone)
			if v.SoldBeyond() {
				set(colPolicy, sellsOn)
			}
			if v.CompareAt > 0 {
				set(colCompareAt, Money{Amount: v.CompareAt, Currency: currency}.Decimal())
			}
			if v.PictureID != nil {
				set(colVariantImg, pictures[*v.PictureID])
			}
		}
		if row < len(product.Pictures) {
			picture := product.Pictures[row]
			set(colImage, pictures[picture.ID])
			set(colImagePlace, strconv.Itoa(row+1))
			set(colImageAlt, picture.Alt)
		}
		if err := write(cells); err != nil {
			return err
		}
	}
	return nil
}

func upperBool(yes bool) string {
	if yes {
		return "TRUE"
	}
	return "FALSE"
}

// orderColumns are the columns of an export of orders, by the names that
// Shopify's exports give them.
var orderColumns = []string{
	"Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Currency", "Subtotal", "Shipping", "Taxes", "Total",
	"Discount Code", "Discount Amount", "Refunded Amount", "Created at",
	"Shipping Name", "Shipping Address1", "Shipping Address2", "Shipping City", "Shipping Zip", "Shipping Province", "Shipping Country",
}

// ExportOrders hands out the orders a filter chooses as the rows of a CSV file,
// newest first, the names of the columns before them. Its Before and Limit do
// not count.
func (s *Store) ExportOrders(ctx context.Context, f OrderFilter, write func(cells []string) error) error {
	err := write(orderColumns)
	for f.Before = 0; err == nil; {
		f.Limit = exportChunk
		var orders []Order
		var query *gorm.DB
		if query, err = filterOrders(s.read.WithContext(ctx), f); err == nil {
			err = query.Omit("Token", "CartFingerprint").Find(&orders).Error
		}
		if err != nil || len(orders) == 0 {
			break
		}
		for i := range orders {
			if err == nil {
				err = write(orderCells(&orders[i]))
			}
		}
		f.Before = orders[len(orders)-1].ID
	}
	if err != nil {
		return fmt.Errorf("export orders: %w", err)
	}
	return nil
}

func orderCells(o *Order) []string {
	amount := func(minor int64) string { return o.Price(minor).Decimal() }
	paid := ""
	if o.PaidAt != nil {
		paid = o.PaidAt.UTC().Format(time.RFC3339)
	}
	to := o.ShippingAddress
	return []string{
		o.Number, o.Email, string(o.Status), paid, o.Fulfilment, o.Currency, amount(o.Subtotal), amount(o.Shipping), amount(o.Tax), amount(o.Total),
		o.DiscountLabel(), amount(o.Discount), o.Refunded().Decimal(), o.CreatedAt.UTC().Format(time.RFC3339),
		o.ShippingName, to.Line1, to.Line2, to.City, to.PostalCode, to.State, to.Country,
	}
}

// Exporting notes that a list is about to leave the shop.
func (s *Store) Exporting(ctx context.Context, list string, actor Actor) error {
	if err := s.audit(s.write.WithContext(ctx), actor, AuditExported, list, "", ""); err != nil {
		return fmt.Errorf("note an export: %w", err)
	}
	return nil
}
