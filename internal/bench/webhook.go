package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The secrets of the shops that are measured with orders.
const (
	stripeKey     = "sk_test_bench"
	webhookSecret = "whsec_bench"
)

// seed is what the shop's predecessor did, at 1, 16 and 64 connections: events
// per second.
var seed = map[int]string{1: "71", 16: "107 (248 with persistent database connections)", 64: "106"}

// webhooksPerSecond is roughly how many events one second takes; each
// measurement has as many.
var webhooksPerSecond = map[int]int{1: 400, 16: 1200, 64: 1200}

// measureWebhooks posts signed events of paid sessions, each for an order of
// its own, against a bare client that runs the same statements.
func measureWebhooks(ctx context.Context, b *bench) error {
	for _, kind := range kinds {
		levels := []int{1, 16, 64}
		targets := map[int]string{1: "≥ 0.6", 16: "≥ 0.6", 64: "≥ 0.6"}
		if kind == "SQLite" {
			levels, targets = []int{16}, map[int]string{16: "≥ 0.5"}
		}
		if err := b.measureWebhooksOn(ctx, kind, levels, targets); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

func (b *bench) measureWebhooksOn(ctx context.Context, kind string, levels []int, targets map[int]string) (err error) {
	orders := 2 // to compare the traces
	for _, connections := range levels {
		orders += b.seconds * webhooksPerSecond[connections] * (b.repeat + 1) * 2
	}
	fmt.Fprintf(os.Stderr, "  preparing %d orders on %s\n", orders, kind)
	shopData, drop, err := b.newDatabase(ctx, kind, "webhooks", orders)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	bareData := shopData
	if !shopData.postgres {
		// Two writing programs would wait for each other's lock on one file.
		var dropBare func() error
		if bareData, dropBare, err = b.newDatabase(ctx, kind, "bare", orders); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, dropBare()) }()
	}
	client, err := newBareClient(ctx, bareData)
	if err != nil {
		return err
	}
	shop, err := b.startShop(ctx, filepath.Join(b.dir, "webhooks-"+kind), "DATABASE_URL="+shopData.url,
		"STRIPE_SECRET_KEY="+stripeKey, "STRIPE_WEBHOOK_SECRET="+webhookSecret, "DEMO=off")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.stop()) }()
	if err := sameTraces(ctx, shop, shopData, client); err != nil {
		return err
	}
	for _, connections := range levels {
		fmt.Fprintln(os.Stderr, " ", kind, connections)
		count := b.seconds * webhooksPerSecond[connections]
		var ours, theirs side
		for turn := range b.repeat + 1 {
			fromShop, err := deliver(ctx, shop, shopData, connections, count)
			if err != nil {
				return err
			}
			if err := shopData.rest(ctx); err != nil {
				return err
			}
			fromBare, err := client.deliver(ctx, connections, count)
			if err != nil {
				return fmt.Errorf("bare: %w", err)
			}
			if turn > 0 { // the first warms up
				ours.add(fromShop)
				theirs.add(fromBare)
			}
		}
		what := fmt.Sprintf("webhooks, %s, %d at a time; the seed: %s", kind, connections, seed[connections])
		if connections == 1 {
			what = fmt.Sprintf("webhooks, %s, one at a time; the seed: %s", kind, seed[connections])
		}
		b.table.compare(what, ours, theirs, targets[connections])
	}
	return nil
}

// sameTraces checks that the bare client leaves as many rows in every table as
// the shop: its statements are written by hand and must follow the shop's.
func sameTraces(ctx context.Context, shop *process, shopData *database, client *bareClient) error {
	traces := func(d *database, deliver func() error) (map[string]int, error) {
		before, err := d.rowCounts(ctx)
		if err != nil {
			return nil, err
		}
		if err := deliver(); err != nil {
			return nil, err
		}
		after, err := d.rowCounts(ctx)
		for table := range after {
			after[table] -= before[table]
		}
		for table := range after { // the job library's own bookkeeping
			if strings.HasPrefix(table, "river_") && !strings.HasPrefix(table, "river_job ") {
				delete(after, table)
			}
		}
		return after, err
	}
	ours, err := traces(shopData, func() error {
		_, err := deliver(ctx, shop, shopData, 1, 1)
		return err
	})
	if err != nil {
		return err
	}
	theirs, err := traces(client.database, func() error {
		_, err := client.deliver(ctx, 1, 1)
		return err
	})
	if err != nil {
		return fmt.Errorf("bare: %w", err)
	}
	if !maps.Equal(ours, theirs) {
		return fmt.Errorf("the shop adds rows %v, the bare client %v: statements.go must follow models.ReceiveEvent", ours, theirs)
	}
	return nil
}

// deliver posts an event for each of count orders.
func deliver(ctx context.Context, shop *process, d *database, connections, count int) (result, error) {
	first, err := d.take(count)
	if err != nil {
		return result{}, err
	}
	requests := make([][]byte, count)
	for i := range requests {
		requests[i] = d.webhook(shop.addr, first+i)
	}
	measured, err := drive(connections, count, func() (worker, error) {
		return httpWorker(ctx, shop.addr, func(i int) []byte { return requests[i] }, isOK)
	})
	if err != nil {
		return result{}, err
	}
	var paid int
	if err := d.QueryRowContext(ctx, d.bind("SELECT COUNT(*) FROM orders WHERE id BETWEEN ? AND ? AND status = 'paid'"),
		d.first+int64(first), d.first+int64(first+count-1)).Scan(&paid); err != nil {
		return result{}, fmt.Errorf("count paid orders: %w", err)
	}
	if paid != count {
		return result{}, fmt.Errorf("%d events were taken, but %d orders are paid", count, paid)
	}
	return measured, nil
}

func isOK(i int, r *http.Response) error {
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("request %d was answered with %s", i, r.Status)
	}
	return nil
}

// webhook is the signed request that tells the shop that prepared order n is
// paid.
func (d *database) webhook(addr string, n int) []byte {
	payload := d.event(n)
	at := time.Now().Unix()
	mac := hmac.New(sha256.New, []byte(webhookSecret))
	fmt.Fprintf(mac, "%d.%s", at, payload)
	return post(addr, "/webhooks/stripe", "application/json; charset=utf-8", payload,
		fmt.Sprintf("Stripe-Signature: t=%d,v1=%s", at, hex.EncodeToString(mac.Sum(nil))))
}

// event is an event as Stripe sends it, of about 3 kB.
func (d *database) event(n int) []byte {
	return fmt.Appendf(nil, eventJSON, n, time.Now().Unix(), d.session(n, "complete", "paid"), n, n)
}

func (d *database) session(n int, status, payment string) []byte {
	return fmt.Appendf(nil, sessionJSON, n, d.subtotal, d.subtotal, d.first+int64(n), time.Now().Unix(), n,
		time.Now().Add(time.Hour).Unix(), d.first+int64(n), n, payment, status, n)
}

const eventJSON = `{
  "id": "evt_bench_%d",
  "object": "event",
  "api_version": "2023-10-16",
  "created": %d,
  "data": {
    "object": %s
  },
  "livemode": false,
  "pending_webhooks": 1,
  "request": {
    "id": "req_bench_%d",
    "idempotency_key": "bench-%d"
  },
  "type": "checkout.session.completed"
}`

const sessionJSON = `{
      "id": "cs_bench_%d",
      "object": "checkout.session",
      "after_expiration": null,
      "allow_promotion_codes": null,
      "amount_subtotal": %d,
      "amount_total": %d,
      "automatic_tax": {
        "enabled": false,
        "liability": null,
        "status": null
      },
      "billing_address_collection": null,
      "cancel_url": "http://localhost:8080/checkout/cancel",
      "client_reference_id": "%d",
      "client_secret": null,
      "consent": null,
      "consent_collection": null,
      "created": %d,
      "currency": "usd",
      "currency_conversion": null,
      "custom_fields": [],
      "custom_text": {
        "after_submit": null,
        "shipping_address": null,
        "submit": null,
        "terms_of_service_acceptance": null
      },
      "customer": null,
      "customer_creation": "if_required",
      "customer_details": {
        "address": {
          "city": "Berlin",
          "country": "DE",
          "line1": "Unter den Linden 1",
          "line2": null,
          "postal_code": "10117",
          "state": null
        },
        "email": "shopper-%d@example.com",
        "name": "Ada Shopper",
        "phone": null,
        "tax_exempt": "none",
        "tax_ids": []
      },
      "customer_email": null,
      "expires_at": %d,
      "invoice": null,
      "invoice_creation": {
        "enabled": false,
        "invoice_data": {
          "account_tax_ids": null,
          "custom_fields": null,
          "description": null,
          "footer": null,
          "issuer": null,
          "metadata": {},
          "rendering_options": null
        }
      },
      "livemode": false,
      "locale": null,
      "metadata": {
        "order_id": "%d"
      },
      "mode": "payment",
      "payment_intent": "pi_bench_%d",
      "payment_link": null,
      "payment_method_collection": "if_required",
      "payment_method_configuration_details": null,
      "payment_method_options": {},
      "payment_method_types": [
        "card"
      ],
      "payment_status": "%s",
      "phone_number_collection": {
        "enabled": false
      },
      "recovered_from": null,
      "setup_intent": null,
      "shipping_address_collection": {
        "allowed_countries": ["AT", "CH", "DE", "FR", "GB", "US"]
      },
      "shipping_cost": null,
      "shipping_details": {
        "address": {
          "city": "Berlin",
          "country": "DE",
          "line1": "Unter den Linden 1",
          "line2": null,
          "postal_code": "10117",
          "state": null
        },
        "name": "Ada Shopper"
      },
      "shipping_options": [],
      "status": "%s",
      "submit_type": null,
      "subscription": null,
      "success_url": "http://localhost:8080/checkout/success?session_id={CHECKOUT_SESSION_ID}",
      "total_details": {
        "amount_discount": 0,
        "amount_shipping": 0,
        "amount_tax": 0
      },
      "ui_mode": "hosted",
      "url": "http://localhost/pay/cs_bench_%d"
    }`
