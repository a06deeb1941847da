package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"
)

// exportOrders is how many orders are taken out.
const exportOrders = 200_000

// measureExport takes all orders out as CSV.
func measureExport(ctx context.Context, b *bench) error {
	for _, kind := range kinds {
		d, drop, err := b.newDatabase(ctx, kind, "export", exportOrders)
		if err != nil {
			return err
		}
		if err := errors.Join(b.exportFrom(ctx, d, kind), drop()); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

func (b *bench) exportFrom(ctx context.Context, d *database, kind string) (err error) {
	shop, owner, err := b.merchantOf(ctx, d, filepath.Join(b.dir, "export-"+kind))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.stop()) }()
	var rates samples
	for turn := range b.repeat + 1 {
		began := time.Now()
		rows, err := owner.lines(ctx, "/admin/orders.csv")
		if err != nil {
			return err
		}
		if rows < exportOrders {
			return fmt.Errorf("the file has %d lines", rows)
		}
		if turn > 0 { // the first warms up
			rates = append(rates, float64(rows)/time.Since(began).Seconds())
		}
	}
	peak, err := shop.peak()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("CSV of %s orders, %s", rate(exportOrders), kind)
	b.table.figure(name, rates.show(func(v float64) string { return rate(v) + " rows/s" }), "≥ 50,000 rows/s")
	b.table.figure(name+": most memory", fmt.Sprintf("%.0f MB", peak), "flat")
	return nil
}

// lines counts the lines of a page.
func (m merchant) lines(ctx context.Context, path string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.shop+path, http.NoBody)
	if err != nil {
		return 0, fmt.Errorf("get %s: %w", path, err)
	}
	response, err := m.Do(request) //nolint:gosec // our own address
	if err != nil {
		return 0, fmt.Errorf("get %s: %w", path, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("get %s: answered %d", path, response.StatusCode)
	}
	count, lines := 0, bufio.NewScanner(response.Body)
	for lines.Scan() {
		count++
	}
	if err := lines.Err(); err != nil {
		return 0, fmt.Errorf("read %s: %w", path, err)
	}
	return count, nil
}
