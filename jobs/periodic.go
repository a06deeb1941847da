package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"tuckshop/models"
)

type cleanUpArgs struct{}

func (cleanUpArgs) Kind() string { return "clean_up" }

// cleanUp deletes carts nobody came back to, sessions that ended and files that
// were imported.
type cleanUp struct {
	river.WorkerDefaults[cleanUpArgs]
	store *models.Store
	log   *slog.Logger
	now   func() time.Time
}

// cartsKept is how long an untouched cart is kept, a little longer than its
// cookie.
const cartsKept = 31 * 24 * time.Hour

// importsKept is how long the file of an import is kept, and what was wrong with
// it.
const importsKept = 30 * 24 * time.Hour

func (w *cleanUp) Work(ctx context.Context, _ *river.Job[cleanUpArgs]) error {
	carts, err := w.store.DeleteStaleCarts(ctx, w.now().Add(-cartsKept))
	if err != nil {
		return err
	}
	sessions, err := w.store.DeleteExpiredStaffSessions(ctx)
	if err != nil {
		return err
	}
	imports := 0
	for gone := true; gone; imports++ {
		if gone, err = w.store.ForgetImport(ctx, w.now().Add(-importsKept)); err != nil {
			return err
		}
	}
	w.log.InfoContext(ctx, "cleaned up", "carts", carts, "sessions", sessions, "imports", imports-1)
	return nil
}
