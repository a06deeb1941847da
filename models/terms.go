package models

import (
	"fmt"
	"strings"
	"time"
)

// StockPolicy says whether a variant is sold beyond what is on hand.
type StockPolicy string

// The policies. Stored rows carry them, so they never change.
const (
	StockDeny      StockPolicy = "deny"      // what is not there is not sold
	StockBackorder StockPolicy = "backorder" // it is sold, and sent when it has come
	StockPreorder  StockPolicy = "preorder"  // it is sold before there is any
)

// StockPolicies lists every policy.
var StockPolicies = [...]StockPolicy{StockDeny, StockBackorder, StockPreorder}

// dayFormat is how a day without a time is stored and typed.
const dayFormat = "2006-01-02"

const maxPromise = 80

// SoldBeyond reports whether the variant is sold beyond what is on hand.
func (v Variant) SoldBeyond() bool { return v.Policy == StockBackorder || v.Policy == StockPreorder }

// Buyable is how many pieces a cart can hold: those available, or as many as a
// cart takes where the variant is sold beyond them.
func (v Variant) Buyable() int64 {
	if v.SoldBeyond() {
		return max(v.Available(), MaxQuantity)
	}
	return v.Available()
}

// Waiting says to a shopper what it means to buy what is not on hand, or nothing
// where the variant is not sold beyond that.
func (v Variant) Waiting() string {
	said := v.Promise
	if said == "" {
		if day, err := time.Parse(dayFormat, v.ShipsOn); err == nil {
			said = "ships from " + day.Format("2 January 2006")
		}
	}
	switch {
	case v.Policy == StockPreorder && said != "":
		return "Pre-order: " + said
	case v.Policy == StockPreorder:
		return "Pre-order"
	case v.Policy == StockBackorder && said != "":
		return "On back-order: " + said
	case v.Policy == StockBackorder:
		return "On back-order"
	}
	return ""
}

// checkTerms checks what a variant says beside price and stock.
func (v VariantEdit) checkTerms(fault func(name, message string, args ...any)) {
	if said := barcodeFault(NormalBarcode(v.Barcode)); said != "" {
		fault("barcode", "%s", said)
	}
	switch v.Policy {
	case "", StockDeny, StockBackorder:
	case StockPreorder:
		if v.ShipsOn == "" {
			fault("ships", "Enter the day from which it ships.")
		}
	default:
		fault("policy", "Choose what happens when none is left.")
	}
	if _, err := time.Parse(dayFormat, v.ShipsOn); err != nil && v.ShipsOn != "" {
		fault("ships", "Enter a day, such as 2026-12-31.")
	}
	if longer(v.Promise, maxPromise) {
		fault("promise", "Shorten it to %d characters.", maxPromise)
	}
}

// NormalBarcode takes the blanks and hyphens out of a barcode as people type it.
func NormalBarcode(typed string) string {
	return strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(strings.TrimSpace(typed))
}

// barcodeFault says what is wrong with a barcode, or nothing: a GTIN has 8, 12,
// 13 or 14 digits, the last of which checks the others.
// https://www.gs1.org/services/how-calculate-check-digit-manually
func barcodeFault(code string) string {
	if code == "" {
		return ""
	}
	sum := 0
	for i, digit := range []byte(code) {
		if digit < '0' || digit > '9' {
			return "A barcode has digits alone."
		}
		weight := 1
		if (len(code)-i)%2 == 0 {
			weight = 3
		}
		sum += weight * int(digit-'0')
	}
	switch {
	case len(code) != 8 && len(code) != 12 && len(code) != 13 && len(code) != 14:
		return fmt.Sprintf("A barcode has 8, 12, 13 or 14 digits; this has %d.", len(code))
	case sum%10 != 0:
		return "A digit is wrong: the last one does not fit the others."
	}
	return ""
}
