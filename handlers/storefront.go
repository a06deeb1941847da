package handlers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
	"github.com/yuin/goldmark"

	"tuckshop/models"
	"tuckshop/views"
)

// perPage is how many products a list shows.
const perPage = 24

// storefront shows what the shop sells.
type storefront struct {
	store  *models.Store
	frames *frames
	pages  *pageCache
	terms  *searchTerms
}

// page answers with a page that says nothing of its reader but what is in the
// frame: it is drawn once. A page of an error is never kept.
func (s storefront) page(c echo.Context, draw func() (templ.Component, error)) error {
	snap, err := s.frames.snapshot(c.Request().Context())
	if err != nil {
		return err
	}
	cart, err := s.frames.cartCount(c)
	if err != nil {
		return err
	}
	return s.pages.serve(c, pageKey{
		version: snap.shop.CatalogueVersion, uri: c.Request().RequestURI, encoding: negotiate(c.Request()), cart: cart,
		lists: s.store.ListVersion(),
	}, draw)
}

func (s storefront) home(c echo.Context) error {
	return s.page(c, func() (templ.Component, error) {
		frame, err := s.frames.page(c, "", "/")
		if err != nil {
			return nil, err
		}
		frame.Description = shelves(frame.Collections)
		frame.Canonical = s.frames.canonical("/")
		ctx := c.Request().Context()
		featured, err := s.store.Highlights(ctx, models.SortFeatured, 4)
		if err != nil {
			return nil, err
		}
		newest, err := s.store.Highlights(ctx, models.SortNewest, 8)
		if err != nil {
			return nil, err
		}
		snap, err := s.frames.snapshot(ctx)
		if err != nil {
			return nil, err
		}
		page := views.HomePage{Frame: frame, Featured: s.cards(featured, snap), Newest: s.cards(newest, snap)}
		for _, collection := range snap.collections {
			page.Collections = append(page.Collections, views.CollectionCard{
				Slug: collection.Slug, Name: collection.Name, Description: collection.Description, Count: collection.Products,
				Picture: views.Picture{Key: collection.PictureKey, Alt: collection.PictureAlt, Width: 1280, Height: 1600},
			})
		}
		return views.Home(page), nil
	})
}

// shelves says in a sentence what a shop sells.
func shelves(collections []views.Link) string {
	if len(collections) == 0 {
		return "Come in and have a look around."
	}
	var names strings.Builder
	for i, collection := range collections {
		switch {
		case i > 0 && i == len(collections)-1:
			names.WriteString(" and ")
		case i > 0:
			names.WriteString(", ")
		}
		names.WriteString(collection.Label)
	}
	return names.String() + ". Come in and have a look around."
}

// newFor is how long a product counts as new.
const newFor = 30 * 24 // hours

func (s storefront) cards(products []models.Product, snap *snapshot) []views.ProductCard {
	cards := make([]views.ProductCard, 0, len(products))
	for _, product := range products {
		cards = append(cards, s.card(product, snap))
	}
	return cards
}

func (s storefront) card(product models.Product, snap *snapshot) views.ProductCard {
	card := views.ProductCard{
		Slug: product.Slug, Name: product.Name, Summary: product.Summary, SoldOut: true,
		New: s.frames.config.Now().Sub(product.CreatedAt).Hours() < newFor,
	}
	var lowest models.Variant
	var available int64
	for i, variant := range product.Variants {
		if i == 0 || variant.Price < lowest.Price {
			lowest = variant
		}
		available += variant.Available()
	}
	for _, variant := range product.Variants {
		card.From = card.From || variant.Price != lowest.Price
	}
	card.SoldOut, card.LowStock = available <= 0, models.LowStock(available)
	card.Price = models.Money{Amount: lowest.Price, Currency: snap.shop.Currency}
	card.CompareAt = models.Money{Amount: lowest.CompareAt, Currency: snap.shop.Currency}
	for i, picture := range product.Pictures {
		shown := viewPicture(picture)
		switch i {
		case 0:
			card.Picture = shown
		case 1:
			card.Second = &shown
		}
	}
	for _, option := range product.Options {
		for _, value := range option.Values {
			if value.Swatch != "" {
				card.Swatches = append(card.Swatches, views.Swatch{Name: value.Name, Colour: value.Swatch})
			}
		}
	}
	return card
}

func viewPicture(p models.Picture) views.Picture {
	return views.Picture{Key: p.Key, Alt: p.Alt, Width: p.Width, Height: p.Height}
}

func (s storefront) product(c echo.Context) error {
	err := s.page(c, func() (templ.Component, error) {
		page, err := productPage(c.Request().Context(), c, s.store, s.frames, c.Param("slug"))
		if err != nil {
			return nil, err
		}
		return views.Product(page), nil
	})
	if errors.Is(err, models.ErrNotFound) && !c.Response().Committed {
		slug, formerErr := s.store.SlugAfter(c.Request().Context(), c.Param("slug"))
		if formerErr == nil {
			return c.Redirect(http.StatusMovedPermanently, "/products/"+url.PathEscape(slug))
		}
	}
	return err
}

// productPage builds the page of a product; the cart shows it again when what
// was put in cannot be sold.
func productPage(ctx context.Context, c echo.Context, store *models.Store, frames *frames, slug string) (views.ProductPage, error) {
	product, err := store.ProductBySlug(ctx, slug)
	if err != nil {
		return views.ProductPage{}, err
	}
	return pageOfProduct(ctx, c, store, frames, product)
}

func pageOfProduct(ctx context.Context, c echo.Context, store *models.Store, frames *frames, product models.Product) (views.ProductPage, error) {
	snap, err := frames.snapshot(ctx)
	if err != nil {
		return views.ProductPage{}, err
	}
	page := views.ProductPage{Slug: product.Slug, Name: product.Name, Summary: product.Summary, Quantity: "1"}
	section := "/products"
	page.Breadcrumbs = []views.Link{{Label: "Home", URL: "/"}}
	if len(product.Collections) > 0 {
		section = "/collections/" + product.Collections[0].Slug
		page.Breadcrumbs = append(page.Breadcrumbs, views.Link{Label: product.Collections[0].Name, URL: section})
	}
	page.Breadcrumbs = append(page.Breadcrumbs, views.Link{Label: product.Name, URL: "/products/" + product.Slug, Current: true})
	if page.Frame, err = frames.page(c, product.Name, section); err != nil {
		return page, err
	}
	page.Frame.Description = product.Summary
	page.Frame.Canonical = frames.canonical("/products/" + product.Slug)

	var html bytes.Buffer
	if err := goldmark.Convert([]byte(product.Description), &html); err != nil { // raw HTML is off by default
		return page, fmt.Errorf("read the description of %s: %w", product.Slug, err)
	}
	page.Description = html.String()

	card := storefront{store: store, frames: frames}.card(product, snap)
	page.Price, page.From, page.CompareAt, page.SoldOut = card.Price, card.From, card.CompareAt, card.SoldOut
	pictureIDs := map[int64]string{}
	for i, picture := range product.Pictures {
		id := "picture-" + strconv.Itoa(i+1)
		pictureIDs[picture.ID] = id
		page.Pictures = append(page.Pictures, views.ProductPicture{ID: id, Picture: viewPicture(picture)})
	}
	if len(page.Pictures) > 0 {
		page.Frame.Picture = frames.canonical(views.PictureURL(page.Pictures[0].Key, 640, "jpg"))
	}
	for _, option := range product.Options {
		page.Options = append(page.Options, option.Name)
	}
	page.Variants = variantChoices(product, snap.shop.Currency, pictureIDs)
	if page.Related, err = related(ctx, store, frames, product, snap); err != nil {
		return page, err
	}
	page.Frame.JSONLD, err = productJSONLD(page)
	return page, err
}

func variantChoices(product models.Product, currency string, pictureIDs map[int64]string) []views.VariantChoice {
	swatches := map[string]string{}
	for _, option := range product.Options {
		for _, value := range option.Values {
			swatches[value.Name] = value.Swatch
		}
	}
	var choices []views.VariantChoice
	checked := false
	for _, variant := range product.Variants {
		choice := views.VariantChoice{
			ID: variant.ID, Title: variant.Title(), SKU: variant.SKU, Available: max(variant.Available(), 0),
			Price:     models.Money{Amount: variant.Price, Currency: currency},
			CompareAt: models.Money{Amount: variant.CompareAt, Currency: currency},
			LowStock:  models.LowStock(variant.Available()),
		}
		if choice.Title == "" {
			choice.Title = product.Name
		}
		for _, value := range []string{variant.Option1, variant.Option2, variant.Option3} {
			if choice.Swatch == "" {
				choice.Swatch = swatches[value]
			}
		}
		if variant.PictureID != nil {
			choice.PictureID = pictureIDs[*variant.PictureID]
		}
		if !checked && choice.Available > 0 {
			choice.Checked, checked = true, true
		}
		choices = append(choices, choice)
	}
	return choices
}

func related(ctx context.Context, store *models.Store, frames *frames, product models.Product, snap *snapshot) ([]views.ProductCard, error) {
	if len(product.Collections) == 0 {
		return nil, nil
	}
	products, _, err := store.Products(ctx, models.ProductFilter{Collection: product.Collections[0].Slug, PerPage: 5})
	if err != nil {
		return nil, err
	}
	var others []models.Product
	for _, other := range products {
		if other.ID != product.ID && len(others) < 4 {
			others = append(others, other)
		}
	}
	return storefront{store: store, frames: frames}.cards(others, snap), nil
}
