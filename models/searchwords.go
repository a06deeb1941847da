package models

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds of what is searched by.
const (
	longestWord   = 40    // characters; the rest of a longer word is cut off
	mostWords     = 8     // of a query
	mostTextWords = 4_000 // of a text of a product
)

// letters that do not come apart into a plain one and an accent.
var plainLetters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ı", "i")

// searchWords are the words of a text, without capitals and accents, so that
// both databases find the same: nothing but letters and digits is left.
func searchWords(text string, most int) []string {
	var words []string
	var word strings.Builder
	length := 0
	end := func() {
		if word.Len() > 0 && len(words) < most {
			words = append(words, word.String())
		}
		word.Reset()
		length = 0
	}
	for _, r := range norm.NFKD.String(plainLetters.Replace(strings.ToLower(strings.ToValidUTF8(text, " ")))) {
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			if length < longestWord {
				word.WriteRune(unicode.ToLower(r))
			}
			length++
		case unicode.Is(unicode.Mn, r) || r == '’' || r == '\'': // accents and apostrophes part no word
		default:
			end()
		}
		if len(words) == most {
			return words
		}
	}
	end()
	return words
}

// searchKey is a name as an address holds it.
func searchKey(name string) string { return strings.Join(searchWords(name, mostTextWords), "-") }

// Signs that begin what stands among a product's words and is none of them:
// characters of nobody's, which no text's word has.
const (
	shelfSign = "\ue000" // a collection
	nameSign  = "\ue001" // a word of the name; PostgreSQL only
)

// shelfMark stands among a product's words for a collection it is in: by its
// id, so that a collection's new name is found at once.
func shelfMark(collection int64) string { return shelfSign + formatID(collection) }

// spellings are a word, what is left of it where one letter is missing, and,
// marked by a sign that no word has, the letters it is made of, in which order
// and how often does not matter.
func spellings(word string) []string {
	letters := []rune(word)
	if len(letters) < shortestCorrected {
		return []string{word}
	}
	all := []string{word}
	for i := range letters {
		all = append(all, string(letters[:i])+string(letters[i+1:]))
	}
	slices.Sort(letters)
	all = append(all, "="+string(slices.Compact(letters)))
	slices.Sort(all)
	return slices.Compact(all)
}

// shortestCorrected is the shortest word in which a slip is looked for: of
// shorter ones too many are a letter apart.
const shortestCorrected = 3

// slips is how many letters are to be changed, left out, put in or swapped with
// their neighbour to make one word of the other.
func slips(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}

// mostSlips is how many slips a word may have that is taken for another.
func mostSlips(word string) int {
	if utf8.RuneCountInString(word) < 6 {
		return 1
	}
	return 2
}

// hasDigit reports whether a word has a digit: numbers are not misspelt, they
// are other numbers.
func hasDigit(word string) bool { return strings.ContainsFunc(word, unicode.IsNumber) }
