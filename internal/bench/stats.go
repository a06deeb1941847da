package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// samples are what the repetitions of one measurement gave.
type samples []float64

func (s samples) median() float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	if middle := len(sorted) / 2; len(sorted)%2 == 1 {
		return sorted[middle]
	} else {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
}

// show writes the median with the least and the most, each by format.
func (s samples) show(format func(float64) string) string {
	if len(s) == 0 {
		return "–"
	}
	return fmt.Sprintf("%s (%s–%s)", format(s.median()), format(slices.Min(s)), format(slices.Max(s)))
}

// short writes the median alone.
func (s samples) short() string {
	if len(s) == 0 {
		return "–"
	}
	return millis(s.median())
}

// rate writes a number of requests per second: 12,300.
func rate(v float64) string {
	digits := strconv.FormatInt(int64(v+0.5), 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// millis writes milliseconds.
func millis(v float64) string {
	if v >= 100 {
		return rate(v)
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

func two(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// side is one of two programs that are compared, over all repetitions.
type side struct {
	rate     samples // per second
	p50, p99 samples // milliseconds
	cost     samples // processor time of the server for one request, microseconds; may be unknown
}

func (s *side) add(r result) {
	s.rate = append(s.rate, r.rate)
	s.p50 = append(s.p50, inMillis(r.p50))
	s.p99 = append(s.p99, inMillis(r.p99))
	if r.cost > 0 {
		s.cost = append(s.cost, r.cost)
	}
}

func inMillis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// result is one measurement of one side.
type result struct {
	rate     float64
	p50, p99 time.Duration
	cost     float64
}

// percentile is the value that share of the sorted latencies stay below.
func percentile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

// table is what is printed in the end: comparisons, then what growth costs,
// then single figures.
type table struct{ compared, grown, single [][]string }

// compare adds a row of the shop against a bare program.
func (t *table) compare(what string, shop, bare side, target string) {
	var ratios samples
	for i := range shop.rate {
		ratios = append(ratios, shop.rate[i]/bare.rate[i])
	}
	t.compared = append(t.compared, []string{
		what, shop.rate.show(rate), bare.rate.show(rate), "**" + ratios.show(two) + "**",
		millis(shop.p50.median()) + " · " + millis(shop.p99.median()),
		millis(bare.p50.median()) + " · " + millis(bare.p99.median()),
		shop.cost.short() + " · " + bare.cost.short(), target,
	})
}

// grow adds a row of the demo's size against the large one, and in its last
// cell whether the target is met. cost is how many times as much the large one
// costs, by repetition.
func (t *table) grow(what, demo, large string, cost samples, target string, met bool) {
	if !met {
		target += ": missed"
	}
	t.grown = append(t.grown, []string{what, demo, large, "**" + cost.show(two) + "**", target})
}

// figure adds a row of one figure and its target.
func (t *table) figure(what, value, target string) {
	t.single = append(t.single, []string{what, value, target})
}

func (t *table) markdown() string {
	var out strings.Builder
	write := func(head []string, rows [][]string) {
		if len(rows) == 0 {
			return
		}
		rule := make([]string, len(head))
		for i := range rule {
			rule[i] = "---"
		}
		for _, cells := range append([][]string{head, rule}, rows...) {
			out.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		}
		out.WriteString("\n")
	}
	write([]string{"what", "shop, per second", "bare, per second", "ratio", "shop p50 · p99, ms", "bare p50 · p99, ms", "processor, µs per request", "target"}, t.compared)
	write([]string{"what", "the demo's size", "the large size", "times as much", "target"}, t.grown)
	write([]string{"what", "figure", "target"}, t.single)
	return out.String()
}
