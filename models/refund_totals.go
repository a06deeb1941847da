package models

import (
	"fmt"

	"gorm.io/gorm"
)

// settleRefunds works out what of a payment went back, and what that makes of
// its order.
//
// Two sources are put together, each of which may come late: the refunds by
// themselves, and the highest absolute figure of the charge, from which those
// that failed afterwards are taken. The figure therefore never falls because
// events came in another order, only because a refund failed.
func (s *Store) settleRefunds(tx *gorm.DB, paymentID int64, order *Order) error {
	var payment Payment
	if err := tx.Preload("Refunds").Take(&payment, paymentID).Error; err != nil {
		return found(err, "find payment %d", paymentID)
	}
	var known, failed int64
	for _, refund := range payment.Refunds {
		switch {
		case refund.StripeRefundID == nil: // not yet Stripe's
		case refund.Failed():
			failed += refund.Amount
		default:
			known += refund.Amount
		}
	}
	refunded := min(max(known, payment.ChargeRefunded-failed), payment.Amount)
	err := tx.Model(&Payment{ID: payment.ID}).Updates(map[string]any{"amount_refunded": refunded, "updated_at": s.now()}).Error
	if err != nil {
		return fmt.Errorf("note the refunds of payment %d: %w", payment.ID, err)
	}
	return s.refundOrder(tx, order)
}

// refundOrder brings an order's figure and status up to what its payments say.
// Duplicates do not count: their refund leaves the order paid.
func (s *Store) refundOrder(tx *gorm.DB, order *Order) error {
	var sums struct{ Paid, Refunded, InReview int64 }
	err := tx.Model(&Payment{}).Select(`COALESCE(SUM(amount), 0) AS paid, COALESCE(SUM(amount_refunded), 0) AS refunded,
		COUNT(CASE WHEN role = ? THEN 1 END) AS in_review`, PaymentInReview).
		Where("order_id = ? AND role <> ?", order.ID, PaymentDuplicate).Scan(&sums).Error
	if err != nil {
		return fmt.Errorf("add up the payments of order %d: %w", order.ID, err)
	}
	var status OrderStatus
	switch {
	case order.Status == OrderReview || (order.Paid() && sums.InReview > 0): // nobody has accepted the payment
		status = OrderReview
		if sums.Paid > 0 && sums.Refunded >= sums.Paid {
			status = OrderRefunded
		}
	case !order.Paid():
		return nil
	case sums.Refunded == 0:
		status = OrderPaid
	case sums.Refunded < sums.Paid:
		status = OrderPartiallyRefunded
	default:
		status = OrderRefunded
	}
	if status == order.Status && sums.Refunded == order.AmountRefunded {
		return nil
	}
	before := order.Status
	order.Status, order.AmountRefunded = status, sums.Refunded
	if status == OrderRefunded && before != OrderReview {
		if err := oweNothing(tx, order); err != nil {
			return err
		}
	}
	err = tx.Model(&Order{ID: order.ID}).
		Updates(map[string]any{"status": status, "amount_refunded": sums.Refunded, "updated_at": s.now()}).Error
	if err != nil {
		return fmt.Errorf("note the refunds of order %d: %w", order.ID, err)
	}
	switch {
	case before == OrderReview && status != OrderReview:
		if err := s.resolveReviews(tx, order.ID, "refunded", "stripe"); err != nil {
			return err
		}
		return s.release(tx, order)
	case before != OrderReview && status == OrderReview:
		return s.reopenReview(tx, order)
	}
	return nil
}
