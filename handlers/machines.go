package handlers

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/static"
)

// machines answers those who are no people: monitors and search engines.
type machines struct {
	store  *models.Store
	frames *frames
	log    *slog.Logger
	scrape http.Handler
	allow  []netip.Prefix
	// exports holds one for each export of the whole catalogue that runs.
	exports chan struct{}
	mark    string // of what, beside the catalogue, documents depend on
}

// health says that the process lives.
func (h machines) health(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// ready says that it can serve: the database answers.
func (h machines) ready(c echo.Context) error {
	if err := h.store.Ping(c.Request().Context()); err != nil {
		h.log.WarnContext(c.Request().Context(), "not ready", "error", err)
		return c.String(http.StatusServiceUnavailable, "the database does not answer\n")
	}
	return c.String(http.StatusOK, "ready\n")
}

// metrics answers allowed peers alone. What a proxy says of the client does
// not count here.
func (h machines) metrics(c echo.Context) error {
	host, _, err := net.SplitHostPort(c.Request().RemoteAddr)
	if err != nil {
		return models.ErrNotFound
	}
	peer, err := netip.ParseAddr(host)
	if err != nil {
		return models.ErrNotFound
	}
	for _, prefix := range h.allow {
		if prefix.Contains(peer.Unmap()) {
			h.scrape.ServeHTTP(c.Response(), c.Request())
			return nil
		}
	}
	return models.ErrNotFound
}

// favicon answers those who ask for the icon without reading a page first.
func (h machines) favicon(c echo.Context) error {
	if snap, err := h.frames.snapshot(c.Request().Context()); err == nil && snap.site.Icon != "" {
		return c.Redirect(http.StatusFound, snap.site.Icon)
	}
	icon, err := static.Open("brand/favicon.ico")
	if err != nil {
		return fmt.Errorf("open the icon: %w", err)
	}
	defer icon.Close() //nolint:errcheck // only read
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=86400")
	return c.Stream(http.StatusOK, "image/x-icon", icon)
}

// media serves pictures. A picture's name changes with its contents' meaning,
// so a day of caching is safe and a change shows soon.
type media struct{ pictures fs.FS }

var mediaTypes = map[string]string{
	".avif": "image/avif", ".webp": "image/webp", ".jpg": "image/jpeg", ".png": "image/png",
}

func (h media) serve(c echo.Context) error {
	name := c.Param("file")
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 || strings.ContainsAny(name, `/\`) {
		return models.ErrNotFound
	}
	kind, ok := mediaTypes[name[dot:]]
	if !ok {
		return models.ErrNotFound
	}
	file, err := h.pictures.Open(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return models.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("serve a picture: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	info, err := file.Stat()
	content, readable := file.(io.ReadSeeker)
	if err != nil || info.IsDir() || !readable {
		return models.ErrNotFound
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, kind)
	header.Set(echo.HeaderCacheControl, "public, max-age=86400")
	http.ServeContent(c.Response(), c.Request(), name, info.ModTime(), content)
	return nil
}
