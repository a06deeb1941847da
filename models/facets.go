package models

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Facets are what a list can be narrowed by. Each counts the products that its
// choice would list together with the other filters in use.
type Facets struct {
	Collections []FacetValue
	Options     []FacetOption
	InStock     int64
	PriceLowest int64 // minor units, of the variants that fit the other filters
	PriceMost   int64
}

// FacetOption is an option, such as Colour, with its values.
type FacetOption struct {
	Key    string // as an address holds it
	Label  string
	Values []FacetValue
}

// FacetValue is a choice of a facet.
type FacetValue struct {
	Key      string // as an address holds it; a collection's slug
	Label    string
	Products int64
	Chosen   bool
}

// Bounds of what a page offers.
const (
	mostFacetOptions = 6
	mostFacetValues  = 16
)

// selection is what a filter chooses, in its order.
type selection struct {
	places []uint32
	facets Facets
}

// mostKept bounds the selections that are kept with the shelves, each of which
// may list the whole catalogue.
const mostKept = 16

// narrowed is a filter in terms of the shelves.
type narrowed struct {
	collection int // place of the one chosen; -1 for none
	unknown    bool
	inStock    bool
	min, max   int64
	options    []uint16 // in which something is chosen
	chosen     []bool   // by value
}

func (x *shelves) narrow(f ProductFilter) narrowed {
	n := narrowed{collection: -1, inStock: f.InStock, min: f.PriceMin, max: f.PriceMax}
	if f.Collection != "" {
		n.collection = slices.IndexFunc(x.collections, func(c shelfName) bool { return c.slug == f.Collection })
		n.unknown = n.collection < 0
	}
	n.chosen = make([]bool, len(x.value))
	for i, option := range x.options {
		wanted := f.Options[option.key]
		if i == 0 || len(wanted) == 0 {
			continue
		}
		n.options = append(n.options, uint16(i))
		for v, value := range x.value {
			if v > 0 && int(value.option) == i && slices.Contains(wanted, value.key) {
				n.chosen[v] = true
			}
		}
	}
	for key, wanted := range f.Options {
		if len(wanted) > 0 && !slices.ContainsFunc(x.options[1:], func(o optionName) bool { return o.key == key }) {
			n.unknown = true
		}
	}
	return n
}

// What a variant may not fit, beside the options, which count from 1.
const (
	fits      = 0
	stockOnly = -1
	priceOnly = -2
	several   = -3
)

// misfit says which one filter keeps a variant out: an option, stockOnly,
// priceOnly; or fits, or several.
func (n narrowed) misfit(x *shelves, variant uint32) int {
	miss := fits
	if n.inStock && !x.stocked[variant] {
		miss = stockOnly
	}
	if price := x.price[variant]; n.min > 0 && price < n.min || n.max > 0 && price > n.max {
		if miss != fits {
			return several
		}
		miss = priceOnly
	}
	values := x.values[variant]
	for _, option := range n.options {
		fit := false
		for _, v := range values {
			fit = fit || v != 0 && x.value[v].option == option && n.chosen[v]
		}
		if !fit {
			if miss != fits {
				return several
			}
			miss = int(option)
		}
	}
	return miss
}

// choose narrows products, in their order, and counts.
func (x *shelves) choose(f ProductFilter, places []uint32) *selection {
	n := x.narrow(f)
	chosen := &selection{}
	perShelf := make([]int64, len(x.collections))
	perValue := make([]int64, len(x.value))
	last := make([]uint32, len(x.value)) // the product that was counted last, from 1
	for _, place := range places {
		if n.unknown {
			break
		}
		shelves := x.shelf[x.shelved[place]:x.shelved[place+1]]
		shelved := n.collection < 0 || slices.Contains(shelves, uint16(n.collection))
		listed, inStock := false, false
		for variant := x.first[place]; variant < x.first[place+1]; variant++ {
			miss := n.misfit(x, variant)
			listed = listed || miss == fits
			if !shelved || miss == several || miss == stockOnly {
				continue
			}
			inStock = inStock || miss == fits && x.stocked[variant]
			if price := x.price[variant]; miss == fits || miss == priceOnly {
				if chosen.facets.PriceMost == 0 || price < chosen.facets.PriceLowest {
					chosen.facets.PriceLowest = price
				}
				chosen.facets.PriceMost = max(chosen.facets.PriceMost, price)
			}
			for _, v := range x.values[variant] {
				if v != 0 && (miss == fits || miss == int(x.value[v].option)) && last[v] != place+1 {
					last[v] = place + 1
					perValue[v]++
				}
			}
		}
		if !listed {
			continue
		}
		for _, shelf := range shelves {
			perShelf[shelf]++
		}
		if shelved {
			chosen.places = append(chosen.places, place)
			if inStock {
				chosen.facets.InStock++
			}
		}
	}
	for i, c := range x.collections {
		chosen.facets.Collections = append(chosen.facets.Collections, FacetValue{c.slug, c.name, perShelf[i], i == n.collection})
	}
	chosen.facets.Options = x.facetOptions(n, perValue)
	return chosen
}

// facetOptions are the options that most of what is listed has, with their
// commonest values, and whatever is chosen.
func (x *shelves) facetOptions(n narrowed, perValue []int64) []FacetOption {
	type option struct {
		FacetOption
		products int64
		chosen   bool
	}
	options := make([]option, len(x.options))
	for i, o := range x.options {
		options[i].Key, options[i].Label, options[i].chosen = o.key, o.label, slices.Contains(n.options, uint16(i))
	}
	for v, value := range x.value {
		if v == 0 || perValue[v] == 0 && !n.chosen[v] {
			continue
		}
		o := &options[value.option]
		o.products += perValue[v]
		o.Values = append(o.Values, FacetValue{value.key, value.label, perValue[v], n.chosen[v]})
	}
	options = slices.DeleteFunc(options, func(o option) bool { return len(o.Values) == 0 })
	slices.SortStableFunc(options, func(a, b option) int {
		return cmp.Or(cmp.Compare(order(b.chosen), order(a.chosen)), cmp.Compare(b.products, a.products), strings.Compare(a.Key, b.Key))
	})
	var shown []FacetOption
	for _, o := range options[:min(len(options), mostFacetOptions)] {
		slices.SortStableFunc(o.Values, func(a, b FacetValue) int {
			return cmp.Or(cmp.Compare(order(b.Chosen), order(a.Chosen)), cmp.Compare(b.Products, a.Products))
		})
		o.Values = o.Values[:min(len(o.Values), mostFacetValues)]
		slices.SortFunc(o.Values, func(a, b FacetValue) int {
			return cmp.Or(compareNatural(a.Label, b.Label), strings.Compare(a.Key, b.Key))
		})
		shown = append(shown, o.FacetOption)
	}
	return shown
}

func order(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// compareNatural orders labels as people do: 9 before 10.
func compareNatural(a, b string) int {
	digits := func(s string) (number, rest string) {
		end := 0
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		return strings.TrimLeft(s[:end], "0"), s[end:]
	}
	for a != "" && b != "" {
		m, afterA := digits(a)
		n, afterB := digits(b)
		if afterA != a && afterB != b {
			if c := cmp.Or(cmp.Compare(len(m), len(n)), strings.Compare(m, n)); c != 0 {
				return c
			}
			a, b = afterA, afterB
			continue
		}
		if c := cmp.Compare(a[0], b[0]); c != 0 {
			return c
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// selected is what a filter without a search chooses. What was chosen lately is
// kept: the pages of a list share it.
func (x *shelves) selected(f ProductFilter) *selection {
	key := f.selectionKey()
	x.mu.Lock()
	known, there := x.kept[key]
	x.mu.Unlock()
	if there {
		return known
	}
	order := x.orders[f.Sort]
	if f.Sort == SortByHand {
		order = x.byHand(f.Collection)
	}
	chosen := x.choose(f, order)
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.kept) >= mostKept {
		clear(x.kept)
	}
	x.kept[key] = chosen
	return chosen
}

// selectionKey says what a filter chooses, and in which order.
func (f ProductFilter) selectionKey() string {
	keys := make([]string, 0, len(f.Options))
	for key, values := range f.Options {
		values = slices.Sorted(slices.Values(values))
		keys = append(keys, fmt.Sprintf("%q=%q", key, values))
	}
	slices.Sort(keys)
	return fmt.Sprintf("%s %q %t %d %d %q", f.Sort, f.Collection, f.InStock, f.PriceMin, f.PriceMax, keys)
}
