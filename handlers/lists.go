package handlers

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
)

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
	slug, err := s.store.CollectionSlugAfter(c.Request().Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	to := url.URL{Path: "/collections/" + slug, RawQuery: c.QueryString()}
	return c.Redirect(http.StatusMovedPermanently, to.String())
}

// longestQuery bounds what is searched for, in bytes.
const longestQuery = 200

// typedQuery is what a visitor searches for.
func typedQuery(c echo.Context) string {
	query := strings.TrimSpace(c.QueryParam("q"))
	if len(query) > longestQuery {
		query = strings.ToValidUTF8(query[:longestQuery], "")
	}
	return query
}

func (s storefront) search(c echo.Context) error {
	query := typedQuery(c)
	heading := "Search"
	if query != "" {
		heading = fmt.Sprintf("Results for “%s”", query)
	}
	if err := s.products(c, views.ListPage{Heading: heading, Path: "/search", Search: true}, models.ProductFilter{Search: query}); err != nil {
		return err
	}
	if plainSearch(c) {
		s.terms.asked(c.Request().Context(), query)
	}
	return nil
}

// plainSearch reports whether somebody has just searched, and does not filter
// or turn the pages of what was found.
func plainSearch(c echo.Context) bool { return len(c.QueryParams()) == 1 }

// sorts are the orders a shopper may choose, with their labels.
var sorts = []struct {
	value models.ProductSort
	label string
}{
	{models.SortBest, "Best match"}, // of a search alone
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
			filter.Version = snap.shop.CatalogueVersion
			list, err := s.store.List(ctx, filter)
			if err != nil {
				return nil, err
			}
			page.Products, page.Total, page.More = s.cards(list.Products, snap), list.Total, list.More
			page.Instead, page.Some = list.Instead, list.Some
			showFacets(&page, list.Facets, snap.shop.Currency)
			if page.Search && plainSearch(c) {
				s.terms.found(filter.Search, list)
			}
		}
		if len(page.Products) == 0 {
			page.Frame.NoIndex = true
		}
		page.Active = activeFilters(&page, state)
		page.Pagination = paginate(page.Path, state, filter.Page, page.Total)
		if page.Total == 0 {
			ways, err := s.store.Highlights(ctx, models.SortFeatured, 4)
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
	offered := sorts
	if !page.Search {
		offered = sorts[1:]
	}
	own := filter.Sort // the collection's
	for _, sort := range offered {
		if c.QueryParam("sort") == string(sort.value) {
			filter.Sort, page.Sort = sort.value, string(sort.value)
			state.Set("sort", page.Sort)
		}
	}
	filter.Sort = cmp.Or(filter.Sort, offered[0].value)
	page.Sort = string(filter.Sort)
	if own == models.SortByHand {
		page.Sorts = append(page.Sorts, views.Choice{Value: string(own), Label: "Our order", Selected: filter.Sort == own})
	}
	for _, sort := range offered {
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
				page.Collection, page.CollectionName, filter.Collection = chosen, collection.Name, chosen
				state.Set("collection", chosen)
			}
		}
		if page.Collection == "" {
			filter.Collection = ""
		}
	}
	filter.Options = readOptions(c.QueryParams(), state)
	filter.PerPage = perPage
	filter.Page, _ = strconv.Atoi(c.QueryParam("page"))
	filter.Page = min(max(filter.Page, 1), math.MaxInt32/perPage)
	return state
}

// optionPrefix begins the names of the parameters that choose option values, as
// in option-colour=red.
const optionPrefix = "option-"

// mostOptions bounds how many option values an address may choose.
const mostOptions = 50

// readOptions reads the chosen option values, and notes them in state.
func readOptions(parameters, state url.Values) map[string][]string {
	options := map[string][]string{}
	left := mostOptions
	for name, values := range parameters {
		key, is := strings.CutPrefix(name, optionPrefix)
		if !is || key == "" || len(key) > longestQuery {
			continue
		}
		for _, value := range values {
			if left > 0 && value != "" && len(value) <= longestQuery && !slices.Contains(options[key], value) {
				options[key] = append(options[key], value)
				state.Add(name, value)
				left--
			}
		}
	}
	return options
}

// showFacets puts what a list can be narrowed by on its page.
func showFacets(page *views.ListPage, facets models.Facets, currency string) {
	page.InStockCount = facets.InStock
	if facets.PriceMost > 0 {
		page.PriceRange = &[2]models.Money{{Amount: facets.PriceLowest, Currency: currency}, {Amount: facets.PriceMost, Currency: currency}}
	}
	for i := range page.Collections {
		choice := &page.Collections[i]
		for _, value := range facets.Collections {
			if value.Key == choice.Value {
				choice.Label = fmt.Sprintf("%s (%d)", choice.Label, value.Products)
			}
		}
	}
	for _, option := range facets.Options {
		group := views.FacetGroup{Name: optionPrefix + option.Key, Label: option.Label}
		for _, value := range option.Values {
			group.Values = append(group.Values, views.FacetChoice{Value: value.Key, Label: value.Label, Count: value.Products, Chosen: value.Chosen})
		}
		page.Facets = append(page.Facets, group)
	}
}

// activeFilters are links that each take one filter away.
func activeFilters(page *views.ListPage, state url.Values) []views.Link {
	var links []views.Link
	without := func(label, name, value string) {
		rest := url.Values{}
		for other, values := range state {
			if other == name {
				values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == value })
			}
			if len(values) > 0 {
				rest[other] = values
			}
		}
		links = append(links, views.Link{Label: label, URL: address(page.Path, rest)})
	}
	for _, filter := range []struct{ name, label string }{
		{"in_stock", "In stock"}, {"min", "From " + page.PriceMin}, {"max", "Up to " + page.PriceMax},
	} {
		if state.Has(filter.name) {
			without(filter.label, filter.name, state.Get(filter.name))
		}
	}
	if page.Collection != "" {
		without(page.CollectionName, "collection", page.Collection)
	}
	names := make([]string, 0, len(state))
	for name := range state {
		if strings.HasPrefix(name, optionPrefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range state[name] {
			without(page.OptionLabel(name, value), name, value)
		}
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
