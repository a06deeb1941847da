package handlers

import (
	"errors"
	"sync"
	"time"

	"tuckshop/models"
	"tuckshop/views/admin"
)

// refusals counts the webhooks that were refused, by their likely cause.
// Nothing of a refused webhook is written to the database: anyone can send
// one. The counts are this process's own, since its start.
type refusals struct {
	mu       sync.Mutex
	now      func() time.Time
	verified bool // whether any signature has fitted since the start
	counts   map[models.SignatureFault]*admin.Refusal
}

func newRefusals(now func() time.Time) *refusals {
	return &refusals{now: now, counts: map[models.SignatureFault]*admin.Refusal{}}
}

// fitted notes that a signature fitted: then the secret is the right one.
func (r *refusals) fitted() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.verified = true
}

// add counts a refusal.
func (r *refusals) add(err error) {
	var signature *models.SignatureError
	if !errors.As(err, &signature) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	count := r.counts[signature.Fault]
	if count == nil {
		count = &admin.Refusal{}
		r.counts[signature.Fault] = count
	}
	count.Count++
	count.Last = r.now()
}

// seen lists the counts with what is likely the matter.
func (r *refusals) seen() []admin.Refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	var seen []admin.Refusal
	for _, fault := range models.SignatureFaults {
		if count := r.counts[fault]; count != nil {
			refusal := *count
			refusal.Cause, refusal.Advice = r.likely(fault)
			seen = append(seen, refusal)
		}
	}
	return seen
}

func (r *refusals) likely(fault models.SignatureFault) (cause, advice string) {
	switch fault {
	case models.SignatureMissing:
		return "No signature", "Somebody other than Stripe called, or a proxy in between removes the Stripe-Signature header."
	case models.SignatureOldScheme:
		return "Only a test signature (v0)", "Stripe signs real events with v1. Check what sends these."
	case models.SignatureTime:
		return "Signed too long ago, or in the future", "Check this machine's clock. If it is right, somebody sends old webhooks again."
	}
	if r.verified {
		return "The signature does not fit, others did", "Something in between alters the body, or a second endpoint at Stripe sends here with a secret of its own."
	}
	return "The signature does not fit", "STRIPE_WEBHOOK_SECRET is likely not the one of this endpoint. Compare it with the endpoint's page at Stripe."
}
