// Command bench measures the shop against bare programs that do the least of
// the same work, and prints a table in Markdown. `make bench` runs it.
//
// Absolute figures move from run to run on a machine that others use too; a
// ratio within one run does not. So everything that is compared runs in the
// same minute on the same cores under the same load, warmed up, by turns, and
// at least five times; what is printed is the median with minimum and maximum.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// bench is one run of the program.
type bench struct {
	repeat  int
	seconds int
	large   bool   // the catalogue is large in every part but start
	dir     string // thrown away at the end
	binary  string // the shop, as it is released
	server  string // URL of the PostgreSQL server
	table   table
}

// parts are what can be measured, in the order in which it is.
var parts = []struct {
	name    string
	needs   string
	measure func(context.Context, *bench) error
}{
	{"start", "", measureStart},
	{"pages", "wrk", measurePages},
	{"webhooks", "", measureWebhooks},
	{"checkout", "", measureCheckout},
	{"search", "", measureSearch},
	{"mail", "", measureMail},
	{"import", "", measureImport},
	{"export", "", measureExport},
	{"growth", "", measureGrowth},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) == 2 && args[0] == "bare" {
		return serveBare(ctx, args[1])
	}
	var names []string
	for _, part := range parts {
		names = append(names, part.name)
	}
	b := &bench{server: os.Getenv("TEST_DATABASE_URL")}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := flags.String("only", strings.Join(names, ","), "what to measure, separated by commas")
	flags.IntVar(&b.repeat, "repeat", 5, "how often each side is measured, after a warm-up")
	flags.IntVar(&b.seconds, "seconds", 1, "about how long one measurement takes")
	flags.BoolVar(&b.large, "large", false, fmt.Sprintf("measure with a catalogue of %d products, in all parts but start", largeProducts))
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen := strings.Split(*only, ",")
	for _, name := range chosen {
		if !slices.Contains(names, name) {
			return fmt.Errorf("-only: there is no %q; choose from %s", name, strings.Join(names, ", "))
		}
	}
	if b.repeat < 1 || b.seconds < 1 {
		return errors.New("-repeat and -seconds must be at least 1")
	}
	for _, part := range parts {
		if part.needs == "" || !slices.Contains(chosen, part.name) {
			continue
		}
		if _, err := exec.LookPath(part.needs); err != nil {
			return fmt.Errorf("%s is not installed and %s are measured with it: run `.ci/install bench`, or `apt-get install %s`",
				part.needs, part.name, part.needs)
		}
	}
	if b.server == "" {
		return errors.New("TEST_DATABASE_URL is not set: run `make bench`, or `.ci/postgres --durable run go run ./internal/bench`")
	}
	if b.dir, err = os.MkdirTemp("", "tuckshop-bench-"); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if err := b.build(ctx); err != nil {
		return err
	}
	for _, part := range parts {
		if !slices.Contains(chosen, part.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring", part.name)
		if err := part.measure(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return b.print(ctx)
}

// build makes the shop's binary as it is released.
func (b *bench) build(ctx context.Context) error {
	fmt.Fprintln(os.Stderr, "building the shop")
	b.binary = filepath.Join(b.dir, "tuckshop")
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.binary, "tuckshop") //nolint:gosec // fixed words
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("build the shop: %w", err)
	}
	return nil
}

func (b *bench) print(ctx context.Context) error {
	commit := "an unknown commit"
	if out, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output(); err == nil {
		commit = strings.TrimSpace(string(out))
	}
	_, err := fmt.Printf("Commit %s, %d cores, %s, %d repetitions; median (least–most).\n\n%s",
		commit, runtime.NumCPU(), runtime.Version(), b.repeat, b.table.markdown())
	return err
}
