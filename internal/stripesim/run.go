package stripesim

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

// stopGrace is what deliveries on their way are given when Run is to end. One that is cut off is sent again.
const stopGrace = 5 * time.Second

// Run delivers events, expires overdue sessions and ends delayed payments until ctx ends; then it gives the
// deliveries on their way a few seconds and returns nil. What a killed process left half done is done again: an
// endpoint may see an event twice. One Run at a time.
func (s *Simulator) Run(ctx context.Context) error {
	err := s.store.do(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE deliveries SET state = 'waiting' WHERE state = 'sending'")
		return err
	})
	if err != nil {
		return fmt.Errorf("run simulator: %w", err)
	}
	var sending sync.WaitGroup
	way, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		grace := time.AfterFunc(stopGrace, cut)
		sending.Wait()
		grace.Stop()
		cut()
	}()
	for ctx.Err() == nil {
		began := s.nowMillis()
		if err := s.work(way, &sending); err != nil {
			// The next round tries again: a full disk may have room by then.
			s.log.Error("simulator: round failed", "error", err)
		}
		if err := s.rest(ctx, began); err != nil {
			s.log.Error("simulator: round failed", "error", err)
		}
	}
	return nil
}

// work does everything that is due. Deliveries go on in goroutines of their own, until ctx ends.
func (s *Simulator) work(ctx context.Context, sending *sync.WaitGroup) error {
	err := s.store.do(ctx, func(t *tx) error {
		n, err := s.doTasks(t)
		if n > 0 {
			s.nudge() // there may be more
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("do what is due: %w", err)
	}
	due, err := s.claimDue(ctx)
	if err != nil {
		return err
	}
	for _, d := range due {
		sending.Go(func() {
			result := s.send(ctx, d)
			if !result.OK() {
				s.log.Warn("simulator: webhook not accepted", "event", d.event, "url", d.url, "status", result.Status,
					"attempt", d.attempts+1, "error", result.Error)
			}
			if err := s.settleDelivery(ctx, d, result); err != nil {
				s.log.Error("simulator: delivery not recorded", "error", err)
			}
			s.nudge()
		})
	}
	return nil
}

// batch is how many tasks and sessions one transaction takes.
const batch = 50

// doTasks does some of what was planned for now, and expires sessions. It returns how much it did; 0 means that
// nothing is due.
func (s *Simulator) doTasks(t *tx) (int, error) {
	type task struct {
		id           int64
		kind, object string
	}
	tasks, err := collect(t, func(rows *sql.Rows) (one task, err error) {
		err = rows.Scan(&one.id, &one.kind, &one.object)
		return one, err
	}, "SELECT id, kind, object FROM tasks WHERE due <= ? ORDER BY due LIMIT ?", s.nowMillis(), batch)
	if err != nil {
		return 0, err
	}
	for _, one := range tasks {
		if _, err := t.exec("DELETE FROM tasks WHERE id = ?", one.id); err != nil {
			return 0, err
		}
		if err := s.doTask(t, one.kind, one.object); err != nil {
			return 0, err
		}
	}
	overdue, err := collect(t, func(rows *sql.Rows) (id string, err error) {
		err = rows.Scan(&id)
		return id, err
	}, "SELECT id FROM objects WHERE expires_at <= ? ORDER BY expires_at LIMIT ?", s.now(), batch)
	if err != nil {
		return 0, err
	}
	for _, id := range overdue {
		session, err := t.object("checkout.session", id)
		if err != nil {
			return 0, err
		}
		if err := s.expireOverdue(t, session); err != nil {
			return 0, err
		}
	}
	return len(tasks) + len(overdue), nil
}

func (s *Simulator) doTask(t *tx, kind, object string) error {
	switch kind {
	case "settle":
		return s.settle(t, object, "")
	case "refund_succeeded":
		return s.finishRefund(t, object, "succeeded")
	case "refund_failed":
		return s.finishRefund(t, object, "failed")
	case "release":
		return s.release(t, object)
	case "dispute_unanswered":
		return s.disputeUnanswered(t, object)
	}
	return fmt.Errorf("unknown task %q", kind)
}

// longestRest bounds the wait for what is planned, so that a clock that was set forward is noticed.
const longestRest = time.Second

// rest waits until something that was not due yet at a time (Unix milliseconds) is due, or was caused. What was
// due then is done, or waits for a delivery to end, which wakes Run.
func (s *Simulator) rest(ctx context.Context, worked int64) error {
	var next sql.NullInt64
	err := s.store.do(ctx, func(t *tx) error {
		return t.queryRow(`SELECT min(due) FROM (
			SELECT min(due) AS due FROM tasks WHERE due > ?1 UNION ALL
			SELECT min(expires_at) * 1000 FROM objects WHERE expires_at > ?1 / 1000 UNION ALL
			SELECT min(due) FROM deliveries WHERE state = 'waiting' AND due > ?1)`, worked).Scan(&next)
	})
	wait := longestRest
	if err == nil && next.Valid {
		wait = min(wait, max(time.Duration(next.Int64-s.nowMillis())*time.Millisecond, 0))
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-s.wake:
	case <-timer.C:
	}
	return err
}
