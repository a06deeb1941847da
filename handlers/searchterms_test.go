package handlers_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tuckshop/handlers"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestSearchesOutliveAStop searches within the seconds in which nothing is
// written, while a write fails, too: what was searched for is there once the
// shop has stopped.
func TestSearchesOutliveAStop(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	store := modelstest.New(t, "sqlite:"+t.TempDir()+"/shop.db", models.Options{})
	app, finish, err := handlers.New(handlers.Config{
		Store: store, Logger: slog.New(slog.DiscardHandler), SecretKeys: []string{"the cookie key of a test's own app"}, BaseURL: "https://shop.example",
		Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	search := func(words string) {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/search?q="+words, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("search: %d", w.Code)
		}
	}
	search("first") // is written at once
	search("mug")
	broken, stop := context.WithCancel(t.Context())
	stop()
	finish(broken)
	search("mug")
	search("pen")
	finish(t.Context())
	finish(t.Context()) // has nothing to write twice
	terms, err := store.SearchTerms(t.Context(), false, 10)
	if err != nil || len(terms) != 3 || terms[0].Term != "mug" || terms[0].Searches != 2 || terms[0].Found != 0 {
		t.Errorf("counted: %+v, %v", terms, err)
	}
}
