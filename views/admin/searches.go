package admin

import (
	"net/url"

	"github.com/a-h/templ"

	"tuckshop/models"
)

// SearchesPage lists what visitors searched for.
type SearchesPage struct {
	Frame Frame
	Vain  bool // only what found nothing
	Terms []models.SearchTerm
}

// tryURL searches the shop for a term.
func tryURL(term string) templ.SafeURL {
	return templ.SafeURL("/search?q=" + url.QueryEscape(term)) // of our own, its value escaped
}

// foundText says how much a search found.
func foundText(term models.SearchTerm) string {
	switch term.Found {
	case models.FoundUnknown:
		return "–"
	case 0:
		return "Nothing"
	}
	return number(term.Found)
}
