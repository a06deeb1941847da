package admin

import (
	"strconv"

	"github.com/a-h/templ"

	"tuckshop/models"
	"tuckshop/static"
	"tuckshop/views"
)

// IdentityPage is the form of the shop's texts about itself.
type IdentityPage struct {
	Frame   Frame
	Logo    *views.Logo
	Version string
	Name    string
	Tagline string
	Email   string
	Address string
	Social  string // one address a line
	Mark    bool
	// How many days shoppers have to send something back; empty: nothing is said.
	ReturnDays string
	Errors     []views.FieldError
}

// LookPage is the form of the shop's colours and fonts.
type LookPage struct {
	Frame       Frame
	Version     string
	Accent      string // #rrggbb
	Papers      []views.Choice
	Fonts       []views.Choice
	Light, Dark static.Palette
	Notes       []string // what the shop changed of the colour
	Errors      []views.FieldError
}

// ratios are what the looks reach, in words.
func (p LookPage) ratios() [][3]string {
	row := func(what string, of func(static.Palette) (a, b static.Colour)) [3]string {
		ratio := func(palette static.Palette) string {
			a, b := of(palette)
			return strconv.FormatFloat(static.Contrast(a, b), 'f', 1, 64) + ":1"
		}
		return [3]string{what, ratio(p.Light), ratio(p.Dark)}
	}
	return [][3]string{
		row("Text on paper", func(p static.Palette) (a, b static.Colour) { return p.Ink, p.Paper }),
		row("Lesser text on a quiet band", func(p static.Palette) (a, b static.Colour) { return p.Muted, p.Wash }),
		row("Your colour as text, on a quiet band", func(p static.Palette) (a, b static.Colour) { return p.Accent, p.Wash }),
		row("Text on a button", func(p static.Palette) (a, b static.Colour) { return p.OnBrand, p.Brand }),
	}
}

// HomePage lists the sections of the front page's draft.
type HomePage struct {
	Frame    Frame
	Sections []models.Section
	Changed  bool   // the draft is not what shoppers see
	Mark     string // of the draft
	Errors   []views.FieldError
}

// MayEdit reports whether who looks may change the draft.
func (p HomePage) MayEdit() bool { return p.Frame.May("POST", "/admin/settings/home") }

// sectionNames are the kinds of section in plain words, with what each is for.
var sectionNames = map[string]string{
	models.SectionHero: "Opening", models.SectionPromises: "Our word in a line", models.SectionFeatured: "Featured products",
	models.SectionCollection: "Products of a collection", models.SectionCollections: "All collections", models.SectionText: "Text with a picture",
	models.SectionNewest: "Newest products",
}

// SectionName says what a kind of section is.
func SectionName(kind string) string { return sectionNames[kind] }

func sectionURL(id int64, below string) templ.SafeURL {
	return templ.SafeURL("/admin/settings/sections/" + number(id) + below)
}

// SectionPage is the form of a section of the front page.
type SectionPage struct {
	Frame       Frame
	Section     models.Section // as typed
	Link        LinkForm
	Find        *LinkSearch // nil where every choice is shown
	Collections []views.Choice
	Counts      []views.Choice
	Picture     *models.SitePicture
	Alt         string // of a new picture
	Keep        bool   // the picture it has
	Errors      []views.FieldError
}

// MayEdit reports whether who looks may save.
func (p SectionPage) MayEdit() bool { return p.Frame.May("POST", "/admin/settings/sections/:id") }

func (p SectionPage) hasText() bool {
	return p.Section.Kind == models.SectionHero || p.Section.Kind == models.SectionText || p.Section.Kind == models.SectionPromises || p.Section.Products()
}

// HasButton reports whether the section has a button and a picture.
func (p SectionPage) HasButton() bool {
	return p.Section.Kind == models.SectionHero || p.Section.Kind == models.SectionText
}

// LinkForm is where something leads, as typed.
type LinkForm struct {
	Kinds []views.Choice
	URL   string
}

// LinkSearch is a search for what a link may lead to, as typed.
type LinkSearch struct {
	Search  string
	Nothing bool // was found
}

// MenuPage is the form of a menu.
type MenuPage struct {
	Frame   Frame
	Name    string
	Version string
	Entries []MenuForm
	Find    *LinkSearch // nil where every choice is shown
	Errors  []views.FieldError
}

// MayEdit reports whether who looks may save.
func (p MenuPage) MayEdit() bool { return p.Frame.May("POST", "/admin/settings/menus/:menu") }

// MenuForm is a line of a menu, as typed.
type MenuForm struct {
	Label string
	Link  LinkForm
}

func menuURL(name string) templ.SafeURL { return templ.SafeURL("/admin/settings/menus/" + name) }

// TextsPage lists the pages of the shop.
type TextsPage struct {
	Frame Frame
	Pages []models.Page
}

// policyNames are the kinds of page that the law asks for, in plain words.
var policyNames = map[string]string{
	"": "an ordinary page", models.PolicyReturns: "returns", models.PolicyPrivacy: "privacy", models.PolicyTerms: "terms",
	models.PolicyDelivery: "delivery", models.PolicyImprint: "imprint",
}

// PolicyName says what a page is.
func PolicyName(policy string) string { return policyNames[policy] }

// TextPage is the form of a page.
type TextPage struct {
	Frame       Frame
	Page        models.Page // as it is stored; without an id where it is new
	Version     string
	Title       string
	Slug        string
	Policies    []views.Choice
	Statuses    []views.Choice
	Description string
	Body        string
	Errors      []views.FieldError
}

// MayEdit reports whether who looks may save.
func (p TextPage) MayEdit() bool { return p.Frame.May("POST", "/admin/pages/:id") }

func (p TextPage) action() templ.SafeURL {
	if p.Page.ID == 0 {
		return "/admin/pages"
	}
	return textURL(p.Page.ID, "")
}

func textURL(id int64, below string) templ.SafeURL {
	return templ.SafeURL("/admin/pages/" + number(id) + below)
}

// TextConflictPage shows two people's texts beside each other.
type TextConflictPage struct {
	Frame   Frame
	What    string // "the page “About us”"
	Path    string // to which the form is sent
	Opens   string // address of the form
	Version int64  // that is stored now
	Rows    []ConflictRow
	Form    [][2]string // what was sent, to be sent again
}
