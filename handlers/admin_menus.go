package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// menuTitles are what the menus are called.
var menuTitles = map[string]string{models.MenuHeader: "Header menu", models.MenuFooter: "Footer menu"}

func (a adminPages) menuForm(c echo.Context, menu models.Menu, search string) (admin.MenuPage, error) {
	page := admin.MenuPage{Name: menu.Name, Version: strconv.FormatInt(menu.Version, 10)}
	links := make([]models.Link, len(menu.Entries))
	for i, entry := range menu.Entries {
		links[i] = entry.Link
	}
	var offered linkChoices
	var err error
	if offered, page.Find, err = a.linkChoices(c, menu.Name == models.MenuFooter, search, links); err != nil {
		return page, err
	}
	for _, entry := range menu.Entries {
		page.Entries = append(page.Entries, admin.MenuForm{Label: entry.Label, Link: offered.form(entry.Link)})
	}
	page.Frame, err = a.siteFrame(c, menuTitles[menu.Name])
	return page, err
}

func (a adminPages) menu(c echo.Context) error {
	menu, err := a.store.Menu(c.Request().Context(), c.Param("menu"))
	if err != nil {
		return err
	}
	page, err := a.menuForm(c, menu, "")
	if err != nil {
		return err
	}
	return a.show(c, admin.Menu(page))
}

// saveMenu does what the pressed button of the form says: it stores the menu, or
// only draws the form anew.
func (a adminPages) saveMenu(c echo.Context) error {
	stored, err := a.store.Menu(c.Request().Context(), c.Param("menu"))
	if err != nil {
		return err
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	findFirst(form)
	typed := menuIn(form, stored.Name)
	var faults []views.FieldError
	redraw := true
	switch do, at, _ := strings.Cut(form.Get("do"), "-"); do {
	case "add":
		if fault := typed.Full(); fault != "" {
			faults = append(faults, views.FieldError{Field: "entries", Message: fault})
		} else {
			typed.Entries = append(typed.Entries, models.MenuEntry{})
		}
	case "own":
		typed.Entries, err = a.ownMenu(c, stored.Name)
	case "up", "down", "remove":
		arrange(&typed, do, at)
	case "edit", "find":
	default:
		redraw, typed.Entries = false, slices.DeleteFunc(typed.Entries, func(e models.MenuEntry) bool { return e == models.MenuEntry{} })
	}
	if err != nil {
		return err
	}
	page, err := a.menuForm(c, typed, trimmed(form, findField))
	if err != nil {
		return err
	}
	if page.Errors = faults; len(faults) > 0 {
		return render(c, http.StatusUnprocessableEntity, admin.Menu(page))
	}
	if redraw {
		page.Frame.Notice = unsaved
		return a.show(c, admin.Menu(page))
	}
	err = a.store.SaveMenu(c.Request().Context(), typed, actor(c, staffOf(c)))
	if faults, bad := faultsIn(err); bad {
		page.Errors = faults
		return render(c, http.StatusUnprocessableEntity, admin.Menu(page))
	}
	path := "/admin/settings/menus/" + stored.Name
	if isConflict(err) {
		if stored, err = a.store.Menu(c.Request().Context(), stored.Name); err != nil { // as it is by now
			return err
		}
		theirs, err := a.menuForm(c, stored, "")
		if err != nil {
			return err
		}
		return a.textConflict(c, rivals{yourShop, "the " + strings.ToLower(menuTitles[stored.Name]), path, stored.Version, menuSays(page), menuSays(theirs), form})
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, path+"?notice=saved")
}

// menuIn is a menu as a form says, with its lines that hold nothing: the buttons
// of the form count them.
func menuIn(form url.Values, name string) models.Menu {
	menu := models.Menu{Name: name}
	menu.Version, _ = whole(form.Get("version"))
	rows, _ := whole(form.Get("rows"))
	for i := range int(min(max(rows, 0), models.MaxMenuEntries+1)) {
		menu.Entries = append(menu.Entries, models.MenuEntry{
			Label: trimmed(form, models.MenuField(i, "label")),
			Link:  linkIn(form.Get(models.MenuField(i, "kind")), trimmed(form, models.MenuField(i, "url"))),
		})
	}
	return menu
}

// arrange moves or removes a line of a menu.
func arrange(menu *models.Menu, do, typed string) {
	at, err := strconv.Atoi(typed)
	if err != nil || at < 0 || at >= len(menu.Entries) {
		return
	}
	switch {
	case do == "remove":
		menu.Entries = slices.Delete(menu.Entries, at, at+1)
	case do == "up" && at > 0:
		menu.Entries[at-1], menu.Entries[at] = menu.Entries[at], menu.Entries[at-1]
	case do == "down" && at < len(menu.Entries)-1:
		menu.Entries[at+1], menu.Entries[at] = menu.Entries[at], menu.Entries[at+1]
	}
}

// Of what a merchant begins a menu with, so many collections and pages.
const (
	menuCollections = 10
	menuPages       = 20
)

// ownMenu are the entries that the shop shows of its own, as far as there is
// room.
func (a adminPages) ownMenu(c echo.Context, name string) ([]models.MenuEntry, error) {
	collections, err := a.store.Collections(c.Request().Context())
	if err != nil {
		return nil, err
	}
	entry := func(label string, kind models.LinkKind, id int64) models.MenuEntry {
		return models.MenuEntry{Label: label, Link: models.Link{Kind: kind, ID: id}}
	}
	var entries []models.MenuEntry
	if name == models.MenuHeader {
		entries = append(entries, entry("All", models.LinkAll, 0))
	} else {
		entries = append(entries, entry("Shop", models.LinkHeading, 0), entry("", models.LinkAll, 0))
	}
	for _, collection := range collections[:min(len(collections), menuCollections)] {
		entries = append(entries, entry("", models.LinkCollection, collection.ID))
	}
	if name == models.MenuFooter {
		pages, err := a.store.Pages(c.Request().Context())
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry("Help", models.LinkHeading, 0), entry("", models.LinkLookup, 0), entry("", models.LinkCart, 0), entry("", models.LinkSearch, 0))
		for _, page := range pages[:min(len(pages), menuPages)] {
			if page.Policy == "" && page.Status == models.PagePublished {
				entries = append(entries, entry("", models.LinkPage, page.ID))
			}
		}
	}
	return entries, nil
}
