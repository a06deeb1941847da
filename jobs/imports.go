package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/riverqueue/river"

	"tuckshop/models"
)

// turnOf is how long a job that works piece by piece keeps its worker before it
// lets others go first.
const turnOf = 3 * time.Second

// workImport checks or imports a file of products. Each piece is done together
// with the note of how far it has come, so a job that was cut off goes on there.
type workImport struct {
	river.WorkerDefaults[models.ImportArgs]
	store *models.Store
}

func (w *workImport) Work(ctx context.Context, job *river.Job[models.ImportArgs]) error {
	for began := time.Now(); time.Since(began) < turnOf; {
		more, err := w.store.WorkImport(ctx, job.Args.ImportID)
		if err != nil || !more {
			return err
		}
	}
	return river.JobSnooze(0)
}

// Fetcher fetches a file from an address that came from outside.
type Fetcher interface {
	// Fetch hands over what the address holds. The error is a
	// *models.InvalidError where asking again is of no use.
	Fetch(ctx context.Context, address string, take func(content io.Reader) error) error
}

// fetchPictures fetches the pictures that an import names, one after the other.
type fetchPictures struct {
	river.WorkerDefaults[models.FetchPicturesArgs]
	store *models.Store
	files Pictures
	from  Fetcher
}

// mostWaiting is how many pictures may be with their jobs before the next one is
// fetched: each takes a worker, and mail needs some, too.
const mostWaiting = 3

func (w *fetchPictures) Work(ctx context.Context, job *river.Job[models.FetchPicturesArgs]) error {
	for began := time.Now(); time.Since(began) < turnOf; {
		waiting, err := w.store.PicturesWaiting(ctx)
		if err != nil {
			return err
		}
		if waiting >= mostWaiting {
			return river.JobSnooze(time.Second)
		}
		source, err := w.store.NextPictureSource(ctx, job.Args.ImportID)
		if errors.Is(err, models.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := w.fetch(ctx, source); err != nil {
			return err
		}
	}
	return river.JobSnooze(0)
}

// fetch fetches one picture. Its faults are for the page of the import.
func (w *fetchPictures) fetch(ctx context.Context, source models.PictureSource) error {
	var picture models.Picture
	err := w.from.Fetch(ctx, source.URL, func(content io.Reader) (err error) {
		picture.Key, picture.Width, picture.Height, err = w.files.Take(ctx, content)
		return err
	})
	var refused *models.InvalidError
	switch {
	case errors.Is(err, models.ErrStorage): // the job comes again
		return fmt.Errorf("fetch pictures: %w", err)
	case ctx.Err() != nil:
		return fmt.Errorf("fetch pictures: %w", ctx.Err())
	case errors.As(err, &refused):
		return w.store.PictureNotFetched(ctx, source, refused.Message, true)
	case err != nil:
		return w.store.PictureNotFetched(ctx, source, "It could not be fetched: its server does not answer as it should.", false)
	}
	taken, err := w.store.PictureFetched(ctx, source, picture)
	if err != nil || !taken {
		return errors.Join(err, w.files.Remove(context.WithoutCancel(ctx), picture.Key))
	}
	return nil
}
