// Command torture runs the shop's real program among shoppers, a merchant and
// everything that goes wrong: kills, a database that stops, a mail server that
// hangs, a Stripe that answers late, twice or not at all. Then it lets all of
// that end and holds the shop's books against Stripe's. `make torture` runs it.
//
// The same seed gives the same plan of what goes wrong when, and the same
// shoppers; what falls together is up to the machine.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}

var errBroken = errors.New("a rule is broken")

func command(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("torture", flag.ContinueOnError)
	minutes := flags.Float64("minutes", 10, "how long things go wrong")
	seconds := flags.Float64("seconds", 0, "the same in seconds, for short runs")
	seed := flags.Uint64("seed", 0, "what to repeat; 0: something new")
	kind := flags.String("database", "sqlite", "sqlite or postgres")
	own := flags.Bool("own-server", false, "crash PostgreSQL's server, if it is one that .ci/postgres made for this command")
	killsEvery := flags.Duration("kills-every", 8*time.Second, "about how often the shop is killed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	length := time.Duration(*minutes * float64(time.Minute))
	if *seconds > 0 {
		length = time.Duration(*seconds * float64(time.Second))
	}
	if length < time.Second || *killsEvery < time.Second || flags.NArg() > 0 {
		return errors.New("-minutes or -seconds, and -kills-every, must be at least a second; there are no other arguments")
	}
	for *seed == 0 {
		*seed = uint64(time.Now().UnixNano() % 1_000_000) //nolint:gosec // never negative
	}
	fmt.Fprintf(out, "seed %d, %s on %s\n", *seed, length, *kind)
	dir, err := os.MkdirTemp("", "tuckshop-torture-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() {
		if errors.Is(err, errBroken) {
			fmt.Fprintln(os.Stderr, "the shop's program, and its database where that is SQLite, are in", dir)
			return
		}
		err = errors.Join(err, os.RemoveAll(dir))
	}()
	c := config{seed: *seed, length: length, killsEvery: *killsEvery, ownServer: *own && *kind == "postgres", say: os.Stderr}
	switch *kind {
	case "sqlite":
		c.databaseURL = "sqlite:" + filepath.Join(dir, "shop.db")
	case "postgres":
		var drop func() error
		if c.databaseURL, drop, err = createDatabase(ctx, os.Getenv("TEST_DATABASE_URL")); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, drop()) }()
	default:
		return fmt.Errorf("-database %s: there are sqlite and postgres", *kind)
	}
	if c.binary, err = build(ctx, dir); err != nil {
		return err
	}
	result, err := run(ctx, c)
	if err != nil {
		return err
	}
	result.print(out, *seed)
	if len(result.broken) > 0 {
		return errBroken
	}
	return nil
}

// createDatabase makes an empty database on a PostgreSQL server, and a
// function that drops it.
func createDatabase(ctx context.Context, server string) (address string, drop func() error, err error) {
	u, err := url.Parse(server)
	if server == "" || err != nil {
		return "", nil, errors.New("TEST_DATABASE_URL names no server: run `make torture`, or `.ci/postgres run go run ./internal/torture -database postgres`")
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", nil, fmt.Errorf("make a database: %w", err)
	}
	name := fmt.Sprintf("torture_%d", os.Getpid())
	if _, err := db.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, errors.Join(fmt.Errorf("make a database: %w", err), db.Close())
	}
	u.Path = "/" + name
	return u.String(), func() error {
		_, err := db.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		return errors.Join(err, db.Close())
	}, nil
}
