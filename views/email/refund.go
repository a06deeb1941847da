package email

import (
	"context"
	"fmt"
	"strings"

	"tuckshop/models"
)

// Refund is what a mail about a refund holds.
type Refund struct {
	Receipt
	Amount models.Money
}

// RenderRefund draws the mail that says that money is on its way back.
func RenderRefund(ctx context.Context, r Refund) (subject, html, text string, err error) {
	subject = fmt.Sprintf("Your refund for %s order %s", r.ShopName, r.Order.Number)
	html, err = draw(ctx, refund(r, subject))
	return subject, html, strings.Join([]string{
		"Hello,", "",
		"we have sent " + r.Amount.String() + " back to you for order " + r.Order.Number + ".",
		refundPatience, "",
		"Your order, any time: " + r.OrderURL, "", r.ShopName, "",
	}, "\n"), err
}

// refundPatience is how long banks take.
// https://docs.stripe.com/refunds#tracing-refunds
const refundPatience = "It goes to the card or account you paid with. Depending on your bank that takes 5 to 10 business days."
