package stripesim

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"
)

// FaultKind names a deviation from the right behaviour.
type FaultKind string

// Faults of the API. The first four answer with an error of Stripe's shape. Error500 counts as executed, so that
// it is repeated for the same idempotency key; the others are not.
const (
	Error500        FaultKind = "500"
	Error503        FaultKind = "503"
	Error429        FaultKind = "429"
	Error409        FaultKind = "409"
	TimeOut         FaultKind = "timeout" // no answer for Delay, nothing executed, then the connection breaks
	DropAfterCommit FaultKind = "dropped" // executed, but the connection breaks instead of an answer
)

// Faults of the delivery of an event. Those that change what is sent change the first attempt alone: a retry is right.
const (
	Duplicate      FaultKind = "duplicate"       // sent twice
	AtOnce         FaultKind = "at_once"         // sent N times at the same moment
	SecondID       FaultKind = "second_id"       // sent again as another event about the same occurrence
	Reorder        FaultKind = "reorder"         // held until N events are, at most for Delay, then sent last first, one by one
	Delay          FaultKind = "delay"           // sent Delay later
	Drop           FaultKind = "drop"            // never sent, as if the network had eaten every attempt
	WrongSignature FaultKind = "wrong_signature" // signed with another secret
	OldSignature   FaultKind = "old_signature"   // signed an hour ago
	AlteredBody    FaultKind = "altered_body"    // amounts changed after it was signed
	OtherVersion   FaultKind = "other_version"   // in the shapes of API version 2025-03-31.basil
)

// Faults of a session that is opened: it asks the buyer for something else than was asked for, as an account's own
// taxes or presentment currencies make it, and is paid so.
const (
	AmountMismatch   FaultKind = "amount_mismatch"   // N minor units more, as a tax
	CurrencyMismatch FaultKind = "currency_mismatch" // the same figures in EUR, or USD where EUR was asked for
)

// faultInfo is what the simulator knows of a kind.
type faultInfo struct {
	kind  FaultKind
	text  string        // for the developers' page
	n     int           // default of N
	delay time.Duration // default of Delay
}

var (
	apiFaults = []faultInfo{
		{kind: Error500, text: "500, repeated for the same idempotency key"},
		{kind: Error503, text: "503, not executed"},
		{kind: Error429, text: "429, too many requests"},
		{kind: Error409, text: "409, object locked"},
		{kind: TimeOut, text: "No answer, not executed", delay: 90 * time.Second},
		{kind: DropAfterCommit, text: "Executed, but the connection breaks"},
	}
	deliveryFaults = []faultInfo{
		{kind: Duplicate, text: "Sent twice"},
		{kind: AtOnce, text: "Sent N times at once", n: 10},
		{kind: SecondID, text: "Sent under two event ids"},
		{kind: Reorder, text: "N held, then sent backwards", n: 4, delay: 10 * time.Second},
		{kind: Delay, text: "Sent later", delay: 3 * time.Second},
		{kind: Drop, text: "Never sent"},
		{kind: WrongSignature, text: "Signed with another secret"},
		{kind: OldSignature, text: "Signed an hour ago"},
		{kind: AlteredBody, text: "Altered after signing"},
		{kind: OtherVersion, text: "In a newer API version"},
	}
	sessionFaults = []faultInfo{
		{kind: AmountMismatch, text: "N more than asked for, as a tax", n: 1},
		{kind: CurrencyMismatch, text: "In another currency"},
	}
)

// Scopes of faults: what they happen to.
const (
	scopeAPI      = "api"
	scopeDelivery = "delivery"
	scopeSession  = "session"
)

// infoOf finds a kind and its scope.
func infoOf(kind FaultKind) (info faultInfo, scope string, known bool) {
	for scope, infos := range map[string][]faultInfo{scopeAPI: apiFaults, scopeDelivery: deliveryFaults, scopeSession: sessionFaults} {
		if i := slices.IndexFunc(infos, func(info faultInfo) bool { return info.kind == kind }); i >= 0 {
			return infos[i], scope, true
		}
	}
	return faultInfo{}, "", false
}

// Always is the Count of a fault that happens until it is cleared.
const Always = -1

// Fault asks for a deviation at the next opportunities that match. It is kept across a restart.
type Fault struct {
	Kind  FaultKind
	Match string        // start of the event's type or of the API's path; "" matches all
	Count int           // how many times; 0 is once. One time of Reorder is N events
	N     int           // how many at once; 0 is the kind's default
	Delay time.Duration // in whole milliseconds; 0 is the kind's default

	id    int64
	batch string // deliveries that a reordering fault holds
}

// is says whether the fault, which may be nil, is of a kind.
func (f *Fault) is(kind FaultKind) bool { return f != nil && f.Kind == kind }

// refusal is the error to answer with before anything is executed, if the fault asks for one.
func (f *Fault) refusal() *apiError {
	switch {
	case f.is(Error503):
		return apiFailure(http.StatusServiceUnavailable)
	case f.is(Error429):
		return &apiError{Status: http.StatusTooManyRequests, Code: "rate_limit", Message: "Too many requests. (Asked for.)"}
	case f.is(Error409):
		return &apiError{Status: http.StatusConflict, Code: "lock_timeout", Message: "This object cannot be accessed right now. (Asked for.)"}
	}
	return nil
}

// spoil makes a session that is being opened disagree with what was asked for, if a fault asks for that. Its totals
// have yet to be worked out.
func (c *call) spoil(session object, items []object) error {
	fault, err := c.tx.takeFault(scopeSession, c.req.URL.Path)
	switch {
	case fault.is(AmountMismatch):
		session["_surcharge"] = int64(fault.N)
	case fault.is(CurrencyMismatch):
		other := "eur"
		if session.str("currency") == other {
			other = "usd"
		}
		session["currency"] = other
		for _, item := range items {
			price := maps.Clone(item.obj("price"))
			price["currency"] = other
			item["currency"], item["price"] = other, price
		}
	}
	return err
}

// apiFailure is what Stripe answers when the fault is its own.
func apiFailure(status int) *apiError {
	return &apiError{Status: status, Type: "api_error", Message: "An unknown error occurred. (Asked for.)"}
}

// hold keeps a request without an answer if the fault asks for that, then breaks its connection.
func (f *Fault) hold(ctx context.Context) {
	if !f.is(TimeOut) {
		return
	}
	timer := time.NewTimer(f.Delay)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	panic(http.ErrAbortHandler)
}
