package models_test

import (
	"database/sql"
	"maps"
	"slices"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestBothDatabasesHaveTheSameColumns compares what the two folders of
// migrations make.
func TestBothDatabasesHaveTheSameColumns(t *testing.T) {
	columns := map[string]map[string]bool{}
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		driver, source, query := "pgx", databaseURL, "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
		if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
			driver, source, query = "sqlite3", "file:"+path, "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'product_words%'"
		}
		db, err := sql.Open(driver, source)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		found := map[string]bool{}
		for rows.Next() {
			var table, column string
			if err := rows.Scan(&table, &column); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(table, "river_") && !strings.HasPrefix(table, "goose_") && !strings.HasPrefix(table, "sqlite_") && !strings.HasPrefix(table, "product_words") {
				found[table+"."+column] = true
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		columns[map[bool]string{false: "sqlite", true: "postgres"}[store.Postgres()]] = found
	})
	if !maps.Equal(columns["sqlite"], columns["postgres"]) || !columns["sqlite"]["audit_entries.action"] {
		t.Errorf("SQLite has\n%q\nPostgreSQL has\n%q", slices.Sorted(maps.Keys(columns["sqlite"])), slices.Sorted(maps.Keys(columns["postgres"])))
	}
}
