package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/mail"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// refused is a mail server that refuses everything for good.
type refused struct{}

func (refused) Name() string { return "smtp" }
func (refused) Send(context.Context, mail.Message) error {
	return &mail.PermanentError{Err: errors.New("no")}
}

func TestAuditTellsWhoDidWhat(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{Sender: refused{}})
		token, err := app.Store.NewSetupToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		const first, second = "horse battery nine", "horse battery ten"
		owner := app.Browser()
		owner.Post("/admin/setup", "token", token, "email", "Me@example.com", "password", first)
		owner.Post("/admin/account", "current", first, "password", second)
		owner.Post("/admin/logout")
		app.Browser().Post("/admin/login", "email", "me@example.com", "password", first)
		app.Browser().Post("/admin/login", "email", "nobody@example.com\r\n"+strings.Repeat("x", 500), "password", first)
		app.Browser().Post("/admin/login", "email", second, "password", "me@example.com")
		owner.Post("/admin/login", "email", "me@example.com", "password", second)

		modelstest.PaidOrder(t, app.Store, modelstest.Product(t, app.Store, "pen", 500, 10))
		var action []string
		app.Eventually("the job is given up", func() bool {
			action = regexp.MustCompile(`action="(/admin/jobs/(\d+)/retry)"`).FindStringSubmatch(owner.Get("/admin/jobs?state=discarded").Body)
			return action != nil
		})
		owner.Post(action[1])
		if _, err := app.Store.ResetPassword(t.Context(), "ME@example.com", "hash"); err != nil {
			t.Fatal(err)
		}
		if _, err := app.Store.CreateStaff(t.Context(), "help@example.com", "hash", models.RoleViewer); err != nil {
			t.Fatal(err)
		}

		entries, err := app.Store.Audit(t.Context(), models.AuditFilter{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for i := len(entries) - 1; i >= 0; i-- {
			e := entries[i]
			if (e.Address != "127.0.0.1") != (e.Email == "command line") || e.CreatedAt.IsZero() {
				t.Errorf("entry %+v", e)
			}
			if mine := e.Email == "me@example.com" && e.Action != models.AuditLoginFailed; mine != (e.StaffID != nil) {
				t.Errorf("entry %+v has the staff id %v", e, e.StaffID)
			}
			told = append(told, fmt.Sprintf("%.20s %s %.20s %s %s", e.Email, e.Action, e.Subject, e.Before, e.After))
		}
		want := []string{
			"me@example.com setup me@example.com  owner",
			"me@example.com login me@example.com  ",
			"me@example.com password_changed me@example.com  ",
			"me@example.com logout me@example.com  ",
			"me@example.com login_failed me@example.com  ",
			"nobody@example.com   login_failed nobody@example.com  ",
			"(no mail address) login_failed (no mail address)  ",
			"me@example.com login me@example.com  ",
			"me@example.com job_retried job " + action[2] + " (send_email) discarded available",
			"command line password_reset me@example.com  ",
			"command line staff_created help@example.com  viewer",
		}
		for i := range max(len(told), len(want)) {
			if i >= len(told) || i >= len(want) || strings.TrimSpace(told[i]) != strings.TrimSpace(want[i]) {
				t.Fatalf("the log tells\n%q\nwant\n%q", told, want)
			}
		}

		// The reset ended the owner's session.
		if got := owner.Get("/admin/audit"); got.Status != http.StatusSeeOther {
			t.Errorf("after the reset: %d", got.Status)
		}
		manager := app.Staff(models.RoleManager)
		page := manager.Get("/admin/audit?action=job_retried").Body
		if !strings.Contains(page, "job "+action[2]+" (send_email)") || strings.Contains(page, "help@example.com") {
			t.Errorf("the filter shows\n%s", page)
		}
		if page := manager.Get("/admin/audit?action=nonsense").Body; !strings.Contains(page, "help@example.com") || strings.Contains(page, "rel=\"next\"") {
			t.Errorf("everything is\n%s", page)
		}
		for range 30 {
			if err := app.Store.StaffLoginFailed(t.Context(), "eve@example.com", "192.0.2.7"); err != nil {
				t.Fatal(err)
			}
		}
		next := regexp.MustCompile(`href="(/admin/audit\?[^"]+)" rel="next"`)
		rows := 0
		for path := "/admin/audit?action=login_failed"; path != ""; {
			page := manager.Get(path).Body
			rows += strings.Count(page, "<time ")
			path = ""
			if found := next.FindStringSubmatch(page); found != nil {
				path = strings.ReplaceAll(found[1], "&amp;", "&")
			}
		}
		if rows != 33 {
			t.Errorf("the pages hold %d failed logins", rows)
		}
	})
}

func TestNewPasswordEndsOtherSessions(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		here := app.Staff(models.RoleViewer)
		email := regexp.MustCompile(`viewer-\w+@example\.com`).FindString(here.Get("/admin/account").Body)
		there := app.Browser()
		if got := there.Post("/admin/login", "email", email, "password", apptest.StaffPassword); got.Location != "/admin" {
			t.Fatalf("log in elsewhere: %d", got.Status)
		}
		for _, c := range []struct{ current, password, field string }{
			{"wrong wrong wrong", "horse battery ten", "current"}, {apptest.StaffPassword, "short", "password"}, {"", "", "current"},
		} {
			got := here.Post("/admin/account", "current", c.current, "password", c.password)
			if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, `id="`+c.field+`-fault"`) || !strings.Contains(got.Body, "Error: ") {
				t.Errorf("%+v: %d\n%s", c, got.Status, got.Body)
			}
		}
		if got := there.Get("/admin"); got.Status != http.StatusOK {
			t.Errorf("a refused change ended a session: %d", got.Status)
		}
		got := here.Post("/admin/account", "current", apptest.StaffPassword, "password", "horse battery ten")
		if got.Status != http.StatusSeeOther || got.Location != "/admin/account?notice=changed" {
			t.Fatalf("changed: %d %s", got.Status, got.Location)
		}
		if got := here.Get(got.Location); got.Status != http.StatusOK || !strings.Contains(got.Body, "Your password is changed") {
			t.Errorf("the session that changed it: %d", got.Status)
		}
		if got := there.Get("/admin"); got.Status != http.StatusSeeOther {
			t.Errorf("the other session: %d", got.Status)
		}
		if got := app.Browser().Post("/admin/login", "email", email, "password", apptest.StaffPassword); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("the old password: %d", got.Status)
		}
		if got := there.Post("/admin/login", "email", email, "password", "horse battery ten"); got.Location != "/admin" {
			t.Errorf("the new password: %d", got.Status)
		}
	})
}
