package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"tuckshop/models"
)

type reconcileArgs struct{}

func (reconcileArgs) Kind() string { return "reconcile" }

// reconcile asks Stripe about everything that has waited too long for word:
// orders for their payment, refunds for their end, and events that Stripe
// could not deliver. The answers are applied as a webhook's would be: a lost
// webhook is a delay.
type reconcile struct {
	river.WorkerDefaults[reconcileArgs]
	store    *models.Store
	payments Payments
	log      *slog.Logger
	now      func() time.Time
	after    time.Duration
}

// reconcileBatch is how many rows are read at a time.
const reconcileBatch = 200

// undeliveredSince is how far back events that could not be delivered are
// looked for. Stripe itself keeps trying for three days.
// https://docs.stripe.com/webhooks#automatic-retries
const undeliveredSince = 4 * 24 * time.Hour

func (w *reconcile) Timeout(*river.Job[reconcileArgs]) time.Duration { return 5 * time.Minute }

func (w *reconcile) Work(ctx context.Context, _ *river.Job[reconcileArgs]) error {
	run := models.ReconcileRun{StartedAt: w.now().UTC()}
	faults := errors.Join(w.orders(ctx, &run), w.events(ctx, &run), w.refunds(ctx))
	if faults != nil {
		run.Faults = faults.Error()
	}
	// Kept even when what cut the run short was its own time-out.
	return errors.Join(faults, w.store.Reconciled(context.WithoutCancel(ctx), run))
}

// orders asks about every order that is open too long.
func (w *reconcile) orders(ctx context.Context, run *models.ReconcileRun) error {
	var faults []error
	for last := int64(0); ; {
		attempts, err := w.store.OpenAttempts(ctx, w.now().Add(-w.after), last, reconcileBatch)
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		for _, attempt := range attempts {
			last = attempt.ID
			run.OrdersChecked++
			changed, err := w.settle(ctx, attempt)
			if err != nil {
				faults = append(faults, err) // the others still get their turn
			}
			if changed {
				run.OrdersChanged++
			}
		}
		if len(attempts) < reconcileBatch || ctx.Err() != nil {
			return errors.Join(faults...)
		}
	}
}

// settle asks about one attempt and reports whether its order changed.
func (w *reconcile) settle(ctx context.Context, attempt models.CheckoutAttempt) (bool, error) {
	if attempt.StripeSessionID == nil {
		return w.settleUnopened(ctx, attempt)
	}
	return w.settleSession(ctx, *attempt.StripeSessionID)
}

// settleUnopened looks after an attempt whose session the shop never heard of,
// once its time is over. Asked the same under the same key, Stripe gives the
// session that was made then; where there is none, it refuses to make one that
// ends in the past.
func (w *reconcile) settleUnopened(ctx context.Context, attempt models.CheckoutAttempt) (bool, error) {
	if w.now().Before(attempt.ExpiresAt) {
		return false, nil // the shopper may still come back to it
	}
	if attempt.Status == models.AttemptFailed { // Stripe said so when it was asked
		return w.store.EndUnopenedAttempt(ctx, attempt)
	}
	order, err := w.store.OrderByID(ctx, attempt.OrderID)
	if err != nil {
		return false, err
	}
	made, err := w.payments.CreateSession(ctx, order, attempt)
	var fault *models.PaymentError
	if errors.As(err, &fault) && fault.Status == http.StatusBadRequest {
		return w.store.EndUnopenedAttempt(ctx, attempt)
	}
	if err != nil {
		return false, err
	}
	if err := w.store.SessionOpened(ctx, attempt, made); err != nil {
		return false, err
	}
	return w.settleSession(ctx, made.ID)
}

// settleSession asks how a session stands and applies the answer.
func (w *reconcile) settleSession(ctx context.Context, id string) (bool, error) {
	session, err := w.payments.Session(ctx, id)
	if err != nil {
		return false, err
	}
	applied, err := w.store.ApplySession(ctx, session)
	if err != nil || applied.Outcome == models.OutcomeUnchanged {
		return false, err
	}
	w.log.InfoContext(ctx, "reconciled", "session", session.ID, "outcome", applied.Outcome, "detail", applied.Detail)
	return true, nil
}

// events takes in what Stripe could not deliver and the shop has not seen.
func (w *reconcile) events(ctx context.Context, run *models.ReconcileRun) error {
	var faults []error
	// A younger event may be on its way.
	err := w.payments.UndeliveredEvents(ctx, w.now().Add(-undeliveredSince), w.now().Add(-w.after), func(page []models.Event) error {
		ids := make([]string, 0, len(page))
		for _, event := range page {
			ids = append(ids, event.ID)
		}
		known, err := w.store.KnownEvents(ctx, ids)
		if err != nil {
			return err
		}
		for _, event := range slices.Backward(page) { // as they happened
			if known[event.ID] {
				continue
			}
			stored, err := w.store.ReceiveEvent(ctx, event)
			if err != nil {
				faults = append(faults, err) // the others still get their turn
				continue
			}
			run.EventsFound++
			w.log.WarnContext(ctx, "undelivered event found", "event", event.ID, "type", event.Type, "outcome", stored.Outcome)
		}
		return ctx.Err()
	})
	return errors.Join(append(faults, err)...)
}

// refunds asks about every refund that is not settled.
func (w *reconcile) refunds(ctx context.Context) error {
	intents, err := w.store.OpenRefundPayments(ctx, w.now().Add(-w.after), reconcileBatch)
	if err != nil {
		return err
	}
	var faults []error
	for _, intent := range intents {
		refunds, err := w.payments.Refunds(ctx, intent)
		if err == nil {
			err = w.store.ApplyRefunds(ctx, refunds)
		}
		if err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// settleOrder asks about one order, whose payment intent is said to have
// succeeded.
type settleOrder struct {
	river.WorkerDefaults[models.SettleOrderArgs]
	reconciler *reconcile
}

func (w *settleOrder) Work(ctx context.Context, job *river.Job[models.SettleOrderArgs]) error {
	attempts, err := w.reconciler.store.AttemptsOfOrder(ctx, job.Args.OrderID)
	if err != nil {
		return err
	}
	var faults []error
	for _, attempt := range attempts {
		if attempt.StripeSessionID == nil {
			continue
		}
		if _, err := w.reconciler.settle(ctx, attempt); err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// refund asks Stripe to pay money back.
type refund struct {
	river.WorkerDefaults[models.RefundArgs]
	store    *models.Store
	payments Payments
}

func (w *refund) Work(ctx context.Context, job *river.Job[models.RefundArgs]) error {
	row, payment, err := w.store.RefundByID(ctx, job.Args.RefundID)
	if err != nil {
		return err
	}
	if row.Status != models.RefundRequested {
		return nil // answered before a crash, or by an event
	}
	if job.Attempt > 1 { // an earlier question may have been answered unheard
		done, err := w.found(ctx, row, payment)
		if err != nil || done {
			return err
		}
	}
	answer, err := w.payments.Refund(ctx, row, payment)
	var fault *models.PaymentError
	switch {
	case err == nil:
		return w.store.RefundAnswered(ctx, row.ID, answer)
	case errors.As(err, &fault) && fault.Refused():
		if noteErr := w.store.RefundRefused(context.WithoutCancel(ctx), row.ID, plain(cmp.Or(fault.Reason, fault.Error()))); noteErr != nil {
			return errors.Join(noteErr, err)
		}
		return river.JobCancel(err)
	case fault != nil && fault.Definite:
		err = errors.Join(err, w.store.RefundKeySpent(context.WithoutCancel(ctx), row.ID))
	}
	return fmt.Errorf("refund %d: %w", row.ID, err)
}

// found looks for the refund among those Stripe has of the payment.
func (w *refund) found(ctx context.Context, row models.Refund, payment models.Payment) (bool, error) {
	if payment.PaymentIntentID == nil {
		return false, nil
	}
	refunds, err := w.payments.Refunds(ctx, *payment.PaymentIntentID)
	if err != nil {
		return false, err
	}
	for _, answer := range refunds {
		if answer.Metadata[models.RefundMetadata] == strconv.FormatInt(row.ID, 10) {
			return true, w.store.RefundAnswered(ctx, row.ID, answer)
		}
	}
	return false, nil
}

// plain is a reason as one line that a merchant reads.
func plain(reason string) string { return strings.Join(strings.Fields(reason), " ") }
