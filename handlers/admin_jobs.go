package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// jobNotices are what the list of jobs may say after a redirect.
var jobNotices = map[string]views.Notice{
	"retried": {Kind: views.NoticeSuccess, Text: "The job runs again now."},
	"busy":    {Kind: views.NoticeInfo, Text: "The job runs or is done by now, so it was left alone."},
}

// jobState reads a state of jobs; anything else is every state but done.
func jobState(typed string) models.JobState {
	for _, state := range models.JobStates {
		if typed == string(state) {
			return state
		}
	}
	return ""
}

func (a adminPages) jobs(c echo.Context) error {
	frame, err := a.frame(c, "Jobs", "/admin/jobs")
	if err != nil {
		return err
	}
	if notice, ok := jobNotices[c.QueryParam("notice")]; ok {
		frame.Notice = &notice
	}
	page := admin.JobsPage{Frame: frame, State: jobState(c.QueryParam("state"))}
	page.Jobs, err = a.store.Jobs(c.Request().Context(), models.JobFilter{State: page.State, Before: before(c), Limit: adminPage})
	if err != nil {
		return err
	}
	if n := len(page.Jobs); n > 0 {
		page.NextPage = older("/admin/jobs", url.Values{"state": {string(page.State)}}, n, page.Jobs[n-1].ID)
	}
	return a.show(c, admin.Jobs(page))
}

func (a adminPages) retryJob(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	id, ok := whole(c.Param("id"))
	if !ok {
		return models.ErrNotFound
	}
	notice := "retried"
	if _, err := a.store.RetryJob(c.Request().Context(), id, actor(c, staffOf(c))); errors.Is(err, models.ErrJobBusy) {
		notice = "busy"
	} else if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/admin/jobs?state=%s&notice=%s", jobState(form.Get("state")), notice))
}
