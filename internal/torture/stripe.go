package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tuckshop/internal/stripesim"
)

const (
	stripeKey     = "sk_test_torture"
	webhookSecret = "whsec_torture"
)

// stripe is the simulator in this process, so that it outlives the shop.
type stripe struct {
	*stripesim.Simulator
	url    string
	server *http.Server
	client *http.Client
	cancel context.CancelFunc
	ended  chan error
}

// startStripe starts a simulator that sends its events to a shop.
func startStripe(ctx context.Context, shopURL string) (*stripe, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen as Stripe: %w", err)
	}
	s := &stripe{url: "http://" + listener.Addr().String(), client: &http.Client{Timeout: 30 * time.Second}, ended: make(chan error, 1)}
	s.Simulator, err = stripesim.Open(ctx, stripesim.Options{
		URL: s.url, WebhookURL: shopURL + "/webhooks/stripe", WebhookSecret: webhookSecret,
		Backoff: func(attempt int) time.Duration {
			return min(time.Duration(attempt)*250*time.Millisecond, 3*time.Second)
		},
		ConfirmWait: 2 * time.Second, DelayedAfter: 2 * time.Second,
	})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.server = &http.Server{Handler: s.Simulator, ReadHeaderTimeout: 10 * time.Second}
	go s.server.Serve(listener) //nolint:errcheck // ends when it is closed
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	go func() { s.ended <- s.Run(running) }()
	return s, nil
}

func (s *stripe) close() error {
	s.cancel()
	return errors.Join(<-s.ended, s.server.Close(), s.Close())
}

// ask posts a form to the API or to the simulator's controls. What is refused
// or breaks is no error: the ledger says what happened.
func (s *stripe) ask(ctx context.Context, path string, fields ...string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, strings.NewReader(form(fields).Encode()))
	if err != nil {
		return
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	request.SetBasicAuth(stripeKey, "")
	if response, err := s.client.Do(request); err == nil { //nolint:gosec // our own simulator
		_ = response.Body.Close() // only asked
	}
}

// form makes a form of name, value, name, value…
func form(fields []string) url.Values {
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return values
}
