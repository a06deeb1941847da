package handlers_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
)

// TestEntriesOfAMenu presses the buttons of entries while another entry is
// empty: each moves or removes the entry that it stands beside.
func TestEntriesOfAMenu(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
	manager := app.Staff(models.RoleManager)
	const path = "/admin/settings/menus/footer"
	labels := func(page string) string {
		s := sheetOf(t, page, path)
		var labels []string
		for i := 0; s.fields.Has(fmt.Sprintf("entry-%d-label", i)); i++ {
			labels = append(labels, s.fields.Get(fmt.Sprintf("entry-%d-label", i)))
		}
		return strings.Join(labels, ",")
	}
	four := []string{"version", "0", "rows", "4"}
	for i, label := range []string{"A", "", "C", "D"} { // the second was emptied
		kind := "all"
		if label == "" {
			kind = ""
		}
		four = append(four, fmt.Sprintf("entry-%d-label", i), label, fmt.Sprintf("entry-%d-kind", i), kind)
	}
	for do, want := range map[string]string{
		"remove-2": "A,,D", "remove-1": "A,C,D", "up-2": "A,C,,D", "up-1": ",A,C,D", "down-0": ",A,C,D", "down-2": "A,,D,C", "add": "A,,C,D,", "edit": "A,,C,D", "up-9": "A,,C,D",
	} {
		if got := manager.Post(path, append(four, "do", do)...); got.Status != http.StatusOK || labels(got.Body) != want {
			t.Errorf("%s: %d, %q instead of %q", do, got.Status, labels(got.Body), want)
		}
	}
	if got := manager.Post(path, append(four, "do", "save")...); got.Status != http.StatusSeeOther {
		t.Fatalf("saved: %d\n%s", got.Status, got.Body)
	}
	if got := labels(manager.Get(path).Body); got != "A,C,D" {
		t.Errorf("saved as %q", got)
	}
}

// TestNoEntryBeyondTheRoomOfAMenu adds entries until there is no room: the next
// one is refused when it is asked for, and none that was drawn goes unread.
func TestNoEntryBeyondTheRoomOfAMenu(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
	manager := app.Staff(models.RoleManager)
	for name, room := range map[string]int{models.MenuHeader: 12, models.MenuFooter: models.MaxMenuEntries} {
		path := "/admin/settings/menus/" + name
		full := []string{"version", "0", "rows", fmt.Sprint(room), "do", "add"}
		for i := range room {
			full = append(full, fmt.Sprintf("entry-%d-label", i), fmt.Sprint("Entry ", i), fmt.Sprintf("entry-%d-kind", i), "all")
		}
		got := manager.Post(path, full...)
		if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, fmt.Sprintf("This menu has room for %d entries. Remove one first.", room)) {
			t.Errorf("%s: %d", name, got.Status)
		}
		again := sheetOf(t, got.Body, path)
		if again.fields.Get("rows") != fmt.Sprint(room) || again.fields.Get(fmt.Sprintf("entry-%d-label", room-1)) != fmt.Sprint("Entry ", room-1) {
			t.Errorf("%s: %s rows are drawn", name, again.fields.Get("rows"))
		}
		if got := again.send(manager, fields{"do": "save"}); got.Status != http.StatusSeeOther {
			t.Errorf("%s: the full menu is not saved: %d\n%s", name, got.Status, got.Body)
		}
	}
}
