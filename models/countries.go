package models

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// countryCodes are the countries whose addresses Stripe takes for a delivery,
// ISO 3166-1 alpha-2.
// https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-shipping_address_collection-allowed_countries
const countryCodes = `AD AE AF AG AI AL AM AO AQ AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CD CF CG CH CI CK CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FO FR GA GB GD GE GF GG GH GI GL GM GN
GP GQ GR GS GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU
LV LY MA MC MD ME MF MG MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS
PT PY QA RE RO RS RU RW SA SB SC SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US
UY UZ VA VC VE VG VN VU WF WS YE YT ZA ZM ZW`

// Country is a country that orders can go to.
type Country struct {
	Code string // ISO 3166-1 alpha-2
	Name string // in English
}

// Countries lists every country that orders can go to, by name.
var Countries = sync.OnceValue(func() []Country {
	var all []Country
	for _, code := range strings.Fields(countryCodes) {
		name := code
		if region, err := language.ParseRegion(code); err == nil {
			name = display.English.Regions().Name(region)
		}
		all = append(all, Country{code, name})
	}
	slices.SortFunc(all, func(a, b Country) int { return strings.Compare(a.Name, b.Name) })
	return all
})

// countryNames are the names by code.
var countryNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for _, country := range Countries() {
		names[country.Code] = country.Name
	}
	return names
})

// CountryName is what a country is called, or its code where it is none of
// Countries.
func CountryName(code string) string {
	if name, known := countryNames()[code]; known {
		return name
	}
	return code
}

// CountryOf is the code of a country as a person types it, by code or name, or
// empty.
func CountryOf(typed string) string {
	typed = strings.TrimSpace(typed)
	for _, country := range Countries() {
		if strings.EqualFold(typed, country.Code) || strings.EqualFold(typed, country.Name) {
			return country.Code
		}
	}
	return ""
}

// UsualCountries are those a shop without zones delivers to.
func UsualCountries() []string {
	return strings.Fields("AT AU BE CA CH CZ DE DK EE ES FI FR GB GR IE IS IT JP LT LU LV NL NO NZ PL PT SE SI SK US")
}
