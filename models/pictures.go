package models

import (
	"context"
	"fmt"
	"slices"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
)

// Limits of a product's pictures.
const (
	MaxPictures = 40
	maxAlt      = 250
)

// PictureArgs is the job that makes the files of a picture.
type PictureArgs struct {
	PictureID int64 `json:"picture_id"`
}

// Kind names the job. Stored jobs carry it, so it never changes.
func (PictureArgs) Kind() string { return "picture" }

// InsertOpts tries for some minutes: what fails then fails for good.
func (PictureArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 6} }

// RemovePictureArgs is the job that removes the files of a picture nobody shows
// any more.
type RemovePictureArgs struct {
	Key string `json:"key"`
}

// Kind names the job. Stored jobs carry it, so it never changes.
func (RemovePictureArgs) Kind() string { return "remove_picture" }

// AltFault says what is wrong with what a picture shows in words, or nothing.
func AltFault(alt string) string {
	switch {
	case alt == "":
		return "Say what the picture shows, for those who cannot see it."
	case longer(alt, maxAlt):
		return fmt.Sprintf("Shorten it to %d characters.", maxAlt)
	}
	return ""
}

// AddPicture puts an uploaded picture behind those a product has. It waits until
// a job has made its files.
func (s *Store) AddPicture(ctx context.Context, productID int64, picture Picture) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		product, err := productByID(tx, productID)
		if err != nil {
			return err
		}
		if len(product.Pictures) >= MaxPictures {
			return &InvalidError{Field: "file", Message: fmt.Sprintf("A product can have up to %d pictures.", MaxPictures)}
		}
		return s.addPicture(tx, product, &picture)
	})
	if err != nil {
		return fmt.Errorf("add a picture to product %d: %w", productID, err)
	}
	return nil
}

// addPicture puts a picture behind those a product has and has its files made.
func (s *Store) addPicture(tx *gorm.DB, product Product, picture *Picture) error {
	picture.ProductID, picture.Status = product.ID, PictureWaiting
	for _, other := range product.Pictures {
		picture.Position = max(picture.Position, other.Position+1)
	}
	if err := tx.Create(picture).Error; err != nil {
		return fmt.Errorf("store a picture: %w", err)
	}
	return s.enqueue(tx, PictureArgs{PictureID: picture.ID}, nil)
}

// PictureEdit is a picture as somebody wants it to be.
type PictureEdit struct {
	ID       int64
	Alt      string
	Position int
	Focus    *Focus // nil: it stays
	Remove   bool
}

// Focus is what of a picture a frame of another shape keeps, in percent from the
// left and from the top.
type Focus struct{ X, Y int64 }

// Foci are those that can be chosen, row by row: corners, edges and the middle.
var Foci = [...]Focus{{0, 0}, {50, 0}, {100, 0}, {0, 50}, {50, 50}, {100, 50}, {0, 100}, {50, 100}, {100, 100}}

// PictureField is the id of a field of a picture in the editor.
func PictureField(id int64, name string) string { return fmt.Sprintf("%s-%d", name, id) }

// SavePictures changes the texts and the order of a product's pictures and
// removes some. Files go by a job, unless an order or another product shows
// them. What the edits do not name stays. It returns ErrConflict where somebody
// else saved since version, and InvalidErrors.
func (s *Store) SavePictures(ctx context.Context, productID, version int64, edits []PictureEdit, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		product, err := productByID(tx, productID)
		if err != nil {
			return err
		}
		var faults InvalidErrors
		for _, edit := range edits {
			if fault := AltFault(edit.Alt); fault != "" && !edit.Remove {
				faults.add(PictureField(edit.ID, "alt"), "%s", fault)
			}
		}
		if err := faults.orNil(); err != nil {
			return err
		}
		update := tx.Model(&Product{}).Where("id = ? AND pictures_version = ?", productID, version)
		if err := unchanged(update.UpdateColumn("pictures_version", version+1)); err != nil {
			return err
		}
		slices.SortStableFunc(edits, func(a, b PictureEdit) int { return a.Position - b.Position })
		for position, edit := range edits {
			at := slices.IndexFunc(product.Pictures, func(p Picture) bool { return p.ID == edit.ID })
			if at < 0 {
				continue
			}
			if edit.Remove {
				if err := s.removePicture(tx, product, product.Pictures[at], actor); err != nil {
					return err
				}
				continue
			}
			changes := map[string]any{"alt": edit.Alt, "position": position}
			if edit.Focus != nil && slices.Contains(Foci[:], *edit.Focus) {
				changes["focus_x"], changes["focus_y"] = edit.Focus.X, edit.Focus.Y
			}
			err := tx.Model(&Picture{}).Where("id = ?", edit.ID).UpdateColumns(changes).Error
			if err != nil {
				return fmt.Errorf("change picture %d: %w", edit.ID, err)
			}
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("save the pictures of product %d: %w", productID, err)
	}
	return nil
}

func (s *Store) removePicture(tx *gorm.DB, product Product, picture Picture, actor Actor) error {
	if err := tx.Delete(&Picture{ID: picture.ID}).Error; err != nil {
		return fmt.Errorf("remove picture %d: %w", picture.ID, err)
	}
	if err := s.audit(tx, actor, AuditPictureRemoved, "product "+product.Slug, picture.Alt, ""); err != nil {
		return err
	}
	return s.enqueue(tx, RemovePictureArgs{Key: picture.Key}, &river.InsertOpts{Priority: river.PriorityDefault + 3}) // nobody waits for it
}

// PictureByID returns a picture.
func (s *Store) PictureByID(ctx context.Context, id int64) (Picture, error) {
	var picture Picture
	err := s.read.WithContext(ctx).Take(&picture, id).Error
	return picture, found(err, "find picture %d", id)
}

// PictureShown reports whether a product, an order or the front page shows the files of key.
func (s *Store) PictureShown(ctx context.Context, key string) (bool, error) {
	var pictures, items, site int64
	db := s.read.WithContext(ctx)
	err := db.Model(&Picture{}).Where("key = ?", key).Count(&pictures).Error
	if err == nil {
		err = db.Model(&OrderItem{}).Where("picture_key = ?", key).Count(&items).Error
	}
	if err == nil {
		err = db.Model(&SitePicture{}).Where("key = ?", key).Count(&site).Error
	}
	if err != nil {
		return false, fmt.Errorf("look for picture %s: %w", key, err)
	}
	return pictures+items+site > 0, nil
}

// PictureMade notes that a picture's files are there: from now on the shop shows
// it.
func (s *Store) PictureMade(ctx context.Context, id int64) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		err := tx.Model(&Picture{}).Where("id = ?", id).UpdateColumns(map[string]any{"status": PictureReady, "fault": ""}).Error
		if err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("note that picture %d is made: %w", id, err)
	}
	return nil
}

// PictureFailed notes why a picture's files could not be made.
func (s *Store) PictureFailed(ctx context.Context, id int64, fault string) error {
	err := s.write.WithContext(ctx).Model(&Picture{}).Where("id = ? AND status <> ?", id, PictureReady).
		UpdateColumns(map[string]any{"status": PictureFailed, "fault": fault}).Error
	if err != nil {
		return fmt.Errorf("note the fault of picture %d: %w", id, err)
	}
	return nil
}
