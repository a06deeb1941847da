package models_test

import (
	"errors"
	"testing"

	"tuckshop/models"
)

func TestAmountsAsPeopleWriteThem(t *testing.T) {
	const refused = -1
	for _, c := range []struct {
		typed         string
		usd, jpy, kwd int64
	}{
		{"12", 1200, 12, 12000},
		{" 12.50 ", 1250, refused, 12500},
		{"12,5", 1250, refused, 12500},
		{".5", 50, refused, 500},
		{"0.05", 5, refused, 50},
		{"007", 700, 7, 7000},
		{"1250.00", 125000, 1250, 1250000},
		{"1250.0000", 125000, 1250, 1250000},
		{"1.2345", refused, refused, refused},
		{"0.500", 50, refused, 500},
		{"1500.000", 150000, 1500, 1500000},

		// One sign before three digits.
		{"1,500", refused, 1500, 1500},
		{"1.500", refused, 1500, 1500},
		{"12,500", refused, 12500, 12500},
		{"1,234", refused, 1234, 1234},

		// Thousands that can only be that.
		{"1,000.00", 100000, 1000, 1000000},
		{"1.000,00", 100000, 1000, 1000000},
		{"1 000", 100000, 1000, 1000000},
		{"1\u00a0000,50", 100050, refused, 1000500},
		{"1\u202f000", 100000, 1000, 1000000},
		{"1'000.00", 100000, 1000, 1000000},
		{"1’000", 100000, 1000, 1000000},
		{"1,000,000", 100000000, 1000000, 1000000000},
		{"1.000.000,05", 100000005, refused, 1000000050},
		{"1 000,500", 100050, refused, 1000500},

		{"1,00,000", refused, refused, refused},
		{"1,000,00", refused, refused, refused},
		{"1 00", refused, refused, refused},
		{"1 000,000.00", refused, refused, refused},
		{"1.000 000", refused, refused, refused},
		{"0,000,001", refused, refused, refused},
		{"1234,567.00", refused, refused, refused},
		{"", refused, refused, refused},
		{".", refused, refused, refused},
		{"1..5", refused, refused, refused},
		{"1 .5", refused, refused, refused},
		{"1e3", refused, refused, refused},
		{"0x10", refused, refused, refused},
		{"NaN", refused, refused, refused},
		{"Inf", refused, refused, refused},
		{"-1", refused, refused, refused},
		{"+1", refused, refused, refused},
		{"12 USD", refused, refused, refused},
		{"$12", refused, refused, refused},
		{"١٢", refused, refused, refused},
		{"1_000", refused, refused, refused},
		{"99999999999999999999", refused, refused, refused},
	} {
		for code, want := range map[string]int64{"USD": c.usd, "JPY": c.jpy, "KWD": c.kwd} {
			got, err := models.ParseMoney("price", c.typed, code)
			if want == refused {
				var fault *models.InvalidError
				if !errors.As(err, &fault) || fault.Field != "price" {
					t.Errorf("%q in %s is taken as %v, %v", c.typed, code, got, err)
				}
			} else if err != nil || got != (models.Money{Amount: want, Currency: code}) {
				t.Errorf("%q in %s is %v, %v; want %d", c.typed, code, got, err, want)
			}
		}
	}
	for typed, want := range map[string]string{
		"1,500": "Write 1500 or 1.50.", "12.345": "Write 12345 or 12.34.", "cheap": "Enter an amount such as 12.50.",
		"abc.def": "Enter an amount such as 12.50.", "1,5a0": "Enter an amount such as 12.50.", "a,500": "Enter an amount such as 12.50.", "1.٢٣": "Enter an amount such as 12.50.",
	} {
		if _, err := models.ParseMoney("price", typed, "USD"); err == nil || err.Error() != want {
			t.Errorf("%q is answered with %v", typed, err)
		}
	}
}
