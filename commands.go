package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"tuckshop/internal/config"
	"tuckshop/internal/demo"
	"tuckshop/models"
)

// noCurrency says that SHOP_CURRENCY looks like a currency and is none.
func noCurrency(code string) error {
	return &config.Error{Faults: []config.Fault{{Name: "SHOP_CURRENCY", Problem: "is “" + code + "”, which is no currency of ISO 4217", Example: "USD"}}}
}

// openStore opens and migrates the database and makes the shop's row.
func openStore(ctx context.Context, cfg config.Config, options models.Options) (*models.Store, error) {
	store, err := models.Open(ctx, cfg.DatabaseURL, options)
	if err != nil {
		return nil, err
	}
	if _, err := store.Migrate(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if _, err = store.EnsureShop(ctx, cfg.ShopName, cfg.ShopCurrency); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

func withStore(ctx context.Context, cfg config.Config, f func(*models.Store) error) error {
	store, err := openStore(ctx, cfg, models.Options{MailFrom: cfg.MailFrom, Livemode: cfg.Livemode()})
	if err != nil {
		return err
	}
	return errors.Join(f(store), store.Close())
}

func noArguments(args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("unexpected argument %q", args[0])}
	}
	return nil
}

func migrate(ctx context.Context, args []string, cfg config.Config, _ io.Reader, stdout io.Writer) error {
	if err := noArguments(args); err != nil {
		return err
	}
	return withStore(ctx, cfg, func(*models.Store) error {
		_, err := fmt.Fprintln(stdout, "The database is up to date.")
		return err
	})
}

func seedDemo(ctx context.Context, args []string, cfg config.Config, _ io.Reader, stdout io.Writer) error {
	if err := noArguments(args); err != nil {
		return err
	}
	return withStore(ctx, cfg, func(store *models.Store) error {
		added, err := demo.Seed(ctx, store, time.Now())
		if err != nil {
			return err
		}
		message := "The demo catalogue is in the shop."
		if !added {
			message = "The shop has products already; nothing was added."
		}
		_, err = fmt.Fprintln(stdout, message)
		return err
	})
}

func printConfig(_ context.Context, args []string, cfg config.Config, _ io.Reader, stdout io.Writer) error {
	if err := noArguments(args); err != nil {
		return err
	}
	_, err := io.WriteString(stdout, cfg.Redacted())
	return err
}

func admin(ctx context.Context, args []string, cfg config.Config, stdin io.Reader, stdout io.Writer) error {
	commands := map[string]func(context.Context, *models.Store, adminArguments, io.Writer) error{"create": createAdmin, "reset-password": resetPassword}
	if len(args) == 0 || commands[args[0]] == nil {
		return usageError{errors.New("admin needs a sub-command: admin create --email you@example.com, or admin reset-password --email you@example.com")}
	}
	name := "admin " + args[0]
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	given := adminArguments{baseURL: cfg.BaseURL}
	flags.StringVar(&given.email, "email", cfg.AdminEmail, "mail address")
	if args[0] == "create" {
		flags.StringVar(&given.role, "role", string(models.RoleOwner), "owner, manager, fulfilment or viewer")
	}
	switch err := flags.Parse(args[1:]); {
	case errors.Is(err, flag.ErrHelp):
		_, err := io.WriteString(stdout, help)
		return err
	case err != nil:
		return usageError{err}
	}
	if err := noArguments(flags.Args()); err != nil {
		return err
	}
	if given.email == "" {
		return usageError{errors.New(name + " needs --email you@example.com")}
	}
	password := cfg.AdminPassword
	if password == "" {
		var err error
		if password, err = askPassword(stdin, stdout); err != nil {
			return err
		}
	}
	var err error
	if given.hash, err = models.HashPassword(password); err != nil {
		return err
	}
	return withStore(ctx, cfg, func(store *models.Store) error { return commands[args[0]](ctx, store, given, stdout) })
}

type adminArguments struct{ email, role, hash, baseURL string }

func createAdmin(ctx context.Context, store *models.Store, given adminArguments, stdout io.Writer) error {
	staff, err := store.CreateStaff(ctx, given.email, given.hash, models.Role(given.role))
	var invalid *models.InvalidError
	if errors.As(err, &invalid) {
		return usageError{fmt.Errorf("--%s: %s", invalid.Field, invalid.Message)}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s can log in now, as %s: %s/admin\n", staff.Email, staff.Role, given.baseURL)
	return err
}

func resetPassword(ctx context.Context, store *models.Store, given adminArguments, stdout io.Writer) error {
	staff, err := store.ResetPassword(ctx, given.email, given.hash)
	if errors.Is(err, models.ErrNotFound) {
		return fmt.Errorf("nobody of the staff has the address %s; make an account with admin create", given.email)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s has the new password now and is logged out everywhere: %s/admin\n", staff.Email, given.baseURL)
	return err
}

func askPassword(stdin io.Reader, stdout io.Writer) (string, error) {
	if _, err := fmt.Fprint(stdout, "Password (at least 12 characters): "); err != nil {
		return "", err
	}
	if file, ok := stdin.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		typed, err := term.ReadPassword(int(file.Fd()))
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		_, err = fmt.Fprintln(stdout)
		return string(typed), err
	}
	line, err := bufio.NewReader(stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func healthcheck(ctx context.Context, args []string, cfg config.Config, _ io.Reader, stdout io.Writer) error {
	if err := noArguments(args); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+config.Reachable(cfg.Addr)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ask the shop: %w", err)
	}
	response, err := http.DefaultClient.Do(request) //nolint:gosec // the shop's own address
	if err != nil {
		return fmt.Errorf("ask the shop: %w", err)
	}
	defer response.Body.Close() //nolint:errcheck // only read
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the shop is not ready: it answers %s", response.Status)
	}
	_, err = fmt.Fprintln(stdout, "ready")
	return err
}
