// Package views draws the shop's pages. Every page has one typed struct that
// holds exactly what is shown; a component neither queries nor decides.
package views

import (
	"time"

	"tuckshop/models"
)

// Frame is what surrounds every page of the storefront.
type Frame struct {
	ShopName    string
	Title       string // without the shop's name
	Description string // for search engines; plain text
	Canonical   string // absolute URL; empty for pages that have none
	Picture     string // absolute URL of the picture that stands for the page where its link is shared
	PictureAlt  string // what it shows
	BaseURL     string // absolute, no trailing slash
	NoIndex     bool
	Simulated   bool // payments run against the simulator: no money moves
	CartCount   int64
	Section     string // the path of the navigation entry that is current
	Query       string // what the search field holds
	Collections []Link
	Site        Site
	Notice      *Notice
	JSONLD      string // a JSON document made by encoding/json, or empty
	Delivery    string // what delivery costs, in a few words; empty where it is not known
}

// Link is a labelled address.
type Link struct {
	Label   string
	URL     string
	Current bool
}

// NoticeKind says how a notice is meant.
type NoticeKind string

// The kinds of notice.
const (
	NoticeSuccess NoticeKind = "success"
	NoticeInfo    NoticeKind = "info"
	NoticeError   NoticeKind = "error"
)

// Notice is a message at the top of a page, announced to screen readers.
type Notice struct {
	Kind NoticeKind
	Text string
	Undo *Undo // a way back, offered beside the message
}

// Undo is a form with one button that takes the last change back.
type Undo struct {
	Action   string // the form's address
	Label    string
	Quantity int64
}

// FieldError is a fault in one field of a form.
type FieldError struct {
	Field   string // the id of the input
	Message string
}

// Picture is a picture in several widths and formats.
type Picture struct {
	Key    string // see PictureURL
	Alt    string
	Width  int // pixels of the largest size; only the ratio matters to the page
	Height int
	Focus  string // a FocusClass
}

// ProductCard is a product in a list.
type ProductCard struct {
	Slug      string
	Chosen    int64 // the variant that the list's filter looked for; 0 for none
	Name      string
	Summary   string
	From      bool // the variants differ in price; Price is the lowest
	Price     models.Money
	CompareAt models.Money // Amount 0 for none
	Prior     models.Money // the lowest of the 30 days before the reduction; Amount 0 for none
	Picture   Picture
	Second    *Picture // shown on hover, if there is one
	Swatches  []Swatch
	SoldOut   bool
	LowStock  bool // few are left in all
	New       bool
}

// Swatch is a colour a product comes in.
type Swatch struct {
	Name   string
	Colour string // #rrggbb
}

// CollectionCard leads to a collection.
type CollectionCard struct {
	Slug        string
	Name        string
	Description string
	Count       int64
	Picture     Picture
}

// ListPage shows products: all of them, a collection, or what a search found.
type ListPage struct {
	Frame          Frame
	Heading        string
	Intro          string
	Search         bool   // the page answers a search for Frame.Query
	Path           string // where the filter form goes
	Products       []ProductCard
	Total          int64
	Sort           string
	Sorts          []Choice
	InStock        bool
	Facets         []FacetGroup
	Collection     string // slug chosen in the filter, on the pages that offer it
	CollectionName string // of the one that is chosen
	Collections    []Choice
	PriceMin       string // as typed, major units
	PriceMax       string
	Active         []Link // each leads to the page without that filter
	Errors         []FieldError
	Pagination     Pagination
	Suggestions    []ProductCard // ways on when nothing was found

	InStockCount int64            // products that would be listed with InStock
	PriceRange   *[2]models.Money // of what the other filters leave
	More         bool             // the search matches more than it looks at
	Instead      string           // what was searched for instead of Frame.Query
	Some         bool             // nothing has all of the words; what is listed has some of them
}

// FacetGroup is an option that a list can be narrowed by.
type FacetGroup struct {
	Name   string // of its inputs
	Label  string
	Values []FacetChoice
}

// FacetChoice is a value of an option, with how many products it would list.
type FacetChoice struct {
	Value  string
	Label  string
	Count  int64
	Chosen bool
}

// OptionLabel names a chosen value of an option: "Colour: Red".
func (p ListPage) OptionLabel(name, value string) string {
	for _, group := range p.Facets {
		for _, choice := range group.Values {
			if group.Name == name && choice.Value == value {
				return group.Label + ": " + choice.Label
			}
		}
	}
	return value
}

// Choice is an option of a select or a radio group.
type Choice struct {
	Value    string
	Label    string
	Selected bool
}

// Pagination links the pages of a list.
type Pagination struct {
	Page     int
	Pages    int
	Previous string // empty on the first page
	Next     string // empty on the last page
	Links    []PageLink
}

// PageLink is the link to one page; a gap has no number.
type PageLink struct {
	Number  int
	URL     string
	Current bool
	Gap     bool
}

// ProductPage shows one product.
type ProductPage struct {
	Frame       Frame
	ID          int64
	Slug        string
	Name        string
	Summary     string
	Description string // HTML made from Markdown by goldmark with raw HTML off
	Pictures    []ProductPicture
	Price       models.Money // of the chosen variant, or the lowest
	From        bool
	Chosen      bool // the address names a variant, and Price is its
	CompareAt   models.Money
	Prior       models.Money // the lowest of the 30 days before the reduction; Amount 0 for none
	Variants    []VariantChoice
	Options     []string // names of the options, for the legend: "Colour and ruling"
	Quantity    string   // as typed
	SoldOut     bool     // nothing of it can be bought
	Preview     bool     // it is not for sale; staff look at it
	Breadcrumbs []Link
	Related     []ProductCard
	Returns     Returns
	Email       CartEmail // of the shopper who buys now, where an offer is counted by it
	Errors      []FieldError
}

// BuyerEmail is the id of the field for the shopper's address on a product's
// page.
const BuyerEmail = "buyer-email"

// Returns says how long shoppers may send something back.
type Returns struct {
	Days    int    // 0: nothing is said
	Country string // of the shop, ISO 3166-1 alpha-2
}

// ProductPicture is a picture of the gallery.
type ProductPicture struct {
	ID string // the fragment that shows it, as in #picture-3
	Picture
}

// VariantChoice is one radio button of the product page.
type VariantChoice struct {
	ID        int64
	Title     string   // "Red / Dotted"; the product's name where there are no options
	Values    []string // of the page's options, in their order
	Swatch    string   // #rrggbb or empty
	Price     models.Money
	CompareAt models.Money
	Prior     models.Money // the lowest of the 30 days before the reduction; Amount 0 for none
	SKU       string
	Barcode   string // a GTIN, or empty
	Available int64
	Preorder  bool
	ShipsOn   string                // the day from which a pre-order is sent, as 2026-12-31; empty for none
	Waiting   string                // what it means to buy it when none is left; empty where it is sold out then
	LowStock  bool                  // show how many are left
	Delivery  []models.DeliveryRate // of one piece
	Checked   bool
	PictureID string // id of the ProductPicture that shows it, or empty
}

// Buyable reports whether the variant can be put into a cart.
func (v VariantChoice) Buyable() bool { return v.Available > 0 || v.Waiting != "" }

// CartPage shows the cart.
type CartPage struct {
	Frame        Frame
	Lines        []CartLine
	Count        int64        // pieces
	SoldOut      int64        // of Count, pieces that cannot be bought and cost nothing
	Subtotal     models.Money // of the other lines
	Discount     CartDiscount
	Delivery     CartDelivery
	Total        models.Money // what is to be paid
	CannotSell   bool         // something must change before checkout
	Changed      bool         // a line has a problem
	Losses       []string     // what the cart lost since the shopper last saw it, a sentence each
	Lost         string       // names Losses to whoever accepts them
	Email        CartEmail
	Note         string // the shopper's word to the merchant, as typed
	Suggestions  []ProductCard
	Errors       []FieldError // field ids are "quantity-<variant id>", "code", "discount", "email", "note", "changes", "country" and "method"
	PayableUntil *time.Time   // an open payment page of this cart ends then
}

// CartDiscount is what comes off a cart, and the code that was typed for it.
type CartDiscount struct {
	Label   string       // what counts: a code, or the name of an offer
	Saving  models.Money // Amount 0 where nothing counts
	Code    string       // the code the cart keeps, or empty
	Problem string       // why that code does not count
	Beaten  bool         // the code would count, but what does saves more
	Typed   string       // what was typed and refused
}

// CartEmail asks for the shopper's address, by which a discount is counted.
type CartEmail struct {
	Asked    bool
	Value    string // as typed
	Discount string // what counts, in a sentence; empty for none
	Spent    string // the name of an offer that this customer has used as often as one may, or empty
}

// CartDelivery is how a cart is delivered and taxed, and the ways to choose
// from.
type CartDelivery struct {
	Cost      models.Money // after a discount on it
	Usual     models.Money // before
	Freed     string       // the discount that makes the difference: a code, or the name of an offer; or empty
	Name      string       // of the way that counts; empty where there is none to choose
	Days      string       // how long it takes, or empty
	Country   string       // what it is called
	Places    []Choice     // countries that are delivered to; none where the payment page asks
	Elsewhere []Choice     // the other countries
	Methods   []DeliveryChoice
	Problem   string // why the cart cannot be delivered
	Tax       models.Money
	TaxName   string
	TaxInside bool // Tax is part of the total, not added
	TaxLater  bool // the payment page works it out
}

// DeliveryChoice is a way to get an order.
type DeliveryChoice struct {
	Choice
	Price models.Money // after a discount on it
	Usual models.Money // before
	Hint  string       // how long it takes, or where to pick up
}

// CartLine is a line of the cart.
type CartLine struct {
	VariantID    int64
	ProductSlug  string
	Name         string
	VariantTitle string
	Picture      Picture
	UnitPrice    models.Money
	SeenPrice    models.Money // differs from UnitPrice when the price has changed
	Total        models.Money
	Quantity     string // as typed
	Available    int64
	Waiting      string // what it means that some of it is not on hand; or empty
	SoldOut      bool   // nothing of it can be bought: it costs nothing
	Gone         bool   // its product has no page any more
	Problem      string // why the line cannot be sold as it is, and what is left; or empty
}

// SharedCartPage shows what somebody's cart held when they shared it.
type SharedCartPage struct {
	Frame   Frame
	Path    string // of the page itself
	URL     string // absolute; shown to whoever has just made it, else empty
	Lines   []CartLine
	Gone    int64        // lines whose article is not there any more
	Count   int64        // pieces
	Total   models.Money // at the prices of now
	Until   time.Time    // it can be opened until then
	Expired bool
	CanTake bool // something of it can be bought
}

// OrderPage shows an order to its shopper.
type OrderPage struct {
	Frame    Frame
	Order    models.Order
	Timeline []TimelineEntry
	Thanks   bool   // the shopper has just come back from paying
	Waiting  bool   // no word from Stripe yet: offer to check again
	CheckURL string // the address to check again
}

// TimelineEntry is one thing that happened to an order.
type TimelineEntry struct {
	At     time.Time // UTC
	Kind   string    // placed, paid, receipt_sent, …; chooses the mark
	Title  string
	Detail string
	Actor  string // who did it; shown to staff only
	URL    string // where to read more; staff only
}

// SuccessPage is shown after paying to a browser that may not see the order.
type SuccessPage struct {
	Frame Frame
}

// LookupPage finds an order by its number and mail address.
type LookupPage struct {
	Frame  Frame
	Number string
	Email  string
	Errors []FieldError
}

// ErrorPage explains what went wrong and offers a way on.
type ErrorPage struct {
	Frame   Frame
	Status  int
	Heading string
	Text    string
	Search  bool // offer the search field
}
