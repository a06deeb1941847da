package handlers_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestPromises sees that the shop promises no more than its merchant wrote: how
// long things may be sent back, and the words of the front page's line.
func TestPromises(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		modelstest.Product(t, app.Store, "pen", 500, 7)
		manager, shopper := app.Staff(models.RoleManager), app.Browser()
		days := regexp.MustCompile(`\d+ days? to send it back`)
		for _, path := range []string{"/", "/products/pen", "/cart", "/llms.txt"} {
			if got := days.FindString(shopper.Get(path).Body); got != "" {
				t.Errorf("%s of a new shop says %q", path, got)
			}
		}
		const path = "/admin/settings/identity"
		for _, typed := range []string{"a month", "-1", "366", "99999999999999999999"} {
			got := manager.Post(path, "version", "1", "name", "Ink", "return-days", typed)
			if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "return-days-fault") || !strings.Contains(got.Body, `value="`+typed+`"`) {
				t.Errorf("%s days: %d", typed, got.Status)
			}
		}
		if got := manager.Post(path, "version", "1", "name", "Ink", "tagline", "Ink by the drop.\n", "return-days", " 14 "); got.Status != http.StatusSeeOther {
			t.Fatalf("14 days: %d", got.Status)
		}
		if page := manager.Get(path).Body; !regexp.MustCompile(`name="return-days" value="14"`).MatchString(page) {
			t.Error("the form does not show the days that are stored")
		}
		for _, path := range []string{"/", "/products/pen"} {
			app.Eventually("the days on "+path, func() bool { return days.FindString(shopper.Get(path).Body) == "14 days to send it back" })
		}

		app.Eventually("the line in llms.txt", func() bool {
			return strings.Contains(shopper.Get("/llms.txt").Body, "> Ink by the drop. Prices are in USD.")
		})

		// The line of the front page, in the merchant's words.
		const section = "/admin/settings/sections/2"
		if page := manager.Get("/admin/settings/home").Body; !strings.Contains(page, section+`"`) {
			t.Error("the line of promises cannot be edited")
		}
		form := manager.Get(section)
		if form.Status != http.StatusOK || !strings.Contains(form.Body, `name="text"`) || strings.Contains(form.Body, `name="heading"`) {
			t.Errorf("its form: %d", form.Status)
		}
		if got := manager.Post(section, "version", "0", "text", "Wrapped by hand\n\n<b>Posted</b> on Fridays"); got.Status != http.StatusSeeOther {
			t.Fatalf("saved: %d", got.Status)
		}
		draftSheet(t, manager, "publish").send(manager, nil)
		app.Eventually("the merchant's words", func() bool {
			page := shopper.Get("/").Body
			return strings.Contains(page, "<li>Wrapped by hand</li><li>&lt;b&gt;Posted&lt;/b&gt; on Fridays</li>")
		})
		manager.Post(section+"/move", "move", models.MoveRemove)
		draftSheet(t, manager, "publish").send(manager, nil)
		app.Eventually("the end of the line", func() bool { return !strings.Contains(shopper.Get("/").Body, "Wrapped by hand") })
		if added := manager.Post("/admin/settings/home", "kind", models.SectionPromises); !strings.HasPrefix(added.Location, "/admin/settings/sections/") {
			t.Errorf("a new line does not open its form: %q", added.Location)
		}
	})
}
