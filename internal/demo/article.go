package demo

import (
	"fmt"
	"strings"
)

// The largest size of every picture, in pixels.
const (
	pictureWidth  = 1280
	pictureHeight = 1600
)

// article is the shorthand the catalogue is written in. Its variants are all
// combinations of the axes, the last axis running fastest.
type article struct {
	slug, name, summary, description string
	collections                      []string
	featured                         bool
	added                            int    // days ago
	sku                              string // what every SKU begins with
	price, was                       int64  // US cents
	grams                            int
	axes                             []axis
	stock                            []int // one for each combination

	// alt describes the picture of the article itself. Where the first axis
	// is pictured it holds a %s for the value, and there is one picture for
	// each value; otherwise all variants share one picture.
	alt      string
	pictured bool
	more     []shot
}

// axis is an Option while the catalogue is being written.
type axis struct {
	name   string
	values []value
}

// value is an OptionValue with what it does to the variant: the part it adds
// to the SKU, and what it adds to price (US cents) and weight (grams).
type value struct {
	name, code, swatch string
	price              int64
	grams              int
}

// shot is a further picture: the last part of its key, and its text.
type shot struct{ key, alt string }

// The colours things are made in.
var (
	tomato   = value{name: "Tomato", code: "RED", swatch: "#C8452D"}
	inkBlue  = value{name: "Ink Blue", code: "BLU", swatch: "#22385C"}
	forest   = value{name: "Forest", code: "GRN", swatch: "#2F5D50"}
	mustard  = value{name: "Mustard", code: "YEL", swatch: "#D69A2D"}
	charcoal = value{name: "Charcoal", code: "BLK", swatch: "#2E2A28"}
	cream    = value{name: "Cream", code: "CRM", swatch: "#F3E9D6"}
	plum     = value{name: "Plum", code: "PLM", swatch: "#6B3A56"}
	natural  = value{name: "Natural", code: "NAT", swatch: "#E2D3B5"}
	tan      = value{name: "Tan", code: "TAN", swatch: "#B5734A"}
)

// The rulings of paper.
var (
	dotGrid = value{name: "Dot grid", code: "DOT"}
	lined   = value{name: "Lined", code: "LIN"}
	plain   = value{name: "Plain", code: "PLN"}
)

func colour(values ...value) axis  { return axis{"Colour", values} }
func ruling(values ...value) axis  { return axis{"Ruling", values} }
func size(values ...value) axis    { return axis{"Size", values} }
func nib(values ...value) axis     { return axis{"Nib", values} }
func flavour(values ...value) axis { return axis{"Flavour", values} }

// paragraphs joins the blocks of a Markdown text.
func paragraphs(blocks ...string) string { return strings.Join(blocks, "\n\n") }

// facts makes a Markdown list.
func facts(lines ...string) string { return "- " + strings.Join(lines, "\n- ") }

// product spells the article out.
func (a article) product() Product {
	p := Product{
		Slug: a.slug, Name: a.name, Summary: a.summary, Description: a.description,
		Collections: a.collections, Featured: a.featured, AddedDaysAgo: a.added,
	}
	for _, x := range a.axes {
		o := Option{Name: x.name}
		for _, v := range x.values {
			o.Values = append(o.Values, OptionValue{v.name, v.swatch})
		}
		p.Options = append(p.Options, o)
	}
	for i, combo := range combinations(a.axes) {
		p.Variants = append(p.Variants, a.variant(combo, a.stock[i]))
	}
	p.Pictures = a.pictures()
	return p
}

// variant makes the variant of one combination of values.
func (a article) variant(combo []value, stock int) Variant {
	v := Variant{
		SKU: a.sku, Price: a.price, CompareAt: a.was, Stock: stock,
		Picture: a.slug, WeightGrams: a.grams,
	}
	for _, choice := range combo {
		v.SKU += "-" + choice.code
		v.Options = append(v.Options, choice.name)
		v.Price += choice.price
		v.WeightGrams += choice.grams
		if v.CompareAt > 0 {
			v.CompareAt += choice.price
		}
	}
	if a.pictured {
		v.Picture = a.pictureKey(combo[0].name)
	}
	return v
}

// pictures lists the article's own pictures first, then the further shots.
func (a article) pictures() []Picture {
	var all []Picture
	add := func(key, alt string) {
		all = append(all, Picture{Key: key, Alt: alt, Width: pictureWidth, Height: pictureHeight})
	}
	if a.pictured {
		for _, v := range a.axes[0].values {
			name := v.name
			if v.swatch != "" { // colours are adjectives, flavours are names
				name = strings.ToLower(name)
			}
			add(a.pictureKey(v.name), fmt.Sprintf(a.alt, name))
		}
	} else {
		add(a.slug, a.alt)
	}
	for _, s := range a.more {
		add(a.pictureKey(s.key), s.alt)
	}
	return all
}

// pictureKey is the key of the article's picture called name.
func (a article) pictureKey(name string) string {
	return a.slug + "-" + strings.ReplaceAll(strings.ToLower(name), " ", "-")
}

// combinations lists every choice of one value per axis, the last axis
// running fastest. Without axes there is one combination, the empty one.
func combinations(axes []axis) [][]value {
	all := [][]value{nil}
	for _, x := range axes {
		var next [][]value
		for _, begun := range all {
			for _, v := range x.values {
				next = append(next, append(begun[:len(begun):len(begun)], v))
			}
		}
		all = next
	}
	return all
}
