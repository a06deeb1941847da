package models_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// clock is a clock that tests set forward.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func silent(t *testing.T, store *models.Store) bool {
	t.Helper()
	silence, err := store.Silence(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return silence.Silent()
}

// pay settles an order as the success page and the reconciler do: without an
// event.
func pay(t *testing.T, store *models.Store, session models.CheckoutSession) {
	t.Helper()
	if applied, err := store.ApplySession(t.Context(), session); err != nil || applied.Outcome != models.OutcomePaid {
		t.Fatalf("apply: %+v, %v", applied, err)
	}
}

func TestSilence(t *testing.T) {
	const late = 16 * time.Minute
	foreign := func() models.Event { // what a test of the webhook sends
		return event(models.EventSessionExpired, models.CheckoutSession{ID: "cs_" + models.NewToken(), Status: "expired"})
	}
	for name, play := range map[string]func(t *testing.T, store *models.Store, variant int64, at *clock) bool{
		"a shop without orders is quiet": func(*testing.T, *models.Store, int64, *clock) bool { return false },
		"nobody buys for weeks after a webhook": func(t *testing.T, store *models.Store, variant int64, at *clock) bool {
			_, session := checkout(t, store, variant, 1)
			receive(t, store, event(models.EventSessionCompleted, session))
			at.at = at.at.Add(20 * 24 * time.Hour)
			return false
		},
		"an open order waits": func(t *testing.T, store *models.Store, variant int64, at *clock) bool {
			checkout(t, store, variant, 1)
			at.at = at.at.Add(20 * time.Hour)
			return false
		},
		"the success page was first, the webhook came": func(t *testing.T, store *models.Store, variant int64, at *clock) bool {
			_, session := checkout(t, store, variant, 1)
			pay(t, store, session)
			at.at = at.at.Add(10 * time.Minute)
			receive(t, store, event(models.EventSessionCompleted, session))
			at.at = at.at.Add(late)
			return false
		},
		"the webhook may still come": func(t *testing.T, store *models.Store, variant int64, at *clock) bool {
			_, session := checkout(t, store, variant, 1)
			pay(t, store, session)
			at.at = at.at.Add(14 * time.Minute)
			return false
		},
		"a replica's clock is two minutes behind": func(t *testing.T, store *models.Store, variant int64, at *clock) bool {
			_, session := checkout(t, store, variant, 1)
			pay(t, store, session)
			at.at = at.at.Add(-2 * time.Minute)
			receive(t, store, event(models.EventSessionCompleted, session))
			at.at = at.at.Add(2 * late)
			return false
		},
		"paid, and no word of it": func(t *testing.T, store *models.Store, variant int64, at *clock) bool {
			_, session := checkout(t, store, variant, 1)
			pay(t, store, session)
			at.at = at.at.Add(late)
			return true
		},
		"webhooks came once, then stopped": func(t *testing.T, store *models.Store, variant int64, at *clock) bool {
			_, session := checkout(t, store, variant, 1)
			receive(t, store, event(models.EventSessionCompleted, session))
			at.at = at.at.Add(time.Hour)
			_, session = checkout(t, store, variant, 1)
			pay(t, store, session)
			at.at = at.at.Add(late)
			return true
		},
		"the older order is paid last": func(t *testing.T, store *models.Store, variant int64, at *clock) bool {
			_, first := checkout(t, store, variant, 1)
			_, second := checkout(t, store, variant, 1)
			receive(t, store, event(models.EventSessionCompleted, second))
			at.at = at.at.Add(time.Hour)
			pay(t, store, first)
			at.at = at.at.Add(late)
			return true
		},
		"a test event ends the alarm": func(t *testing.T, store *models.Store, variant int64, at *clock) bool {
			_, session := checkout(t, store, variant, 1)
			pay(t, store, session)
			at.at = at.at.Add(time.Hour)
			receive(t, store, foreign())
			return false
		},
		"an order of last month says nothing about today": func(t *testing.T, store *models.Store, variant int64, at *clock) bool {
			_, session := checkout(t, store, variant, 1)
			pay(t, store, session)
			at.at = at.at.Add(31 * 24 * time.Hour)
			return false
		},
	} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, url string) {
				at := &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
				store := modelstest.New(t, url, models.Options{Now: at.now})
				want := play(t, store, modelstest.Product(t, store, "pen", 500, 10), at)
				if got := silent(t, store); got != want {
					t.Errorf("silent is %t, want %t", got, want)
				}
			})
		})
	}
}

func TestWaitingAndBacklog(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		w, err := store.Waiting(t.Context())
		if err != nil || w.LastEvent != nil || w.OpenOrders != 0 || w.Oldest != nil {
			t.Errorf("a new shop waits for %+v, %v", w, err)
		}
		if b, err := store.Backlog(t.Context()); err != nil || b.Waiting != 0 || b.Oldest != nil || b.GivenUp != 0 {
			t.Errorf("a new shop's jobs: %+v, %v", b, err)
		}
		variant := modelstest.Product(t, store, "pen", 500, 10)
		first, session := checkout(t, store, variant, 1)
		checkout(t, store, variant, 1)
		checkout(t, store, variant, 1)
		stored := receive(t, store, event(models.EventSessionCompleted, session))
		w, err = store.Waiting(t.Context())
		if err != nil || w.OpenOrders != 2 || w.Oldest == nil || w.Oldest.Before(first.CreatedAt) || w.LastEvent == nil || !w.LastEvent.Equal(stored.ReceivedAt) {
			t.Errorf("waiting: %+v, %v", w, err)
		}
		if at, err := store.EventReceivedAt(t.Context(), stored.ID); err != nil || !at.Equal(stored.ReceivedAt) {
			t.Errorf("event received at %s, %v", at, err)
		}
		if _, err := store.EventReceivedAt(t.Context(), "evt_none"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("an event that never came: %v", err)
		}
		b, err := store.Backlog(t.Context())
		if err != nil || b.Waiting != 1 || b.Oldest == nil || time.Since(*b.Oldest).Abs() > time.Hour || b.GivenUp != 0 {
			t.Errorf("with a receipt to send: %+v, %v", b, err)
		}
		exec(t, url, "UPDATE river_job SET state = 'discarded', finalized_at = scheduled_at")
		if b, err = store.Backlog(t.Context()); err != nil || b.Waiting != 0 || b.GivenUp != 1 {
			t.Errorf("with a receipt given up: %+v, %v", b, err)
		}
	})
}

// exec changes a database behind the store's back.
func exec(t *testing.T, url, statement string) {
	t.Helper()
	driver, source := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, source = "sqlite3", "file:"+path
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestSchemaVersionChangesNothing(t *testing.T) {
	modelstest.EachEmpty(t, func(t *testing.T, url string) {
		store, err := models.Open(t.Context(), url, models.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		for range 2 { // the first look has left no trace
			current, known, err := store.SchemaVersion(t.Context())
			if err != nil || current != 0 || known == 0 {
				t.Errorf("an empty database: version %d of %d, %v", current, known, err)
			}
		}
		if _, err := store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		current, known, err := store.SchemaVersion(t.Context())
		if err != nil || current != known {
			t.Errorf("after migrating: version %d of %d, %v", current, known, err)
		}
		if now, err := store.Clock(t.Context()); err != nil || time.Since(now).Abs() > time.Hour {
			t.Errorf("clock %s, %v", now, err)
		}
	})
}
