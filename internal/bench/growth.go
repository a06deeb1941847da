package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tuckshop/internal/demo"
)

// The orders of a shop of the demo's size, and of a large one.
const (
	demoOrders  = 1_000
	largeOrders = 1_000_000
)

// What growth may cost: twice as much, or nothing that a merchant notices.
const (
	mostGrowth = 2
	unnoticed  = 50 // milliseconds
)

// adminVisits is how often a page of the admin is asked for in one measurement.
const adminVisits = 5

// shopOf is a shop of one of the two sizes.
type shopOf struct {
	*database
	*process
	merchant merchant
	dir      string
	drop     func() error
	orders   history
	products int
	large    bool
}

// measureGrowth measures a shop of the demo's size and a large one by turns.
func measureGrowth(ctx context.Context, b *bench) error {
	stripe, stop, err := stubStripe(ctx)
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		if err = b.measureGrowthOn(ctx, kind, stripe); err != nil {
			err = fmt.Errorf("%s: %w", kind, err)
			break
		}
	}
	return errors.Join(err, stop())
}

func (b *bench) measureGrowthOn(ctx context.Context, kind, stripe string) (err error) {
	var sizes [2]*shopOf
	for i := range sizes {
		if sizes[i], err = b.shopOf(ctx, kind, i == 1); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, sizes[i].drop()) }()
	}
	g := growth{bench: b, kind: kind, demo: sizes[0], large: sizes[1], stripe: stripe}
	if err := g.starts(ctx); err != nil {
		return err
	}
	for _, s := range sizes {
		if s.process, s.merchant, err = b.merchantOf(ctx, s.database, s.dir,
			"STRIPE_SECRET_KEY="+stripeKey, "STRIPE_API_BASE="+stripe, "STRIPE_WEBHOOK_SECRET="+webhookSecret, "RECONCILE_AFTER=24h"); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				err = fmt.Errorf("%w\n%s", err, s.lastWords())
			}
			err = errors.Join(err, s.stop())
		}()
	}
	for _, step := range []func(context.Context) error{g.pages, g.sales, g.admin, g.memory, g.export} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// shopOf makes the database of a shop.
func (b *bench) shopOf(ctx context.Context, kind string, large bool) (*shopOf, error) {
	name, orders := "growth-demo", demoOrders
	if large {
		name, orders = "growth-large", largeOrders
	}
	began := time.Now()
	data, drop, err := b.newDatabase(ctx, kind, name, 1)
	if err != nil {
		return nil, err
	}
	s := &shopOf{database: data, dir: filepath.Join(b.dir, name+"-"+kind), drop: drop, products: len(demo.Products()), large: large}
	if large {
		s.products += largeProducts
	}
	if large && !b.large {
		err = data.addLargeCatalogue(ctx)
	}
	if err == nil {
		s.orders, err = data.addHistory(ctx, orders)
	}
	if err == nil { // last: what waits for its payment is new
		err = data.prepare(ctx, (b.repeat+1)*b.seconds*webhooksPerSecond[16])
	}
	if err != nil {
		return nil, errors.Join(err, drop())
	}
	fmt.Fprintf(os.Stderr, "  made %s on %s in %s\n", name, kind, time.Since(began).Round(time.Second))
	return s, nil
}

// growth compares two sizes on one kind of database.
type growth struct {
	*bench
	kind        string
	demo, large *shopOf
	stripe      string
}

// turns measures both sizes by turns, after a warm-up.
func (g growth) turns(measure func(s *shopOf) (float64, error)) (small, large samples, err error) {
	for turn := range g.repeat + 1 {
		for _, side := range []struct {
			*shopOf
			into *samples
		}{{g.demo, &small}, {g.large, &large}} {
			value, err := measure(side.shopOf)
			if err != nil {
				return nil, nil, err
			}
			if turn > 0 { // the first warms up
				*side.into = append(*side.into, value)
			}
		}
	}
	return small, large, nil
}

// longer adds a row of something that takes milliseconds, or megabytes: the
// less, the better. enough is what is never too much; 0: nothing is.
func (g growth) longer(what, unit string, enough float64, small, large samples) {
	var cost samples
	for i := range small {
		cost = append(cost, large[i]/small[i])
	}
	target := fmt.Sprintf("≤ %d ×", mostGrowth)
	if enough > 0 {
		target += fmt.Sprintf(", or ≤ %.0f %s", enough, unit)
	}
	g.table.grow(what+", "+g.kind, small.show(millis)+" "+unit, large.show(millis)+" "+unit, cost, target, cost.median() <= mostGrowth || large.median() <= enough)
}

// fewer adds a row of something done per second: the more, the better.
func (g growth) fewer(what string, small, large side) {
	var cost samples
	for i := range small.rate {
		cost = append(cost, small.rate[i]/large.rate[i])
	}
	show := func(s side) string {
		return fmt.Sprintf("%s per second; p50 %s, p99 %s ms", s.rate.show(rate), millis(s.p50.median()), millis(s.p99.median()))
	}
	g.table.grow(what+", "+g.kind, show(small), show(large), cost, fmt.Sprintf("≤ %d ×", mostGrowth), cost.median() <= mostGrowth)
}

// starts starts the shop on both, and asks for the first list.
func (g growth) starts(ctx context.Context) error {
	lists := map[bool]samples{}
	small, large, err := g.turns(func(s *shopOf) (took float64, err error) {
		shop, err := g.startShop(ctx, s.dir, "DATABASE_URL="+s.database.url, "DEMO=off", "LOG_LEVEL=warn")
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, shop.stop()) }()
		began := time.Now()
		_, err = ask(ctx, shop.url()+"/products", []string{"Accept-Encoding: gzip"})
		lists[s.large] = append(lists[s.large], inMillis(time.Since(began)))
		return inMillis(shop.took), err
	})
	if err != nil {
		return err
	}
	g.longer("start to first page", "ms", 100, small, large)
	g.longer("first list", "ms", unnoticed, lists[false][1:], lists[true][1:])
	idle := map[bool]samples{}
	for _, s := range []*shopOf{g.demo, g.large} {
		held, err := g.idle(ctx, s)
		if err != nil {
			return err
		}
		idle[s.large] = samples{held}
	}
	g.longer("memory, idle", "MB", 0, idle[false], idle[true])
	return nil
}

// idle is what a shop holds, in MB, of which nothing was asked yet.
func (g growth) idle(ctx context.Context, s *shopOf) (held float64, err error) {
	shop, err := g.startShop(ctx, s.dir, "DATABASE_URL="+s.database.url, "DEMO=off", "LOG_LEVEL=warn")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, shop.stop()) }()
	select {
	case <-ctx.Done():
	case <-time.After(settled):
	}
	held, _, err = shop.memory()
	return held, err
}

// memory weighs both after all that was asked of them.
func (g growth) memory(context.Context) error {
	small, _, err := g.demo.memory()
	if err != nil {
		return err
	}
	large, _, err := g.large.memory()
	if err != nil {
		return err
	}
	g.longer("memory, after all pages and sales", "MB", 0, samples{small}, samples{large})
	return nil
}

// pages loads what shoppers see. What has an n in its address is another page
// each time, and comes from no cache.
func (g growth) pages(ctx context.Context) error {
	carts := map[bool]string{}
	for _, s := range []*shopOf{g.demo, g.large} {
		cookie, err := cartWith(ctx, s.process, s.slug(1))
		if err != nil {
			return err
		}
		carts[s.large] = cookie
	}
	fixed := func(path string) func(*shopOf, int) string { return func(*shopOf, int) string { return path } }
	product := func(s *shopOf, n int) string { return "/products/" + s.slug(n) }
	asked := 0
	for _, row := range []struct {
		what  string
		cart  bool
		count int // about what a second takes
		path  func(s *shopOf, n int) string
	}{
		{"home, no cart", false, 5000, fixed("/")},
		{"home, with a cart", true, 1000, fixed("/")},
		{"product list, no cart", false, 5000, fixed("/products")},
		{"product list, with a cart", true, 1000, fixed("/products")},
		{"product page, no cart", false, 5000, func(s *shopOf, _ int) string { return product(s, 1) }},
		{"product page, with a cart", true, 1000, func(s *shopOf, _ int) string { return product(s, 1) }},
		{"product pages, another each time, with a cart", true, 500, product},
		{"cart page", true, 500, fixed("/cart")},
		{"search, another each time", false, searchesPerSecond, (*shopOf).searchPath},
		{"suggestions", false, searchesPerSecond, func(s *shopOf, n int) string {
			return "/search/suggest" + strings.TrimPrefix(s.searchPath(n), "/search")
		}},
		{"list, last page but a few", false, searchesPerSecond, func(s *shopOf, n int) string {
			last := s.products / 24
			return fmt.Sprintf("/products?sort=price-asc&page=%d&n=%d", max(last-n%150, 1), n)
		}},
	} {
		fmt.Fprintln(os.Stderr, " ", g.kind, row.what)
		var small, large side
		_, _, err := g.turns(func(s *shopOf) (float64, error) {
			header := "Accept-Encoding: gzip\r\n"
			if row.cart {
				header += "Cookie: " + carts[s.large] + "\r\n"
			}
			first, count := asked, row.count*g.seconds
			asked += count
			r, err := drive(4, count, func() (worker, error) {
				return httpWorker(ctx, s.addr, func(i int) []byte {
					return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", row.path(s, first+i), s.addr, header)
				}, okAnswer)
			})
			g.pick(s, &small, &large).add(r)
			return 0, err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", row.what, err)
		}
		g.fewer(row.what+", 4 at a time", small.warm(), large.warm())
	}
	return nil
}

func (g growth) pick(s *shopOf, small, large *side) *side {
	if s.large {
		return large
	}
	return small
}

// warm leaves the first measurement out.
func (s side) warm() side { return side{rate: s.rate[1:], p50: s.p50[1:], p99: s.p99[1:]} }

// slug is the address of the n-th product.
func (s *shopOf) slug(n int) string {
	if s.large {
		return largeSlug(n * 7919 % largeProducts)
	}
	products := demo.Products()
	return products[n%len(products)].Slug
}

// searchPath is the n-th search for words that the catalogue has.
func (s *shopOf) searchPath(n int) string {
	if s.large {
		return searchPath(n)
	}
	products := demo.Products()
	words := strings.Fields(products[n%len(products)].Name)
	return "/search?" + url.Values{"q": {words[n%len(words)]}, "n": {fmt.Sprint(n)}}.Encode()
}

// sales measures checkouts and webhooks.
func (g growth) sales(ctx context.Context) error {
	const connections = 16
	for _, row := range []struct {
		what string
		sell func(s *shopOf) (result, error)
	}{
		{"checkouts", func(s *shopOf) (result, error) {
			return checkOut(ctx, s.process, g.stripe, connections, checkoutsPerSecond*g.seconds)
		}},
		{"webhooks", func(s *shopOf) (result, error) {
			return deliver(ctx, s.process, s.database, connections, webhooksPerSecond[connections]*g.seconds)
		}},
	} {
		fmt.Fprintln(os.Stderr, " ", g.kind, row.what)
		var small, large side
		_, _, err := g.turns(func(s *shopOf) (float64, error) {
			r, err := row.sell(s)
			g.pick(s, &small, &large).add(r)
			return 0, errors.Join(err, s.rest(ctx))
		})
		if err != nil {
			return fmt.Errorf("%s: %w", row.what, err)
		}
		g.fewer(fmt.Sprintf("%s, %d at a time", row.what, connections), small.warm(), large.warm())
	}
	return nil
}

// admin asks for every page of the admin, one after the other. Each figure is
// the median of some visits.
func (g growth) admin(ctx context.Context) error {
	small, err := g.demo.adminPages(ctx)
	if err != nil {
		return err
	}
	large, err := g.large.adminPages(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, " ", g.kind, "admin")
	for i, page := range small {
		took, tookLarge, err := g.turns(func(s *shopOf) (float64, error) {
			path := page.path
			if s.large {
				path = large[i].path
			}
			var visits samples
			for range adminVisits {
				began := time.Now()
				if _, err := s.merchant.lines(ctx, path); err != nil {
					return 0, err
				}
				visits = append(visits, inMillis(time.Since(began)))
			}
			return visits.median(), nil
		})
		if err != nil {
			return err
		}
		g.longer("admin: "+page.name, "ms", unnoticed, took, tookLarge)
	}
	return nil
}

// export takes all orders of the large shop out as CSV.
func (g growth) export(ctx context.Context) error {
	if err := g.large.forgetPeak(); err != nil {
		return err
	}
	var rates samples
	for range g.repeat {
		fmt.Fprintln(os.Stderr, " ", g.kind, "export")
		began := time.Now()
		rows, err := g.large.merchant.lines(ctx, "/admin/orders.csv")
		if err != nil {
			return err
		}
		rates = append(rates, float64(rows)/time.Since(began).Seconds())
	}
	peak, err := g.large.peak()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("CSV of %s orders, %s", rate(largeOrders), g.kind)
	g.table.figure(name, rates.show(func(v float64) string { return rate(v) + " rows/s" }), "≥ 50,000 rows/s")
	g.table.figure(name+": most memory", fmt.Sprintf("%.0f MB", peak), "flat")
	return nil
}

// forgetPeak makes peak count from now on.
func (p *process) forgetPeak() error {
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), []byte("5"), 0o600); err != nil {
		return fmt.Errorf("forget the most memory: %w", err)
	}
	return nil
}
