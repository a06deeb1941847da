package models

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// mostCounted bounds the products that are looked at for each word of a search
// that nothing fits as a whole.
const mostCounted = 100_000

// findSome answers what somebody typed where nothing has all of the words: with
// the products that have most of them. A word that no product has is replaced
// by the likeliest of those it is like, or else left out; instead is what was
// searched for where one was replaced.
func (s *Store) findSome(ctx context.Context, typed string, x *shelves) (found match, instead string, err error) {
	words := searchWords(typed, mostWords)
	if len(words) < 2 {
		return match{}, "", nil
	}
	db := s.read.WithContext(ctx)
	guesses, changed, err := s.guessed(db, words, x)
	if err != nil {
		return match{}, "", err
	}
	var known []string
	for _, guess := range guesses {
		if len(guess) > 0 && !slices.Contains(known, guess[0]) {
			known = append(known, guess[0])
		}
	}
	if len(known) == 0 {
		return match{}, "", nil
	}
	search := s.searchSome
	if len(known) == 1 {
		search = s.search
	}
	if found, err = search(db, known, x); err != nil {
		return match{}, "", err
	}
	if changed {
		instead = strings.Join(known, " ")
	}
	return found, instead, nil
}

// searchSome finds the products with some of the words: those with most of them
// first, of these those with more in the name, then those with a word that fewer
// have. Like what search finds, it is kept with the shelves.
func (s *Store) searchSome(db *gorm.DB, words []string, x *shelves) (match, error) {
	return x.remembered("  "+strings.Join(words, " "), func() (match, error) {
		ids := make([][]int64, len(words))
		for i := range words {
			q, err := s.newQuery(db, words[i:i+1], x)
			if err == nil {
				ids[i], err = s.matching(db, q, anywhere, false, false, mostCounted)
			}
			if err != nil {
				return match{}, err
			}
		}
		return x.withMost(words, ids), nil
	})
}

// withMost orders the products that words found by how many found them.
func (x *shelves) withMost(words []string, ids [][]int64) match {
	type product struct {
		place              uint32
		has, named, rarest int
	}
	rarest := make([]int, len(words)) // the words, those that found least first
	for i := range rarest {
		rarest[i] = i
	}
	slices.SortStableFunc(rarest, func(a, b int) int { return cmp.Compare(len(ids[a]), len(ids[b])) })
	var products []product
	at := map[int64]int{}
	for order, word := range rarest {
		for _, id := range ids[word] {
			i, seen := at[id]
			if !seen {
				place, there := x.place(id, 0)
				if !there {
					continue
				}
				i = len(products)
				at[id] = i
				products = append(products, product{place: uint32(place), rarest: order})
			}
			products[i].has++
			if hasWords(x.names[products[i].place], words[word:word+1]) {
				products[i].named++
			}
		}
	}
	featured := x.rank[SortFeatured]
	slices.SortFunc(products, func(a, b product) int {
		return cmp.Or(b.has-a.has, b.named-a.named, a.rarest-b.rarest, cmp.Compare(featured[a.place], featured[b.place]))
	})
	found := match{more: len(products) > mostMatches}
	for _, p := range products[:min(len(products), mostMatches)] {
		found.ids = append(found.ids, x.ids[p.place])
	}
	return found
}
