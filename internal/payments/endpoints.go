package payments

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/models"
)

// APIVersion is the version of Stripe's API that the shop asks for.
const APIVersion = stripe.APIVersion

// Endpoint is a webhook endpoint as Stripe knows it.
type Endpoint struct {
	ID         string
	URL        string
	APIVersion string // empty: the account's default, which changes
	Enabled    bool
	Events     []string
}

// Fits reports whether the endpoint sends what the shop reads: events of the
// version it knows.
func (e Endpoint) Fits() bool { return e.APIVersion == APIVersion && len(e.Missing()) == 0 }

// Missing lists the events that the shop acts on and the endpoint does not
// send.
func (e Endpoint) Missing() []string {
	if slices.Contains(e.Events, "*") {
		return nil
	}
	var missing []string
	for _, event := range models.HandledEvents {
		if !slices.Contains(e.Events, event) {
			missing = append(missing, event)
		}
	}
	return missing
}

func endpointOf(e *stripe.WebhookEndpoint) Endpoint {
	return Endpoint{ID: e.ID, URL: e.URL, APIVersion: e.APIVersion, Enabled: e.Status == "enabled", Events: e.EnabledEvents}
}

// Endpoints lists the account's endpoints at a URL, in the key's mode.
func (c *Client) Endpoints(ctx context.Context, url string) ([]Endpoint, error) {
	params := &stripe.WebhookEndpointListParams{}
	params.Context = ctx
	params.Limit = stripe.Int64(100)
	var endpoints []Endpoint
	list := c.stripe.WebhookEndpoints.List(params)
	for list.Next() {
		if e := endpointOf(list.WebhookEndpoint()); e.URL == url {
			endpoints = append(endpoints, e)
		}
	}
	if err := list.Err(); err != nil {
		return nil, fmt.Errorf("list webhook endpoints: %w", err)
	}
	return endpoints, nil
}

// CreateEndpoint makes an endpoint for the events the shop acts on and returns
// it with its signing secret, which Stripe tells only now.
func (c *Client) CreateEndpoint(ctx context.Context, url string) (Endpoint, string, error) {
	params := &stripe.WebhookEndpointParams{
		URL:           stripe.String(url),
		APIVersion:    stripe.String(APIVersion),
		EnabledEvents: stripe.StringSlice(models.HandledEvents[:]),
		Description:   stripe.String("Orders of the shop at " + c.baseURL),
	}
	params.Context = ctx
	e, err := c.stripe.WebhookEndpoints.New(params)
	if err != nil {
		return Endpoint{}, "", fmt.Errorf("make webhook endpoint: %w", err)
	}
	return endpointOf(e), e.Secret, nil
}

// EnableEndpoint lets a disabled endpoint send again.
func (c *Client) EnableEndpoint(ctx context.Context, id string) error {
	params := &stripe.WebhookEndpointParams{Disabled: stripe.Bool(false)}
	params.Context = ctx
	if _, err := c.stripe.WebhookEndpoints.Update(id, params); err != nil {
		return fmt.Errorf("enable webhook endpoint %s: %w", id, err)
	}
	return nil
}

// DeleteEndpoint deletes an endpoint. One that is gone already is no fault.
func (c *Client) DeleteEndpoint(ctx context.Context, id string) error {
	params := &stripe.WebhookEndpointParams{}
	params.Context = ctx
	_, err := c.stripe.WebhookEndpoints.Del(id, params)
	var refused *stripe.Error
	if errors.As(err, &refused) && refused.HTTPStatusCode == http.StatusNotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("delete webhook endpoint %s: %w", id, err)
	}
	return nil
}

// Account is what the key opens.
type Account struct {
	Livemode bool
	Ahead    time.Duration // how far our clock is ahead of Stripe's, give or take two seconds; negative: behind
}

// Account asks Stripe whether it knows the key, and what time it is there.
func (c *Client) Account(ctx context.Context) (Account, error) {
	params := &stripe.BalanceParams{}
	params.Context = ctx
	balance, err := c.stripe.Balance.Get(params)
	if err != nil {
		return Account{}, fmt.Errorf("read the balance: %w", err)
	}
	account := Account{Livemode: balance.Livemode}
	// Every answer has a date (RFC 9110, section 6.6.1), in whole seconds.
	if clock, err := http.ParseTime(balance.LastResponse.Header.Get("Date")); err == nil {
		account.Ahead = c.now().Sub(clock)
	}
	return account, nil
}

// Explain says in plain words why Stripe did not do what it was asked. It
// never holds the key.
func Explain(err error) string {
	var refused *stripe.Error
	if !errors.As(err, &refused) || refused.HTTPStatusCode == 0 {
		return "Stripe does not answer. Check that this machine reaches api.stripe.com (or STRIPE_API_BASE, where it is set)."
	}
	switch refused.HTTPStatusCode {
	case http.StatusUnauthorized:
		return "Stripe does not know the key in STRIPE_SECRET_KEY. Copy it anew from Stripe's dashboard, under Developers, API keys."
	case http.StatusForbidden:
		return "The key in STRIPE_SECRET_KEY may not do this. Use the account's secret key (sk_…), or let the restricted key read the balance and events, and write checkout sessions and webhook endpoints."
	}
	if refused.Msg != "" {
		return fmt.Sprintf("Stripe refuses: %s", refused.Msg)
	}
	return fmt.Sprintf("Stripe answers with status %d. Try again in a few minutes.", refused.HTTPStatusCode)
}
