// Package jobs does the shop's work that no request waits for: it sends the
// mail, asks Stripe about payments nobody reported and cleans up. Jobs are
// rows of the shop's own database, inserted by the transactions that cause
// them; they run in this process, at least once, and never twice at a time.
package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"tuckshop/internal/mail"
	"tuckshop/models"
)

// Sender sends a mail.
type Sender interface {
	Send(ctx context.Context, m mail.Message) error
	Name() string // how it sends: smtp or outbox
}

// Payments is what the jobs need of Stripe. The errors are
// *models.PaymentError.
type Payments interface {
	// CreateSession opens a Checkout Session; asked again, it is the same one.
	CreateSession(ctx context.Context, order models.Order, attempt models.CheckoutAttempt) (models.CheckoutSession, error)
	// Session reads a Checkout Session.
	Session(ctx context.Context, id string) (models.CheckoutSession, error)
	// Refund pays money back; asked again, it is the same refund.
	Refund(ctx context.Context, refund models.Refund, payment models.Payment) (models.StripeRefund, error)
	// Refunds lists the refunds of a payment intent.
	Refunds(ctx context.Context, intent string) ([]models.StripeRefund, error)
	// UndeliveredEvents hands over, page by page, the events between two times
	// that no webhook brought.
	UndeliveredEvents(ctx context.Context, since, until time.Time, take func(page []models.Event) error) error
}

// Config configures a Runner.
type Config struct {
	Store             *models.Store
	Sender            Sender
	Payments          Payments
	Pictures          Pictures
	Fetcher           Fetcher
	Logger            *slog.Logger
	Now               func() time.Time // nil: time.Now
	BaseURL           string
	MailFrom          string
	ReconcileInterval time.Duration
	ReconcileAfter    time.Duration
}

// A job cut off by a crash is found again by its age alone, twice a minute, by
// the replica that leads: with these bounds it runs within a minute of the
// restart.
const (
	jobTimeout  = 20 * time.Second
	rescueAfter = 30 * time.Second
)

// keepGivenUp is how long a job that was given up stays visible, unless it is
// run again.
const keepGivenUp = 365 * 24 * time.Hour

// Runner works the job table.
type Runner struct{ client *river.Client[*sql.Tx] }

// New prepares a Runner; Start starts it.
func New(c Config) (*Runner, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &sendEmail{
		store: c.Store, turns: make(turns, mailTurns), sender: c.Sender, baseURL: c.BaseURL, from: c.MailFrom,
	})
	reconciler := &reconcile{store: c.Store, payments: c.Payments, log: c.Logger, now: c.Now, after: c.ReconcileAfter}
	river.AddWorker(workers, reconciler)
	river.AddWorker(workers, &settleOrder{reconciler: reconciler})
	river.AddWorker(workers, &refund{store: c.Store, payments: c.Payments})
	river.AddWorker(workers, &makePicture{store: c.Store, files: c.Pictures})
	river.AddWorker(workers, &makeSitePicture{store: c.Store, files: c.Pictures})
	river.AddWorker(workers, &removePicture{store: c.Store, files: c.Pictures})
	river.AddWorker(workers, &workImport{store: c.Store})
	river.AddWorker(workers, &fetchPictures{store: c.Store, files: c.Pictures, from: c.Fetcher})
	river.AddWorker(workers, &cleanUp{store: c.Store, log: c.Logger, now: c.Now})
	river.AddWorker(workers, &publish{store: c.Store, log: c.Logger})
	river.AddWorker(workers, &indexProducts{store: c.Store})
	river.AddWorker(workers, &fillBackorders{store: c.Store, log: c.Logger})
	river.AddWorker(workers, &keepCatalogue{store: c.Store, log: c.Logger})

	// PostgreSQL wakes the runner when a job is committed; SQLite is asked.
	poll := time.Second
	if !c.Store.Postgres() {
		poll = 25 * time.Millisecond
	}
	client, err := river.NewClient(c.Store.JobDriver(), &river.Config{
		Logger:               c.Logger,
		Workers:              workers,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 16}},
		FetchCooldown:        20 * time.Millisecond,
		FetchPollInterval:    poll,
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,
		RetryPolicy:          backoff{c.Now},

		CancelledJobRetentionPeriod: keepGivenUp,
		DiscardedJobRetentionPeriod: keepGivenUp,
		PeriodicJobs: []*river.PeriodicJob{
			periodic(c.ReconcileInterval, reconcileArgs{}),
			periodic(time.Hour, cleanUpArgs{}),
			periodic(catalogueInterval, keepCatalogueArgs{}),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("prepare jobs: %w", err)
	}
	return &Runner{client: client}, nil
}

// periodic inserts a job at every interval and at the start, on one replica.
func periodic(every time.Duration, args river.JobArgs) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return args, &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: every}}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

// Start works until Stop. It returns once the workers run.
func (r *Runner) Start(ctx context.Context) error {
	if err := r.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	return nil
}

// Stop lets running jobs finish until ctx ends and cuts off the rest, which
// run again after the next start.
func (r *Runner) Stop(ctx context.Context) error {
	if err := r.client.Stop(ctx); err != nil {
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := r.client.StopAndCancel(hard); err != nil {
			return fmt.Errorf("stop jobs: %w", err)
		}
	}
	return nil
}
