package models

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// formerSlug is an address a product had before.
type formerSlug struct {
	Slug      string `gorm:"primaryKey"`
	ProductID int64
	CreatedAt time.Time
}

// TableName is the table of former addresses.
func (formerSlug) TableName() string { return "slug_history" }

// ProductByID returns a product of any status with all its details, for staff.
func (s *Store) ProductByID(ctx context.Context, id int64) (Product, error) {
	return productByID(s.read.WithContext(ctx), id)
}

func productByID(db *gorm.DB, id int64) (Product, error) {
	var product Product
	err := withAllPictures(db).Preload("Collections").Take(&product, id).Error
	return product, found(err, "find product %d", id)
}

// SlugAfter returns the present slug of the active product that once had the
// slug given, or ErrNotFound.
func (s *Store) SlugAfter(ctx context.Context, former string) (string, error) {
	var product Product
	err := s.read.WithContext(ctx).Select("slug").
		Where("status = ? AND id = (SELECT product_id FROM slug_history WHERE slug = ?)", ProductActive, former).Take(&product).Error
	return product.Slug, found(err, "find the product that was %q", former)
}

// CreateProduct stores a new product. The errors are those of SaveProduct.
func (s *Store) CreateProduct(ctx context.Context, draft ProductEdit, actor Actor) (Product, error) {
	var product Product
	err := s.transaction(ctx, func(tx *gorm.DB) (err error) {
		product, err = s.createProduct(tx, draft, actor)
		return err
	})
	if err != nil {
		return product, fmt.Errorf("create a product: %w", err)
	}
	return product, nil
}

func (s *Store) createProduct(tx *gorm.DB, draft ProductEdit, actor Actor) (Product, error) {
	slug, err := checkProduct(tx, 0, draft)
	if err != nil {
		return Product{}, err
	}
	product := Product{
		Slug: slug, Name: draft.Name, Summary: draft.Summary, Description: draft.Description, Status: draft.Status,
		Featured: draft.Featured, Version: 1, CreatedAt: s.now(), UpdatedAt: s.now(),
	}
	if err := tx.Create(&product).Error; err != nil {
		return product, asTaken(err, "slug", "Another product has that address. Choose another one.")
	}
	if err := tx.Where("slug = ?", slug).Delete(&formerSlug{}).Error; err != nil {
		return product, fmt.Errorf("take the address %s over: %w", slug, err)
	}
	if err := s.writeParts(tx, product, draft, actor); err != nil {
		return product, err
	}
	if err := s.indexProducts(tx, []int64{product.ID}); err != nil {
		return product, err
	}
	after := fmt.Sprintf("%s, %d variants", product.Status, len(draft.Variants))
	if err := s.audit(tx, actor, AuditProductCreated, "product "+product.Slug, "", after); err != nil {
		return product, err
	}
	return product, catalogueChanged(tx)
}

// SaveProduct stores a draft of a product. Prices and stock that change are in
// the audit log; of stock the difference moves, so that what was sold meanwhile
// stays sold. Variants that the draft does not name stay as they are.
//
// It returns ErrConflict where the product is no longer the version the draft
// was made from, ErrNotFound, and InvalidErrors, with nothing changed.
func (s *Store) SaveProduct(ctx context.Context, id int64, draft ProductEdit, actor Actor) (Product, error) {
	var product Product
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		before, err := productByID(tx, id)
		if err != nil {
			return err
		}
		if before.Version != draft.Version {
			return ErrConflict
		}
		slug, err := checkProduct(tx, id, draft)
		if err != nil {
			return err
		}
		product = before
		product.Slug, product.Name, product.Status, product.Version = slug, draft.Name, draft.Status, before.Version+1
		result := tx.Model(&Product{}).Where("id = ? AND version = ?", id, before.Version).Updates(map[string]any{
			"slug": slug, "name": draft.Name, "summary": draft.Summary, "description": draft.Description, "status": draft.Status,
			"featured": draft.Featured, "version": product.Version, "updated_at": s.now(),
		})
		if result.Error != nil {
			return asTaken(result.Error, "slug", "Another product has that address. Choose another one.")
		}
		if result.RowsAffected == 0 {
			return ErrConflict
		}
		if err := s.renameSlug(tx, before, slug); err != nil {
			return err
		}
		if err := s.writeParts(tx, before, draft, actor); err != nil {
			return err
		}
		if err := s.indexProducts(tx, []int64{id}); err != nil {
			return err
		}
		if was, is := productState(before), productState(product); was != is {
			if err := s.audit(tx, actor, AuditProductChanged, "product "+slug, was, is); err != nil {
				return err
			}
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return product, fmt.Errorf("save product %d: %w", id, err)
	}
	return product, nil
}

// productState is what the audit log says of a product beside its prices.
func productState(p Product) string {
	return fmt.Sprintf("%s, %s, /products/%s", p.Name, p.Status, p.Slug)
}

// renameSlug keeps the address a product had, and frees the one it has now of
// what it was before.
func (s *Store) renameSlug(tx *gorm.DB, before Product, slug string) error {
	if before.Slug == slug {
		return nil
	}
	if err := tx.Where("slug = ?", slug).Delete(&formerSlug{}).Error; err != nil {
		return fmt.Errorf("take the address %s over: %w", slug, err)
	}
	row := formerSlug{Slug: before.Slug, ProductID: before.ID, CreatedAt: s.now()}
	err := tx.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "slug"}}, DoUpdates: clause.AssignmentColumns([]string{"product_id", "created_at"}),
	}).Create(&row).Error
	if err != nil {
		return fmt.Errorf("keep the address %s: %w", before.Slug, err)
	}
	return nil
}

// asTaken says that a value is taken where a unique index refused it.
func asTaken(err error, field, message string) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return InvalidErrors{{Field: field, Message: message}}
	}
	return err
}

// checkProduct checks a draft against itself and the database. It returns the
// slug to store.
func checkProduct(tx *gorm.DB, id int64, draft ProductEdit) (string, error) {
	faults := draft.Faults()
	slug := draft.Slug
	if slug == "" {
		var err error
		if slug, err = freeSlug(tx, &Product{}, id, cmp.Or(Slug(draft.Name), "product")); err != nil {
			return "", err
		}
	} else if taken, err := slugTaken(tx, &Product{}, id, slug); err != nil {
		return "", err
	} else if taken {
		faults.add("slug", "Another product has that address. Choose another one.")
	}
	var skus []string
	for _, v := range draft.Variants {
		if !v.Remove {
			skus = append(skus, v.SKU)
		}
	}
	var others []Variant
	if err := tx.Where("sku IN ?", skus).Find(&others).Error; err != nil {
		return "", fmt.Errorf("look for SKUs: %w", err)
	}
	for _, other := range others {
		if slices.ContainsFunc(draft.Variants, func(v VariantEdit) bool { return v.ID == other.ID }) {
			continue // one of the draft's own, which may change its SKU
		}
		for i, v := range draft.Variants {
			if v.SKU == other.SKU && !v.Remove {
				faults.add(VariantField(i, "sku"), "Another article has the SKU %s.", v.SKU)
			}
		}
	}
	return slug, faults.orNil()
}

// slugTaken reports whether another product, or collection, has a slug.
func slugTaken(tx *gorm.DB, of any, id int64, slug string) (bool, error) {
	var there int64
	if err := tx.Model(of).Where("slug = ? AND id <> ?", slug, id).Count(&there).Error; err != nil {
		return false, fmt.Errorf("look for the address %s: %w", slug, err)
	}
	return there > 0, nil
}

// freeSlug adds a number to a slug that is taken.
func freeSlug(tx *gorm.DB, of any, id int64, slug string) (string, error) {
	for n := 1; ; n++ {
		numbered := slug
		if n > 1 {
			numbered += "-" + strconv.Itoa(n)
		}
		taken, err := slugTaken(tx, of, id, numbered)
		if err != nil || !taken {
			return numbered, err
		}
	}
}

// writeParts stores what hangs on a product: collections, options, variants.
func (s *Store) writeParts(tx *gorm.DB, product Product, draft ProductEdit, actor Actor) error {
	if err := tx.Exec("DELETE FROM collection_products WHERE product_id = ?", product.ID).Error; err != nil {
		return fmt.Errorf("empty the collections of product %d: %w", product.ID, err)
	}
	for _, id := range draft.Collections {
		// One that somebody deleted meanwhile is left out.
		err := tx.Exec("INSERT INTO collection_products (collection_id, product_id) SELECT id, ? FROM collections WHERE id = ?", product.ID, id).Error
		if err != nil {
			return fmt.Errorf("put product %d into collection %d: %w", product.ID, id, err)
		}
	}
	if err := tx.Where("product_id = ?", product.ID).Delete(&Option{}).Error; err != nil {
		return fmt.Errorf("replace the options of product %d: %w", product.ID, err)
	}
	for i, option := range draft.Options {
		row := Option{ProductID: product.ID, Name: option.Name, Position: i}
		for j, value := range option.Values {
			row.Values = append(row.Values, OptionValue{Name: value.Name, Swatch: value.Swatch, Position: j})
		}
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("store option %s: %w", option.Name, err)
		}
	}
	return s.writeVariants(tx, product, draft, actor)
}

// writeVariants brings a product's variants to what a draft says.
func (s *Store) writeVariants(tx *gorm.DB, product Product, draft ProductEdit, actor Actor) error {
	var shop Shop
	if err := tx.Take(&shop, 1).Error; err != nil {
		return found(err, "read the shop's row")
	}
	var added []Variant
	var edits []variantChange
	for i, wanted := range draft.Variants {
		at := slices.IndexFunc(product.Variants, func(v Variant) bool { return v.ID == wanted.ID })
		switch {
		case wanted.ID != 0 && at < 0:
			return InvalidErrors{{Field: "variants", Message: fmt.Sprintf("The variant %s was removed by somebody else. Mark it for removal here, too.", wanted.SKU)}}
		case wanted.ID != 0:
			edits = append(edits, variantChange{i, product.Variants[at], wanted})
		case !wanted.Remove:
			added = append(added, wanted.variant(product, i))
		}
	}
	// By id, so that no two transactions wait for each other.
	slices.SortFunc(edits, func(a, b variantChange) int { return cmp.Compare(a.before.ID, b.before.ID) })
	for _, edit := range edits { // the names that others of them may take
		if edit.renamed() {
			aside := map[string]any{"sku": fmt.Sprintf("aside %d", edit.before.ID), "option3": fmt.Sprintf("aside %d", edit.before.ID)}
			if err := tx.Model(&Variant{}).Where("id = ?", edit.before.ID).UpdateColumns(aside).Error; err != nil {
				return fmt.Errorf("put the name of variant %d aside: %w", edit.before.ID, err)
			}
		}
	}
	for _, edit := range edits {
		if err := s.editVariant(tx, product, edit, shop.Currency, actor); err != nil {
			return err
		}
	}
	if err := s.addVariants(tx, added, actor.Email); err != nil {
		return asTaken(err, "variants", "One of the new variants has the SKU or the options of another one.")
	}
	return nil
}

// variant is a new one of a product.
func (v VariantEdit) variant(product Product, position int) Variant {
	return Variant{
		ProductID: product.ID, SKU: v.SKU, Option1: v.Options[0], Option2: v.Options[1], Option3: v.Options[2], Price: v.Price,
		CompareAt: v.CompareAt, Stock: v.Stock, WeightGrams: v.WeightGrams, PictureID: pictureID(product, v.PictureID), Position: position,
	}
}

// pictureID is a picture of the product, or nil.
func pictureID(product Product, id int64) *int64 {
	if slices.ContainsFunc(product.Pictures, func(p Picture) bool { return p.ID == id }) {
		return &id
	}
	return nil
}

// variantChange is a stored variant, the i-th of the draft, and what it is to be.
type variantChange struct {
	i      int
	before Variant
	wanted VariantEdit
}

func (e variantChange) renamed() bool {
	return e.before.SKU != e.wanted.SKU || e.wanted.Remove || e.wanted.Options != [MaxOptions]string{e.before.Option1, e.before.Option2, e.before.Option3}
}

func (s *Store) editVariant(tx *gorm.DB, product Product, edit variantChange, currency string, actor Actor) error {
	before, wanted := edit.before, edit.wanted
	if wanted.Remove {
		return s.removeVariant(tx, edit, actor)
	}
	after := wanted.variant(product, edit.i)
	err := tx.Model(&Variant{}).Where("id = ?", before.ID).UpdateColumns(map[string]any{
		"sku": after.SKU, "option1": after.Option1, "option2": after.Option2, "option3": after.Option3, "price": after.Price,
		"compare_at": after.CompareAt, "weight_grams": after.WeightGrams, "picture_id": after.PictureID, "position": after.Position,
	}).Error
	if err != nil {
		return asTaken(fmt.Errorf("store variant %d: %w", before.ID, err), VariantField(edit.i, "sku"), "Another variant has the same SKU or options.")
	}
	price := func(v Variant) string {
		text := Money{Amount: v.Price, Currency: currency}.String()
		if v.CompareAt > 0 {
			text += ", before " + Money{Amount: v.CompareAt, Currency: currency}.String()
		}
		return text
	}
	if price(before) != price(after) {
		if err := s.audit(tx, actor, AuditPriceChanged, "variant "+after.SKU, price(before), price(after)); err != nil {
			return err
		}
	}
	return s.adjustStock(tx, before.ID, wanted.Stock-wanted.StockWas, VariantField(edit.i, "stock"), after.SKU, actor)
}

// adjustStock moves pieces that somebody counted.
func (s *Store) adjustStock(tx *gorm.DB, variantID, change int64, field, sku string, actor Actor) error {
	if change == 0 {
		return nil
	}
	moved, err := s.moveStock(tx, StockMovement{Cause: StockAdjustment, Actor: actor.Email}, []stockMove{{variantID, change}}, false)
	if err != nil {
		return err
	}
	var now Variant
	if err := tx.Take(&now, variantID).Error; err != nil {
		return found(err, "find variant %d", variantID)
	}
	if !moved {
		return InvalidErrors{{Field: field, Message: fmt.Sprintf("%d are on hand now, and %d of them are held by open checkouts: no fewer than those can stay.", now.Stock, now.Reserved)}}
	}
	return s.audit(tx, actor, AuditStockChanged, "variant "+sku, strconv.FormatInt(now.Stock-change, 10), strconv.FormatInt(now.Stock, 10))
}

// removeVariant deletes a variant that no open checkout holds. Its ledger ends
// at none.
func (s *Store) removeVariant(tx *gorm.DB, edit variantChange, actor Actor) error {
	held := InvalidErrors{{Field: VariantField(edit.i, "remove"), Message: "An open checkout holds pieces of it. Set it to what is held, or try again in an hour."}}
	var now Variant
	if err := tx.Take(&now, edit.before.ID).Error; err != nil {
		return found(err, "find variant %d", edit.before.ID)
	}
	if now.Reserved > 0 {
		return held
	}
	if err := s.adjustStock(tx, now.ID, -now.Stock, held[0].Field, edit.before.SKU, actor); err != nil {
		return err
	}
	result := tx.Where("id = ? AND stock = 0 AND reserved = 0", now.ID).Delete(&Variant{})
	if result.Error != nil {
		return fmt.Errorf("remove variant %d: %w", now.ID, result.Error)
	}
	if result.RowsAffected == 0 {
		return held
	}
	return nil
}

// ArchiveProduct takes a product out of the shop and keeps it in the admin. One
// that is archived already stays so.
func (s *Store) ArchiveProduct(ctx context.Context, id int64, actor Actor) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		before, err := productByID(tx, id)
		if err != nil {
			return err
		}
		result := tx.Model(&Product{}).Where("id = ? AND status <> ?", id, ProductArchived).Updates(map[string]any{
			"status": ProductArchived, "version": gorm.Expr("version + 1"), "updated_at": s.now(),
		})
		if result.Error != nil || result.RowsAffected == 0 {
			return result.Error
		}
		if err := s.indexProducts(tx, []int64{id}); err != nil {
			return err
		}
		after := before
		after.Status = ProductArchived
		if err := s.audit(tx, actor, AuditProductChanged, "product "+before.Slug, productState(before), productState(after)); err != nil {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return fmt.Errorf("archive product %d: %w", id, err)
	}
	return nil
}

// DuplicateProduct makes a draft like a product: with its texts, options,
// prices and pictures, without its stock, under a new address and new SKUs.
func (s *Store) DuplicateProduct(ctx context.Context, id int64, actor Actor) (Product, error) {
	var copied Product
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		original, err := productByID(tx, id)
		if err != nil {
			return err
		}
		draft := ProductEdit{
			Name: original.Name + " (copy)", Summary: original.Summary, Description: original.Description,
			Status: ProductDraft, Options: original.Options,
		}
		for _, collection := range original.Collections {
			draft.Collections = append(draft.Collections, collection.ID)
		}
		for _, v := range original.Variants {
			sku, err := freeSKU(tx, v.SKU)
			if err != nil {
				return err
			}
			draft.Variants = append(draft.Variants, VariantEdit{
				Options: [MaxOptions]string{v.Option1, v.Option2, v.Option3}, SKU: sku, Price: v.Price, CompareAt: v.CompareAt, WeightGrams: v.WeightGrams,
			})
		}
		if copied, err = s.createProduct(tx, draft, actor); err != nil {
			return err
		}
		return copyPictures(tx, original, copied)
	})
	if err != nil {
		return copied, fmt.Errorf("duplicate product %d: %w", id, err)
	}
	return copied, nil
}

func freeSKU(tx *gorm.DB, sku string) (string, error) {
	for n := 1; ; n++ {
		free := sku + "-COPY"
		if n > 1 {
			free += "-" + strconv.Itoa(n)
		}
		var there int64
		if err := tx.Model(&Variant{}).Where("sku = ?", free).Count(&there).Error; err != nil || there == 0 {
			return free, err
		}
	}
}

// copyPictures gives a copy the files of the original, and its variants the
// pictures of theirs.
func copyPictures(tx *gorm.DB, original, copied Product) error {
	for _, picture := range original.Pictures {
		if picture.Status != PictureReady {
			continue
		}
		former := picture.ID
		picture.ID, picture.ProductID = 0, copied.ID
		if err := tx.Create(&picture).Error; err != nil {
			return fmt.Errorf("copy picture %d: %w", former, err)
		}
		for _, v := range original.Variants {
			if v.PictureID == nil || *v.PictureID != former {
				continue
			}
			err := tx.Model(&Variant{}).Where("product_id = ? AND option1 = ? AND option2 = ? AND option3 = ?", copied.ID, v.Option1, v.Option2, v.Option3).
				UpdateColumn("picture_id", picture.ID).Error
			if err != nil {
				return fmt.Errorf("copy the picture of variant %d: %w", v.ID, err)
			}
		}
	}
	return nil
}
