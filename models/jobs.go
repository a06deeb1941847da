package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"gorm.io/gorm"
)

// JobState is where a job stands.
type JobState string

// The states of a job.
const (
	JobWaiting  JobState = "available" // its turn comes as soon as a worker is free
	JobRunning  JobState = "running"
	JobRetrying JobState = "retryable" // it failed and runs again by itself
	JobGivenUp  JobState = "discarded" // it failed for good: only an admin runs it again
	JobDone     JobState = "completed" // kept for a day
)

// JobStates lists every state, for filters, those that need a look first.
var JobStates = [...]JobState{JobGivenUp, JobRetrying, JobWaiting, JobRunning, JobDone}

// rows are the states of the job table that a state stands for; empty stands
// for all but JobDone.
func (s JobState) rows() []rivertype.JobState {
	switch s {
	case JobWaiting:
		return []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStateScheduled, rivertype.JobStatePending}
	case JobGivenUp:
		return []rivertype.JobState{rivertype.JobStateDiscarded, rivertype.JobStateCancelled}
	case JobRunning, JobRetrying, JobDone:
		return []rivertype.JobState{rivertype.JobState(s)}
	}
	return slices.DeleteFunc(rivertype.JobStates(), func(row rivertype.JobState) bool { return row == rivertype.JobStateCompleted })
}

// stateOf is the state that a state of the job table belongs to.
func stateOf(row rivertype.JobState) JobState {
	for _, state := range JobStates {
		if slices.Contains(state.rows(), row) {
			return state
		}
	}
	return JobState(row)
}

// Job is a piece of work that a change caused, as the job table keeps it.
type Job struct {
	ID          int64
	Kind        string
	State       JobState
	EmailID     int64 // of a job that sends mail, else 0
	Attempt     int   // how often it was begun
	MaxAttempts int
	LastError   string
	CreatedAt   time.Time
	NextRun     time.Time // when its turn comes or came
	FinishedAt  *time.Time
}

// Retryable reports whether an admin may run the job again now.
func (j Job) Retryable() bool { return j.State == JobGivenUp || j.State == JobRetrying }

func jobOf(row *rivertype.JobRow) Job {
	job := Job{
		ID: row.ID, Kind: row.Kind, State: stateOf(row.State), Attempt: row.Attempt, MaxAttempts: row.MaxAttempts,
		CreatedAt: row.CreatedAt, NextRun: row.ScheduledAt, FinishedAt: row.FinalizedAt,
	}
	if n := len(row.Errors); n > 0 {
		job.LastError = row.Errors[n-1].Error
	}
	var args SendEmailArgs
	if row.Kind == args.Kind() && json.Unmarshal(row.EncodedArgs, &args) == nil {
		job.EmailID = args.EmailID
	}
	return job
}

// JobFilter chooses jobs.
type JobFilter struct {
	State  JobState // empty: any but JobDone
	Before int64    // ids below this one; 0 starts at the newest
	Limit  int
}

// Jobs lists jobs, newest first.
func (s *Store) Jobs(ctx context.Context, f JobFilter) ([]Job, error) {
	params := river.NewJobListParams().States(f.State.rows()...).First(f.Limit).OrderBy(river.JobListOrderByID, river.SortOrderDesc)
	if f.Before > 0 {
		params = params.After(river.JobListCursorFromJob(&rivertype.JobRow{ID: f.Before}))
	}
	found, err := s.jobs.JobList(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	jobs := make([]Job, len(found.Jobs))
	for i, row := range found.Jobs {
		jobs[i] = jobOf(row)
	}
	return jobs, nil
}

// ErrJobBusy says that a job runs, waits for its turn or is done: there is
// nothing to run again.
var ErrJobBusy = errors.New("the job is not waiting for another try")

// RetryJob runs a job again that failed. It returns ErrNotFound where there is
// none and ErrJobBusy where it is not Retryable.
func (s *Store) RetryJob(ctx context.Context, id int64, actor Actor) (Job, error) {
	var job Job
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		sqlTx, err := transactionOf(tx)
		if err != nil {
			return err
		}
		row, err := s.jobs.JobGetTx(ctx, sqlTx, id)
		if errors.Is(err, rivertype.ErrNotFound) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		if job = jobOf(row); !job.Retryable() {
			return ErrJobBusy
		}
		before := job.State
		if row, err = s.jobs.JobRetryTx(ctx, sqlTx, id); err != nil {
			return err
		}
		job = jobOf(row)
		if job.EmailID != 0 {
			if err := queueAgain(tx, job.EmailID); err != nil {
				return err
			}
		}
		return s.audit(tx, actor, AuditJobRetried, fmt.Sprintf("job %d (%s)", id, job.Kind), string(before), string(job.State))
	})
	if err != nil {
		return job, fmt.Errorf("retry job %d: %w", id, err)
	}
	return job, nil
}

// JobBacklog is how much work waits.
type JobBacklog struct {
	Jobs   map[JobState]int64 // of every state but JobDone
	Oldest *time.Time         // since when the job at the head of the queue could run; nil where none waits
}

// JobBacklog counts jobs. Those that are done, a day's worth, are not touched.
func (s *Store) JobBacklog(ctx context.Context) (JobBacklog, error) {
	backlog := JobBacklog{Jobs: map[JobState]int64{}}
	for _, state := range JobStates {
		if state != JobDone {
			backlog.Jobs[state] = 0
		}
	}
	var counted []struct {
		State rivertype.JobState
		Jobs  int64
	}
	db := s.read.WithContext(ctx)
	err := db.Table("river_job").Select("state, count(*) AS jobs").Where("state IN ?", JobState("").rows()).Group("state").Find(&counted).Error
	if err != nil {
		return backlog, fmt.Errorf("count jobs: %w", err)
	}
	for _, row := range counted {
		backlog.Jobs[stateOf(row.State)] += row.Jobs
	}
	var heads []struct{ ScheduledAt time.Time }
	err = db.Table("river_job").Select("scheduled_at").Where("state = ?", rivertype.JobStateAvailable).Order("scheduled_at").Limit(1).Find(&heads).Error
	if err != nil {
		return backlog, fmt.Errorf("find the oldest job: %w", err)
	}
	if len(heads) > 0 {
		backlog.Oldest = &heads[0].ScheduledAt
	}
	return backlog, nil
}
