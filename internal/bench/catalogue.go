package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tuckshop/models"
)

// The words of which the products of a large catalogue are made.
var (
	makes    = strings.Fields("Aldine Baskerville Caslon Didot Elzevir Fournier Garamond Harbour Imprint Jenson Kestrel Linden Marbled Northern Orchard Pilgrim Quarry Rowan Saffron Thistle Umber Vellum Willow Yarrow Zephyr")
	things   = strings.Fields("notebook sketchbook journal pencil rollerball inkwell blotter ruler sharpener eraser folio satchel lamp clock tray mug teapot biscuit caramel liquorice stapler binder envelope bookmark")
	manners  = strings.Fields("ruled dotted squared plain waxed brushed hammered woven pressed quilted folded painted printed stitched turned")
	textures = strings.Fields("oak linen brass leather kraft cotton slate cork felt copper walnut porcelain enamel beech wool")
	shades   = [...]string{"Red", "Blue", "Green"}
)

// largeProducts and largeVariants are the size of the large catalogue: three
// variants to each product.
const (
	largeProducts = 100_000
	largeVariants = 3 * largeProducts
	largeShelves  = 50
)

// pick is the n-th word of a list, the step-th round through it.
func pick(words []string, n int) string { return words[n%len(words)] }

// largeProduct names the n-th product of a large catalogue. Every name ends
// with a number of its own.
func largeProduct(n int) (name, summary, description string) {
	name = fmt.Sprintf("%s %s %s %s %d", pick(makes, n), pick(manners, n/25), pick(textures, n/7), pick(things, n/3), n)
	summary = fmt.Sprintf("A %s %s of %s.", pick(manners, n/11), pick(things, n/3), pick(textures, n/7))
	description = fmt.Sprintf("Made by %s of %s and %s, %s by hand, and packed with a %s.",
		pick(makes, n/5), pick(textures, n/13), pick(textures, n/17), pick(manners, n/19), pick(things, n/23))
	return name, summary, description
}

// largeSlug is the address of the n-th product of a large catalogue.
func largeSlug(n int) string { return fmt.Sprintf("large-%d", n) }

// addLargeCatalogue adds largeProducts products with largeVariants variants and
// largeShelves collections to a database that has a shop, and indexes them. It
// writes with plain SQL, many rows at a time, and takes about a minute.
func (d *database) addLargeCatalogue(ctx context.Context) (err error) {
	store, err := models.Open(ctx, d.url, models.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	var base, shelf int64
	if err := d.QueryRowContext(ctx, "SELECT COALESCE(MAX(id), 0) FROM products").Scan(&base); err != nil {
		return fmt.Errorf("count products: %w", err)
	}
	if err := d.QueryRowContext(ctx, "SELECT COALESCE(MAX(id), 0) FROM collections").Scan(&shelf); err != nil {
		return fmt.Errorf("count collections: %w", err)
	}
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	fill := filler{ctx: ctx, tx: tx, mark: "?"}
	if d.postgres {
		fill.mark = "$"
	}
	fill.add("collections (id, slug, name, position)", largeShelves, 1, func(n, _ int) []any {
		return []any{shelf + int64(n) + 1, fmt.Sprintf("shelf-%d", n), fmt.Sprintf("Shelf %d", n), n + 100}
	})
	now := time.Now().UTC()
	fill.add("products (id, slug, name, summary, description, status, featured, created_at, updated_at)", largeProducts, 1, func(n, _ int) []any {
		name, summary, description := largeProduct(n)
		created := now.Add(-time.Duration(n) * time.Minute)
		return []any{base + int64(n) + 1, largeSlug(n), name, summary, description, models.ProductActive, n%100 == 0, created, created}
	})
	fill.add("options (id, product_id, name, position)", largeProducts, 1, func(n, _ int) []any {
		return []any{1_000_000 + n, base + int64(n) + 1, "Colour", 0}
	})
	fill.add("option_values (option_id, name, position)", largeProducts, 3, func(n, i int) []any {
		return []any{1_000_000 + n, shades[i], i}
	})
	fill.add("variants (product_id, sku, option1, price, stock, position)", largeProducts, 3, func(n, i int) []any {
		return []any{base + int64(n) + 1, fmt.Sprintf("L%d-%d", n, i), shades[i], 100 + (n*37+i*11)%20_000, (n + i) % 7, i}
	})
	fill.add("collection_products (collection_id, product_id)", largeProducts, 2, func(n, i int) []any {
		return []any{shelf + 1 + int64((n+i*7)%largeShelves), base + int64(n) + 1}
	})
	if fill.err == nil {
		fill.err = tx.Commit()
	}
	if fill.err != nil {
		return fmt.Errorf("add a large catalogue: %w", fill.err)
	}
	if err := store.IndexEverything(ctx); err != nil {
		return err
	}
	finish := "ANALYZE"
	if d.postgres {
		for _, table := range []string{"products", "collections", "options"} {
			if _, err := d.ExecContext(ctx, "SELECT setval(pg_get_serial_sequence('"+table+"', 'id'), (SELECT MAX(id) FROM "+table+"))"); err != nil { //nolint:gosec // our own words
				return fmt.Errorf("set the next id of %s: %w", table, err)
			}
		}
		finish = "VACUUM ANALYZE"
	}
	if _, err := d.ExecContext(ctx, finish); err != nil {
		return fmt.Errorf("%s: %w", finish, err)
	}
	return nil
}

// filler writes many rows at a time until something fails.
type filler struct {
	ctx  context.Context
	tx   *sql.Tx
	mark string // before the number of an argument; SQLite would take $ for a name, and look all of them up
	err  error
}

// rowsAtOnce is how many rows one statement writes.
const rowsAtOnce = 500

// add writes each rows for every of count things; row is the i-th of the n-th.
func (f *filler) add(into string, count, each int, row func(n, i int) []any) {
	var values []any
	marks := make([]string, 0, rowsAtOnce)
	flush := func() {
		if len(marks) > 0 && f.err == nil {
			_, f.err = f.tx.ExecContext(f.ctx, "INSERT INTO "+into+" VALUES "+strings.Join(marks, ", "), values...) //nolint:gosec // our own words
		}
		values, marks = values[:0], marks[:0]
	}
	for n := range count {
		for i := range each {
			cells := row(n, i)
			places := make([]string, len(cells))
			for j := range cells {
				places[j] = f.mark + strconv.Itoa(len(values)+j+1)
			}
			values, marks = append(values, cells...), append(marks, "("+strings.Join(places, ", ")+")")
			if len(marks) == rowsAtOnce {
				flush()
			}
		}
	}
	flush()
}
