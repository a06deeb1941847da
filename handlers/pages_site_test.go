package handlers_test

import (
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"tuckshop/internal/apptest"
	"tuckshop/internal/browsertest"
	"tuckshop/models"
)

// site looks at the pages on which a merchant keeps what the shop says of itself,
// and at what shoppers see of it. It has a shop of its own: what it changes is on
// every page.
func (w walk) site() {
	chromium := browsertest.New(w.t)
	w.app = apptest.New(w.t, "sqlite:"+filepath.Join(w.t.TempDir(), "shop.db"), apptest.Options{Demo: true})
	w.journey = journey{w.t, w.app, chromium.Tab(w.t, true), true}
	token, err := w.app.Store.NewSetupToken(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	w.Open(w.app.URL + "/admin/setup?token=" + token)
	w.Fill("#email", "owner@example.com")
	w.Fill("#password", ownerPassword)
	w.Click("main form button")
	w.visit("page", "/pages/returns", 200)
	w.siteIdentity()
	w.sitePages()
	w.siteMenus()
	w.siteHome()
}

func (w walk) siteIdentity() {
	w.visit("admin identity", "/admin/settings/identity", 200)
	w.Fill("#name", "")
	w.Fill("#social", "instagram")
	w.check("status", w.Click("main form button"), http.StatusUnprocessableEntity)
	w.look("admin identity with faults")
	w.check("status", w.Click("form[enctype] button"), http.StatusUnprocessableEntity)
	w.look("admin logo with a fault")
	if err := w.app.Store.SaveIdentity(w.t.Context(), models.IdentityEdit{
		Version: 1, Name: "Papierwerkstatt Featherstonehaugh", Tagline: "Paper, ink and something sweet for the desk.", Email: "hello@papierwerkstatt.example.com",
		Address: "Gartenstraße 117\n67433 Neustadt an der Weinstraße", Social: []string{"https://www.instagram.com/papierwerkstatt"},
	}, models.Actor{Email: "colleague@example.com"}); err != nil {
		w.t.Fatal(err)
	}
	w.Fill("#name", "Mine")
	w.Fill("#social", "")
	w.check("status", w.Click("main form button"), http.StatusConflict)
	w.look("admin identity conflict")
	w.check("status", w.Click("button[value=edit]"), 200)
	w.look("admin identity after a conflict")
	w.visit("admin look", "/admin/settings/look", 200)
	w.visit("home in yellow", "/admin/settings/look/preview?accent=%23ffd400&paper=white&fonts=clear", 200)
	w.visit("home in midnight", "/admin/settings/look/preview?accent=%230b1020&paper=tinted&fonts=classic", 200)
	if err := w.app.Store.SaveLook(w.t.Context(), models.LookEdit{Accent: "#ffd400", Paper: "white", Fonts: "clear"}, models.Actor{}); err != nil {
		w.t.Fatal(err)
	}
	w.app.Eventually("the looks", func() bool { return themeLink.MatchString(w.app.Browser().Get("/").Body) })
	w.visit("admin look in yellow", "/admin/settings/look", 200)
	w.visit("list in yellow", "/products?in_stock=1", 200)
	w.visit("product in yellow", "/products/field-notebook", 200)
}

func (w walk) sitePages() {
	w.visit("admin pages", "/admin/pages", 200)
	w.visit("admin page new", "/admin/new/page", 200)
	w.Fill("#slug", "No Good")
	w.check("status", w.Click("main form button"), http.StatusUnprocessableEntity)
	w.look("admin page with faults")
	w.Fill("#title", "Opening hours")
	w.Fill("#slug", "")
	w.check("status", w.Click("main form button"), 200)
	w.look("admin page created")
	pages, err := w.app.Store.Pages(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, page := range pages {
		if page.Slug != "about" {
			continue
		}
		path := "/admin/pages/" + strconv.FormatInt(page.ID, 10)
		w.visit("admin page", path, 200)
		w.visit("admin page preview", path+"/preview", 200)
		w.visit("admin page delete", path+"/delete", 200)
		w.Open(w.app.URL + path)
		w.Fill("#title", "All about us")
		if _, err := w.app.Store.SavePage(w.t.Context(), page.ID, models.PageEdit{Version: 1, Title: "Us", Slug: "about", Status: models.PagePublished}, models.Actor{}); err != nil {
			w.t.Fatal(err)
		}
		w.check("status", w.Click("main form button"), http.StatusConflict)
		w.look("admin page conflict")
	}
	w.deletedMeanwhile()
}

// deletedMeanwhile saves what a colleague deleted, and a way of delivery to what
// is no zone any more.
func (w walk) deletedMeanwhile() {
	w.t.Helper()
	text, err := w.app.Store.SavePage(w.t.Context(), 0, models.PageEdit{Title: "Events", Body: "Calligraphy on Fridays.", Status: models.PageDraft}, models.Actor{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Open(w.app.URL + "/admin/pages/" + strconv.FormatInt(text.ID, 10))
	if err := w.app.Store.DeletePage(w.t.Context(), text.ID, text.Version, models.Actor{}); err != nil {
		w.t.Fatal(err)
	}
	w.check("status", w.Click("main form button"), http.StatusConflict)
	w.look("admin page deleted meanwhile")
	w.check("status", w.Click("button[value=edit]"), 200)
	w.look("admin page anew")
	w.Fill("#body", strings.Repeat("Calligraphy on Fridays. ", 3000))
	w.check("status", w.Click("main form button"), http.StatusUnprocessableEntity)
	w.look("admin page far too long")
	zone, err := w.app.Store.SaveDeliveryZone(w.t.Context(), models.DeliveryZone{Name: "Islands", Countries: []string{"FJ"}}, models.Actor{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Open(w.app.URL + "/admin/delivery/zones/" + strconv.FormatInt(zone.ID, 10) + "/methods/new")
	if err := w.app.Store.DeleteDeliveryZone(w.t.Context(), zone.ID, models.Actor{}); err != nil {
		w.t.Fatal(err)
	}
	w.Fill("#name", "By ship")
	w.check("status", w.Click("main form button"), http.StatusConflict)
	w.look("admin zone deleted meanwhile")
}

func (w walk) siteMenus() {
	w.visit("admin header menu", "/admin/settings/menus/header", 200)
	w.visit("admin footer menu", "/admin/settings/menus/footer", 200)
	w.Click("button[value=own]")
	w.look("admin footer menu begun")
	w.Fill("#entry-0-label", "")
	w.check("status", w.Click("button[value=save]"), http.StatusUnprocessableEntity)
	w.look("admin footer menu with a fault")
	w.Fill("#entry-0-label", "Everything")
	w.Click("button[value=save]")
	w.at("/admin/settings/menus/footer?notice=saved")
	w.look("admin footer menu saved")
}

func (w walk) siteHome() {
	w.visit("admin front page", "/admin/settings/home", 200)
	w.visit("admin section opening", "/admin/settings/sections/1", 200)
	w.visit("admin section products", "/admin/settings/sections/3", 200)
	for _, kind := range models.Sections {
		id, err := w.app.Store.AddSection(w.t.Context(), kind, models.Actor{})
		if err != nil {
			w.t.Fatal(err)
		}
		section := models.Section{ID: id, Version: 1, Heading: "A drawer worth opening", Text: "It began with *three pencils* and a tin of biscuits.", Count: 4, CollectionID: 1}
		if kind == models.SectionHero || kind == models.SectionText {
			section.Button, section.Link = "About us", models.Link{Kind: models.LinkAll}
		}
		if err := w.app.Store.SaveSection(w.t.Context(), section, nil, models.Actor{}); err != nil {
			w.t.Fatal(err)
		}
		if kind == models.SectionText {
			w.visit("admin section text", "/admin/settings/sections/"+strconv.FormatInt(id, 10), 200)
			w.Fill("#heading", "")
			w.check("status", w.Click("main form button"), http.StatusUnprocessableEntity)
			w.look("admin section with a fault")
			// A picture of the demo's stands in for an uploaded one.
			section.Version = 2
			picture := models.SitePicture{Key: "leather-folio-open", Alt: "An open leather folio", Width: 1280, Height: 1600}
			if err := w.app.Store.SaveSection(w.t.Context(), section, &picture, models.Actor{}); err != nil {
				w.t.Fatal(err)
			}
			if err := w.app.Store.SitePictureDone(w.t.Context(), picture.ID, models.PictureReady); err != nil {
				w.t.Fatal(err)
			}
			w.visit("admin section with a picture", "/admin/settings/sections/"+strconv.FormatInt(id, 10), 200)
		}
	}
	w.visit("admin front page changed", "/admin/settings/home", 200)
	w.visit("admin front page preview", "/admin/settings/home/preview", 200)
	w.Open(w.app.URL + "/admin/settings/home")
	w.Click("form[action$=publish] button")
	w.look("admin front page published")
	w.app.Eventually("every section", func() bool {
		return strings.Contains(w.app.Browser().Get("/").Body, "leather-folio-open-640.jpg")
	})
	w.visit("home with every section", "/", 200)
	if err := w.app.Store.MoveSection(w.t.Context(), 1, models.MoveRemove, models.Actor{}); err != nil {
		w.t.Fatal(err)
	}
	w.visit("home without an opening", "/admin/settings/home/preview", 200)
}
