package payments

import (
	"context"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/models"
)

// discounts makes the coupon of an order's discount, for one session alone. Its
// key hangs on the attempt's, so that asking again gives the same coupon, and
// the session's request is the same, too.
//
// The amount is the shop's: Stripe takes it off without a calculation of its
// own, and its total is the order's.
func (c *Client) discounts(ctx context.Context, order models.Order, attempt models.CheckoutAttempt) ([]*stripe.CheckoutSessionDiscountParams, error) {
	if order.Discount == 0 {
		return nil, nil
	}
	params := &stripe.CouponParams{
		Name:           stripe.String(order.DiscountLabel()),
		AmountOff:      stripe.Int64(order.Discount),
		Currency:       stripe.String(strings.ToLower(order.Currency)),
		Duration:       stripe.String(string(stripe.CouponDurationOnce)),
		MaxRedemptions: stripe.Int64(1),
	}
	params.Context = ctx
	params.Metadata = map[string]string{"order_number": order.Number}
	params.SetIdempotencyKey(attempt.IdempotencyKey + "-coupon")
	coupon, err := c.stripe.Coupons.New(params)
	if err != nil {
		return nil, paymentError(err, "make a coupon for order "+order.Number)
	}
	return []*stripe.CheckoutSessionDiscountParams{{Coupon: stripe.String(coupon.ID)}}, nil
}
