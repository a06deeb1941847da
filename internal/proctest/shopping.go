package proctest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"tuckshop/internal/apptest"
)

// Checkout buys as a new shopper up to the payment page: quantities holds
// pieces by variant id. It returns the id of the Checkout Session.
func (s *Shop) Checkout(quantities map[int64]int64) string {
	s.t.Helper()
	answer := s.Fill(quantities).Post("/checkout")
	page, err := url.Parse(answer.Location)
	if err != nil || answer.Status != http.StatusSeeOther || !strings.Contains(page.Path, "/c/pay/") {
		s.t.Fatalf("checkout: %d %s", answer.Status, answer.Location)
	}
	return path.Base(page.Path)
}

// Fill is a new shopper with things in the cart: pieces by variant id.
func (s *Shop) Fill(quantities map[int64]int64) *apptest.Browser {
	s.t.Helper()
	shopper := apptest.NewBrowser(s.t, s.URL)
	for variant, quantity := range quantities {
		answer := shopper.Post("/cart/items", "variant_id", strconv.FormatInt(variant, 10), "quantity", strconv.FormatInt(quantity, 10))
		if answer.Status != http.StatusSeeOther {
			s.t.Fatalf("put %d of variant %d into the cart: %d", quantity, variant, answer.Status)
		}
	}
	return shopper
}

// Deliver posts a signed event once and returns the status. The error says
// that there was no answer, as when the shop is killed.
func (s *Shop) Deliver(event Event) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	request, err := s.delivery(ctx, event)
	if err != nil {
		return 0, err
	}
	return do(request)
}

func (s *Shop) delivery(ctx context.Context, event Event) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/webhooks/stripe", bytes.NewReader(event.Payload))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Stripe-Signature", apptest.Sign(Secret, time.Now(), event.Payload))
	return request, nil
}

// Reply is what came back of a delivery.
type Reply struct {
	Event  Event
	Status int
	Err    error // there was no answer
}

// Begin posts a signed event and returns once the shop has begun to take it:
// it has asked for the body. The channel tells how that ended.
func (s *Shop) Begin(event Event) <-chan Reply {
	s.t.Helper()
	begun, reply := make(chan struct{}), make(chan Reply, 1)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.t.Context()), patience)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got100Continue: sync.OnceFunc(func() { close(begun) })})
	request, err := s.delivery(ctx, event)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Expect", "100-continue")
	go func() {
		defer cancel()
		status, err := do(request)
		reply <- Reply{event, status, err}
	}()
	select {
	case <-begun:
	case early := <-reply:
		s.t.Fatalf("a webhook was answered before its body was read: %d, %v", early.Status, early.Err)
	}
	return reply
}

// client opens a connection for each request: one that a killed shop left
// behind would fail the next request.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: patience}}

func do(request *http.Request) (int, error) {
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close() //nolint:errcheck // only read
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}
