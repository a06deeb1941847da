package models

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"gorm.io/gorm"
)

// SearchTerm is what visitors searched for, without a trace of who.
type SearchTerm struct {
	Term     string `gorm:"primaryKey"`
	Searches int64
	Found    int64 // products that the last search found, or FoundUnknown
	LastAt   time.Time
}

// FoundUnknown stands for what a search found where nobody looked.
const FoundUnknown = -1

// Bounds of what is kept of searches.
const (
	longestTerm    = 60 // bytes
	mostTermsKept  = 2_000
	mostTermDigits = 6 // a longer number may be somebody's
)

// NormalTerm is what somebody searched for as it is counted: in small letters,
// with single spaces. It is empty for what is not kept: what is too long, or may
// be a mail address or somebody's number.
func NormalTerm(typed string) string {
	if len(typed) > longestTerm || strings.Contains(typed, "@") {
		return ""
	}
	digits := 0
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsNumber(r):
			digits++
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			return ' '
		}
		return r
	}, strings.ToLower(typed))
	if digits > mostTermDigits {
		return ""
	}
	return strings.Join(strings.Fields(clean), " ")
}

// AddSearchTerms adds counts of searches to those that are kept. Of more than
// are kept, those that were searched for longest ago go.
func (s *Store) AddSearchTerms(ctx context.Context, terms []SearchTerm) error {
	if len(terms) == 0 {
		return nil
	}
	terms = slices.Clone(terms)
	// By term, so that no two transactions wait for each other.
	slices.SortFunc(terms, func(a, b SearchTerm) int { return strings.Compare(a.Term, b.Term) })
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		for _, term := range terms {
			err := tx.Exec(`INSERT INTO search_terms (term, searches, found, last_at) VALUES (?, ?, ?, ?)
				ON CONFLICT (term) DO UPDATE SET searches = search_terms.searches + excluded.searches, last_at = excluded.last_at,
				found = CASE WHEN excluded.found >= 0 THEN excluded.found ELSE search_terms.found END`,
				term.Term, term.Searches, term.Found, term.LastAt.UTC()).Error
			if err != nil {
				return err
			}
		}
		return tx.Exec(`DELETE FROM search_terms WHERE last_at < (SELECT last_at FROM search_terms ORDER BY last_at DESC LIMIT 1 OFFSET ?)`, mostTermsKept-1).Error
	})
	if err != nil {
		return fmt.Errorf("count searches: %w", err)
	}
	return nil
}

// SearchTerms lists what was searched for, what was searched for most first;
// with vain, only what found nothing.
func (s *Store) SearchTerms(ctx context.Context, vain bool, limit int) ([]SearchTerm, error) {
	query := s.read.WithContext(ctx).Order("searches DESC, last_at DESC, term").Limit(limit)
	if vain {
		query = query.Where("found = 0")
	}
	var terms []SearchTerm
	if err := query.Find(&terms).Error; err != nil {
		return nil, fmt.Errorf("list searches: %w", err)
	}
	return terms, nil
}

// ClearSearchTerms forgets what was searched for.
func (s *Store) ClearSearchTerms(ctx context.Context, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		result := tx.Exec("DELETE FROM search_terms")
		if result.Error != nil {
			return result.Error
		}
		return s.audit(tx, actor, AuditSearchesCleared, "searches", fmt.Sprintf("%d words", result.RowsAffected), "")
	})
	if err != nil {
		return fmt.Errorf("clear searches: %w", err)
	}
	return nil
}
