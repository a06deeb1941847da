package jobs

import (
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// longestWait is the most a job waits between two attempts.
const longestWait = 8 * time.Hour

// retryPolicy lets a failed job wait longer each time, up to longestWait. A
// job that a crash cut off did not fail: it goes on at once, so that it runs
// within a minute of the restart however many attempts it has behind it.
type retryPolicy struct{ river.DefaultClientRetryPolicy }

// NextRetry is asked about failed jobs, which end within jobTimeout, and about
// rescued ones, which are at least rescueAfter old.
func (p *retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	now := time.Now()
	if job.AttemptedAt != nil && now.Sub(*job.AttemptedAt) >= rescueAfter {
		return now
	}
	next := p.DefaultClientRetryPolicy.NextRetry(job)
	if latest := now.Add(longestWait); next.After(latest) {
		return latest
	}
	return next
}
