// Package stripesim simulates the part of Stripe that a shop talks to: the API under /v1, the hosted checkout
// page, and signed webhooks. Unmodified clients work against it. It keeps its state in one SQLite file, so that
// events wait for a shop that is down and payments survive a restart. No money moves.
//
// Objects have the shapes of API version 2023-10-16.
package stripesim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options configures a Simulator.
type Options struct {
	// Path is the SQLite file that keeps the state; "" keeps it in memory.
	Path string
	// URL is how browsers reach the simulator, for example http://127.0.0.1:8081.
	URL string
	// WebhookURL is an endpoint that is registered from the start, for all events; "" registers none.
	WebhookURL string
	// WebhookSecret signs what goes to WebhookURL: whsec_….
	WebhookSecret string
	// Logger takes what is worth knowing; nil discards it.
	Logger *slog.Logger
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Backoff is the wait before delivery attempt n, from 2 on; nil grows from 1 s to 10 min.
	Backoff func(attempt int) time.Duration
	// ConfirmWait is how long the hosted page waits for the webhook's first answer; 0 is 10 s.
	ConfirmWait time.Duration
	// DelayedAfter is how long a delayed payment or refund takes to succeed or fail; 0 is 5 s.
	DelayedAfter time.Duration
}

// Simulator is an http.Handler with the API at /v1, hosted pages at /c/pay/{session} and a page for developers
// at /. Its methods may be called from several goroutines.
type Simulator struct {
	opts   Options
	store  *store
	mux    http.Handler
	client *http.Client
	log    *slog.Logger

	wake chan struct{} // told when there may be work for Run

	mu       sync.Mutex
	inFlight map[string]bool            // idempotency keys of requests being executed
	waiting  map[string][]chan struct{} // event id → who waits for its first answer
}

// Open opens the state, creating or migrating it, and registers the endpoint of o.
func Open(ctx context.Context, o Options) (*Simulator, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Backoff == nil {
		o.Backoff = backoff
	}
	if o.ConfirmWait == 0 {
		o.ConfirmWait = 10 * time.Second
	}
	if o.DelayedAfter == 0 {
		o.DelayedAfter = 5 * time.Second
	}
	o.URL = strings.TrimRight(o.URL, "/")
	if o.WebhookURL != "" && o.WebhookSecret == "" {
		return nil, errors.New("open simulator: a webhook URL needs a webhook secret")
	}
	st, err := openStore(ctx, o.Path)
	if err != nil {
		return nil, fmt.Errorf("open simulator: %w", err)
	}
	s := &Simulator{
		opts: o, store: st, log: o.Logger, client: webhookClient(),
		wake: make(chan struct{}, 1), inFlight: map[string]bool{}, waiting: map[string][]chan struct{}{},
	}
	if err := st.do(ctx, s.registerOwnEndpoint); err != nil {
		return nil, errors.Join(fmt.Errorf("open simulator: %w", err), st.close())
	}
	s.mux = s.routes()
	return s, nil
}

// Close closes the state. Run must have returned.
func (s *Simulator) Close() error {
	s.client.CloseIdleConnections()
	return s.store.close()
}

// ServeHTTP answers the API, the hosted pages and the developers' page.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Simulator) now() int64       { return s.opts.Now().Unix() }
func (s *Simulator) nowMillis() int64 { return s.opts.Now().UnixMilli() }

// nudge tells Run that there may be work.
func (s *Simulator) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// write runs fn in a transaction and then wakes Run, for what fn may have caused.
func (s *Simulator) write(ctx context.Context, fn func(*tx) error) error {
	if err := s.store.do(ctx, fn); err != nil {
		return err
	}
	s.nudge()
	return nil
}
