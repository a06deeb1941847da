package handlers_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tuckshop/internal/apptest"
	"tuckshop/models"
)

// TestRemovingASectionIsConfirmed looks for the buttons that take a section and
// its text away: each is folded in beside what that means.
func TestRemovingASectionIsConfirmed(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+t.TempDir()+"/shop.db", apptest.Options{})
	manager := app.Staff(models.RoleManager)
	root, err := html.Parse(strings.NewReader(manager.Get("/admin/settings/home").Body))
	if err != nil {
		t.Fatal(err)
	}
	buttons := 0
	for node := range root.Descendants() {
		if node.Data != "button" || attributeOf(node, "value") != models.MoveRemove {
			continue
		}
		buttons++
		folded := false
		for above := range node.Ancestors() {
			folded = folded || above.Data == "details" && !has(above, "open") && strings.Contains(textOf(above), "What is written in it goes, too.")
		}
		if !folded {
			t.Error("one click removes a section")
		}
	}
	if buttons == 0 {
		t.Error("no section can be removed")
	}
}
