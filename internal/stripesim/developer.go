package stripesim

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
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
		attempts, err = collect(t, func(rows *sql.Rows) (a Attempt, err error) {
			var at, millis int64
			err = rows.Scan(&a.Endpoint, &at, &millis, &a.Status, &a.Error, &a.Body)
			a.At, a.Took = time.UnixMilli(at).UTC(), time.Duration(millis)*time.Millisecond
			return a, err
		}, `SELECT coalesce(o.doc ->> '$.url', d.endpoint), a.at, a.millis, a.status, a.error, a.excerpt
			FROM attempts a JOIN deliveries d ON d.id = a.delivery LEFT JOIN objects o ON o.id = d.endpoint
			WHERE d.event = ? ORDER BY a.id`, eventID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the deliveries of %s: %w", eventID, err)
	}
	return attempts, nil
}

// Resend delivers an event once more, at once, to every enabled endpoint that wants its type.
func (s *Simulator) Resend(ctx context.Context, eventID string) error {
	err := s.write(ctx, func(t *tx) error {
		event, err := t.event(eventID)
		if err != nil {
			return err
		}
		endpoints, err := s.endpointsFor(t, event.str("type"))
		if err != nil {
			return err
		}
		for _, endpoint := range endpoints {
			if err := s.resend(t, event, endpoint); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("resend %s: %w", eventID, err)
	}
	return nil
}

// resend queues the delivery again where there is one that has ended or waits, so that its success counts for the
// event; else, for an endpoint that came later, it makes one.
func (s *Simulator) resend(t *tx, event, endpoint object) error {
	res, err := t.exec(`UPDATE deliveries SET state = 'waiting', due = ?, fault = '' WHERE id =
		(SELECT id FROM deliveries WHERE event = ? AND endpoint = ? AND state <> 'sending' ORDER BY counted DESC, id LIMIT 1)`,
		s.nowMillis(), event.id(), endpoint.id())
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	if err := s.enqueue(t, event, endpoint, nil); err != nil {
		return err
	}
	_, err = t.exec(`UPDATE events SET pending = (SELECT count(*) FROM deliveries WHERE event = ?1 AND counted) WHERE id = ?1`, event.id())
	return err
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

// developerPage is what the page at / shows.
type developerPage struct {
	URL      string
	Sessions []sessionRow
	Events   []eventRow
}

type sessionRow struct{ ID, Link, Amount, Status, Payment string }

type eventRow struct {
	ID, Type, Time, State string
	Good                  bool
}

func (s *Simulator) showDeveloperPage(w http.ResponseWriter, r *http.Request) {
	page := developerPage{URL: s.opts.URL}
	err := s.store.do(r.Context(), func(t *tx) error {
		sessions, _, err := t.objects("checkout.session", page20)
		for _, session := range sessions {
			page.Sessions = append(page.Sessions, sessionRow{session.id(), "/c/pay/" + session.id(),
				money(session.int("amount_total"), session.str("currency")), session.str("status"), session.str("payment_status")})
		}
		if err != nil {
			return err
		}
		page.Events, err = t.eventRows()
		return err
	})
	if s.pageFailed(w, err) {
		return
	}
	s.pageHeaders(w, object{})
	s.render(w, http.StatusOK, "developer.gohtml", page)
}

// page20 is how much of each list the developers' page shows.
var page20 = page{limit: 20}

func (t *tx) eventRows() ([]eventRow, error) {
	return collect(t, func(rows *sql.Rows) (row eventRow, err error) {
		var created int64
		var pending, deliveries, attempts, dropped, givenUp int
		err = rows.Scan(&row.ID, &row.Type, &created, &pending, &deliveries, &attempts, &dropped, &givenUp)
		row.Time = time.Unix(created, 0).UTC().Format("2006-01-02 15:04:05Z")
		row.Good = pending == 0
		switch {
		case deliveries == 0:
			row.State = "no endpoint"
		case pending == 0:
			row.State = fmt.Sprintf("accepted, attempts: %d", attempts)
		case dropped > 0:
			row.State = "dropped, as asked for"
		case givenUp > 0:
			row.State = fmt.Sprintf("given up, attempts: %d", attempts)
		case attempts == 0:
			row.State = "waiting"
		default:
			row.State = fmt.Sprintf("failing, attempts: %d", attempts)
		}
		return row, err
	}, `SELECT e.id, e.type, e.created, e.pending, count(d.id), coalesce(sum(d.attempts), 0),
		coalesce(sum(d.state = 'dropped'), 0), coalesce(sum(d.state = 'given_up'), 0)
		FROM (SELECT * FROM events ORDER BY seq DESC LIMIT ?) e LEFT JOIN deliveries d ON d.event = e.id
		GROUP BY e.seq ORDER BY e.seq DESC`, page20.limit)
}

func (s *Simulator) resendForm(w http.ResponseWriter, r *http.Request) {
	if s.pageFailed(w, s.Resend(r.Context(), r.PathValue("id"))) {
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
