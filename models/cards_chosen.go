package models

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// What a narrowed list asks for beside its cards: which form of each product is
// the one that was looked for.
const cardForms = "SELECT product_id, id, COALESCE(picture_id, 0), option1, option2, option3 FROM variants WHERE product_id"

// fittingValues are, by product, the option values of the variants that a
// filter chooses, as addresses hold them.
func (x *shelves) fittingValues(f ProductFilter, places []uint32) map[int64][][3]string {
	n := x.narrow(f)
	fitting := make(map[int64][][3]string, len(places))
	for _, place := range places {
		for variant := x.first[place]; variant < x.first[place+1]; variant++ {
			if n.misfit(x, variant) != fits {
				continue
			}
			var keys [3]string
			for i, value := range x.values[variant] {
				keys[i] = x.value[value].key
			}
			fitting[x.ids[place]] = append(fitting[x.ids[place]], keys)
		}
	}
	return fitting
}

// showChosen lets the products of a list that was narrowed by options be shown
// as the first variant that fits: by its picture alone, where it has one.
func (s *Store) showChosen(ctx context.Context, products []Product, fitting map[int64][][3]string) error {
	ids := make([]int64, len(products))
	for i, product := range products {
		ids[i] = product.ID
	}
	if len(ids) == 0 {
		return nil
	}
	in, these, err := s.among(ids)
	if err != nil {
		return fmt.Errorf("look for the forms of products: %w", err)
	}
	err = s.each(ctx, cardForms+in+cardsInPlace, func(rows *sql.Rows) error {
		var id, variant, picture int64
		var options [3]string
		if err := rows.Scan(&id, &variant, &picture, &options[0], &options[1], &options[2]); err != nil {
			return err
		}
		product := &products[slices.Index(ids, id)]
		if product.ChosenID != 0 {
			return nil
		}
		for i, option := range options {
			options[i] = searchKey(option)
		}
		if !slices.Contains(fitting[id], options) {
			return nil
		}
		product.ChosenID = variant
		if at := slices.IndexFunc(product.Pictures, func(p Picture) bool { return p.ID == picture }); at >= 0 {
			product.Pictures = product.Pictures[at : at+1]
		}
		return nil
	}, these)
	if err != nil {
		return fmt.Errorf("look for the forms of products: %w", err)
	}
	return nil
}
