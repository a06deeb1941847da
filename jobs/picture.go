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

// Pictures keeps the files of uploaded pictures.
type Pictures interface {
	// Take takes a picture in under a key of its own. The error is a
	// *models.InvalidError where the picture is at fault, and a models.ErrStorage
	// where it could not be kept.
	Take(ctx context.Context, upload io.Reader) (key string, width, height int, err error)
	// Make makes the files that the shop shows; made again, they are the same.
	Make(ctx context.Context, key string) error
	// Remove removes them; removed again is no fault.
	Remove(ctx context.Context, key string) error
}

// pictureTimeout is for a slow machine on which other pictures wait, too.
const pictureTimeout = 10 * time.Minute

// makePicture makes the files of a picture and lets the shop show it.
type makePicture struct {
	river.WorkerDefaults[models.PictureArgs]
	store *models.Store
	files Pictures
}

func (w *makePicture) Timeout(*river.Job[models.PictureArgs]) time.Duration { return pictureTimeout }

func (w *makePicture) Work(ctx context.Context, job *river.Job[models.PictureArgs]) error {
	picture, err := w.store.PictureByID(ctx, job.Args.PictureID)
	if errors.Is(err, models.ErrNotFound) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	shown, err := makeFiles(ctx, w.store, w.files, picture.Key)
	if err != nil {
		if job.Attempt >= job.MaxAttempts {
			fault := w.store.PictureFailed(context.WithoutCancel(ctx), picture.ID, "Its files could not be made. The list of jobs says why.")
			err = errors.Join(err, fault)
		}
		return fmt.Errorf("make picture %d: %w", picture.ID, err)
	}
	if !shown {
		return nil
	}
	return w.store.PictureMade(ctx, picture.ID)
}

// makeFiles makes the files of a picture. It reports false where nothing shows
// the picture any more: it was removed meanwhile, and what was made after that
// goes, too.
func makeFiles(ctx context.Context, store *models.Store, files Pictures, key string) (shown bool, err error) {
	err = files.Make(ctx, key)
	ctx = context.WithoutCancel(ctx) // a job that is cut off does not come again for what was removed
	shown, fault := store.PictureShown(ctx, key)
	switch {
	case fault != nil:
		return false, errors.Join(err, fault)
	case shown:
		return true, err
	}
	return false, files.Remove(ctx, key)
}

// removePicture removes the files of a picture that nothing shows any more.
type removePicture struct {
	river.WorkerDefaults[models.RemovePictureArgs]
	store *models.Store
	files Pictures
}

func (w *removePicture) Work(ctx context.Context, job *river.Job[models.RemovePictureArgs]) error {
	shown, err := w.store.PictureShown(ctx, job.Args.Key)
	if err != nil || shown {
		return err
	}
	return w.files.Remove(ctx, job.Args.Key)
}

// makeSitePicture makes the files of a picture of the front page.
type makeSitePicture struct {
	river.WorkerDefaults[models.SitePictureArgs]
	store *models.Store
	files Pictures
}

func (w *makeSitePicture) Timeout(*river.Job[models.SitePictureArgs]) time.Duration {
	return pictureTimeout
}

func (w *makeSitePicture) Work(ctx context.Context, job *river.Job[models.SitePictureArgs]) error {
	picture, err := w.store.SitePictureByID(ctx, job.Args.PictureID)
	if errors.Is(err, models.ErrNotFound) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	shown, err := makeFiles(ctx, w.store, w.files, picture.Key)
	if err != nil {
		if job.Attempt >= job.MaxAttempts {
			err = errors.Join(err, w.store.SitePictureDone(context.WithoutCancel(ctx), picture.ID, models.PictureFailed))
		}
		return fmt.Errorf("make picture %d of the front page: %w", picture.ID, err)
	}
	if !shown {
		return nil
	}
	return w.store.SitePictureDone(ctx, picture.ID, models.PictureReady)
}
