package stripesim

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	mostTimes = 1_000_000      // that a fault happens before it has to be asked for again
	mostDelay = 24 * time.Hour // of a fault
)

// Inject queues a fault.
func (s *Simulator) Inject(ctx context.Context, f Fault) error {
	err := s.store.do(ctx, func(t *tx) error { return t.addFault(f) })
	if err != nil {
		return fmt.Errorf("inject fault: %w", err)
	}
	return nil
}

// ClearFaults forgets the faults that were asked for and not yet used up, and lets go of what they hold.
func (s *Simulator) ClearFaults(ctx context.Context) error {
	if err := s.write(ctx, s.clearFaults); err != nil {
		return fmt.Errorf("clear faults: %w", err)
	}
	return nil
}

// addFault queues a fault, with its kind's defaults.
func (t *tx) addFault(f Fault) error {
	info, scope, known := infoOf(f.Kind)
	if !known {
		return invalid("kind", "", "There is no fault %q.", f.Kind)
	}
	if f.N == 0 {
		f.N = max(info.n, 1)
	}
	if f.Delay == 0 {
		f.Delay = info.delay
	}
	switch {
	case f.Count < Always || f.Count > mostTimes:
		return invalid("count", "", "A fault happens up to %d times; %d: until it is cleared.", mostTimes, Always)
	case f.N < 1 || f.N > 1000:
		return invalid("n", "", "N is between 1 and 1000.")
	case f.Delay < 0 || f.Delay > mostDelay:
		return invalid("delay_ms", "", "The delay is at most a day: %d ms.", mostDelay.Milliseconds())
	}
	remaining := max(f.Count, 1)
	if f.Kind == Reorder {
		remaining *= f.N
	}
	if f.Count == Always {
		remaining = Always
	}
	_, err := t.exec("INSERT INTO faults (scope, kind, matching, remaining, n, delay) VALUES (?, ?, ?, ?, ?, ?)",
		scope, f.Kind, f.Match, remaining, f.N, f.Delay.Milliseconds())
	return err
}

const faultColumns = "id, kind, matching, remaining, n, delay, batch"

func scanFault(row interface{ Scan(...any) error }) (f Fault, err error) {
	var millis int64
	err = row.Scan(&f.id, &f.Kind, &f.Match, &f.Count, &f.N, &millis, &f.batch)
	f.Delay = time.Duration(millis) * time.Millisecond
	return f, err
}

// faults lists what is queued, oldest first. Count is what remains.
func (t *tx) faults() ([]Fault, error) {
	return collect(t, func(rows *sql.Rows) (Fault, error) { return scanFault(rows) },
		"SELECT "+faultColumns+" FROM faults ORDER BY id")
}

// takeFault uses up the oldest fault of a scope that matches the subject; one that always happens comes last. It
// returns nil if there is none.
func (t *tx) takeFault(scope, subject string) (*Fault, error) {
	f, err := scanFault(t.queryRow("SELECT "+faultColumns+` FROM faults WHERE scope = ?1 AND substr(?2, 1, length(matching)) = matching
		ORDER BY remaining < 0, id LIMIT 1`, scope, subject))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil && f.Count != Always {
		_, err = t.exec("UPDATE faults SET remaining = remaining - 1 WHERE id = ?", f.id)
	}
	if err == nil && f.Count == 1 {
		_, err = t.exec("DELETE FROM faults WHERE id = ?", f.id)
	}
	if err != nil {
		return nil, fmt.Errorf("take a fault for %s: %w", subject, err)
	}
	return &f, nil
}

// clearFaults is ClearFaults in a transaction.
func (s *Simulator) clearFaults(t *tx) error {
	if _, err := t.exec("DELETE FROM faults"); err != nil {
		return err
	}
	batches, err := collect(t, func(rows *sql.Rows) (batch string, err error) {
		err = rows.Scan(&batch)
		return batch, err
	}, "SELECT DISTINCT batch FROM deliveries WHERE state = 'held'")
	if err != nil {
		return err
	}
	for _, batch := range batches {
		if err := s.release(t, batch); err != nil {
			return err
		}
	}
	return nil
}

// takeAPIFault is the fault for a request: that of its Sim-Fault header, else the queue's. Where the header names a
// fault of the delivery, that is queued for the next event.
func (s *Simulator) takeAPIFault(r *http.Request) (fault *Fault, err error) {
	kind := FaultKind(r.Header.Get("Sim-Fault"))
	info, scope, _ := infoOf(kind)
	if scope == scopeAPI {
		return &Fault{Kind: kind, Delay: info.delay}, nil
	}
	err = s.store.do(r.Context(), func(t *tx) error {
		if kind != "" {
			if err := t.addFault(Fault{Kind: kind}); err != nil {
				return err
			}
		}
		fault, err = t.takeFault(scopeAPI, r.URL.Path)
		return err
	})
	return fault, err
}

// openBatch names the group of deliveries that a reordering fault holds an event with, and plans its end.
func (s *Simulator) openBatch(t *tx, f *Fault, event string) error {
	if !f.is(Reorder) || f.batch != "" {
		return nil
	}
	f.batch = event
	if _, err := t.exec("UPDATE faults SET batch = ? WHERE id = ?", f.batch, f.id); err != nil {
		return err
	}
	return t.later(s.dueSoon(f.Delay), "release", f.batch)
}

// closeBatch lets go of a batch that is complete.
func (s *Simulator) closeBatch(t *tx, f *Fault) error {
	if !f.is(Reorder) {
		return nil
	}
	var held int
	if err := t.queryRow("SELECT count(DISTINCT event) FROM deliveries WHERE state = 'held' AND batch = ?", f.batch).Scan(&held); err != nil {
		return err
	}
	if held < f.N {
		return nil
	}
	return s.release(t, f.batch)
}

// release sends the deliveries of a batch, the last one first: to each endpoint one after the other, each when its
// forerunner was answered.
func (s *Simulator) release(t *tx, batch string) error {
	if _, err := t.exec("UPDATE faults SET batch = '' WHERE batch = ?", batch); err != nil {
		return err
	}
	type held struct {
		id       int64
		endpoint string
	}
	all, err := collect(t, func(rows *sql.Rows) (h held, err error) {
		err = rows.Scan(&h.id, &h.endpoint)
		return h, err
	}, "SELECT id, endpoint FROM deliveries WHERE state = 'held' AND batch = ? ORDER BY id DESC", batch)
	if err != nil {
		return err
	}
	forerunner := map[string]any{}
	for _, h := range all {
		_, err := t.exec("UPDATE deliveries SET state = 'waiting', due = ?, after = ? WHERE id = ?", s.nowMillis(), forerunner[h.endpoint], h.id)
		if err != nil {
			return err
		}
		forerunner[h.endpoint] = h.id
	}
	return nil
}

// createFault answers POST /_sim/faults: kind, match, count, n, delay_ms. The kind clear empties the queue.
func createFault(c *call) (object, error) {
	p := c.p
	f := Fault{Kind: FaultKind(p.need("kind")), Match: p.max("match", 100)}
	count, _ := p.int("count", Always, mostTimes)
	n, _ := p.int("n", 1, 1000)
	millis, _ := p.int("delay_ms", 0, mostDelay.Milliseconds())
	if err := p.err(); err != nil {
		return nil, err
	}
	if f.Kind == "clear" {
		return object{"object": "sim.faults", "cleared": true}, c.clearFaults(c.tx)
	}
	f.Count, f.N, f.Delay = int(count), int(n), time.Duration(millis)*time.Millisecond
	return object{"object": "sim.fault", "kind": f.Kind, "match": f.Match}, c.tx.addFault(f)
}
