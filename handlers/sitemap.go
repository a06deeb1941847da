package handlers

import (
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
)

// sitemapSize is how many ids of products one sitemap covers; the protocol
// allows 50,000 addresses and 50 MB.
const sitemapSize = 10_000

// sitemapBatch is how many products are read at once.
const sitemapBatch = 1000

const (
	sitemapSpace = "http://www.sitemaps.org/schemas/sitemap/0.9"
	xmlType      = "application/xml; charset=utf-8"
)

// place is a page that search engines should know.
type place struct {
	path    string
	changed time.Time // zero: not known
}

// sitemapSource lists places of one kind. Its sitemap is
// /sitemaps/<name>.xml.
type sitemapSource struct {
	name string
	each func(ctx context.Context, list func(place) error) error
}

// sources are all there are. Whoever adds pages to the shop adds a line here.
func (h machines) sources(ctx context.Context) ([]sitemapSource, error) {
	snap, err := h.frames.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	sources := []sitemapSource{
		{"shop", places("/", "/products", "/orders/lookup")},
		{"collections", collectionPlaces(snap.collections)},
	}
	if len(snap.texts.Pages) > 0 {
		paths := make([]string, len(snap.texts.Pages))
		for i, page := range snap.texts.Pages {
			paths[i] = "/pages/" + page.Slug
		}
		sources = append(sources, sitemapSource{"pages", places(paths...)})
	}
	chunks, err := h.store.ProductChunks(ctx, sitemapSize)
	if err != nil {
		return nil, err
	}
	for _, chunk := range chunks {
		sources = append(sources, sitemapSource{"products-" + strconv.FormatInt(chunk+1, 10), h.productPlaces(chunk)})
	}
	return sources, nil
}

func places(paths ...string) func(context.Context, func(place) error) error {
	return func(_ context.Context, list func(place) error) error {
		for _, path := range paths {
			if err := list(place{path: path}); err != nil {
				return err
			}
		}
		return nil
	}
}

func collectionPlaces(collections []models.CollectionSummary) func(context.Context, func(place) error) error {
	paths := make([]string, len(collections))
	for i, collection := range collections {
		paths[i] = "/collections/" + collection.Slug
	}
	return places(paths...)
}

func (h machines) productPlaces(chunk int64) func(context.Context, func(place) error) error {
	return func(ctx context.Context, list func(place) error) error {
		after, last := chunk*sitemapSize, (chunk+1)*sitemapSize
		for {
			found, err := h.store.ProductAddresses(ctx, after, last, sitemapBatch)
			if err != nil {
				return err
			}
			for _, product := range found {
				if err := list(place{"/products/" + product.Slug, product.UpdatedAt}); err != nil {
					return err
				}
				after = product.ID
			}
			if len(found) < sitemapBatch {
				return nil
			}
		}
	}
}

// sitemap lists every page, or, where the products need several sitemaps, these.
func (h machines) sitemap(c echo.Context) error {
	ctx := c.Request().Context()
	sources, err := h.sources(ctx)
	if err != nil {
		return err
	}
	products := 0
	for _, source := range sources {
		if strings.HasPrefix(source.name, "products-") {
			products++
		}
	}
	if products <= 1 {
		return h.sendSitemap(c, sources)
	}
	return h.xml(c, func(w io.Writer) error {
		if _, err := io.WriteString(w, `<sitemapindex xmlns="`+sitemapSpace+`">`+"\n"); err != nil {
			return err
		}
		for _, source := range sources {
			if _, err := fmt.Fprintf(w, "<sitemap>%s</sitemap>\n", element("loc", h.frames.canonical("/sitemaps/"+source.name+".xml"))); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "</sitemapindex>\n")
		return err
	})
}

// sitemapPart is the sitemap of one source.
func (h machines) sitemapPart(c echo.Context) error {
	sources, err := h.sources(c.Request().Context())
	if err != nil {
		return err
	}
	for _, source := range sources {
		if c.Param("file") == source.name+".xml" {
			return h.sendSitemap(c, []sitemapSource{source})
		}
	}
	return models.ErrNotFound
}

func (h machines) sendSitemap(c echo.Context, sources []sitemapSource) error {
	return h.xml(c, func(w io.Writer) error {
		if _, err := io.WriteString(w, `<urlset xmlns="`+sitemapSpace+`">`+"\n"); err != nil {
			return err
		}
		for _, source := range sources {
			err := source.each(c.Request().Context(), func(p place) error {
				changed := ""
				if !p.changed.IsZero() {
					changed = element("lastmod", p.changed.UTC().Format(time.RFC3339))
				}
				_, err := fmt.Fprintf(w, "<url>%s%s</url>\n", element("loc", h.frames.canonical(p.path)), changed)
				return err
			})
			if err != nil {
				return fmt.Errorf("write the sitemap of %s: %w", source.name, err)
			}
		}
		_, err := io.WriteString(w, "</urlset>\n")
		return err
	})
}

// xml streams a document as it is at the present version of the catalogue.
func (h machines) xml(c echo.Context, write func(w io.Writer) error) error {
	snap, err := h.frames.snapshot(c.Request().Context())
	if err != nil {
		return err
	}
	return h.streamed(c, xmlType, snap.shop.CatalogueVersion, func(w io.Writer) error {
		if _, err := io.WriteString(w, xml.Header); err != nil {
			return err
		}
		return write(w)
	})
}

// element is an XML element that holds a text.
func element(name, text string) string {
	var out strings.Builder
	out.WriteString("<" + name + ">")
	_ = xml.EscapeText(&out, []byte(text)) // a strings.Builder takes everything
	out.WriteString("</" + name + ">")
	return out.String()
}

func (h machines) robots(c echo.Context) error {
	var out strings.Builder
	out.WriteString("User-agent: *\nAllow: /orders/lookup\n")
	for _, path := range []string{"/admin", "/cart", "/checkout", "/orders/", "/search"} {
		out.WriteString("Disallow: " + path + "\n")
	}
	out.WriteString("Sitemap: " + h.frames.canonical("/sitemap.xml") + "\n")
	return c.String(http.StatusOK, out.String())
}

// llms tells language models what the shop is and where things are, in
// Markdown: https://llmstxt.org.
func (h machines) llms(c echo.Context) error {
	snap, err := h.frames.snapshot(c.Request().Context())
	if err != nil {
		return err
	}
	var out strings.Builder
	plain := strings.NewReplacer("\n", " ", "\r", " ", "[", "(", "]", ")")
	about := strings.TrimRight(cmp.Or(snap.texts.Identity.Tagline, "An online shop"), ". ")
	fmt.Fprintf(&out, "# %s\n\n> %s. Prices are in %s.\n\n", plain.Replace(snap.shop.Name), plain.Replace(about), snap.shop.Currency)
	link := func(label, path, text string) {
		fmt.Fprintf(&out, "- [%s](%s)", plain.Replace(label), h.frames.canonical(path))
		if text != "" {
			fmt.Fprintf(&out, ": %s", plain.Replace(text))
		}
		out.WriteString("\n")
	}
	out.WriteString("## Shelves\n\n")
	link("All products", "/products", "everything the shop sells")
	for _, collection := range snap.collections {
		link(collection.Name, "/collections/"+collection.Slug, collection.Description)
	}
	out.WriteString("\n## Help\n\n")
	link("Find an order", "/orders/lookup", "with its number and the mail address it was placed with")
	for _, page := range snap.texts.Pages {
		link(page.Title, "/pages/"+page.Slug, page.Description)
	}
	out.WriteString("\n## For programs\n\n")
	link("Sitemap", "/sitemap.xml", "every page")
	link("Product feed", "/feeds/google.xml", "every variant with its price and whether it is in stock, in the format of Google Merchant Center")
	link("Product feed as CSV", "/feeds/meta.csv", "the same, in the format of Meta catalogues")
	link("New products", "/feeds/new.xml", "RSS")
	return c.String(http.StatusOK, out.String())
}
