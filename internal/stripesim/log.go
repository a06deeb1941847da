package stripesim

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Event is an event as it was recorded.
type Event struct {
	ID, Type string
	Subject  string // id of the object it is about
	Created  time.Time
	Pending  int    // endpoints that have not accepted it
	Body     []byte // the exact bytes that are delivered
}

// Events returns the last events, newest first, up to 100.
func (s *Simulator) Events(ctx context.Context) (events []Event, err error) {
	err = s.store.do(ctx, func(t *tx) error {
		events, err = collect(t, func(rows *sql.Rows) (e Event, err error) {
			var created int64
			err = rows.Scan(&e.ID, &e.Type, &e.Subject, &created, &e.Pending, &e.Body)
			e.Created = time.Unix(created, 0).UTC()
			return e, err
		}, "SELECT id, type, subject, created, pending, body FROM events ORDER BY seq DESC LIMIT 100")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return events, nil
}

// lastEvent returns the id of the newest event of a type about an object; "" where there is none.
func (s *Simulator) lastEvent(ctx context.Context, subject, kind string) (id string, err error) {
	err = s.store.do(ctx, func(t *tx) error {
		return t.queryRow("SELECT coalesce((SELECT id FROM events WHERE subject = ? AND type = ? ORDER BY seq DESC LIMIT 1), '')",
			subject, kind).Scan(&id)
	})
	return id, err
}

// Deliveries returns the attempts to deliver an event, oldest first.
func (s *Simulator) Deliveries(ctx context.Context, eventID string) (attempts []Attempt, err error) {
	err = s.store.do(ctx, func(t *tx) error {
		attempts, err = t.attempts(eventID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the deliveries of %s: %w", eventID, err)
	}
	return attempts, nil
}

func (t *tx) attempts(eventID string) ([]Attempt, error) {
	return collect(t, func(rows *sql.Rows) (a Attempt, err error) {
		var at, millis int64
		err = rows.Scan(&a.Endpoint, &at, &millis, &a.Status, &a.Error, &a.Body)
		a.At, a.Took = time.UnixMilli(at).UTC(), time.Duration(millis)*time.Millisecond
		return a, err
	}, `SELECT coalesce(o.doc ->> '$.url', d.endpoint), a.at, a.millis, a.status, a.error, a.excerpt
		FROM attempts a JOIN deliveries d ON d.id = a.delivery LEFT JOIN objects o ON o.id = d.endpoint
		WHERE d.event = ? ORDER BY a.id`, eventID)
}

// Session returns a checkout session as the API shows it.
func (s *Simulator) Session(ctx context.Context, id string) (json.RawMessage, error) {
	session, err := s.session(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read session %s: %w", id, err)
	}
	doc, err := json.Marshal(session.public())
	if err != nil {
		return nil, fmt.Errorf("read session %s: %w", id, err)
	}
	return doc, nil
}
