package models

import (
	"math/bits"
	"slices"
)

// pricedLine is what a discount must know of a line.
type pricedLine struct {
	eligible bool // the discount is for it
	quantity int64
	price    int64 // minor units, of one piece
}

// amountStep is the smallest difference between two amounts that Stripe takes
// in a currency: those with three decimals end in 0.
// https://docs.stripe.com/currencies#three-decimal
func amountStep(currency string) int64 {
	if CurrencyDigits(currency) == 3 {
		return 10
	}
	return 1
}

// saving works out what the discount takes off the lines, in minor units, and
// the share of each. The shares add up to the whole, none is more than its
// line, and the whole is a multiple of step wherever the prices are.
func (d Discount) saving(lines []pricedLine, step int64) (off int64, shares []int64) {
	values := make([]int64, len(lines)) // what can come off each line
	if d.Kind == DiscountBundle {
		values = d.given(lines)
	} else {
		for i, line := range lines {
			if line.eligible {
				values[i] = line.price * line.quantity
			}
		}
	}
	var all int64
	for _, value := range values {
		all += value
	}
	switch {
	case d.Kind == DiscountAmount:
		off = min(d.Amount, all)
	case d.Percent == 100:
		off = all
	default:
		off = roundTo(all, d.Percent, step)
	}
	return off, spread(off, values, step)
}

// given is the value of the pieces on which a bundle gives its percentage, by
// line: of every Buy + Get pieces, and of what is left over beyond Buy, the
// cheapest.
func (d Discount) given(lines []pricedLine) []int64 {
	values := make([]int64, len(lines))
	var pieces int64
	var cheapest []int
	for i, line := range lines {
		if line.eligible {
			pieces += line.quantity
			cheapest = append(cheapest, i)
		}
	}
	if d.Buy < 1 || d.Get < 1 {
		return values
	}
	slices.SortStableFunc(cheapest, func(a, b int) int {
		switch {
		case lines[a].price < lines[b].price:
			return -1
		case lines[a].price > lines[b].price:
			return 1
		}
		return 0
	})
	left := pieces/(d.Buy+d.Get)*d.Get + max(0, pieces%(d.Buy+d.Get)-d.Buy)
	for _, i := range cheapest {
		taken := min(left, lines[i].quantity)
		values[i] = lines[i].price * taken
		left -= taken
	}
	return values
}

// roundTo is percent of amount, rounded half up to a multiple of step and never
// more than amount.
func roundTo(amount, percent, step int64) int64 {
	whole, rest := mulDiv(amount, percent, 100*step)
	if rest*2 >= 100*step {
		whole++
	}
	return min(whole*step, amount)
}

// spread divides amount over lines in proportion to their values, by largest
// remainder: the parts add up to it, and none is more than its value as long
// as amount is not more than all of them.
func spread(amount int64, values []int64, step int64) []int64 {
	parts := make([]int64, len(values))
	var all int64
	for _, value := range values {
		all += value
		if value%step != 0 {
			step = 1
		}
	}
	if amount%step != 0 {
		step = 1
	}
	if all == 0 || amount == 0 {
		return parts
	}
	left := amount
	rests := make([]int64, len(values))
	byRest := make([]int, len(values))
	for i, value := range values {
		var part int64
		part, rests[i] = mulDiv(amount/step, value, all)
		parts[i] = part * step
		left -= parts[i]
		byRest[i] = i
	}
	slices.SortStableFunc(byRest, func(a, b int) int {
		switch {
		case rests[a] > rests[b]:
			return -1
		case rests[a] < rests[b]:
			return 1
		}
		return 0
	})
	for _, i := range byRest {
		if left <= 0 {
			break
		}
		parts[i] += step
		left -= step
	}
	return parts
}

// mulDiv is a × b / c and what is left of it, exact for any a and b that are
// not negative and whose quotient fits.
func mulDiv(a, b, c int64) (quotient, rest int64) {
	high, low := bits.Mul64(uint64(a), uint64(b))
	q, r := bits.Div64(high, low, uint64(c))
	return int64(q), int64(r)
}
