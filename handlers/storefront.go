package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

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
		Slug: product.Slug, Chosen: product.ChosenID, Name: product.Name, Summary: product.Summary, SoldOut: true,
		New: s.frames.config.Now().Sub(product.CreatedAt).Hours() < newFor,
	}
	var lowest models.Variant
	var available int64
	beyond := false
	for i, variant := range product.Variants {
		if i == 0 || variant.Price < lowest.Price {
			lowest = variant
		}
		available += variant.Available()
		beyond = beyond || variant.SoldBeyond()
	}
	for _, variant := range product.Variants {
		card.From = card.From || variant.Price != lowest.Price
	}
	card.SoldOut, card.LowStock = available <= 0 && !beyond, models.LowStock(available)
	card.Price = models.Money{Amount: lowest.Price, Currency: snap.shop.Currency}
	before, prior := lowest.Reduction()
	card.CompareAt = models.Money{Amount: before, Currency: snap.shop.Currency}
	card.Prior = models.Money{Amount: prior, Currency: snap.shop.Currency}
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
	picture := views.Picture{Key: p.Key, Alt: p.Alt, Width: p.Width, Height: p.Height}
	if p.ID != 0 {
		picture.Focus = views.FocusClass(p.FocusX, p.FocusY)
	}
	return picture
}

func (s storefront) product(c echo.Context) error {
	err := s.page(c, func() (templ.Component, error) {
		page, err := productPage(c.Request().Context(), c, s.store, s.frames, c.Param("slug"))
		if err != nil {
			return nil, err
		}
		page.Frame.Notice = productNotice(c)
		return views.Product(page), nil
	})
	if errors.Is(err, models.ErrNotFound) && !c.Response().Committed {
		slug, formerErr := s.store.SlugAfter(c.Request().Context(), c.Param("slug"))
		if formerErr == nil {
			to := url.URL{Path: "/products/" + slug, RawQuery: c.QueryString()}
			return c.Redirect(http.StatusMovedPermanently, to.String())
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
	page, err := frames.describe(product, snap)
	if err != nil {
		return page, err
	}
	chooseVariant(&page, c.QueryParam("variant"))
	section := "/products"
	if len(product.Collections) > 0 {
		section = "/collections/" + product.Collections[0].Slug
	}
	frame, err := frames.page(c, product.Name, section)
	if err != nil {
		return page, err
	}
	frame.Description, frame.Canonical = page.Frame.Description, page.Frame.Canonical
	frame.Picture, frame.PictureAlt = page.Frame.Picture, page.Frame.PictureAlt
	page.Frame = frame
	if page.Related, err = related(ctx, store, frames, product, snap); err != nil {
		return page, err
	}
	page.Frame.JSONLD, err = productJSONLD(page)
	return page, err
}

// describe is a product's page without what surrounds it: feeds and previews
// say of a product what its page says. It asks nothing of the database.
func (f *frames) describe(product models.Product, snap *snapshot) (views.ProductPage, error) {
	page := views.ProductPage{ID: product.ID, Slug: product.Slug, Name: product.Name, Summary: product.Summary, Quantity: "1"}
	page.Frame = views.Frame{
		ShopName: snap.shop.Name, BaseURL: f.config.BaseURL, Description: product.Summary, Canonical: f.canonical("/products/" + product.Slug),
	}
	page.Breadcrumbs = []views.Link{{Label: "Home", URL: "/"}}
	if len(product.Collections) > 0 {
		collection := product.Collections[0]
		page.Breadcrumbs = append(page.Breadcrumbs, views.Link{Label: collection.Name, URL: "/collections/" + collection.Slug})
	}
	page.Breadcrumbs = append(page.Breadcrumbs, views.Link{Label: product.Name, URL: "/products/" + product.Slug, Current: true})

	var err error
	if page.Description, err = markdown(product.Description); err != nil {
		return page, fmt.Errorf("read the description of %s: %w", product.Slug, err)
	}

	card := storefront{frames: f}.card(product, snap)
	page.Price, page.From, page.CompareAt, page.SoldOut, page.Prior = card.Price, card.From, card.CompareAt, card.SoldOut, card.Prior
	pictureIDs := map[int64]string{}
	for i, picture := range product.Pictures {
		id := "picture-" + strconv.Itoa(i+1)
		pictureIDs[picture.ID] = id
		page.Pictures = append(page.Pictures, views.ProductPicture{ID: id, Picture: viewPicture(picture)})
	}
	for _, option := range product.Options {
		page.Options = append(page.Options, option.Name)
	}
	page.Variants = variantChoices(product, snap.shop.Currency, pictureIDs)
	for i, variant := range product.Variants {
		page.Variants[i].Delivery = snap.rates.ForOne(variant.WeightGrams, variant.Price)
	}
	page.Returns = views.Returns{Days: snap.site.ReturnDays, Country: snap.shop.HomeCountry}
	page.Frame.Picture, page.Frame.PictureAlt = f.preview("/previews/products/"+product.Slug, views.ProductPreview(page))
	return page, nil
}

// chooseVariant shows the page with the variant of that id chosen, as feeds
// link to it; the page stays as it is where it has no such variant.
func chooseVariant(page *views.ProductPage, id string) {
	for i, variant := range page.Variants {
		if strconv.FormatInt(variant.ID, 10) != id {
			continue
		}
		page.Price, page.CompareAt, page.Prior, page.Chosen = variant.Price, variant.CompareAt, variant.Prior, true
		for j := range page.Variants {
			page.Variants[j].Checked = i == j && variant.Buyable()
		}
	}
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
		before, prior := variant.Reduction()
		choice := views.VariantChoice{
			ID: variant.ID, Title: variant.Title(), SKU: variant.SKU, Available: max(variant.Available(), 0),
			Price:     models.Money{Amount: variant.Price, Currency: currency},
			CompareAt: models.Money{Amount: before, Currency: currency},
			Prior:     models.Money{Amount: prior, Currency: currency},
			Barcode:   variant.Barcode, Preorder: variant.Policy == models.StockPreorder, ShipsOn: variant.ShipsOn, Waiting: variant.Waiting(),
			LowStock: models.LowStock(variant.Available()),
		}
		if choice.Title == "" {
			choice.Title = product.Name
		}
		for _, value := range []string{variant.Option1, variant.Option2, variant.Option3} {
			if choice.Swatch == "" {
				choice.Swatch = swatches[value]
			}
			if value != "" {
				choice.Values = append(choice.Values, value)
			}
		}
		if variant.PictureID != nil {
			choice.PictureID = pictureIDs[*variant.PictureID]
		}
		if !checked && choice.Buyable() {
			choice.Checked, checked = true, true
		}
		choices = append(choices, choice)
	}
	return choices
}

func related(ctx context.Context, store *models.Store, frames *frames, product models.Product, snap *snapshot) ([]views.ProductCard, error) {
	products, err := store.RelatedProducts(ctx, product.ID, 4)
	return storefront{store: store, frames: frames}.cards(products, snap), err
}
