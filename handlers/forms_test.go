package handlers_test

import (
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tuckshop/internal/apptest"
	"tuckshop/models"
)

// sheet is a form of a page as a browser without JavaScript sends it.
type sheet struct {
	action   string
	fields   url.Values
	names    []string // of every field, also of what is not ticked
	required []string
	choices  map[string][]string // what a select offers, by its name
	buttons  []string            // each as name=value
}

// sheetOf is the form of a page that posts to an address: what its fields hold
// as they are drawn.
func sheetOf(t *testing.T, page, action string) sheet {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for node := range root.Descendants() {
		if node.Type == html.ElementNode && node.Data == "form" && attributeOf(node, "method") == "post" && attributeOf(node, "action") == action {
			return readSheet(node)
		}
	}
	t.Fatalf("no form posts to %s:\n%s", action, page)
	return sheet{}
}

func readSheet(form *html.Node) sheet {
	read := sheet{action: attributeOf(form, "action"), fields: url.Values{}, choices: map[string][]string{}}
	for node := range form.Descendants() {
		name := attributeOf(node, "name")
		if node.Type != html.ElementNode || name == "" {
			continue
		}
		if node.Data != "button" && !slices.Contains(read.names, name) {
			read.names = append(read.names, name)
		}
		if has(node, "required") {
			read.required = append(read.required, name)
		}
		switch kind := attributeOf(node, "type"); node.Data {
		case "input":
			if kind != "checkbox" && kind != "radio" && kind != "file" || has(node, "checked") {
				read.fields.Add(name, attributeOf(node, "value"))
			}
		case "textarea":
			read.fields.Add(name, textOf(node))
		case "select":
			chosen := ""
			for option := range node.Descendants() {
				if option.Data != "option" {
					continue
				}
				value := attributeOf(option, "value")
				if len(read.choices[name]) == 0 || has(option, "selected") {
					chosen = value
				}
				read.choices[name] = append(read.choices[name], value)
			}
			read.fields.Add(name, chosen)
		case "button":
			read.buttons = append(read.buttons, name+"="+attributeOf(node, "value"))
		}
	}
	return read
}

func attributeOf(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(node *html.Node, name string) bool {
	return slices.ContainsFunc(node.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func textOf(node *html.Node) string {
	var text strings.Builder
	for child := range node.Descendants() {
		if child.Type == html.TextNode {
			text.WriteString(child.Data)
		}
	}
	return strings.TrimPrefix(text.String(), "\n")
}

// send posts the form with other values in some fields, one each.
func (s sheet) send(browser *apptest.Browser, changes fields) apptest.Answer {
	sent := maps.Clone(s.fields)
	for name, value := range changes {
		sent[name] = []string{value}
	}
	var list []string
	for name, values := range sent {
		for _, value := range values {
			list = append(list, name, value)
		}
	}
	return browser.Post(s.action, list...)
}

// TestNewFormsAsTheyAreDrawn sends every form of the admin for something new
// as its page draws it, with no more filled in than it must have.
func TestNewFormsAsTheyAreDrawn(t *testing.T) {
	t.Parallel()
	shop := newSharedForms(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"))
	manager := shop.Staff(models.RoleManager)
	type form struct {
		page, action string
		fill         fields // what this kind of thing cannot do without, beside the required fields
	}
	const ways = "/admin/delivery/zones/1/methods/new"
	forms := map[string]form{
		"product":            {"/admin/new/product", "/admin/products", fields{"name": "Ink", "variant-0-sku": "INK", "variant-0-price": "5", "do": "save"}},
		"collection":         {"/admin/new/collection", "/admin/collections", nil},
		"collection by rule": {"/admin/new/collection", "/admin/collections", fields{"by": "rule", "condition-0-kind": "in_stock"}},
		"percent":            {"/admin/discounts/new", "/admin/discounts/new", fields{"percent": "10"}},
		"amount":             {"/admin/discounts/new", "/admin/discounts/new", fields{"kind": "amount", "amount": "2"}},
		"bundle":             {"/admin/discounts/new", "/admin/discounts/new", fields{"kind": "bundle", "buy": "2", "get": "1", "bundle-percent": "100"}},
		"free delivery":      {"/admin/discounts/new", "/admin/discounts/new", fields{"kind": "delivery"}},
		"zone":               {"/admin/delivery/zones/new", "/admin/delivery/zones/new", fields{"countries": "Japan"}},
		"the world":          {"/admin/delivery/zones/new", "/admin/delivery/zones/new", fields{"everywhere": "1"}},
		"way":                {ways, ways, nil},
		"way by weight":      {ways, ways, fields{"kind": "weight", "band-0-price": "5"}},
		"way by subtotal":    {ways, ways, fields{"kind": "subtotal", "band-0-price": "5"}},
		"pickup":             {"/admin/delivery/pickups/new", "/admin/delivery/pickups/new", nil},
		"home country":       {"/admin/delivery", "/admin/delivery", nil},
		"tax":                {"/admin/tax", "/admin/tax", nil},
		"page":               {"/admin/new/page", "/admin/pages", nil},
		"identity":           {"/admin/settings/identity", "/admin/settings/identity", nil},
		"look":               {"/admin/settings/look", "/admin/settings/look", nil},
		"menu":               {"/admin/settings/menus/footer", "/admin/settings/menus/footer", nil},
	}
	for _, kind := range models.Sections {
		added := manager.Post("/admin/settings/home", "kind", kind).Location
		filled := fields{}
		switch kind {
		case models.SectionText:
			filled["heading"] = "Hello"
		case models.SectionCollection:
			filled["collection"] = "1"
		}
		forms["section "+kind] = form{added, added, filled}
	}
	for name, f := range forms {
		drawn := sheetOf(t, manager.Get(f.page).Body, f.action)
		filled := maps.Clone(f.fill)
		if filled == nil {
			filled = fields{}
		}
		for _, field := range drawn.required {
			if filled[field] == "" && drawn.fields.Get(field) == "" {
				filled[field] = "Something"
			}
		}
		if got := drawn.send(manager, filled); got.Status != http.StatusSeeOther {
			t.Errorf("%s: %d\n%s", name, got.Status, got.Body)
		}
		for field, offered := range drawn.choices {
			if !slices.Contains(offered, drawn.fields.Get(field)) {
				t.Errorf("%s: %s begins with %q, which it does not offer", name, field, drawn.fields.Get(field))
			}
		}
	}
	// An entry is added to a menu by a button, and has to lead somewhere.
	const menu = "/admin/settings/menus/footer"
	entry := sheetOf(t, sheetOf(t, manager.Get(menu).Body, menu).send(manager, fields{"do": "add"}).Body, menu)
	if got := entry.send(manager, fields{"entry-0-kind": "all"}); got.Status != http.StatusSeeOther {
		t.Errorf("an entry of a menu: %d\n%s", got.Status, got.Body)
	}
	// Whatever order is offered for a collection is one.
	drawn := sheetOf(t, manager.Get("/admin/new/collection").Body, "/admin/collections")
	if len(drawn.choices["sort"]) < 2 || drawn.fields.Get("sort") != string(models.SortFeatured) {
		t.Errorf("orders %q, first %q", drawn.choices["sort"], drawn.fields.Get("sort"))
	}
	for _, sort := range drawn.choices["sort"] {
		if got := drawn.send(manager, fields{"name": "By " + sort, "sort": sort}); got.Status != http.StatusSeeOther {
			t.Errorf("ordered by %s: %d", sort, got.Status)
		}
	}
}

// draftSheet is the form on the front page's list that decides on the draft.
func draftSheet(t *testing.T, browser *apptest.Browser, do string) sheet {
	t.Helper()
	const path = "/admin/settings/home"
	return sheetOf(t, browser.Get(path).Body, path+"/"+do)
}
