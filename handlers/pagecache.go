package handlers

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
	"github.com/maypok86/otter/v2"
)

// pageCache keeps the pages that are the same for everyone who has no cart,
// drawn and compressed once per version of the catalogue.
type pageCache struct {
	pages *otter.Cache[pageKey, *cachedPage]
}

// pageKey names a page. A new version of the catalogue is a new key: what is
// old is never asked for again and leaves by itself.
type pageKey struct {
	version  int64
	uri      string
	encoding string
}

type cachedPage struct {
	etag string
	body []byte
}

// pageCacheSize bounds the cache, in bytes of compressed pages.
const pageCacheSize = 24 << 20

// longestCachedURI keeps made-up addresses from filling the cache with keys.
const longestCachedURI = 200

func newPageCache() *pageCache {
	return &pageCache{pages: otter.Must(&otter.Options[pageKey, *cachedPage]{
		MaximumWeight: pageCacheSize,
		Weigher: func(key pageKey, page *cachedPage) uint32 {
			return uint32(len(key.uri) + len(page.body) + 200) //nolint:gosec // a page is far below 4 GiB
		},
	})}
}

// serve answers with the cached page of the request, or draws, keeps and sends
// it. draw is called for a shopper without a cart only.
func (p *pageCache) serve(c echo.Context, version int64, draw func() (templ.Component, error)) error {
	encoding := negotiate(c.Request())
	key := pageKey{version: version, uri: c.Request().RequestURI, encoding: encoding}
	page, ok := p.pages.GetIfPresent(key)
	if !ok {
		component, err := draw()
		if err != nil {
			return err
		}
		if page, err = drawPage(c, component, encoding); err != nil {
			return err
		}
		if len(key.uri) <= longestCachedURI {
			p.pages.Set(key, page)
		}
	}
	header := c.Response().Header()
	header.Set(echo.HeaderCacheControl, "no-cache")
	header.Set("ETag", page.etag)
	if c.Request().Header.Get("If-None-Match") == page.etag {
		header.Set(echo.HeaderVary, "Accept-Encoding, Cookie")
		return c.NoContent(http.StatusNotModified)
	}
	return send(c, http.StatusOK, page.body, encoding)
}

func drawPage(c echo.Context, component templ.Component, encoding string) (*cachedPage, error) {
	var buffer bytes.Buffer
	if err := component.Render(c.Request().Context(), &buffer); err != nil {
		return nil, fmt.Errorf("draw page: %w", err)
	}
	body, err := compress(buffer.Bytes(), encoding, false)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	return &cachedPage{etag: `"` + hex.EncodeToString(sum[:12]) + `"`, body: body}, nil
}
