package stripesim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// done is what the developers' page says after one of its forms, by the name that stands in its address.
var done = map[string]string{
	"clock":    "Time has moved on.",
	"fault":    "The faults have changed.",
	"disputed": "The payment is disputed.",
	"dispute":  "The dispute is decided.",
	"refund":   "The refund has ended.",
	"payment":  "The payment has ended.",
	"resent":   "The event is sent again.",
}

// control makes a handler of a form. A browser is led back to the developers' page, which shows what was wrong; a
// script that asks for JSON gets the object that was changed, or an error of Stripe's shape.
func (s *Simulator) control(name string, run endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{Simulator: s, req: r}
		doc, err := c.submit(w, run)
		if strings.Contains(r.Header.Get("Accept"), "application/json") {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Cache-Control", "no-store")
			send(w, s.orError(c, jsonReply(http.StatusOK, doc.public(), ""), err))
			return
		}
		var refusal *apiError
		switch {
		case errors.As(err, &refusal):
			s.renderDeveloperPage(w, r, developerPage{refusal: refusal, form: c.p})
		case !s.pageFailed(w, err):
			http.Redirect(w, r, "/?done="+name, http.StatusSeeOther)
		}
	}
}

// submit reads a form and executes it in one transaction.
func (c *call) submit(w http.ResponseWriter, run endpoint) (doc object, err error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, c.req.Body, maxBody))
	if err != nil {
		return nil, invalid("", "", "The form could not be read.")
	}
	form, bad := parseParams(string(body))
	if bad != nil {
		return nil, bad
	}
	c.p = form
	err = c.write(c.req.Context(), func(t *tx) error {
		c.tx = t
		doc, err = run(c)
		return err
	})
	return doc, err
}

// decidePayment ends a delayed payment: outcome is succeeded or failed.
func decidePayment(c *call) (object, error) {
	c.p.need("outcome")
	outcome := succeedsLater
	if c.p.one("outcome", "succeeded", "failed") == "failed" {
		outcome = failsLater
	}
	if err := c.p.err(); err != nil {
		return nil, err
	}
	intent, err := c.named("payment_intent")
	if err != nil {
		return nil, err
	}
	if intent.str("status") != "processing" {
		return nil, stateError(intent, "decide")
	}
	if err := c.settle(c.tx, intent.str("latest_charge"), outcome); err != nil {
		return nil, err
	}
	return c.named("payment_intent")
}

// resendEvent delivers an event once more.
func resendEvent(c *call) (object, error) {
	if err := c.p.err(); err != nil {
		return nil, err
	}
	if err := c.resend(c.tx, c.id()); err != nil {
		if errors.Is(err, errNotFound) {
			return nil, missing("event", c.id(), "id")
		}
		return nil, err
	}
	return c.tx.event(c.id())
}

// Resend delivers an event once more, at once, to every enabled endpoint that wants its type.
func (s *Simulator) Resend(ctx context.Context, eventID string) error {
	err := s.write(ctx, func(t *tx) error { return s.resend(t, eventID) })
	if err != nil {
		return fmt.Errorf("resend %s: %w", eventID, err)
	}
	return nil
}

func (s *Simulator) resend(t *tx, eventID string) error {
	event, err := t.event(eventID)
	if err != nil {
		return err
	}
	endpoints, err := s.endpointsFor(t, event.str("type"))
	if err != nil {
		return err
	}
	for _, endpoint := range endpoints {
		if err := s.resendTo(t, event, endpoint); err != nil {
			return err
		}
	}
	return nil
}

// resendTo queues the delivery again where there is one that has ended or waits, so that its success counts for the
// event; else, for an endpoint that came later, it makes one.
func (s *Simulator) resendTo(t *tx, event, endpoint object) error {
	res, err := t.exec(`UPDATE deliveries SET state = 'waiting', due = ?, fault = '', after = NULL WHERE id =
		(SELECT id FROM deliveries WHERE event = ? AND endpoint = ? AND state <> 'sending' ORDER BY counted DESC, id LIMIT 1)`,
		s.nowMillis(), event.id(), endpoint.id())
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	if err := s.enqueue(t, event, endpoint, nil); err != nil {
		return err
	}
	_, err = t.exec(`UPDATE events SET pending = (SELECT count(*) FROM deliveries WHERE event = ?1 AND counted) WHERE id = ?1`, event.id())
	return err
}
