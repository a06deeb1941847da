// Command quality measures the shop's pages as a browser and a validator see
// them. It starts a shop with the demo, buys something, and then
//
//   - has the Nu validator read the HTML of every page of the shop and the admin,
//   - has schema-dts, the vocabulary of schema.org as types, compile what pages
//     tell search engines,
//   - has Lighthouse judge four pages as a phone loads them.
//
// It fails where a measure is missed:
//
//	go run ./internal/quality [-runs 5] [-lighthouse=false]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "quality:", err)
		os.Exit(1)
	}
}

// folder is where the packages are, from the root of the repository.
const folder = "internal/quality"

func run(ctx context.Context, args []string, stdout io.Writer) (err error) {
	flags := flag.NewFlagSet("quality", flag.ContinueOnError)
	runs := flags.Int("runs", 3, "how often Lighthouse loads each page")
	slow := flags.Bool("lighthouse", true, "run Lighthouse, too")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		return errors.New("the packages are missing: run `make quality` from the root of the repository")
	}
	work, err := os.MkdirTemp("", "quality-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	shop, err := startShop(ctx, work)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.stop()) }()

	pages, cart, err := shop.walk(ctx)
	if err != nil {
		return err
	}
	missed, err := validate(ctx, stdout, work, pages)
	if err != nil {
		return err
	}
	more, err := checkTypes(ctx, stdout, pages)
	missed += more
	if err == nil && *slow {
		more, err = judge(ctx, stdout, shop.url, cart, *runs)
		missed += more
	}
	if err == nil && missed > 0 {
		err = fmt.Errorf("%d measures missed", missed)
	}
	return err
}

// output runs a program and returns what it wrote. One that ends with a fault
// is no error where it wrote something: validators do that when they find any.
func output(ctx context.Context, dir, name string, args ...string) (stdout, stderr []byte, err error) {
	command := exec.CommandContext(ctx, name, args...) //nolint:gosec // programs of this package's own
	command.Dir = dir
	var failure *exec.ExitError
	written, err := command.Output()
	if errors.As(err, &failure) {
		if len(written)+len(failure.Stderr) > 0 {
			return written, failure.Stderr, nil
		}
		return nil, nil, fmt.Errorf("run %s: %w", name, err)
	}
	return written, nil, err
}
