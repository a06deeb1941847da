package stripesim

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
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
	Reorder        FaultKind = "reorder"         // sent after the events that follow it: late by Delay
	Delay          FaultKind = "delay"           // sent Delay later
	Drop           FaultKind = "drop"            // never sent, as if the network had eaten every attempt
	WrongSignature FaultKind = "wrong_signature" // signed with another secret
	OldSignature   FaultKind = "old_signature"   // signed an hour ago
	AlteredBody    FaultKind = "altered_body"    // changed after it was signed
	OtherVersion   FaultKind = "other_version"   // of API version 2099-01-01
)

var (
	apiFaults      = []FaultKind{Error500, Error503, Error429, Error409, TimeOut, DropAfterCommit}
	deliveryFaults = []FaultKind{Duplicate, AtOnce, SecondID, Reorder, Delay, Drop, WrongSignature, OldSignature, AlteredBody, OtherVersion}
)

// defaultFaultDelay is that of Reorder and Delay.
const defaultFaultDelay = 3 * time.Second

// Fault asks for a deviation at the next opportunity that matches.
type Fault struct {
	Kind  FaultKind
	Match string        // start of the event's type or of the API's path; "" matches all
	Count int           // how many times; 0 is once
	N     int           // how many at once; 0 is 10
	Delay time.Duration // of TimeOut, Reorder and Delay; 0 is 3 s, 90 s for TimeOut
}

// is says whether the fault, which may be nil, is of a kind.
func (f *Fault) is(kind FaultKind) bool { return f != nil && f.Kind == kind }

func (f *Fault) delay(otherwise time.Duration) time.Duration {
	if f.Delay > 0 {
		return f.Delay
	}
	return otherwise
}

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

// apiFailure is what Stripe answers when the fault is its own.
func apiFailure(status int) *apiError {
	return &apiError{Status: status, Type: "api_error", Message: "An unknown error occurred. (Asked for.)"}
}

// hold keeps a request without an answer if the fault asks for that, then breaks its connection.
func (f *Fault) hold(ctx context.Context) {
	if !f.is(TimeOut) {
		return
	}
	timer := time.NewTimer(f.delay(90 * time.Second))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	panic(http.ErrAbortHandler)
}

// faultQueue holds the faults asked for, oldest first. It is not kept across a restart.
type faultQueue struct {
	mu     sync.Mutex
	faults []*Fault
}

// take uses up the oldest fault of one of the kinds that matches the subject; nil if there is none.
func (q *faultQueue) take(kinds []FaultKind, subject string) *Fault {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, f := range q.faults {
		if !slices.Contains(kinds, f.Kind) || !strings.HasPrefix(subject, f.Match) {
			continue
		}
		f.Count--
		if f.Count <= 0 {
			q.faults = slices.Delete(q.faults, i, i+1)
		}
		taken := *f
		return &taken
	}
	return nil
}

// Inject queues a fault.
func (s *Simulator) Inject(f Fault) error {
	if !slices.Contains(apiFaults, f.Kind) && !slices.Contains(deliveryFaults, f.Kind) {
		return fmt.Errorf("inject fault: unknown kind %q", f.Kind)
	}
	if f.Count < 0 || f.N < 0 || f.N > 1000 || f.Delay < 0 {
		return fmt.Errorf("inject fault %s: count, n or delay out of bounds", f.Kind)
	}
	f.Count = max(f.Count, 1)
	if f.N == 0 {
		f.N = 10
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.faults = append(s.faults.faults, &f)
	return nil
}

// ClearFaults forgets the faults that were asked for and not yet used.
func (s *Simulator) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.faults = nil
}

// takeAPIFault is the fault for a request: that of its Sim-Fault header, else the queue's. Where the header names a
// fault of the delivery, that is queued for the next event.
func (s *Simulator) takeAPIFault(r *http.Request) (*Fault, *apiError) {
	kind := FaultKind(r.Header.Get("Sim-Fault"))
	switch {
	case kind == "":
	case slices.Contains(apiFaults, kind):
		return &Fault{Kind: kind}, nil
	default:
		if err := s.Inject(Fault{Kind: kind}); err != nil {
			return nil, invalid("", "", "The header Sim-Fault: %s", err)
		}
	}
	return s.faults.take(apiFaults, r.URL.Path), nil
}

// faultForm answers POST /_sim/faults: kind, match, count, n, delay_ms; kind=clear empties the queue.
func (s *Simulator) faultForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if r.FormValue("kind") == "clear" {
		s.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
		return
	}
	f := Fault{Kind: FaultKind(r.FormValue("kind")), Match: r.FormValue("match")}
	var millis int
	for name, into := range map[string]*int{"count": &f.Count, "n": &f.N, "delay_ms": &millis} {
		value := r.FormValue(name)
		if value == "" {
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil {
			http.Error(w, name+" is not a number", http.StatusUnprocessableEntity)
			return
		}
		*into = n
	}
	f.Delay = time.Duration(millis) * time.Millisecond
	if err := s.Inject(f); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
