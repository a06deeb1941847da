// Package doctor looks a shop over, from its Stripe key to its disk, and sets
// up its webhook.
package doctor

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"tuckshop/internal/config"
	"tuckshop/internal/mail"
	"tuckshop/internal/payments"
	"tuckshop/models"
)

// Shop is what is looked over.
type Shop struct {
	Config     config.Config
	Store      *models.Store // nil: the database could not be opened
	StoreError error         // why
	Payments   *payments.Client
	Mail       *mail.SMTP // nil: mail is kept in the shop
	// Pictures tries out the storage of pictures; nil: they are on the disk.
	Pictures   func(context.Context) error
	WebhookURL string // where the shop takes Stripe's events
	SecretFile string // where `stripe setup` keeps the secrets
}

// Level is how a check came out.
type Level string

// The levels.
const (
	OK      Level = "ok"
	Warning Level = "warning"
	Fail    Level = "FAIL"
)

// Finding is what a check found.
type Finding struct {
	Name   string
	Level  Level
	Text   string // what is
	Advice string // what to do about it; empty where all is well
}

func ok(format string, args ...any) Finding {
	return Finding{Level: OK, Text: fmt.Sprintf(format, args...)}
}

func warning(text, advice string) Finding { return Finding{Level: Warning, Text: text, Advice: advice} }

func fail(text, advice string) Finding { return Finding{Level: Fail, Text: text, Advice: advice} }

// patience bounds all checks together; the round trip's wait comes on top.
const patience = 30 * time.Second

// visit is one look at a shop. What several checks need to know is asked once.
type visit struct {
	Shop
	wait      time.Duration // for the round trip; 0: none
	account   func() (payments.Account, error)
	endpoints func() ([]payments.Endpoint, error)
	reach     func() error
	trip      func() Finding
}

// check looks at one thing. The zero Finding means that it does not apply.
type check struct {
	name string
	look func(context.Context, *visit) Finding
}

// checks are all of them, in the order they are told.
var checks = [...]check{
	{"Database", database},
	{"Schema", schema},
	{"Database clock", databaseClock},
	{"Stripe key", stripeKey},
	{"Clock", stripeClock},
	{"Webhook endpoint", webhookEndpoint},
	{"Webhook secret", webhookSecret},
	{"Webhook round trip", func(_ context.Context, v *visit) Finding { return v.trip() }},
	{"Webhooks", webhooks},
	{"Address", address},
	{"Proxies", proxies},
	{"Mail", mailServer},
	{"Jobs", jobBacklog},
	{"Disk", diskSpace},
	{"Pictures", pictureStorage},
	{"Rate limits", rateLimits},
	{"Cookie keys", cookieKeys},
}

// Examine looks the shop over and tells every finding, in order, as soon as it
// is known. Where wait is not 0 it sends a test event through Stripe and waits
// that long for it. No finding holds a secret.
func Examine(ctx context.Context, shop Shop, wait time.Duration, tell func(Finding)) {
	ctx, cancel := context.WithTimeout(ctx, patience+wait)
	defer cancel()
	v := &visit{
		Shop: shop, wait: wait,
		account:   sync.OnceValues(func() (payments.Account, error) { return shop.Payments.Account(ctx) }),
		endpoints: sync.OnceValues(func() ([]payments.Endpoint, error) { return shop.Payments.Endpoints(ctx, shop.WebhookURL) }),
		reach:     sync.OnceValue(func() error { return reach(ctx, shop.Config.BaseURL) }),
	}
	v.trip = sync.OnceValue(func() Finding { return testEvent(ctx, v) })
	var found [len(checks)]chan Finding
	for i, c := range checks {
		found[i] = make(chan Finding, 1)
		go func() { found[i] <- c.look(ctx, v) }()
	}
	for i, c := range checks {
		finding := <-found[i]
		if finding.Level == "" {
			continue
		}
		finding.Name = c.name
		finding.Text, finding.Advice = shop.Config.Redact(finding.Text), shop.Config.Redact(finding.Advice)
		tell(finding)
	}
}

// Print writes a finding for people.
func Print(out io.Writer, f Finding) error {
	_, err := fmt.Fprintf(out, "%-8s %-19s %s\n", f.Level, f.Name, indent(f.Text))
	if err == nil && f.Advice != "" {
		_, err = fmt.Fprintf(out, "%29s→ %s\n", "", indent(f.Advice))
	}
	if err != nil {
		return fmt.Errorf("write finding: %w", err)
	}
	return nil
}

func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", 29)) }
