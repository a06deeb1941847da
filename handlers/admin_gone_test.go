package handlers_test

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestDeletedWhileEdited deletes what somebody has open: what was typed is shown,
// and makes the thing anew where that can be.
func TestDeletedWhileEdited(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newSharedForms(t, databaseURL)
		colleague, me := shop.Staff(models.RoleManager), shop.Staff(models.RoleManager)
		sections, err := shop.Store.Home(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		section := fmt.Sprintf("/admin/settings/sections/%d", sections.Draft[len(sections.Draft)-1].ID)
		newMethod := "/admin/delivery/zones/1/methods/new"
		for _, test := range []struct {
			what, path, remove, field, anew string
			send                            []string
		}{
			{what: "collection", path: "/admin/collections/1", remove: "/admin/collections/1/delete", field: "description", anew: "/admin/collections"},
			{what: "page", path: "/admin/pages/1", remove: "/admin/pages/1/delete", field: "body", anew: "/admin/pages"},
			{what: "way of delivery", path: "/admin/delivery/methods/1", remove: "/admin/delivery/methods/1/delete", field: "name", anew: newMethod},
			{what: "way of delivery", path: "/admin/delivery/methods/2", remove: "/admin/delivery/methods/2/delete", field: "address", anew: "/admin/delivery/pickups/new"},
			{what: "zone", path: newMethod, remove: "/admin/delivery/zones/1/delete", field: "name"},
			{what: "section", path: section, remove: section + "/move", field: "heading", send: []string{"move", models.MoveRemove}},
		} {
			open := sheetOf(t, me.Get(test.path).Body, test.path)
			if got := colleague.Post(test.remove, test.send...); got.Status != http.StatusSeeOther {
				t.Fatalf("%s: %d\n%s", test.remove, got.Status, got.Body)
			}
			const typed = "A line <of> mine"
			gone := open.send(me, fields{test.field: typed})
			if gone.Status != http.StatusConflict {
				t.Fatalf("%s: %d\n%s", test.path, gone.Status, gone.Body)
			}
			holds(t, test.path, gone.Body, "A colleague deleted this "+test.what+" while you were editing it", `<td class="text">`+html.EscapeString(typed))
			if test.anew == "" {
				if strings.Contains(gone.Body, "Make it anew") {
					t.Errorf("%s can be made anew", test.path)
				}
				continue
			}
			edited := sheetOf(t, gone.Body, test.anew).send(me, fields{"do": "edit"})
			if edited.Status != http.StatusOK || !strings.Contains(edited.Body, "Not saved yet") {
				t.Fatalf("%s anew: %d\n%s", test.path, edited.Status, edited.Body)
			}
			again := sheetOf(t, edited.Body, test.anew)
			if got := again.fields.Get(test.field); got != typed {
				t.Errorf("%s anew shows %q", test.path, got)
			}
			if got := again.send(me, fields{test.field: typed}); got.Status != http.StatusSeeOther {
				t.Errorf("%s stored anew: %d\n%s", test.path, got.Status, got.Body)
			}
		}
		// A zone is made anew with its countries.
		if got := me.Post("/admin/delivery/zones/new", "name", "Islands", "countries", "IS"); got.Status != http.StatusSeeOther {
			t.Fatalf("a zone: %d", got.Status)
		}
		gone := me.Post("/admin/delivery/zones/99", "version", "1", "name", "Islands", "countries", "MT")
		edited := sheetOf(t, gone.Body, "/admin/delivery/zones/new").send(me, fields{"do": "edit"})
		if got := sheetOf(t, edited.Body, "/admin/delivery/zones/new").fields.Get("countries"); gone.Status != http.StatusConflict || got != "MT" {
			t.Errorf("a zone: %d, anew with %q", gone.Status, got)
		}
		if got := me.Post("/admin/collections/99", "name", "No form of the shop's"); got.Status != http.StatusNotFound {
			t.Errorf("what never was: %d", got.Status)
		}
	})
}
