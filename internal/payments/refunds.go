package payments

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/models"
)

// Refund asks Stripe to pay money back. Asked again for the same refund, it is
// the same refund at Stripe too.
//
// The error is a *models.PaymentError.
func (c *Client) Refund(ctx context.Context, refund models.Refund, payment models.Payment) (models.StripeRefund, error) {
	params := &stripe.RefundParams{PaymentIntent: payment.PaymentIntentID, Amount: stripe.Int64(refund.Amount)}
	if refund.Reason != "" {
		params.Reason = stripe.String(refund.Reason)
	}
	params.Metadata = map[string]string{models.RefundMetadata: strconv.FormatInt(refund.ID, 10)}
	params.Context = ctx
	if refund.IdempotencyKey != nil {
		params.SetIdempotencyKey(fmt.Sprintf("refund-%s-%d", *refund.IdempotencyKey, refund.KeysSpent))
	}
	what := fmt.Sprintf("refund %d", refund.ID)
	answer, err := c.stripe.Refunds.New(params)
	if err != nil {
		return models.StripeRefund{}, paymentError(err, what)
	}
	decoded, err := decodeRefund(json.RawMessage(answer.LastResponse.RawJSON))
	if err != nil {
		return decoded, &models.PaymentError{Err: fmt.Errorf("%s: %w", what, err)}
	}
	return decoded, nil
}

// Refunds lists the refunds of a payment intent, oldest first.
//
// The error is a *models.PaymentError.
func (c *Client) Refunds(ctx context.Context, intent string) ([]models.StripeRefund, error) {
	params := &stripe.RefundListParams{PaymentIntent: stripe.String(intent)}
	params.Limit = stripe.Int64(100)
	params.Context = ctx
	var refunds []models.StripeRefund
	list := c.stripe.Refunds.List(params)
	for list.Next() {
		r := list.Refund()
		refunds = append([]models.StripeRefund{{
			ID: r.ID, PaymentIntentID: intent, Currency: string(r.Currency), Amount: r.Amount, Status: string(r.Status),
			Reason: string(r.Reason), FailureReason: string(r.FailureReason), Metadata: r.Metadata,
		}}, refunds...)
	}
	if err := list.Err(); err != nil {
		return nil, paymentError(err, "list the refunds of "+intent)
	}
	return refunds, nil
}

// UndeliveredEvents hands over the events between two times that Stripe could
// not deliver to every endpoint, of the types the shop handles: page after
// page, the newest first, until take returns an error. Those it cannot read are
// left out.
//
// The error is take's or a *models.PaymentError.
func (c *Client) UndeliveredEvents(ctx context.Context, since, until time.Time, take func(page []models.Event) error) error {
	params := &stripe.EventListParams{
		DeliverySuccess: stripe.Bool(false),
		CreatedRange:    &stripe.RangeQueryParams{GreaterThanOrEqual: since.Unix(), LesserThanOrEqual: until.Unix()},
	}
	params.Limit = stripe.Int64(eventsPage)
	params.Context = ctx
	var page []models.Event
	list := c.stripe.Events.List(params)
	for list.Next() {
		if event, ok := listedEvent(list.Event()); ok {
			page = append(page, event)
		}
		if len(page) == eventsPage {
			if err := take(page); err != nil {
				return err
			}
			page = nil
		}
	}
	if len(page) > 0 { // also what came before a fault
		if err := take(page); err != nil {
			return err
		}
	}
	if err := list.Err(); err != nil {
		return paymentError(err, "list undelivered events")
	}
	return nil
}

// eventsPage is how many events are asked for at a time, Stripe's most.
// https://docs.stripe.com/api/events/list#list_events-limit
const eventsPage = 100

// listedEvent reads an event from a list, with a payload as a webhook would
// have brought it.
func listedEvent(e *stripe.Event) (models.Event, bool) {
	if e.Data == nil {
		return models.Event{}, false
	}
	event := models.Event{ID: e.ID, Type: string(e.Type), APIVersion: e.APIVersion, Livemode: e.Livemode}
	if err := decodeObject(&event, e.Data.Raw); err != nil || !event.Handled() {
		return models.Event{}, false
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return models.Event{}, false
	}
	event.Payload = payload
	return event, true
}

// DecodeEvent reads an event whose payload was verified before.
//
// It returns models.ErrMalformedEvent for a body that is no event.
func (c *Client) DecodeEvent(payload []byte) (models.Event, error) { return decodeEvent(payload) }
