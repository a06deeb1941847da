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
	log      *slog.Logger
}

// webhookPatience bounds the work on one event; Stripe itself gives up after
// some ten seconds and comes again.
const webhookPatience = 9 * time.Second

// stripe verifies an event, stores it with its effects and answers 200: only
// then does Stripe stop repeating it.
func (h webhooks) stripe(c echo.Context) error {
	request := c.Request()
	payload, err := io.ReadAll(http.MaxBytesReader(c.Response(), request.Body, maxWebhook))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return c.NoContent(http.StatusRequestEntityTooLarge)
		}
		return c.NoContent(http.StatusBadRequest)
	}
	event, err := h.verifier.VerifyEvent(payload, request.Header.Get("Stripe-Signature"))
	if err != nil {
		status := http.StatusBadRequest
		if errors.Is(err, models.ErrNoWebhookSecret) {
			status = http.StatusServiceUnavailable
		}
		h.refusals.add(err)
		h.log.WarnContext(request.Context(), "webhook refused", "status", status, "reason", err)
		return c.NoContent(status)
	}
	h.refusals.fitted()
	// The sender hanging up does not undo what has begun.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(request.Context()), webhookPatience)
	defer cancel()
	stored, err := h.store.ReceiveEvent(ctx, event)
	if errors.Is(err, context.DeadlineExceeded) {
		h.log.ErrorContext(ctx, "webhook timed out", "event", event.ID, "error", err)
		return c.NoContent(http.StatusServiceUnavailable)
	}
	if err != nil {
		return err
	}
	h.log.InfoContext(ctx, "webhook", "event", stored.ID, "type", stored.Type,
		"outcome", stored.Outcome, "detail", stored.Detail, "deliveries", stored.Deliveries)
	return c.NoContent(http.StatusOK)
}
