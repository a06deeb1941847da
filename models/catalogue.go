package models

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// ProductSort is an order in which products are listed.
type ProductSort string

// The orders of a product list.
const (
	SortFeatured  ProductSort = "featured"
	SortNewest    ProductSort = "newest"
	SortPriceAsc  ProductSort = "price-asc"
	SortPriceDesc ProductSort = "price-desc"
	SortName      ProductSort = "name"
	SortByHand    ProductSort = "hand" // of the one collection a filter names
)

// CollectionSorts are the orders a collection's page can begin with.
var CollectionSorts = [...]ProductSort{SortFeatured, SortNewest, SortPriceAsc, SortPriceDesc, SortName, SortByHand}

// ProductFilter chooses products. Its zero value chooses every active one.
type ProductFilter struct {
	Collection string // slug
	Search     string // every word must occur
	InStock    bool
	PriceMin   int64 // minor units, inclusive; 0 for none
	PriceMax   int64
	Sort       ProductSort
	Page       int // from 1
	PerPage    int
	Drafts     bool   // list those that are not for sale too, for the admin
	Status     string // with Drafts: this status alone; empty: any
}

const lowestPrice = "(SELECT MIN(v.price) FROM variants v WHERE v.product_id = products.id)"

// Products returns one page of the products a filter chooses, with variants,
// options and pictures, and how many it chooses in all.
func (s *Store) Products(ctx context.Context, f ProductFilter) ([]Product, int64, error) {
	query := filterProducts(s.read.WithContext(ctx).Model(&Product{}), f)
	var total int64
	if err := query.Session(&gorm.Session{}).Count(&total).Error; err != nil {
		return nil, 0, fmt.Errorf("count products: %w", err)
	}
	first := (max(f.Page, 1) - 1) * f.PerPage
	if int64(first) >= total {
		return nil, total, nil
	}
	switch f.Sort {
	case SortNewest:
		query = query.Order("products.created_at DESC")
	case SortPriceAsc:
		query = query.Order(lowestPrice + " ASC")
	case SortPriceDesc:
		query = query.Order(lowestPrice + " DESC")
	case SortName:
		query = query.Order("LOWER(products.name) ASC")
	case SortByHand:
		query = query.Joins("JOIN collection_products placed ON placed.product_id = products.id").
			Joins("JOIN collections shelf ON shelf.id = placed.collection_id AND shelf.slug = ?", f.Collection).Order("placed.position")
	default:
		query = query.Order("products.featured DESC")
	}
	var products []Product
	err := withDetails(query).Order("products.id ASC").Offset(first).Limit(f.PerPage).Find(&products).Error
	if err != nil {
		return nil, 0, fmt.Errorf("list products: %w", err)
	}
	return products, total, nil
}

func filterProducts(query *gorm.DB, f ProductFilter) *gorm.DB {
	if !f.Drafts {
		query = query.Where("products.status = ?", ProductActive)
	} else if f.Status != "" {
		query = query.Where("products.status = ?", f.Status)
	}
	if f.Collection != "" {
		query = query.Where(`products.id IN (SELECT cp.product_id FROM collection_products cp
			JOIN collections c ON c.id = cp.collection_id WHERE c.slug = ?)`, f.Collection)
	}
	for _, word := range strings.Fields(strings.ToLower(f.Search)) {
		like := "%" + escapeLike(word) + "%"
		query = query.Where(`(LOWER(products.name) LIKE ? ESCAPE '\' OR LOWER(products.summary) LIKE ? ESCAPE '\'
			OR LOWER(products.description) LIKE ? ESCAPE '\' OR EXISTS (SELECT 1 FROM variants v
			WHERE v.product_id = products.id AND (LOWER(v.sku) LIKE ? ESCAPE '\' OR LOWER(v.option1) LIKE ? ESCAPE '\'
			OR LOWER(v.option2) LIKE ? ESCAPE '\')))`, like, like, like, like, like, like)
	}
	if f.InStock {
		query = query.Where("EXISTS (SELECT 1 FROM variants v WHERE v.product_id = products.id AND v.stock > v.reserved)")
	}
	if f.PriceMin > 0 {
		query = query.Where("EXISTS (SELECT 1 FROM variants v WHERE v.product_id = products.id AND v.price >= ?)", f.PriceMin)
	}
	if f.PriceMax > 0 {
		query = query.Where("EXISTS (SELECT 1 FROM variants v WHERE v.product_id = products.id AND v.price <= ?)", f.PriceMax)
	}
	return query
}

// escapeLike takes a pattern's signs their meaning, for LIKE … ESCAPE '\'.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// withDetails loads what hangs on a product, of its pictures those that can be
// shown.
func withDetails(query *gorm.DB) *gorm.DB {
	return withParts(query).Preload("Pictures", readyInPlace)
}

// withAllPictures is withDetails with those pictures, too, that are not ready.
func withAllPictures(query *gorm.DB) *gorm.DB {
	return withParts(query).Preload("Pictures", inPlace)
}

func withParts(query *gorm.DB) *gorm.DB {
	return query.Preload("Variants", inPlace).Preload("Options", inPlace).Preload("Options.Values", inPlace)
}

func inPlace(db *gorm.DB) *gorm.DB { return db.Order("position, id") }

func readyInPlace(db *gorm.DB) *gorm.DB { return inPlace(db).Where("status = ?", PictureReady) }

// ProductBySlug returns an active product with all its details.
func (s *Store) ProductBySlug(ctx context.Context, slug string) (Product, error) {
	var product Product
	err := withDetails(s.read.WithContext(ctx)).Preload("Collections").
		Where("slug = ? AND status = ?", slug, ProductActive).Take(&product).Error
	return product, found(err, "find product %q", slug)
}

// ProductSlugOfVariant returns the slug of the active product a variant is of.
func (s *Store) ProductSlugOfVariant(ctx context.Context, variantID int64) (string, error) {
	var product Product
	err := s.read.WithContext(ctx).Select("slug").
		Where("status = ? AND id = (SELECT product_id FROM variants WHERE id = ?)", ProductActive, variantID).Take(&product).Error
	return product.Slug, found(err, "find the product of variant %d", variantID)
}

// CollectionSummary is a collection with how many active products it has.
type CollectionSummary struct {
	Collection
	Products   int64
	PictureKey string // of one of its first products, which it shares with as few others as can be
	PictureAlt string
}

// Collections lists the collections in the merchant's order.
func (s *Store) Collections(ctx context.Context) ([]CollectionSummary, error) {
	var summaries []CollectionSummary
	err := s.read.WithContext(ctx).Raw(`SELECT c.*,
		(SELECT COUNT(*) FROM collection_products cp WHERE cp.collection_id = c.id
			AND cp.product_id NOT IN (SELECT id FROM products WHERE status <> ?)) AS products,
		COALESCE(shown.key, '') AS picture_key, COALESCE(shown.alt, '') AS picture_alt
		FROM collections c LEFT JOIN pictures shown ON shown.id = (
			SELECT pi.id FROM (SELECT product_id FROM collection_products WHERE collection_id = c.id ORDER BY product_id LIMIT 50) cp
			JOIN products p ON p.id = cp.product_id JOIN pictures pi ON pi.product_id = p.id
			WHERE p.status = ? AND pi.status = ?
			ORDER BY (SELECT COUNT(*) FROM collection_products other WHERE other.product_id = p.id), p.featured DESC, p.id, pi.position, pi.id LIMIT 1)
		ORDER BY c.position, c.id`, ProductActive, ProductActive, PictureReady).Scan(&summaries).Error
	if err != nil {
		return nil, fmt.Errorf("list collections: %w", err)
	}
	return summaries, nil
}

// AddCatalogue stores collections and products in one go, for a shop that has
// none: it does nothing, and says so, where there is already a product. A
// product names its collections by their slugs; a variant its picture by the
// key in pictureKeys, which maps SKUs to picture keys.
func (s *Store) AddCatalogue(ctx context.Context, collections []Collection, products []Product, pictureKeys map[string]string) (added bool, err error) {
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		// The shop's row is locked first, so that two replicas that start
		// together do not both find the catalogue empty.
		if err := catalogueChanged(tx); err != nil {
			return err
		}
		var there int64
		if err := tx.Model(&Product{}).Count(&there).Error; err != nil || there > 0 {
			return err
		}
		ids := map[string]int64{}
		for _, collection := range collections {
			if err := tx.Create(&collection).Error; err != nil {
				return err
			}
			ids[collection.Slug] = collection.ID
		}
		for _, product := range products {
			if err := s.addProduct(tx, product, ids, pictureKeys); err != nil {
				return fmt.Errorf("product %q: %w", product.Slug, err)
			}
		}
		added = true
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("add a catalogue: %w", err)
	}
	return added, nil
}

func (s *Store) addProduct(tx *gorm.DB, product Product, collectionIDs map[string]int64, pictureKeys map[string]string) error {
	product.Version = 1
	for i := range product.Pictures {
		product.Pictures[i].Status = PictureReady
	}
	if err := tx.Omit("Variants", "Collections").Create(&product).Error; err != nil {
		return err
	}
	pictures := map[string]int64{}
	for _, picture := range product.Pictures {
		pictures[picture.Key] = picture.ID
	}
	for i := range product.Variants {
		product.Variants[i].ProductID = product.ID
		if id, ok := pictures[pictureKeys[product.Variants[i].SKU]]; ok {
			product.Variants[i].PictureID = &id
		}
	}
	if err := s.addVariants(tx, product.Variants, "catalogue"); err != nil {
		return err
	}
	if err := s.enterFirstPrices(tx, product); err != nil {
		return err
	}
	for _, collection := range product.Collections {
		row := map[string]any{"collection_id": collectionIDs[collection.Slug], "product_id": product.ID}
		if err := tx.Table("collection_products").Create(row).Error; err != nil {
			return err
		}
	}
	return nil
}
