package jobs

import (
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river/rivertype"
)

// longestBackoff bounds how long a failed job waits: a mail server that comes
// back is noticed within the hour.
const longestBackoff = time.Hour

// backoff doubles from a second to longestBackoff, give or take a tenth. A job
// that a crash cut off did not fail: it goes on at once, so that it runs
// within a minute of the restart however many attempts it has behind it.
type backoff struct{ now func() time.Time }

// NextRetry is when a job runs again. It is asked about failed jobs, which end
// within jobTimeout, and about rescued ones, which are at least rescueAfter
// old.
func (b backoff) NextRetry(job *rivertype.JobRow) time.Time {
	now := b.now()
	if job.AttemptedAt != nil && now.Sub(*job.AttemptedAt) >= rescueAfter {
		return now
	}
	wait := longestBackoff
	if failed := len(job.Errors); failed < 12 { // beyond, it would be longer
		wait = time.Second << failed
	}
	jitter := 0.9 + rand.Float64()/5 //nolint:gosec // spreads load, guards nothing
	return now.Add(time.Duration(float64(wait) * jitter))
}
