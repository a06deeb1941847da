package models

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// CheckoutSession is what the shop needs to know of a Checkout Session, as an
// event brought it or as Stripe answered. Fields that were absent are nil or
// empty, and an absent field never counts as paid.
type CheckoutSession struct {
	ID                string
	Mode              string
	Status            string // open, complete, expired
	PaymentStatus     string // paid, unpaid, no_payment_required
	Currency          string // as Stripe writes it, lower case
	AmountSubtotal    *int64 // minor units
	AmountTotal       *int64
	AmountDiscount    *int64
	AmountShipping    *int64 // before tax
	AmountTax         *int64
	Livemode          bool
	ClientReferenceID string
	Metadata          map[string]string
	PaymentIntentID   string
	Email             string
	ShippingName      string
	Shipping          Address
	URL               string
	ExpiresAt         time.Time
}

// The events that carry a session.
const (
	EventSessionCompleted      = "checkout.session.completed"
	EventSessionAsyncSucceeded = "checkout.session.async_payment_succeeded"
	EventSessionAsyncFailed    = "checkout.session.async_payment_failed"
	EventSessionExpired        = "checkout.session.expired"
)

// The outcomes of applying a session to an order.
const (
	OutcomePaid             = "paid"
	OutcomeAwaitingPayment  = "awaiting_payment"
	OutcomePaymentFailed    = "payment_failed"
	OutcomeExpired          = "expired"
	OutcomeReview           = "review"
	OutcomeDuplicatePayment = "duplicate_payment"
	OutcomeUnchanged        = "unchanged" // late or repeated: the order is there already, or further
	OutcomeNotPaid          = "not_paid"  // a field that would prove the payment is missing
	OutcomeForeign          = "foreign"   // another system's session
	OutcomeRefund           = "refund"    // a refund's row or the order's figure moved
	OutcomeDispute          = "dispute"   // a dispute began or moved
	OutcomeOrphan           = "orphan"    // of a payment whose order is not paid yet; applied once it is
	OutcomeAskStripe        = "ask"       // a job asks Stripe how the order stands
	OutcomeIgnored          = "ignored"   // a type the shop has no use for
)

// Outcomes lists every outcome, for filters.
var Outcomes = [...]string{
	OutcomePaid, OutcomeAwaitingPayment, OutcomePaymentFailed, OutcomeExpired, OutcomeReview, OutcomeDuplicatePayment,
	OutcomeRefund, OutcomeDispute, OutcomeOrphan, OutcomeAskStripe, OutcomeUnchanged, OutcomeNotPaid, OutcomeForeign, OutcomeIgnored,
}

// Applied is what a session did to an order.
type Applied struct {
	Outcome string
	Detail  string
	OrderID int64 // 0 where no order matched
}

// ApplySession applies a session, as Stripe answered it just now, to its
// order. Webhook, success page and reconciler all end here.
func (s *Store) ApplySession(ctx context.Context, session CheckoutSession) (Applied, error) {
	var applied Applied
	err := s.transaction(ctx, func(tx *gorm.DB) (err error) {
		applied, err = s.applySession(tx, session, eventOf(session))
		return err
	})
	if err != nil {
		return Applied{}, fmt.Errorf("apply session %s: %w", session.ID, err)
	}
	return applied, nil
}

// eventOf names the event that a session's own state amounts to.
func eventOf(session CheckoutSession) string {
	switch session.Status {
	case "complete":
		return EventSessionCompleted
	case "expired":
		return EventSessionExpired
	}
	return ""
}

func (s *Store) applySession(tx *gorm.DB, session CheckoutSession, event string) (Applied, error) {
	order, attempt, disagreement, err := s.matchOrder(tx, session)
	if errors.Is(err, ErrNotFound) {
		return Applied{Outcome: OutcomeForeign, Detail: "no order of this shop belongs to session " + session.ID}, nil
	}
	if err != nil {
		return Applied{}, err
	}
	applied := Applied{Outcome: OutcomeUnchanged, OrderID: order.ID}
	switch event {
	case EventSessionCompleted, EventSessionAsyncSucceeded:
		err = s.closeAttempt(tx, attempt, session, AttemptComplete)
	case EventSessionExpired:
		err = s.closeAttempt(tx, attempt, session, AttemptExpired)
	case "": // the session is open
		disagreement = ""
	}
	if err != nil {
		return applied, err
	}
	decided := order.Paid() || order.Status == OrderReview
	if disagreement != "" && !decided && (order.Open() || session.arrived()) {
		applied.Outcome, applied.Detail = OutcomeReview, disagreement
		return applied, s.sendToReview(tx, &order, session, disagreement)
	}
	switch event {
	case EventSessionCompleted, EventSessionAsyncSucceeded:
		applied.Outcome, applied.Detail, err = s.applyCompleted(tx, &order, session)
	case EventSessionAsyncFailed:
		if order.Open() {
			applied.Outcome = OutcomePaymentFailed
			err = s.failPayment(tx, &order, session)
		}
	case EventSessionExpired:
		applied.Outcome, applied.Detail, err = s.applyExpired(tx, &order)
	}
	if err == nil && applied.Outcome == OutcomeUnchanged && applied.Detail == "" {
		applied.Detail = "the order is " + string(order.Status)
	}
	return applied, err
}

// matchOrder finds and locks the order of a session: by the session's id, then
// metadata.order_id, then client_reference_id. Where they disagree it says so.
// A session known by its reference alone is ours only where it fits the order.
func (s *Store) matchOrder(tx *gorm.DB, session CheckoutSession) (Order, *CheckoutAttempt, string, error) {
	var attempt *CheckoutAttempt
	var byID CheckoutAttempt
	switch err := tx.Where("stripe_session_id = ?", session.ID).Take(&byID).Error; {
	case err == nil:
		attempt = &byID
	case !errors.Is(err, gorm.ErrRecordNotFound):
		return Order{}, nil, "", fmt.Errorf("find session %s: %w", session.ID, err)
	}
	claims := []struct{ by, id string }{
		{"metadata.order_id", session.Metadata["order_id"]},
		{"client_reference_id", session.ClientReferenceID},
	}
	var id int64
	if attempt != nil {
		id = attempt.OrderID
	}
	for _, claim := range claims {
		if id == 0 {
			id, _ = orderID(claim.id)
		}
	}
	if id == 0 {
		return Order{}, nil, "", ErrNotFound
	}
	order, err := lockOrder(tx, id)
	if err != nil {
		return order, nil, "", err
	}
	if _, named := orderID(session.Metadata["order_id"]); attempt == nil && !named && !s.fits(order, session) {
		return order, nil, "", ErrNotFound // another system counts its own orders, too
	}
	disagreement := ""
	for _, claim := range claims {
		if claim.id != "" && claim.id != strconv.FormatInt(order.ID, 10) {
			disagreement = fmt.Sprintf("session %s belongs to order %d, but its %s says %q", session.ID, order.ID, claim.by, claim.id)
		}
	}
	if attempt == nil {
		// The process died before it could store the session's id.
		var unopened CheckoutAttempt
		err := tx.Where("order_id = ? AND stripe_session_id IS NULL", order.ID).Order("id DESC").Take(&unopened).Error
		if err == nil {
			attempt = &unopened
		} else if !errors.Is(err, gorm.ErrRecordNotFound) {
			return order, nil, "", fmt.Errorf("find the checkout attempt of order %d: %w", order.ID, err)
		}
	}
	return order, attempt, disagreement, nil
}

// orderID reads an order's id as the shop writes it at Stripe. Other systems
// name things in ways of their own.
func orderID(name string) (id int64, ours bool) {
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil || id <= 0 {
		return 0, false
	}
	return id, true
}

// closeAttempt notes that an attempt's session is complete or expired. A
// complete one stays complete.
func (s *Store) closeAttempt(tx *gorm.DB, attempt *CheckoutAttempt, session CheckoutSession, status string) error {
	if attempt == nil || attempt.Status == AttemptComplete || attempt.Status == status {
		return nil
	}
	err := tx.Model(&CheckoutAttempt{ID: attempt.ID}).
		Updates(map[string]any{"status": status, "stripe_session_id": session.ID, "error": ""}).Error
	if err != nil {
		return fmt.Errorf("close the checkout attempt of session %s: %w", session.ID, err)
	}
	return nil
}

func (s *Store) applyCompleted(tx *gorm.DB, order *Order, session CheckoutSession) (outcome, detail string, err error) {
	switch {
	case order.Paid() || order.Status == OrderReview:
		return s.applyFurtherPayment(tx, order, session)
	case !session.complete():
		return OutcomeNotPaid, "the session lacks mode, currency, amount_subtotal, amount_total or payment_status", nil
	case order.TaxMode == TaxStripe && !session.taxed():
		return OutcomeNotPaid, "the session lacks amount_discount, amount_shipping or amount_tax, and Stripe worked the tax out", nil
	}
	if wrong := s.mismatch(*order, session); wrong != "" {
		return OutcomeReview, wrong, s.sendToReview(tx, order, session, wrong)
	}
	if !session.paid() {
		if order.Status != OrderPending {
			return OutcomeUnchanged, "", nil
		}
		return OutcomeAwaitingPayment, "", s.awaitPayment(tx, order, session)
	}
	return s.markPaid(tx, order, session)
}

// applyFurtherPayment records the payment of an order that was paid or in
// review already. Heard of before, it changes nothing.
func (s *Store) applyFurtherPayment(tx *gorm.DB, order *Order, session CheckoutSession) (outcome, detail string, err error) {
	if !session.arrived() || order.StripeSessionID == nil {
		return OutcomeUnchanged, "", nil
	}
	var known int64
	err = tx.Model(&Payment{}).Where("order_id = ? AND stripe_session_id = ?", order.ID, session.ID).Count(&known).Error
	if err != nil {
		return "", "", fmt.Errorf("find the payment of session %s: %w", session.ID, err)
	}
	if known > 0 || (order.Paid() && *order.StripeSessionID == session.ID) {
		return OutcomeUnchanged, "", nil
	}
	role := PaymentDuplicate
	if order.Status == OrderReview {
		payments, err := paymentsOfOrder(tx, order.ID)
		if err != nil {
			return "", "", err
		}
		if _, another := inReview(payments); !another { // what was paid only now, such as by a delayed method
			role = PaymentInReview
		}
	}
	if err := s.recordPayment(tx, order, session, role); err != nil {
		return "", "", err
	}
	if role == PaymentInReview {
		return OutcomeReview, order.ReviewReason, s.record(tx, order.ID, "review", "stripe", "the money has arrived")
	}
	detail = fmt.Sprintf("session %s was paid too, after session %s", session.ID, *order.StripeSessionID)
	s.log.ErrorContext(tx.Statement.Context, "order paid twice", "order", order.Number, "session", session.ID)
	return OutcomeDuplicatePayment, detail, s.record(tx, order.ID, "duplicate_payment", "stripe", detail)
}

// complete reports whether the session has every field that a payment is held
// against.
func (c CheckoutSession) complete() bool {
	return c.Mode != "" && c.Currency != "" && c.AmountSubtotal != nil && c.AmountTotal != nil && c.PaymentStatus != ""
}

// fits reports whether a session is what the order's own would be.
func (s *Store) fits(order Order, session CheckoutSession) bool {
	return session.complete() && s.mismatch(order, session) == ""
}

// mismatch compares a session with the order it claims to pay and says what
// differs, or nothing.
func (s *Store) mismatch(order Order, session CheckoutSession) string {
	switch {
	case session.Mode != "payment":
		return fmt.Sprintf("the session's mode is %q, not payment", session.Mode)
	case session.Livemode != s.livemode:
		return fmt.Sprintf("the session's livemode is %t, the shop's is %t", session.Livemode, s.livemode)
	case !strings.EqualFold(session.Currency, order.Currency):
		return fmt.Sprintf("the session is in %s, the order in %s", strings.ToUpper(session.Currency), order.Currency)
	case *session.AmountSubtotal != order.LinesTotal():
		return fmt.Sprintf("the session's subtotal is %s, the order's %s", order.Price(*session.AmountSubtotal), order.Price(order.LinesTotal()))
	}
	if order.TaxMode == TaxStripe {
		if wrong := taxMismatch(&order, session); wrong != "" {
			return wrong
		}
	}
	switch {
	case *session.AmountTotal != order.Total:
		return fmt.Sprintf("the session's total is %s, the order's %s", order.Price(*session.AmountTotal), order.Price(order.Total))
	case session.PaymentStatus == "no_payment_required" && order.Total > 0:
		return fmt.Sprintf("the session needed no payment, the order's total is %s", order.Price(order.Total))
	}
	return ""
}

// markPaid is the one place where an order becomes paid. The caller holds the
// order's lock.
func (s *Store) markPaid(tx *gorm.DB, order *Order, session CheckoutSession) (outcome, detail string, err error) {
	reserved := order.StockStatus == StockReserved
	if !reserved {
		taken, err := s.takeStock(tx, order, "stripe")
		if err != nil {
			return "", "", err
		}
		if !taken {
			detail = "the payment came after the stock had gone back, and it is sold out now"
			return OutcomeReview, detail, s.sendToReview(tx, order, session, detail)
		}
	}
	now := s.now()
	values := s.sessionColumns(session)
	taxColumns(order, session, values)
	values["status"], values["stock_status"], values["paid_at"] = OrderPaid, StockSold, now
	result := tx.Model(&Order{}).Where("id = ? AND status IN ?", order.ID,
		[]OrderStatus{OrderPending, OrderAwaitingPayment, OrderExpired, OrderPaymentFailed}).Updates(values)
	if result.Error != nil {
		return "", "", fmt.Errorf("pay order %d: %w", order.ID, result.Error)
	}
	if result.RowsAffected != 1 {
		return "", "", fmt.Errorf("pay order %d: its status changed under its lock", order.ID)
	}
	order.Status, order.StockStatus = OrderPaid, StockSold
	if err := s.record(tx, order.ID, "paid", "stripe", ""); err != nil {
		return "", "", err
	}
	if err := s.queueEmail(tx, *order, EmailReceipt, session.Email); err != nil {
		return "", "", err
	}
	if err := emptyCart(tx, order); err != nil {
		return "", "", err
	}
	// After the order is paid, for it may find that some of the money has gone
	// back already.
	if err := s.recordPayment(tx, order, session, PaymentOfOrder); err != nil {
		return "", "", err
	}
	if reserved {
		// Last: other orders of the same variants wait from here to the commit.
		if err := s.sellReserved(tx, order, "stripe"); err != nil {
			return "", "", err
		}
	}
	return OutcomePaid, "", s.useDiscount(tx, order, reserved, session.Email)
}

// sellStock turns an order's reservation into a sale; where the stock had gone
// back it is taken again. It reports false, with nothing changed, where that
// cannot be.
func (s *Store) sellStock(tx *gorm.DB, order *Order, actor string) (bool, error) {
	if order.StockStatus == StockReserved {
		return true, s.sellReserved(tx, order, actor)
	}
	return s.takeStock(tx, order, actor)
}

// sessionColumns are the columns of an order that a session fills.
func (s *Store) sessionColumns(session CheckoutSession) map[string]any {
	values := map[string]any{"stripe_session_id": session.ID, "updated_at": s.now()}
	for column, value := range map[string]string{
		"payment_intent_id": session.PaymentIntentID, "email": session.Email, "shipping_name": session.ShippingName,
		"shipping_line1": session.Shipping.Line1, "shipping_line2": session.Shipping.Line2,
		"shipping_city": session.Shipping.City, "shipping_state": session.Shipping.State,
		"shipping_postal_code": session.Shipping.PostalCode, "shipping_country": session.Shipping.Country,
	} {
		if value != "" {
			values[column] = value
		}
	}
	return values
}

func (s *Store) awaitPayment(tx *gorm.DB, order *Order, session CheckoutSession) error {
	values := s.sessionColumns(session)
	taxColumns(order, session, values)
	values["status"] = OrderAwaitingPayment
	if err := tx.Model(&Order{ID: order.ID}).Updates(values).Error; err != nil {
		return fmt.Errorf("await the payment of order %d: %w", order.ID, err)
	}
	if err := s.record(tx, order.ID, "awaiting_payment", "stripe", ""); err != nil {
		return err
	}
	return emptyCart(tx, order)
}

func (s *Store) failPayment(tx *gorm.DB, order *Order, session CheckoutSession) error {
	values := s.sessionColumns(session)
	values["status"] = OrderPaymentFailed
	if err := tx.Model(&Order{ID: order.ID}).Updates(values).Error; err != nil {
		return fmt.Errorf("fail the payment of order %d: %w", order.ID, err)
	}
	if err := s.record(tx, order.ID, "payment_failed", "stripe", ""); err != nil {
		return err
	}
	if err := s.queueEmail(tx, *order, EmailPaymentFailed, session.Email); err != nil {
		return err
	}
	return s.release(tx, order)
}

func (s *Store) applyExpired(tx *gorm.DB, order *Order) (outcome, detail string, err error) {
	if order.Status != OrderPending {
		return OutcomeUnchanged, "", nil
	}
	var others int64
	err = tx.Model(&CheckoutAttempt{}).Where("order_id = ? AND status IN ?", order.ID,
		[]string{AttemptCreating, AttemptOpen, AttemptComplete}).Count(&others).Error
	if err != nil {
		return "", "", fmt.Errorf("count the sessions of order %d: %w", order.ID, err)
	}
	if others > 0 {
		return OutcomeUnchanged, "another session of the order is open or paid", nil
	}
	return OutcomeExpired, "", s.expireOrder(tx, order, "")
}

// emptyCart takes what an order bought out of the cart it was made of. What
// the shopper put in since stays.
func emptyCart(tx *gorm.DB, order *Order) error {
	values := map[string]any{"order_id": nil}
	if order.DiscountCode != "" { // it has served
		values["discount_code"] = ""
	}
	if order.DiscountID != nil {
		values["email"] = ""
	}
	if order.Note != "" {
		values["note"] = ""
	}
	result := tx.Model(&Cart{}).Where("order_id = ?", order.ID).UpdateColumns(values)
	if result.Error != nil {
		return fmt.Errorf("untie the cart of order %d: %w", order.ID, result.Error)
	}
	if result.RowsAffected == 0 || order.CartID == nil {
		return nil
	}
	gone := tx.Where(`cart_id = ? AND EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = ?
		AND i.variant_id = cart_items.variant_id AND i.quantity >= cart_items.quantity)`, *order.CartID, order.ID).Delete(&CartItem{})
	if gone.Error != nil {
		return fmt.Errorf("empty the cart of order %d: %w", order.ID, gone.Error)
	}
	if gone.RowsAffected == int64(len(order.Items)) {
		return nil
	}
	err := tx.Exec(`UPDATE cart_items SET quantity = quantity - (SELECT i.quantity FROM order_items i
		WHERE i.order_id = ? AND i.variant_id = cart_items.variant_id)
		WHERE cart_id = ? AND variant_id IN (SELECT i.variant_id FROM order_items i WHERE i.order_id = ?)`,
		order.ID, *order.CartID, order.ID).Error
	if err != nil {
		return fmt.Errorf("take order %d out of its cart: %w", order.ID, err)
	}
	return nil
}
