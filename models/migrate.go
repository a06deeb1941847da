package models

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations
var migrations embed.FS

// ErrNewerSchema says that the database was migrated by a newer version of the
// shop. Nothing was changed.
var ErrNewerSchema = errors.New("the database belongs to a newer version of the shop: install that version, or restore a backup")

// Migrate brings the schema up to date and returns how many steps it took. It
// is safe to call from several processes at once.
//
// It returns ErrNewerSchema, and changes nothing, for a database whose version
// this program does not know.
func (s *Store) Migrate(ctx context.Context) (int, error) {
	provider, err := s.migrationProvider()
	if err != nil {
		return 0, err
	}
	current, err := provider.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	sources := provider.ListSources()
	if known := sources[len(sources)-1].Version; current > known {
		return 0, fmt.Errorf("schema version %d, known up to %d: %w", current, known, ErrNewerSchema)
	}
	steps := 0
	for {
		results, err := provider.Up(ctx)
		steps += len(results)
		if err == nil {
			return steps, s.keepSearchRules(ctx)
		}
		// On SQLite another process may have taken the same step a moment
		// before. Then the version has moved on, and what is left is tried.
		now, versionErr := provider.GetDBVersion(ctx)
		if versionErr != nil || now <= current {
			return steps, fmt.Errorf("migrate: %w", errors.Join(err, versionErr))
		}
		current = now
	}
}

func (s *Store) migrationProvider() (*goose.Provider, error) {
	dialect, folder := goose.DialectSQLite3, "sqlite"
	// River's own schema. On PostgreSQL it builds indexes concurrently, which
	// no transaction allows; on SQLite the one connection is the transaction's.
	jobs := &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		migrator, err := rivermigrate.New(s.JobDriver(), nil)
		if err != nil {
			return err
		}
		// Its successor takes no transaction; SQLite has no other connection.
		_, err = migrator.MigrateTx( //nolint:staticcheck // see above
			ctx, tx, rivermigrate.DirectionUp, nil)
		return err
	}}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if s.postgres {
		dialect, folder = goose.DialectPostgres, "postgres"
		jobs = &goose.GoFunc{RunDB: func(ctx context.Context, _ *sql.DB) error {
			migrator, err := rivermigrate.New(s.JobDriver(), nil)
			if err != nil {
				return err
			}
			_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
			return err
		}}
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, fmt.Errorf("prepare the migration lock: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	options = append(options, goose.WithGoMigrations(goose.NewGoMigration(2, jobs, nil)))
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return nil, fmt.Errorf("open migrations: %w", err)
	}
	provider, err := goose.NewProvider(dialect, s.sqlWrite, files, options...)
	if err != nil {
		return nil, fmt.Errorf("prepare migrations: %w", err)
	}
	return provider, nil
}
