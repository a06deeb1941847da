package models

import (
	"slices"
	"strings"
)

// cityFirst are the countries in whose addresses the postal code stands behind
// the city.
var cityFirst = [...]string{"AU", "CA", "GB", "IE", "IN", "NZ", "SG", "US"}

// Lines are the lines of an address below the name, as a letter has them; the
// country is called by its name.
func (a Address) Lines() []string {
	join := func(between string, parts ...string) string {
		return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), between)
	}
	city := join(", ", join(" ", a.PostalCode, a.City), a.State)
	if slices.Contains(cityFirst[:], a.Country) {
		city = join(" ", join(", ", a.City, a.State), a.PostalCode)
	}
	return slices.DeleteFunc([]string{a.Line1, a.Line2, city, CountryName(a.Country)}, func(line string) bool { return line == "" })
}
