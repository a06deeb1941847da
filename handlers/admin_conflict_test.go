package handlers_test

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// sharedForm is a form that two people may have open, and what each of them
// puts into one of its fields.
type sharedForm struct {
	path   string
	field  string
	values [2]string
	shown  [2]string // as the page of a conflict says it; empty: as it was typed
}

// sharedForms are the forms of the admin that store what somebody else may have
// stored a moment ago.
var sharedForms = map[string]sharedForm{
	"collection":      {path: "/admin/collections/1", field: "description", values: [2]string{"For <writing>.", "For drawing."}},
	"discount":        {path: "/admin/discounts/1", field: "percent", values: [2]string{"12", "34"}},
	"delivery zone":   {path: "/admin/delivery/zones/1", field: "name", values: [2]string{"Old world", "Far away"}},
	"way of delivery": {path: "/admin/delivery/methods/1", field: "price", values: [2]string{"3.21", "6.54"}},
	"pickup":          {path: "/admin/delivery/methods/2", field: "address", values: [2]string{"1 First Street", "2 Second Street"}},
	"home country":    {path: "/admin/delivery", field: "home", values: [2]string{"DE", "FR"}, shown: [2]string{"Germany", "France"}},
	"tax":             {path: "/admin/tax", field: "rate-0-percent", values: [2]string{"17.5", "21.5"}, shown: [2]string{"VAT 17.5%", "VAT 21.5%"}},
	"look":            {path: "/admin/settings/look", field: "accent", values: [2]string{"#112233", "#445566"}},
	"identity":        {path: "/admin/settings/identity", field: "tagline", values: [2]string{"Ink for all", "Pens for all"}},
	"menu":            {path: "/admin/settings/menus/header", field: "entry-0-label", values: [2]string{"Everything", "All of it"}},
	"section":         {path: "/admin/settings/sections/1", field: "heading", values: [2]string{"Hello there", "Good day"}},
	"page":            {path: "/admin/pages/1", field: "body", values: [2]string{"Sent *back*.", "Kept."}},
	"product":         {path: "/admin/products/1", field: "summary", values: [2]string{"It writes.", "It draws."}},
}

// newSharedForms is a shop in which each of these forms has something stored.
func newSharedForms(t *testing.T, databaseURL string) offers {
	t.Helper()
	shop := newOffers(t, databaseURL, apptest.Options{}, models.Discount{Name: "Spring", Code: "SPRING", Kind: models.DiscountPercent, Percent: 10})
	manager := shop.Staff(models.RoleManager)
	for _, made := range [][]string{
		{"/admin/collections", "name", "Ink", "sort", "featured"},
		{"/admin/delivery/zones/new", "name", "Europe", "countries", "DE, FR"},
		{"/admin/delivery/zones/1/methods/new", "name", "Parcel", "kind", "flat", "price", "5"},
		{"/admin/delivery/pickups/new", "name", "Here", "address", "1 Main Street"},
		{"/admin/tax", "version", "0", "mode", "own", "classes", "1", "class-0-id", "1", "class-0", "Standard", "rates", "1",
			"rate-0-country", "Germany", "rate-0-class", "1", "rate-0-name", "VAT", "rate-0-percent", "19"},
		{"/admin/pages", "title", "Returns", "status", models.PagePublished, "body", "Thirty days."},
		{"/admin/settings/menus/header", "version", "0", "rows", "1", "entry-0-kind", "all", "entry-0-label", "All"},
		{"/admin/settings/home", "kind", models.SectionText},
	} {
		if got := manager.Post(made[0], made[1:]...); got.Status != http.StatusSeeOther {
			t.Fatalf("%s: %d\n%s", made[0], got.Status, got.Body)
		}
	}
	return shop
}

// TestTwoEditors lets two people save every form of the admin that stores what
// the other may have stored, in both orders: the second hears of the first, and
// nobody's text is lost.
func TestTwoEditors(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newSharedForms(t, databaseURL)
		people := [2]*apptest.Browser{shop.Staff(models.RoleManager), shop.Staff(models.RoleOwner)}
		sections, err := shop.Store.Home(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for name, form := range sharedForms {
			if name == "section" {
				form.path = strings.Replace(form.path, "1", fmt.Sprint(sections.Draft[len(sections.Draft)-1].ID), 1)
			}
			t.Run(name, func(t *testing.T) {
				for first := range people {
					form.fight(t, people, first)
				}
			})
		}
	})
}

// fight lets both open the form, the first save it, and the second thereafter.
func (f sharedForm) fight(t *testing.T, people [2]*apptest.Browser, first int) {
	t.Helper()
	second := 1 - first
	shown := f.shown
	if shown[0] == "" {
		shown = f.values
	}
	open := func(person int) sheet { return sheetOf(t, people[person].Get(f.path).Body, f.path) }
	stored := func() string { return open(first).fields.Get(f.field) }
	theirs, mine := open(first), open(second)
	if got := theirs.send(people[first], fields{f.field: f.values[first]}); got.Status != http.StatusSeeOther {
		t.Fatalf("the first: %d\n%s", got.Status, got.Body)
	}
	conflict := mine.send(people[second], fields{f.field: f.values[second]})
	if conflict.Status != http.StatusConflict {
		t.Fatalf("the second: %d\n%s", conflict.Status, conflict.Body)
	}
	for _, text := range shown {
		if !strings.Contains(conflict.Body, `<td class="text">`+html.EscapeString(text)) {
			t.Errorf("the conflict does not say %q:\n%s", text, conflict.Body)
		}
	}
	if !strings.Contains(conflict.Body, `href="`+f.path+`">Take theirs`) {
		t.Error("theirs cannot be taken")
	}
	if got := stored(); got != f.values[first] {
		t.Errorf("a conflict stored %q", got)
	}
	again := sheetOf(t, conflict.Body, f.path)
	for name, values := range mine.fields {
		if name == f.field {
			values = []string{f.values[second]}
		}
		if name != "version" && !slices.Equal(again.fields[name], values) {
			t.Errorf("%s: %q was sent, %q is sent again", name, values, again.fields[name])
		}
	}
	// Going on with mine stores nothing, and can be saved.
	edited := again.send(people[second], fields{"do": "edit"})
	if edited.Status != http.StatusOK || !strings.Contains(edited.Body, "Not saved yet") {
		t.Errorf("going on: %d", edited.Status)
	}
	if got := sheetOf(t, edited.Body, f.path).fields.Get(f.field); got != f.values[second] || stored() != f.values[first] {
		t.Errorf("going on shows %q, %q is stored", got, stored())
	}
	if got := sheetOf(t, edited.Body, f.path).send(people[second], nil); got.Status != http.StatusSeeOther || stored() != f.values[second] {
		t.Errorf("saved after going on: %d, %q is stored", got.Status, stored())
	}
	// Saving mine over theirs is another conflict by now: version by version.
	if got := again.send(people[first], fields{"do": "save", f.field: f.values[first]}); got.Status != http.StatusConflict || stored() != f.values[second] {
		t.Errorf("an old conflict: %d, %q is stored", got.Status, stored())
	} else if got := sheetOf(t, got.Body, f.path).send(people[first], fields{"do": "save"}); got.Status != http.StatusSeeOther || stored() != f.values[first] {
		t.Errorf("saved over theirs: %d, %q is stored", got.Status, stored())
	}
}

// TestNobodyLosesATaxRate lets two people add a rate each.
func TestNobodyLosesATaxRate(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newSharedForms(t, databaseURL)
		one, other := shop.Staff(models.RoleManager), shop.Staff(models.RoleManager)
		theirs, mine := sheetOf(t, one.Get("/admin/tax").Body, "/admin/tax"), sheetOf(t, other.Get("/admin/tax").Body, "/admin/tax")
		rate := func(country, percent string) fields {
			return fields{"rate-1-country": country, "rate-1-class": "1", "rate-1-name": "VAT", "rate-1-percent": percent}
		}
		if got := theirs.send(one, rate("France", "20")); got.Status != http.StatusSeeOther {
			t.Fatalf("the first: %d", got.Status)
		}
		conflict := mine.send(other, rate("Austria", "a fifth")) // what is wrong waits
		if conflict.Status != http.StatusConflict {
			t.Fatalf("the second: %d\n%s", conflict.Status, conflict.Body)
		}
		holds(t, "the conflict", conflict.Body, "Rate of France, Standard", "VAT 20%", "Rate of Austria, Standard", "VAT a fifth%")
		settings, err := shop.Store.TaxSettings(t.Context())
		if err != nil || len(settings.Rates) != 2 {
			t.Fatalf("stored %+v, %v", settings.Rates, err)
		}
		edited := sheetOf(t, sheetOf(t, conflict.Body, "/admin/tax").send(other, fields{"do": "edit"}).Body, "/admin/tax")
		if got := edited.fields.Get("rate-1-percent"); got != "a fifth" {
			t.Errorf("the form has %q", got)
		}
		both := rate("Austria", "20")
		both["rate-2-country"], both["rate-2-class"], both["rate-2-name"], both["rate-2-percent"] = "France", "1", "VAT", "20"
		if got := edited.send(other, both); got.Status != http.StatusSeeOther {
			t.Fatalf("both: %d\n%s", got.Status, got.Body)
		}
		if settings, err = shop.Store.TaxSettings(t.Context()); err != nil || len(settings.Rates) != 3 {
			t.Errorf("stored %+v, %v", settings.Rates, err)
		}
	})
}
