package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"tuckshop/internal/stripesim"
)

const (
	plenty       = 2000 // pieces of what does not sell out
	shoppers     = 12
	startingTime = 5 * time.Minute // that a shop may take to be ready
	settlingTime = 5 * time.Minute // until everything must have come to rest
)

// config is what a run is made of.
type config struct {
	seed        uint64
	length      time.Duration
	killsEvery  time.Duration
	databaseURL string
	ownServer   bool // PostgreSQL's server may be crashed
	binary      string
	say         io.Writer // takes a line now and then
}

// torture is one run.
type torture struct {
	config
	shop     *shop
	stripe   *stripe
	mailbox  *mailbox
	database *database
	merchant *merchant
	counts   counts
	// How much of each variant there was before anything was sold, less what is
	// sold elsewhere for now.
	stock     map[int64]int64
	elsewhere map[int64]absence
	ending    []int64 // orders that were paid too late
	seen      sight

	did   map[stepKind]int
	mail  map[string]int // times that the mail server misbehaved
	asked map[stripesim.FaultKind]int
}

// run tortures a shop on an empty database and says what became of it. The
// error is a fault of the run itself.
func run(ctx context.Context, c config) (result *result, err error) {
	dir, err := os.MkdirTemp("", "tuckshop-torture-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	t := &torture{
		config: c, stock: map[int64]int64{}, elsewhere: map[int64]absence{}, seen: sight{jobs: map[string]string{}},
		did: map[stepKind]int{}, mail: map[string]int{}, asked: map[stripesim.FaultKind]int{},
	}
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	if t.stripe, err = startStripe(ctx, "http://"+addr); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.stripe.close()) }()
	if t.mailbox, err = newMailbox(ctx); err != nil {
		return nil, err
	}
	defer t.mailbox.server.Close() //nolint:errcheck // all is said
	t.shop, err = newShop(c.binary, dir, addr, map[string]string{
		"DATABASE_URL": c.databaseURL, "STRIPE_SECRET_KEY": stripeKey, "STRIPE_API_BASE": t.stripe.url, "STRIPE_WEBHOOK_SECRET": webhookSecret,
		"SMTP_URL": t.mailbox.url, "ADMIN_EMAIL": staffEmail, "ADMIN_PASSWORD": staffPassword,
	})
	if err != nil {
		return nil, err
	}
	if t.database, err = openDatabase(c.databaseURL); err != nil {
		return nil, err
	}
	defer t.database.db.Close() //nolint:errcheck // all is said
	if c.ownServer {
		if t.database.server, err = findServer(ctx, c.databaseURL); err != nil {
			return nil, err
		}
	}
	living, end := context.WithCancel(ctx)
	kept := make(chan error, 1)
	go func() { kept <- t.shop.keep(living) }()
	defer func() {
		end()
		err = errors.Join(err, <-kept)
		if err == nil && len(result.broken) == 0 {
			err = os.RemoveAll(dir)
		} else {
			fmt.Fprintln(c.say, "the shop's log is", t.shop.log.Name())
		}
	}()
	if err := t.stockUp(ctx); err != nil {
		return nil, err
	}
	fmt.Fprintf(c.say, "the shop is at %s; this takes %s and then until all is settled\n", t.shop.url, c.length)
	if err := t.disturb(ctx); err != nil {
		return nil, err
	}
	fmt.Fprintln(c.say, "settling")
	began := time.Now()
	late, err := t.settle(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(c.say, "settled in %s\n", time.Since(began).Round(time.Second))
	return t.check(ctx, late)
}

// stockUp waits for the shop and puts enough on its shelves for the run, but
// leaves what there is little of, so that some things sell out.
func (t *torture) stockUp(ctx context.Context) error {
	patience, cancel := during(ctx, startingTime)
	defer cancel()
	if err := t.shop.ready(patience); err != nil {
		return fmt.Errorf("%w; see %s", err, t.shop.log.Name())
	}
	rows, err := t.database.rows(ctx, "SELECT id, stock FROM variants")
	for _, row := range rows {
		variant, there := number(row[0]), number(row[1])
		t.stock[variant] = there
		if there >= 20 && err == nil {
			_, err = t.moveStock(ctx, variant, plenty-there)
		}
	}
	return err
}

// disturb lets shoppers and the merchant at the shop while the plan is carried
// out, and returns when the time is over and nobody does anything any more.
func (t *torture) disturb(ctx context.Context) error {
	plan := makePlan(t.seed, t.length, t.killsEvery)
	busy, cancel := during(ctx, t.length)
	defer cancel()
	variants := slices.Sorted(maps.Keys(t.stock))
	var working sync.WaitGroup
	for i := range shoppers {
		visitor := newVisitor(t.shop.url, numbers(t.seed, shopperStream+i), &t.counts)
		working.Go(func() { visitor.shop(busy, variants) })
	}
	faults := make(chan error, 3)
	t.merchant = newMerchant(t.stripe, numbers(t.seed, merchantStream))
	t.merchant.admin = newVisitor(t.shop.url, t.merchant.random, &t.counts)
	working.Go(func() { faults <- t.merchant.work(busy) })
	// Kills go by themselves, so that they fall into a stop of the database too.
	working.Go(func() { faults <- t.carryOut(busy, plan, func(s step) bool { return s.kind == kill }) })
	working.Go(func() { faults <- t.carryOut(busy, plan, func(s step) bool { return s.kind != kill }) })
	working.Wait()
	t.mailbox.set(mailWell)
	return errors.Join(<-faults, <-faults, <-faults, ctx.Err())
}

// carryOut does the steps of a plan that are its own, each at its time or as
// soon as the one before is over.
func (t *torture) carryOut(ctx context.Context, plan []step, own func(step) bool) error {
	began := time.Now()
	for _, s := range plan {
		if !own(s) {
			continue
		}
		rest(ctx, time.Until(began.Add(s.at)))
		if ctx.Err() == nil {
			if err := t.do(ctx, s); err != nil {
				return ignoreEnd(ctx, err)
			}
		}
	}
	return nil
}

// patience is how long a kill waits for a shop that answers: even where it
// starts slowly, most kills are to hit it at work, and all are to come.
func (c config) patience() time.Duration { return c.killsEvery / 2 }

func (t *torture) do(ctx context.Context, s step) error {
	switch s.kind {
	case kill:
		if !s.rare {
			patience, cancel := during(ctx, t.patience())
			_ = t.shop.ready(patience) // else it is killed while it starts
			cancel()
		}
		return t.shop.kill(ctx, s.wait)
	case databaseStop:
		t.did[s.kind]++
		return t.database.stop(ctx, s.wait)
	case mailFault:
		t.mail[mailModes[s.mode]]++
		t.mailbox.set(s.mode)
		rest(ctx, s.wait)
		t.mailbox.set(mailWell)
	case clockForward:
		t.did[s.kind]++
		// One is paid at the last moment and the shop hears of it too late.
		paid, err := t.payLate(ctx, s.rare, true)
		if paid {
			t.did[latePayment]++
		}
		return errors.Join(err, t.stripe.Advance(ctx, s.wait), t.age(ctx, s.wait, "TRUE"))
	case fault:
		t.asked[s.api.Kind] += s.api.Count
		return t.stripe.Inject(ctx, s.api)
	case latePayment:
		paid, err := t.payLate(ctx, s.rare, s.quiet)
		if paid {
			t.did[s.kind]++
		}
		return err
	case look:
		return errors.Join(t.sellEnded(ctx), t.look(ctx))
	}
	return nil
}

// number reads a number that a database wrote.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && text != "" {
		panic("the database says that " + text + " is a number")
	}
	return n
}
