package models_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// What is planned for a whole minute is due a moment after it: as text,
// 13:00:00Z would come after 13:00:00.011Z.
func TestWholeSecondsCompareWithTheirParts(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		clock := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
		store := modelstest.New(t, url, models.Options{Now: clock.now})
		edit, at := shirt(), clock.at.Add(time.Hour).In(time.FixedZone("", 2*3600)) // staff think in a zone of their own
		edit.Status, edit.PublishAt = models.ProductScheduled, &at
		made(t, store, edit)
		ended, err := store.CreateDiscount(t.Context(), models.Discount{
			Name: "Morning", Code: "MORNING", Kind: models.DiscountPercent, Percent: 10, Enabled: true, EndsAt: &at,
		}, staff)
		if err != nil {
			t.Fatal(err)
		}
		clock.pass(time.Hour + 11*time.Millisecond)
		if n, err := store.PublishDue(t.Context()); err != nil || n != 1 {
			t.Errorf("put %d on sale, %v", n, err)
		}
		over, err := store.Discounts(t.Context(), models.DiscountFilter{Status: models.DiscountOver, Limit: 10})
		if err != nil || len(over) != 1 || over[0].ID != ended.ID || !over[0].EndsAt.Equal(at) {
			t.Errorf("over are %+v, %v", over, err)
		}
	})
}

func TestTheNewestOfOneSecondComesFirst(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		clock := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
		store := modelstest.New(t, url, models.Options{Now: clock.now})
		for _, slug := range []string{"first", "second", "third", "fourth"} {
			made(t, store, models.ProductEdit{Name: slug, Status: models.ProductActive, Variants: []models.VariantEdit{{SKU: slug, Price: 100}}})
			clock.pass(55 * time.Millisecond) // .000, .055, .110, .165
		}
		newest, err := store.Highlights(t.Context(), models.SortNewest, 4)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range newest {
			got = append(got, p.Slug)
		}
		if want := []string{"fourth", "third", "second", "first"}; !slices.Equal(got, want) {
			t.Errorf("the newest are %q, want %q", got, want)
		}
	})
}

// TestTimesOfBefore has the migration write anew what was stored with a
// fraction of any width.
func TestTimesOfBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	clock := &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	store, err := models.Open(t.Context(), "sqlite:"+path, models.Options{Now: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if err := store.MigrateTo(t.Context(), 16); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `INSERT INTO products (slug, name, status, publish_at, created_at, updated_at)
		VALUES ('pen', 'Pen', 'scheduled', '2026-03-01T13:00:00Z', '2026-03-01T12:00:00.12Z', '2026-03-01T12:00:00Z')`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := store.EnsureShop(t.Context(), "Tuckshop", "USD"); err != nil {
		t.Fatal(err)
	}
	var publish, created string
	err = db.QueryRowContext(t.Context(), "SELECT publish_at || '', created_at || '' FROM products").Scan(&publish, &created)
	if err != nil || publish != "2026-03-01T13:00:00.000Z" || created != "2026-03-01T12:00:00.120Z" {
		t.Errorf("stored are %s and %s, %v", publish, created, err)
	}
	clock.pass(time.Hour + 11*time.Millisecond)
	if n, err := store.PublishDue(t.Context()); err != nil || n != 1 {
		t.Errorf("put %d on sale, %v", n, err)
	}
}
