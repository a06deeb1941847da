package models

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"gorm.io/gorm"
)

// FetchPicturesArgs is the job that fetches the pictures an import names.
type FetchPicturesArgs struct {
	ImportID int64 `json:"import_id"`
}

// Kind names the job. Stored jobs carry it, so it never changes.
func (FetchPicturesArgs) Kind() string { return "fetch_pictures" }

// InsertOpts lets everything else go first.
func (FetchPicturesArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Priority: river.PriorityDefault + 2}
}

// pictureTries is how often a picture is asked for.
const pictureTries = 3

// NextPictureSource returns the picture of an import that is to be fetched next:
// those that failed before come last. It returns ErrNotFound where none waits.
func (s *Store) NextPictureSource(ctx context.Context, importID int64) (PictureSource, error) {
	var source PictureSource
	err := s.read.WithContext(ctx).Where("import_id = ? AND status = ?", importID, PictureSourceWaiting).Order("attempts, id").Take(&source).Error
	return source, found(err, "find the next picture of import %d", importID)
}

// PicturesWaiting counts the pictures of products whose files are made by a job
// that runs or is next. One that waits for another try, or whose job was given
// up, is not among them.
func (s *Store) PicturesWaiting(ctx context.Context) (int64, error) {
	var waiting int64
	soon := []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStateRunning}
	err := s.read.WithContext(ctx).Table("river_job").Where("kind = ? AND state IN ?", PictureArgs{}.Kind(), soon).Count(&waiting).Error
	if err != nil {
		return 0, fmt.Errorf("count waiting pictures: %w", err)
	}
	return waiting, nil
}

// PictureFetched puts a picture that was fetched behind those its product has,
// and gives it to its variants. It reports false where that was done before, or
// the product has no room: then nobody needs the files.
func (s *Store) PictureFetched(ctx context.Context, source PictureSource, picture Picture) (bool, error) {
	taken := false
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		taken = false
		product, err := productByID(tx, source.ProductID)
		if err != nil {
			return err
		}
		waits := tx.Model(&PictureSource{}).Where("id = ? AND status = ?", source.ID, PictureSourceWaiting)
		if len(product.Pictures) >= MaxPictures {
			return waits.UpdateColumns(map[string]any{"status": PictureSourceFailed, "fault": fmt.Sprintf("A product can have up to %d pictures.", MaxPictures)}).Error
		}
		picture.ID, picture.Alt = 0, source.Alt
		if err := s.addPicture(tx, product, &picture); err != nil {
			return err
		}
		result := waits.UpdateColumns(map[string]any{"status": PictureSourceDone, "fault": "", "picture_id": picture.ID})
		if result.Error != nil {
			return result.Error
		}
		if result.RowsAffected == 0 {
			return errFetchedBefore
		}
		for _, options := range source.Variants {
			err := tx.Model(&Variant{}).Where("product_id = ? AND option1 = ? AND option2 = ? AND option3 = ?", product.ID, options[0], options[1], options[2]).
				UpdateColumn("picture_id", picture.ID).Error
			if err != nil {
				return fmt.Errorf("give the picture to a variant: %w", err)
			}
		}
		taken = true
		return nil
	})
	if errors.Is(err, errFetchedBefore) || errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("keep picture %d of an import: %w", source.ID, err)
	}
	return taken, nil
}

var errFetchedBefore = errors.New("the picture was fetched before")

// PictureNotFetched notes why a picture did not come. It is asked for again
// unless that is for good, or it was asked for often enough.
func (s *Store) PictureNotFetched(ctx context.Context, source PictureSource, fault string, forGood bool) error {
	status := PictureSourceWaiting
	if forGood || source.Attempts+1 >= pictureTries {
		status = PictureSourceFailed
	}
	err := s.write.WithContext(ctx).Model(&PictureSource{}).Where("id = ? AND status = ? AND attempts = ?", source.ID, PictureSourceWaiting, source.Attempts).
		UpdateColumns(map[string]any{"status": status, "fault": fault, "attempts": source.Attempts + 1}).Error
	if err != nil {
		return fmt.Errorf("note the fault of picture %d of an import: %w", source.ID, err)
	}
	return nil
}

// FetchTally is how the pictures of an import stand.
type FetchTally struct {
	Waiting int64
	Done    int64
	Failed  []FailedPicture // the first of them
	Faults  int64           // how many in all
}

// FailedPicture is a picture of an import that did not come.
type FailedPicture struct {
	URL       string `gorm:"column:url"`
	Fault     string
	ProductID int64
	Name      string // of the product
}

// FetchTally counts the pictures of an import, and lists up to limit of those
// that did not come.
func (s *Store) FetchTally(ctx context.Context, importID int64, limit int) (FetchTally, error) {
	var tally FetchTally
	var counted []struct {
		Status string
		Count  int64
	}
	db := s.read.WithContext(ctx)
	err := db.Model(&PictureSource{}).Select("status, COUNT(*) AS count").Where("import_id = ?", importID).Group("status").Scan(&counted).Error
	if err == nil {
		err = db.Table("picture_sources").Select("picture_sources.url, picture_sources.fault, p.id AS product_id, p.name").
			Joins("JOIN products p ON p.id = picture_sources.product_id").
			Where("picture_sources.import_id = ? AND picture_sources.status = ?", importID, PictureSourceFailed).
			Order("picture_sources.id").Limit(limit).Scan(&tally.Failed).Error
	}
	if err != nil {
		return tally, fmt.Errorf("count the pictures of import %d: %w", importID, err)
	}
	for _, row := range counted {
		switch row.Status {
		case PictureSourceWaiting:
			tally.Waiting = row.Count
		case PictureSourceDone:
			tally.Done = row.Count
		case PictureSourceFailed:
			tally.Faults = row.Count
		}
	}
	return tally, nil
}
