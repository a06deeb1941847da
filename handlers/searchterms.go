package handlers

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"tuckshop/models"
)

// searchTerms counts what visitors search for, for the merchant. The counts of
// some seconds are written together, so that a search writes nothing.
type searchTerms struct {
	store *models.Store
	now   func() time.Time
	log   *slog.Logger

	mu      sync.Mutex
	counted map[string]*models.SearchTerm
	written time.Time
}

// Bounds of what waits to be written.
const (
	termsEvery = 10 * time.Second
	mostTerms  = 500
)

func newSearchTerms(c Config) *searchTerms {
	return &searchTerms{store: c.Store, now: c.Now, log: c.Logger, counted: map[string]*models.SearchTerm{}}
}

// term is the count of what somebody typed; nil where that is not counted.
func (s *searchTerms) term(typed string) *models.SearchTerm {
	text := models.NormalTerm(typed)
	term, known := s.counted[text]
	switch {
	case known:
		return term
	case text == "" || len(s.counted) >= mostTerms:
		return nil
	}
	term = &models.SearchTerm{Term: text, Found: models.FoundUnknown}
	s.counted[text] = term
	return term
}

// found notes what a search found. What was found for other words than those
// that were typed does not count.
func (s *searchTerms) found(typed string, list models.Listing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if term := s.term(typed); term != nil {
		if term.Found = list.Total; list.Instead != "" {
			term.Found = 0
		}
	}
}

// asked counts a search, and writes the counts every now and then.
func (s *searchTerms) asked(ctx context.Context, typed string) {
	now := s.now()
	s.mu.Lock()
	if term := s.term(typed); term != nil {
		term.Searches++
		term.LastAt = now
	}
	due := now.Sub(s.written).Abs() >= termsEvery
	s.mu.Unlock()
	if due {
		s.write(context.WithoutCancel(ctx))
	}
}

// write writes what was counted. What cannot be written now is kept for the
// next time.
func (s *searchTerms) write(ctx context.Context) {
	s.mu.Lock()
	counted := s.counted
	s.counted = map[string]*models.SearchTerm{}
	s.written = s.now()
	s.mu.Unlock()
	maps.DeleteFunc(counted, func(_ string, term *models.SearchTerm) bool { return term.Searches == 0 })
	terms := make([]models.SearchTerm, 0, len(counted))
	for _, term := range counted {
		terms = append(terms, *term)
	}
	if err := s.store.AddSearchTerms(ctx, terms); err != nil {
		s.log.Error("count what was searched for", "error", err)
		s.putBack(counted)
	}
}

// putBack adds counts that were not written to what was counted since.
func (s *searchTerms) putBack(counted map[string]*models.SearchTerm) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for text, term := range counted {
		newer, known := s.counted[text]
		switch {
		case known:
			newer.Searches += term.Searches
			if newer.Found == models.FoundUnknown {
				newer.Found = term.Found
			}
			if newer.LastAt.Before(term.LastAt) {
				newer.LastAt = term.LastAt
			}
		case len(s.counted) < mostTerms:
			s.counted[text] = term
		}
	}
}
