package stripesim

import (
	"context"
	"fmt"
	"time"
)

// mostAdvance is how far the clock can be set forward at once, in seconds: 400 days.
const mostAdvance = 400 * 24 * 3600

// Advance makes all that waits older by d, in whole seconds, and does what is due then: sessions expire, delayed
// payments and refunds end, disputes are lost unanswered, retries and deliveries that were held back go out,
// idempotency keys are forgotten. What comes afterwards has the time of the real clock again, which clients and
// signatures keep to.
func (s *Simulator) Advance(ctx context.Context, d time.Duration) error {
	err := s.write(ctx, func(t *tx) error { return s.advance(t, int64(d/time.Second)) })
	if err != nil {
		return fmt.Errorf("set the simulator's clock forward: %w", err)
	}
	return nil
}

func (s *Simulator) advance(t *tx, seconds int64) error {
	for statement, by := range map[string]int64{
		"UPDATE tasks SET due = due - ?":                              1000 * seconds,
		"UPDATE deliveries SET due = due - ? WHERE state = 'waiting'": 1000 * seconds,
		"UPDATE idempotency SET created = created - ?":                seconds,
		`UPDATE objects SET doc = json_set(doc, '$._aged', coalesce(doc ->> '$._aged', 0) + ?)
			WHERE expires_at IS NOT NULL`: seconds,
	} {
		if _, err := t.exec(statement, by); err != nil {
			return err
		}
	}
	for {
		if n, err := s.doTasks(t); err != nil || n == 0 {
			return err
		}
	}
}

// advanceClock answers POST /_sim/clock: seconds.
func advanceClock(c *call) (object, error) {
	seconds := c.p.needInt("seconds", 1, mostAdvance)
	if err := c.p.err(); err != nil {
		return nil, err
	}
	return object{"object": "sim.clock", "advanced": seconds}, c.advance(c.tx, seconds)
}
