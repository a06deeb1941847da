package proctest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"       // to read PostgreSQL
	_ "github.com/ncruces/go-sqlite3/driver" // to read SQLite
)

// Rows asks the shop's database and returns the rows as text, columns joined
// by spaces. It opens the database for this one question alone, so that a
// killed shop finds its files as it left them.
func (s *Shop) Rows(query string) []string {
	s.t.Helper()
	return Rows(s.t, s.DatabaseURL, query)
}

// Count asks a question whose answer is one number.
func (s *Shop) Count(query string) int64 {
	s.t.Helper()
	rows := s.Rows(query)
	if len(rows) != 1 {
		s.t.Fatalf("%s: %d rows", query, len(rows))
	}
	n, err := strconv.ParseInt(rows[0], 10, 64)
	if err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// Rows asks a database; see Shop.Rows.
func Rows(t *testing.T, databaseURL, query string) []string {
	t.Helper()
	db := open(t, databaseURL)
	defer db.Close() //nolint:errcheck // only this one question
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		var line []string
		for _, value := range values {
			line = append(line, value.String)
		}
		lines = append(lines, strings.Join(line, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return lines
}

// Exec changes a database behind the shop's back.
func Exec(t *testing.T, databaseURL, statement string) {
	t.Helper()
	db := open(t, databaseURL)
	defer db.Close() //nolint:errcheck // only this one question
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func open(t *testing.T, databaseURL string) *sql.DB {
	t.Helper()
	driver, source := "pgx", databaseURL
	if file, is := sqliteFile(databaseURL); is {
		driver, source = "sqlite3", "file:"+file+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

// sqliteFile is the file of a SQLite database.
func sqliteFile(databaseURL string) (file string, is bool) {
	return strings.CutPrefix(databaseURL, "sqlite:")
}

// hold opens a transaction that lasts until the returned function is called,
// at the latest when the test ends.
func hold(t *testing.T, databaseURL, begin string) (end func()) {
	t.Helper()
	db := open(t, databaseURL)
	conn, err := db.Conn(t.Context())
	if err == nil {
		_, err = conn.ExecContext(t.Context(), begin)
	}
	if err != nil {
		t.Fatalf("%s: %v", begin, err)
	}
	end = sync.OnceFunc(func() {
		_, err := conn.ExecContext(context.WithoutCancel(t.Context()), "ROLLBACK")
		if err := errors.Join(err, conn.Close(), db.Close()); err != nil {
			t.Errorf("end the transaction: %v", err)
		}
	})
	t.Cleanup(end)
	return end
}

// HoldWebhooks keeps every webhook from being stored until the returned
// function is called: another program holds their table, on SQLite the whole
// database, against writers.
func HoldWebhooks(t *testing.T, databaseURL string) (release func()) {
	t.Helper()
	if _, is := sqliteFile(databaseURL); is {
		return hold(t, databaseURL, "BEGIN IMMEDIATE")
	}
	return hold(t, databaseURL, "BEGIN; LOCK TABLE stripe_events IN EXCLUSIVE MODE")
}

// Stall makes every webhook's transaction stop between its last statement and
// its commit.
type Stall struct {
	t           *testing.T
	databaseURL string
	log         string // SQLite's write-ahead log
}

// SQLite keeps some 500 changed pages in memory and writes more of them to its
// log before it commits. A Stall changes so many that they are seen there.
const (
	stallPages = 1000
	seenPages  = 200
	pageSize   = 4096
)

// StallWebhooks installs a Stall: a trigger on the outcome of an event, which
// is what the transaction writes last.
func StallWebhooks(t *testing.T, databaseURL string) *Stall {
	t.Helper()
	s := &Stall{t: t, databaseURL: databaseURL}
	file, is := sqliteFile(databaseURL)
	if !is {
		Exec(t, databaseURL, `CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
			CREATE TRIGGER stall AFTER UPDATE OF outcome ON stripe_events FOR EACH ROW EXECUTE FUNCTION stall()`)
		return s
	}
	// The log is emptied, which takes a moment when nobody reads or writes.
	Eventually(t, patience, "the log is empty", func() bool {
		return strings.HasPrefix(Rows(t, databaseURL, "PRAGMA wal_checkpoint(TRUNCATE)")[0], "0 ")
	})
	Exec(t, databaseURL, fmt.Sprintf(`
		CREATE TABLE stall_pages (content);
		CREATE VIEW stall_numbers AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;
		CREATE TRIGGER stall AFTER UPDATE OF outcome ON stripe_events BEGIN
			INSERT INTO stall_pages SELECT zeroblob(4000) FROM (SELECT i FROM stall_numbers LIMIT %d);
			INSERT INTO stall_pages SELECT COUNT(*) FROM (SELECT i FROM stall_numbers LIMIT 1000000000000);
		END`, stallPages))
	s.log = file + "-wal"
	return s
}

// Reached reports whether a transaction is there: all is written, nothing
// committed.
func (s *Stall) Reached() bool {
	s.t.Helper()
	if s.log == "" {
		return Rows(s.t, s.databaseURL, "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")[0] == "1"
	}
	info, err := os.Stat(s.log)
	if err != nil {
		s.t.Fatal(err)
	}
	return info.Size() > seenPages*pageSize
}

// End takes the Stall away from a database whose shop was killed. PostgreSQL
// notices late that nobody waits for a statement, and is told.
func (s *Stall) End() {
	s.t.Helper()
	if s.log != "" {
		Exec(s.t, s.databaseURL, "DROP TRIGGER stall; DROP VIEW stall_numbers; DROP TABLE stall_pages")
		return
	}
	Exec(s.t, s.databaseURL, "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")
	Exec(s.t, s.databaseURL, "DROP TRIGGER stall ON stripe_events")
}

// ShutDatabase keeps the shop from its database until the returned function is
// called: PostgreSQL cuts every connection and takes no new one; SQLite's file
// is another program's, which writes and does not come to an end.
func ShutDatabase(t *testing.T, databaseURL string) (reopen func()) {
	t.Helper()
	if _, is := sqliteFile(databaseURL); is {
		return hold(t, databaseURL, "BEGIN EXCLUSIVE")
	}
	return alter(t, databaseURL, "WITH ALLOW_CONNECTIONS false", "WITH ALLOW_CONNECTIONS true")
}

// RefuseWrites makes a PostgreSQL database answer questions and take no
// change, until the returned function is called.
func RefuseWrites(t *testing.T, databaseURL string) (allow func()) {
	t.Helper()
	return alter(t, databaseURL, "SET default_transaction_read_only = on", "RESET default_transaction_read_only")
}

// alter changes a PostgreSQL database, and back again when the returned
// function is called. Every connection is cut at both, so that none goes on
// under the rules of before.
func alter(t *testing.T, databaseURL, change, back string) (undo func()) {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres" // from where it can be done
	server := open(t, u.String())
	alter := func(how string) error {
		ctx := context.WithoutCancel(t.Context())
		_, err := server.ExecContext(ctx, fmt.Sprintf(`ALTER DATABASE %q %s`, name, how))
		if err == nil {
			_, err = server.ExecContext(ctx, "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = $1", name)
		}
		return err
	}
	if err := alter(change); err != nil {
		t.Fatalf("%s: %v", change, err)
	}
	undo = sync.OnceFunc(func() {
		if err := errors.Join(alter(back), server.Close()); err != nil {
			t.Errorf("%s: %v", back, err)
		}
	})
	t.Cleanup(undo)
	return undo
}
