package handlers_test

import (
	"fmt"
	"html"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
)

// change is what somebody does to a field of a form, and how the page of a
// conflict says it.
type change struct{ field, value, shown string }

// untick is the value of a box whose tick is taken away.
const untick = "untick"

// rivalForm is a form in which somebody changes every field.
type rivalForm struct {
	path    string
	theirs  fields // that a colleague saves first
	changes []change
	others  []string // fields that say nothing of the thing itself
}

// TestConflictsSayEverything changes every field of the forms of the shop's own
// pages while a colleague saves: the page of the conflict names each change.
func TestConflictsSayEverything(t *testing.T) {
	t.Parallel()
	shop := newSharedForms(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"))
	manager := shop.Staff(models.RoleManager)
	if got := manager.Post("/admin/collections", "name", "Paper", "sort", "featured"); got.Status != http.StatusSeeOther {
		t.Fatalf("a collection: %d", got.Status)
	}
	section := func(kind string, theirs fields, changes ...change) rivalForm {
		path := manager.Post("/admin/settings/home", "kind", kind).Location
		if kind == models.SectionHero || kind == models.SectionText {
			home, err := shop.Store.Home(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			edit := home.Draft[len(home.Draft)-1]
			edit.Heading = "A desk"
			desk := models.SitePicture{Key: fmt.Sprint("desk-", edit.ID), Alt: "A desk", Width: 320, Height: 400}
			if err := shop.Store.SaveSection(t.Context(), edit, &desk, models.Actor{}); err != nil {
				t.Fatal(err)
			}
		}
		return rivalForm{path, theirs, changes, []string{"version", "find-q", "file"}}
	}
	opening := []change{
		{"heading", "My heading", ""}, {"text", "My text", ""}, {"button", "My button", ""}, {"link", "url", "An address https://example.com/mine"},
		{"url", "https://example.com/mine", "An address https://example.com/mine"}, {"keep", untick, "none"}, {"alt", "My chair", ""},
	}
	forms := map[string]rivalForm{
		"identity": {"/admin/settings/identity", fields{"tagline": "Theirs"}, []change{
			{"name", "My name", ""}, {"tagline", "My line", ""}, {"email", "me@example.com", ""}, {"address", "1 My Street", ""},
			{"social", "https://example.com/me", ""}, {"return-days", "17", ""}, {"mark", untick, "no"},
		}, []string{"version"}},
		"menu": {"/admin/settings/menus/header", fields{"entry-0-label": "Theirs"}, []change{
			{"entry-0-label", "Mine", "Mine → An address https://example.com/mine"}, {"entry-0-kind", "url", "Mine → An address https://example.com/mine"},
			{"entry-0-url", "https://example.com/mine", "Mine → An address https://example.com/mine"},
		}, []string{"version", "rows", "find-q"}},
		"opening": section(models.SectionHero, fields{"heading": "Theirs"}, opening...),
		"text":    section(models.SectionText, fields{"heading": "Theirs"}, opening...),
		"link to another collection": section(models.SectionHero, fields{"link": "collection-1"},
			append([]change{{"link", "collection-2", "Collection: Paper"}}, opening[:3]...)...),
		"collection": section(models.SectionCollection, fields{"collection": "1"},
			change{"heading", "My heading", ""}, change{"text", "My text", ""}, change{"collection", "2", "Paper"}, change{"count", "12", ""}),
		"featured": section(models.SectionFeatured, fields{"heading": "Theirs"},
			change{"heading", "My heading", ""}, change{"text", "My text", ""}, change{"count", "8", ""}),
		"newest": section(models.SectionNewest, fields{"heading": "Theirs"},
			change{"heading", "My heading", ""}, change{"text", "My text", ""}, change{"count", "12", ""}),
		"collections": section(models.SectionCollections, fields{"heading": "Theirs"}, change{"heading", "My heading", ""}),
		"promises":    section(models.SectionPromises, fields{"text": "Theirs"}, change{"text", "My word", ""}),
	}
	for name, form := range forms {
		mine := sheetOf(t, manager.Get(form.path).Body, form.path)
		if got := mine.send(manager, form.theirs); got.Status != http.StatusSeeOther {
			t.Errorf("%s: theirs: %d\n%s", name, got.Status, got.Body)
			continue
		}
		typed := fields{}
		for _, c := range form.changes {
			if typed[c.field] = c.value; c.value == untick {
				delete(typed, c.field)
				mine.fields.Del(c.field)
			}
		}
		if name != "link to another collection" {
			for _, field := range mine.names {
				if !slices.Contains(form.others, field) && !slices.ContainsFunc(form.changes, func(c change) bool { return c.field == field }) {
					t.Errorf("%s: nobody changes %s", name, field)
				}
			}
		}
		conflict := mine.send(manager, typed)
		if conflict.Status != http.StatusConflict {
			t.Errorf("%s: %d\n%s", name, conflict.Status, conflict.Body)
			continue
		}
		for _, c := range form.changes {
			shown := c.shown
			if shown == "" {
				shown = c.value
			}
			if !slices.Contains(mine.names, c.field) || !strings.Contains(conflict.Body, `<td class="text">`+html.EscapeString(shown)+`</td>`) {
				t.Errorf("%s: the conflict does not say that %s is %q:\n%s", name, c.field, shown, conflict.Body)
			}
		}
	}
	// A new picture is not kept, which is said.
	text := section(models.SectionText, nil)
	chair := []apptest.File{{Field: "file", Name: "chair.png", Content: pngOf(t, 320, 400)}}
	conflict := manager.Upload(text.path, chair, "version", "1", "heading", "Us", "alt", "A chair", "keep", "1")
	if conflict.Status != http.StatusConflict {
		t.Fatalf("a new picture: %d", conflict.Status)
	}
	holds(t, "a new picture", conflict.Body, "a new one: choose its file again", "A chair", "“A desk”")
}

// TestConflictsKnowTheLatest saves a form while a colleague saves it, too, in the
// very moment in which the shop reads what was sent: the page of the conflict
// has what the colleague saved, and its button saves over that.
func TestConflictsKnowTheLatest(t *testing.T) {
	t.Parallel()
	shop := newSharedForms(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"))
	one, other := shop.Staff(models.RoleManager), shop.Staff(models.RoleOwner)
	const pictures = "/admin/products/1/pictures"
	if err := shop.Store.AddPicture(t.Context(), 1, models.Picture{Key: "picture", Alt: "A pen", Width: 400, Height: 500}); err != nil {
		t.Fatal(err)
	}
	forms := map[string]sharedForm{"pictures": {path: pictures, field: models.PictureField(1, "alt")}}
	for name, form := range sharedForms {
		forms[name] = form
	}
	home, err := shop.Store.Home(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	section := forms["section"]
	section.path = fmt.Sprint("/admin/settings/sections/", home.Draft[len(home.Draft)-1].ID)
	forms["section"] = section
	for name, form := range forms {
		if form.values[0] == "" {
			form.values = [2]string{"Their words", "My words"}
		}
		action := form.path
		if name == "pictures" {
			action += "/save"
		}
		mine := sheetOf(t, one.Get(form.path).Body, action)
		mine.fields.Set(form.field, form.values[1])
		var list []string
		for field, values := range mine.fields {
			for _, value := range values {
				list = append(list, field, value)
			}
		}
		conflict := one.PostAfter(func() {
			theirs := sheetOf(t, other.Get(form.path).Body, action)
			if got := theirs.send(other, fields{form.field: form.values[0]}); got.Status != http.StatusSeeOther {
				t.Errorf("%s: theirs: %d\n%s", name, got.Status, got.Body)
			}
		}, action, list...)
		if conflict.Status != http.StatusConflict {
			t.Errorf("%s: %d\n%s", name, conflict.Status, conflict.Body)
			continue
		}
		shown := form.shown
		if shown[0] == "" {
			shown = form.values
		}
		for _, text := range shown {
			if !strings.Contains(conflict.Body, `<td class="text">`+html.EscapeString(text)) {
				t.Errorf("%s: the conflict does not say %q:\n%s", name, text, conflict.Body)
			}
		}
		if got := sheetOf(t, conflict.Body, action).send(one, fields{"do": "save"}); got.Status != http.StatusSeeOther {
			t.Errorf("%s: mine over theirs: %d", name, got.Status)
		}
	}
}
