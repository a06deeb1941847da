package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"tuckshop/models"
)

type reconcileArgs struct{}

func (reconcileArgs) Kind() string { return "reconcile" }

// reconcile asks Stripe about every order that has waited too long for word of
// its payment, and applies the answer as a webhook's would be: a lost webhook
// is a delay.
type reconcile struct {
	river.WorkerDefaults[reconcileArgs]
	store    *models.Store
	sessions Sessions
	log      *slog.Logger
	now      func() time.Time
	after    time.Duration
}

// reconcileBatch is how many sessions one run asks about.
const reconcileBatch = 200

func (w *reconcile) Timeout(*river.Job[reconcileArgs]) time.Duration { return 5 * time.Minute }

func (w *reconcile) Work(ctx context.Context, _ *river.Job[reconcileArgs]) error {
	attempts, err := w.store.OpenAttempts(ctx, w.now().Add(-w.after), reconcileBatch)
	if err != nil {
		return err
	}
	var faults []error
	for _, attempt := range attempts {
		if err := w.settle(ctx, attempt); err != nil {
			faults = append(faults, err) // the others still get their turn
		}
	}
	return errors.Join(faults...)
}

func (w *reconcile) settle(ctx context.Context, attempt models.CheckoutAttempt) error {
	if attempt.StripeSessionID == nil {
		_, err := w.store.EndUnopenedAttempt(ctx, attempt)
		return err
	}
	session, err := w.sessions.Session(ctx, *attempt.StripeSessionID)
	if err != nil {
		return err
	}
	applied, err := w.store.ApplySession(ctx, session)
	if err != nil {
		return err
	}
	if applied.Outcome != models.OutcomeUnchanged {
		w.log.InfoContext(ctx, "reconciled", "session", session.ID, "outcome", applied.Outcome, "detail", applied.Detail)
	}
	return nil
}

type cleanUpArgs struct{}

func (cleanUpArgs) Kind() string { return "clean_up" }

// cleanUp deletes carts nobody came back to and sessions that ended.
type cleanUp struct {
	river.WorkerDefaults[cleanUpArgs]
	store *models.Store
	log   *slog.Logger
	now   func() time.Time
}

// cartsKept is how long an untouched cart is kept, a little longer than its
// cookie.
const cartsKept = 31 * 24 * time.Hour

func (w *cleanUp) Work(ctx context.Context, _ *river.Job[cleanUpArgs]) error {
	carts, err := w.store.DeleteStaleCarts(ctx, w.now().Add(-cartsKept))
	if err != nil {
		return err
	}
	sessions, err := w.store.DeleteExpiredStaffSessions(ctx)
	if err != nil {
		return err
	}
	w.log.InfoContext(ctx, "cleaned up", "carts", carts, "sessions", sessions)
	return nil
}
