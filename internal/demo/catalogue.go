// Package demo holds the demo shop: a small stationer's catalogue with its
// pictures. The catalogue is plain data and knows nothing of databases.
package demo

// Collection groups products on a page of its own.
type Collection struct{ Slug, Name, Description string }

// OptionValue is one choice of an Option. Swatch is "#rrggbb" where the value
// is a colour, and empty elsewhere.
type OptionValue struct{ Name, Swatch string }

// Option is a choice the shopper makes, such as Colour or Ruling.
type Option struct {
	Name   string
	Values []OptionValue
}

// Variant is what is sold: one combination of option values.
type Variant struct {
	SKU         string
	Options     []string // one value name for each Option of the product, in their order
	Price       int64    // US cents
	CompareAt   int64    // former price in US cents, 0 where there is none
	Stock       int      // pieces on hand
	Picture     string   // key of one of the product's Pictures
	WeightGrams int
}

// Picture names a drawing among the embedded files (see Pictures).
type Picture struct {
	Key, Alt      string
	Width, Height int // the largest size, in pixels
}

// Product is an article with its variants. Summary is one sentence,
// Description is Markdown. Options is empty where there is one variant only.
type Product struct {
	Slug, Name, Summary, Description string
	Collections                      []string // slugs
	Options                          []Option
	Variants                         []Variant
	Pictures                         []Picture
	Featured                         bool
	AddedDaysAgo                     int
}

// Collections returns the collections in the order they are shown.
func Collections() []Collection {
	return []Collection{
		{"notebooks", "Notebooks", "Good paper, sewn or stitched so that it opens flat. For lists, plans, poems and the odd pressed leaf."},
		{"writing", "Writing", "Pens with a nice weight, ink with a bit of depth and pencils that ask to be sharpened."},
		{"desk", "Desk", "Quiet, useful things that make a table feel like yours."},
		{"carry", "Carry", "Canvas, wax and leather, to bring it all along and home again dry."},
		{"tuck", "Tuck", "Something small and sweet for four o'clock. A desk runs better on biscuits."},
	}
}

// Products returns the whole catalogue, in no order that means anything.
func Products() []Product {
	var all []Product
	for _, shelf := range [][]article{notebooks(), writing(), desk(), carry(), tuck()} {
		for _, a := range shelf {
			all = append(all, a.product())
		}
	}
	return all
}
