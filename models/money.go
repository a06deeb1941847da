package models

import (
	"strconv"

	"github.com/bojanz/currency"
)

// Money is an amount in the minor unit of its currency: cents for USD, whole
// yen for JPY, fils (thousandths) for KWD. It is the unit Stripe uses too.
type Money struct {
	Amount   int64
	Currency string // ISO 4217, upper case
}

// ValidCurrency reports whether code is a current ISO 4217 currency code in
// upper case.
func ValidCurrency(code string) bool { return currency.IsValid(code) }

// CurrencyDigits is the number of decimal places of a currency's minor unit:
// 2 for USD, 0 for JPY, 3 for KWD.
func CurrencyDigits(code string) int {
	digits, ok := currency.GetDigits(code)
	if !ok {
		return 2
	}
	return int(digits)
}

// Decimal is the amount in major units with the currency's own number of
// decimals and no grouping: 12.50, 1250, 1.250. Machines read it.
func (m Money) Decimal() string {
	amount, err := currency.NewAmountFromInt64(m.Amount, m.Currency)
	if err != nil {
		return strconv.FormatInt(m.Amount, 10)
	}
	return amount.Number()
}

// Format prints the amount by the CLDR rules of a locale such as "en" or
// "de-DE".
func (m Money) Format(locale string) string {
	amount, err := currency.NewAmountFromInt64(m.Amount, m.Currency)
	if err != nil {
		return strconv.FormatInt(m.Amount, 10) + " " + m.Currency
	}
	formatter := currency.NewFormatter(currency.NewLocale(locale))
	formatter.CurrencyDisplay = currency.DisplaySymbol
	return formatter.Format(amount)
}

// String formats the amount for English readers.
func (m Money) String() string { return m.Format("en") }

// Times is the amount for quantity pieces.
func (m Money) Times(quantity int64) Money {
	return Money{Amount: m.Amount * quantity, Currency: m.Currency}
}

// Payable reports whether Stripe takes such an amount: in currencies of three
// decimals it must end in 0.
func (m Money) Payable() bool { return m.Amount%amountStep(m.Currency) == 0 }
