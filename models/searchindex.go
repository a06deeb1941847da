package models

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// searchRules is the version of the rules by which words are taken from
// products. A program with other rules takes them anew when it migrates.
const searchRules = 1

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// wordsOf is what a product is found by, the most telling first.
type wordsOf struct{ name, details, summary, description []string }

// indexBatch is how many products are indexed at a time.
const indexBatch = 200

// indexProducts brings what products are found by to what they are now. Call it
// in the transaction that changes a product's texts, status, options, SKUs or
// collections, after the change; prices and stock do not matter.
func (s *Store) indexProducts(tx *gorm.DB, ids []int64) error {
	for batch := range slices.Chunk(ids, indexBatch) {
		if err := s.indexBatch(tx, batch); err != nil {
			return fmt.Errorf("index products: %w", err)
		}
	}
	return nil
}

// IndexProductsArgs is the job that brings what products are found by to what
// they are now, of many that changed at once.
type IndexProductsArgs struct{}

// Kind names the job. Stored jobs carry it, so it never changes.
func (IndexProductsArgs) Kind() string { return "index_products" }

// productToIndex is a product that waits for it.
type productToIndex struct {
	ProductID int64 `gorm:"primaryKey;autoIncrement:false"`
}

// TableName is the table of those that wait.
func (productToIndex) TableName() string { return "products_to_index" }

// indexSoon is indexProducts for a change of which nobody knows how many
// products it touches: of many it leaves the work to a job, for on SQLite nobody
// else can write meanwhile.
func (s *Store) indexSoon(tx *gorm.DB, ids []int64) error {
	if len(ids) <= indexBatch {
		return s.indexProducts(tx, ids)
	}
	rows := make([]productToIndex, len(ids))
	for i, id := range slices.Sorted(slices.Values(ids)) { // so that no two transactions wait for each other
		rows[i].ProductID = id
	}
	// One that waits already is written again: whoever is about to index it waits
	// for this change, and does not take it off the list unseen.
	again := clause.OnConflict{Columns: []clause.Column{{Name: "product_id"}}, DoUpdates: clause.AssignmentColumns([]string{"product_id"})}
	if err := tx.Clauses(again).CreateInBatches(rows, 1000).Error; err != nil {
		return fmt.Errorf("note the products to index: %w", err)
	}
	return s.enqueue(tx, IndexProductsArgs{}, nil)
}

// IndexWaiting indexes some of the products that wait for it, and reports
// whether others do.
func (s *Store) IndexWaiting(ctx context.Context) (more bool, err error) {
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		var ids []int64
		if err := tx.Model(&productToIndex{}).Order("product_id").Limit(indexBatch).Pluck("product_id", &ids).Error; err != nil {
			return err
		}
		if more = len(ids) == indexBatch; len(ids) == 0 {
			return nil
		}
		// First, for what is noted from now on has changed since.
		if err := tx.Where("product_id IN ?", ids).Delete(&productToIndex{}).Error; err != nil {
			return err
		}
		if s.postgres { // nobody who saves one of them meanwhile is overwritten
			var locked []int64
			err := tx.Model(&Product{}).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Where("id IN ?", ids).Order("id").Pluck("id", &locked).Error
			if err != nil {
				return err
			}
		}
		if err := s.indexProducts(tx, ids); err != nil || more {
			return err
		}
		return catalogueChanged(tx)
	})
	if err != nil {
		return false, fmt.Errorf("index what waits for it: %w", err)
	}
	return more, nil
}

func (s *Store) indexBatch(tx *gorm.DB, ids []int64) error {
	var products []Product
	err := tx.Preload("Variants", inPlace).Preload("Options").Preload("Options.Values").Preload("Collections").Where("id IN ?", ids).Find(&products).Error
	if err != nil {
		return err
	}
	entries := make([]int64, 0, 2*len(ids))
	for _, id := range ids {
		entries = append(entries, id, -id)
	}
	if err := tx.Exec("DELETE FROM product_words WHERE rowid IN ?", entries).Error; err != nil {
		return err
	}
	vocabulary := map[string]bool{}
	var rows []map[string]any
	for _, product := range products {
		words := product.words()
		if name := strings.Join(words.name, " "); name != product.SearchName {
			if err := tx.Model(&Product{}).Where("id = ?", product.ID).UpdateColumn("search_name", name).Error; err != nil {
				return err
			}
		}
		entry := product.ID
		if product.Status != ProductActive {
			entry = -entry
		}
		rows = append(rows, s.wordsRow(entry, words))
		for _, word := range slices.Concat(words.name, words.details, words.summary, words.description) {
			vocabulary[word] = true
		}
	}
	if len(rows) > 0 {
		if err := tx.Table("product_words").Create(rows).Error; err != nil {
			return err
		}
	}
	return learnWords(tx, vocabulary)
}

func (p Product) words() wordsOf {
	var details strings.Builder
	for _, option := range p.Options {
		details.WriteString(option.Name + " ")
		for _, value := range option.Values {
			details.WriteString(value.Name + " ")
		}
	}
	words := wordsOf{
		name: searchWords(p.Name, mostTextWords), summary: searchWords(p.Summary, mostTextWords), description: searchWords(p.Description, mostTextWords),
	}
	for _, v := range p.Variants {
		details.WriteString(v.SKU + " ")
		// As a whole, too, for those who type it without its hyphens.
		if whole := strings.Join(searchWords(v.SKU, mostTextWords), ""); whole != "" {
			details.WriteString(whole + " ")
		}
	}
	words.details = searchWords(details.String(), mostTextWords)
	for _, collection := range p.Collections {
		words.details = append(words.details, shelfMark(collection.ID))
	}
	return words
}

// wordsRow is what the index keeps of a product. A row's id is negative for one
// that is not for sale.
func (s *Store) wordsRow(entry int64, words wordsOf) map[string]any {
	if s.postgres {
		return map[string]any{"rowid": entry, "words": words.tsvector()}
	}
	return map[string]any{
		"rowid": entry, "name": strings.Join(words.name, " "), "details": strings.Join(words.details, " "),
		"summary": strings.Join(words.summary, " "), "description": strings.Join(words.description, " "),
	}
}

// tsvector is the text of PostgreSQL's tsvector: it takes the words as they are,
// while to_tsvector would part them by rules of its own.
func (w wordsOf) tsvector() string {
	const most = 16_383 // positions a tsvector has
	places := map[string][]string{}
	at := 0
	for i, words := range [][]string{w.name, w.details, w.summary, w.description} {
		for _, word := range words {
			at = min(at+1, most)
			place := strconv.Itoa(at) + string("ABCD"[i])
			places[word] = append(places[word], place)
			if i == 0 { // by itself, too: the index does not know whether a word is one of the name's
				places[nameSign+word] = append(places[nameSign+word], place)
			}
		}
	}
	var out strings.Builder
	for word, where := range places {
		out.WriteString("'" + word + "':" + strings.Join(where[:min(len(where), 200)], ",") + " ")
	}
	return out.String()
}

// searchSpelling is a word under one of its spellings.
type searchSpelling struct {
	Spelling string `gorm:"primaryKey"`
	Word     string `gorm:"primaryKey"`
}

// learnWords adds words to those that a misspelt one may have meant, and that
// the beginning of one finds. What no product has any more stays: a correction
// is offered only where it finds something.
func learnWords(tx *gorm.DB, words map[string]bool) error {
	wanted := map[searchSpelling]bool{} // each word under itself, which tells whether it is known
	for word := range words {
		if number := strings.IndexFunc(word, unicode.IsNumber); number > 0 {
			wanted[searchSpelling{word[:number] + "0", ""}] = true
		} else if len(word) >= shortestCorrected && number < 0 && !strings.HasPrefix(word, shelfSign) {
			wanted[searchSpelling{word, word}] = true
		}
	}
	asked := slices.SortedFunc(maps.Keys(wanted), func(a, b searchSpelling) int { // so that no two transactions wait for each other
		return strings.Compare(a.Spelling, b.Spelling)
	})
	var rows []searchSpelling
	for batch := range slices.Chunk(asked, 500) {
		names := make([]string, len(batch))
		for i, entry := range batch {
			names[i] = entry.Spelling
		}
		var known []searchSpelling
		if err := tx.Where("spelling IN ? AND (word = spelling OR word = '')", names).Find(&known).Error; err != nil {
			return err
		}
		for _, entry := range batch {
			switch {
			case slices.Contains(known, entry):
			case entry.Word == "":
				rows = append(rows, entry)
			default:
				for _, spelling := range spellings(entry.Word) {
					rows = append(rows, searchSpelling{spelling, entry.Word})
				}
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, 500).Error
}

// learnName adds the words of a name to those that a misspelt one may have
// meant.
func learnName(tx *gorm.DB, name string) error {
	words := map[string]bool{}
	for _, word := range searchWords(name, mostTextWords) {
		words[word] = true
	}
	return learnWords(tx, words)
}

// IndexEverything brings what every product is found by to what it is now, in
// batches. It is for whoever wrote products into the database without the
// store; while it runs, the shop can be used.
func (s *Store) IndexEverything(ctx context.Context) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		var collections []Collection
		if err := tx.Order("id").Find(&collections).Error; err != nil {
			return err
		}
		for _, collection := range collections {
			if err := learnName(tx, collection.Name); err != nil {
				return err
			}
		}
		return nil
	})
	for last, more := int64(0), true; err == nil && more; {
		err = s.transaction(ctx, func(tx *gorm.DB) error {
			var ids []int64
			if err := tx.Model(&Product{}).Where("id > ?", last).Order("id").Limit(10*indexBatch).Pluck("id", &ids).Error; err != nil {
				return err
			}
			if more = len(ids) > 0; !more {
				return catalogueChanged(tx)
			}
			last = ids[len(ids)-1]
			return s.indexProducts(tx, ids)
		})
	}
	if err == nil && !s.postgres { // what so many batches left in pieces is found sooner in one
		err = s.write.WithContext(ctx).Exec("INSERT INTO product_words (product_words) VALUES ('optimize')").Error
	}
	if err != nil {
		return fmt.Errorf("index every product: %w", err)
	}
	return nil
}

// keepSearchRules indexes every product where that was done by other rules, or
// never.
func (s *Store) keepSearchRules(ctx context.Context) error {
	var rules int64
	if err := s.write.WithContext(ctx).Table("search_state").Select("rules").Where("id = 1").Scan(&rules).Error; err != nil {
		return fmt.Errorf("read the rules of the search: %w", err)
	}
	if rules == searchRules {
		return nil
	}
	if err := s.IndexEverything(ctx); err != nil {
		return err
	}
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		return tx.Exec("UPDATE search_state SET rules = ? WHERE id = 1", searchRules).Error
	})
	if err != nil {
		return fmt.Errorf("keep the rules of the search: %w", err)
	}
	return nil
}
