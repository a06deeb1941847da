package handlers

import (
	"context"
	"errors"
	"mime/multipart"
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

const homePath = "/admin/settings/home"

func (a adminPages) homeList(c echo.Context) (admin.HomePage, error) {
	var page admin.HomePage
	home, err := a.store.Home(c.Request().Context())
	if err != nil {
		return page, err
	}
	page.Sections, page.Changed, page.Mark = home.Draft, home.Changed(), home.Mark()
	page.Frame, err = a.siteFrame(c, "Front page")
	return page, err
}

func (a adminPages) home(c echo.Context) error {
	page, err := a.homeList(c)
	if err != nil {
		return err
	}
	return a.show(c, admin.Home(page))
}

// addSection puts a section at the end of the draft and opens its form.
func (a adminPages) addSection(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	id, err := a.store.AddSection(c.Request().Context(), form.Get("kind"), actor(c, staffOf(c)))
	if faults, bad := faultsIn(err); bad {
		page, err := a.homeList(c)
		if err != nil {
			return err
		}
		page.Errors = faults
		return render(c, http.StatusUnprocessableEntity, admin.Home(page))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, sectionPath(id))
}

func sectionPath(id int64) string { return "/admin/settings/sections/" + strconv.FormatInt(id, 10) }

func (a adminPages) moveSection(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	id, ok := whole(c.Param("id"))
	if !ok {
		return models.ErrNotFound
	}
	if err := a.store.MoveSection(c.Request().Context(), id, form.Get("move"), actor(c, staffOf(c))); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, homePath+"?notice=draft")
}

func (a adminPages) publishHome(c echo.Context) error {
	return a.decideOnDraft(c, a.store.PublishHome, "published")
}

func (a adminPages) discardHome(c echo.Context) error {
	return a.decideOnDraft(c, a.store.DiscardHome, "discarded")
}

// decideOnDraft does what was decided of the draft of the front page. A draft
// that a colleague changed since is shown first.
func (a adminPages) decideOnDraft(c echo.Context, do func(ctx context.Context, mark string, who models.Actor) error, notice string) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	err = do(c.Request().Context(), form.Get("mark"), actor(c, staffOf(c)))
	if isConflict(err) {
		page, err := a.homeList(c)
		if err != nil {
			return err
		}
		page.Frame.Notice = &views.Notice{Kind: views.NoticeError, Text: "A colleague has changed the front page since you looked at it. Nothing was done: look at it as it is now, and decide again."}
		return render(c, http.StatusConflict, admin.Home(page))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, homePath+"?notice="+notice)
}

// previewHome shows the draft of the front page.
func (a adminPages) previewHome(c echo.Context) error {
	return a.frontPage(c, true, func(page *views.HomePage) {
		page.Frame.Notice = &views.Notice{Kind: views.NoticeInfo, Text: "A preview: this is the draft of the front page. Only staff can see it."}
	})
}

// storedSection reads the section that the address names.
func (a adminPages) storedSection(c echo.Context) (models.Section, error) {
	id, ok := whole(c.Param("id"))
	if !ok {
		return models.Section{}, models.ErrNotFound
	}
	home, err := a.store.Home(c.Request().Context())
	if err != nil {
		return models.Section{}, err
	}
	return home.SectionByID(id)
}

// sectionForm makes the form of a section.
func (a adminPages) sectionForm(c echo.Context, section models.Section, search string) (admin.SectionPage, error) {
	page := admin.SectionPage{Section: section, Keep: section.PictureID != 0}
	ctx := c.Request().Context()
	if section.PictureID != 0 {
		picture, err := a.store.SitePictureByID(ctx, section.PictureID)
		if err != nil && !errors.Is(err, models.ErrNotFound) {
			return page, err
		}
		if err == nil {
			page.Picture = &picture
		}
	}
	var err error
	if page.Collections, err = a.sectionCollections(c, section.CollectionID, search); err != nil {
		return page, err
	}
	for _, count := range models.SectionCounts {
		text := strconv.Itoa(count)
		page.Counts = append(page.Counts, views.Choice{Value: text, Label: text, Selected: count == section.Count})
	}
	var offered linkChoices
	if offered, page.Find, err = a.linkChoices(c, false, search, []models.Link{section.Link}); err != nil {
		return page, err
	}
	page.Link = offered.form(section.Link)
	page.Frame, err = a.siteFrame(c, admin.SectionName(section.Kind))
	return page, err
}

func (a adminPages) section(c echo.Context) error {
	section, err := a.storedSection(c)
	if err != nil {
		return err
	}
	page, err := a.sectionForm(c, section, "")
	if err != nil {
		return err
	}
	return a.show(c, admin.Section(page))
}

// sectionCollections are the collections that a section may show.
func (a adminPages) sectionCollections(c echo.Context, chosen int64, search string) ([]views.Choice, error) {
	named, err := a.namedCollections(c.Request().Context(), []int64{chosen})
	if err != nil {
		return nil, err
	}
	found, _, err := a.findCollections(c.Request().Context(), models.CollectionFilter{Search: search})
	var choices []views.Choice
	for _, collection := range append(named, slices.DeleteFunc(found, func(n models.Named) bool { return n.ID == chosen })...) {
		choices = append(choices, views.Choice{Value: strconv.FormatInt(collection.ID, 10), Label: collection.Name, Selected: collection.ID == chosen})
	}
	if len(choices) == 0 {
		choices = append(choices, views.Choice{Label: "Find one below"})
	}
	return choices, err
}

// sectionFields reads a section's form, with files or without.
func sectionFields(c echo.Context) (url.Values, []*multipart.FileHeader, func(), error) {
	if c.Request().PostForm != nil || !strings.HasPrefix(c.Request().Header.Get(echo.HeaderContentType), echo.MIMEMultipartForm) {
		form, err := postForm(c)
		return form, nil, func() {}, err
	}
	form, err := multipartForm(c)
	if err != nil {
		return nil, nil, nil, err
	}
	return form.Value, form.File["file"], func() { _ = form.RemoveAll() }, nil // temporary files
}

func (a adminPages) saveSection(c echo.Context) error {
	stored, err := a.storedSection(c)
	if err != nil {
		return err
	}
	form, files, done, err := sectionFields(c)
	if err != nil {
		return err
	}
	defer done()
	findFirst(form)
	edit := sectionIn(form, stored)
	page, err := a.sectionForm(c, edit, trimmed(form, findField))
	if err != nil {
		return err
	}
	page.Alt, page.Link.URL = trimmed(form, "alt"), trimmed(form, "url")
	if stored.PictureID != 0 && page.Picture == nil { // not kept, and still there
		picture, err := a.store.SitePictureByID(c.Request().Context(), stored.PictureID)
		if err == nil {
			page.Picture = &picture
		}
	}
	if do := form.Get("do"); do == "edit" || do == "find" {
		page.Frame.Notice = unsaved
		return a.show(c, admin.Section(page))
	}
	err = a.keepSection(c, edit, files, page.Alt)
	if faults, status := a.uploadFaults(c, "file", err); faults != nil {
		page.Errors = faults
		return render(c, status, admin.Section(page))
	}
	if isConflict(err) {
		if stored, err = a.storedSection(c); err != nil { // as it is by now
			return err
		}
		theirs, err := a.sectionForm(c, stored, "")
		if err != nil {
			return err
		}
		return a.textConflict(c, rivals{
			yourShop, "this section", sectionPath(stored.ID), stored.Version, sectionSays(page, sentFile(files)), sectionSays(theirs, false), form,
		})
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, homePath+"?notice=draft")
}

// sectionIn is a section as a form says.
func sectionIn(form url.Values, stored models.Section) models.Section {
	edit := models.Section{
		ID: stored.ID, Kind: stored.Kind, Hidden: stored.Hidden, Heading: trimmed(form, "heading"), Text: trimmed(form, "text"), Button: trimmed(form, "button"),
		Link: linkIn(form.Get("link"), trimmed(form, "url")),
	}
	edit.Version, _ = whole(form.Get("version"))
	edit.CollectionID, _ = whole(form.Get("collection"))
	count, _ := whole(form.Get("count"))
	edit.Count = int(count)
	if form.Has("keep") {
		edit.PictureID = stored.PictureID
	}
	return edit
}

func sentFile(files []*multipart.FileHeader) bool { return len(files) > 0 && files[0].Size > 0 }

// keepSection stores a section with the picture that was sent.
func (a adminPages) keepSection(c echo.Context, edit models.Section, files []*multipart.FileHeader, alt string) error {
	ctx, who := c.Request().Context(), actor(c, staffOf(c))
	if !sentFile(files) {
		return a.store.SaveSection(ctx, edit, nil, who)
	}
	file, err := openUpload(files[0])
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	picture := models.SitePicture{Alt: alt}
	if picture.Key, picture.Width, picture.Height, err = a.uploads.Take(ctx, file); err != nil {
		return err
	}
	if err := a.store.SaveSection(ctx, edit, &picture, who); err != nil {
		return errors.Join(err, a.uploads.Remove(context.WithoutCancel(ctx), picture.Key))
	}
	return nil
}

// linkKinds are the links that need no name of what they lead to.
var linkKinds = [...]struct {
	kind  models.LinkKind
	label string
}{
	{models.LinkHome, "Front page"}, {models.LinkAll, "All products"}, {models.LinkNewest, "Newest products"}, {models.LinkSearch, "Search"},
	{models.LinkLookup, "Find your order"}, {models.LinkCart, "Cart"},
}

// findField is the field in which staff search for what a link may lead to.
const findField = "find-q"

// linkChoices are what the links of a form may lead to.
type linkChoices struct {
	offered []views.Choice          // for each
	targets map[string]views.Choice // what they lead to now, by its value
	slugs   map[int64]string        // of the products they lead to
}

// linkChoices are what the links given may lead to: of many collections and
// pages, those that a search finds. What they lead to now is asked for all at
// once.
func (a adminPages) linkChoices(c echo.Context, heading bool, search string, links []models.Link) (linkChoices, *admin.LinkSearch, error) {
	ctx := c.Request().Context()
	choices := []views.Choice{{Value: "", Label: "Choose…"}}
	if heading {
		choices = append(choices, views.Choice{Value: string(models.LinkHeading), Label: "No link: a heading"})
	}
	for _, k := range linkKinds {
		choices = append(choices, views.Choice{Value: string(k.kind), Label: k.label})
	}
	pages, err := a.store.Pages(ctx)
	if err != nil {
		return linkChoices{}, nil, err
	}
	found, err := a.linkTargets(ctx, search, pages)
	if err != nil {
		return linkChoices{}, nil, err
	}
	var find *admin.LinkSearch
	if search != "" || len(found) > foundPicks {
		find = &admin.LinkSearch{Search: search, Nothing: len(found) == 0}
	}
	switch {
	case search != "":
		found = found[:min(len(found), foundPicks)]
	case find != nil:
		found = nil
	}
	choices = append(append(choices, found...), views.Choice{Value: string(models.LinkURL), Label: "An address"})
	known, err := a.linkedTo(ctx, links, pages)
	known.offered = choices
	return known, find, err
}

// linkTargets are the collections and pages whose names hold what was typed.
func (a adminPages) linkTargets(ctx context.Context, search string, pages []models.Page) ([]views.Choice, error) {
	collections, err := a.store.CollectionNames(ctx, models.CollectionFilter{Search: search, Limit: foundPicks + 1})
	var choices []views.Choice
	for _, collection := range collections {
		choices = append(choices, collectionLink(collection))
	}
	for _, page := range pages {
		if strings.Contains(strings.ToLower(page.Title), strings.ToLower(search)) {
			choices = append(choices, pageLink(page))
		}
	}
	return choices, err
}

// linkedTo is what links lead to, without what is gone. It asks once for each
// kind, however many links there are.
func (a adminPages) linkedTo(ctx context.Context, links []models.Link, pages []models.Page) (linkChoices, error) {
	known := linkChoices{targets: map[string]views.Choice{}, slugs: map[int64]string{}}
	var collections, products []int64
	for _, link := range links {
		switch link.Kind {
		case models.LinkCollection:
			collections = append(collections, link.ID)
		case models.LinkProduct:
			products = append(products, link.ID)
		}
	}
	for _, page := range pages {
		known.targets[linkValue(models.LinkPage, page.ID)] = pageLink(page)
	}
	named, err := a.namedCollections(ctx, collections)
	if err != nil {
		return known, err
	}
	for _, collection := range named {
		known.targets[linkValue(models.LinkCollection, collection.ID)] = collectionLink(collection)
	}
	goods, err := a.store.ProductsNamed(ctx, products)
	for _, product := range goods {
		known.slugs[product.ID] = product.Slug
	}
	return known, err
}

func collectionLink(collection models.Named) views.Choice {
	return views.Choice{Value: linkValue(models.LinkCollection, collection.ID), Label: "Collection: " + collection.Name}
}

func pageLink(page models.Page) views.Choice {
	label := "Page: " + page.Title
	if page.Status == models.PageDraft {
		label += " (draft: not shown yet)"
	}
	return views.Choice{Value: linkValue(models.LinkPage, page.ID), Label: label}
}

func linkValue(kind models.LinkKind, id int64) string {
	return string(kind) + "-" + strconv.FormatInt(id, 10)
}

// form is a link as the fields of a form show it.
func (k linkChoices) form(link models.Link) admin.LinkForm {
	form := admin.LinkForm{Kinds: slices.Clone(k.offered), URL: link.URL}
	value := string(link.Kind)
	switch link.Kind {
	case models.LinkCollection, models.LinkPage:
		value = linkValue(link.Kind, link.ID)
		target, known := k.targets[value]
		if known && !slices.ContainsFunc(k.offered, func(c views.Choice) bool { return c.Value == value }) {
			form.Kinds = slices.Insert(form.Kinds, len(form.Kinds)-1, target)
		}
	case models.LinkProduct:
		value = string(models.LinkURL)
		form.URL = "/products/" + k.slugs[link.ID]
	}
	for i := range form.Kinds {
		form.Kinds[i].Selected = form.Kinds[i].Value == value
	}
	return form
}

// linkIn is the link that a form's fields say.
func linkIn(kind, address string) models.Link {
	name, number, ok := strings.Cut(kind, "-")
	if !ok {
		link := models.Link{Kind: models.LinkKind(kind)}
		if link.Kind == models.LinkURL {
			link.URL = address
		}
		return link
	}
	link := models.Link{Kind: models.LinkKind(name)}
	link.ID, _ = whole(number)
	return link
}
