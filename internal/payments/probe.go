package payments

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/models"
)

// probeMark is the metadata that tells a test of the webhook from an order.
const probeMark = "tuckshop_probe"

// probeAmount is within Stripe's bounds in every currency, in minor units. It
// is never charged.
const probeAmount = 10_000_000

// ExpireProbe opens a Checkout Session that belongs to no order, and expires it
// at once: Stripe makes an event of that, which every webhook endpoint of the
// shop gets and no order minds. It returns the session's id.
func (c *Client) ExpireProbe(ctx context.Context, currency string) (string, error) {
	params := &stripe.CheckoutSessionParams{
		Mode:       stripe.String(string(stripe.CheckoutSessionModePayment)),
		SuccessURL: stripe.String(c.baseURL),
		Metadata:   map[string]string{probeMark: rand.Text()},
		LineItems: []*stripe.CheckoutSessionLineItemParams{{
			Quantity: stripe.Int64(1),
			PriceData: &stripe.CheckoutSessionLineItemPriceDataParams{
				Currency: stripe.String(strings.ToLower(currency)), UnitAmount: stripe.Int64(probeAmount),
				ProductData: &stripe.CheckoutSessionLineItemPriceDataProductDataParams{Name: stripe.String("Test of the shop's webhook")},
			},
		}},
	}
	params.Context = ctx
	session, err := c.stripe.CheckoutSessions.New(params)
	if err != nil {
		return "", fmt.Errorf("open a session to test with: %w", err)
	}
	if _, err := c.ExpireSession(ctx, session.ID); err != nil {
		return "", err
	}
	return session.ID, nil
}

// ProbeEvent is the event that Stripe made of a probe.
type ProbeEvent struct {
	ID      string // empty: Stripe has not listed it yet
	Pending int64  // endpoints that have not taken it
}

// ProbeEvent looks for the event of a probe's session among the newest.
func (c *Client) ProbeEvent(ctx context.Context, sessionID string) (ProbeEvent, error) {
	params := &stripe.EventListParams{Type: stripe.String(models.EventSessionExpired)}
	params.Context = ctx
	params.Limit, params.Single = stripe.Int64(100), true
	list := c.stripe.Events.List(params)
	for list.Next() {
		event := list.Event()
		var session struct {
			ID string `json:"id"`
		}
		if event.Data != nil && json.Unmarshal(event.Data.Raw, &session) == nil && session.ID == sessionID {
			return ProbeEvent{ID: event.ID, Pending: event.PendingWebhooks}, nil
		}
	}
	if err := list.Err(); err != nil {
		return ProbeEvent{}, fmt.Errorf("look for the test's event: %w", err)
	}
	return ProbeEvent{}, nil
}
