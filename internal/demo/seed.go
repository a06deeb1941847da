package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tuckshop/models"
)

// Seed puts the demo catalogue and its texts into a shop without products and reports
// whether it did. Prices are scaled to the decimals of the shop's currency:
// 18.00 in USD is 1800 in JPY.
func Seed(ctx context.Context, store *models.Store, now time.Time) (bool, error) {
	shop, err := store.Shop(ctx)
	if err != nil {
		return false, fmt.Errorf("seed the demo: %w", err)
	}
	scale := int64(1)
	if models.CurrencyDigits(shop.Currency) == 3 {
		scale = 10
	}
	var collections []models.Collection
	for i, c := range Collections() {
		collections = append(collections, models.Collection{Slug: c.Slug, Name: c.Name, Description: c.Description, Position: i})
	}
	var products []models.Product
	pictures := map[string]string{} // by SKU
	for _, p := range Products() {
		product := models.Product{
			Slug: p.Slug, Name: p.Name, Summary: p.Summary, Description: p.Description, Status: models.ProductActive,
			Featured: p.Featured, CreatedAt: now.UTC().Add(-time.Duration(p.AddedDaysAgo) * 24 * time.Hour),
		}
		for i, o := range p.Options {
			option := models.Option{Name: o.Name, Position: i}
			for j, v := range o.Values {
				option.Values = append(option.Values, models.OptionValue{Name: v.Name, Swatch: v.Swatch, Position: j})
			}
			product.Options = append(product.Options, option)
		}
		for i, picture := range p.Pictures {
			product.Pictures = append(product.Pictures, models.Picture{
				Key: picture.Key, Alt: picture.Alt, Width: picture.Width, Height: picture.Height, Position: i,
			})
		}
		for i, v := range p.Variants {
			variant := models.Variant{
				SKU: v.SKU, Price: v.Price * scale, CompareAt: v.CompareAt * scale,
				Stock: int64(v.Stock), WeightGrams: int64(v.WeightGrams), Position: i,
			}
			for j, into := range []*string{&variant.Option1, &variant.Option2, &variant.Option3} {
				if j < len(v.Options) {
					*into = v.Options[j]
				}
			}
			pictures[v.SKU] = v.Picture
			product.Variants = append(product.Variants, variant)
		}
		for _, slug := range p.Collections {
			product.Collections = append(product.Collections, models.Collection{Slug: slug})
		}
		products = append(products, product)
	}
	added, err := store.AddCatalogue(ctx, collections, products, pictures)
	if err == nil && added {
		err = deliver(ctx, store, scale)
	}
	if err != nil {
		return false, fmt.Errorf("seed the demo: %w", err)
	}
	if !added {
		return false, nil
	}
	if err := store.AddSiteTexts(ctx, texts()); err != nil {
		return false, fmt.Errorf("seed the demo: %w", err)
	}
	return true, nil
}

// tagline is what the demo shop says of itself in a line, and opening the words
// that its front page opens with.
const (
	tagline = "Paper, pens and something sweet for four o’clock."
	opening = "Good things for the desk"
)

// returnDays is what the demo's page about returns says.
const returnDays = 30

// texts are the pages of the demo shop, and a front page that leads to one.
func texts() models.SiteTexts {
	texts := models.SiteTexts{
		Sections: models.FirstHome(), ReturnDays: returnDays, Tagline: tagline,
		Pictures: []models.SitePicture{{Key: story.Picture, Alt: story.Alt, Width: pictureWidth, Height: pictureHeight}},
	}
	texts.Sections[0].Heading = opening
	for _, p := range Pages() {
		texts.Pages = append(texts.Pages, models.Page{
			Slug: p.Slug, Title: p.Title, Policy: p.Policy, Description: p.Description, Body: p.Body, Status: models.PagePublished,
		})
	}
	newest := len(texts.Sections) - 1
	texts.Sections = slices.Insert(texts.Sections, newest, models.Section{
		Kind: models.SectionText, Heading: story.Heading, Text: story.Text, Button: story.Button,
		Link: models.Link{Kind: models.LinkPage, URL: story.Page}, PictureID: 1,
	})
	return texts
}
