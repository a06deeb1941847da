package models

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ParseMoney reads an amount a person typed in major units, such as "12.50",
// "12,50" or "1 234.50", in the currency given. It returns an InvalidError for
// field where it is no amount of it: text, with a sign, with more decimals than
// the currency has, or where it could be read in two ways.
func ParseMoney(field, typed, code string) (Money, error) {
	digits := CurrencyDigits(code)
	n, ok := readDecimal(typed)
	switch {
	case !n.twoWays || digits >= 3:
	case digits == 0:
		n.whole, n.fraction = n.whole+n.fraction, ""
	default:
		shorter, _ := minorUnits(n.whole, n.fraction[:digits], digits)
		return Money{}, &InvalidError{Field: field, Message: n.either(Money{Amount: shorter, Currency: code}.Decimal())}
	}
	if amount, fits := minorUnits(n.whole, n.fraction, digits); ok && fits {
		return Money{Amount: amount, Currency: code}, nil
	}
	example := Money{Amount: 1250, Currency: code}.Decimal()
	return Money{}, &InvalidError{Field: field, Message: "Enter an amount such as " + example + "."}
}

// minorUnits is an amount in units of so many digits after the point. ok is
// false where it has more of them, or is too large.
func minorUnits(whole, fraction string, digits int) (_ int64, ok bool) {
	fraction += strings.Repeat("0", max(digits-len(fraction), 0))
	if strings.Trim(fraction[digits:], "0") != "" {
		return 0, false
	}
	amount, err := strconv.ParseInt(whole+fraction[:digits], 10, 64)
	return amount, err == nil
}

// decimal is a number as a person wrote it, its digits before and after the
// point.
type decimal struct {
	whole, fraction string
	twoWays         bool // whether what stands before the last three digits may group thousands, too
}

// either asks for one of the two numbers that were meant; the one with a
// fraction is given.
func (d decimal) either(withFraction string) string {
	return fmt.Sprintf("Write %s%s or %s.", d.whole, d.fraction, withFraction)
}

// roundedNumber reads a number of pieces or grams, of which a fraction is
// rounded. It returns an InvalidError for field where it is none.
func roundedNumber(field, typed string) (int64, error) {
	digits, negative := strings.CutPrefix(strings.TrimSpace(typed), "-")
	n, ok := readDecimal(digits)
	if n.twoWays {
		return 0, &InvalidError{Field: field, Message: n.either(n.whole + "." + strings.TrimRight(n.fraction, "0"))}
	}
	number, err := strconv.ParseFloat(n.whole+"."+n.fraction, 64)
	if !ok || err != nil || number > 1e12 {
		return 0, &InvalidError{Field: field, Message: "Enter a whole number."}
	}
	if negative {
		number = -number
	}
	return int64(math.Round(number)), nil
}

// plainSigns are what thousands are grouped with, written as on a keyboard.
var plainSigns = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2009", " ", "’", "'")

// readDecimal reads digits, grouped in thousands or not, with a point or a comma
// before the fraction. ok is false for everything else. Where nothing tells
// whether a number has a fraction or is grouped, as in 1,500, it is read as one
// with a fraction.
func readDecimal(typed string) (_ decimal, ok bool) {
	rest := plainSigns.Replace(strings.TrimSpace(typed))
	if strings.IndexAny(rest, ".,") == 0 {
		rest = "0" + rest // .5
	}
	var groups, signs []string
	for end := 0; end >= 0; {
		if end = strings.IndexAny(rest, " '.,"); end < 0 {
			groups = append(groups, rest)
		} else {
			groups, signs, rest = append(groups, rest[:end]), append(signs, rest[end:end+1]), rest[end+1:]
		}
	}
	var n decimal
	if last := len(signs) - 1; last >= 0 && (signs[last] == "." || signs[last] == ",") && !slices.Contains(signs[:last], signs[last]) {
		if n.fraction = groups[last+1]; n.fraction == "" {
			return decimal{}, false
		}
		groups, signs = groups[:last+1], signs[:last]
		n.twoWays = last == 0 && inThousands(groups[0], n.fraction) && allDigits(groups[0]) && allDigits(n.fraction)
	}
	if len(slices.Compact(signs)) > 1 || len(groups) > 1 && !inThousands(groups...) {
		return decimal{}, false
	}
	n.whole = strings.Join(groups, "")
	return n, allDigits(n.whole) && (n.fraction == "" || allDigits(n.fraction))
}

// inThousands reports whether a number is split every three digits.
func inThousands(groups ...string) bool {
	for _, group := range groups[1:] {
		if len(group) != 3 {
			return false
		}
	}
	first := groups[0]
	return 1 <= len(first) && len(first) <= 3 && first[0] != '0'
}

func allDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
