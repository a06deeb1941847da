package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/static"
	"tuckshop/views"
)

// lookOf is what a merchant chose of the shop's looks.
func lookOf(identity models.Identity) static.Look {
	look := static.Look{Accent: identity.Accent, Paper: identity.Paper, Fonts: identity.Fonts}
	first := static.Look{Accent: static.DefaultAccent, Paper: static.Papers[0].Key, Fonts: static.Fonts[0].Key}
	if look == first {
		return static.Look{}
	}
	return look
}

// readSite reads what surrounds the catalogue into a snapshot. The style sheet
// is made anew only where the looks changed.
func (s *snapshot) readSite(ctx context.Context, store *models.Store, known *snapshot) error {
	var err error
	if s.texts, err = store.Site(ctx); err != nil {
		return err
	}
	if known != nil && lookOf(known.texts.Identity) == lookOf(s.texts.Identity) {
		s.theme = known.theme
	} else {
		s.theme = static.NewTheme(lookOf(s.texts.Identity))
	}
	s.site = s.viewSite()
	return nil
}

// viewSite is what every page says of the shop.
func (s *snapshot) viewSite() views.Site {
	identity := s.texts.Identity
	site := views.Site{
		Tagline: identity.Tagline, NoMark: !identity.Mark, Email: identity.Email, Header: s.header(), Footer: s.footer(), Pages: s.ordinary(), Policies: s.policies(), ReturnDays: identity.ReturnDays,
	}
	if look := lookOf(identity); look != (static.Look{}) {
		site.Theme = "/theme.css?v=" + s.theme.Version()
	}
	if identity.LogoKey != "" {
		site.Logo, site.Icon = logoOf(identity), "/media/"+identity.LogoKey+"-icon.png"
	}
	if identity.Address != "" {
		site.Address = strings.Split(identity.Address, "\n")
	}
	for _, address := range identity.Social {
		site.Social = append(site.Social, views.Link{Label: siteName(address), URL: address})
	}
	return site
}

// logoOf is the shop's logo; its file is twice as large as it is shown.
func logoOf(identity models.Identity) *views.Logo {
	return &views.Logo{
		URL: "/media/" + identity.LogoKey + "-logo.png", Tone: identity.LogoTone,
		Width: (identity.LogoWidth + 1) / 2, Height: (identity.LogoHeight + 1) / 2,
	}
}

// siteNames are what well-known sites call themselves.
var siteNames = map[string]string{
	"instagram": "Instagram", "facebook": "Facebook", "youtube": "YouTube", "tiktok": "TikTok", "pinterest": "Pinterest",
	"x": "X", "linkedin": "LinkedIn", "etsy": "Etsy", "bsky": "Bluesky", "threads": "Threads",
}

// siteName says in a word where an address leads.
func siteName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	host := strings.TrimPrefix(u.Hostname(), "www.")
	name, _, _ := strings.Cut(host, ".")
	if known, ok := siteNames[name]; ok {
		return known
	}
	return host
}

// link is where a link leads and what it is called. It is not ok where shoppers
// cannot see that now.
func (s *snapshot) link(l models.Link) (link views.Link, ok bool) {
	switch l.Kind {
	case models.LinkHome:
		return views.Link{Label: "Home", URL: "/"}, true
	case models.LinkAll:
		return views.Link{Label: "All products", URL: "/products"}, true
	case models.LinkNewest:
		return views.Link{Label: "What is new", URL: "/products?sort=newest"}, true
	case models.LinkSearch:
		return views.Link{Label: "Search", URL: "/search"}, true
	case models.LinkLookup:
		return views.Link{Label: "Find your order", URL: "/orders/lookup"}, true
	case models.LinkCart:
		return views.Link{Label: "Your cart", URL: "/cart"}, true
	case models.LinkURL:
		return views.Link{Label: siteName(l.URL), URL: l.URL}, models.HTTPS(l.URL)
	case models.LinkCollection:
		for _, c := range s.collections {
			if c.ID == l.ID {
				return views.Link{Label: c.Name, URL: "/collections/" + c.Slug}, true
			}
		}
	case models.LinkPage:
		for _, page := range s.texts.Pages {
			if page.ID == l.ID {
				return views.Link{Label: page.Title, URL: "/pages/" + page.Slug}, true
			}
		}
	case models.LinkProduct:
		product, ok := s.texts.Products[l.ID]
		return views.Link{Label: product.Name, URL: "/products/" + product.Slug}, ok
	}
	return views.Link{}, false
}

// entry is a line of a menu.
func (s *snapshot) entry(e models.MenuEntry) (views.Link, bool) {
	link, ok := s.link(e.Link)
	if e.Label != "" {
		link.Label = e.Label
	}
	return link, ok
}

// header is the menu a merchant made, or nil.
func (s *snapshot) header() []views.Link {
	var links []views.Link
	for _, e := range s.texts.Header {
		if link, ok := s.entry(e); ok {
			links = append(links, link)
		}
	}
	return links
}

// footer are the columns a merchant made, or nil. A column that leads nowhere is
// left out.
func (s *snapshot) footer() []views.Column {
	var columns []views.Column
	for _, e := range s.texts.Footer {
		if e.Link.Kind == models.LinkHeading {
			columns = append(columns, views.Column{Heading: e.Label})
			continue
		}
		if len(columns) == 0 {
			columns = append(columns, views.Column{Heading: "Shop"})
		}
		if link, ok := s.entry(e); ok {
			last := &columns[len(columns)-1]
			last.Links = append(last.Links, link)
		}
	}
	return slices.DeleteFunc(columns, func(c views.Column) bool { return len(c.Links) == 0 })
}

// policies are the pages that the law, or a shopper, asks for.
func (s *snapshot) policies() []views.Link {
	var links []views.Link
	for _, policy := range models.Policies {
		for _, page := range s.texts.Pages {
			if page.Policy == policy {
				links = append(links, views.Link{Label: page.Title, URL: "/pages/" + page.Slug})
			}
		}
	}
	return links
}

// ownPages is how many ordinary pages the shop's own footer has room for.
const ownPages = 6

// ordinary are the pages that are no policies.
func (s *snapshot) ordinary() []views.Link {
	var links []views.Link
	for _, page := range s.texts.Pages {
		if page.Policy == "" && len(links) < ownPages {
			links = append(links, views.Link{Label: page.Title, URL: "/pages/" + page.Slug})
		}
	}
	return links
}

// siteFor is the site with the menu's entry of one section marked.
func (s *snapshot) siteFor(section string) views.Site {
	site := s.site
	if site.Header != nil {
		site.Header = slices.Clone(site.Header)
		for i := range site.Header {
			site.Header[i].Current = site.Header[i].URL == section
		}
	}
	return site
}

// theme serves the shop's colours and fonts.
func (s storefront) theme(c echo.Context) error {
	snap, err := s.frames.snapshot(c.Request().Context())
	if err != nil {
		return err
	}
	snap.theme.ServeHTTP(c.Response(), c.Request())
	return nil
}

// text shows a text of the shop's own.
func (s storefront) text(c echo.Context) error {
	slug := c.Param("slug")
	snap, err := s.frames.snapshot(c.Request().Context())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(snap.texts.Pages, func(p models.Page) bool { return p.Slug == slug }) {
		now, err := s.store.PageSlugAfter(c.Request().Context(), slug)
		if err != nil {
			return err
		}
		return c.Redirect(http.StatusMovedPermanently, "/pages/"+url.PathEscape(now))
	}
	return s.page(c, func() (templ.Component, error) {
		stored, err := s.store.PageBySlug(c.Request().Context(), slug)
		if err != nil {
			return nil, err
		}
		page, err := textPage(c, s.frames, stored)
		return views.TextPage(page), err
	})
}

// textPage is a page as shoppers see it.
func textPage(c echo.Context, frames *frames, stored models.Page) (views.Page, error) {
	page := views.Page{Title: stored.Title}
	var err error
	if page.Frame, err = frames.page(c, stored.Title, "/pages/"+stored.Slug); err != nil {
		return page, err
	}
	page.Frame.Description = stored.Description
	page.Frame.Canonical = frames.canonical("/pages/" + stored.Slug)
	page.HTML, err = markdown(stored.Body)
	return page, err
}
