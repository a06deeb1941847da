package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tuckshop/handlers"
	"tuckshop/internal/config"
	"tuckshop/internal/doctor"
	"tuckshop/internal/mail"
	"tuckshop/internal/payments"
	"tuckshop/models"
	adminviews "tuckshop/views/admin"
)

// secretFile is where `stripe setup` keeps the webhook secrets.
func secretFile(cfg config.Config) string {
	return filepath.Join(cfg.DataDir, payments.WebhookSecretFile)
}

// stripeConfig is how the shop speaks to Stripe; with the simulator, serve
// fills in the rest.
func stripeConfig(cfg config.Config) payments.Config {
	pay := payments.Config{
		SecretKey: cfg.StripeSecretKey, APIBase: cfg.StripeAPIBase, WebhookSecrets: cfg.StripeWebhookSecrets, BaseURL: cfg.BaseURL,
	}
	if !cfg.Simulator() {
		pay.SecretFile = secretFile(cfg)
	}
	return pay
}

// needWebhookSecret refuses to take real money that could never be confirmed.
func needWebhookSecret(cfg config.Config) error {
	if !cfg.Livemode() || len(cfg.StripeWebhookSecrets) > 0 {
		return nil
	}
	kept, err := payments.KeptWebhookSecrets(secretFile(cfg))
	if err != nil || len(kept) > 0 {
		return err
	}
	return &config.Error{Faults: []config.Fault{{
		Name: "STRIPE_WEBHOOK_SECRET", Example: "whsec_…",
		Problem: "must be set with a live STRIPE_SECRET_KEY, or made by `tuckshop stripe setup`: without it no payment can be confirmed",
	}}}
}

// sender is the mail server, or nil where mail is kept in the shop.
func sender(cfg config.Config) *mail.SMTP {
	if cfg.SMTP == nil {
		return nil
	}
	return mail.NewSMTP(cfg.SMTP)
}

// patient is the shop as the doctor sees it.
func patient(cfg config.Config, store *models.Store, client *payments.Client, server *mail.SMTP) doctor.Shop {
	return doctor.Shop{
		Config: cfg, Store: store, Payments: client, Mail: server, Pictures: checkPictures(cfg),
		WebhookURL: cfg.BaseURL + handlers.WebhookPath, SecretFile: secretFile(cfg),
	}
}

// testWait is how long a test event may take unless --wait says otherwise.
const testWait = 30 * time.Second

// stripeSetup is `stripe setup`.
func stripeSetup(ctx context.Context, args []string, cfg config.Config, _ io.Reader, stdout io.Writer) error {
	if len(args) == 0 || args[0] != "setup" {
		return usageError{errors.New("stripe needs a sub-command: stripe setup")}
	}
	flags := flag.NewFlagSet("stripe setup", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	rotate := flags.Bool("rotate", false, "make a new endpoint with a new secret")
	wait := flags.Duration("wait", testWait, "how long the test event may take")
	if err := flags.Parse(args[1:]); err != nil {
		return usageError{err}
	}
	if err := noArguments(flags.Args()); err != nil {
		return err
	}
	return withStore(ctx, cfg, func(store *models.Store) error {
		return doctor.Setup(ctx, patient(cfg, store, payments.New(stripeConfig(cfg)), nil), *rotate, *wait, stdout)
	})
}

// examine is `doctor`.
func examine(ctx context.Context, args []string, cfg config.Config, _ io.Reader, stdout io.Writer) (err error) {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	wait := flags.Duration("wait", testWait, "how long the test event may take; 0 sends none")
	if err := flags.Parse(args); err != nil {
		return usageError{err}
	}
	if err := noArguments(flags.Args()); err != nil {
		return err
	}
	store, storeErr := openExisting(ctx, cfg)
	if store != nil {
		defer func() { err = errors.Join(err, store.Close()) }()
	}
	shop := patient(cfg, store, payments.New(stripeConfig(cfg)), sender(cfg))
	shop.StoreError = storeErr
	var failed, told int
	doctor.Examine(ctx, shop, *wait, func(f doctor.Finding) {
		told++
		if f.Level == doctor.Fail {
			failed++
		}
		err = errors.Join(err, doctor.Print(stdout, f))
	})
	if failed > 0 {
		return errors.Join(err, fmt.Errorf("%d of %d checks failed", failed, told))
	}
	return err
}

// openExisting opens the database as it is: looking at a shop changes nothing,
// and makes no file.
func openExisting(ctx context.Context, cfg config.Config) (*models.Store, error) {
	if path, ok := strings.CutPrefix(cfg.DatabaseURL, "sqlite:"); ok {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("there is no database yet: %w", err)
		}
	}
	return models.Open(ctx, cfg.DatabaseURL, models.Options{Livemode: cfg.Livemode(), MailFrom: cfg.MailFrom})
}

// pageWait is how long the admin's page waits for a test event.
const pageWait = 20 * time.Second

// doctorPage looks the running shop over for the admin.
func doctorPage(shop doctor.Shop) func(context.Context, bool) []adminviews.Finding {
	return func(ctx context.Context, test bool) []adminviews.Finding {
		var wait time.Duration
		if test {
			wait = pageWait
		}
		var findings []adminviews.Finding
		doctor.Examine(ctx, shop, wait, func(f doctor.Finding) {
			findings = append(findings, adminviews.Finding{Name: f.Name, Level: string(f.Level), Text: f.Text, Advice: f.Advice})
		})
		return findings
	}
}
