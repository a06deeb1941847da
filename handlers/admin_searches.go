package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"tuckshop/views"
	"tuckshop/views/admin"
)

// listedTerms is how many searches the page lists.
const listedTerms = 200

// searches lists what visitors searched for, or of that what found nothing.
func (a adminPages) searches(c echo.Context) error {
	frame, err := a.frame(c, "Searches", "/admin/searches")
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	a.terms.write(ctx) // what waits to be written
	page := admin.SearchesPage{Frame: frame, Vain: c.QueryParam("found") == "nothing"}
	if page.Terms, err = a.store.SearchTerms(ctx, page.Vain, listedTerms); err != nil {
		return err
	}
	if c.QueryParam("notice") == "cleared" {
		page.Frame.Notice = &views.Notice{Kind: views.NoticeSuccess, Text: "Cleared. New searches are counted from now on."}
	}
	return a.show(c, admin.Searches(page))
}

func (a adminPages) clearSearches(c echo.Context) error {
	a.terms.write(c.Request().Context())
	if err := a.store.ClearSearchTerms(c.Request().Context(), actor(c, staffOf(c))); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/searches?notice=cleared")
}
