package handlers

import (
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/static"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// yourShop is the entry of the admin's menu that leads to all these pages.
const yourShop = "/admin/settings/identity"

// siteNotices are what the pages of the shop's identity say after something was
// done.
var siteNotices = map[string]string{
	"saved":     "Saved. The shop shows it now.",
	"draft":     "Saved in the draft. Shoppers see it once you publish.",
	"draftpage": "Saved as a draft. Shoppers see it once it is published.",
	"published": "Published. Shoppers see it now.",
	"discarded": "Taken back. The draft is as shoppers see the page.",
	"removed":   "Removed.",
}

// siteFrame is the frame of a page of the shop's identity.
func (a adminPages) siteFrame(c echo.Context, title string) (admin.Frame, error) {
	frame, err := a.frame(c, title, yourShop)
	if text, ok := siteNotices[c.QueryParam("notice")]; ok {
		frame.Notice = &views.Notice{Kind: views.NoticeSuccess, Text: text}
	}
	return frame, err
}

// unsaved says that a form was drawn anew, and nothing else was done.
var unsaved = &views.Notice{Kind: views.NoticeInfo, Text: "Not saved yet: look it over, and save."}

func trimmed(form url.Values, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
}

func (a adminPages) identityPage(c echo.Context) (admin.IdentityPage, error) {
	var page admin.IdentityPage
	ctx := c.Request().Context()
	shop, err := a.store.Shop(ctx)
	if err != nil {
		return page, err
	}
	identity, err := a.store.Identity(ctx)
	if err != nil {
		return page, err
	}
	page = admin.IdentityPage{
		Version: strconv.FormatInt(identity.Version, 10), Name: shop.Name, Tagline: identity.Tagline, Email: identity.Email,
		Address: identity.Address, Social: strings.Join(identity.Social, "\n"), Mark: identity.Mark,
	}
	if identity.ReturnDays > 0 {
		page.ReturnDays = strconv.Itoa(identity.ReturnDays)
	}
	if identity.LogoKey != "" {
		page.Logo = logoOf(identity)
	}
	page.Frame, err = a.siteFrame(c, "Name and logo")
	return page, err
}

func (a adminPages) identity(c echo.Context) error {
	page, err := a.identityPage(c)
	if err != nil {
		return err
	}
	return a.show(c, admin.Identity(page))
}

func (a adminPages) saveIdentity(c echo.Context) error {
	page, err := a.identityPage(c)
	if err != nil {
		return err
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	page.Version, page.Name, page.Tagline, page.Email = form.Get("version"), trimmed(form, "name"), trimmed(form, "tagline"), trimmed(form, "email")
	page.Address, page.Social, page.Mark = trimmed(form, "address"), trimmed(form, "social"), form.Get("mark") == "1"
	page.ReturnDays = trimmed(form, "return-days")
	if form.Get("do") == "edit" {
		page.Frame.Notice = unsaved
		return a.show(c, admin.Identity(page))
	}
	edit := models.IdentityEdit{Name: page.Name, Tagline: page.Tagline, Email: page.Email, Address: page.Address, Social: strings.Fields(page.Social), Mark: page.Mark}
	edit.Version, _ = whole(page.Version)
	if page.ReturnDays != "" {
		days, ok := whole(page.ReturnDays)
		if !ok {
			days = -1 // no number of days
		}
		edit.ReturnDays = int(days)
	}
	err = a.store.SaveIdentity(c.Request().Context(), edit, actor(c, staffOf(c)))
	if faults, bad := faultsIn(err); bad {
		page.Errors = faults
		return render(c, http.StatusUnprocessableEntity, admin.Identity(page))
	}
	if isConflict(err) {
		theirs, err := a.identityPage(c)
		if err != nil {
			return err
		}
		version, _ := whole(theirs.Version)
		return a.textConflict(c, rivals{yourShop, "what the shop says of itself", yourShop, version, identitySays(page), identitySays(theirs), form})
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, yourShop+"?notice=saved")
}

// changeLogo takes a logo in, or removes the one that is there.
func (a adminPages) changeLogo(c echo.Context) error {
	form, err := multipartForm(c)
	if err != nil {
		return err
	}
	defer form.RemoveAll() //nolint:errcheck // temporary files
	ctx, who := c.Request().Context(), actor(c, staffOf(c))
	if do := form.Value["do"]; len(do) > 0 && do[0] == "remove" {
		if err := a.store.SetLogo(ctx, models.Logo{}, who); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, yourShop+"?notice=removed")
	}
	err = a.takeLogo(c, form.File["logo"])
	if faults, status := a.uploadFaults(c, "logo", err); faults != nil {
		page, err := a.identityPage(c)
		if err != nil {
			return err
		}
		page.Errors = []views.FieldError{{Field: "logo", Message: faults[0].Message}}
		return render(c, status, admin.Identity(page))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, yourShop+"?notice=saved")
}

func (a adminPages) takeLogo(c echo.Context, headers []*multipart.FileHeader) error {
	if len(headers) == 0 || headers[0].Size == 0 {
		return &models.InvalidError{Field: "logo", Message: "Choose a file."}
	}
	file, err := openUpload(headers[0])
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	logo, err := a.uploads.TakeLogo(c.Request().Context(), file)
	if err != nil {
		return err
	}
	if err := a.store.SetLogo(c.Request().Context(), logo, actor(c, staffOf(c))); err != nil {
		return errors.Join(err, a.uploads.Remove(context.WithoutCancel(c.Request().Context()), logo.Key))
	}
	return nil
}

func (a adminPages) look(c echo.Context) error {
	identity, err := a.store.Identity(c.Request().Context())
	if err != nil {
		return err
	}
	page, err := a.lookPage(c, storedLook(identity), strconv.FormatInt(identity.LookVersion, 10))
	if err != nil {
		return err
	}
	return a.show(c, admin.Look(page))
}

func storedLook(identity models.Identity) static.Look {
	return static.Look{Accent: identity.Accent, Paper: identity.Paper, Fonts: identity.Fonts}
}

// lookPage makes the form of the looks given.
func (a adminPages) lookPage(c echo.Context, look static.Look, version string) (admin.LookPage, error) {
	page := admin.LookPage{Version: version, Accent: look.Accent, Notes: lookNotes(look)}
	if page.Accent == "" {
		page.Accent = static.DefaultAccent
	}
	for i, paper := range static.Papers {
		page.Papers = append(page.Papers, views.Choice{Value: paper.Key, Label: paper.Label, Selected: paper.Key == look.Paper || look.Paper == "" && i == 0})
	}
	for i, pair := range static.Fonts {
		page.Fonts = append(page.Fonts, views.Choice{Value: pair.Key, Label: pair.Label, Selected: pair.Key == look.Fonts || look.Fonts == "" && i == 0})
	}
	page.Light, page.Dark = look.Palettes()
	var err error
	page.Frame, err = a.siteFrame(c, "Colours and fonts")
	return page, err
}

// lookNotes say what the shop changed of a colour so that it can be read.
func lookNotes(look static.Look) []string {
	chosen, ok := static.ParseColour(look.Accent)
	if !ok {
		return nil
	}
	light, dark := look.Palettes()
	var notes []string
	if light.Accent != chosen {
		notes = append(notes, fmt.Sprintf("On light screens %s is too pale to read as text. There it is darkened to %s; buttons keep your colour.", chosen, light.Accent))
	}
	if dark.Accent != chosen {
		notes = append(notes, fmt.Sprintf("On dark screens %s is too dark to read as text. There it is lightened to %s.", chosen, dark.Accent))
	}
	if dark.Brand != chosen && dark.Brand != dark.Accent {
		notes = append(notes, fmt.Sprintf("Buttons on dark screens are lightened to %s, so that they stand out.", dark.Brand))
	}
	return notes
}

func lookIn(form url.Values) static.Look {
	return static.Look{Accent: strings.ToLower(form.Get("accent")), Paper: form.Get("paper"), Fonts: form.Get("fonts")}
}

func (a adminPages) saveLook(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	look := lookIn(form)
	page, err := a.lookPage(c, look, form.Get("version"))
	if err != nil {
		return err
	}
	if form.Get("do") == "edit" {
		page.Frame.Notice = unsaved
		return a.show(c, admin.Look(page))
	}
	edit := models.LookEdit{Accent: look.Accent, Paper: look.Paper, Fonts: look.Fonts}
	edit.Version, _ = whole(page.Version)
	err = a.store.SaveLook(c.Request().Context(), edit, actor(c, staffOf(c)))
	if isConflict(err) {
		return a.lookConflict(c, page, form)
	}
	if faults, bad := faultsIn(err); bad {
		page.Errors = faults
		return render(c, http.StatusUnprocessableEntity, admin.Look(page))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/settings/look?notice=saved")
}

// lookConflict shows the looks that were chosen beside those that somebody else
// saved.
func (a adminPages) lookConflict(c echo.Context, mine admin.LookPage, form url.Values) error {
	identity, err := a.store.Identity(c.Request().Context())
	if err != nil {
		return err
	}
	theirs, err := a.lookPage(c, storedLook(identity), "")
	if err != nil {
		return err
	}
	const path = "/admin/settings/look"
	return a.textConflict(c, rivals{yourShop, "the colours and fonts", path, identity.LookVersion, lookSays(mine), lookSays(theirs), form})
}

// previewLook shows the front page in looks that are not saved.
func (a adminPages) previewLook(c echo.Context) error {
	look := lookIn(c.QueryParams())
	return a.frontPage(c, false, func(page *views.HomePage) {
		query := url.Values{"accent": {look.Accent}, "paper": {look.Paper}, "fonts": {look.Fonts}}
		page.Frame.Site.Theme = address("/admin/settings/look/theme.css", query)
		text := "A preview: only you see these colours and fonts. Close this page, and save them in the other one."
		page.Frame.Notice = &views.Notice{Kind: views.NoticeInfo, Text: strings.Join(append([]string{text}, lookNotes(look)...), " ")}
	})
}

// previewTheme is the style sheet of looks that are not saved.
func (a adminPages) previewTheme(c echo.Context) error {
	static.NewTheme(lookIn(c.QueryParams())).ServeHTTP(c.Response(), c.Request())
	return nil
}

// frontPage shows the front page to staff alone.
func (a adminPages) frontPage(c echo.Context, draft bool, change func(*views.HomePage)) error {
	ctx := c.Request().Context()
	known, err := a.frames.snapshot(ctx)
	if err != nil {
		return err
	}
	snap := *known
	if err := snap.readSite(ctx, a.store, known); err != nil {
		return err
	}
	shown := snap.texts.Home.Published
	if draft {
		shown = snap.texts.Home.Draft
	}
	page, err := storefront{store: a.store, frames: a.frames}.homePage(c, &snap, shown)
	if err != nil {
		return err
	}
	page.Frame.NoIndex = true
	change(&page)
	return render(c, http.StatusOK, views.Home(page))
}
