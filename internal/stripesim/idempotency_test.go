package stripesim_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/internal/stripesim"
)

// post sends a form to the API by hand, with headers given as pairs.
func (s *sim) post(ctx context.Context, path, form string, headers ...string) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, strings.NewReader(form))
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Authorization", "Bearer "+testKey)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, string(body), err
}

func TestIdempotencyKey(t *testing.T) {
	sim := start(t, "")
	keyed := func(key string) *stripe.CheckoutSessionParams {
		p := order()
		p.SetIdempotencyKey(key)
		return p
	}
	first, err := sim.api.CheckoutSessions.New(keyed("a"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := sim.api.CheckoutSessions.New(keyed("a"))
	if err != nil {
		t.Fatal(err)
	}
	check(t, "id", again.ID, first.ID)
	check(t, "replayed", again.LastResponse.Header.Get("Idempotent-Replayed"), "true")
	check(t, "body", string(again.LastResponse.RawJSON), string(first.LastResponse.RawJSON))

	changed := keyed("a")
	changed.ClientReferenceID = stripe.String("8")
	_, err = sim.api.CheckoutSessions.New(changed)
	check(t, "type", wantError(t, err, 400, "").Type, stripe.ErrorTypeIdempotency)
	p := &stripe.ProductParams{Name: stripe.String("x")}
	p.SetIdempotencyKey("a")
	_, err = sim.api.Products.New(p)
	check(t, "type", wantError(t, err, 400, "").Type, stripe.ErrorTypeIdempotency)

	// Faulty parameters are refused before anything is done, so the key is still free.
	faulty := keyed("b")
	faulty.SuccessURL = nil
	_, err = sim.api.CheckoutSessions.New(faulty)
	wantError(t, err, 400, "parameter_missing")
	if _, err = sim.api.CheckoutSessions.New(keyed("b")); err != nil {
		t.Fatal(err)
	}

	// A decline was executed: it is repeated, and charged once.
	for range 2 {
		p := &stripe.PaymentIntentParams{Amount: stripe.Int64(500), Currency: stripe.String("usd"), Confirm: stripe.Bool(true),
			PaymentMethod: stripe.String("pm_card_chargeDeclined")}
		p.SetIdempotencyKey("c")
		_, err = sim.api.PaymentIntents.New(p)
		wantError(t, err, 402, "card_declined")
	}
	n := 0
	for list := sim.api.Charges.List(nil); list.Next(); n++ {
	}
	check(t, "charges", n, 1)
}

func TestSameKeyAtOnceMakesOneSession(t *testing.T) {
	sim := start(t, "")
	ids := make(chan string, 20)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			p := order()
			p.SetIdempotencyKey("same")
			for {
				session, err := sim.api.CheckoutSessions.New(p)
				if err == nil {
					ids <- session.ID
					return
				}
				var refusal *stripe.Error
				if !errors.As(err, &refusal) || refusal.HTTPStatusCode != http.StatusConflict {
					t.Errorf("session: %v", err)
					return
				}
			}
		})
	}
	all.Wait()
	close(ids)
	seen := map[string]bool{}
	for id := range ids {
		seen[id] = true
	}
	check(t, "sessions", len(seen), 1)
}

func TestKeyInFlight(t *testing.T) {
	sim := start(t, "")
	ctx, hangUp := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() {
		for { // until it is the one that holds the key, not the one that is told of it
			_, _, err := sim.post(ctx, "/v1/products", "name=x", "Idempotency-Key", "k", "Sim-Fault", string(stripesim.TimeOut))
			if err != nil {
				first <- err
				return
			}
		}
	}()
	until(t, "the key is in use", func() bool {
		res, body, err := sim.post(t.Context(), "/v1/coupons", "percent_off=0", "Idempotency-Key", "k")
		return err == nil && res.StatusCode == http.StatusConflict && strings.Contains(body, "idempotency_key_in_use")
	})
	hangUp()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the request that hangs ended with %v", err)
	}
	until(t, "the key is free again", func() bool {
		res, _, err := sim.post(t.Context(), "/v1/products", "name=x", "Idempotency-Key", "k")
		return err == nil && res.StatusCode == http.StatusOK && res.Header.Get("Idempotent-Replayed") == ""
	})
}
