package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

func (a adminPages) texts(c echo.Context) error {
	frame, err := a.siteFrame(c, "Pages")
	if err != nil {
		return err
	}
	page := admin.TextsPage{Frame: frame}
	if page.Pages, err = a.store.Pages(c.Request().Context()); err != nil {
		return err
	}
	return a.show(c, admin.Texts(page))
}

// storedText reads the page that the address names.
func (a adminPages) storedText(c echo.Context) (models.Page, error) {
	id, ok := whole(c.Param("id"))
	if !ok {
		return models.Page{}, models.ErrNotFound
	}
	return a.store.PageByID(c.Request().Context(), id)
}

func (a adminPages) textForm(c echo.Context, stored models.Page, edit models.PageEdit) (admin.TextPage, error) {
	page := admin.TextPage{
		Page: stored, Version: strconv.FormatInt(edit.Version, 10), Title: edit.Title, Slug: edit.Slug, Description: edit.Description, Body: edit.Body,
	}
	for _, policy := range append([]string{""}, models.Policies[:]...) {
		page.Policies = append(page.Policies, views.Choice{Value: policy, Label: admin.PolicyName(policy), Selected: policy == edit.Policy})
	}
	for _, status := range []string{models.PageDraft, models.PagePublished} {
		page.Statuses = append(page.Statuses, views.Choice{Value: status, Label: status, Selected: status == edit.Status})
	}
	title := "New page"
	if stored.ID != 0 {
		title = stored.Title
	}
	var err error
	page.Frame, err = a.siteFrame(c, title)
	return page, err
}

func editOfPage(p models.Page) models.PageEdit {
	return models.PageEdit{
		Version: p.Version, Title: p.Title, Slug: p.Slug, Policy: p.Policy, Description: p.Description, Body: p.Body, Status: p.Status,
	}
}

func (a adminPages) newText(c echo.Context) error {
	page, err := a.textForm(c, models.Page{}, models.PageEdit{Status: models.PageDraft})
	if err != nil {
		return err
	}
	return a.show(c, admin.EditText(page))
}

func (a adminPages) editText(c echo.Context) error {
	stored, err := a.storedText(c)
	if err != nil {
		return err
	}
	page, err := a.textForm(c, stored, editOfPage(stored))
	if err != nil {
		return err
	}
	return a.show(c, admin.EditText(page))
}

func (a adminPages) confirmText(c echo.Context) error {
	stored, err := a.storedText(c)
	if err != nil {
		return err
	}
	page, err := a.textForm(c, stored, editOfPage(stored))
	if err != nil {
		return err
	}
	return a.show(c, admin.DeleteText(page))
}

func (a adminPages) deleteText(c echo.Context) error {
	stored, err := a.storedText(c)
	if err != nil {
		return err
	}
	version, err := sentVersion(c, stored.Version)
	if err != nil {
		return err
	}
	err = a.store.DeletePage(c.Request().Context(), stored.ID, version, actor(c, staffOf(c)))
	if isConflict(err) {
		if stored, err = a.storedText(c); err != nil { // as it is by now
			return err
		}
		page, err := a.textForm(c, stored, editOfPage(stored))
		if err != nil {
			return err
		}
		page.Frame.Notice = changedMeanwhile
		return render(c, http.StatusConflict, admin.DeleteText(page))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/pages?notice=removed")
}

func (a adminPages) createText(c echo.Context) error { return a.storeText(c, models.Page{}) }

func (a adminPages) saveText(c echo.Context) error {
	stored, err := a.storedText(c)
	if err != nil {
		return err
	}
	return a.storeText(c, stored)
}

// textFormSize bounds the form of a page: a long text, percent-encoded.
const textFormSize = 1 << 20

// storeText does what the pressed button of the form says: it stores the page,
// shows it as shoppers would see it, or only draws the form anew.
func (a adminPages) storeText(c echo.Context, stored models.Page) error {
	form, err := postFormUpTo(c, textFormSize)
	if err != nil {
		return err
	}
	edit := models.PageEdit{
		Title: trimmed(form, "title"), Slug: trimmed(form, "slug"), Policy: form.Get("policy"), Description: trimmed(form, "description"),
		Body: trimmed(form, "body"), Status: form.Get("status"),
	}
	edit.Version, _ = whole(form.Get("version"))
	page, err := a.textForm(c, stored, edit)
	if err != nil {
		return err
	}
	switch form.Get("do") {
	case "edit":
		page.Frame.Notice = unsaved
		return a.show(c, admin.EditText(page))
	case "preview":
		return a.showText(c, models.Page{Title: edit.Title, Slug: edit.Slug, Description: edit.Description, Body: edit.Body}, "A preview: nothing of this is saved yet. Close this page, and save it in the other one.")
	}
	saved, err := a.store.SavePage(c.Request().Context(), stored.ID, edit, actor(c, staffOf(c)))
	if faults, bad := faultsIn(err); bad {
		page.Errors = faults
		return render(c, http.StatusUnprocessableEntity, admin.EditText(page))
	}
	if isConflict(err) {
		if stored, err = a.storedText(c); err != nil {
			return err
		}
		return a.textConflict(c, rivals{yourShop, "the page “" + stored.Title + "”", textPath(stored.ID), stored.Version, pageSays(edit), pageSays(editOfPage(stored)), form})
	}
	if err != nil {
		return err
	}
	notice := "draftpage"
	if saved.Status == models.PagePublished {
		notice = "saved"
	}
	return c.Redirect(http.StatusSeeOther, textPath(saved.ID)+"?notice="+notice)
}

func textPath(id int64) string { return "/admin/pages/" + strconv.FormatInt(id, 10) }

// pageSays is a page in words.
func pageSays(e models.PageEdit) []saying {
	return []saying{
		{"Title", e.Title}, {"Address", e.Slug}, {"Text", e.Body}, {"For search engines", e.Description},
		{"What it is", admin.PolicyName(e.Policy)}, {"Status", e.Status},
	}
}

// previewText shows a page as it is stored, whatever its status.
func (a adminPages) previewText(c echo.Context) error {
	stored, err := a.storedText(c)
	if err != nil {
		return err
	}
	return a.showText(c, stored, "A preview: this page is "+stored.Status+". Only staff can see it here.")
}

// showText shows a page as shoppers would see it, to staff alone.
func (a adminPages) showText(c echo.Context, text models.Page, notice string) error {
	page, err := textPage(c, a.frames, text)
	if err != nil {
		return err
	}
	page.Frame.NoIndex, page.Frame.Canonical = true, ""
	page.Frame.Notice = &views.Notice{Kind: views.NoticeInfo, Text: notice}
	return render(c, http.StatusOK, views.TextPage(page))
}
