package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Review is a payment that does not fit its order, until a member of staff has
// decided. Session is what Stripe said, as JSON of CheckoutSession.
type Review struct {
	ID         int64
	OrderID    int64
	Reason     string
	Session    string
	Resolution string // accepted, refunded, canceled, or empty
	Actor      string
	CreatedAt  time.Time
	ResolvedAt *time.Time
}

// Said is the session that caused the review.
func (r Review) Said() (CheckoutSession, error) {
	var session CheckoutSession
	if err := json.Unmarshal([]byte(r.Session), &session); err != nil {
		return session, fmt.Errorf("read the session of review %d: %w", r.ID, err)
	}
	return session, nil
}

// sendToReview takes an order out of the ordinary course. Its stock stays as
// it is until a member of staff has decided.
func (s *Store) sendToReview(tx *gorm.DB, order *Order, session CheckoutSession, reason string) error {
	values := s.sessionColumns(session)
	if order.StripeSessionID != nil {
		delete(values, "stripe_session_id")
	}
	order.Status, order.ReviewReason = OrderReview, reason
	values["status"], values["review_reason"] = OrderReview, reason
	if err := tx.Model(&Order{ID: order.ID}).Updates(values).Error; err != nil {
		return fmt.Errorf("send order %d to review: %w", order.ID, err)
	}
	said, err := json.Marshal(session)
	if err != nil {
		return fmt.Errorf("write down session %s: %w", session.ID, err)
	}
	review := Review{OrderID: order.ID, Reason: reason, Session: string(said), CreatedAt: s.now()}
	if err := tx.Create(&review).Error; err != nil {
		return fmt.Errorf("store the review of order %d: %w", order.ID, err)
	}
	if session.arrived() {
		if err := s.recordPayment(tx, order, session, PaymentInReview); err != nil {
			return err
		}
	}
	s.log.ErrorContext(tx.Statement.Context, "order needs review", "order", order.Number, "reason", reason)
	return s.record(tx, order.ID, "review", "stripe", reason)
}

// arrived reports whether money came with the session.
func (c CheckoutSession) arrived() bool {
	return c.paid() && c.AmountTotal != nil && c.Currency != ""
}

// paid reports whether nothing more is to be paid.
func (c CheckoutSession) paid() bool {
	return c.PaymentStatus == "paid" || c.PaymentStatus == "no_payment_required"
}

// ReviewsOfOrder lists an order's reviews, oldest first.
func (s *Store) ReviewsOfOrder(ctx context.Context, orderID int64) ([]Review, error) {
	var reviews []Review
	if err := s.read.WithContext(ctx).Where("order_id = ?", orderID).Order("id").Find(&reviews).Error; err != nil {
		return nil, fmt.Errorf("list the reviews of order %d: %w", orderID, err)
	}
	return reviews, nil
}

// AcceptReview takes the payment as it came: the order is paid, its stock is
// sold, the receipt goes out.
//
// It returns an InvalidError where no money arrived or the stock is gone, and
// ErrNotInReview where the order is not in review (any more).
func (s *Store) AcceptReview(ctx context.Context, orderID int64, actor Actor) error {
	return s.decideReview(ctx, orderID, "accept", func(tx *gorm.DB, order *Order) error {
		payments, err := paymentsOfOrder(tx, order.ID)
		if err != nil {
			return err
		}
		payment, ok := inReview(payments)
		if !ok {
			return &InvalidError{Field: "review", Message: "No money has arrived for this order. Cancel it, or wait for the payment."}
		}
		if payment.underway() {
			return &InvalidError{Field: "review", Message: "A refund of this payment is on its way. Wait until it is done or has failed, and then decide."}
		}
		reserved := order.StockStatus == StockReserved
		sold, err := s.sellStock(tx, order, actor.Email)
		if err != nil {
			return err
		}
		if !sold {
			return &InvalidError{Field: "review", Message: "Not everything of this order is in stock. Raise the stock first, or pay the money back."}
		}
		if err := tx.Model(&Payment{ID: payment.ID}).Updates(map[string]any{"role": PaymentOfOrder, "updated_at": s.now()}).Error; err != nil {
			return fmt.Errorf("accept the payment: %w", err)
		}
		values := map[string]any{
			"status": OrderPaid, "stock_status": StockSold, "paid_at": s.now(), "review_reason": "", "updated_at": s.now(),
			"stripe_session_id": payment.StripeSessionID, "payment_intent_id": payment.PaymentIntentID,
		}
		if err := tx.Model(&Order{ID: order.ID}).Updates(values).Error; err != nil {
			return err
		}
		order.Status, order.StockStatus = OrderPaid, StockSold
		if err := s.resolveReviews(tx, order.ID, "accepted", actor.Email); err != nil {
			return err
		}
		if err := s.record(tx, order.ID, "paid", actor.Email, "accepted after a review"); err != nil {
			return err
		}
		if err := s.audit(tx, actor, AuditReviewAccepted, "order "+order.Number, string(OrderReview), string(OrderPaid)); err != nil {
			return err
		}
		if err := s.queueEmail(tx, *order, EmailReceipt, ""); err != nil {
			return err
		}
		if err := emptyCart(tx, order); err != nil {
			return err
		}
		if err := s.useDiscount(tx, order, reserved, order.Email); err != nil {
			return err
		}
		return s.refundOrder(tx, order)
	})
}

// CancelReview closes an order in review that no money arrived for.
//
// It returns an InvalidError where money did arrive.
func (s *Store) CancelReview(ctx context.Context, orderID int64, actor Actor) error {
	return s.decideReview(ctx, orderID, "cancel", func(tx *gorm.DB, order *Order) error {
		payments, err := paymentsOfOrder(tx, order.ID)
		if err != nil {
			return err
		}
		if payment, ok := inReview(payments); ok && payment.AmountRefunded < payment.Amount {
			return &InvalidError{Field: "review", Message: "Money has arrived for this order. Pay it back, and the order is closed."}
		}
		if err := s.resolveReviews(tx, order.ID, "canceled", actor.Email); err != nil {
			return err
		}
		values := map[string]any{"status": OrderExpired, "review_reason": "", "updated_at": s.now()}
		if err := tx.Model(&Order{ID: order.ID}).Updates(values).Error; err != nil {
			return err
		}
		order.Status = OrderExpired
		if err := s.record(tx, order.ID, "canceled", actor.Email, "after a review"); err != nil {
			return err
		}
		if err := s.audit(tx, actor, AuditReviewCanceled, "order "+order.Number, string(OrderReview), string(OrderExpired)); err != nil {
			return err
		}
		return s.release(tx, order)
	})
}

// ErrNotInReview says that an order is not, or no longer, in review.
var ErrNotInReview = errors.New("the order is not in review")

func (s *Store) decideReview(ctx context.Context, orderID int64, what string, decide func(tx *gorm.DB, order *Order) error) error {
	err := s.transaction(ctx, func(tx *gorm.DB) error {
		order, err := lockOrder(tx, orderID)
		if err != nil {
			return err
		}
		if order.Status != OrderReview {
			return ErrNotInReview
		}
		return decide(tx, &order)
	})
	if err != nil {
		return fmt.Errorf("%s the review of order %d: %w", what, orderID, err)
	}
	return nil
}

// inReview is the payment that a review is about.
func inReview(payments []Payment) (Payment, bool) {
	for _, payment := range payments {
		if payment.Role == PaymentInReview {
			return payment, true
		}
	}
	return Payment{}, false
}

func (s *Store) resolveReviews(tx *gorm.DB, orderID int64, resolution, actor string) error {
	err := tx.Model(&Review{}).Where("order_id = ? AND resolved_at IS NULL", orderID).
		Updates(map[string]any{"resolution": resolution, "actor": actor, "resolved_at": s.now()}).Error
	if err != nil {
		return fmt.Errorf("resolve the review of order %d: %w", orderID, err)
	}
	return nil
}

// reopenReview asks for a decision again: the refund that closed the order has
// failed.
func (s *Store) reopenReview(tx *gorm.DB, order *Order) error {
	var review Review
	if err := tx.Where("order_id = ?", order.ID).Order("id DESC").Take(&review).Error; err != nil {
		return found(err, "find the review of order %d", order.ID)
	}
	err := tx.Model(&Review{ID: review.ID}).Updates(map[string]any{"resolution": "", "actor": "", "resolved_at": nil}).Error
	if err == nil {
		order.ReviewReason = review.Reason
		err = tx.Model(&Order{ID: order.ID}).UpdateColumn("review_reason", review.Reason).Error
	}
	if err != nil {
		return fmt.Errorf("reopen the review of order %d: %w", order.ID, err)
	}
	return s.record(tx, order.ID, "review", "stripe", "the refund failed: "+review.Reason)
}
