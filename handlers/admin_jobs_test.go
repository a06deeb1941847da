package handlers_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/mail"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// refusing is a mail server that refuses everything until it is mended.
type refusing struct{ mended atomic.Bool }

func (*refusing) Name() string { return "smtp" }

func (r *refusing) Send(context.Context, mail.Message) error {
	if r.mended.Load() {
		return nil
	}
	return &mail.PermanentError{Err: errors.New("550 <no such> user")}
}

// TestGivenUpMailInTheAdmin follows a mail nobody takes through the admin: it
// is seen with its fault, and run again.
func TestGivenUpMailInTheAdmin(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		server := &refusing{}
		app := apptest.New(t, databaseURL, apptest.Options{Sender: server})
		owner := app.Staff(models.RoleOwner)
		if got := owner.Get("/admin/jobs?state=discarded"); got.Status != 200 || !strings.Contains(got.Body, "Nothing was given up") {
			t.Errorf("no job given up: %d", got.Status)
		}
		modelstest.PaidOrder(t, app.Store, modelstest.Product(t, app.Store, "pen", 500, 10))
		var list string
		app.Eventually("the job is given up", func() bool {
			list = owner.Get("/admin/jobs?state=discarded").Body
			return strings.Contains(list, "550 &lt;no such&gt; user")
		})
		for _, page := range []string{owner.Get("/admin/mail").Body, owner.Get("/admin/mail/1").Body} {
			if !strings.Contains(page, "550 &lt;no such&gt; user") || !strings.Contains(page, "failed") {
				t.Errorf("the mail does not show its fault in\n%s", page)
			}
		}
		action := regexp.MustCompile(`action="(/admin/jobs/\d+/retry)"`).FindStringSubmatch(list)
		if action == nil {
			t.Fatalf("no way to run the job again in\n%s", list)
		}
		server.mended.Store(true)
		got := owner.Post(action[1], "state", "discarded")
		if got.Status != 303 || got.Location != "/admin/jobs?state=discarded&notice=retried" {
			t.Fatalf("retried: %d %s", got.Status, got.Location)
		}
		if page := owner.Get(got.Location).Body; !strings.Contains(page, "runs again now") {
			t.Errorf("nothing is said in\n%s", page)
		}
		app.Eventually("the mail is sent", func() bool {
			email, err := app.Store.EmailByID(t.Context(), 1)
			return err == nil && email.Status == models.EmailSent && email.LastError == ""
		})
		app.Eventually("the job is done", func() bool {
			return owner.Post(action[1], "state", "nonsense").Location == "/admin/jobs?state=&notice=busy"
		})
		for _, path := range []string{"/admin/jobs/999999/retry", "/admin/jobs/x/retry"} {
			if got := owner.Post(path); got.Status != 404 {
				t.Errorf("POST %s: %d", path, got.Status)
			}
		}
		for _, path := range []string{"/admin/jobs?state=nonsense&before=x", "/admin/jobs?before=-1", "/admin/jobs?state=completed&before=9223372036854775807"} {
			if got := owner.Get(path); got.Status != 200 {
				t.Errorf("GET %s: %d", path, got.Status)
			}
		}
	})
}
