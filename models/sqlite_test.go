package models

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

func keepingDB(t *testing.T) *sql.DB {
	t.Helper()
	db, err := openSQLiteDB("file:" + filepath.Join(t.TempDir(), "kept.db"))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE)"); err != nil {
		t.Fatal(err)
	}
	return db
}

func idle(t *testing.T, db *sql.DB) int {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	kept := 0
	if err := conn.Raw(func(c any) error { kept = len(c.(*keepingConn).idle); return nil }); err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestStatementsAreUsedAgain(t *testing.T) {
	db := keepingDB(t)
	for i := range 10 {
		if _, err := db.ExecContext(t.Context(), "INSERT INTO t (id, name) VALUES (?, ?)", i, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
		// Left before its last row:
		rows, err := db.QueryContext(t.Context(), "SELECT name FROM t WHERE id <= ? ORDER BY id DESC", i)
		if err != nil {
			t.Fatal(err)
		}
		var name string
		if !rows.Next() || rows.Scan(&name) != nil || name != fmt.Sprint(i) {
			t.Errorf("row %d is %q", i, name)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil { //nolint:sqlclosecheck // within the loop
			t.Fatal(err)
		}
	}
	if kept := idle(t, db); kept != 2 {
		t.Errorf("%d statements are kept, want 2", kept)
	}
}

func TestAStatementThatFailedIsUsedAgain(t *testing.T) {
	db := keepingDB(t)
	insert := func(name any) error {
		_, err := db.ExecContext(t.Context(), "INSERT INTO t (name) VALUES (?)", name)
		return err
	}
	for i := range 3 {
		if err := insert(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
		if insert(fmt.Sprint(i)) == nil {
			t.Error("a second row of a unique name was stored")
		}
	}
	var rows int
	if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM t").Scan(&rows); err != nil || rows != 3 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

func TestTheSameStatementTwiceAtOnce(t *testing.T) {
	db := keepingDB(t)
	if _, err := db.ExecContext(t.Context(), "INSERT INTO t (name) VALUES ('a'), ('b')"); err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var pairs []string
	outer, err := tx.QueryContext(t.Context(), "SELECT name FROM t ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer outer.Close()
	for outer.Next() {
		inner, err := tx.QueryContext(t.Context(), "SELECT name FROM t ORDER BY id")
		if err != nil {
			t.Fatal(err)
		}
		for inner.Next() {
			var a, b string
			if err := outer.Scan(&a); err != nil {
				t.Fatal(err)
			}
			if err := inner.Scan(&b); err != nil {
				t.Fatal(err)
			}
			pairs = append(pairs, a+b)
		}
		if err := errors.Join(inner.Err(), inner.Close()); err != nil { //nolint:sqlclosecheck // within the loop
			t.Fatal(err)
		}
	}
	if err := outer.Err(); err != nil {
		t.Error(err)
	}
	if got := fmt.Sprint(pairs); got != "[aa ab ba bb]" {
		t.Errorf("pairs %s", got)
	}
}

func TestAChangedTableIsSeenByKeptStatements(t *testing.T) {
	db := keepingDB(t)
	columns := func() int {
		rows, err := db.QueryContext(t.Context(), "SELECT * FROM t WHERE id = ?", 1)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	for _, statement := range []string{"INSERT INTO t (id, name) VALUES (1, 'a')", "ALTER TABLE t ADD COLUMN more TEXT NOT NULL DEFAULT ''"} {
		columns()
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if got := columns(); got != 3 {
		t.Errorf("%d columns, want 3", got)
	}
	if _, err := db.ExecContext(t.Context(), "DROP TABLE t"); err != nil {
		t.Errorf("kept statements keep a table: %v", err)
	}
}

func TestAConnectionKeepsSoManyStatementsAndNoMore(t *testing.T) {
	db := keepingDB(t)
	for i := range 3 * keptStatements {
		var n int
		if err := db.QueryRowContext(t.Context(), fmt.Sprintf("SELECT %d + ?", i), 1).Scan(&n); err != nil || n != i+1 {
			t.Fatalf("%d, %v", n, err)
		}
		if kept := idle(t, db); kept > keptStatements {
			t.Fatalf("%d statements are kept", kept)
		}
	}
}
