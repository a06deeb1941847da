package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// collectionNotices are what the list says after something was done.
var collectionNotices = map[string]string{
	"saved":   "Saved. The shop shows it now.",
	"deleted": "Deleted. Its products are still in the shop.",
}

// collectionsPage is how many collections their list shows.
const collectionsPage = 100

func (a adminPages) collections(c echo.Context) error {
	frame, err := a.frame(c, "Collections", "/admin/collections")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	page := admin.CollectionsPage{Frame: frame, Search: c.QueryParam("q")}
	all, err := a.store.Collections(ctx)
	if err != nil {
		return err
	}
	typed := strings.ToLower(strings.TrimSpace(page.Search))
	all = slices.DeleteFunc(all, func(s models.CollectionSummary) bool { return !strings.Contains(strings.ToLower(s.Name), typed) })
	number, _ := whole(c.QueryParam("page"))
	number = min(max(number, 1), 1_000_000)
	page.Total, page.Many = int64(len(all)), typed != "" || len(all) > collectionsPage
	page.Collections = all[min(int(number-1)*collectionsPage, len(all)):min(int(number)*collectionsPage, len(all))]
	if number*collectionsPage < page.Total {
		page.NextPage = address("/admin/collections", url.Values{"q": {page.Search}, "page": {strconv.FormatInt(number+1, 10)}})
	}
	if page.Sizes, err = a.store.CollectionSizes(ctx, collectionIDs(page.Collections)); err != nil {
		return err
	}
	if text, ok := collectionNotices[c.QueryParam("notice")]; ok {
		page.Frame.Notice = &views.Notice{Kind: views.NoticeSuccess, Text: text}
	}
	return a.show(c, admin.Collections(page))
}

func collectionIDs(collections []models.CollectionSummary) []int64 {
	ids := make([]int64, len(collections))
	for i, collection := range collections {
		ids[i] = collection.ID
	}
	return ids
}

// collectionPage makes the form of a collection as it is stored; id 0 is a new
// one.
func (a adminPages) collectionPage(c echo.Context, id int64) (admin.CollectionPage, error) {
	page := admin.CollectionPage{Version: "0", Position: "0"}
	title := "New collection"
	if id != 0 {
		var err error
		if page.Collection, err = a.store.CollectionByID(c.Request().Context(), id); err != nil {
			return page, err
		}
		sizes, err := a.store.CollectionSizes(c.Request().Context(), []int64{id})
		if err != nil {
			return page, err
		}
		page.Products = sizes[id].Products
		stored := page.Collection
		page.Version = strconv.FormatInt(stored.Version, 10)
		title, page.Name, page.Slug, page.Description, page.Position = stored.Name, stored.Name, stored.Slug, stored.Description, strconv.Itoa(stored.Position)
	}
	if err := a.fillRule(c, &page); err != nil {
		return page, err
	}
	var err error
	page.Frame, err = a.frame(c, title, "/admin/collections")
	return page, err
}

// collectionID is the collection that the address names.
func collectionID(c echo.Context) (int64, error) {
	id, ok := whole(c.Param("id"))
	if !ok || id <= 0 {
		return 0, models.ErrNotFound
	}
	return id, nil
}

func (a adminPages) newCollection(c echo.Context) error {
	page, err := a.collectionPage(c, 0)
	if err != nil {
		return err
	}
	return a.show(c, admin.EditCollection(page))
}

func (a adminPages) showCollection(c echo.Context, draw func(admin.CollectionPage) templ.Component) error {
	id, err := collectionID(c)
	if err != nil {
		return err
	}
	page, err := a.collectionPage(c, id)
	if err != nil {
		return err
	}
	return a.show(c, draw(page))
}

func (a adminPages) editCollection(c echo.Context) error {
	return a.showCollection(c, admin.EditCollection)
}

func (a adminPages) confirmCollection(c echo.Context) error {
	return a.showCollection(c, admin.DeleteCollection)
}

func (a adminPages) createCollection(c echo.Context) error { return a.storeCollection(c, 0) }

func (a adminPages) saveCollection(c echo.Context) error {
	id, err := collectionID(c)
	if err != nil {
		return err
	}
	return a.storeCollection(c, id)
}

func (a adminPages) storeCollection(c echo.Context, id int64) error {
	page, err := a.collectionPage(c, id)
	if err != nil {
		return err
	}
	form, err := postForm(c)
	if err != nil {
		return err
	}
	text := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	page.Version, page.Name, page.Slug, page.Description, page.Position = form.Get("version"), text("name"), text("slug"), text("description"), text("position")
	position, ok := whole(page.Position)
	if !ok && page.Position != "" {
		position = -1 // whose message says what to enter
	}
	edit := models.CollectionEdit{Name: page.Name, Slug: page.Slug, Description: page.Description, Position: int(position)}
	edit.Version, _ = whole(page.Version)
	faults := readRule(&page, &edit, form)
	switch form.Get("do") {
	case "preview":
		return a.previewRule(c, page, edit, faults)
	case "edit":
		page.Frame.Notice = unsaved
		return a.show(c, admin.EditCollection(page))
	}
	if len(faults) == 0 && edit.Rule != nil && form.Get("nothing") == "" {
		faults, err = a.nothingChosen(c, &page, edit)
		if err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		page.Errors = addFaults(faults, edit.Faults())
		return render(c, http.StatusUnprocessableEntity, admin.EditCollection(page))
	}
	_, err = a.store.SaveCollection(c.Request().Context(), id, edit, actor(c, staffOf(c)))
	if faults, bad := faultsIn(err); bad {
		page.Errors = faults
		return render(c, http.StatusUnprocessableEntity, admin.EditCollection(page))
	}
	if isConflict(err) {
		theirs, err := a.collectionPage(c, id)
		if err != nil {
			return err
		}
		stored := theirs.Collection
		return a.textConflict(c, rivals{
			"/admin/collections", "the collection “" + stored.Name + "”", collectionPath(id), stored.Version, collectionSays(page), collectionSays(theirs), form,
		})
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/collections?notice=saved")
}

func collectionPath(id int64) string { return "/admin/collections/" + strconv.FormatInt(id, 10) }

func (a adminPages) deleteCollection(c echo.Context) error {
	id, err := collectionID(c)
	if err != nil {
		return err
	}
	stored, err := a.store.CollectionByID(c.Request().Context(), id)
	if err != nil {
		return err
	}
	version, err := sentVersion(c, stored.Version)
	if err != nil {
		return err
	}
	err = a.store.DeleteCollection(c.Request().Context(), id, version, actor(c, staffOf(c)))
	status, notice := http.StatusConflict, changedMeanwhile
	if fault, bad := invalid(err); bad {
		status, notice = http.StatusUnprocessableEntity, &views.Notice{Kind: views.NoticeError, Text: fault.Message}
	} else if !isConflict(err) {
		notice = nil
	}
	if notice != nil {
		page, err := a.collectionPage(c, id)
		if err != nil {
			return err
		}
		page.Frame.Notice = notice
		return render(c, status, admin.DeleteCollection(page))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/collections?notice=deleted")
}
