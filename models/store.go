// Package models keeps the shop's state: its entities, the questions asked of
// them and the transitions they make. It is the only package that knows GORM.
//
// One exported method of Store is one transaction. No method calls Stripe or
// sends mail: such effects are jobs, inserted in the transaction that causes
// them.
package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/ncruces/go-sqlite3/gormlite"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Options configures a Store.
type Options struct {
	Logger   *slog.Logger     // nil: discard
	Now      func() time.Time // nil: time.Now
	Livemode bool             // whether the Stripe key is a live one; sessions of the other mode go to review
	MailFrom string           // the sender's address, whose domain ends every Message-ID
}

// Store is the shop's database.
type Store struct {
	write    *gorm.DB
	read     *gorm.DB
	sqlWrite *sql.DB
	sqlRead  *sql.DB
	listen   *pgxpool.Pool // PostgreSQL: LISTEN for new jobs
	postgres bool
	jobs     *river.Client[*sql.Tx] // inserts only
	log      *slog.Logger
	now      func() time.Time
	livemode bool
	mailFrom string
	counts   cartCounts
	terms    atomic.Pointer[deliveryTerms]
	tallies  atomic.Pointer[orderTallies]

	shelves     atomic.Pointer[shelves] // what lists are made from
	stocking    sync.Mutex              // held while they are made
	restocking  sync.WaitGroup          // making them beside what goes on
	restockFrom time.Time               // when they may be made so again; guarded by stocking
}

// Open opens the database at databaseURL, "sqlite:PATH" or "postgres://…". It
// does not migrate: see Migrate.
func Open(ctx context.Context, databaseURL string, o Options) (*Store, error) {
	s := &Store{log: o.Logger, livemode: o.Livemode, mailFrom: o.MailFrom}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	clock := o.Now
	if clock == nil {
		clock = time.Now
	}
	s.now = func() time.Time { return clock().UTC().Truncate(time.Millisecond) }

	var err error
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		err = s.openSQLite(ctx, path)
	} else {
		err = s.openPostgres(ctx, databaseURL)
	}
	if err != nil {
		return nil, err
	}
	// Insertion only needs the driver's dialect: every insert gets its
	// transaction handed in.
	s.jobs, err = river.NewClient(s.JobDriver(), &river.Config{Logger: s.log})
	if err != nil {
		return nil, fmt.Errorf("prepare job insertion: %w", err)
	}
	return s, nil
}

// openSQLite opens one connection that writes and several that only read. With
// a single writer no transaction ever waits for a lock another one holds, so
// "database is locked" cannot happen; every write transaction takes its lock
// at the start (_txlock=immediate). A commit is on disk before it is
// acknowledged (synchronous=FULL).
func (s *Store) openSQLite(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the database's folder: %w", err)
	}
	pragmas := []string{"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(FULL)", "temp_store(MEMORY)"}
	dsn := func(extra ...string) string {
		q := url.Values{"_txlock": {"immediate"}, "_pragma": append(pragmas[:len(pragmas):len(pragmas)], extra...)}
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
	}
	var err error
	if s.sqlWrite, err = openSQLiteDB(dsn()); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.sqlWrite.SetMaxOpenConns(1)
	if err := s.sqlWrite.PingContext(ctx); err != nil { // makes the file and its WAL before the readers come
		return fmt.Errorf("open database %s: %w", path, err)
	}
	if s.sqlRead, err = openSQLiteDB(dsn("query_only(1)")); err != nil {
		return fmt.Errorf("open database for reading: %w", err)
	}
	s.sqlRead.SetMaxOpenConns(4)
	s.sqlRead.SetMaxIdleConns(4)
	if s.write, err = s.gorm(gormlite.OpenDB(s.sqlWrite)); err != nil {
		return err
	}
	s.read, err = s.gorm(gormlite.OpenDB(s.sqlRead))
	return err
}

func (s *Store) openPostgres(ctx context.Context, databaseURL string) error {
	s.postgres = true
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		// The message would repeat the URL with its password.
		return fmt.Errorf("read DATABASE_URL: it must look like postgres://user:password@host:5432/name")
	}
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	// The shop asks short questions: compiling one, which PostgreSQL does where
	// it expects a long answer, takes longer than answering it.
	// https://www.postgresql.org/docs/current/jit-decision.html
	s.sqlWrite = stdlib.OpenDB(*config.ConnConfig, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SET jit = off")
		return err
	}))
	s.sqlWrite.SetMaxOpenConns(32)
	s.sqlWrite.SetMaxIdleConns(32)
	s.sqlRead = s.sqlWrite
	config.MinConns, config.MaxConns = 0, 1
	if s.listen, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return fmt.Errorf("open the listening connection: %w", err)
	}
	s.write, err = s.gorm(postgres.New(postgres.Config{Conn: s.sqlWrite}))
	s.read = s.write
	return err
}

func (s *Store) gorm(dialector gorm.Dialector) (*gorm.DB, error) {
	db, err := gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		NowFunc:                s.now,
		Logger:                 logger.New(discardWriter{io.Discard}, logger.Config{LogLevel: logger.Silent}),
	})
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	// What has parts is read now, by one goroutine: two that are the first to
	// ask for it would write to the same map.
	for _, whole := range []any{&Product{}, &Cart{}, &Order{}, &Payment{}, &Refund{}} {
		if err := (&gorm.Statement{DB: db}).Parse(whole); err != nil {
			return nil, fmt.Errorf("read the fields of %T: %w", whole, err)
		}
	}
	return db, nil
}

type discardWriter struct{ io.Writer }

func (discardWriter) Printf(string, ...any) {}

// Close closes the database.
func (s *Store) Close() error {
	s.restocking.Wait()
	if s.listen != nil {
		s.listen.Close()
	}
	if s.sqlRead != s.sqlWrite {
		if err := s.sqlRead.Close(); err != nil {
			return fmt.Errorf("close database: %w", err)
		}
	}
	if err := s.sqlWrite.Close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.sqlRead.PingContext(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// Postgres reports whether the database is PostgreSQL; otherwise it is SQLite.
func (s *Store) Postgres() bool { return s.postgres }

// Livemode reports whether the shop takes real money.
func (s *Store) Livemode() bool { return s.livemode }

// JobDriver is the driver with which a job client works on this database.
func (s *Store) JobDriver() riverdriver.Driver[*sql.Tx] {
	switch {
	case !s.postgres:
		return riversqlite.New(s.sqlWrite)
	case s.listen == nil:
		return riverdatabasesql.New(s.sqlWrite)
	default:
		return riverdatabasesql.NewWithPgxListener(s.sqlWrite, s.listen)
	}
}

// transaction runs f in one write transaction. f must use the tx it is given
// alone: on SQLite there is one writing connection, and asking for a second
// one inside would wait for ever.
//
// Where PostgreSQL ends it because two transactions wait for each other, it is
// run again: f must leave nothing behind but what it writes and returns.
func (s *Store) transaction(ctx context.Context, f func(tx *gorm.DB) error) error {
	for attempt := 1; ; attempt++ {
		err := s.write.WithContext(ctx).Transaction(f)
		var refused *pgconn.PgError
		if attempt == transactionAttempts || !errors.As(err, &refused) || refused.Code != pgerrcodeDeadlock {
			return err
		}
	}
}

// transactionAttempts is how often a transaction that met a deadlock is tried.
const transactionAttempts = 4

// pgerrcodeDeadlock is PostgreSQL's deadlock_detected.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const pgerrcodeDeadlock = "40P01"

// enqueue inserts a job in tx: it runs if and only if tx commits.
func (s *Store) enqueue(tx *gorm.DB, args river.JobArgs, opts *river.InsertOpts) error {
	sqlTx, err := transactionOf(tx)
	if err == nil {
		_, err = s.jobs.InsertTx(tx.Statement.Context, sqlTx, args, opts)
	}
	if err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// transactionOf is the transaction in which the job client takes part.
func transactionOf(tx *gorm.DB) (*sql.Tx, error) {
	sqlTx, ok := tx.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return nil, errors.New("not in a transaction")
	}
	return sqlTx, nil
}
