package models

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
)

// Listing is one page of a list of what is for sale.
type Listing struct {
	Products []Product // as lists show them; see Store.cards
	Total    int64
	More     bool   // the search matches more than it looks at; Total counts the best
	Instead  string // what was searched for instead, where the words found nothing
	Some     bool   // nothing has all of the words; the products have some, those with most first
	Facets   Facets
	Version  int64 // of the catalogue the list was made from
}

// List returns one page of the products for sale that a filter chooses. Price,
// stock and options hold for one and the same variant.
//
// The filter's Version is that of the catalogue it is to show; a large one may
// be shown as it was some moments before.
func (s *Store) List(ctx context.Context, f ProductFilter) (Listing, error) {
	if f.Version == 0 {
		shop, err := s.Shop(ctx)
		if err != nil {
			return Listing{}, err
		}
		f.Version = shop.CatalogueVersion
	}
	x, err := s.shelvesAt(ctx, f.Version)
	if err != nil {
		return Listing{}, err
	}
	list := Listing{Version: x.version}
	var chosen *selection
	if f.Search == "" {
		if _, known := x.orders[f.Sort]; !known && f.Sort != SortByHand {
			f.Sort = SortFeatured
		}
		chosen = x.selected(f)
	} else {
		found, instead, err := s.find(ctx, f.Search, x)
		if err != nil {
			return Listing{}, err
		}
		if len(found.ids) == 0 {
			if found, instead, err = s.findSome(ctx, f.Search, x); err != nil {
				return Listing{}, err
			}
			list.Some = len(found.ids) > 0 && (instead == "" || strings.Contains(instead, " "))
		}
		list.More, list.Instead = found.more, instead
		chosen = x.choose(f, x.placed(found.ids, f.Sort))
	}
	list.Total, list.Facets = int64(len(chosen.places)), chosen.facets
	first := min((max(f.Page, 1)-1)*f.PerPage, len(chosen.places))
	shown := chosen.places[first:min(first+f.PerPage, len(chosen.places))]
	ids := make([]int64, len(shown))
	for i, place := range shown {
		ids[i] = x.ids[place]
	}
	if list.Products, err = s.cards(ctx, ids); err != nil || len(f.Options) == 0 {
		return list, err
	}
	return list, s.showChosen(ctx, list.Products, x.fittingValues(f, shown))
}

// placed are the places of products, in the order given or in a sort's.
func (x *shelves) placed(ids []int64, by ProductSort) []uint32 {
	places := make([]uint32, 0, len(ids))
	for _, id := range ids {
		if place, there := x.place(id, 0); there {
			places = append(places, uint32(place))
		}
	}
	if rank, sorted := x.rank[by]; sorted {
		slices.SortFunc(places, func(a, b uint32) int { return int(rank[a]) - int(rank[b]) })
	}
	return places
}

// productsByID reads products in the order of their ids.
func productsByID(query *gorm.DB, ids []int64) ([]Product, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var products []Product
	if err := query.Where("products.id IN ?", ids).Find(&products).Error; err != nil {
		return nil, fmt.Errorf("list products: %w", err)
	}
	slices.SortFunc(products, func(a, b Product) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return products, nil
}

// ListVersion is the version of the catalogue that lists are made from, where
// that may lag behind the catalogue; otherwise 0.
func (s *Store) ListVersion() int64 {
	if known := s.shelves.Load(); known != nil && len(known.price) > smallCatalogue {
		return known.version
	}
	return 0
}

// Suggestion is what somebody who types may want.
type Suggestion struct {
	Slug, Name string
	Collection bool // of a collection, not a product
}

// shortestSuggested is how many characters it takes before anything is
// suggested.
const shortestSuggested = 2

// OptionLabels returns up to most of the values that products for sale have in
// their options, as they are written, by the alphabet.
func (s *Store) OptionLabels(ctx context.Context, most int) ([]string, error) {
	x, err := s.shelvesAt(ctx, 0)
	if err != nil {
		return nil, err
	}
	var labels []string
	for _, value := range x.value {
		if value.label != "" {
			labels = append(labels, value.label)
		}
	}
	slices.Sort(labels)
	labels = slices.Compact(labels)
	return labels[:min(len(labels), most)], nil
}

// Suggest returns up to most collections and products for what was typed so
// far.
func (s *Store) Suggest(ctx context.Context, version int64, typed string, most int) ([]Suggestion, error) {
	words := searchWords(typed, mostWords)
	if utf8.RuneCountInString(strings.Join(words, "")) < shortestSuggested {
		return nil, nil
	}
	x, err := s.shelvesAt(ctx, version)
	if err != nil {
		return nil, err
	}
	var suggestions []Suggestion
	for _, c := range x.collections {
		if len(suggestions) < 2 && named(c.words, words) {
			suggestions = append(suggestions, Suggestion{c.slug, c.name, true})
		}
	}
	found, _, err := s.find(ctx, typed, x)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, id := range found.ids {
		if _, there := x.place(id, 0); there && len(suggestions)+len(ids) < most {
			ids = append(ids, id)
		}
	}
	products, err := productsByID(s.read.WithContext(ctx).Select("id", "slug", "name"), ids)
	for _, p := range products {
		suggestions = append(suggestions, Suggestion{p.Slug, p.Name, false})
	}
	return suggestions, err
}

// named reports whether each word begins one of a name's.
func named(name, words []string) bool {
	for _, word := range words {
		if !slices.ContainsFunc(name, func(w string) bool { return strings.HasPrefix(w, word) }) {
			return false
		}
	}
	return true
}
