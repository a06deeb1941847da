package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"tuckshop/handlers"
	"tuckshop/internal/config"
	"tuckshop/internal/demo"
	"tuckshop/internal/fetch"
	"tuckshop/internal/mail"
	"tuckshop/internal/payments"
	"tuckshop/internal/previews"
	"tuckshop/internal/stripesim"
	"tuckshop/jobs"
	"tuckshop/models"
)

// shutdownPatience is how long requests, then jobs, may take to finish when
// the shop is told to stop.
const shutdownPatience = 20 * time.Second

// serve runs the whole shop until ctx ends: it stops taking requests, lets the
// running ones finish, then the jobs, then closes the database.
func serve(ctx context.Context, args []string, cfg config.Config, _ io.Reader, stdout io.Writer) (err error) {
	if err := noArguments(args); err != nil {
		return err
	}
	if err := needWebhookSecret(cfg); err != nil {
		return err
	}
	log := newLogger(cfg, stdout)
	listener, err := listen(ctx, "ADDR", cfg.Addr)
	if err != nil {
		return err
	}
	defer listener.Close() //nolint:errcheck // closed by the server before
	var simulated net.Listener
	if cfg.Simulator() {
		if simulated, err = listen(ctx, "SIM_ADDR", cfg.SimAddr); err != nil {
			return err
		}
		defer simulated.Close() //nolint:errcheck // closed by the server before
	}
	store, err := openStore(ctx, cfg, models.Options{Logger: log, Livemode: cfg.Livemode(), MailFrom: cfg.MailFrom})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := prepare(ctx, cfg, store); err != nil {
		return err
	}

	pay := stripeConfig(cfg)
	if cfg.Simulator() {
		stop, err := startSimulator(ctx, cfg, simulated, listener.Addr(), &pay, log)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
	}
	client := payments.New(pay)
	server := sender(cfg)
	var post jobs.Sender = mail.Outbox{}
	if server != nil {
		post = server
	}
	media, err := openPictures(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, media.Close()) }()
	shared, err := previews.Open(filepath.Join(cfg.DataDir, "previews"), media.Files(demo.Pictures()))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shared.Close()) }()
	runner, err := jobs.New(jobs.Config{
		Store: store, Sender: post, Payments: client, Pictures: media, Fetcher: fetch.Client{}, Logger: log, BaseURL: cfg.BaseURL, MailFrom: cfg.MailFrom,
		ReconcileInterval: cfg.ReconcileInterval, ReconcileAfter: cfg.ReconcileAfter,
	})
	if err != nil {
		return err
	}
	keys := cfg.SecretKeys
	if len(keys) == 0 {
		key, err := keptSecret(filepath.Join(cfg.DataDir, "secret-key"), "")
		if err != nil {
			return err
		}
		keys = []string{key}
	}
	simulatorURL := ""
	if cfg.Simulator() {
		simulatorURL = cfg.SimURL
	}
	app, finish, err := handlers.New(handlers.Config{
		Store: store, Payments: client, Verifier: client, Pictures: media.Files(demo.Pictures()), Uploads: media, Previews: shared, Logger: log, SecretKeys: keys, Version: build(), BaseURL: cfg.BaseURL,
		SimulatorURL: simulatorURL, TrustedProxies: cfg.TrustedProxies, MetricsAllow: cfg.MetricsAllow, RateLimits: cfg.RateLimits,
		Doctor: doctorPage(patient(cfg, store, client, server)),
	})
	if err != nil {
		return err
	}
	if err := runner.Start(ctx); err != nil {
		return err
	}
	if err := announce(ctx, cfg, store, stdout); err != nil {
		return errors.Join(err, runner.Stop(ctx))
	}
	store.PrepareLists(ctx)
	app.Server.Handler = app
	served := make(chan error, 1)
	go func() { served <- app.Server.Serve(listener) }()
	select {
	case err = <-served:
		err = fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
		log.Info("stopping")
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownPatience)
	defer cancel()
	err = errors.Join(err, app.Server.Shutdown(patience))
	finish(patience)
	return errors.Join(err, runner.Stop(patience))
}

func newLogger(cfg config.Config, stdout io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	file, isFile := stdout.(*os.File)
	terminal := isFile && term.IsTerminal(int(file.Fd()))
	if cfg.LogFormat == "text" || (cfg.LogFormat == "" && terminal) {
		return slog.New(slog.NewTextHandler(stdout, options))
	}
	return slog.New(slog.NewJSONHandler(stdout, options))
}

// listen binds before anything else is touched: a second shop on the same
// address must not write to a data folder or migrate a database first.
func listen(ctx context.Context, variable, addr string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("address %s is in use: stop what listens there, or choose another one, such as %s=127.0.0.1:8090", addr, variable)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s (%s): %w", addr, variable, err)
	}
	return listener, nil
}

// prepare fills an empty database with what the configuration asks for.
func prepare(ctx context.Context, cfg config.Config, store *models.Store) error {
	if cfg.Demo == "on" || (cfg.Demo == "auto" && cfg.Simulator()) {
		if _, err := demo.Seed(ctx, store, time.Now()); err != nil {
			return err
		}
	}
	if cfg.AdminEmail == "" {
		return nil
	}
	staff, err := store.StaffCount(ctx)
	if err != nil || staff > 0 {
		return err
	}
	hash, err := models.HashPassword(cfg.AdminPassword)
	if err != nil {
		return fmt.Errorf("read ADMIN_PASSWORD: %w", err)
	}
	if _, err := store.CreateStaff(ctx, cfg.AdminEmail, hash, models.RoleOwner); err != nil && !errors.Is(err, models.ErrStaffExists) {
		return err
	}
	return nil
}

// startSimulator runs Stripe's stand-in on a listener of its own and points
// the payments client at it. It returns what stops it.
func startSimulator(ctx context.Context, cfg config.Config, listener net.Listener, shop net.Addr, pay *payments.Config, log *slog.Logger) (func() error, error) {
	if len(pay.WebhookSecrets) == 0 {
		secret, err := keptSecret(filepath.Join(cfg.DataDir, "simulator-webhook-secret"), "whsec_")
		if err != nil {
			return nil, err
		}
		pay.WebhookSecrets = []string{secret}
	}
	_, port, err := net.SplitHostPort(shop.String())
	if err != nil {
		return nil, fmt.Errorf("read the shop's address: %w", err)
	}
	simulator, err := stripesim.Open(ctx, stripesim.Options{
		Path: filepath.Join(cfg.DataDir, "simulator.db"), URL: cfg.SimURL, Logger: log,
		WebhookURL: "http://127.0.0.1:" + port + handlers.WebhookPath, WebhookSecret: pay.WebhookSecrets[0],
	})
	if err != nil {
		return nil, err
	}
	pay.SecretKey = "sk_test_simulator"
	if pay.APIBase == "" {
		pay.APIBase = "http://" + listener.Addr().String()
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	delivered := make(chan error, 1)
	go func() { delivered <- simulator.Run(running) }()
	server := &http.Server{Handler: simulator, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("simulator stopped", "error", err)
		}
	}()
	return func() error {
		err := server.Close()
		stop()
		if stopped := <-delivered; !errors.Is(stopped, context.Canceled) {
			err = errors.Join(err, stopped)
		}
		return errors.Join(err, simulator.Close())
	}, nil
}

// keptSecret reads a secret from path, or makes one there. Of several processes
// that start at once, all get the one that was first.
func keptSecret(path, prefix string) (string, error) {
	content, err := os.ReadFile(path) //nolint:gosec // in the shop's own folder
	if errors.Is(err, os.ErrNotExist) {
		if err := makeSecret(path, prefix+rand.Text()+rand.Text()); err != nil {
			return "", fmt.Errorf("make the secret %s: %w", path, err)
		}
		content, err = os.ReadFile(path) //nolint:gosec // as above
	}
	secret := strings.TrimSpace(string(content))
	if err == nil && secret == "" {
		err = errors.New("the file is empty; delete it and start again")
	}
	if err != nil {
		return "", fmt.Errorf("read the secret %s: %w", path, err)
	}
	return secret, nil
}

// makeSecret writes a file that is either there as a whole or not at all, and
// leaves one that is there as it is.
func makeSecret(path, secret string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "secret-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) //nolint:errcheck // its other name stays
	_, err = file.WriteString(secret + "\n")
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

// announce prints where the shop is, what stands in for what, and how to get
// the first administrator.
func announce(ctx context.Context, cfg config.Config, store *models.Store, stdout io.Writer) error {
	var out strings.Builder
	fmt.Fprintf(&out, "\n  Tuckshop is open:  %s\n", cfg.BaseURL)
	fmt.Fprintf(&out, "  Admin:             %s/admin\n", cfg.BaseURL)
	token, err := store.NewSetupToken(ctx)
	switch {
	case err == nil:
		fmt.Fprintf(&out, "  First owner:       %s/admin/setup?token=%s\n", cfg.BaseURL, token)
		out.WriteString("                     (works once; or run: tuckshop admin create --email you@example.com)\n")
	case !errors.Is(err, models.ErrStaffExists):
		return err
	}
	if cfg.Simulator() {
		fmt.Fprintf(&out, "  Payments:          simulated at %s – no money moves (STRIPE_SECRET_KEY is not set)\n", cfg.SimURL)
	}
	if kept, err := payments.KeptWebhookSecrets(secretFile(cfg)); !cfg.Simulator() && err == nil && len(kept)+len(cfg.StripeWebhookSecrets) == 0 {
		out.WriteString("  Webhooks:          refused until they have a secret; run: tuckshop stripe setup\n")
	}
	if cfg.SMTP == nil {
		fmt.Fprintf(&out, "  Mail:              kept in the shop, read it at %s/admin/mail (SMTP_URL is not set)\n", cfg.BaseURL)
	}
	if strings.HasPrefix(cfg.DatabaseURL, "sqlite:") {
		fmt.Fprintf(&out, "  Database:          SQLite at %s\n", strings.TrimPrefix(cfg.DatabaseURL, "sqlite:"))
	}
	if cfg.Media != nil {
		fmt.Fprintf(&out, "  Pictures:          kept at %s\n", cfg.Media.URL)
	}
	out.WriteString("\n")
	_, err = io.WriteString(stdout, out.String())
	return err
}
