package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"       // to read PostgreSQL
	_ "github.com/ncruces/go-sqlite3/driver" // to read SQLite
)

// database is the shop's database as somebody else sees it.
type database struct {
	url    string
	db     *sql.DB
	server *server // nil: the server is not ours
}

func openDatabase(address string) (*database, error) {
	driver, source := "pgx", address
	if file, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, source = "sqlite3", "file:"+file+"?_pragma=busy_timeout(30000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(0) // a connection that was cut would fail the next question
	return &database{url: address, db: db}, nil
}

// rows asks and returns every column as text, NULL as nothing.
func (d *database) rows(ctx context.Context, query string) ([][]string, error) {
	rows, err := d.db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	columns, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	var all [][]string
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("%s: %w", query, err)
		}
		row := make([]string, len(columns))
		for i, value := range values {
			row[i] = value.String
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// number asks a question whose answer is one number.
func (d *database) number(ctx context.Context, query string) (n int64, err error) {
	if err := d.db.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("%s: %w", query, err)
	}
	return n, nil
}

func (d *database) change(ctx context.Context, statement string) error {
	if _, err := d.db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// both makes two changes in one transaction, the second only where the first
// changed a row; it reports whether it did.
func (d *database) both(ctx context.Context, first, second string) (bool, error) {
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("%s: %w", first, err)
	}
	defer tx.Rollback() //nolint:errcheck // after the commit it does nothing
	result, err := tx.ExecContext(ctx, first)
	if err != nil {
		return false, fmt.Errorf("%s: %w", first, err)
	}
	if changed, err := result.RowsAffected(); err != nil || changed == 0 {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, second); err != nil {
		return false, fmt.Errorf("%s: %w", second, err)
	}
	return true, tx.Commit()
}

func (d *database) isSQLite() bool { return strings.HasPrefix(d.url, "sqlite:") }

// moment writes a time as the job library does: SQLite compares times as text.
func (d *database) moment(at time.Time) string {
	text := at.UTC().Format("2006-01-02 15:04:05.000")
	if !d.isSQLite() {
		text += "+00"
	}
	return "'" + text + "'"
}

// stop keeps the shop from its database for a while: SQLite's file is locked
// by somebody else; PostgreSQL crashes or, where it is not ours, cuts every
// connection and takes no new one.
func (d *database) stop(ctx context.Context, wait time.Duration) error {
	if d.isSQLite() {
		return d.lock(ctx, wait)
	}
	if d.server != nil {
		return d.server.crash(ctx, wait)
	}
	u, err := url.Parse(d.url)
	if err != nil {
		return fmt.Errorf("stop the database: %w", err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	server, err := sql.Open("pgx", u.String())
	if err != nil {
		return fmt.Errorf("stop the database: %w", err)
	}
	defer server.Close() //nolint:errcheck // all is said
	admit := func(yes bool) error {
		_, err := server.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf(`ALTER DATABASE %q WITH ALLOW_CONNECTIONS %t`, name, yes))
		return err
	}
	if err := admit(false); err != nil {
		return fmt.Errorf("stop the database: %w", err)
	}
	_, err = server.ExecContext(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
	rest(ctx, wait)
	if err := errors.Join(err, admit(true)); err != nil {
		return fmt.Errorf("let the database go on: %w", ignoreEnd(ctx, err))
	}
	return nil
}

func (d *database) lock(ctx context.Context, wait time.Duration) error {
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("lock the database: %w", err)
	}
	defer conn.Close() //nolint:errcheck // all is said
	if _, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return nil //nolint:nilerr // the shop did not let go: it was busy, which is what the lock is for
	}
	rest(ctx, wait)
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); err != nil {
		return fmt.Errorf("unlock the database: %w", err)
	}
	return nil
}
