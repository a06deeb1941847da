package jobs

import (
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"

	"tuckshop/models"
)

func TestFailedJobsWaitLongerUpToALimit(t *testing.T) {
	var waited, last time.Duration
	for attempt := 1; attempt < (models.SendEmailArgs{}).InsertOpts().MaxAttempts; attempt++ {
		began := time.Now()
		job := &rivertype.JobRow{Attempt: attempt, AttemptedAt: &began, Errors: make([]rivertype.AttemptError, attempt-1)}
		wait := (&retryPolicy{}).NextRetry(job).Sub(began)
		if wait <= 0 || wait < last && wait < longestWait || wait > longestWait+time.Minute {
			t.Errorf("attempt %d is followed by a wait of %s, after one of %s", attempt, wait, last)
		}
		waited, last = waited+wait, wait
	}
	if days := waited.Hours() / 24; days < 2.5 || days > 3.5 {
		t.Errorf("a mail is given up after %.1f days", days)
	}
}

func TestRescuedJobsGoOnAtOnce(t *testing.T) {
	for _, attempts := range []int{1, 5, 15} {
		began := time.Now().Add(-rescueAfter)
		job := &rivertype.JobRow{Attempt: attempts, AttemptedAt: &began, Errors: make([]rivertype.AttemptError, attempts-1)}
		if next := (&retryPolicy{}).NextRetry(job); next.After(time.Now()) {
			t.Errorf("after %d attempts a rescued job waits until %s", attempts, next)
		}
	}
}
