package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// searchesPerSecond is roughly how many searches one second takes.
const searchesPerSecond = 400

// measureSearch searches a large catalogue for something else every time, so
// that no answer comes from the cache of pages, and turns pages deep in it.
func measureSearch(ctx context.Context, b *bench) error {
	for _, kind := range kinds {
		if err := b.measureSearchOn(ctx, kind); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

func (b *bench) measureSearchOn(ctx context.Context, kind string) (err error) {
	fmt.Fprintf(os.Stderr, "  preparing %d products on %s\n", largeProducts, kind)
	data, drop, err := b.newDatabase(ctx, kind, "search", 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	if !b.large {
		began := time.Now()
		if err := data.addLargeCatalogue(ctx); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "  made and indexed in %s\n", time.Since(began).Round(time.Millisecond))
	}
	shop, err := b.startShop(ctx, filepath.Join(b.dir, "search-"+kind), "DATABASE_URL="+data.url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.stop()) }()
	b.table.figure("start to first page with 100,000 products, "+kind, shop.took.Round(time.Millisecond).String(), "≤ 100 ms")
	began := time.Now()
	if _, err := ask(ctx, shop.url()+"/products", []string{"Accept-Encoding: gzip"}); err != nil { // the first list is made from all of it
		return err
	}
	b.table.figure("first list of 100,000 products, "+kind, time.Since(began).Round(time.Millisecond).String(), "–")
	asked := 0
	for _, row := range []struct {
		name string
		path func(n int) string
	}{
		{"search", searchPath},
		{"filtered list", func(n int) string {
			return fmt.Sprintf("/products?option-colour=red&in_stock=1&min=%d&page=%d&n=%d", n%4, 1+n%500, n)
		}},
		{"list, page 4,000 and on", func(n int) string { return fmt.Sprintf("/products?sort=price-asc&page=%d&n=%d", 4000+n%150, n) }},
	} {
		for _, connections := range []int{4, 16, 64} {
			var measured side
			for turn := range b.repeat + 1 {
				count, first := b.seconds*searchesPerSecond, asked
				asked += count
				result, err := drive(connections, count, func() (worker, error) {
					return httpWorker(ctx, shop.addr, func(i int) []byte {
						return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\n\r\n", row.path(first+i), shop.addr)
					}, okAnswer)
				})
				if err != nil {
					return fmt.Errorf("%s: %w", row.name, err)
				}
				if turn > 0 { // the first warms up
					measured.add(result)
				}
			}
			b.table.figure(fmt.Sprintf("%s of 100,000 products, %s, %d connections", row.name, kind, connections),
				fmt.Sprintf("%s per second; p50 %s, p99 %s ms", measured.rate.show(rate), millis(measured.p50.median()), millis(measured.p99.median())),
				"≥ 300 per second, p99 ≤ 50 ms")
		}
	}
	resident, proportional, err := shop.memory()
	if err != nil {
		return err
	}
	b.table.figure("memory with 100,000 products, "+kind, weight(resident, proportional), "≤ 100 MB")
	return nil
}

// searchPath is the n-th search: for one word or several, whole or begun, with
// a slip now and then, and with a filter now and then. No two are the same.
func searchPath(n int) string {
	name, _, _ := largeProduct(n * 7919 % largeProducts)
	var maker, manner, texture, thing string
	var number int
	_, _ = fmt.Sscan(name, &maker, &manner, &texture, &thing, &number) // of our own making
	words := [...]string{
		maker + " " + thing,
		texture + " " + thing[:3],
		thing,
		manner + " " + maker[:4] + " " + thing,
		fmt.Sprintf("%s %d", thing, number),
		thing[:2] + thing[3:] + " " + texture, // a letter is missing
		maker + " " + texture,
		fmt.Sprintf("L%d", number),
	}[n%8]
	query := url.Values{"q": {words}, "n": {fmt.Sprint(n)}} // n makes it another address
	if n%5 == 0 {
		query.Set("option-colour", "blue")
		query.Set("in_stock", "1")
	}
	return "/search?" + query.Encode()
}

func okAnswer(_ int, response *http.Response) error {
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the answer is %s", response.Status)
	}
	_, err := io.Copy(io.Discard, response.Body)
	return err
}
