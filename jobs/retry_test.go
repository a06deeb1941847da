package jobs

import (
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"

	"tuckshop/models"
)

// TestBackoff adds up what a mail has to get through: quick at first, never
// more than about an hour apart, about three days in all.
func TestBackoff(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	policy := backoff{func() time.Time { return start }}
	job := &rivertype.JobRow{}
	var total time.Duration
	for attempt := 1; attempt < (models.SendEmailArgs{}).InsertOpts().MaxAttempts; attempt++ {
		wait := policy.NextRetry(job).Sub(start)
		if (attempt <= 3 && wait > 5*time.Second) || wait > 70*time.Minute || wait <= 0 {
			t.Errorf("after failure %d it waits %s", attempt, wait)
		}
		total += wait
		job.Errors = append(job.Errors, rivertype.AttemptError{})
	}
	if total < 65*time.Hour || total > 80*time.Hour {
		t.Errorf("given up after %s", total)
	}
}

func TestRescuedJobsGoOnAtOnce(t *testing.T) {
	for _, attempts := range []int{1, 5, 15} {
		began := time.Now().Add(-rescueAfter)
		job := &rivertype.JobRow{Attempt: attempts, AttemptedAt: &began, Errors: make([]rivertype.AttemptError, attempts-1)}
		if next := (backoff{time.Now}).NextRetry(job); next.After(time.Now()) {
			t.Errorf("after %d attempts a rescued job waits until %s", attempts, next)
		}
	}
}
