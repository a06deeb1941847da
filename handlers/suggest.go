package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"
)

// mostSuggestions is how many suggestions a visitor gets while typing.
const mostSuggestions = 8

// suggestion is what the search field offers while somebody types.
type suggestion struct {
	Label string `json:"label"`
	URL   string `json:"url"`
}

// suggest answers with suggestions for what was typed so far, as JSON.
func (s storefront) suggest(c echo.Context) error {
	ctx := c.Request().Context()
	snap, err := s.frames.snapshot(ctx)
	if err != nil {
		return err
	}
	found, err := s.store.Suggest(ctx, snap.shop.CatalogueVersion, typedQuery(c), mostSuggestions)
	if err != nil {
		return err
	}
	suggestions := []suggestion{}
	for _, f := range found {
		path := "/products/"
		if f.Collection {
			path = "/collections/"
		}
		suggestions = append(suggestions, suggestion{f.Name, path + url.PathEscape(f.Slug)})
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=60")
	return c.JSON(http.StatusOK, suggestions)
}
