package models

import (
	"strconv"
	"strings"

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

// ParseMoney reads an amount a person typed in major units, such as "12.50"
// or "12,50", in the currency given. It returns an InvalidError for field where it is no
// amount of it: text, negative, or with more decimals than the currency has.
func ParseMoney(field, typed, code string) (Money, error) {
	amount, err := currency.NewAmount(strings.Replace(strings.TrimSpace(typed), ",", ".", 1), code)
	if err == nil {
		var minor int64
		minor, err = amount.Int64()
		if err == nil && minor >= 0 && (Money{Amount: minor, Currency: code}).equals(amount) {
			return Money{Amount: minor, Currency: code}, nil
		}
	}
	example := Money{Amount: 1250, Currency: code}.Decimal()
	return Money{}, &InvalidError{Field: field, Message: "Enter an amount such as " + example + "."}
}

// equals reports whether nothing of amount was rounded away.
func (m Money) equals(amount currency.Amount) bool {
	exact, err := currency.NewAmountFromInt64(m.Amount, m.Currency)
	if err != nil {
		return false
	}
	order, err := exact.Cmp(amount)
	return err == nil && order == 0
}
