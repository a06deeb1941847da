package models

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// importPlan is what an import would do with one product.
type importPlan struct {
	product importProduct
	exists  bool
	before  Product
	edit    ProductEdit
	changes bool            // of what is stored, something
	fetch   []PictureSource // pictures the shop does not have yet
	alts    map[int64]string
	below   []int64 // lines with less than nothing on hand
	faults  []importFault
}

// planProduct sets what a file says of a product against what the shop has of
// it now. It changes nothing. keep leaves a product that is there as it is.
func (s *Store) planProduct(tx *gorm.DB, product importProduct, keep bool) (importPlan, error) {
	plan := importPlan{product: product, faults: product.faults}
	if len(plan.faults) > 0 {
		return plan, nil
	}
	var found []Product
	if err := withAllPictures(tx).Preload("Collections").Where("slug = ?", product.slug).Find(&found).Error; err != nil {
		return plan, fmt.Errorf("look for product %s: %w", product.slug, err)
	}
	if plan.exists = len(found) > 0; plan.exists {
		plan.before = found[0]
	}
	if keep && plan.exists {
		return plan, nil
	}
	var rows []int
	plan.edit, rows = product.onto(plan.before.Edit(), plan.exists)
	plan.nothingOwed(rows)
	if err := plan.pictures(tx); err != nil {
		return plan, err
	}
	_, err := s.checkProduct(tx, plan.before.ID, plan.edit)
	var faults InvalidErrors
	if errors.As(err, &faults) {
		plan.faults = append(plan.faults, product.faultsOf(faults, rows)...)
		return plan, nil
	}
	plan.changes = !plan.exists || len(plan.fetch) > 0 || len(plan.alts) > 0 || !reflect.DeepEqual(plan.before.Edit(), plan.edit)
	return plan, err
}

// nothingOwed reads less than nothing on hand as nothing, where a variant is
// sold beyond its stock: what other programs count as owed there, the shop knows
// from its own orders alone.
func (p *importPlan) nothingOwed(rows []int) {
	for i := range p.edit.Variants {
		v := &p.edit.Variants[i]
		if v.Stock < 0 && v.Policy != "" && v.Policy != StockDeny {
			v.Stock = 0
			p.below = append(p.below, p.product.rows[rows[i]].Line)
		}
	}
}

// pictures finds out which of the product's pictures the shop has, and gives
// variants theirs.
func (p *importPlan) pictures(tx *gorm.DB) error {
	if len(p.product.images) == 0 {
		return nil
	}
	var sources []PictureSource
	if p.exists {
		if err := tx.Where("product_id = ?", p.before.ID).Find(&sources).Error; err != nil {
			return fmt.Errorf("look for the pictures of product %s: %w", p.product.slug, err)
		}
	}
	p.alts = map[int64]string{}
	for _, image := range p.product.images {
		id, there := p.pictureOf(image.url, sources)
		if !there {
			source := PictureSource{URL: image.url, Alt: cmp.Or(image.alt, p.edit.Name), Variants: [][MaxOptions]string{}}
			for _, v := range p.product.variants {
				if v.image == image.url {
					source.Variants = append(source.Variants, v.options)
				}
			}
			p.fetch = append(p.fetch, source)
			continue
		}
		at := slices.IndexFunc(p.before.Pictures, func(picture Picture) bool { return picture.ID == id })
		if at >= 0 && image.alt != "" && p.before.Pictures[at].Alt != image.alt {
			p.alts[id] = image.alt
		}
		for _, v := range p.product.variants {
			variant := slices.IndexFunc(p.edit.Variants, func(edit VariantEdit) bool { return edit.Options == v.options })
			if id != 0 && v.image == image.url && variant >= 0 {
				p.edit.Variants[variant].PictureID = id
			}
		}
	}
	if count := len(p.before.Pictures) + len(p.fetch); count > MaxPictures {
		p.faults = append(p.faults, importFault{0, fmt.Sprintf("%s: A product can have up to %d pictures; with these it would have %d.", colImage, MaxPictures, count)})
	}
	return nil
}

// pictureOf is the picture that came from an address, 0 while it is on its way.
// The address that an export of the shop gives one of the product's own
// pictures stands for it, too.
func (p *importPlan) pictureOf(address string, sources []PictureSource) (id int64, there bool) {
	for _, source := range sources {
		switch {
		case source.URL != address:
		case source.PictureID != nil:
			return *source.PictureID, true
		case source.Status == PictureSourceWaiting && source.ImportID != nil: // of an import that is forgotten nobody fetches it
			return 0, true
		}
	}
	file := path.Base(strings.SplitN(address, "?", 2)[0])
	for _, picture := range p.before.Pictures {
		if size, own := strings.CutPrefix(file, picture.Key+"-"); own && strings.Contains(address, "/media/") && !strings.Contains(size, "-") {
			return picture.ID, true
		}
	}
	return 0, false
}

// carryOut does what a plan says.
func (s *Store) carryOut(tx *gorm.DB, plan importPlan, importID int64, actor Actor) error {
	var product Product
	var err error
	if plan.exists {
		product, err = s.saveProduct(tx, plan.before, plan.edit, actor)
	} else {
		product, err = s.createProduct(tx, plan.edit, actor)
	}
	if err != nil {
		return err
	}
	for id, alt := range plan.alts {
		if err := tx.Model(&Picture{}).Where("id = ?", id).UpdateColumn("alt", alt).Error; err != nil {
			return fmt.Errorf("change picture %d: %w", id, err)
		}
	}
	for i := range plan.fetch {
		source := &plan.fetch[i]
		source.ProductID, source.ImportID, source.Status, source.CreatedAt = product.ID, &importID, PictureSourceWaiting, s.now()
	}
	if len(plan.fetch) == 0 {
		return nil
	}
	// One that could not be fetched before is tried anew.
	err = tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "product_id"}, {Name: "url"}},
		DoUpdates: clause.AssignmentColumns([]string{"import_id", "alt", "variants", "status", "attempts", "fault", "picture_id"}),
	}).Create(&plan.fetch).Error
	if err != nil {
		return fmt.Errorf("note the pictures of product %s: %w", product.Slug, err)
	}
	return nil
}

// PictureSource is a picture that an import names by its address.
type PictureSource struct {
	ID        int64
	ImportID  *int64
	ProductID int64
	URL       string `gorm:"column:url"`
	Alt       string
	Variants  [][MaxOptions]string `gorm:"serializer:json"` // that show it, by their options
	Status    string
	Attempts  int64  // that failed
	Fault     string // why the last of them failed
	PictureID *int64 // once it is fetched
	CreatedAt time.Time
}

// The states of a picture that is to be fetched.
const (
	PictureSourceWaiting = "waiting"
	PictureSourceDone    = "done"
	PictureSourceFailed  = "failed"
)
