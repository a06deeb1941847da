package views

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tuckshop/static"
)

// Site is what the shop says of itself on every page. Its zero value is a shop
// that changed nothing.
type Site struct {
	Tagline  string
	Logo     *Logo  // nil: the shop's name
	NoMark   bool   // nothing stands beside the name
	Icon     string // address of the sign of its tab; empty: the shop's own
	Theme    string // address of the style sheet of its colours and fonts; empty: that of the theme's file
	Header   []Link // nil: all products, and every collection
	Footer   []Column
	Pages    []Link // ordinary ones, for the shop's own footer
	Policies []Link // returns, privacy and the like, as far as they are written
	Social   []Link
	Email    string
	Address  []string // lines
	// How many days shoppers have to send something back; 0: nothing is said.
	ReturnDays int
}

// Logo is the picture that stands for the shop's name.
type Logo struct {
	URL           string
	Width, Height int    // as it is shown at most
	Tone          string // of what it is drawn in, where one of the schemes would swallow it
}

// Column is a part of the footer.
type Column struct {
	Heading string
	Links   []Link
}

// header is the menu at the top of the page.
func (f Frame) header() []Link {
	if f.Site.Header != nil {
		return f.Site.Header
	}
	return append([]Link{{Label: "All", URL: "/products", Current: f.Section == "/products"}}, f.Collections...)
}

// columns are the menus at the foot of the page.
func (f Frame) columns() []Column {
	if f.Site.Footer != nil {
		return f.Site.Footer
	}
	help := []Link{{Label: "Find your order", URL: "/orders/lookup"}, {Label: "Your cart", URL: "/cart"}, {Label: "Search", URL: "/search"}}
	return []Column{
		{"Shop", append([]Link{{Label: "All products", URL: "/products"}}, f.Collections...)},
		{"Help", append(help, f.Site.Pages...)},
	}
}

// Long reports whether words are too long for the largest type: at 360 pixels a
// letter of it takes some 20.
func Long(text string) bool {
	const word, all = 13, 60
	for part := range strings.FieldsSeq(text) {
		if utf8.RuneCountInString(part) > word {
			return true
		}
	}
	return utf8.RuneCountInString(text) > all
}

// sheets are the style sheets of a page. A shop with the looks of the theme's
// file waits for one.
func (s Site) sheets() []string {
	if s.Theme == "" {
		return []string{static.URL("style.css")}
	}
	return []string{s.Theme, static.URL("shop.css")}
}

// Page is a text of the shop's own.
type Page struct {
	Frame Frame
	Title string
	HTML  string // made from Markdown by goldmark with raw HTML off
}

// HomePage is the front page.
type HomePage struct {
	Frame    Frame
	Sections []HomeSection
}

// HomeSection is a part of the front page.
type HomeSection struct {
	Kind        string // one of models.Sections
	Heading     string
	Text        string // plain
	HTML        string // made from Markdown by goldmark with raw HTML off
	Button      Link   // without a label: none
	More        Link   // beside the heading, or the button
	Picture     Picture
	Products    []ProductCard
	Collections []CollectionCard
}

// Pictures reports whether the section shows any.
func (s HomeSection) Pictures() bool {
	return s.Picture.Key != "" || len(s.Products) > 0 || len(s.Collections) > 0
}

// lines are the lines of the section's text.
func (s HomeSection) lines() []string {
	return slices.DeleteFunc(strings.Split(s.Text, "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
}

// firstHero is the place of the section with the page's heading, or -1.
func (p HomePage) firstHero() int {
	for i, section := range p.Sections {
		if isHero(section) {
			return i
		}
	}
	return -1
}

// urgency says how soon the pictures of the i-th section are needed: those of the
// first that has any may be the largest thing on the first screen.
func (p HomePage) urgency(i int) urgency {
	for j, section := range p.Sections {
		if section.Pictures() && j < 2 {
			if i == j {
				return first
			}
			return later
		}
	}
	return later
}
