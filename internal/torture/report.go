package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"tuckshop/internal/stripesim"
)

// describe says how much happened.
func (t *torture) describe(r *result, b *books, ledger *stripesim.Ledger) {
	statuses := map[string]int{}
	for _, order := range b.orders {
		statuses[order.status]++
	}
	attempts, answers := 0, map[string]int{}
	for _, event := range ledger.Events {
		for _, delivery := range event.Deliveries {
			attempts += len(delivery.Attempts)
			for _, attempt := range delivery.Attempts {
				answers[fmt.Sprint(attempt.Status)]++
			}
		}
	}
	duplicates := 0
	for _, row := range b.payments {
		if row.role == "duplicate" {
			duplicates++
		}
	}
	r.figure("visits", t.counts.visits.Load())
	r.figure("answers of 5xx to browsers", t.counts.faults.Load())
	r.figure("requests without an answer", t.counts.silent.Load())
	r.figure("orders", fmt.Sprintf("%d (%s)", len(b.orders), tally(statuses)))
	r.figure("payments captured", len(ledger.Payments))
	r.figure("payments that came late", t.did[latePayment])
	r.figure("payments of orders that were paid already", duplicates)
	r.figure("refunds", fmt.Sprintf("%d (%d confirmed in the admin)", len(ledger.Refunds), len(t.merchant.confirmed)))
	r.figure("disputes", len(ledger.Disputes))
	r.figure("in the admin", tally(t.merchant.did))
	jobs := map[string]int{}
	for _, job := range b.jobs {
		jobs[job.kind]++
	}
	r.figure("jobs", total(jobs))
	r.figure("events", len(ledger.Events))
	r.figure("deliveries", fmt.Sprintf("%d (answered %s; 0 is no answer)", attempts, tally(answers)))
	r.figure("kills", t.shop.kills)
	r.figure("starts that failed", t.shop.ends)
	r.figure("database stops", t.did[databaseStop])
	r.figure("mail server's faults", total(t.mail))
	r.figure("moves of the clock", t.did[clockForward])
	for _, of := range []struct {
		name  string
		kinds []stripesim.FaultKind
	}{{"faults of Stripe's API", apiFaults}, {"faults of deliveries", deliveryFaults}, {"faults of sessions", sessionFaults}} {
		came := map[string]int{}
		for _, kind := range of.kinds {
			came[string(kind)] = t.asked[kind]
		}
		r.figure(of.name, total(came))
	}
	r.figure("looks at the books while it went on", t.seen.looks)
}

// total is a sum with what it is made of.
func total(counts map[string]int) string {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return fmt.Sprintf("%d (%s)", sum, tally(counts))
}

// tally lists counts by name.
func tally(counts map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s: %d", name, counts[name]))
	}
	return strings.Join(parts, ", ")
}

// print writes the table, and what does not hold.
func (r *result) print(w io.Writer, seed uint64) {
	for _, f := range r.figures {
		fmt.Fprintf(w, "%-52s %s\n", f.name, f.value)
	}
	fmt.Fprintf(w, "%-52s %d\n", "rules broken", len(r.broken))
	for _, broken := range r.broken {
		fmt.Fprintf(w, "BROKEN (seed %d): %s\n", seed, broken)
	}
}
