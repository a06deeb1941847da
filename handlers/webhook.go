package handlers

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
)

// maxWebhook is the largest body of a webhook, in bytes.
const maxWebhook = 1 << 20

// webhooks takes Stripe's events.
type webhooks struct {
	store    *models.Store
	verifier EventVerifier
	refusals *refusals
	metrics  *metrics
	log      *slog.Logger
}

// webhookPatience bounds the work on one event; Stripe itself gives up after
// some ten seconds and comes again.
const webhookPatience = 9 * time.Second

// stripe verifies an event, stores it with its effects and answers 200: only
// then does Stripe stop repeating it.
func (h webhooks) stripe(c echo.Context) error {
	status, outcome, err := h.take(c)
	h.metrics.webhooks.WithLabelValues(outcome).Inc()
	if err != nil {
		return err
	}
	return c.NoContent(status)
}

// take does the work and says what to answer and what became of the event.
func (h webhooks) take(c echo.Context) (status int, outcome string, err error) {
	request := c.Request()
	payload, err := io.ReadAll(http.MaxBytesReader(c.Response(), request.Body, maxWebhook))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return http.StatusRequestEntityTooLarge, webhookRefused, nil
		}
		return http.StatusBadRequest, webhookRefused, nil
	}
	event, err := h.verifier.VerifyEvent(payload, request.Header.Get("Stripe-Signature"))
	if err != nil {
		status, outcome = http.StatusBadRequest, webhookRefused
		if errors.Is(err, models.ErrNoWebhookSecret) {
			status, outcome = http.StatusServiceUnavailable, webhookFailed
		}
		h.refusals.add(err)
		h.log.WarnContext(request.Context(), "webhook refused", "status", status, "reason", err)
		return status, outcome, nil
	}
	h.refusals.fitted()
	// The sender hanging up does not undo what has begun.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(request.Context()), webhookPatience)
	defer cancel()
	stored, err := h.store.ReceiveEvent(ctx, event)
	if err != nil && ctx.Err() != nil { // SQLite itself only says that it was interrupted
		h.log.ErrorContext(ctx, "webhook timed out", "event", event.ID, "error", err)
		return http.StatusServiceUnavailable, webhookFailed, nil
	}
	if err != nil {
		return 0, webhookFailed, err
	}
	h.log.InfoContext(ctx, "webhook", "event", stored.ID, "type", stored.Type,
		"outcome", stored.Outcome, "detail", stored.Detail, "deliveries", stored.Deliveries)
	if outcome = stored.Outcome; stored.Deliveries > 1 {
		outcome = webhookDuplicate
	}
	return http.StatusOK, outcome, nil
}
