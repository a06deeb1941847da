package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"tuckshop/models"
)

// publish puts on sale what is due.
type publish struct {
	river.WorkerDefaults[models.PublishArgs]
	store *models.Store
	log   *slog.Logger
}

func (w *publish) Work(ctx context.Context, _ *river.Job[models.PublishArgs]) error {
	published, err := w.store.PublishDue(ctx)
	if published > 0 {
		w.log.InfoContext(ctx, "put on sale", "products", published)
	}
	return err
}

// fillBackorders hands pieces that came to the orders that wait for them.
type fillBackorders struct {
	river.WorkerDefaults[models.FillBackordersArgs]
	store *models.Store
	log   *slog.Logger
}

func (w *fillBackorders) Work(ctx context.Context, _ *river.Job[models.FillBackordersArgs]) error {
	pieces, err := w.store.FillBackorders(ctx)
	if pieces > 0 {
		w.log.InfoContext(ctx, "filled back-orders", "pieces", pieces)
	}
	return err
}

// indexProducts lets many products be found by the collections a rule put them
// into.
type indexProducts struct {
	river.WorkerDefaults[models.IndexProductsArgs]
	store *models.Store
}

func (w *indexProducts) Work(ctx context.Context, _ *river.Job[models.IndexProductsArgs]) error {
	for began := time.Now(); time.Since(began) < turnOf; {
		more, err := w.store.IndexWaiting(ctx)
		if err != nil || !more {
			return err
		}
	}
	return river.JobSnooze(0)
}

type keepCatalogueArgs struct{}

func (keepCatalogueArgs) Kind() string { return "keep_catalogue" }

// catalogueInterval is how late a collection by rule may notice that time went
// by or that something sold out.
const catalogueInterval = 5 * time.Minute

// keepCatalogue does what time does to the catalogue: it refreshes collections
// by rule, and catches up with what a lost job left undone.
type keepCatalogue struct {
	river.WorkerDefaults[keepCatalogueArgs]
	store *models.Store
	log   *slog.Logger
}

// firstOfTheHour reports whether a run that began at this time is the first of
// its hour: it looks at every rule, which takes a while in a large shop.
func firstOfTheHour(began time.Time) bool { return began.Minute() < int(catalogueInterval.Minutes()) }

// Timeout is for a shop of many products and many rules, all of which it looks
// at; the next run is due by then.
func (w *keepCatalogue) Timeout(*river.Job[keepCatalogueArgs]) time.Duration {
	return catalogueInterval
}

func (w *keepCatalogue) Work(ctx context.Context, job *river.Job[keepCatalogueArgs]) error {
	published, err := w.store.PublishDue(ctx)
	if err != nil {
		return err
	}
	pieces, err := w.store.FillBackorders(ctx)
	if err != nil {
		return err
	}
	refreshed, err := w.store.RefreshCollections(ctx, firstOfTheHour(job.CreatedAt))
	if err != nil {
		return err
	}
	for more := true; more; {
		if more, err = w.store.IndexWaiting(ctx); err != nil {
			return err
		}
	}
	w.log.DebugContext(ctx, "kept the catalogue", "published", published, "pieces", pieces, "collections", refreshed)
	return nil
}
