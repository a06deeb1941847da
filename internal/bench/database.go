package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	sqlite "github.com/ncruces/go-sqlite3/driver"

	"tuckshop/internal/demo"
	"tuckshop/models"
)

// database is a database of a shop's, opened without the shop.
type database struct {
	*sql.DB
	url      string
	postgres bool
	orders   int          // copies of an order; their sessions are named cs_bench_1, cs_bench_2, …
	order    models.Order // that they are copies of
	variants int64        // the demo's, of which there is enough
	first    int64        // id of the order before the first copy
	subtotal int64        // what each of them comes to, in minor units
	used     int          // how many of them have been taken
}

// kinds are the databases the shop runs on.
var kinds = []string{"PostgreSQL", "SQLite"}

// newDatabase makes a database with the demo catalogue, or a large one beside
// it, and prepared pending orders. drop throws it away.
func (b *bench) newDatabase(ctx context.Context, kind, name string, orders int) (d *database, drop func() error, err error) {
	d, drop, err = b.emptyDatabase(ctx, kind, name)
	if err != nil {
		return nil, nil, err
	}
	if err = d.fill(ctx, orders); err == nil && b.large {
		err = d.addLargeCatalogue(ctx)
	}
	if err != nil {
		return nil, nil, errors.Join(err, drop())
	}
	return d, drop, nil
}

func (b *bench) emptyDatabase(ctx context.Context, kind, name string) (*database, func() error, error) {
	if kind == "SQLite" {
		path := filepath.Join(b.dir, name+".db")
		d := &database{url: "sqlite:" + path}
		dsn := "file:" + path + "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_pragma=synchronous(FULL)&_pragma=temp_store(MEMORY)"
		var err error
		if d.DB, err = sqlite.Open(dsn, models.RegisterLower); err != nil {
			return nil, nil, fmt.Errorf("open %s: %w", path, err)
		}
		d.SetMaxOpenConns(1) // as the shop does: one writer never waits for a lock
		return d, d.Close, nil
	}
	server, err := sql.Open("pgx", b.server)
	if err != nil {
		return nil, nil, fmt.Errorf("open PostgreSQL: %w", err)
	}
	name = "bench_" + strings.ToLower(models.NewToken())
	if _, err := server.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("make a database: %w", err), server.Close())
	}
	address, err := url.Parse(b.server)
	if err != nil {
		return nil, nil, fmt.Errorf("read TEST_DATABASE_URL: %w", err)
	}
	address.Path = "/" + name
	d := &database{url: address.String(), postgres: true}
	if d.DB, err = sql.Open("pgx", d.url); err != nil {
		return nil, nil, fmt.Errorf("open PostgreSQL: %w", err)
	}
	d.SetMaxOpenConns(64)
	d.SetMaxIdleConns(64)
	return d, func() error {
		closed := d.Close()
		_, err := server.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		return errors.Join(closed, err, server.Close())
	}, nil
}

// fill migrates the database, seeds the demo, lets the shop make one pending
// order of two articles, and copies that.
func (d *database) fill(ctx context.Context, orders int) (err error) {
	store, err := models.Open(ctx, d.url, models.Options{MailFrom: "shop@example.com"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if _, err := store.Migrate(ctx); err != nil {
		return err
	}
	if _, err := store.EnsureShop(ctx, "Tuckshop", "USD"); err != nil {
		return err
	}
	if _, err := demo.Seed(ctx, store, time.Now()); err != nil {
		return err
	}
	// So much that no sale changes what a page says.
	if _, err := d.ExecContext(ctx, "UPDATE variants SET stock = 1000000, reserved = 400000"); err != nil {
		return fmt.Errorf("fill the shelves: %w", err)
	}
	token := models.NewToken()
	for variant := int64(1); variant <= 2; variant++ {
		if err := store.AddToCart(ctx, token, variant, 1); err != nil {
			return err
		}
	}
	begun, err := store.BeginCheckout(ctx, token)
	if err != nil {
		return err
	}
	if err := store.SessionOpened(ctx, begun.Attempt, models.CheckoutSession{ID: "cs_bench_0", URL: "http://localhost/pay"}); err != nil {
		return err
	}
	d.order, d.first, d.subtotal = begun.Order, begun.Order.ID, begun.Order.Subtotal
	if d.variants, err = d.number(ctx, "SELECT COUNT(*) FROM variants"); err != nil {
		return err
	}
	return d.prepare(ctx, orders)
}

// prepare copies the order with all that hangs on it, count times. Every copy
// has a cart, a session and articles of its own, spread over the demo's
// catalogue.
func (d *database) prepare(ctx context.Context, count int) error {
	order, before := d.order, d.orders
	d.orders += count
	another := "(t.variant_id + n) % " + strconv.FormatInt(d.variants, 10) + " + 1" // ids of a seeded shop have no gaps
	for _, table := range []struct {
		name, where string
		id          int64
		replaced    map[string]string // by an expression of t, the row, and n; empty: the database's own default
	}{
		{"carts", "id", *order.CartID, map[string]string{"id": "t.id + n", "token_hash": "t.token_hash || n", "order_id": "NULL"}},
		{"cart_items", "cart_id", *order.CartID, map[string]string{"cart_id": "t.cart_id + n", "variant_id": another}},
		{"orders", "id", order.ID, map[string]string{
			"id": "t.id + n", "number": "'' || (1000 + t.id + n)", "token": "t.token || n", "cart_id": "t.cart_id + n", "stripe_session_id": "'cs_bench_' || n",
			"created_at": d.ago("0"), "updated_at": d.ago("0"),
		}},
		{"order_items", "order_id", order.ID, map[string]string{"id": "", "order_id": "t.order_id + n", "variant_id": another}},
		{"checkout_attempts", "order_id", order.ID, map[string]string{
			"id": "", "order_id": "t.order_id + n", "idempotency_key": "t.idempotency_key || n", "stripe_session_id": "'cs_bench_' || n",
			"created_at": d.ago("0"), "expires_at": d.ago("-86400"),
		}},
	} {
		if err := d.copyRow(ctx, table.name, table.where, table.id, before+1, d.orders, table.replaced); err != nil {
			return fmt.Errorf("copy %s: %w", table.name, err)
		}
	}
	after := []string{fmt.Sprintf("UPDATE carts SET order_id = id + %d WHERE id > %d", order.ID-*order.CartID, *order.CartID)}
	if d.postgres {
		for _, table := range []string{"orders", "carts"} {
			after = append(after, fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', 'id'), (SELECT MAX(id) FROM %s))", table, table))
		}
		after = append(after, "VACUUM ANALYZE", "CHECKPOINT")
	} else {
		after = append(after, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	for _, statement := range after {
		if _, err := d.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// ago is the expression of a time so many seconds ago, an expression too.
func (d *database) ago(seconds string) string {
	if d.postgres {
		return "now() - " + seconds + " * interval '1 second'"
	}
	return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', -(" + seconds + ") || ' seconds')"
}

// copyRow writes a copy of a row for each n from first to last. It asks the
// table for its columns, so that a new one needs no word here.
func (d *database) copyRow(ctx context.Context, table, where string, id int64, first, last int, replaced map[string]string) error {
	columns, err := d.columns(ctx, table)
	if err != nil {
		return err
	}
	var into, values []string
	for _, column := range columns {
		value, is := replaced[column]
		if is && value == "" {
			continue
		}
		if !is {
			value = "t." + column
		}
		into, values = append(into, column), append(values, value)
	}
	_, err = d.ExecContext(ctx, fmt.Sprintf( //nolint:gosec // our own words
		"WITH RECURSIVE g(n) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT n + 1 FROM g WHERE n < %d) INSERT INTO %s (%s) SELECT %s FROM g, %s t WHERE t.%s = %d",
		first, last, table, strings.Join(into, ", "), strings.Join(values, ", "), table, where, id))
	return err
}

// columns are those of a table that are written, in their order.
func (d *database) columns(ctx context.Context, table string) ([]string, error) {
	names := "SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid" // which leaves out what is generated
	if d.postgres {
		names = "SELECT column_name FROM information_schema.columns WHERE table_name = '" + table + "' AND is_generated = 'NEVER' ORDER BY ordinal_position"
	}
	return d.strings(ctx, names)
}

// rowCounts counts the rows of every table.
func (d *database) rowCounts(ctx context.Context) (map[string]int, error) {
	names := "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
	if d.postgres {
		names = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	tables, err := d.strings(ctx, names)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, table := range tables {
		if table == "river_job" { // periodic jobs come when they like
			table += " WHERE kind = 'send_email'"
		}
		var rows int
		if err := d.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&rows); err != nil { //nolint:gosec // our own tables
			return nil, fmt.Errorf("count %s: %w", table, err)
		}
		counts[table] = rows
	}
	return counts, nil
}

func (d *database) strings(ctx context.Context, query string) (values []string, err error) {
	rows, err := d.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close(), rows.Err()) }()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

// take names count orders that nobody has taken yet: the first and up.
func (d *database) take(count int) (int, error) {
	if d.used+count > d.orders {
		return 0, fmt.Errorf("%d orders were prepared, %d are wanted", d.orders, d.used+count)
	}
	d.used += count
	return d.used - count + 1, nil
}

// rest waits until no job is left, so that the next measurement begins
// with an idle shop.
func (d *database) rest(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(2 * patience); ; {
		var waiting int
		if err := d.QueryRowContext(ctx, "SELECT COUNT(*) FROM river_job WHERE queue = 'default' AND state IN ('available', 'running', 'retryable')").Scan(&waiting); err != nil {
			return fmt.Errorf("count jobs: %w", err)
		}
		if waiting == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d jobs are still waiting", waiting)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
