package handlers

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/static"
	"tuckshop/views"
)

// frames makes what surrounds every page: the shop's name, its collections and
// the shopper's cart.
type frames struct {
	store   *models.Store
	config  Config
	cookies cookies
	known   atomic.Pointer[snapshot]
	asking  sync.Mutex
}

// snapshot is what every frame shares at one version of the catalogue.
type snapshot struct {
	shop        models.Shop
	collections []models.CollectionSummary
	texts       models.Site
	site        views.Site
	theme       *static.Theme
	delivery    string
	rates       *models.DeliveryRates
	checked     time.Time
}

// snapshotAge is how long a replica may not notice that the catalogue changed.
const snapshotAge = 200 * time.Millisecond

func newFrames(c Config) *frames { return &frames{store: c.Store, config: c, cookies: newCookies(c)} }

// snapshot returns the shop's present state. The version is read at most five
// times a second; the rest only when it has changed.
func (f *frames) snapshot(ctx context.Context) (*snapshot, error) {
	if known := f.fresh(); known != nil {
		return known, nil
	}
	f.asking.Lock()
	defer f.asking.Unlock()
	if known := f.fresh(); known != nil {
		return known, nil
	}
	known, now := f.known.Load(), f.config.Now()
	shop, err := f.store.Shop(ctx)
	if err != nil {
		return nil, err
	}
	next := &snapshot{shop: shop, checked: now}
	if known != nil && known.shop == shop {
		next.collections, next.delivery, next.rates = known.collections, known.delivery, known.rates
		next.texts, next.site, next.theme = known.texts, known.site, known.theme
	} else {
		if next.collections, err = f.store.Collections(ctx); err != nil {
			return nil, err
		}
		if next.delivery, err = f.deliveryPromise(ctx, shop.Currency); err != nil {
			return nil, err
		}
		if next.rates, err = f.store.DeliveryRates(ctx); err != nil {
			return nil, err
		}
		if err := next.readSite(ctx, f.store, known); err != nil {
			return nil, err
		}
	}
	f.known.Store(next)
	return next, nil
}

// fresh is what is known, where that is young enough.
func (f *frames) fresh() *snapshot {
	known := f.known.Load()
	if known == nil || f.config.Now().Sub(known.checked).Abs() >= snapshotAge {
		return nil
	}
	return known
}

// page makes the frame of one page for one shopper.
func (f *frames) page(c echo.Context, title, section string) (views.Frame, error) {
	snap, err := f.snapshot(c.Request().Context())
	if err != nil {
		return views.Frame{}, err
	}
	frame := f.frameOf(snap, title, section)
	frame.CartCount, err = f.cartCount(c)
	return frame, err
}

// lastKnown is the frame of a page without a database: of the shop as it was
// known last, however long ago, or of one of which nothing is known.
func (f *frames) lastKnown(title string) views.Frame {
	if snap := f.known.Load(); snap != nil {
		return f.frameOf(snap, title, "")
	}
	return views.Frame{ShopName: "Tuckshop", Title: title, BaseURL: f.config.BaseURL}
}

// frameOf asks nothing of the database.
func (f *frames) frameOf(snap *snapshot, title, section string) views.Frame {
	frame := views.Frame{
		ShopName: snap.shop.Name, Title: title, BaseURL: f.config.BaseURL,
		Simulated: f.config.SimulatorURL != "", Section: section, Delivery: snap.delivery,
	}
	frame.Collections, frame.Site = snap.collectionLinks(section), snap.siteFor(section)
	frame.Picture, frame.PictureAlt = f.preview("/previews/shop", shopPreview(snap))
	return frame
}

// mostShelves bounds the collections that every page leads to. The others are
// found among the filters of all products, by search, and in menus of the
// merchant's own.
const mostShelves = 12

// collectionLinks lead to the first collections; that of the section is marked.
func (s *snapshot) collectionLinks(section string) []views.Link {
	var links []views.Link
	for _, collection := range s.collections[:min(len(s.collections), mostShelves)] {
		path := "/collections/" + collection.Slug
		links = append(links, views.Link{Label: collection.Name, URL: path, Current: path == section})
	}
	return links
}

const cartCountKey = "cart count"

// cartCount is how many pieces the shopper's cart holds. It is asked once for
// a page: what the page cache takes it for is what is drawn.
func (f *frames) cartCount(c echo.Context) (int64, error) {
	if known, ok := c.Get(cartCountKey).(int64); ok {
		return known, nil
	}
	token := f.cookies.read(c.Request(), cartCookie)
	if token == "" {
		return 0, nil
	}
	count, err := f.store.CartCount(c.Request().Context(), token)
	if err == nil {
		c.Set(cartCountKey, count)
	}
	return count, err
}

// canonical is a page's absolute address, made of BASE_URL alone.
func (f *frames) canonical(path string) string { return f.config.BaseURL + path }

// render draws a page into a buffer and sends it: a fault in the middle is an
// error page, never half a page.
func render(c echo.Context, status int, page templ.Component) error {
	encoding := negotiate(c.Request())
	body, err := draw(c.Request().Context(), page, packing{encoding, true})
	if err != nil {
		return err
	}
	if c.Response().Header().Get(echo.HeaderCacheControl) == "" {
		c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	}
	return send(c, status, body, encoding)
}

func send(c echo.Context, status int, body []byte, encoding string) error {
	header := c.Response().Header()
	header.Set(echo.HeaderVary, "Accept-Encoding, Cookie")
	if encoding != "" {
		header.Set(echo.HeaderContentEncoding, encoding)
	}
	return c.Blob(status, echo.MIMETextHTMLCharsetUTF8, body)
}

// negotiate chooses a compression the client takes: br, gzip or none.
func negotiate(r *http.Request) string {
	accepted := r.Header.Get(echo.HeaderAcceptEncoding)
	for _, encoding := range [...]string{"br", "gzip"} {
		for part := range strings.SplitSeq(accepted, ",") {
			name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
			if name == encoding && strings.TrimSpace(quality) != "q=0" {
				return encoding
			}
		}
	}
	return ""
}

// packer is a compressor that is used again and again: a new one costs more
// memory than the page it compresses.
type packer interface {
	io.WriteCloser
	Reset(io.Writer)
}

// packing says how a page is compressed: quickly for one reader, or well for
// many.
type packing struct {
	encoding string
	quick    bool
}

var packers = map[packing]*sync.Pool{
	{"br", true}:    brotliPackers(2),
	{"br", false}:   brotliPackers(5),
	{"gzip", true}:  gzipPackers(gzip.BestSpeed),
	{"gzip", false}: gzipPackers(gzip.DefaultCompression),
}

// brotliPackers look back 128 kB at most: hardly a page is longer.
func brotliPackers(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		return brotli.NewWriterOptions(io.Discard, brotli.WriterOptions{Quality: level, LGWin: 17})
	}}
}

func gzipPackers(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(io.Discard, level)
		if err != nil {
			panic(err) // of an unknown level
		}
		return w
	}}
}

// sheets are what pages are drawn on, and compressed onto, again and again.
var sheets = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestSheet is how large a sheet may be to be used again, in bytes.
const largestSheet = 1 << 20

func takeSheet() *bytes.Buffer {
	sheet, ok := sheets.Get().(*bytes.Buffer)
	if !ok {
		sheet = new(bytes.Buffer)
	}
	sheet.Reset()
	return sheet
}

func putSheet(sheet *bytes.Buffer) {
	if sheet.Cap() <= largestSheet {
		sheets.Put(sheet)
	}
}

// draw draws a page and compresses it; with the empty encoding it stays as it
// is. What it returns takes no more memory than it is long.
func draw(ctx context.Context, page templ.Component, how packing) ([]byte, error) {
	drawn := takeSheet()
	defer putSheet(drawn)
	if err := page.Render(ctx, drawn); err != nil {
		return nil, fmt.Errorf("draw page: %w", err)
	}
	pool, ok := packers[how]
	if !ok {
		return bytes.Clone(drawn.Bytes()), nil
	}
	w, ok := pool.Get().(packer)
	if !ok {
		return nil, fmt.Errorf("compress page: no packer for %s", how.encoding)
	}
	defer pool.Put(w)
	packed := takeSheet()
	defer putSheet(packed)
	w.Reset(packed)
	if _, err := w.Write(drawn.Bytes()); err != nil {
		return nil, fmt.Errorf("compress page: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress page: %w", err)
	}
	return bytes.Clone(packed.Bytes()), nil
}
