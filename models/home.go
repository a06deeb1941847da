package models

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
)

// The kinds of section of the front page. Stored pages carry them, so they
// never change.
const (
	SectionHero        = "hero"        // what the page opens with
	SectionPromises    = "promises"    // what every price includes
	SectionFeatured    = "featured"    // the products that are marked so
	SectionCollection  = "collection"  // products of one collection
	SectionCollections = "collections" // all collections
	SectionText        = "text"        // a text, with a picture or without
	SectionNewest      = "newest"      // the products that came last
)

// Sections lists the kinds.
var Sections = [...]string{SectionHero, SectionText, SectionFeatured, SectionCollection, SectionCollections, SectionNewest, SectionPromises}

// Limits of the front page.
const (
	maxSections    = 20
	maxSectionText = 2000
)

// SectionCounts are how many products a section may show.
var SectionCounts = [...]int{4, 8, 12}

// Section is a part of the front page. What it does not say is said by the
// shop.
type Section struct {
	ID           int64  `json:"id"`
	Kind         string `json:"kind"`
	Hidden       bool   `json:"hidden,omitempty"`
	Version      int64  `json:"version"` // grows with every save
	Heading      string `json:"heading,omitempty"`
	Text         string `json:"text,omitempty"`   // Markdown; plain in the hero
	Button       string `json:"button,omitempty"` // its words
	Link         Link   `json:"link,omitzero"`    // of the button
	PictureID    int64  `json:"picture,omitempty"`
	CollectionID int64  `json:"collection,omitempty"`
	Count        int    `json:"count,omitempty"` // products
}

// Home is the front page: as shoppers see it, and as it may be next.
type Home struct {
	ID        int64
	Draft     []Section `gorm:"serializer:json"` // nil: never changed
	Published []Section `gorm:"serializer:json"`
	LastID    int64     // of a section
}

// TableName keeps the one-row table singular.
func (Home) TableName() string { return "home" }

// FirstHome is the front page of a new shop.
func FirstHome() []Section {
	return []Section{
		{ID: 1, Kind: SectionHero}, {ID: 2, Kind: SectionPromises}, {ID: 3, Kind: SectionFeatured, Count: 4},
		{ID: 4, Kind: SectionCollections}, {ID: 5, Kind: SectionNewest, Count: 8},
	}
}

// Changed reports whether the draft is not what shoppers see.
func (h Home) Changed() bool {
	one, errOne := json.Marshal(h.Draft)
	other, errOther := json.Marshal(h.Published)
	return errOne != nil || errOther != nil || string(one) != string(other)
}

// SitePicture is a picture of the front page. Its files exist once it is ready.
type SitePicture struct {
	ID     int64
	Key    string
	Alt    string
	Width  int // pixels of the largest size
	Height int
	Status string
}

// SitePictureArgs is the job that makes the files of a picture of the front
// page.
type SitePictureArgs struct {
	PictureID int64 `json:"picture_id"`
}

// Kind names the job. Stored jobs carry it, so it never changes.
func (SitePictureArgs) Kind() string { return "site_picture" }

// InsertOpts tries for some minutes: what fails then fails for good.
func (SitePictureArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 6} }

// Home returns the front page; what was never changed is that of a new shop.
func (s *Store) Home(ctx context.Context) (Home, error) { return homeIn(s.read.WithContext(ctx)) }

func homeIn(db *gorm.DB) (Home, error) {
	var home Home
	if err := db.Take(&home, 1).Error; err != nil {
		return home, found(err, "read the front page")
	}
	if home.Published == nil {
		home.Published = FirstHome()
	}
	if home.Draft == nil {
		home.Draft = slices.Clone(home.Published)
	}
	return home, nil
}

// SectionByID returns a section of the draft, or ErrNotFound.
func (h Home) SectionByID(id int64) (Section, error) {
	at := h.at(id)
	if at < 0 {
		return Section{}, fmt.Errorf("find section %d: %w", id, ErrNotFound)
	}
	return h.Draft[at], nil
}

func (h Home) at(id int64) int {
	return slices.IndexFunc(h.Draft, func(s Section) bool { return s.ID == id })
}

// changeHome changes the front page in its own transaction.
func (s *Store) changeHome(ctx context.Context, actor Actor, change func(tx *gorm.DB, home *Home) (was, is string, err error)) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		home, err := homeIn(s.toChange(tx))
		if err != nil {
			return err
		}
		was, is, err := change(tx, &home)
		if err != nil {
			return err
		}
		if err := tx.Model(&Home{}).Where("id = 1").Select("draft", "last_id").Updates(Home{Draft: home.Draft, LastID: home.LastID}).Error; err != nil {
			return err
		}
		if err := s.dropPictures(tx, home); err != nil {
			return err
		}
		return s.audit(tx, actor, AuditHomeChanged, "front page", was, is)
	})
	if err != nil {
		return fmt.Errorf("change the front page: %w", err)
	}
	return nil
}

// AddSection puts a new section at the end of the draft and returns its id.
func (s *Store) AddSection(ctx context.Context, kind string, actor Actor) (int64, error) {
	var id int64
	err := s.changeHome(ctx, actor, func(_ *gorm.DB, home *Home) (string, string, error) {
		if !slices.Contains(Sections[:], kind) {
			return "", "", &InvalidError{Field: "kind", Message: "Choose what to add."}
		}
		if len(home.Draft) >= maxSections {
			return "", "", &InvalidError{Field: "kind", Message: fmt.Sprintf("The front page has room for %d sections.", maxSections)}
		}
		home.LastID++
		id = home.LastID
		section := Section{ID: id, Kind: kind, Version: 1}
		if section.Products() {
			section.Count = SectionCounts[0]
		}
		home.Draft = append(home.Draft, section)
		return "", "added: " + kind, nil
	})
	return id, err
}

// Products reports whether the section shows products.
func (s Section) Products() bool {
	return s.Kind == SectionFeatured || s.Kind == SectionCollection || s.Kind == SectionNewest
}

// The moves of a section.
const (
	MoveUp     = "up"
	MoveDown   = "down"
	MoveHide   = "hide"
	MoveShow   = "show"
	MoveRemove = "remove"
)

// MoveSection moves a section of the draft one place, hides or shows it, or
// removes it. It returns ErrNotFound for a section that is gone.
func (s *Store) MoveSection(ctx context.Context, id int64, move string, actor Actor) error {
	return s.changeHome(ctx, actor, func(_ *gorm.DB, home *Home) (string, string, error) {
		section, err := home.SectionByID(id)
		if err != nil {
			return "", "", err
		}
		at := home.at(id)
		name := cmp.Or(section.Heading, section.Kind)
		switch move {
		case MoveUp, MoveDown:
			to := at - 1
			if move == MoveDown {
				to = at + 1
			}
			if to >= 0 && to < len(home.Draft) {
				home.Draft[at], home.Draft[to] = home.Draft[to], home.Draft[at]
			}
		case MoveHide, MoveShow:
			home.Draft[at].Hidden = move == MoveHide
		case MoveRemove:
			home.Draft = slices.Delete(home.Draft, at, at+1)
		default:
			return "", "", fmt.Errorf("%q is no move: %w", move, ErrNotFound)
		}
		return name, move, nil
	})
}

// SaveSection stores the texts of a section of the draft, with a new picture
// where there is one. It returns ErrConflict where somebody else saved it
// meanwhile, ErrNotFound and InvalidErrors.
func (s *Store) SaveSection(ctx context.Context, edit Section, picture *SitePicture, actor Actor) error {
	return s.changeHome(ctx, actor, func(tx *gorm.DB, home *Home) (string, string, error) {
		before, err := home.SectionByID(edit.ID)
		if err != nil {
			return "", "", err
		}
		if before.Version != edit.Version {
			return "", "", ErrConflict
		}
		edit.Kind, edit.Hidden = before.Kind, before.Hidden
		if edit.PictureID != before.PictureID {
			edit.PictureID = 0 // removed; one of another section is not taken
		}
		if err := edit.check(tx, picture); err != nil {
			return "", "", err
		}
		if picture != nil {
			picture.Status = PictureWaiting
			if err := tx.Create(picture).Error; err != nil {
				return "", "", err
			}
			edit.PictureID = picture.ID
			if err := s.enqueue(tx, SitePictureArgs{PictureID: picture.ID}, nil); err != nil {
				return "", "", err
			}
		}
		edit.Version++
		home.Draft[home.at(edit.ID)] = edit
		return sectionState(before), sectionState(edit), nil
	})
}

// check checks a section and finds what it names.
func (s *Section) check(tx *gorm.DB, picture *SitePicture) error {
	var faults InvalidErrors
	checkText(&faults, "heading", "The heading", s.Heading, maxTagline)
	checkText(&faults, "text", "The text", s.Text, maxSectionText)
	checkText(&faults, "button", "The words", s.Button, maxLabel)
	if s.Products() && !slices.Contains(SectionCounts[:], s.Count) {
		faults.add("count", "Choose how many products to show.")
	}
	if s.Kind == SectionText && s.Heading == "" {
		faults.add("heading", "Enter a heading.")
	}
	if s.Button != "" && s.Link.Kind == LinkNone {
		faults.add("link", "Choose where the button leads.")
	}
	if s.Kind == SectionCollection {
		link := Link{Kind: LinkCollection, ID: s.CollectionID}
		if err := link.check(tx, &faults, "collection"); err != nil {
			return err
		}
	}
	if s.Link.Kind == LinkHeading {
		faults.add("link", "Choose where the button leads.")
	}
	if picture != nil {
		if fault := AltFault(picture.Alt); fault != "" {
			faults.add("alt", "%s Then choose the file again.", fault)
		}
	}
	if err := s.Link.check(tx, &faults, "url"); err != nil {
		return err
	}
	return faults.orNil()
}

// sectionState is what the audit log says of a section.
func sectionState(s Section) string {
	text := fmt.Sprintf("%s: %s, %s", s.Kind, s.Heading, audited(s.Text))
	if s.Button != "" {
		text += ", " + s.Button + " (" + string(s.Link.Kind) + " " + s.Link.URL + ")"
	}
	return text
}

// Mark is a short sign of the draft: another draft has another.
func (h Home) Mark() string {
	draft, err := json.Marshal(h.Draft)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(draft)
	return hex.EncodeToString(sum[:8])
}

// PublishHome shows shoppers the draft of that mark, or returns ErrConflict
// where it is another by now.
func (s *Store) PublishHome(ctx context.Context, mark string, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		home, err := homeIn(s.toChange(tx))
		if err != nil {
			return err
		}
		if home.Mark() != mark {
			return ErrConflict
		}
		before := len(home.Published)
		home.Published = home.Draft
		if err := tx.Model(&Home{}).Where("id = 1").Select("draft", "published").Updates(Home{Draft: home.Draft, Published: home.Draft}).Error; err != nil {
			return err
		}
		if err := s.dropPictures(tx, home); err != nil {
			return err
		}
		is := fmt.Sprintf("%d sections", len(home.Published))
		if err := s.audit(tx, actor, AuditHomePublished, "front page", fmt.Sprintf("%d sections", before), is); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("publish the front page: %w", err)
	}
	return nil
}

// DiscardHome takes every change of the draft of that mark back, or returns
// ErrConflict where it is another by now.
func (s *Store) DiscardHome(ctx context.Context, mark string, actor Actor) error {
	return s.changeHome(ctx, actor, func(_ *gorm.DB, home *Home) (string, string, error) {
		if home.Mark() != mark {
			return "", "", ErrConflict
		}
		home.Draft = home.Published
		return "", "changes taken back", nil
	})
}

// dropPictures removes the pictures that neither the draft nor the page shows.
func (s *Store) dropPictures(tx *gorm.DB, home Home) error {
	shown := []int64{0}
	for _, section := range slices.Concat(home.Draft, home.Published) {
		shown = append(shown, section.PictureID)
	}
	var unused []SitePicture
	if err := tx.Where("id NOT IN ?", shown).Find(&unused).Error; err != nil {
		return fmt.Errorf("look for pictures nobody shows: %w", err)
	}
	for _, picture := range unused {
		if err := tx.Delete(&SitePicture{ID: picture.ID}).Error; err != nil {
			return fmt.Errorf("remove picture %d: %w", picture.ID, err)
		}
		if err := s.enqueue(tx, RemovePictureArgs{Key: picture.Key}, &river.InsertOpts{Priority: river.PriorityDefault + 3}); err != nil { // nobody waits for it
			return err
		}
	}
	return nil
}

// SitePictures lists the pictures of the front page.
func (s *Store) SitePictures(ctx context.Context) ([]SitePicture, error) {
	var pictures []SitePicture
	if err := s.read.WithContext(ctx).Order("id").Find(&pictures).Error; err != nil {
		return nil, fmt.Errorf("list the pictures of the front page: %w", err)
	}
	return pictures, nil
}

// SitePictureByID returns a picture of the front page.
func (s *Store) SitePictureByID(ctx context.Context, id int64) (SitePicture, error) {
	var picture SitePicture
	err := s.read.WithContext(ctx).Take(&picture, id).Error
	return picture, found(err, "find picture %d of the front page", id)
}

// SitePictureDone notes that the files of a picture are there, or that they
// could not be made.
func (s *Store) SitePictureDone(ctx context.Context, id int64, status string) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		if err := tx.Model(&SitePicture{}).Where("id = ?", id).UpdateColumn("status", status).Error; err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("note that picture %d of the front page is %s: %w", id, status, err)
	}
	return nil
}
