package handlers

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"path"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
)

// Previews draws the pictures that stand for pages where links are shared.
type Previews interface {
	// JPEG returns a preview, which is drawn where it is not kept. The error is
	// ctx's where others take so long that it was not its turn.
	JPEG(ctx context.Context, preview views.Preview) ([]byte, error)
}

// previews serves them. Their addresses hold a mark of what they show, so they
// can be kept for ever.
type previews struct {
	store  *models.Store
	frames *frames
	maker  Previews
}

// previewPatience is how long a request waits for the previews before it.
const previewPatience = 10 * time.Second

// preview is the address of a preview below folder, and what it shows.
func (f *frames) preview(folder string, preview views.Preview) (address, alt string) {
	return f.canonical(folder + "/" + preview.Mark() + ".jpg"), preview.Alt()
}

func shopPreview(snap *snapshot) views.Preview {
	return views.Preview{Shop: snap.shop.Name, Text: shelves(snap.collectionLinks(""))}
}

func collectionPreview(snap *snapshot, collection models.CollectionSummary) views.Preview {
	return views.Preview{Shop: snap.shop.Name, Name: collection.Name, Text: collection.Description, PictureKey: collection.PictureKey}
}

func (h previews) shop(c echo.Context) error {
	snap, err := h.frames.snapshot(c.Request().Context())
	if err != nil {
		return err
	}
	return h.serve(c, shopPreview(snap))
}

func (h previews) collection(c echo.Context) error {
	snap, err := h.frames.snapshot(c.Request().Context())
	if err != nil {
		return err
	}
	for _, collection := range snap.collections {
		if collection.Slug == c.Param("slug") {
			return h.serve(c, collectionPreview(snap, collection))
		}
	}
	return models.ErrNotFound
}

func (h previews) product(c echo.Context) error {
	ctx := c.Request().Context()
	snap, err := h.frames.snapshot(ctx)
	if err != nil {
		return err
	}
	product, err := h.store.ProductBySlug(ctx, c.Param("slug"))
	if err != nil {
		return err
	}
	page, err := h.frames.describe(product, snap)
	if err != nil {
		return err
	}
	return h.serve(c, views.ProductPreview(page))
}

// serve answers with a preview. Who asks for one of another mark, which was
// shared before something changed, is led to the present one.
func (h previews) serve(c echo.Context, preview views.Preview) error {
	file := preview.Mark() + ".jpg"
	if c.Param("file") != file {
		c.Response().Header().Set(echo.HeaderCacheControl, "no-cache")
		return c.Redirect(http.StatusFound, path.Dir(c.Request().URL.EscapedPath())+"/"+file)
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), previewPatience)
	defer cancel()
	picture, err := h.maker.JPEG(ctx, preview)
	if errors.Is(err, context.DeadlineExceeded) {
		c.Response().Header().Set(echo.HeaderRetryAfter, "30")
		return echo.NewHTTPError(http.StatusServiceUnavailable).SetInternal(err)
	}
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "image/jpeg")
	header.Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	http.ServeContent(c.Response(), c.Request(), file, time.Time{}, bytes.NewReader(picture))
	return nil
}
