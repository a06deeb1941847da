package modelstest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tuckshop/models"
)

// content is what is in a new database.
type content int

const (
	empty    content = iota
	migrated         // today's schema
)

// copies are the databases, by their URL, that are copies of a template. To
// migrate takes far longer than to copy: each process migrates one database of
// either kind, and the tests get copies.
var copies sync.Map

// sqlite names a database of the test's own.
func sqlite(t *testing.T, made content) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.db")
	if made == migrated {
		copyTo(t, path)
	}
	return "sqlite:" + path
}

func copyTo(t *testing.T, path string) {
	t.Helper()
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
	copies.Store("sqlite:"+path, true)
}

// sqliteTemplate is the file of a migrated database.
var sqliteTemplate = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "modelstest")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "shop.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path) //nolint:gosec // a file of our own; closed, it has no WAL
})

// postgres makes a database on the server TEST_DATABASE_URL names and drops it
// when the test ends.
func postgres(t *testing.T, made content) string {
	t.Helper()
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		t.Fatal("TEST_DATABASE_URL is not set: run `make test`, or `.ci/postgres run go test ./...`")
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := newName()
	create := fmt.Sprintf("CREATE DATABASE %s", name)
	if made == migrated {
		template, err := postgresTemplate()
		if err != nil {
			t.Fatal(err)
		}
		create = fmt.Sprintf("%s TEMPLATE %s", create, template)
	}
	if _, err := admin.ExecContext(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(context.WithoutCancel(t.Context()), fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", name)); err != nil {
			t.Error(err)
		}
		if err := admin.Close(); err != nil {
			t.Error(err)
		}
	})
	databaseURL, err := on(server, name)
	if err != nil {
		t.Fatal(err)
	}
	if made == migrated {
		copies.Store(databaseURL, true)
	}
	return databaseURL
}

// templatePrefix begins the names of the migrated databases. Each belongs to a
// process, which holds the advisory lock of its name as long as it lives.
const templatePrefix = "template_"

// postgresTemplate makes a migrated database that can only be copied, and drops
// those of processes that are gone.
var postgresTemplate = sync.OnceValues(func() (string, error) {
	ctx, server := context.Background(), os.Getenv("TEST_DATABASE_URL")
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	owner, err := db.Conn(ctx) // never closed: it holds the lock
	if err != nil {
		return "", err
	}
	if err := dropLeft(ctx, owner); err != nil {
		return "", err
	}
	name := templatePrefix + newName()
	if _, err := owner.ExecContext(ctx, "SELECT pg_advisory_lock(hashtextextended($1, 0))", name); err != nil {
		return "", err
	}
	if _, err := owner.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	databaseURL, err := on(server, name)
	if err != nil {
		return "", err
	}
	if err := migrate(databaseURL); err != nil {
		return "", err
	}
	// Nobody may be connected to what is copied, and so no autovacuum either.
	_, err = owner.ExecContext(ctx, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false")
	return name, err
})

// dropLeft drops the templates whose lock nobody holds. A lock that it gets it
// keeps: the name does not come again.
func dropLeft(ctx context.Context, owner *sql.Conn) error {
	rows, err := owner.QueryContext(ctx, "SELECT datname FROM pg_database WHERE starts_with(datname, $1) AND pg_try_advisory_lock(hashtextextended(datname, 0))", templatePrefix)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var left []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		left = append(left, name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, name := range left {
		if _, err := owner.ExecContext(ctx, "DROP DATABASE "+name); err != nil {
			return err
		}
	}
	return nil
}

func newName() string { return "t" + strings.ToLower(models.NewToken()) }

// on is the URL of another database of a server.
func on(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

func migrate(databaseURL string) error {
	ctx := context.Background()
	store, err := models.Open(ctx, databaseURL, models.Options{})
	if err != nil {
		return err
	}
	_, err = store.Migrate(ctx)
	return errors.Join(err, store.Close())
}
