package models

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// RefundStatus is how far a refund has come.
type RefundStatus string

// The statuses of a refund: Stripe's, and one before it was asked.
const (
	RefundRequested      RefundStatus = "requested" // Stripe has not answered yet
	RefundPending        RefundStatus = "pending"
	RefundRequiresAction RefundStatus = "requires_action"
	RefundSucceeded      RefundStatus = "succeeded"
	RefundFailed         RefundStatus = "failed"
	RefundCanceled       RefundStatus = "canceled"
)

// refundRank orders the statuses in time: events come in any order, and a
// refund only ever moves on.
var refundRank = map[RefundStatus]int{
	RefundRequested: 0, RefundPending: 1, RefundRequiresAction: 2, RefundSucceeded: 3, RefundFailed: 4, RefundCanceled: 4,
}

// Refund is money on its way back.
type Refund struct {
	ID             int64
	PaymentID      int64
	StripeRefundID *string
	IdempotencyKey *string // nil for a refund made at Stripe's
	KeysSpent      int64   // keys at Stripe that only give a fault of Stripe's own any more
	Amount         int64   // minor units of the payment's currency
	Status         RefundStatus
	Reason         string // requested_by_customer, duplicate, fraudulent, or empty
	Note           string // of the member of staff, for colleagues
	Failure        string // why Stripe could not do it
	Delivery       bool   // what the delivery cost is part of it
	Actor          string // who asked: a member of staff's mail address, or stripe
	CreatedAt      time.Time
	UpdatedAt      time.Time
	Items          []RefundItem
}

// Failed reports whether the money did not go back after all.
func (r Refund) Failed() bool { return r.Status == RefundFailed || r.Status == RefundCanceled }

// Open reports whether the refund is neither done nor failed.
func (r Refund) Open() bool { return !r.Failed() && r.Status != RefundSucceeded }

// RefundItem is a line of an order that a refund is for.
type RefundItem struct {
	RefundID    int64 `gorm:"primaryKey"`
	OrderItemID int64 `gorm:"primaryKey"`
	Quantity    int64
	Restocked   bool // the goods are on the shelf again
}

// RefundRequest is what a member of staff asks for.
type RefundRequest struct {
	OrderID   int64
	PaymentID int64 // 0: the payment that paid the order
	Amount    int64 // minor units; 0: what Lines and the delivery come to
	Lines     []RefundItem
	Delivery  bool // what the delivery cost, too
	Reason    string
	Note      string
	Actor     Actor
	Key       string // one for each confirmation: asked twice, it is one refund
}

// RefundArgs is the job that asks Stripe for a refund.
type RefundArgs struct {
	RefundID int64 `json:"refund_id"`
}

// Kind names the job. Stored jobs carry it, so it never changes.
func (RefundArgs) Kind() string { return "refund" }

// InsertOpts keeps trying for about half a day: Stripe forgets an idempotency
// key after a day.
func (RefundArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 24} }

// refundKeyLength bounds a refund's key, which becomes part of one at Stripe.
// https://docs.stripe.com/api/idempotent_requests
const refundKeyLength = 100

// EmailRefund tells a shopper that money is on its way back.
const EmailRefund = "refund"

// refundReasons are those Stripe knows; empty is none.
// https://docs.stripe.com/api/refunds/create#create_refund-reason
var refundReasons = map[string]bool{"": true, "requested_by_customer": true, "duplicate": true, "fraudulent": true}

// Refund decides on a refund and hands it to a job; goods that came back go on
// the shelf in the same transaction. Asked again under the same key it returns
// the refund there is.
//
// It returns an InvalidError that says what stands in the way: nothing to give
// back, more than is left, more pieces than were bought, an open or lost
// dispute, a key of another order's.
func (s *Store) Refund(ctx context.Context, r RefundRequest) (Refund, error) {
	var refund Refund
	if r.Key == "" {
		return refund, fmt.Errorf("refund order %d: without a key asking twice would be two refunds", r.OrderID)
	}
	foreign := &InvalidError{Field: "amount", Message: "This confirmation is of another refund. Go back to the order and begin anew."}
	if len(r.Key) > refundKeyLength {
		return refund, foreign
	}
	err := s.transaction(ctx, func(tx *gorm.DB) (err error) {
		order, err := lockOrder(tx, r.OrderID)
		if err != nil {
			return err
		}
		err = tx.Where("idempotency_key = ?", r.Key).Take(&refund).Error
		if err == nil {
			var payment Payment
			if err := tx.Take(&payment, refund.PaymentID).Error; err != nil {
				return err
			}
			if payment.OrderID == nil || *payment.OrderID != order.ID {
				return foreign
			}
			return nil
		}
		if !errors.Is(err, gorm.ErrRecordNotFound) {
			return err
		}
		refund, err = s.decideRefund(tx, &order, r)
		return err
	})
	if err != nil {
		return Refund{}, fmt.Errorf("refund order %d: %w", r.OrderID, err)
	}
	return refund, nil
}

// CheckRefund says what a request would pay back, in minor units of the
// payment's currency, or what stands in its way, as Refund would.
func (s *Store) CheckRefund(ctx context.Context, r RefundRequest) (int64, error) {
	order, err := s.OrderByID(ctx, r.OrderID)
	if err != nil {
		return 0, err
	}
	payments, err := s.PaymentsOfOrder(ctx, r.OrderID)
	if err != nil {
		return 0, err
	}
	_, amount, err := checkRefund(order, payments, r)
	return amount, err
}

// checkRefund holds a request against the order and what arrived for it.
func checkRefund(order Order, payments []Payment, r RefundRequest) (Payment, int64, error) {
	payment, err := refundedPayment(payments, r.PaymentID)
	if err != nil {
		return payment, 0, err
	}
	for _, line := range r.Lines {
		item, ok := orderItem(order, line.OrderItemID)
		left := item.Quantity - RefundedPieces(payments, item.ID)
		if !ok || line.Quantity < 1 || line.Quantity > left {
			return payment, 0, &InvalidError{
				Field:   fmt.Sprintf("line-%d", line.OrderItemID),
				Message: fmt.Sprintf("Choose at most the %d pieces of “%s” that have not been refunded yet.", left, item.Name),
			}
		}
	}
	if r.Delivery && DeliveryRefunded(payments) {
		return payment, 0, &InvalidError{Field: "delivery", Message: "What the delivery cost has gone back already, or is on its way."}
	}
	amount := r.Amount
	if amount == 0 {
		amount = linesAmount(order, payments, r.Lines)
		if r.Delivery {
			amount += order.DeliveryPaid().Amount
		}
	}
	left := payment.Refundable()
	switch {
	case payment.Disputed():
		return payment, 0, &InvalidError{Field: "amount", Message: "A dispute of this payment is open. A refund now could pay the money back twice: answer the dispute at Stripe first."}
	case payment.ChargedBack():
		return payment, 0, &InvalidError{Field: "amount", Message: "This payment was disputed and the dispute was lost: the shopper has the money already."}
	case left == 0:
		return payment, 0, &InvalidError{Field: "amount", Message: "Everything that was paid has gone back already, or is on its way."}
	case amount <= 0:
		return payment, 0, &InvalidError{Field: "amount", Message: "Enter the amount to pay back, or choose pieces."}
	case amount > left:
		return payment, 0, &InvalidError{Field: "amount", Message: "That is more than is left of the payment: " + payment.Price(left).String() + "."}
	case !refundReasons[r.Reason]:
		return payment, 0, &InvalidError{Field: "reason", Message: "Choose one of the reasons."}
	}
	return payment, amount, nil
}

func (s *Store) decideRefund(tx *gorm.DB, order *Order, r RefundRequest) (Refund, error) {
	payments, err := paymentsOfOrder(tx, order.ID)
	if err != nil {
		return Refund{}, err
	}
	payment, amount, err := checkRefund(*order, payments, r)
	if err != nil {
		return Refund{}, err
	}
	refund := Refund{
		PaymentID: payment.ID, IdempotencyKey: &r.Key, Amount: amount, Status: RefundRequested, Reason: r.Reason,
		Delivery: r.Delivery, Note: r.Note, Actor: r.Actor.Email, CreatedAt: s.now(), UpdatedAt: s.now(),
	}
	if err := tx.Omit("Items").Create(&refund).Error; err != nil {
		return refund, fmt.Errorf("store the refund: %w", err)
	}
	if err := s.takeBack(tx, order, refund, r.Lines, payments); err != nil {
		return refund, err
	}
	detail := refundDetail(payment, refund)
	if err := s.record(tx, order.ID, "refund_requested", r.Actor.Email, detail); err != nil {
		return refund, err
	}
	if err := s.audit(tx, r.Actor, AuditRefund, "order "+order.Number, "", detail); err != nil {
		return refund, err
	}
	return refund, s.enqueue(tx, RefundArgs{RefundID: refund.ID}, nil)
}

func refundDetail(payment Payment, refund Refund) string {
	detail := payment.Price(refund.Amount).String()
	if refund.Note != "" {
		detail += ": " + refund.Note
	}
	return detail
}

// refundedPayment chooses the payment a refund is of.
func refundedPayment(payments []Payment, id int64) (Payment, error) {
	for _, payment := range payments {
		if payment.ID == id || (id == 0 && payment.Role == PaymentOfOrder) {
			if payment.PaymentIntentID == nil {
				return payment, &InvalidError{Field: "amount", Message: "No money was paid for this order, so none can go back."}
			}
			return payment, nil
		}
	}
	return Payment{}, &InvalidError{Field: "amount", Message: "No money has arrived for this order, so none can go back."}
}

// linesAmount is what was paid for the chosen pieces, tax and their own share
// of a discount included, in minor units of the order's currency. Pieces of a
// line go back in turn, so that all of them come to exactly what the line was
// paid with.
func linesAmount(order Order, payments []Payment, lines []RefundItem) int64 {
	step := amountStep(order.Currency)
	nets := make([]int64, len(order.Items))
	for i, item := range order.Items {
		nets[i] = item.Total - item.Discount
	}
	taxes, _ := order.taxShares(nets)
	var amount int64
	for _, line := range lines {
		for i, item := range order.Items {
			if item.ID != line.OrderItemID {
				continue
			}
			before := RefundedPieces(payments, item.ID)
			paid := nets[i] + taxes[i]
			amount += paidFor(paid, before+line.Quantity, item.Quantity, step) - paidFor(paid, before, item.Quantity, step)
		}
	}
	return amount
}

// paidFor is the part of what a line was paid with that the first pieces of it
// come to.
func paidFor(paid, pieces, of, step int64) int64 {
	if pieces >= of {
		return paid
	}
	steps, _ := mulDiv(paid, pieces, of*step)
	return steps * step
}

func orderItem(order Order, id int64) (OrderItem, bool) {
	for _, item := range order.Items {
		if item.ID == id {
			return item, true
		}
	}
	return OrderItem{}, false
}

// takeBack stores the lines of a refund and puts what is to go back on the
// shelf there.
func (s *Store) takeBack(tx *gorm.DB, order *Order, refund Refund, lines []RefundItem, payments []Payment) error {
	var returned []stockMove
	for _, line := range lines {
		item, _ := orderItem(*order, line.OrderItemID)
		line.RefundID = refund.ID
		// Goods came back once, even if the refund that said so has failed.
		room := item.Quantity - pieces(payments, item.ID, func(_ Refund, line RefundItem) bool { return line.Restocked })
		line.Restocked = line.Restocked && order.StockStatus == StockSold && line.Quantity <= room
		if err := tx.Create(&line).Error; err != nil {
			return fmt.Errorf("store a line of the refund: %w", err)
		}
		if order.StockStatus != StockSold {
			continue
		}
		never, err := returnOwed(tx, order, item, line.Quantity)
		if err != nil {
			return err
		}
		if line.Restocked && line.Quantity > never {
			returned = append(returned, stockMove{item.VariantID, line.Quantity - never})
		}
	}
	if len(returned) == 0 {
		return nil
	}
	why := StockMovement{Cause: StockRefundReturn, OrderID: &order.ID, RefundID: &refund.ID, Actor: refund.Actor}
	if _, err := s.moveStock(tx, why, returned, false); err != nil {
		return err
	}
	if err := s.fillReturned(tx, returned); err != nil {
		return err
	}
	return catalogueChanged(tx)
}

// RefundedPieces counts the pieces of an order's line that refunds have named,
// those that failed left out.
func RefundedPieces(payments []Payment, itemID int64) int64 {
	return pieces(payments, itemID, func(refund Refund, _ RefundItem) bool { return !refund.Failed() })
}

func pieces(payments []Payment, itemID int64, counts func(Refund, RefundItem) bool) int64 {
	var sum int64
	for _, payment := range payments {
		for _, refund := range payment.Refunds {
			for _, line := range refund.Items {
				if line.OrderItemID == itemID && counts(refund, line) {
					sum += line.Quantity
				}
			}
		}
	}
	return sum
}

// RefundByID returns a refund with its payment.
func (s *Store) RefundByID(ctx context.Context, id int64) (Refund, Payment, error) {
	var refund Refund
	var payment Payment
	db := s.read.WithContext(ctx)
	err := db.Preload("Items").Take(&refund, id).Error
	if err == nil {
		err = db.Take(&payment, refund.PaymentID).Error
	}
	return refund, payment, found(err, "find refund %d", id)
}

// RefundAnswered notes what Stripe made of a refund of ours.
func (s *Store) RefundAnswered(ctx context.Context, id int64, answer StripeRefund) error {
	if answer.Metadata == nil {
		answer.Metadata = map[string]string{}
	}
	answer.Metadata[RefundMetadata] = strconv.FormatInt(id, 10)
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		_, err := s.applyRefund(tx, answer)
		return err
	})
	if err != nil {
		return fmt.Errorf("note refund %d: %w", id, err)
	}
	return nil
}

// RefundRefused notes that Stripe refused a refund of ours, and why: the money
// stays, and the merchant reads it.
func (s *Store) RefundRefused(ctx context.Context, id int64, reason string) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		result := tx.Model(&Refund{}).Where("id = ? AND status = ?", id, RefundRequested).
			Updates(map[string]any{"status": RefundFailed, "failure": reason, "updated_at": s.now()})
		if result.Error != nil || result.RowsAffected == 0 {
			return result.Error
		}
		var refund Refund
		var payment Payment
		if err := tx.Take(&refund, id).Error; err != nil {
			return err
		}
		if err := tx.Take(&payment, refund.PaymentID).Error; err != nil {
			return err
		}
		return s.record(tx, *payment.OrderID, "refund_failed", "stripe", payment.Price(refund.Amount).String()+": "+reason)
	})
	if err != nil {
		return found(err, "note the refusal of refund %d", id)
	}
	return nil
}

// RefundKeySpent makes the next question for a refund one under a new key:
// under the old one Stripe would repeat its own fault.
func (s *Store) RefundKeySpent(ctx context.Context, id int64) error {
	err := s.write.WithContext(ctx).Model(&Refund{}).Where("id = ?", id).
		UpdateColumn("keys_spent", gorm.Expr("keys_spent + 1")).Error
	if err != nil {
		return fmt.Errorf("change the key of refund %d: %w", id, err)
	}
	return nil
}

// RefundMetadata is the key under which a refund at Stripe names ours.
const RefundMetadata = "refund_id"

// ApplyRefunds applies what Stripe lists as the refunds of a payment: the same
// as their events would.
func (s *Store) ApplyRefunds(ctx context.Context, refunds []StripeRefund) error {
	for _, refund := range refunds {
		err := s.transaction(ctx, func(tx *gorm.DB) error {
			_, err := s.applyRefund(tx, refund)
			return err
		})
		if err != nil {
			return fmt.Errorf("apply refund %s: %w", refund.ID, err)
		}
	}
	return nil
}

// applyRefund brings a refund's row up to what Stripe says and its order's
// figure with it. Late and repeated news changes nothing.
func (s *Store) applyRefund(tx *gorm.DB, in StripeRefund) (Applied, error) {
	if in.PaymentIntentID == "" {
		return Applied{Outcome: OutcomeForeign, Detail: "refund " + in.ID + " is of no payment intent"}, nil
	}
	if _, known := refundRank[RefundStatus(in.Status)]; !known || in.Amount <= 0 {
		return Applied{Outcome: OutcomeUnchanged, Detail: fmt.Sprintf("refund %s has status %q and amount %d", in.ID, in.Status, in.Amount)}, nil
	}
	payment, order, err := s.paymentOfIntent(tx, in.PaymentIntentID, in.Currency)
	if err != nil {
		return Applied{}, err
	}
	refund, err := s.refundRow(tx, payment, in)
	if err != nil {
		return Applied{}, err
	}
	before, isNew := refund.Status, refund.StripeRefundID == nil
	status := RefundStatus(in.Status)
	// What Stripe says of a refund for the first time counts, even where it was
	// taken for refused.
	moved := refundRank[status] > refundRank[before] || (isNew && status != before)
	if isNew || moved {
		values := map[string]any{"stripe_refund_id": in.ID, "updated_at": s.now()}
		if moved {
			values["status"], values["failure"] = status, in.FailureReason
			refund.Status = status
		}
		if err := tx.Model(&Refund{ID: refund.ID}).Updates(values).Error; err != nil {
			return Applied{}, fmt.Errorf("update refund %s: %w", in.ID, err)
		}
	}
	if order == nil {
		return Applied{Outcome: OutcomeOrphan, Detail: "no paid order belongs to payment " + in.PaymentIntentID + " yet"}, nil
	}
	applied := Applied{Outcome: OutcomeUnchanged, OrderID: order.ID, Detail: "the refund is " + string(refund.Status)}
	if !isNew && !moved {
		return applied, nil
	}
	if moved {
		if err := s.refundNews(tx, *order, payment, refund, in); err != nil {
			return applied, err
		}
	}
	applied.Outcome = OutcomeRefund
	return applied, s.settleRefunds(tx, payment.ID, order)
}

// refundRow finds the row of a refund, by Stripe's id or by ours in its
// metadata, or makes one for a refund that began at Stripe's.
func (s *Store) refundRow(tx *gorm.DB, payment Payment, in StripeRefund) (Refund, error) {
	var refund Refund
	err := tx.Where("stripe_refund_id = ?", in.ID).Take(&refund).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		if own, parseErr := strconv.ParseInt(in.Metadata[RefundMetadata], 10, 64); parseErr == nil {
			err = tx.Where("id = ? AND payment_id = ? AND stripe_refund_id IS NULL", own, payment.ID).Take(&refund).Error
		}
	}
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return refund, found(err, "find refund %s", in.ID)
	}
	refund = Refund{
		PaymentID: payment.ID, Amount: in.Amount, Status: RefundRequested, Reason: in.Reason, Actor: "stripe",
		CreatedAt: s.now(), UpdatedAt: s.now(),
	}
	if err := tx.Clauses(clause.Returning{}).Omit("Items").Create(&refund).Error; err != nil {
		return refund, fmt.Errorf("store refund %s: %w", in.ID, err)
	}
	return refund, nil
}

// refundNews writes down that a refund went out or failed, and tells the
// shopper of the first.
func (s *Store) refundNews(tx *gorm.DB, order Order, payment Payment, refund Refund, in StripeRefund) error {
	detail := payment.Price(refund.Amount).String()
	switch {
	case refund.Failed():
		if in.FailureReason != "" {
			detail += ": " + strings.ReplaceAll(in.FailureReason, "_", " ")
		}
		s.log.ErrorContext(tx.Statement.Context, "refund failed", "order", order.Number, "refund", in.ID, "reason", in.FailureReason)
		return s.record(tx, order.ID, "refund_failed", "stripe", detail)
	case refund.Status == RefundSucceeded:
		if err := s.record(tx, order.ID, "refunded", "stripe", detail); err != nil {
			return err
		}
		return s.queueRefundEmail(tx, order, refund.ID)
	}
	return nil
}

// applyChargeRefunded takes note of the absolute figure of a charge.
func (s *Store) applyChargeRefunded(tx *gorm.DB, charge Charge) (Applied, error) {
	if charge.PaymentIntentID == "" || charge.AmountRefunded == nil {
		return Applied{Outcome: OutcomeForeign, Detail: "charge " + charge.ID + " names no payment intent or no amount"}, nil
	}
	payment, order, err := s.paymentOfIntent(tx, charge.PaymentIntentID, charge.Currency)
	if err != nil {
		return Applied{}, err
	}
	higher := *charge.AmountRefunded > payment.ChargeRefunded
	if higher {
		err := tx.Model(&Payment{ID: payment.ID}).
			Updates(map[string]any{"charge_refunded": *charge.AmountRefunded, "updated_at": s.now()}).Error
		if err != nil {
			return Applied{}, fmt.Errorf("note the refunds of payment %s: %w", charge.PaymentIntentID, err)
		}
	}
	if order == nil {
		return Applied{Outcome: OutcomeOrphan, Detail: "no paid order belongs to payment " + charge.PaymentIntentID + " yet"}, nil
	}
	applied := Applied{Outcome: OutcomeUnchanged, OrderID: order.ID, Detail: "the figure is known"}
	if !higher {
		return applied, nil
	}
	applied.Outcome, applied.Detail = OutcomeRefund, ""
	return applied, s.settleRefunds(tx, payment.ID, order)
}
