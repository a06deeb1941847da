package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gorm.io/gorm"
)

// Bounds of one search, so that a word every product has costs no more than
// another.
const (
	mostMatches = 1_000 // products a search looks at: the best of those that match
	mostRanked  = 200   // matches that the database weighs against each other
)

// match is what a search found. Nobody changes it.
type match struct {
	ids  []int64 // of products, the best first
	more bool    // there are others beside mostMatches
}

// query is a search made for the engine of the database: every word must occur,
// or begin a word that does.
type query struct {
	words  []string
	marks  [][]string // of each word: the collections whose names have it
	begun  [][]string // of each word: the words of products that begin so
	prefix []bool     // of each word: begun lacks some
}

// newQuery makes a query of words, for what is on the shelves or, without
// shelves, for all there is.
func (s *Store) newQuery(db *gorm.DB, words []string, x *shelves) (query, error) {
	q := query{words: words, marks: make([][]string, len(words)), begun: make([][]string, len(words)), prefix: make([]bool, len(words))}
	var collections []shelfName
	if x != nil {
		collections = x.collections
	}
	for i, word := range words {
		for _, shelf := range collections {
			if slices.ContainsFunc(shelf.words, func(w string) bool { return w == word || prefixed(word) && strings.HasPrefix(w, word) }) {
				q.marks[i] = append(q.marks[i], shelfMark(shelf.id))
			}
		}
		begun, all, err := wordsBegunBy(db, word)
		if err != nil {
			return query{}, err
		}
		q.begun[i], q.prefix[i] = begun, !all && prefixed(word)
	}
	return q, nil
}

// mostBegun is up to how many words a search asks for one by one, in place of
// all that begin so.
const mostBegun = 8

// wordsBegunBy lists the known words that begin with another, itself among
// them; or says that these are not all of the words that do.
func wordsBegunBy(db *gorm.DB, word string) (begun []string, all bool, err error) {
	if len(word) < shortestCorrected || hasDigit(word) {
		return nil, false, nil
	}
	var known []searchSpelling
	err = db.Where("spelling >= ? AND spelling < ? AND (word = spelling OR word = '')", word, word+string(unicode.MaxRune)).Limit(mostBegun + 1).Find(&known).Error
	if err != nil {
		return nil, false, fmt.Errorf("look for words that begin like one: %w", err)
	}
	for _, entry := range known {
		if entry.Word == "" || len(known) > mostBegun {
			return nil, false, nil
		}
		begun = append(begun, entry.Word)
	}
	return begun, true, nil
}

// prefixed reports whether a word may be the beginning of another: a single
// letter begins too many.
func prefixed(word string) bool { return len(word) > 1 }

// parts writes the query for an engine: of every word what finds it, and of
// what finds it as a beginning.
func (q query) parts(names bool, quoted func(word string, prefix bool) string) [][]string {
	parts := make([][]string, len(q.words))
	for i, word := range q.words {
		parts[i] = []string{quoted(word, q.prefix[i])}
		for _, begun := range q.begun[i] {
			if begun != word {
				parts[i] = append(parts[i], quoted(begun, false))
			}
		}
		if !names {
			for _, mark := range q.marks[i] {
				parts[i] = append(parts[i], quoted(mark, false))
			}
		}
	}
	return parts
}

// joined writes what a query is made of: one of each part.
func joined(parts [][]string, or, and string) string {
	all := make([]string, len(parts))
	for i, part := range parts {
		all[i] = "(" + strings.Join(part, or) + ")"
	}
	return strings.Join(all, and)
}

// reach is which of the matches of a query are asked for.
type reach int

const (
	anywhere  reach = iota
	inName          // every word is in the name
	elsewhere       // the others
)

// text is the query as the database reads it.
func (q query) text(postgres bool, where reach) string {
	all, name, but := q.fts5(false), q.fts5(true), " NOT "
	if postgres {
		all, name, but = q.tsquery(false), q.tsquery(true), " & !"
	}
	switch where {
	case inName:
		return name
	case elsewhere:
		return "(" + all + ")" + but + "(" + name + ")"
	}
	return all
}

// fts5 is the query for SQLite. Words are nothing but letters and digits.
func (q query) fts5(names bool) string {
	text := joined(q.parts(names, func(word string, prefix bool) string {
		if prefix {
			return `"` + word + `" *`
		}
		return `"` + word + `"`
	}), " OR ", " AND ")
	if names {
		text = "{name} : (" + text + ")"
	}
	return text
}

// tsquery is the query for PostgreSQL.
func (q query) tsquery(names bool) string {
	return joined(q.parts(names, func(word string, prefix bool) string {
		if names {
			word = nameSign + word
		}
		if prefix {
			return "'" + word + "':*"
		}
		return "'" + word + "'"
	}), " | ", " & ")
}

// The questions a search asks, each of the engine of its database. A row's id
// is negative for a product that is not for sale. Matches come as one text: to
// fetch a thousand rows costs more than to find them.
const (
	sqliteMatches = "SELECT COALESCE(group_concat(rowid), '') FROM (SELECT rowid FROM product_words WHERE product_words MATCH ? AND rowid > ? LIMIT ?)"
	sqliteRanked  = "SELECT rowid FROM product_words WHERE product_words MATCH ? AND rowid > ? ORDER BY bm25(product_words, 10, 4, 2, 1), rowid LIMIT ?"

	// Materialized, it is planned as if every match were wanted: for a few,
	// PostgreSQL would read the table in hope of one near its beginning. It is
	// run for as many as are wanted. The sum keeps it from looking up every
	// product that is for sale beside the few that match.
	postgresMatches = `WITH matches AS MATERIALIZED (SELECT rowid FROM product_words WHERE words @@ ?::tsquery AND rowid + 0 > ?)
		SELECT COALESCE(string_agg(rowid::text, ','), '') FROM (SELECT rowid FROM matches LIMIT ?) AS wanted`
	postgresRanked = "SELECT rowid FROM product_words WHERE words @@ ?::tsquery AND rowid + 0 > ? ORDER BY ts_rank('{0.1, 0.2, 0.4, 1.0}', words, ?::tsquery, 1) DESC, rowid LIMIT ?"
)

// matching lists the ids of the products that match, up to a limit: as they
// come, or, ranked, the best first. Those of products not for sale are negated.
func (s *Store) matching(db *gorm.DB, q query, where reach, ranked, drafts bool, limit int) ([]int64, error) {
	after := int64(0)
	if drafts {
		after = -1 << 62
	}
	asked := q.text(s.postgres, where)
	var ids []int64
	var text string
	var err error
	switch {
	case s.postgres && ranked:
		err = db.Raw(postgresRanked, asked, after, asked, limit).Scan(&ids).Error
	case s.postgres:
		err = db.Raw(postgresMatches, asked, after, limit).Scan(&text).Error
	case ranked:
		err = db.Raw(sqliteRanked, asked, after, limit).Scan(&ids).Error
	default:
		err = db.Raw(sqliteMatches, asked, after, limit).Scan(&text).Error
	}
	if err != nil {
		return nil, fmt.Errorf("search for %d words: %w", len(q.words), err)
	}
	for id := range strings.SplitSeq(text, ",") {
		if id == "" {
			continue
		}
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read what a search found: %w", err)
		}
		ids = append(ids, n)
	}
	return ids, nil
}

// countMatching counts the products that match some words, up to a limit.
func (s *Store) countMatching(db *gorm.DB, words []string, x *shelves, limit int) (int, error) {
	q, err := s.newQuery(db, words, x)
	if err != nil {
		return 0, err
	}
	found, err := s.matching(db, q, anywhere, false, false, limit)
	return len(found), err
}

// mostFound bounds the searches whose matches are kept with the shelves.
const mostFound = 500

// search finds the products for some words. What was found lately on the same
// shelves is kept: whoever narrows a search or turns its pages asks again.
func (s *Store) search(db *gorm.DB, words []string, x *shelves) (match, error) {
	if x == nil {
		return s.searchAnew(db, words, nil)
	}
	return x.remembered(strings.Join(words, " "), func() (match, error) { return s.searchAnew(db, words, x) })
}

// remembered is what was found under a key, or what find finds now. Words are
// parted by single spaces, so a key that begins with two is no search's.
func (x *shelves) remembered(key string, find func() (match, error)) (match, error) {
	x.mu.Lock()
	found, known := x.found[key]
	x.mu.Unlock()
	if known {
		return found, nil
	}
	found, err := find()
	if err != nil {
		return found, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.found) >= mostFound {
		clear(x.found)
	}
	x.found[key] = found
	return found, nil
}

// searchAnew finds first the products whose name is, or begins with, the words,
// then those with every word in the name, then the others. Of few, the
// database's rank decides within each.
func (s *Store) searchAnew(db *gorm.DB, words []string, x *shelves) (match, error) {
	q, err := s.newQuery(db, words, x)
	if err != nil {
		return match{}, err
	}
	// Those with the words in the name are not to be missed among many.
	all, err := s.matching(db, q, inName, false, x == nil, mostMatches+1)
	if err != nil {
		return match{}, err
	}
	if left := mostMatches + 1 - len(all); left > 0 {
		others, err := s.matching(db, q, elsewhere, false, x == nil, left)
		if err != nil {
			return match{}, err
		}
		all = append(all, others...)
	}
	found := match{more: len(all) > mostMatches}
	if len(all) > 1 && len(all) <= mostRanked {
		if all, err = s.matching(db, q, anywhere, true, x == nil, mostRanked); err != nil {
			return match{}, err
		}
	}
	seen := make(map[int64]bool, len(all))
	for _, id := range all {
		if id < 0 {
			id = -id
		}
		if !seen[id] && len(found.ids) < mostMatches {
			seen[id] = true
			found.ids = append(found.ids, id)
		}
	}
	if x != nil {
		x.sortByName(found.ids, q.words)
	}
	return found, nil
}

// sortByName puts the products first whose name is the words, then those whose
// name begins with them, then those that have them all in the name.
func (x *shelves) sortByName(ids []int64, words []string) {
	wanted := strings.Join(words, " ")
	tier := make(map[int64]int, len(ids))
	for _, id := range ids {
		place, there := x.place(id, 0)
		switch {
		case !there:
			tier[id] = 3
		case x.names[place] == wanted:
			tier[id] = 0
		case strings.HasPrefix(x.names[place], wanted+" "):
			tier[id] = 1
		case hasWords(x.names[place], words):
			tier[id] = 2
		default:
			tier[id] = 3
		}
	}
	slices.SortStableFunc(ids, func(a, b int64) int { return tier[a] - tier[b] })
}

// hasWords reports whether each word begins one of a name's.
func hasWords(name string, words []string) bool {
	for _, word := range words {
		if !strings.HasPrefix(name, word) && !strings.Contains(name, " "+word) {
			return false
		}
	}
	return true
}

// mostTries bounds how many corrections of a query are tried.
const mostTries = 12

// guessed are, of each word of a query that finds nothing, the word itself, or
// of one that no product has those it may be a slip of, the likeliest first;
// and whether there is such a one.
func (s *Store) guessed(db *gorm.DB, words []string, x *shelves) (guesses [][]string, changed bool, err error) {
	guesses = make([][]string, len(words))
	for i, word := range words {
		there, err := s.countMatching(db, words[i:i+1], x, 1)
		if err != nil {
			return nil, false, err
		}
		if there > 0 {
			guesses[i] = []string{word}
			continue
		}
		if guesses[i], err = s.likeliest(db, word, x, len(words) == 1); err != nil {
			return nil, false, err
		}
		changed = changed || len(guesses[i]) > 0
	}
	return guesses, changed, nil
}

// corrected are the words of a query that finds nothing, with those that no
// product has replaced by the likeliest that find something beside the others;
// or nil where that cannot be done.
func (s *Store) corrected(db *gorm.DB, words []string, x *shelves) ([]string, error) {
	guesses, changed, err := s.guessed(db, words, x)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(guesses, func(guess []string) bool { return len(guess) == 0 }) {
		return nil, nil
	}
	if !changed {
		return nil, nil
	}
	if len(words) == 1 {
		return guesses[0][:1], nil
	}
	at := make([]int, len(words)) // the guess of each word
	for range mostTries {
		better := make([]string, len(words))
		for i := range words {
			better[i] = guesses[i][at[i]]
		}
		there, err := s.countMatching(db, better, x, 1)
		if err != nil {
			return nil, err
		}
		if there > 0 {
			return better, nil
		}
		last := len(at) - 1
		for ; last >= 0 && at[last] == len(guesses[last])-1; last-- {
			at[last] = 0
		}
		if last < 0 {
			break
		}
		at[last]++
	}
	return nil, nil
}

// mostGuesses bounds how many words are tried in a misspelt one's place.
const mostGuesses = 5

// likeliest are the words of products that are the fewest slips from a word,
// those that find most first; of a word that stands alone, no others are wanted.
func (s *Store) likeliest(db *gorm.DB, word string, x *shelves, alone bool) ([]string, error) {
	if len([]rune(word)) < shortestCorrected || hasDigit(word) {
		return nil, nil
	}
	var known []string
	err := db.Model(&searchSpelling{}).Where("spelling IN ?", spellings(word)).Distinct("word").Order("word").Limit(200).Pluck("word", &known).Error
	if err != nil {
		return nil, fmt.Errorf("look for a word like %s: %w", strconv.Quote(word), err)
	}
	known = slices.DeleteFunc(known, func(w string) bool { return slips(word, w) > mostSlips(word) })
	slices.SortStableFunc(known, func(a, b string) int { return slips(word, a) - slips(word, b) })
	known = known[:min(len(known), mostGuesses)]
	finds := make(map[string]int, len(known))
	distance := 0
	for _, guess := range known {
		if alone && distance > 0 && slips(word, guess) > distance {
			break
		}
		if finds[guess], err = s.countMatching(db, []string{guess}, x, 100); err != nil {
			return nil, err
		}
		if finds[guess] > 0 && distance == 0 {
			distance = slips(word, guess)
		}
	}
	known = slices.DeleteFunc(known, func(w string) bool { return finds[w] == 0 })
	slices.SortStableFunc(known, func(a, b string) int { return cmp.Or(slips(word, a)-slips(word, b), finds[b]-finds[a]) })
	return known, nil
}

// find answers what somebody typed: with what is for sale, or, without shelves,
// with all there is. Where that finds nothing, what it may have meant is
// searched for, and returned.
func (s *Store) find(ctx context.Context, typed string, x *shelves) (found match, instead string, err error) {
	words := searchWords(typed, mostWords)
	if len(words) == 0 {
		return match{}, "", nil
	}
	db := s.read.WithContext(ctx)
	if found, err = s.search(db, words, x); err != nil || len(found.ids) > 0 {
		return found, "", err
	}
	better, err := s.corrected(db, words, x)
	if err != nil || better == nil {
		return match{}, "", err
	}
	if found, err = s.search(db, better, x); err != nil || len(found.ids) == 0 {
		return match{}, "", err
	}
	return found, strings.Join(better, " "), nil
}
