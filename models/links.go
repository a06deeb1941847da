package models

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"gorm.io/gorm"
)

// LinkKind says what a link of the shop's own making leads to.
type LinkKind string

// The kinds of link. Stored menus and sections carry them, so they never
// change.
const (
	LinkNone       LinkKind = ""
	LinkHome       LinkKind = "home"
	LinkAll        LinkKind = "all"    // every product
	LinkNewest     LinkKind = "newest" // every product, newest first
	LinkSearch     LinkKind = "search"
	LinkLookup     LinkKind = "lookup" // find an order
	LinkCart       LinkKind = "cart"
	LinkCollection LinkKind = "collection"
	LinkPage       LinkKind = "page"
	LinkProduct    LinkKind = "product"
	LinkURL        LinkKind = "url"     // another site
	LinkHeading    LinkKind = "heading" // no link: it begins a column of the footer
)

// Link is where something leads. What it names by id is found under whatever
// address it has, and left out while shoppers cannot see it.
type Link struct {
	Kind LinkKind `json:"kind"`
	ID   int64    `json:"id,omitempty"`  // of a collection, page or product
	URL  string   `json:"url,omitempty"` // of LinkURL: https; as typed also /products/…
}

// longestURL bounds an address that somebody types.
const longestURL = 500

// HTTPS reports whether an address is one of another site that the shop links
// to: https, with a host, and nothing a browser may read in another way.
func HTTPS(address string) bool {
	if len(address) > longestURL || strings.ContainsFunc(address, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\\' }) {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil
}

// check checks a link that somebody typed, and finds what it names.
func (l *Link) check(tx *gorm.DB, faults *InvalidErrors, field string) error {
	exists := func(of any, what string) error {
		var there int64
		if err := tx.Model(of).Where("id = ?", l.ID).Count(&there).Error; err != nil {
			return fmt.Errorf("look for %s %d: %w", what, l.ID, err)
		}
		if there == 0 {
			faults.add(field, "That %s is gone. Choose another one.", what)
		}
		return nil
	}
	switch l.Kind {
	case LinkCollection:
		return exists(&Collection{}, "collection")
	case LinkPage:
		return exists(&Page{}, "page")
	case LinkProduct:
		return exists(&Product{}, "product")
	case LinkURL:
		slug, local := strings.CutPrefix(l.URL, "/products/")
		if !local {
			if !HTTPS(l.URL) {
				faults.add(field, "Enter an address that begins with https://, or that of a product, such as /products/field-notebook.")
			}
			return nil
		}
		var product Product
		err := found(tx.Select("id").Where("slug = ?", slug).Take(&product).Error, "find product %q", slug)
		if errors.Is(err, ErrNotFound) {
			faults.add(field, "There is no product at that address.")
			return nil
		}
		*l = Link{Kind: LinkProduct, ID: product.ID}
		return err
	case LinkNone, LinkHome, LinkAll, LinkNewest, LinkSearch, LinkLookup, LinkCart, LinkHeading:
		*l = Link{Kind: l.Kind}
		return nil
	}
	faults.add(field, "Choose where it leads.")
	return nil
}
