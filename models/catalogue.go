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
	SortBest      ProductSort = "best" // of a search alone
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
	Search     string // every word must occur, or begin a word that does
	InStock    bool
	PriceMin   int64 // minor units, inclusive; 0 for none
	PriceMax   int64
	Options    map[string][]string // keys of options and of the values one of which is wanted
	Sort       ProductSort         // unknown: of a search the best first, else as SortFeatured
	Page       int                 // from 1
	PerPage    int
	Version    int64  // of the catalogue to list; 0: as it is now
	Drafts     bool   // list those that are not for sale too, for the admin: by Search and Status alone
	Status     string // with Drafts: this status alone; empty: any
}

// Products returns one page of the products a filter chooses, and how many it
// chooses in all: as lists show them, or, with drafts, with all variants,
// options and pictures.
func (s *Store) Products(ctx context.Context, f ProductFilter) ([]Product, int64, error) {
	if !f.Drafts {
		list, err := s.List(ctx, f)
		return list.Products, list.Total, err
	}
	query := s.read.WithContext(ctx).Model(&Product{})
	if f.Status != "" {
		query = query.Where("products.status = ?", f.Status)
	}
	if strings.TrimSpace(f.Search) != "" {
		found, _, err := s.find(ctx, f.Search, nil)
		if err != nil {
			return nil, 0, err
		}
		query = query.Where("products.id IN ?", found.ids)
	}
	var total int64
	if err := query.Session(&gorm.Session{}).Count(&total).Error; err != nil {
		return nil, 0, fmt.Errorf("count products: %w", err)
	}
	first := (max(f.Page, 1) - 1) * f.PerPage
	if int64(first) >= total {
		return nil, total, nil
	}
	var products []Product
	err := withDetails(query).Order("products.search_name, products.id").Offset(first).Limit(f.PerPage).Find(&products).Error
	if err != nil {
		return nil, 0, fmt.Errorf("list products: %w", err)
	}
	return products, total, nil
}

// Highlights returns the first products for sale: the featured or the newest.
func (s *Store) Highlights(ctx context.Context, by ProductSort, most int) ([]Product, error) {
	query := s.read.WithContext(ctx).Model(&Product{}).Where("products.status = ?", ProductActive)
	if by == SortNewest {
		query = query.Order("products.created_at DESC, products.id")
	} else {
		query = query.Order("products.featured DESC, products.id")
	}
	var ids []int64
	if err := query.Limit(most).Pluck("products.id", &ids).Error; err != nil {
		return nil, fmt.Errorf("list the first products: %w", err)
	}
	return s.cards(ctx, ids)
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

// CollectionSummary is a collection with a picture that stands for it.
type CollectionSummary struct {
	Collection
	PictureKey string // of one of its first products, which it shares with as few others as can be
	PictureAlt string
}

// Collections lists the collections in the merchant's order.
func (s *Store) Collections(ctx context.Context) ([]CollectionSummary, error) {
	var summaries []CollectionSummary
	err := s.read.WithContext(ctx).Raw(`SELECT c.*, COALESCE(shown.key, '') AS picture_key, COALESCE(shown.alt, '') AS picture_alt
		FROM collections c LEFT JOIN pictures shown ON shown.id = (
			SELECT pi.id FROM (SELECT product_id FROM collection_products WHERE collection_id = c.id ORDER BY product_id LIMIT 50) cp
			JOIN products p ON p.id = cp.product_id JOIN pictures pi ON pi.product_id = p.id
			WHERE p.status = ? AND pi.status = ?
			ORDER BY (SELECT COUNT(*) FROM collection_products other WHERE other.product_id = p.id), p.featured DESC, p.id, pi.position, pi.id LIMIT 1)
		ORDER BY c.position, c.id`, ProductActive, PictureReady).Scan(&summaries).Error
	if err != nil {
		return nil, fmt.Errorf("list collections: %w", err)
	}
	return summaries, nil
}

func hasProducts(db *gorm.DB) (bool, error) {
	var ids []int64
	if err := db.Model(&Product{}).Limit(1).Pluck("id", &ids).Error; err != nil {
		return false, fmt.Errorf("look for a product: %w", err)
	}
	return len(ids) > 0, nil
}

// AddCatalogue stores collections and products in one go, for a shop that has
// none: it does nothing, and says so, where there is already a product. A
// product names its collections by their slugs; a variant its picture by the
// key in pictureKeys, which maps SKUs to picture keys.
func (s *Store) AddCatalogue(ctx context.Context, collections []Collection, products []Product, pictureKeys map[string]string) (added bool, err error) {
	if there, err := hasProducts(s.read.WithContext(ctx)); there || err != nil {
		return false, err
	}
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		// The shop's row is locked first, so that two replicas that start
		// together do not both find the catalogue empty.
		if err := catalogueChanged(tx); err != nil {
			return err
		}
		if there, err := hasProducts(tx); there || err != nil {
			return err
		}
		ids := map[string]int64{}
		for _, collection := range collections {
			if err := tx.Create(&collection).Error; err != nil {
				return err
			}
			ids[collection.Slug] = collection.ID
			if err := learnName(tx, collection.Name); err != nil {
				return err
			}
		}
		var stored []int64
		for _, product := range products {
			id, err := s.addProduct(tx, product, ids, pictureKeys)
			if err != nil {
				return fmt.Errorf("product %q: %w", product.Slug, err)
			}
			stored = append(stored, id)
		}
		added = true
		return s.indexProducts(tx, stored)
	})
	if err != nil {
		return false, fmt.Errorf("add a catalogue: %w", err)
	}
	return added, nil
}

func (s *Store) addProduct(tx *gorm.DB, product Product, collectionIDs map[string]int64, pictureKeys map[string]string) (int64, error) {
	product.Version = 1
	for i := range product.Pictures {
		product.Pictures[i].Status = PictureReady
	}
	if err := tx.Omit("Variants", "Collections").Create(&product).Error; err != nil {
		return 0, err
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
		return 0, err
	}
	if err := s.enterFirstPrices(tx, product); err != nil {
		return 0, err
	}
	for _, collection := range product.Collections {
		row := map[string]any{"collection_id": collectionIDs[collection.Slug], "product_id": product.ID}
		if err := tx.Table("collection_products").Create(row).Error; err != nil {
			return 0, err
		}
	}
	return product.ID, nil
}
