package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// settled is how long after its start the shop counts as idle.
const settled = 5 * time.Second

// measureStart starts the shop with nothing configured, first without and then
// with a database, and weighs it.
func measureStart(ctx context.Context, b *bench) error {
	info, err := os.Stat(b.binary)
	if err != nil {
		return fmt.Errorf("weigh the binary: %w", err)
	}
	var first, again samples
	for turn := range b.repeat + 1 {
		dir := filepath.Join(b.dir, "start-"+strconv.Itoa(turn))
		for _, took := range []*samples{&first, &again} {
			shop, err := b.startShop(ctx, dir)
			if err != nil {
				return err
			}
			if turn > 0 { // the first warms up
				*took = append(*took, inMillis(shop.took))
			}
			if err := shop.stop(); err != nil {
				return err
			}
		}
	}
	shop, err := b.startShop(ctx, filepath.Join(b.dir, "start-0"))
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-time.After(settled):
	}
	resident, proportional, err := shop.memory()
	if err := errors.Join(err, shop.stop()); err != nil {
		return err
	}
	inMS := func(v float64) string { return rate(v) + " ms" }
	b.table.figure("start to first page, database present", again.show(inMS), "≤ 100 ms")
	b.table.figure("first start to first page, with the demo", first.show(inMS), "≤ 3 s")
	b.table.figure(fmt.Sprintf("memory, idle %s after the start", settled), weight(resident, proportional), "≤ 30 MB")
	b.table.figure("binary", fmt.Sprintf("%.1f MB", float64(info.Size())/1e6), "≤ 60 MB")
	return nil
}

// weight writes what process.memory measured.
func weight(resident, proportional float64) string {
	return fmt.Sprintf("%.0f MB (%.0f MB proportional)", resident, proportional)
}
