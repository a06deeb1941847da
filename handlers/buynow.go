package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
)

// aloneToken is the token of the cart that holds what is bought straight away,
// beside the shopper's own, or empty.
func (h checkout) aloneToken(c echo.Context) string {
	return h.frames.cookies.read(c.Request(), buyNowCookie)
}

// productURL is a product's page with a notice.
func productURL(slug, notice string) string {
	return "/products/" + url.PathEscape(slug) + "?notice=" + notice
}

// productNotice is what a way back from the payment page says on a product's
// page.
func productNotice(c echo.Context) *views.Notice {
	switch c.QueryParam("notice") {
	case "cancelled", "stripe", "too-small":
		return cartNotice(c)
	case "cart-paid":
		return &views.Notice{Kind: views.NoticeInfo, Text: "You have paid this already. You will find the order in your mail."}
	case "cart-again":
		return &views.Notice{Kind: views.NoticeInfo, Text: "This product changed while the payment page was being opened. Nothing was charged. Please have a look at it and try again."}
	}
	return nil
}

// buyNow leads straight to the payment page of one article. It has a cart of
// its own: the shopper's stays as it is.
func (h checkout) buyNow(c echo.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), checkoutPatience)
	defer cancel()
	form, err := postForm(c)
	if err != nil {
		return err
	}
	token := h.aloneToken(c)
	if token == "" {
		token = models.NewToken()
	}
	variantID, quantity, err := wanted(form)
	if err == nil {
		err = h.store.FillCart(ctx, token, h.carts.token(c), variantID, quantity)
	}
	if err == nil && form.Has("email") {
		err = h.store.SetCartEmail(ctx, token, form.Get("email"))
	}
	fault, bad := invalid(err)
	switch {
	case bad && fault.Field == "email":
		return h.askAddress(c, form, token, variantID, fault.Message)
	case bad:
		return h.carts.refuseAdd(c, form, variantID, err)
	case errors.Is(err, models.ErrNotFound):
		return h.carts.showGone(c)
	case err != nil:
		return err
	}
	if form.Has("email") {
		spent, err := h.spentOffer(ctx, token)
		if err != nil {
			return err
		}
		if spent != "" && spent != form.Get("without") {
			return h.askAddress(c, form, token, variantID, "“"+spent+"” was used with this mail address as often as one customer may. You can buy without it.")
		}
	}
	h.frames.cookies.write(c.Response(), buyNowCookie, token, int(cartLife.Seconds()))
	page, err := h.paymentPage(ctx, token, "")
	var unsellable *models.UnsellableError
	var refused *models.PaymentError
	notice := ""
	switch {
	case err == nil:
		return c.Redirect(http.StatusSeeOther, page)
	case errors.As(err, &unsellable):
		return h.carts.refuseAdd(c, form, variantID, &models.InvalidError{Field: "quantity", Message: "Somebody else was quicker a moment ago: there are not as many left."})
	case errors.Is(err, errAlreadyPaid):
		notice = "cart-paid"
	case errors.Is(err, errKeepsChanging):
		notice = "cart-again"
	case errors.As(err, &refused) && refused.BadEmail:
		return h.askAddress(c, form, token, variantID, "The payment page does not take this mail address. Please check how it is spelled.")
	case errors.As(err, &refused) && refused.TooSmall:
		notice = "too-small"
	case errors.As(err, &refused):
		h.log.ErrorContext(ctx, "stripe did not open a payment page", "definite", refused.Definite, "error", err)
		notice = "stripe"
	default:
		if fault, bad := invalid(err); bad { // where it goes, or an offer that has just been used up
			message := fault.Message
			switch fault.Field {
			case "country", "method":
				message += " Your cart lets you choose: add it to your cart first."
			case "email":
				return h.askAddress(c, form, token, variantID, fault.Message)
			}
			return h.carts.refuseAdd(c, form, variantID, &models.InvalidError{Field: "quantity", Message: message})
		}
		return err
	}
	slug, err := h.store.ProductSlugOfVariant(ctx, variantID)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, productURL(slug, notice))
}

// spentOffer names an offer that the customer of a cart has used as often as one
// may, and that would take something off; or it is empty.
func (h checkout) spentOffer(ctx context.Context, token string) (string, error) {
	cart, lines, err := h.store.CartByToken(ctx, token)
	if err != nil {
		return "", err
	}
	sum, err := h.store.CartSum(ctx, cart, lines)
	return sum.Offer.Spent, err
}

// askAddress shows the product with what was chosen, and with the field for the
// address that an offer is counted by: the same button then goes on.
func (h checkout) askAddress(c echo.Context, form url.Values, token string, variantID int64, fault string) error {
	h.frames.cookies.write(c.Response(), buyNowCookie, token, int(cartLife.Seconds()))
	ctx := c.Request().Context()
	cart, lines, err := h.store.CartByToken(ctx, token)
	if err != nil {
		return err
	}
	sum, err := h.store.CartSum(ctx, cart, lines)
	if err != nil {
		return err
	}
	email := cartEmail(cart, sum.Offer)
	email.Asked = true
	return h.carts.productAgain(c, form, variantID, views.FieldError{Field: views.BuyerEmail, Message: fault}, email)
}
