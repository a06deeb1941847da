// Package payments speaks to Stripe for the shop: it opens, reads and expires
// Checkout Sessions and verifies webhooks. It is the only package that knows
// stripe-go.
package payments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"tuckshop/models"
)

// Config configures a Client.
type Config struct {
	SecretKey      string
	APIBase        string   // base URL of the Stripe API; empty for Stripe's own
	WebhookSecrets []string // any one of them may have signed an event
	SecretFile     string   // keeps further ones, and may change at any time; empty: there is none
	BaseURL        string   // the shop's, without a trailing slash
	Timeout        time.Duration
	Now            func() time.Time // nil: time.Now
}

// Client speaks to Stripe.
type Client struct {
	stripe  *client.API
	secrets *secrets
	baseURL string
	now     func() time.Time
}

// requestTimeout bounds one request to Stripe; with two retries a shopper
// waits less than half a minute in the worst case.
const requestTimeout = 8 * time.Second

// New makes a Client. It opens no connection.
func New(c Config) *Client {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Timeout == 0 {
		c.Timeout = requestTimeout
	}
	backend := &stripe.BackendConfig{
		EnableTelemetry:   stripe.Bool(false),
		HTTPClient:        &http.Client{Timeout: c.Timeout},
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull},
		MaxNetworkRetries: stripe.Int64(2),
	}
	if c.APIBase != "" {
		backend.URL = stripe.String(strings.TrimRight(c.APIBase, "/"))
	}
	api := &client.API{}
	// Only the API backend is used; files and Connect have none, so nothing
	// can reach another host by mistake.
	api.Init(c.SecretKey, &stripe.Backends{API: stripe.GetBackendWithConfig(stripe.APIBackend, backend)})
	return &Client{stripe: api, secrets: &secrets{configured: c.WebhookSecrets, path: c.SecretFile}, baseURL: c.BaseURL, now: c.Now}
}

// CreateSession opens a Checkout Session for an order. Everything it sends
// comes from the stored order and attempt, so that asking again under the same
// idempotency key asks the same.
//
// The error is a *models.PaymentError.
func (c *Client) CreateSession(ctx context.Context, order models.Order, attempt models.CheckoutAttempt) (models.CheckoutSession, error) {
	discounts, err := c.discounts(ctx, order, attempt)
	if err != nil {
		return models.CheckoutSession{}, err
	}
	orderID := strconv.FormatInt(order.ID, 10)
	metadata := map[string]string{"order_id": orderID, "order_number": order.Number}
	params := &stripe.CheckoutSessionParams{
		Mode:              stripe.String(string(stripe.CheckoutSessionModePayment)),
		ClientReferenceID: stripe.String(orderID),
		SuccessURL:        stripe.String(c.baseURL + "/checkout/success?session_id={CHECKOUT_SESSION_ID}"),
		CancelURL:         stripe.String(c.baseURL + "/checkout/cancel"),
		Discounts:         discounts,
		ExpiresAt:         stripe.Int64(attempt.ExpiresAt.Unix()),
		PaymentIntentData: &stripe.CheckoutSessionPaymentIntentDataParams{Metadata: metadata},
	}
	params.Context = ctx
	params.Metadata = metadata
	params.SetIdempotencyKey(attempt.IdempotencyKey)
	// Without this a buyer's own currency could replace the order's.
	params.AddExtra("adaptive_pricing[enabled]", "false")
	for _, item := range order.Items {
		params.LineItems = append(params.LineItems, c.lineItem(order, item))
	}
	if order.Email != "" {
		// The discount is counted by it: Stripe's page shows it and lets nobody change it.
		params.CustomerEmail = stripe.String(order.Email)
	}
	deliver(params, order)
	tax(params, order)
	session, err := c.stripe.CheckoutSessions.New(params)
	return answer(session, err, "open a session for order "+order.Number)
}

func (c *Client) lineItem(order models.Order, item models.OrderItem) *stripe.CheckoutSessionLineItemParams {
	name := item.Name
	if item.VariantTitle != "" {
		name += " (" + item.VariantTitle + ")"
	}
	product := &stripe.CheckoutSessionLineItemPriceDataProductDataParams{
		Name: stripe.String(name), Metadata: map[string]string{"sku": item.SKU},
	}
	// Stripe fetches the picture from the public web.
	if item.PictureKey != "" && strings.HasPrefix(c.baseURL, "https://") {
		product.Images = stripe.StringSlice([]string{c.baseURL + "/media/" + item.PictureKey + "-640.jpg"})
	}
	return &stripe.CheckoutSessionLineItemParams{
		Quantity: stripe.Int64(item.Quantity),
		PriceData: &stripe.CheckoutSessionLineItemPriceDataParams{
			Currency:    stripe.String(strings.ToLower(order.Currency)),
			UnitAmount:  stripe.Int64(item.UnitPrice),
			ProductData: product,
			TaxBehavior: taxBehavior(order),
		},
	}
}

// ExpireSession ends a session, so that it can no longer be paid, and returns
// it as it is then. A session that was paid or expired meanwhile comes back as
// it is, without an error.
func (c *Client) ExpireSession(ctx context.Context, id string) (models.CheckoutSession, error) {
	params := &stripe.CheckoutSessionExpireParams{}
	params.Context = ctx
	session, err := c.stripe.CheckoutSessions.Expire(id, params)
	var refused *stripe.Error
	if errors.As(err, &refused) && refused.HTTPStatusCode == http.StatusBadRequest {
		return c.Session(ctx, id)
	}
	return answer(session, err, "expire session "+id)
}

// Session reads a session.
func (c *Client) Session(ctx context.Context, id string) (models.CheckoutSession, error) {
	params := &stripe.CheckoutSessionParams{}
	params.Context = ctx
	session, err := c.stripe.CheckoutSessions.Get(id, params)
	return answer(session, err, "read session "+id)
}

func answer(session *stripe.CheckoutSession, err error, what string) (models.CheckoutSession, error) {
	if err == nil && (session == nil || session.LastResponse == nil) {
		err = errors.New("empty answer")
	}
	if err != nil {
		return models.CheckoutSession{}, paymentError(err, what)
	}
	decoded, err := decodeSession(json.RawMessage(session.LastResponse.RawJSON))
	if err != nil {
		return models.CheckoutSession{}, &models.PaymentError{Err: fmt.Errorf("%s: %w", what, err)}
	}
	return decoded, nil
}

// paymentError says what Stripe's answer, or its silence, means.
func paymentError(err error, what string) *models.PaymentError {
	fault := &models.PaymentError{Definite: definite(err), Err: fmt.Errorf("%s: %w", what, err)}
	var refused *stripe.Error
	if errors.As(err, &refused) {
		fault.Status, fault.Reason = refused.HTTPStatusCode, refused.Msg
		fault.TooSmall = refused.Code == stripe.ErrorCodeAmountTooSmall
		fault.BadEmail = refused.Code == stripe.ErrorCodeEmailInvalid
	}
	return fault
}

// definite reports whether Stripe has decided: such an answer is what the
// idempotency key gives from now on. A conflict (another request with the key
// is under way) and a rate limit decide nothing, nor does silence.
func definite(err error) bool {
	var refused *stripe.Error
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.HTTPStatusCode {
	case 0, http.StatusConflict, http.StatusTooManyRequests:
		return false
	}
	return true
}
