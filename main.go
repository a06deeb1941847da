// Tuckshop is a whole web shop in one program: storefront, checkout with
// Stripe, orders, receipts and the merchant's admin.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"tuckshop/internal/config"
	"tuckshop/models"
)

// version is set when a release is built.
var version = "dev"

// build is the version and, where it is known, the commit it was built from.
func build() string {
	name := version
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				name += " " + setting.Value
			}
		}
	}
	return name
}

// Exit codes of every command.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout)
	stop()
	os.Exit(exitCode(err, os.Stderr))
}

// usageError is a fault in how the program was called.
type usageError struct{ error }

func exitCode(err error, stderr io.Writer) int {
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "tuckshop: %v\n\n%s", err, help)
		return exitUsage
	}
	fmt.Fprintf(stderr, "tuckshop: %v\n", err)
	return exitFailed
}

const help = `Usage: tuckshop [command]

  serve           run the whole shop (also without a command)
  migrate         bring the database up to date
  seed-demo       put the demo catalogue into an empty shop
  admin create    --email E [--role owner|manager|fulfilment|viewer]
                  make a member of staff; the password comes from
                  ADMIN_PASSWORD or a prompt
  stripe setup    [--rotate] [--wait 30s]
                  register the webhook at Stripe, keep its secret and
                  prove it by a test event
  doctor          [--wait 30s]
                  look over the shop: Stripe, mail, database, disk
  admin reset-password
                  --email E
                  give a member of staff a new password, from the same places,
                  and end every session of theirs
  config          print the configuration, secrets redacted
  healthcheck     ask the running shop whether it is well
  version         print the version

Configuration comes from the environment; README.md lists it.
`

// run is the whole program. Tests call it as main does.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout io.Writer) error {
	command := "serve"
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "help", "-h", "--help":
		_, err := io.WriteString(stdout, help)
		return err
	case "version":
		_, err := fmt.Fprintln(stdout, "tuckshop", version)
		return err
	}
	commands := map[string]func(context.Context, []string, config.Config, io.Reader, io.Writer) error{
		"serve": serve, "migrate": migrate, "seed-demo": seedDemo, "admin": admin, "config": printConfig,
		"stripe": stripeSetup, "doctor": examine, "healthcheck": healthcheck,
	}
	do, ok := commands[command]
	if !ok {
		return usageError{fmt.Errorf("there is no command %q", command)}
	}
	cfg, err := config.Load(getenv)
	if err == nil && !models.ValidCurrency(cfg.ShopCurrency) {
		err = noCurrency(cfg.ShopCurrency)
	}
	if err != nil {
		return err
	}
	return do(ctx, args, cfg, stdin, stdout)
}
