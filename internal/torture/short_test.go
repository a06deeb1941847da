package main

import (
	"slices"
	"sync"
	"testing"
	"time"

	"tuckshop/internal/stripesim"
	"tuckshop/models/modelstest"
)

// The seed is fixed so that these few seconds hold every kind of trouble,
// which TestShortPlan sees to; another seed's may hold no stop of the database
// at all. What falls together is different each time all the same.
const (
	shortSeed       = 3432
	shortLength     = 20 * time.Second
	shortKillsEvery = 6 * time.Second
)

func TestShortPlan(t *testing.T) {
	t.Parallel()
	steps, faults := map[stepKind]int{}, map[stripesim.FaultKind]int{}
	for _, s := range makePlan(shortSeed, shortLength, shortKillsEvery) {
		steps[s.kind]++
		faults[s.api.Kind]++
	}
	for kind, least := range map[stepKind]int{kill: 3, databaseStop: 1, mailFault: 1, clockForward: 2, latePayment: 4, look: 6} {
		if steps[kind] < least {
			t.Errorf("%s: %d times", kind, steps[kind])
		}
	}
	for _, kind := range slices.Concat(deliveryFaults, apiFaults, sessionFaults) {
		if faults[kind] == 0 {
			t.Errorf("%s never happens", kind)
		}
	}
}

// TestShortRun wants the rules kept, a kill and a paid order, and nothing that
// depends on how fast the machine is: settling waits for rest, not for a time,
// and ends with an order.
func TestShortRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	building := sync.OnceValues(func() (string, error) { return build(t.Context(), dir) })
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		binary, err := building()
		if err != nil {
			t.Fatal(err)
		}
		result, err := run(t.Context(), config{
			seed: shortSeed, length: shortLength, killsEvery: shortKillsEvery, databaseURL: databaseURL, binary: binary, say: t.Output(),
		})
		if err != nil {
			t.Fatal(err)
		}
		result.print(t.Output(), shortSeed)
		if len(result.broken) > 0 {
			t.Errorf("%d rules are broken", len(result.broken))
		}
		for _, f := range result.figures {
			if (f.name == "kills" || f.name == "receipts") && f.value == "0" {
				t.Errorf("%s: %s, so nothing was tried", f.name, f.value)
			}
		}
	})
}
