package models_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// waiting returns once somebody waits for a lock of PostgreSQL's. On SQLite
// whoever writes waits before reading anything, which nobody sees.
func waiting(t *testing.T, db *sql.DB, databaseURL string) {
	t.Helper()
	for waiters := 0; waiters == 0 && !strings.HasPrefix(databaseURL, "sqlite:"); {
		query := "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
		if err := db.QueryRowContext(t.Context(), query).Scan(&waiters); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFirstSavesOfAMenu has a colleague's first save of a menu end in the
// middle of one's own.
func TestFirstSavesOfAMenu(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		db := openSQL(t, databaseURL)
		colleague, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer colleague.Rollback() //nolint:errcheck // only where the test has failed
		if _, err := colleague.ExecContext(t.Context(), "INSERT INTO menus (name, entries, version) VALUES ('footer', '[]', 1)"); err != nil {
			t.Fatal(err)
		}
		mine := models.Menu{Name: models.MenuFooter, Entries: []models.MenuEntry{{Label: "Shop", Link: models.Link{Kind: models.LinkHeading}}}}
		saved := make(chan error, 1)
		go func(ctx context.Context) { saved <- store.SaveMenu(ctx, mine, editor) }(t.Context())
		waiting(t, db, databaseURL)
		if err := colleague.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := <-saved; !errors.Is(err, models.ErrConflict) {
			t.Errorf("saved over what a colleague saved first: %v", err)
		}
		menu, err := store.Menu(t.Context(), models.MenuFooter)
		if err != nil || len(menu.Entries) != 0 || menu.Version != 1 {
			t.Errorf("the colleague's is %+v now, %v", menu, err)
		}
	})
}
