package admin

import (
	"strconv"
	"strings"
)

// Cut is a field of which only the beginning was kept, in characters.
type Cut struct {
	Field      string
	Characters int
	Kept       int
}

// says tells how much there was, and that what is shown is not all.
func (c Cut) says() string {
	return "“" + strings.ReplaceAll(c.Field, "-", " ") + "” had " + thousands(c.Characters) + " characters. Only the first " + thousands(c.Kept) + " are left below: keep your own copy of the rest."
}

// thousands writes a whole number with commas.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
