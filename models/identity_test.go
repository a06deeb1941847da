package models_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

var editor = models.Actor{Email: "editor@example.com"}

// refused are the fields that an error finds fault with.
func refused(err error) []string {
	var faults models.InvalidErrors
	var fault *models.InvalidError
	switch {
	case errors.As(err, &faults):
		var fields []string
		for _, f := range faults {
			fields = append(fields, f.Field)
		}
		return fields
	case errors.As(err, &fault):
		return []string{fault.Field}
	}
	return nil
}

func TestIdentity(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store, ctx := modelstest.New(t, databaseURL, models.Options{}), t.Context()
		before, err := store.Shop(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for field, edit := range map[string]models.IdentityEdit{
			"name":        {Version: 1},
			"tagline":     {Version: 1, Name: "Ink", Tagline: strings.Repeat("x", 121)},
			"email":       {Version: 1, Name: "Ink", Email: "Ada <ada@example.com>"},
			"address":     {Version: 1, Name: "Ink", Address: strings.Repeat("x", 1001)},
			"social":      {Version: 1, Name: "Ink", Social: []string{"javascript:alert(1)"}},
			"return-days": {Version: 1, Name: "Ink", ReturnDays: 366},
		} {
			if got := refused(store.SaveIdentity(ctx, edit, editor)); !slices.Equal(got, []string{field}) {
				t.Errorf("%s: refused for %q", field, got)
			}
		}
		edit := models.IdentityEdit{Version: 1, Name: "Ink & Co", Tagline: "Ink", Email: "ink@example.com", Address: "1 Street\nTown", Social: []string{"https://example.com/ink"}, ReturnDays: 14}
		if err := store.SaveIdentity(ctx, edit, editor); err != nil {
			t.Fatal(err)
		}
		if err := store.SaveIdentity(ctx, edit, editor); !errors.Is(err, models.ErrConflict) {
			t.Errorf("saved over a colleague's: %v", err)
		}
		for _, look := range []models.LookEdit{{0, "red", "warm", "warm"}, {0, "#FF0000", "warm", "warm"}, {0, "#ff0000", "beige", "warm"}, {0, "#ff0000", "warm", "comic"}} {
			if got := refused(store.SaveLook(ctx, look, editor)); len(got) != 1 {
				t.Errorf("%v: refused for %q", look, got)
			}
		}
		if err := store.SaveLook(ctx, models.LookEdit{Accent: "#ffd400", Paper: "white", Fonts: "clear"}, editor); err != nil {
			t.Fatal(err)
		}
		if err := store.SetLogo(ctx, models.Logo{Key: "p-logo", Width: 200, Height: 80, Tone: models.LogoDark}, editor); err != nil {
			t.Fatal(err)
		}
		site, err := store.Site(ctx)
		got := site.Identity
		if err != nil || got.Tagline != "Ink" || got.ReturnDays != 14 || got.Address != "1 Street\nTown" || !slices.Equal(got.Social, edit.Social) || got.Accent != "#ffd400" ||
			got.Fonts != "clear" || got.LogoKey != "p-logo" || got.LogoTone != models.LogoDark || got.Mark || got.Version != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		after, err := store.Shop(ctx)
		if err != nil || after.Name != "Ink & Co" || after.CatalogueVersion != before.CatalogueVersion+3 {
			t.Errorf("the shop is %+v, was %+v, %v", after, before, err)
		}
		entries, err := store.Audit(ctx, models.AuditFilter{Limit: 10})
		if err != nil || len(entries) != 3 || entries[1].After != "#ffd400, white, clear" || entries[2].Before != "Tuckshop" {
			t.Errorf("the audit log says %+v, %v", entries, err)
		}
	})
}

func TestPages(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store, ctx := modelstest.New(t, databaseURL, models.Options{}), t.Context()
		about := models.PageEdit{Title: "About us", Body: "We **write**.", Status: models.PageDraft}
		page, err := store.SavePage(ctx, 0, about, editor)
		if err != nil || page.Slug != "about-us" || page.Version != 1 {
			t.Fatalf("%+v, %v", page, err)
		}
		if _, err := store.PageBySlug(ctx, "about-us"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("a draft is shown: %v", err)
		}
		about.Version, about.Slug, about.Status, about.Policy = 1, "about", models.PagePublished, models.PolicyImprint
		if page, err = store.SavePage(ctx, page.ID, about, editor); err != nil {
			t.Fatal(err)
		}
		if _, err := store.SavePage(ctx, page.ID, about, editor); !errors.Is(err, models.ErrConflict) {
			t.Errorf("saved over a colleague's: %v", err)
		}
		if got, err := store.PageSlugAfter(ctx, "about-us"); err != nil || got != "about" {
			t.Errorf("the old address leads to %q, %v", got, err)
		}
		if stored, err := store.PageBySlug(ctx, "about"); err != nil || stored.Body != "We **write**." {
			t.Errorf("%+v, %v", stored, err)
		}
		for field, edit := range map[string]models.PageEdit{
			"title":       {Status: models.PageDraft},
			"slug":        {Title: "x", Slug: "about", Status: models.PageDraft},
			"policy":      {Title: "x", Policy: models.PolicyImprint, Status: models.PageDraft},
			"status":      {Title: "x", Status: "open"},
			"description": {Title: "x", Status: models.PageDraft, Description: strings.Repeat("x", 301)},
			"body":        {Title: "x", Status: models.PageDraft, Body: strings.Repeat("x", 50_001)},
		} {
			if _, err := store.SavePage(ctx, 0, edit, editor); !slices.Equal(refused(err), []string{field}) {
				t.Errorf("%s: %v", field, err)
			}
		}
		// Who takes an address over takes it from the history, too.
		if _, err := store.SavePage(ctx, 0, models.PageEdit{Title: "About us", Status: models.PagePublished}, editor); err != nil {
			t.Fatal(err)
		}
		if got, err := store.PageSlugAfter(ctx, "about-us"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("the address still leads to %q, %v", got, err)
		}
		if err := store.AddSiteTexts(ctx, models.SiteTexts{Pages: []models.Page{{Slug: "demo", Title: "Demo", Status: models.PagePublished}}}); err != nil {
			t.Fatal(err)
		}
		if pages, err := store.Pages(ctx); err != nil || len(pages) != 2 {
			t.Errorf("%d pages, %v", len(pages), err)
		}
		if err := store.DeletePage(ctx, page.ID, page.Version, editor); err != nil {
			t.Fatal(err)
		}
		if _, err := store.PageByID(ctx, page.ID); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("a deleted page: %v", err)
		}
	})
}

func TestMenus(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store, ctx := modelstest.New(t, databaseURL, models.Options{}), t.Context()
		modelstest.Product(t, store, "pen", 500, 3)
		if _, err := store.Menu(ctx, "side"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("a menu that is none: %v", err)
		}
		entry := func(label string, kind models.LinkKind, url string) models.MenuEntry {
			return models.MenuEntry{Label: label, Link: models.Link{Kind: kind, URL: url}}
		}
		for _, bad := range []models.MenuEntry{
			entry("", models.LinkNone, ""), entry("", models.LinkHeading, ""), entry("", "cellar", ""),
			entry("x", models.LinkURL, "javascript:alert(1)"), entry("x", models.LinkURL, "http://example.com"), entry("x", models.LinkURL, "//example.com"),
			entry("x", models.LinkURL, "https://user@example.com"), entry("x", models.LinkURL, "https:/\\example.com"), entry("x", models.LinkURL, "https://exa\nmple.com"),
			entry("x", models.LinkURL, "https://"), entry("x", models.LinkURL, "/products/none"), entry("", models.LinkURL, "https://example.com"),
			{Link: models.Link{Kind: models.LinkPage, ID: 9}}, {Link: models.Link{Kind: models.LinkCollection, ID: 9}}, entry(strings.Repeat("x", 61), models.LinkAll, ""),
		} {
			if err := store.SaveMenu(ctx, models.Menu{Name: models.MenuFooter, Entries: []models.MenuEntry{bad}}, editor); len(refused(err)) == 0 {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if err := store.SaveMenu(ctx, models.Menu{Name: models.MenuHeader, Entries: []models.MenuEntry{entry("Shop", models.LinkHeading, "")}}, editor); len(refused(err)) != 1 {
			t.Errorf("a column in the header: %v", err)
		}
		good := models.Menu{Name: models.MenuFooter, Entries: []models.MenuEntry{
			entry("Shop", models.LinkHeading, ""), entry("", models.LinkURL, "/products/pen"), entry("Elsewhere", models.LinkURL, "https://example.com/?q=1"),
		}}
		if err := store.SaveMenu(ctx, good, editor); err != nil {
			t.Fatal(err)
		}
		if err := store.SaveMenu(ctx, good, editor); !errors.Is(err, models.ErrConflict) {
			t.Errorf("saved over a colleague's: %v", err)
		}
		site, err := store.Site(ctx)
		if err != nil || len(site.Footer) != 3 || site.Footer[1].Link.Kind != models.LinkProduct || site.Products[site.Footer[1].Link.ID].Name != "Pen" || site.Header != nil {
			t.Errorf("%+v, %v", site, err)
		}
		if err := store.SaveMenu(ctx, models.Menu{Name: models.MenuFooter, Version: 1}, editor); err != nil {
			t.Fatal(err)
		}
		if menu, err := store.Menu(ctx, models.MenuFooter); err != nil || len(menu.Entries) != 0 || menu.Version != 2 {
			t.Errorf("%+v, %v", menu, err)
		}
	})
}

func kindsOf(sections []models.Section) string {
	var kinds []string
	for _, s := range sections {
		kinds = append(kinds, s.Kind)
	}
	return strings.Join(kinds, " ")
}

func TestHome(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store, ctx := modelstest.New(t, databaseURL, models.Options{}), t.Context()
		home := func() models.Home {
			t.Helper()
			home, err := store.Home(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return home
		}
		const first = "hero promises featured collections newest"
		if h := home(); kindsOf(h.Draft) != first || kindsOf(h.Published) != first || h.Changed() {
			t.Errorf("a new shop has %q", kindsOf(h.Draft))
		}
		if _, err := store.AddSection(ctx, "video", editor); len(refused(err)) != 1 {
			t.Errorf("an unknown section: %v", err)
		}
		id, err := store.AddSection(ctx, models.SectionText, editor)
		if err != nil {
			t.Fatal(err)
		}
		for _, move := range []string{models.MoveUp, models.MoveUp, models.MoveUp, models.MoveUp, models.MoveUp, models.MoveUp, models.MoveDown, models.MoveHide} {
			if err := store.MoveSection(ctx, id, move, editor); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.MoveSection(ctx, 4, models.MoveRemove, editor); err != nil {
			t.Fatal(err)
		}
		if err := store.MoveSection(ctx, 4, models.MoveUp, editor); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("moved what is gone: %v", err)
		}
		if h := home(); kindsOf(h.Draft) != "hero text promises featured newest" || !h.Draft[1].Hidden || kindsOf(h.Published) != first || !h.Changed() {
			t.Errorf("the draft is %q, the page %q", kindsOf(h.Draft), kindsOf(h.Published))
		}
		for field, edit := range map[string]models.Section{
			"heading": {ID: id, Version: 1},
			"text":    {ID: id, Version: 1, Heading: "x", Text: strings.Repeat("x", 2001)},
			"link":    {ID: id, Version: 1, Heading: "x", Button: "Go"},
			"url":     {ID: id, Version: 1, Heading: "x", Button: "Go", Link: models.Link{Kind: models.LinkURL, URL: "javascript:alert(1)"}},
			"count":   {ID: 3, Count: 1000},
		} {
			if err := store.SaveSection(ctx, edit, nil, editor); !slices.Equal(refused(err), []string{field}) {
				t.Errorf("%s: %v", field, err)
			}
		}
		edit := models.Section{ID: id, Version: 1, Heading: "How we work", Text: "By *hand*.", Button: "See", Link: models.Link{Kind: models.LinkAll}}
		if err := store.SaveSection(ctx, edit, &models.SitePicture{Key: "p-1"}, editor); !slices.Equal(refused(err), []string{"alt"}) {
			t.Errorf("a picture without words: %v", err)
		}
		if err := store.SaveSection(ctx, edit, &models.SitePicture{Key: "p-1", Alt: "A desk", Width: 640, Height: 800}, editor); err != nil {
			t.Fatal(err)
		}
		if err := store.SaveSection(ctx, edit, nil, editor); !errors.Is(err, models.ErrConflict) {
			t.Errorf("saved over a colleague's: %v", err)
		}
		if err := store.PublishHome(ctx, home().Mark(), editor); err != nil {
			t.Fatal(err)
		}
		h := home()
		if h.Changed() || h.Published[1].Text != "By *hand*." || !h.Published[1].Hidden || h.Published[1].PictureID == 0 {
			t.Errorf("%+v", h.Published)
		}
		if err := store.SitePictureDone(ctx, h.Published[1].PictureID, models.PictureReady); err != nil {
			t.Fatal(err)
		}
		if site, err := store.Site(ctx); err != nil || site.Pictures[h.Published[1].PictureID].Key != "p-1" {
			t.Errorf("%+v, %v", site.Pictures, err)
		}
		// What shoppers see keeps its picture until the change is published.
		edit.Version = 2
		if err := store.SaveSection(ctx, edit, nil, editor); err != nil {
			t.Fatal(err)
		}
		if shown, err := store.PictureShown(ctx, "p-1"); err != nil || !shown {
			t.Errorf("the picture went before it was published: %v", err)
		}
		for name, decide := range map[string]func(context.Context, string, models.Actor) error{"published": store.PublishHome, "discarded": store.DiscardHome} {
			if err := decide(ctx, h.Mark(), editor); !errors.Is(err, models.ErrConflict) {
				t.Errorf("%s what a colleague changed since: %v", name, err)
			}
		}
		if err := store.DiscardHome(ctx, home().Mark(), editor); err != nil {
			t.Fatal(err)
		}
		if h := home(); h.Draft[1].PictureID == 0 || h.Changed() {
			t.Errorf("not taken back: %+v", h.Draft[1])
		}
		if err := store.MoveSection(ctx, id, models.MoveRemove, editor); err != nil {
			t.Fatal(err)
		}
		if err := store.PublishHome(ctx, home().Mark(), editor); err != nil {
			t.Fatal(err)
		}
		if shown, err := store.PictureShown(ctx, "p-1"); err != nil || shown {
			t.Errorf("the picture stayed: %t, %v", shown, err)
		}
	})
}
