package handlers

import (
	"net/url"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views/admin"
)

func (a adminPages) audit(c echo.Context) error {
	frame, err := a.frame(c, "Audit log", "/admin/audit")
	if err != nil {
		return err
	}
	page := admin.AuditPage{Frame: frame}
	for _, action := range models.AuditActions {
		if c.QueryParam("action") == string(action) {
			page.Action = action
		}
	}
	page.Entries, err = a.store.Audit(c.Request().Context(), models.AuditFilter{Action: page.Action, Before: before(c), Limit: adminPage})
	if err != nil {
		return err
	}
	if n := len(page.Entries); n > 0 {
		page.NextPage = older("/admin/audit", url.Values{"action": {string(page.Action)}}, n, page.Entries[n-1].ID)
	}
	return a.show(c, admin.Audit(page))
}
