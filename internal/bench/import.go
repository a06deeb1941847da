package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"tuckshop/models"
)

// importRows is how many rows the imported file has, and importVariants how many
// of them are of one product.
const (
	importRows     = 50_000
	importVariants = 2
)

// importPatience is how long a check or an import may take.
const importPatience = 20 * time.Minute

// writeProducts writes a file of products in Shopify's columns. Row n, from 0,
// has n % 10 pieces on hand.
func writeProducts(to io.Writer) error {
	out := bufio.NewWriter(to)
	fmt.Fprintln(out, "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Status")
	text := strings.Repeat("<p>A <strong>sturdy</strong> thing for <a href=\"https://example.com\">every day</a>.</p><ul><li>Light</li><li>Warm</li></ul>", 4)
	for n := range importRows {
		product, variant := n/importVariants, n%importVariants
		if variant == 0 {
			fmt.Fprintf(out, "thing-%d,Thing number %d,\"%s\",Acme,Things,\"a, b\",TRUE,Size,", product, product, strings.ReplaceAll(text, `"`, `""`))
		} else {
			fmt.Fprintf(out, "thing-%d,,,,,,,,", product)
		}
		fmt.Fprintf(out, "%c,THING-%d-%d,%d,%d,%d.50,,active\n", 'A'+rune(variant), product, variant, 100+n%50, n%10, 5+n%90)
	}
	return out.Flush()
}

// measureImport imports a large file, kills the shop in the middle, starts it
// again, and looks that all is there once.
func measureImport(ctx context.Context, b *bench) error {
	for _, kind := range kinds {
		d, drop, err := b.emptyDatabase(ctx, kind, "import")
		if err != nil {
			return err
		}
		if err := errors.Join(b.importInto(ctx, d, kind), drop()); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

func (b *bench) importInto(ctx context.Context, d *database, kind string) error {
	dir := filepath.Join(b.dir, "import-"+kind)
	shop, owner, err := b.merchantOf(ctx, d, dir)
	if err != nil {
		return err
	}
	began := time.Now()
	location, err := owner.upload(ctx, "/admin/import", "things.csv", writeProducts)
	if err != nil {
		return errors.Join(err, shop.stop())
	}
	received := time.Since(began)
	began = time.Now()
	if err := d.until(ctx, "SELECT COUNT(*) FROM imports WHERE status = 'checked' AND bad_rows = 0"); err != nil {
		return errors.Join(err, shop.stop())
	}
	checked := time.Since(began)
	began = time.Now()
	if _, err := owner.send(ctx, location+"/start", "application/x-www-form-urlencoded", strings.NewReader("")); err != nil {
		return errors.Join(err, shop.stop())
	}
	if err := d.until(ctx, "SELECT COUNT(*) FROM imports WHERE status = 'importing' AND position > size / 2"); err != nil {
		return errors.Join(err, shop.stop())
	}
	half := time.Since(began)
	peak, err := shop.peak()
	if err := errors.Join(err, shop.kill()); err != nil {
		return err
	}
	there, err := d.number(ctx, "SELECT COUNT(*) FROM products")
	if err != nil {
		return err
	}
	began = time.Now()
	if shop, _, err = b.merchantOf(ctx, d, dir); err != nil {
		return err
	}
	if err := d.until(ctx, fmt.Sprintf("SELECT CASE WHEN COUNT(*) > %d THEN 1 ELSE 0 END FROM products", there)); err != nil {
		return errors.Join(err, shop.stop())
	}
	waited := time.Since(began)
	if err := d.until(ctx, "SELECT COUNT(*) FROM imports WHERE status = 'done'"); err != nil {
		return errors.Join(err, shop.stop())
	}
	rest := time.Since(began) - waited
	again, err := shop.peak()
	if err := errors.Join(err, shop.stop(), d.importedOnce(ctx)); err != nil {
		return err
	}
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
	name := fmt.Sprintf("import of %s rows, %s", rate(importRows), kind)
	b.table.figure(name+": received · checked", seconds(received)+" · "+seconds(checked), "–")
	b.table.figure(name+": to half, killed with "+rate(float64(there))+" products · going on after the start · the rest",
		seconds(half)+" · "+seconds(waited)+" · "+seconds(rest), "complete, nothing twice: it is")
	b.table.figure(name+": most memory before the kill · after it", fmt.Sprintf("%.0f · %.0f MB", peak, again), "≤ 150 MB")
	return nil
}

// importedOnce looks that every row is in the shop once.
func (d *database) importedOnce(ctx context.Context) error {
	for query, want := range map[string]int64{
		"SELECT COUNT(*) FROM products":                                                                  importRows / importVariants,
		"SELECT COUNT(*) FROM variants":                                                                  importRows,
		"SELECT COUNT(DISTINCT sku) FROM variants":                                                       importRows,
		"SELECT SUM(stock) FROM variants":                                                                importRows / 10 * 45,
		"SELECT SUM(change) FROM stock_movements":                                                        importRows / 10 * 45,
		"SELECT COUNT(*) FROM stock_movements":                                                           importRows / 10 * 9,
		"SELECT COUNT(*) FROM stock_movements WHERE cause <> 'opening'":                                  0,
		"SELECT COUNT(*) FROM audit_entries WHERE action = '" + string(models.AuditProductCreated) + "'": importRows / importVariants,
		"SELECT created FROM imports":                                                                    importRows / importVariants,
		"SELECT bad_rows FROM imports":                                                                   0,
	} {
		got, err := d.number(ctx, query)
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	return nil
}
