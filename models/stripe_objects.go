package models

import "time"

// The events, besides a session's, that say something about an order's money.
const (
	EventChargeRefunded         = "charge.refunded"
	EventPaymentIntentSucceeded = "payment_intent.succeeded"
)

// Charge is what the shop needs to know of a charge.
type Charge struct {
	ID              string
	PaymentIntentID string
	Currency        string // as Stripe writes it, lower case
	AmountRefunded  *int64 // minor units, the absolute figure
}

// StripeRefund is a refund as Stripe reports it.
type StripeRefund struct {
	ID              string
	PaymentIntentID string
	Currency        string
	Amount          int64  // minor units
	Status          string // pending, requires_action, succeeded, failed, canceled
	Reason          string
	FailureReason   string
	Metadata        map[string]string
}

// StripeDispute is a dispute as Stripe reports it.
type StripeDispute struct {
	ID              string
	PaymentIntentID string
	Currency        string
	Amount          int64  // minor units
	Status          string // needs_response, under_review, won, lost, …
	Reason          string
	EvidenceDueAt   *time.Time // UTC
}

// PaymentIntent is what the shop needs to know of a payment intent.
type PaymentIntent struct {
	ID       string
	Metadata map[string]string
}
