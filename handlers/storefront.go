package handlers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
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

func (s storefront) list(c echo.Context) error {
	return s.products(c, views.ListPage{
		Heading: "All products", Path: "/products",
		Intro: "Everything on our shelves.",
	}, models.ProductFilter{Collection: c.QueryParam("collection")})
}

func (s storefront) collection(c echo.Context) error {
	snap, err := s.frames.snapshot(c.Request().Context())
	if err != nil {
		return err
	}
	for _, collection := range snap.collections {
		if collection.Slug == c.Param("slug") {
			return s.products(c, views.ListPage{
				Heading: collection.Name, Intro: collection.Description, Path: "/collections/" + collection.Slug,
			}, models.ProductFilter{Collection: collection.Slug, Sort: collection.Sort})
		}
	}
	return fmt.Errorf("find collection %q: %w", c.Param("slug"), models.ErrNotFound)
}

func (s storefront) search(c echo.Context) error {
	query := strings.TrimSpace(c.QueryParam("q"))
	if len(query) > 200 {
		query = strings.ToValidUTF8(query[:200], "")
	}
	heading := "Search"
	if query != "" {
		heading = fmt.Sprintf("Results for “%s”", query)
	}
	return s.products(c, views.ListPage{Heading: heading, Path: "/search", Search: true}, models.ProductFilter{Search: query})
}

// sorts are the orders a shopper may choose, with their labels.
var sorts = [...]struct {
	value models.ProductSort
	label string
}{
	{models.SortFeatured, "Featured"},
	{models.SortNewest, "Newest"},
	{models.SortPriceAsc, "Price, low to high"},
	{models.SortPriceDesc, "Price, high to low"},
	{models.SortName, "Name"},
}

func (s storefront) products(c echo.Context, page views.ListPage, filter models.ProductFilter) error {
	return s.page(c, func() (templ.Component, error) {
		ctx := c.Request().Context()
		var err error
		if page.Frame, err = s.frames.page(c, page.Heading, page.Path); err != nil {
			return nil, err
		}
		snap, err := s.frames.snapshot(ctx)
		if err != nil {
			return nil, err
		}
		state := s.readFilter(c, &page, &filter, snap)
		if page.Search {
			page.Frame.Query, page.Frame.NoIndex = filter.Search, true
			state.Set("q", filter.Search)
		}
		page.Frame.Description = page.Intro
		page.Frame.Canonical = s.frames.canonical(page.Path)
		for _, collection := range snap.collections {
			if path := "/collections/" + collection.Slug; path == page.Path {
				page.Frame.Picture, page.Frame.PictureAlt = s.frames.preview("/previews"+path, collectionPreview(snap, collection))
			}
		}
		if len(state) > 0 {
			page.Frame.NoIndex = true
		}
		if filter.Page > 1 { // a page of its own, with other products
			page.Frame.Canonical += "?page=" + strconv.Itoa(filter.Page)
		}
		if !page.Search || filter.Search != "" {
			found, total, err := s.store.Products(ctx, filter)
			if err != nil {
				return nil, err
			}
			page.Products, page.Total = s.cards(found, snap), total
		}
		if len(page.Products) == 0 {
			page.Frame.NoIndex = true
		}
		page.Pagination = paginate(page.Path, state, filter.Page, page.Total)
		if page.Total == 0 {
			ways, _, err := s.store.Products(ctx, models.ProductFilter{Sort: models.SortFeatured, PerPage: 4})
			if err != nil {
				return nil, err
			}
			page.Suggestions = s.cards(ways, snap)
		}
		return views.List(page), nil
	})
}

// readFilter reads the filter form from the address into page and filter, and
// returns the address's state without the page number. What is not understood
// is left out, with a message for what a person may have typed.
func (s storefront) readFilter(c echo.Context, page *views.ListPage, filter *models.ProductFilter, snap *snapshot) url.Values {
	state := url.Values{}
	own := filter.Sort // the collection's
	for _, sort := range sorts {
		if c.QueryParam("sort") == string(sort.value) {
			filter.Sort, page.Sort = sort.value, string(sort.value)
			state.Set("sort", page.Sort)
		}
	}
	filter.Sort = cmp.Or(filter.Sort, models.SortFeatured)
	page.Sort = string(filter.Sort)
	if own == models.SortByHand {
		page.Sorts = append(page.Sorts, views.Choice{Value: string(own), Label: "Our order", Selected: filter.Sort == own})
	}
	for _, sort := range sorts {
		page.Sorts = append(page.Sorts, views.Choice{Value: string(sort.value), Label: sort.label, Selected: sort.value == filter.Sort})
	}
	if page.InStock = c.QueryParam("in_stock") == "1"; page.InStock {
		filter.InStock = true
		state.Set("in_stock", "1")
	}
	price := func(name, label string, into *int64) string {
		typed := strings.TrimSpace(c.QueryParam(name))
		if typed == "" {
			return ""
		}
		amount, err := models.ParseMoney(name, typed, snap.shop.Currency)
		if fault, bad := invalid(err); bad {
			fault.Message = label + ": " + fault.Message
			page.Errors = append(page.Errors, fault)
			return typed
		}
		*into = amount.Amount
		state.Set(name, typed)
		return typed
	}
	page.PriceMin = price("min", "The lowest price", &filter.PriceMin)
	page.PriceMax = price("max", "The highest price", &filter.PriceMax)
	if !strings.HasPrefix(page.Path, "/collections/") {
		chosen := c.QueryParam("collection")
		for _, collection := range snap.collections {
			selected := collection.Slug == chosen
			page.Collections = append(page.Collections, views.Choice{Value: collection.Slug, Label: collection.Name, Selected: selected})
			if selected {
				page.Collection, filter.Collection = chosen, chosen
				state.Set("collection", chosen)
			}
		}
		if page.Collection == "" {
			filter.Collection = ""
		}
	}
	filter.PerPage = perPage
	filter.Page, _ = strconv.Atoi(c.QueryParam("page"))
	filter.Page = min(max(filter.Page, 1), math.MaxInt32/perPage)
	page.Active = activeFilters(page, state, filter.Search)
	return state
}

// activeFilters are links that each take one filter away.
func activeFilters(page *views.ListPage, state url.Values, query string) []views.Link {
	var links []views.Link
	labels := []struct{ name, label string }{
		{"in_stock", "In stock"}, {"min", "From " + page.PriceMin}, {"max", "Up to " + page.PriceMax}, {"collection", ""},
	}
	for _, choice := range page.Collections {
		if choice.Selected {
			labels[3].label = choice.Label
		}
	}
	for _, filter := range labels {
		if !state.Has(filter.name) {
			continue
		}
		rest := url.Values{}
		for name, values := range state {
			if name != filter.name {
				rest[name] = values
			}
		}
		if page.Search {
			rest.Set("q", query)
		}
		links = append(links, views.Link{Label: filter.label, URL: address(page.Path, rest)})
	}
	return links
}

func address(path string, values url.Values) string {
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// paginate links the first and last page and the neighbours of the present
// one.
func paginate(path string, state url.Values, page int, total int64) views.Pagination {
	pages := int((total + perPage - 1) / perPage)
	p := views.Pagination{Page: page, Pages: pages}
	link := func(number int) string {
		values := url.Values{}
		for name, v := range state {
			values[name] = v
		}
		if number > 1 {
			values.Set("page", strconv.Itoa(number))
		}
		return address(path, values)
	}
	if page > 1 {
		p.Previous = link(min(page-1, max(pages, 1)))
	}
	if page < pages {
		p.Next = link(page + 1)
	}
	last := 0
	for _, number := range [...]int{1, page - 1, page, page + 1, pages} {
		if number <= last || number > pages {
			continue
		}
		if number > last+1 {
			p.Links = append(p.Links, views.PageLink{Gap: true})
		}
		p.Links = append(p.Links, views.PageLink{Number: number, URL: link(number), Current: number == page})
		last = number
	}
	return p
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
	card.CompareAt = models.Money{Amount: lowest.CompareAt, Currency: snap.shop.Currency}
	card.Prior = models.Money{Amount: lowest.PriorPrice, Currency: snap.shop.Currency}
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
		choice := views.VariantChoice{
			ID: variant.ID, Title: variant.Title(), SKU: variant.SKU, Available: max(variant.Available(), 0),
			Price:     models.Money{Amount: variant.Price, Currency: currency},
			CompareAt: models.Money{Amount: variant.CompareAt, Currency: currency},
			Prior:     models.Money{Amount: variant.PriorPrice, Currency: currency},
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
