package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"strconv"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
	"github.com/maypok86/otter/v2"

	"tuckshop/static"
)

// pageCache keeps the pages of the catalogue, drawn and compressed once. All
// that such a page says of its reader is how many pieces the cart holds, so
// readers with as many pieces share it.
type pageCache struct {
	pages *otter.Cache[pageKey, *cachedPage]
}

// pageKey names a page. A new version of the catalogue is a new key: what is
// old is never asked for again and leaves by itself.
type pageKey struct {
	version  int64
	uri      string
	encoding string
	cart     int64 // pieces
	lists    int64 // version of the catalogue that lists are made from, where that may lag behind
}

// cachedPage is an answer as it goes out. Nobody changes it.
type cachedPage struct {
	header http.Header
	etag   string // empty for a page that browsers must not keep
	body   []byte
}

// pageCacheSize bounds the cache, in bytes of compressed pages.
const pageCacheSize = 16 << 20

// longestCachedURI keeps made-up addresses from filling the cache with keys.
const longestCachedURI = 200

func newPageCache() *pageCache {
	return &pageCache{pages: otter.Must(&otter.Options[pageKey, *cachedPage]{
		MaximumWeight: pageCacheSize,
		Weigher: func(key pageKey, page *cachedPage) uint32 {
			return uint32(len(key.uri) + len(page.body) + 1000) //nolint:gosec // a page is far below 4 GiB
		},
	})}
}

// serve answers with the page of key, which draw draws where it is not kept
// yet. Whoever asks for it meanwhile waits for that one drawing.
func (p *pageCache) serve(c echo.Context, key pageKey, draw func() (templ.Component, error)) error {
	page, ok := p.pages.GetIfPresent(key)
	if !ok {
		load := func(ctx context.Context, key pageKey) (*cachedPage, error) {
			component, err := draw()
			if err != nil {
				return nil, err
			}
			return drawPage(ctx, component, key)
		}
		// Others may wait for the page, so its first reader hanging up does not
		// end the work.
		ctx := context.WithoutCancel(c.Request().Context())
		c.SetRequest(c.Request().WithContext(ctx))
		var err error
		if len(key.uri) > longestCachedURI {
			page, err = load(ctx, key)
		} else {
			page, err = p.pages.Get(ctx, key, otter.LoaderFunc[pageKey, *cachedPage](load))
		}
		if err != nil {
			return err
		}
	}
	response := c.Response()
	maps.Copy(response.Header(), page.header)
	if page.etag != "" && c.Request().Header.Get("If-None-Match") == page.etag {
		for _, name := range []string{echo.HeaderContentType, echo.HeaderContentEncoding, echo.HeaderContentLength} {
			response.Header().Del(name)
		}
		return c.NoContent(http.StatusNotModified)
	}
	response.WriteHeader(http.StatusOK)
	_, err := response.Write(page.body)
	return err
}

// speculationHeader names the rules by which a browser fetches a page of the
// shop that its reader is about to open.
const speculationHeader = "Speculation-Rules"

func drawPage(ctx context.Context, component templ.Component, key pageKey) (*cachedPage, error) {
	body, err := draw(ctx, component, packing{key.encoding, key.cart > 0})
	if err != nil {
		return nil, err
	}
	page := &cachedPage{body: body, header: http.Header{
		echo.HeaderContentType:   {echo.MIMETextHTMLCharsetUTF8},
		echo.HeaderContentLength: {strconv.Itoa(len(body))},
		echo.HeaderVary:          {"Accept-Encoding, Cookie"},
		echo.HeaderCacheControl:  {"no-store"},
		speculationHeader:        {`"` + static.URL("speculation.json") + `"`},
	}}
	if key.encoding != "" {
		page.header.Set(echo.HeaderContentEncoding, key.encoding)
	}
	// Without a cart a browser may keep the page and ask whether it is still
	// so. With one it may not: going back would show the cart as it was.
	if key.cart == 0 {
		sum := sha256.Sum256(body)
		page.etag = `"` + hex.EncodeToString(sum[:12]) + `"`
		page.header.Set("Etag", page.etag)
		page.header.Set(echo.HeaderCacheControl, "no-cache")
	}
	return page, nil
}
