package stripesim

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bojanz/currency"
)

// Decimals that Stripe uses for a currency where they are not two.
// Source: https://docs.stripe.com/currencies#zero-decimal and #three-decimal.
var (
	zeroDecimal = []string{"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv",
		"xaf", "xof", "xpf"}
	threeDecimal = []string{"bhd", "jod", "kwd", "omr", "tnd"}
	// wholeUnits are written with two decimals, which must be 00.
	wholeUnits = []string{"isk", "ugx"}
)

// minimumCharge is the smallest amount Stripe takes, in minor units, where it is not 50 of two decimals.
// Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts.
var minimumCharge = map[string]int64{
	"aed": 200, "bgn": 100, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500, "jpy": 50,
	"mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "thb": 1000,
}

// maximumCharge is eight digits, as for most currencies at Stripe.
const maximumCharge = 99_999_999

func decimals(code string) int {
	switch {
	case slices.Contains(zeroDecimal, code):
		return 0
	case slices.Contains(threeDecimal, code):
		return 3
	}
	return 2
}

func minimum(code string) int64 {
	if least, ok := minimumCharge[code]; ok {
		return least
	}
	return []int64{1, 5, 50, 500}[decimals(code)]
}

// needCurrency reads the currency's code, which may come in either case, and returns it in lower case.
func (p *params) needCurrency() string {
	code := strings.ToLower(p.need("currency"))
	if code != "" && !currency.IsValid(strings.ToUpper(code)) {
		p.fail("currency", "", "Invalid currency: %s", code)
	}
	return code
}

// needAmount reads an amount of minor units that may be 0 and fits the currency's decimals.
func (p *params) needAmount(key, code string) int64 {
	n := p.needInt(key, 0, 999_999_999_999)
	p.checkDecimals(key, code, n)
	return n
}

func (p *params) checkDecimals(key, code string, n int64) {
	if slices.Contains(threeDecimal, code) && n%10 != 0 {
		p.fail(key, "parameter_invalid_integer", "Amounts in %s must end in 0.", code)
	}
	if slices.Contains(wholeUnits, code) && n%100 != 0 {
		p.fail(key, "parameter_invalid_integer", "Amounts in %s must be divisible by 100.", code)
	}
}

// checkTotal refuses a charge below or above what Stripe takes.
func (p *params) checkTotal(key, code string, n int64) {
	switch {
	case n < minimum(code):
		p.fail(key, "amount_too_small", "The total must be at least %s.", money(minimum(code), code))
	case n > maximumCharge:
		p.fail(key, "amount_too_large", "The total must be no more than %s.", money(maximumCharge, code))
	}
}

// money prints an amount of minor units for people.
func money(n int64, code string) string {
	amount, err := currency.NewAmount(decimal(n, decimals(code)), strings.ToUpper(code))
	if err != nil {
		return decimal(n, decimals(code)) + " " + strings.ToUpper(code)
	}
	formatter := currency.NewFormatter(currency.NewLocale("en"))
	formatter.MinDigits = uint8(decimals(code)) //nolint:gosec // 0, 2 or 3
	return formatter.Format(amount)
}

func decimal(n int64, places int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	digits := strconv.FormatInt(n, 10)
	if places == 0 {
		return sign + digits
	}
	if len(digits) <= places {
		digits = strings.Repeat("0", places+1-len(digits)) + digits
	}
	cut := len(digits) - places
	return sign + digits[:cut] + "." + digits[cut:]
}
