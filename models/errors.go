package models

import (
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// ErrNotFound says that nothing has the key that was asked for.
var ErrNotFound = errors.New("not found")

// ErrStorage says that the place where files are kept fails.
var ErrStorage = errors.New("the storage of files fails")

// ErrBadSignature says that a webhook was not signed with a secret of ours, or
// too long ago.
var ErrBadSignature = errors.New("bad webhook signature")

// SignatureFault is what is wrong with a webhook's signature.
type SignatureFault string

// The faults of a signature.
const (
	SignatureMissing   SignatureFault = "missing"    // no header, or an unreadable one
	SignatureOldScheme SignatureFault = "old_scheme" // no v1 signature in it
	SignatureWrong     SignatureFault = "wrong"      // no secret of ours made it
	SignatureTime      SignatureFault = "time"       // made too long ago, or in the future
)

// SignatureFaults lists every fault.
var SignatureFaults = [...]SignatureFault{SignatureMissing, SignatureOldScheme, SignatureWrong, SignatureTime}

// SignatureError is an ErrBadSignature that says what is wrong.
type SignatureError struct {
	Fault  SignatureFault
	Detail string
}

// Error says what is wrong.
func (e *SignatureError) Error() string { return e.Detail + ": " + ErrBadSignature.Error() }

// Unwrap makes it an ErrBadSignature.
func (e *SignatureError) Unwrap() error { return ErrBadSignature }

// ErrMalformedEvent says that a webhook was signed but is no event we can read.
var ErrMalformedEvent = errors.New("malformed event")

// ErrNoWebhookSecret says that no webhook secret is configured, so nothing can
// be verified.
var ErrNoWebhookSecret = errors.New("no webhook secret configured")

// PaymentError says that Stripe did not do what it was asked.
type PaymentError struct {
	Definite bool   // Stripe decided: asking again with the same key gives the same answer
	Status   int    // Stripe's HTTP status; 0 where it did not answer
	Reason   string // Stripe's own sentence for people, where it gave one
	TooSmall bool   // the total is less than Stripe takes
	BadEmail bool   // Stripe does not take the shopper's mail address
	Err      error
}

// Error says what happened.
func (e *PaymentError) Error() string { return e.Err.Error() }

// Refused reports whether Stripe said no, for a reason that asking again does
// not change. A fault of Stripe's own is no such answer.
func (e *PaymentError) Refused() bool { return e.Definite && e.Status < 500 }

// Unwrap gives the cause.
func (e *PaymentError) Unwrap() error { return e.Err }

// InvalidError is bad input in one field. Its message is for the person who
// typed it.
type InvalidError struct {
	Field   string
	Message string
}

// Error is the message.
func (e *InvalidError) Error() string { return e.Message }

// UnsellableError says that a cart cannot be sold as it is: its lines say why,
// or its losses, which its shopper has not seen.
type UnsellableError struct {
	Lines  []UnsellableLine
	Losses []CartLoss
}

// UnsellableLine is a line of a cart that stands in the way of checkout.
type UnsellableLine struct {
	VariantID int64
	Wanted    int64
	Available int64
	OldPrice  int64 // minor units; differs from Price when the price has changed
	Price     int64
}

// Error counts the lines.
func (e *UnsellableError) Error() string {
	return fmt.Sprintf("%d lines of the cart cannot be sold as they are, %d are lost", len(e.Lines), len(e.Losses))
}

// found turns GORM's own not-found into ErrNotFound and says what was tried.
func found(err error, what string, args ...any) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = ErrNotFound
	}
	return fmt.Errorf(what+": %w", append(args, err)...)
}
