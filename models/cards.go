package models

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
)

// What lists show of products. A page of two dozen is made anew for every
// search and for every cart, so no more is read than it shows. The ids come as
// one list: the statement is the same for any number of them.
const (
	cardProducts = "SELECT id, slug, name, summary, status, featured, created_at FROM products WHERE id"
	cardVariants = "SELECT product_id, id, sku, price, compare_at, prior_price, policy, stock, reserved FROM variants WHERE product_id"
	cardPictures = "SELECT product_id, id, key, alt, width, height, focus_x, focus_y FROM pictures WHERE product_id"
	cardColours  = "SELECT o.product_id, v.name, v.swatch FROM options o JOIN option_values v ON v.option_id = o.id WHERE o.product_id"

	cardsForSale  = " AND status = $2"
	cardsInPlace  = " ORDER BY position, id"
	cardsReady    = " AND status = $2" + cardsInPlace
	cardsColoured = " AND v.swatch <> '' ORDER BY o.position, o.id, v.position, v.id"
)

// among is how each database asks whether a value is one of a list, and the
// list as it takes it.
func (s *Store) among(values any) (in string, list any, err error) {
	if s.postgres {
		return " = ANY($1)", values, nil
	}
	text, err := json.Marshal(values)
	return " IN (SELECT value FROM json_each($1))", string(text), err
}

// cards reads products that are for sale as lists show them, in the order of
// their ids: without descriptions, and of their options the colours alone, as
// one option.
func (s *Store) cards(ctx context.Context, ids []int64) ([]Product, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, these, err := s.among(ids)
	if err != nil {
		return nil, fmt.Errorf("list products: %w", err)
	}
	products := make([]Product, len(ids))
	of := func(id int64) *Product { return &products[slices.Index(ids, id)] }
	for _, part := range []struct {
		query     string
		row       func(*sql.Rows) error
		arguments []any
	}{
		{cardProducts + in + cardsForSale, func(rows *sql.Rows) error {
			var p Product
			if err := rows.Scan(&p.ID, &p.Slug, &p.Name, &p.Summary, &p.Status, &p.Featured, &p.CreatedAt); err != nil {
				return err
			}
			*of(p.ID) = p
			return nil
		}, []any{these, ProductActive}},
		{cardVariants + in + cardsInPlace, func(rows *sql.Rows) error {
			var v Variant
			if err := rows.Scan(&v.ProductID, &v.ID, &v.SKU, &v.Price, &v.CompareAt, &v.PriorPrice, &v.Policy, &v.Stock, &v.Reserved); err != nil {
				return err
			}
			product := of(v.ProductID)
			product.Variants = append(product.Variants, v)
			return nil
		}, []any{these}},
		{cardPictures + in + cardsReady, func(rows *sql.Rows) error {
			p := Picture{Status: PictureReady}
			if err := rows.Scan(&p.ProductID, &p.ID, &p.Key, &p.Alt, &p.Width, &p.Height, &p.FocusX, &p.FocusY); err != nil {
				return err
			}
			product := of(p.ProductID)
			product.Pictures = append(product.Pictures, p)
			return nil
		}, []any{these, PictureReady}},
		{cardColours + in + cardsColoured, func(rows *sql.Rows) error {
			var id int64
			var v OptionValue
			if err := rows.Scan(&id, &v.Name, &v.Swatch); err != nil {
				return err
			}
			product := of(id)
			if product.Options == nil {
				product.Options = []Option{{ProductID: id}}
			}
			product.Options[0].Values = append(product.Options[0].Values, v)
			return nil
		}, []any{these}},
	} {
		if err := s.each(ctx, part.query, part.row, part.arguments...); err != nil {
			return nil, fmt.Errorf("list products: %w", err)
		}
	}
	return slices.DeleteFunc(products, func(p Product) bool { return p.ID == 0 }), nil
}
