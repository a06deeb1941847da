package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The statuses of a page.
const (
	PageDraft     = "draft"
	PagePublished = "published"
)

// The kinds of page that the law, or a shopper, asks for. The shop links them
// in the footer and beside the button that leads to payment.
const (
	PolicyReturns  = "returns"
	PolicyPrivacy  = "privacy"
	PolicyTerms    = "terms"
	PolicyDelivery = "delivery"
	PolicyImprint  = "imprint"
)

// Policies lists them, in the order they are linked in.
var Policies = [...]string{PolicyDelivery, PolicyReturns, PolicyTerms, PolicyPrivacy, PolicyImprint}

// Page is a text of the shop's own, such as "About us".
type Page struct {
	ID          int64
	Slug        string
	Title       string
	Policy      string // one of Policies, or empty; no two pages have the same
	Description string // for search engines; plain text
	Body        string // Markdown
	Status      string
	Version     int64 // grows with every save
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// formerPageSlug is an address a page had before.
type formerPageSlug struct {
	Slug      string `gorm:"primaryKey"`
	PageID    int64
	CreatedAt time.Time
}

// TableName is the table of former addresses of pages.
func (formerPageSlug) TableName() string { return "page_slugs" }

// PageEdit is a page as somebody wants it to be.
type PageEdit struct {
	Version     int64 // of the page it was made from
	Title       string
	Slug        string // empty: made of the title
	Policy      string
	Description string
	Body        string
	Status      string
}

const maxBody = 50_000

// Faults says what cannot be stored, whatever is in the database.
func (e PageEdit) Faults() InvalidErrors {
	var faults InvalidErrors
	if e.Title == "" {
		faults.add("title", "Enter a title.")
	}
	checkText(&faults, "title", "The title", e.Title, maxName)
	if e.Slug != "" && (len(e.Slug) > maxSlug || !slugPattern.MatchString(e.Slug)) {
		faults.add("slug", "Use small letters, digits and single hyphens, such as about-us, up to %d characters.", maxSlug)
	}
	if e.Policy != "" && !slices.Contains(Policies[:], e.Policy) {
		faults.add("policy", "Choose what the page is.")
	}
	checkText(&faults, "description", "The description", e.Description, maxSummary)
	checkText(&faults, "body", "The text", e.Body, maxBody)
	if e.Status != PageDraft && e.Status != PagePublished {
		faults.add("status", "Choose a status.")
	}
	return faults
}

// Pages lists all pages by title, without their texts.
func (s *Store) Pages(ctx context.Context) ([]Page, error) {
	var pages []Page
	err := s.read.WithContext(ctx).Omit("body").Order("LOWER(title), id").Find(&pages).Error
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	return pages, nil
}

// PageByID returns a page of any status, for staff.
func (s *Store) PageByID(ctx context.Context, id int64) (Page, error) {
	var page Page
	err := s.read.WithContext(ctx).Take(&page, id).Error
	return page, found(err, "find page %d", id)
}

// PageBySlug returns a published page.
func (s *Store) PageBySlug(ctx context.Context, slug string) (Page, error) {
	var page Page
	err := s.read.WithContext(ctx).Where("slug = ? AND status = ?", slug, PagePublished).Take(&page).Error
	return page, found(err, "find page %q", slug)
}

// PageSlugAfter returns the present slug of the published page that once had
// the slug given, or ErrNotFound.
func (s *Store) PageSlugAfter(ctx context.Context, former string) (string, error) {
	var page Page
	err := s.read.WithContext(ctx).Select("slug").
		Where("status = ? AND id = (SELECT page_id FROM page_slugs WHERE slug = ?)", PagePublished, former).Take(&page).Error
	return page.Slug, found(err, "find the page that was %q", former)
}

// SavePage stores a page: a new one for id 0. It returns ErrConflict where
// somebody else saved meanwhile, ErrNotFound and InvalidErrors.
func (s *Store) SavePage(ctx context.Context, id int64, edit PageEdit, actor Actor) (Page, error) {
	var page Page
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		var before Page
		if id != 0 {
			if err := tx.Take(&before, id).Error; err != nil {
				return found(err, "find page %d", id)
			}
			if before.Version != edit.Version {
				return ErrConflict
			}
		}
		slug, err := edit.check(tx, id)
		if err != nil {
			return err
		}
		page = Page{
			ID: id, Slug: slug, Title: edit.Title, Policy: edit.Policy, Description: edit.Description, Body: edit.Body, Status: edit.Status,
			Version: before.Version + 1, CreatedAt: before.CreatedAt, UpdatedAt: s.now(),
		}
		if err := s.writePage(tx, before, &page); err != nil {
			return err
		}
		if err := s.audit(tx, actor, AuditPageSaved, "page "+page.Slug, pageState(before), pageState(page)); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return page, fmt.Errorf("save page %d: %w", id, err)
	}
	return page, nil
}

// check checks a page against itself and the database. It returns the slug to
// store.
func (e PageEdit) check(tx *gorm.DB, id int64) (string, error) {
	faults, slug := e.Faults(), e.Slug
	if slug == "" {
		var err error
		if slug, err = freeSlug(tx, &Page{}, id, cmp.Or(Slug(e.Title), "page")); err != nil {
			return "", err
		}
	} else if taken, err := slugTaken(tx, &Page{}, id, slug); err != nil {
		return "", err
	} else if taken {
		faults.add("slug", "Another page has that address. Choose another one.")
	}
	if e.Policy != "" {
		var there int64
		if err := tx.Model(&Page{}).Where("policy = ? AND id <> ?", e.Policy, id).Count(&there).Error; err != nil {
			return "", fmt.Errorf("look for the page of %s: %w", e.Policy, err)
		}
		if there > 0 {
			faults.add("policy", "Another page is that already. Change it there first.")
		}
	}
	return slug, faults.orNil()
}

// writePage stores a page that was checked, and keeps the address it had.
func (s *Store) writePage(tx *gorm.DB, before Page, page *Page) error {
	if page.ID == 0 {
		page.CreatedAt = s.now()
		if err := tx.Create(page).Error; err != nil {
			return asTaken(err, "slug", "Another page has that address, or is of that kind. Choose another one.")
		}
	} else {
		result := tx.Model(&Page{}).Where("id = ? AND version = ?", page.ID, before.Version).Updates(map[string]any{
			"slug": page.Slug, "title": page.Title, "policy": page.Policy, "description": page.Description, "body": page.Body,
			"status": page.Status, "version": page.Version, "updated_at": page.UpdatedAt,
		})
		if result.Error != nil {
			return asTaken(result.Error, "slug", "Another page has that address, or is of that kind. Choose another one.")
		}
		if result.RowsAffected == 0 {
			return ErrConflict
		}
	}
	if before.Slug == page.Slug {
		return nil
	}
	if err := tx.Where("slug = ?", page.Slug).Delete(&formerPageSlug{}).Error; err != nil {
		return fmt.Errorf("take the address %s over: %w", page.Slug, err)
	}
	if before.Slug == "" {
		return nil
	}
	row := formerPageSlug{Slug: before.Slug, PageID: page.ID, CreatedAt: s.now()}
	err := tx.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "slug"}}, DoUpdates: clause.AssignmentColumns([]string{"page_id", "created_at"}),
	}).Create(&row).Error
	if err != nil {
		return fmt.Errorf("keep the address %s: %w", before.Slug, err)
	}
	return nil
}

// pageState is what the audit log says of a page.
func pageState(p Page) string {
	if p.ID == 0 {
		return ""
	}
	return fmt.Sprintf("%s, %s, /pages/%s, %d characters", p.Title, p.Status, p.Slug, len([]rune(p.Body)))
}

// DeletePage deletes a page for good. Menus leave it out from then on. It returns
// ErrConflict where somebody saved it since this version, and ErrNotFound.
func (s *Store) DeletePage(ctx context.Context, id, version int64, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		var page Page
		if err := tx.Take(&page, id).Error; err != nil {
			return found(err, "find page %d", id)
		}
		if err := unchanged(tx.Where("version = ?", version).Delete(&Page{ID: id})); err != nil {
			return err
		}
		if err := s.audit(tx, actor, AuditPageDeleted, "page "+page.Slug, pageState(page), ""); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("delete page %d: %w", id, err)
	}
	return nil
}

// SiteTexts is what a new shop says beside its catalogue.
type SiteTexts struct {
	Pages    []Page
	Sections []Section     // of the front page; a link to a page names its slug as its URL, a picture its place in Pictures, from 1
	Pictures []SitePicture // whose files are there
	// How many days shoppers have to send something back; 0: nothing is said.
	ReturnDays int
	Tagline    string // what the shop sells, in a line
}

// AddSiteTexts stores them for a shop that has no page, and does nothing where
// there is one.
func (s *Store) AddSiteTexts(ctx context.Context, texts SiteTexts) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		if err := catalogueChanged(tx); err != nil { // first, so that replicas that start together take turns
			return err
		}
		var there int64
		if err := tx.Model(&Page{}).Count(&there).Error; err != nil || there > 0 {
			return err
		}
		ids := map[string]int64{}
		for _, page := range texts.Pages {
			page.Version, page.CreatedAt, page.UpdatedAt = 1, s.now(), s.now()
			if err := tx.Create(&page).Error; err != nil {
				return fmt.Errorf("page %q: %w", page.Slug, err)
			}
			ids[page.Slug] = page.ID
		}
		pictures := []int64{0}
		for _, picture := range texts.Pictures {
			picture.Status = PictureReady
			if err := tx.Create(&picture).Error; err != nil {
				return fmt.Errorf("picture %q: %w", picture.Key, err)
			}
			pictures = append(pictures, picture.ID)
		}
		sections := slices.Clone(texts.Sections)
		for i := range sections {
			sections[i].ID, sections[i].Version, sections[i].PictureID = int64(i+1), 1, pictures[sections[i].PictureID]
			if link := &sections[i].Link; link.Kind == LinkPage {
				*link = Link{Kind: LinkPage, ID: ids[link.URL]}
			}
		}
		if err := tx.Model(&Identity{}).Where("id = 1").Select("tagline", "return_days").UpdateColumns(Identity{Tagline: texts.Tagline, ReturnDays: texts.ReturnDays}).Error; err != nil {
			return err
		}
		return tx.Model(&Home{}).Where("id = 1").Select("draft", "published").Updates(Home{Draft: sections, Published: sections}).Error
	})
	if err != nil {
		return fmt.Errorf("add the texts of the shop: %w", err)
	}
	return nil
}
