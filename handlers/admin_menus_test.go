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

// TestEntriesThatLeadToMany draws a full menu whose entries lead to collections,
// pages and products of which none is among the choices, and to what is gone:
// each shows what it leads to.
func TestEntriesThatLeadToMany(t *testing.T) {
	t.Parallel()
	app := newLargeShop(t)
	manager := app.Staff(models.RoleManager)
	for i := range 5 {
		edit := models.PageEdit{Title: fmt.Sprint("Page ", i+1), Status: models.PagePublished, Body: "Words."}
		if _, err := app.Store.SavePage(t.Context(), 0, edit, models.Actor{}); err != nil {
			t.Fatal(err)
		}
	}
	menu := models.Menu{Name: models.MenuFooter}
	for i := range models.MaxMenuEntries {
		link := models.Link{Kind: models.LinkCollection, ID: int64(900 + i)}
		switch i % 4 {
		case 1:
			link = models.Link{Kind: models.LinkPage, ID: int64(1 + i%5)}
		case 2:
			link = models.Link{Kind: models.LinkProduct, ID: int64(1 + i)}
		}
		menu.Entries = append(menu.Entries, models.MenuEntry{Label: fmt.Sprint("Entry ", i), Link: link})
	}
	if err := app.Store.SaveMenu(t.Context(), menu, models.Actor{}); err != nil {
		t.Fatal(err)
	}
	if err := app.Store.DeletePage(t.Context(), 2, 1, models.Actor{}); err != nil {
		t.Fatal(err)
	}
	const path = "/admin/settings/menus/footer"
	page := manager.Get(path).Body
	drawn := sheetOf(t, page, path)
	for i, entry := range menu.Entries {
		kind, url := drawn.fields.Get(models.MenuField(i, "kind")), drawn.fields.Get(models.MenuField(i, "url"))
		want := fmt.Sprintf("%s-%d", entry.Link.Kind, entry.Link.ID)
		switch {
		case entry.Link.Kind == models.LinkProduct:
			if kind != "url" || url != fmt.Sprintf("/products/thing-%d", entry.Link.ID-1) {
				t.Errorf("entry %d: %q %q", i, kind, url)
			}
			continue
		case entry.Link == models.Link{Kind: models.LinkPage, ID: 2}: // deleted
			want = ""
		}
		if kind != want || url != "" {
			t.Errorf("entry %d leads to %q %q instead of %q", i, kind, url, want)
		}
	}
	holds(t, "the menu", page, "Collection: Shelf with a name of some length, 899", "Page: Page 4")
}
