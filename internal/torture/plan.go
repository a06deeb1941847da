package main

import (
	"math/rand/v2"
	"slices"
	"time"

	"tuckshop/internal/stripesim"
)

// step is something that goes wrong, or time that passes, at a moment of the
// run.
type step struct {
	at    time.Duration // since the start
	kind  stepKind
	mode  mailMode        // of mailFault
	wait  time.Duration   // how long it lasts; of a clockForward, how far
	api   stripesim.Fault // of fault
	rare  bool            // of a kill: whatever the shop is doing; of a latePayment: too late
	quiet bool            // of a latePayment: no event tells of it
}

type stepKind string

// What a step does.
const (
	kill         stepKind = "kill"
	databaseStop stepKind = "database stop"
	mailFault    stepKind = "mail server"
	clockForward stepKind = "clock"
	fault        stepKind = "fault"
	latePayment  stepKind = "late payment"
	look         stepKind = "look"
)

// streams keeps the random numbers of one purpose apart from those of others,
// so that each goroutine's are the same for the same seed.
const (
	planStream = iota
	merchantStream
	shopperStream // and the shopper's number
)

func numbers(seed uint64, stream int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(stream))) //nolint:gosec // to be repeated, not to be secret
}

// The faults that are chosen from.
var (
	deliveryFaults = []stripesim.FaultKind{
		stripesim.Duplicate, stripesim.AtOnce, stripesim.SecondID, stripesim.Reorder, stripesim.Delay, stripesim.Drop,
		stripesim.WrongSignature, stripesim.OldSignature, stripesim.AlteredBody, stripesim.OtherVersion,
	}
	apiFaults = []stripesim.FaultKind{
		stripesim.Error500, stripesim.Error503, stripesim.Error409, stripesim.Error429, stripesim.TimeOut, stripesim.DropAfterCommit,
	}
	sessionFaults = []stripesim.FaultKind{stripesim.AmountMismatch, stripesim.CurrencyMismatch}
)

// outage is how many answers in a row get lost now and then: more than the
// shop asks for while it wants some payment pages.
const outage = 30

// calmAfter is how many kills there are between two calms.
const calmAfter = 7

// makePlan lays out a run of a length; the same seed gives the same plan.
func makePlan(seed uint64, length, killsEvery time.Duration) []step {
	random := numbers(seed, planStream)
	var steps []step
	// each adds steps at about every, between the start's and the end's calm.
	each := func(every time.Duration, make func(at time.Duration) step) {
		for at := between(random, every/4, every); at < length; at += between(random, every/4, every*7/4) {
			steps = append(steps, make(at))
		}
	}
	// In quick succession, and then a calm in which the shop comes to ask Stripe
	// and to take up what was cut off: its process leads only a while after
	// another one was killed.
	for at, n := between(random, killsEvery/4, killsEvery), 1; at < length; n++ {
		steps = append(steps, step{at: at, kind: kill, wait: between(random, 0, time.Second), rare: random.IntN(3) == 0})
		if n%calmAfter == 0 {
			at += between(random, killsEvery*5/2, killsEvery*15/4)
		} else {
			at += between(random, killsEvery/8, killsEvery)
		}
	}
	each(length/8+killsEvery, func(at time.Duration) step {
		return step{at: at, kind: databaseStop, wait: between(random, time.Second, 6*time.Second)}
	})
	each(length/8+killsEvery, func(at time.Duration) step {
		return step{at: at, kind: mailFault, mode: mailMode(1 + random.IntN(3)), wait: between(random, time.Second, 8*time.Second)}
	})
	each(min(length/3, 45*time.Second), func(at time.Duration) step {
		return step{at: at, kind: clockForward, wait: between(random, 600*time.Second, 3700*time.Second), rare: true}
	})
	each(time.Second, func(at time.Duration) step {
		kind := deliveryFaults[random.IntN(len(deliveryFaults))]
		return step{at: at, kind: fault, api: stripesim.Fault{
			Kind: kind, Count: 1 + random.IntN(3), N: 2 + random.IntN(6), Delay: between(random, 300*time.Millisecond, 3*time.Second),
		}}
	})
	each(2*time.Second, func(at time.Duration) step {
		kind := apiFaults[random.IntN(len(apiFaults))]
		return step{at: at, kind: fault, api: stripesim.Fault{
			Kind: kind, Match: "/v1/", Count: 1 + random.IntN(2), Delay: between(random, time.Second, 9*time.Second),
		}}
	})
	each(4*time.Second, func(at time.Duration) step {
		kind := sessionFaults[random.IntN(len(sessionFaults))]
		return step{at: at, kind: fault, api: stripesim.Fault{Kind: kind, Count: 1, N: 1 + random.IntN(500)}}
	})
	// Pages that Stripe opens without the shop ever hearing of it, and that are paid.
	each(12*time.Second, func(at time.Duration) step {
		return step{at: at, kind: fault, api: stripesim.Fault{Kind: stripesim.DropAfterCommit, Match: "/v1/checkout/sessions", Count: outage}}
	})
	each(4*time.Second, func(at time.Duration) step {
		return step{at: at, kind: latePayment, rare: random.IntN(3) > 0, quiet: random.IntN(3) == 0}
	})
	each(2*time.Second, func(at time.Duration) step { return step{at: at, kind: look} })
	slices.SortStableFunc(steps, func(a, b step) int { return int(a.at - b.at) })
	return steps
}

// between is a random time of whole milliseconds.
func between(random *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(random.Int64N(int64(max(most-least, time.Millisecond)))).Truncate(time.Millisecond)
}
