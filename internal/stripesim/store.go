package stripesim

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/ncruces/go-sqlite3/driver"
)

// schema holds the steps from an empty file to the tables of today: 1.sql, 2.sql, …
//
//go:embed schema
var schema embed.FS

// schemaVersion is the number of the last step. A file's own is kept in its user_version; a newer one is refused.
const schemaVersion = 2

// store is the simulator's database. It has one connection: transactions run one after the other, so that
// code inside one never meets a conflict, and must not ask the store for a second one.
type store struct {
	db *sql.DB
}

func openStore(ctx context.Context, path string) (*store, error) {
	dsn := ":memory:"
	if path != "" {
		// Losing the last moments to a power cut is fine for a simulator, a killed process loses nothing:
		// hence synchronous(NORMAL).
		dsn = "file:" + (&url.URL{Path: path}).EscapedPath() + "?_txlock=immediate" +
			"&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"
	}
	db, err := driver.Open(dsn)
	if err != nil {
		return nil, fmt.Errorf("open simulator state: %w", err)
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	st := &store{db: db}
	if err := st.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return st, nil
}

func (st *store) migrate(ctx context.Context) error {
	return st.do(ctx, func(t *tx) error {
		var version int
		if err := t.queryRow("PRAGMA user_version").Scan(&version); err != nil {
			return fmt.Errorf("read the version of the simulator's state: %w", err)
		}
		if version > schemaVersion {
			return fmt.Errorf("the simulator's state has version %d, this program knows %d", version, schemaVersion)
		}
		for version < schemaVersion {
			version++
			if err := t.step(version); err != nil {
				return fmt.Errorf("bring the simulator's tables to version %d: %w", version, err)
			}
		}
		return nil
	})
}

// step executes one step of the schema.
func (t *tx) step(version int) error {
	script, err := schema.ReadFile(fmt.Sprintf("schema/%d.sql", version))
	if err != nil {
		return err
	}
	for statement := range strings.SplitSeq(string(script), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := t.exec(statement); err != nil {
			return err
		}
	}
	_, err = t.exec(fmt.Sprintf("PRAGMA user_version = %d", version))
	return err
}

func (st *store) close() error { return st.db.Close() }

// do runs fn in a transaction and commits what it did unless it returns an error. The transaction takes well
// under a millisecond and ignores the end of ctx: a client that hangs up cannot leave half a payment.
func (st *store) do(ctx context.Context, fn func(*tx) error) error {
	ctx = context.WithoutCancel(ctx)
	inner, err := st.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = inner.Rollback() }() // after a commit this does nothing
	if err := fn(&tx{ctx: ctx, sql: inner}); err != nil {
		return err
	}
	if err := inner.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// tx is one transaction, with the context it lives in.
type tx struct {
	ctx context.Context
	sql *sql.Tx
}

func (t *tx) exec(statement string, args ...any) (sql.Result, error) {
	return t.sql.ExecContext(t.ctx, statement, args...)
}

func (t *tx) queryRow(query string, args ...any) *sql.Row {
	return t.sql.QueryRowContext(t.ctx, query, args...)
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	return t.sql.QueryContext(t.ctx, query, args...)
}

// errNotFound says that no object has the id, or that it is of another kind.
var errNotFound = errors.New("no such object")

// insert stores a new object; its kind is its "object" field.
func (t *tx) insert(o object) error {
	doc, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("encode %s: %w", o.id(), err)
	}
	if _, err := t.exec("INSERT INTO objects (id, kind, doc) VALUES (?, ?, ?)", o.id(), o.str("object"), string(doc)); err != nil {
		return fmt.Errorf("insert %s: %w", o.id(), err)
	}
	return nil
}

// update replaces the stored document of an object.
func (t *tx) update(o object) error {
	doc, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("encode %s: %w", o.id(), err)
	}
	if _, err := t.exec("UPDATE objects SET doc = ? WHERE id = ?", string(doc), o.id()); err != nil {
		return fmt.Errorf("update %s: %w", o.id(), err)
	}
	return nil
}

// object loads the object of a kind; kind "" takes any.
func (t *tx) object(kind, id string) (object, error) {
	var stored, doc string
	err := t.queryRow("SELECT kind, doc FROM objects WHERE id = ?", id).Scan(&stored, &doc)
	if errors.Is(err, sql.ErrNoRows) || err == nil && kind != "" && stored != kind {
		return nil, errNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", id, err)
	}
	return decodeObject([]byte(doc))
}

// remove deletes an object for good.
func (t *tx) remove(id string) error {
	if _, err := t.exec("DELETE FROM objects WHERE id = ?", id); err != nil {
		return fmt.Errorf("delete %s: %w", id, err)
	}
	return nil
}

// clause is one condition of a list query; its text never holds a client's value.
type clause struct {
	text string
	args []any
}

func where(text string, args ...any) clause { return clause{text, args} }

// page says which part of a list is wanted, newest first, as Stripe's pagination parameters do.
type page struct {
	limit         int
	after, before string // ids of objects
}

// objects lists a kind, newest first, and says whether there are more in the direction asked for.
func (t *tx) objects(kind string, pg page, filter ...clause) ([]object, bool, error) {
	filter = append(filter, where("kind = ?", kind))
	rows, more, err := t.list("objects", "doc", pg, filter)
	if err != nil {
		return nil, false, fmt.Errorf("list %s: %w", kind, err)
	}
	out := make([]object, len(rows))
	for i, row := range rows {
		if out[i], err = decodeObject(row); err != nil {
			return nil, false, err
		}
	}
	return out, more, nil
}

// list reads one column of a table that has seq and id, by page.
func (t *tx) list(table, column string, pg page, filter []clause) ([][]byte, bool, error) {
	order := "DESC"
	for _, cursor := range []struct{ id, op string }{{pg.after, "<"}, {pg.before, ">"}} {
		if cursor.id == "" {
			continue
		}
		var seq int64
		err := t.queryRow("SELECT seq FROM "+table+" WHERE id = ?", cursor.id).Scan(&seq)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, false, errNotFound
		}
		if err != nil {
			return nil, false, err
		}
		filter = append(filter, where("seq "+cursor.op+" ?", seq))
	}
	if pg.before != "" {
		order = "ASC"
	}
	texts, args := []string{"1"}, []any{}
	for _, c := range filter {
		texts = append(texts, c.text)
		args = append(args, c.args...)
	}
	out, err := collect(t, func(rows *sql.Rows) (value []byte, err error) {
		err = rows.Scan(&value)
		return value, err
	}, "SELECT "+column+" FROM "+table+" WHERE "+strings.Join(texts, " AND ")+" ORDER BY seq "+order+" LIMIT ?",
		append(args, pg.limit+1)...)
	if err != nil {
		return nil, false, err
	}
	more := len(out) > pg.limit
	if more {
		out = out[:pg.limit]
	}
	if pg.before != "" {
		slices.Reverse(out)
	}
	return out, more, nil
}

// later has a task done at a time given in Unix milliseconds.
func (t *tx) later(due int64, kind, object string) error {
	if _, err := t.exec("INSERT INTO tasks (due, kind, object) VALUES (?, ?, ?)", due, kind, object); err != nil {
		return fmt.Errorf("plan %s of %s: %w", kind, object, err)
	}
	return nil
}

// collect reads all rows of a query.
func collect[T any](t *tx, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := t.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // what goes wrong is in rows.Err
	var out []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, rows.Err()
}
