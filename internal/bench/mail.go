package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Mails of one measurement: one after the other, and as many as 16 connections
// bring about in a burst, a second long.
const (
	idleMails = 30
	burst     = 1000
)

// measureMail measures from the shop's yes to a webhook to the moment when the
// mail server has the whole receipt.
func measureMail(ctx context.Context, b *bench) error {
	for _, kind := range kinds {
		if err := b.measureMailOn(ctx, kind); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

func (b *bench) measureMailOn(ctx context.Context, kind string) (err error) {
	data, drop, err := b.newDatabase(ctx, kind, "mail", (b.repeat+1)*(idleMails+burst*b.seconds))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	server, err := startMailServer(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.close()) }()
	shop, err := b.startShop(ctx, filepath.Join(b.dir, "mail-"+kind), "DATABASE_URL="+data.url, "SMTP_URL="+server.url(),
		"STRIPE_SECRET_KEY="+stripeKey, "STRIPE_WEBHOOK_SECRET="+webhookSecret, "DEMO=off")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.stop()) }()
	var idle, busy, through samples
	for turn := range b.repeat + 1 {
		fmt.Fprintln(os.Stderr, " ", kind, turn)
		var alone []time.Duration
		for range idleMails {
			late, _, err := mailAfter(ctx, shop, data, server, 1, 1)
			if err != nil {
				return err
			}
			alone = append(alone, late...)
			if err := data.rest(ctx); err != nil {
				return err
			}
		}
		slices.Sort(alone)
		late, took, err := mailAfter(ctx, shop, data, server, 16, burst*b.seconds)
		if err != nil {
			return err
		}
		if turn > 0 { // the first warms up
			idle = append(idle, inMillis(percentile(alone, 0.5)))
			busy = append(busy, inMillis(percentile(late, 0.99)))
			through = append(through, float64(len(late))/took.Seconds())
		}
		if err := data.rest(ctx); err != nil {
			return err
		}
	}
	b.table.figure("webhook's 200 to mail at the server, "+kind+", idle, p50", idle.show(millis)+" ms", "≤ 50 ms")
	b.table.figure(fmt.Sprintf("the same in a burst of %d orders at 16 connections, p99", burst*b.seconds),
		busy.show(millis)+" ms; "+through.show(rate)+" mails per second", "≤ 2,000 ms")
	return nil
}

// mailAfter posts count webhooks and returns, sorted, how long after each
// answer its mail was at the server, and how long it all took.
func mailAfter(ctx context.Context, shop *process, d *database, server *mailServer, connections, count int) ([]time.Duration, time.Duration, error) {
	first, err := d.take(count)
	if err != nil {
		return nil, 0, err
	}
	requests := make([][]byte, count)
	for i := range requests {
		requests[i] = d.webhook(shop.addr, first+i)
	}
	answered := make([]time.Time, count)
	began := time.Now()
	_, err = drive(connections, count, func() (worker, error) {
		return httpWorker(ctx, shop.addr, func(i int) []byte { return requests[i] }, func(i int, r *http.Response) error {
			answered[i] = time.Now()
			return isOK(i, r)
		})
	})
	if err == nil {
		err = server.await(count)
	}
	if err != nil {
		return nil, 0, err
	}
	took := time.Since(began)
	late := make([]time.Duration, count)
	for i := range late {
		at, err := server.when(fmt.Sprintf("shopper-%d@example.com", first+i))
		if err != nil {
			return nil, 0, err
		}
		late[i] = max(at.Sub(answered[i]), 0)
	}
	slices.Sort(late)
	return late, took, nil
}
