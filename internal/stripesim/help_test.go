package stripesim_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"
	"github.com/stripe/stripe-go/v76/webhook"

	"tuckshop/internal/stripesim"
)

const (
	testKey = "sk_test_123456789012"
	secret  = "whsec_test"
)

// clock is set by the tests.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// shop stands at the other end of the webhook: it verifies, keeps and answers what comes.
type shop struct {
	t        *testing.T
	url      string
	received chan received
	mu       sync.Mutex
	answer   func(n int, e received) int // n counts from 1; nil: 200
	n        int
}

type received struct {
	event     stripe.Event
	body      []byte
	signature string
	err       error // of stripe-go's verification
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, received: make(chan received, 10000)}
	server := httptest.NewServer(http.HandlerFunc(s.take))
	t.Cleanup(server.Close)
	s.url = server.URL + "/webhooks/stripe"
	return s
}

func (s *shop) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Errorf("read webhook: %v", err)
	}
	got := received{body: body, signature: r.Header.Get("Stripe-Signature")}
	got.err = webhook.ValidatePayload(body, got.signature, secret)
	if err := json.Unmarshal(body, &got.event); err != nil {
		s.t.Errorf("decode webhook: %v", err)
	}
	s.mu.Lock()
	s.n++
	status := http.StatusOK
	if s.answer != nil {
		status = s.answer(s.n, got)
	}
	s.mu.Unlock()
	if status >= 300 && status < 400 {
		w.Header().Set("Location", "/elsewhere")
	}
	w.WriteHeader(status)
	s.received <- got
}

func (s *shop) answers(f func(n int, e received) int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// next waits for an event of a type and drops the others.
func (s *shop) next(kind string) received {
	s.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case got := <-s.received:
			if string(got.event.Type) == kind {
				return got
			}
		case <-deadline:
			s.t.Fatalf("no event %s came", kind)
		}
	}
}

// sim is a simulator served over HTTP.
type sim struct {
	*stripesim.Simulator
	t    *testing.T
	url  string
	stop func()
	api  *client.API
}

func quick(o *stripesim.Options) {
	o.Backoff = func(int) time.Duration { return 10 * time.Millisecond }
	o.DelayedAfter = 10 * time.Millisecond
}

// start opens a simulator on a file, serves and runs it. It is stopped at the test's end, or by stop.
func start(t *testing.T, webhookURL string, change ...func(*stripesim.Options)) *sim {
	t.Helper()
	front := http.NewServeMux()
	server := httptest.NewServer(front)
	o := stripesim.Options{Path: filepath.Join(t.TempDir(), "sim.db"), URL: server.URL, WebhookURL: webhookURL}
	if webhookURL != "" {
		o.WebhookSecret = secret
	}
	quick(&o)
	for _, f := range change {
		f(&o)
	}
	s, err := stripesim.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	front.Handle("/", s)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		server.CloseClientConnections()
		server.Close()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	t.Cleanup(stop)
	return &sim{Simulator: s, t: t, url: server.URL, stop: stop, api: api(server.URL)}
}

// api is stripe-go pointed at a simulator, without retries.
func api(url string) *client.API {
	backend := stripe.GetBackendWithConfig(stripe.APIBackend, &stripe.BackendConfig{
		URL: stripe.String(url), MaxNetworkRetries: stripe.Int64(0), EnableTelemetry: stripe.Bool(false),
		LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
	})
	return client.New(testKey, &stripe.Backends{API: backend, Connect: backend, Uploads: backend})
}

// order is what a shop asks for: 2 × 15.00 and 1 × 4.99, shipped for 5.00.
func order() *stripe.CheckoutSessionParams {
	item := func(name string, amount, quantity int64) *stripe.CheckoutSessionLineItemParams {
		return &stripe.CheckoutSessionLineItemParams{Quantity: stripe.Int64(quantity), PriceData: &stripe.CheckoutSessionLineItemPriceDataParams{
			Currency: stripe.String("usd"), UnitAmount: stripe.Int64(amount),
			ProductData: &stripe.CheckoutSessionLineItemPriceDataProductDataParams{Name: stripe.String(name)}}}
	}
	p := &stripe.CheckoutSessionParams{
		Mode: stripe.String("payment"), SuccessURL: stripe.String("http://shop.test/checkout/success?session_id={CHECKOUT_SESSION_ID}"),
		CancelURL: stripe.String("http://shop.test/checkout/cancel"), ClientReferenceID: stripe.String("7"),
		LineItems: []*stripe.CheckoutSessionLineItemParams{item("Notebook", 1500, 2), item("Pencil", 499, 1)},
		ShippingOptions: []*stripe.CheckoutSessionShippingOptionParams{{ShippingRateData: &stripe.CheckoutSessionShippingOptionShippingRateDataParams{
			DisplayName: stripe.String("Post"), Type: stripe.String("fixed_amount"),
			FixedAmount: &stripe.CheckoutSessionShippingOptionShippingRateDataFixedAmountParams{Amount: stripe.Int64(500), Currency: stripe.String("usd")}}}},
		ShippingAddressCollection: &stripe.CheckoutSessionShippingAddressCollectionParams{AllowedCountries: stripe.StringSlice([]string{"GB", "IE"})},
		PaymentIntentData:         &stripe.CheckoutSessionPaymentIntentDataParams{},
	}
	p.AddMetadata("order_id", "7")
	p.PaymentIntentData.AddMetadata("order_id", "7")
	p.AddExtra("adaptive_pricing[enabled]", "false")
	return p
}

func (s *sim) open() *stripe.CheckoutSession {
	s.t.Helper()
	session, err := s.api.CheckoutSessions.New(order())
	if err != nil {
		s.t.Fatal(err)
	}
	return session
}

// paid opens a session and pays it.
func (s *sim) paid() *stripe.CheckoutSession {
	s.t.Helper()
	session := s.open()
	if err := s.Pay(s.t.Context(), session.ID, stripesim.PayNow); err != nil {
		s.t.Fatal(err)
	}
	return s.get(session.ID)
}

func (s *sim) get(id string) *stripe.CheckoutSession {
	s.t.Helper()
	session, err := s.api.CheckoutSessions.Get(id, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return session
}

func check[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
