package models

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"gorm.io/gorm"
)

// Question is what the store asked the database.
type Question struct {
	SQL       string
	Arguments []any
}

// Listen returns a function that tells what the store has read since.
func (s *Store) Listen() (func() []Question, error) {
	var mu sync.Mutex
	var asked []Question
	hear := func(db *gorm.DB) {
		if db.DryRun { // a part of another question
			return
		}
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, Question{db.Statement.SQL.String(), append([]any(nil), db.Statement.Vars...)})
	}
	ears := []*gorm.DB{s.read}
	if s.write != s.read {
		ears = append(ears, s.write)
	}
	for _, ear := range ears {
		if err := ear.Callback().Query().After("gorm:query").Register("listen", hear); err != nil {
			return nil, err
		}
		if err := ear.Callback().Row().After("gorm:row").Register("listen", hear); err != nil {
			return nil, err
		}
	}
	return func() []Question {
		mu.Lock()
		defer mu.Unlock()
		return append([]Question(nil), asked...)
	}, nil
}

// Explain is the database's plan for a question.
func (s *Store) Explain(ctx context.Context, q Question) (plan string, err error) {
	explain := "EXPLAIN QUERY PLAN "
	if s.postgres {
		explain = "EXPLAIN "
	}
	rows, err := s.sqlRead.QueryContext(ctx, explain+q.SQL, q.Arguments...) //nolint:gosec // a question of the store's own
	if err != nil {
		return "", fmt.Errorf("explain %s: %w", q.SQL, err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var line string
		if s.postgres {
			err = rows.Scan(&line)
		} else {
			err = rows.Scan(&id, &parent, &unused, &line)
		}
		if err != nil {
			return "", err
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), rows.Err()
}

// MigrateTo brings the schema of a new database to a former version.
func (s *Store) MigrateTo(ctx context.Context, version int64) error {
	provider, err := s.migrationProvider()
	if err != nil {
		return err
	}
	_, err = provider.UpTo(ctx, version)
	return err
}
