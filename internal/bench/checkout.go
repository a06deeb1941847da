package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// checkoutsPerSecond is roughly how many checkouts one second takes.
const checkoutsPerSecond = 500

// measureCheckout posts checkouts of one article each, from carts of their own,
// while a stub stands where Stripe is: what remains is the order, its
// reservation, and the call that opens the session.
func measureCheckout(ctx context.Context, b *bench) (err error) {
	stripe, stop, err := stubStripe(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	for _, kind := range kinds {
		if err := b.measureCheckoutOn(ctx, kind, stripe); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

func (b *bench) measureCheckoutOn(ctx context.Context, kind, stripe string) (err error) {
	const connections = 16
	data, drop, err := b.newDatabase(ctx, kind, "checkout", 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	shop, err := b.startShop(ctx, filepath.Join(b.dir, "checkout-"+kind), "DATABASE_URL="+data.url,
		"STRIPE_SECRET_KEY="+stripeKey, "STRIPE_API_BASE="+stripe, "STRIPE_WEBHOOK_SECRET="+webhookSecret, "DEMO=off")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.stop()) }()
	var measured side
	for turn := range b.repeat + 1 {
		fmt.Fprintln(os.Stderr, " ", kind, turn)
		r, err := checkOut(ctx, shop, stripe, connections, checkoutsPerSecond*b.seconds)
		if err != nil {
			return err
		}
		if turn > 0 { // the first warms up
			measured.add(r)
		}
	}
	b.table.figure(fmt.Sprintf("checkouts per second, %s, %d at a time", kind, connections),
		fmt.Sprintf("%s; p50 %s, p99 %s ms", measured.rate.show(rate), millis(measured.p50.median()), millis(measured.p99.median())), "≥ 500")
	return nil
}

// checkOut fills count carts and then, measured, takes each to Stripe.
func checkOut(ctx context.Context, shop *process, stripe string, connections, count int) (result, error) {
	carts, err := fillCarts(ctx, shop, connections, count)
	if err != nil {
		return result{}, err
	}
	requests := make([][]byte, len(carts))
	for i, cookie := range carts {
		requests[i] = post(shop.addr, "/checkout", formType, nil, "Cookie: "+cookie)
	}
	return drive(connections, len(requests), func() (worker, error) {
		return httpWorker(ctx, shop.addr, func(i int) []byte { return requests[i] }, func(i int, r *http.Response) error {
			if to := r.Header.Get("Location"); r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, stripe) {
				return fmt.Errorf("checkout %d was answered with %s to %q", i, r.Status, to)
			}
			return nil
		})
	})
}

const formType = "application/x-www-form-urlencoded"

// fillCarts makes count carts of one article and returns their cookies.
func fillCarts(ctx context.Context, shop *process, connections, count int) ([]string, error) {
	carts := make([]string, count)
	_, err := drive(connections, count, func() (worker, error) {
		return httpWorker(ctx, shop.addr, func(i int) []byte {
			return post(shop.addr, "/cart/items", formType, []byte(url.Values{"variant_id": {fmt.Sprint(i%50 + 1)}, "quantity": {"1"}}.Encode()))
		}, func(i int, r *http.Response) error {
			for _, cookie := range r.Cookies() {
				carts[i] = cookie.Name + "=" + cookie.Value
				return nil
			}
			return fmt.Errorf("cart %d was answered with %s and no cookie", i, r.Status)
		})
	})
	return carts, err
}

// stubStripe opens every session it is asked for, at once.
func stubStripe(ctx context.Context) (address string, stop func() error, err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen: %w", err)
	}
	address = "http://" + listener.Addr().String()
	var opened atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/checkout/sessions", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		id := opened.Add(1)
		fmt.Fprintf(w, `{"id":"cs_stub_%d","object":"checkout.session","mode":"payment","status":"open","payment_status":"unpaid",`+
			`"currency":"usd","livemode":false,"metadata":{},"expires_at":%d,"url":"%s/pay/%d"}`, id, time.Now().Add(time.Hour).Unix(), address, id)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // ends with Close
	return address, server.Close, nil
}
