package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
)

// checkout leads from the cart to Stripe's page and back.
type checkout struct {
	store    *models.Store
	payments Payments
	frames   *frames
	carts    carts
	log      *slog.Logger
}

// A shopper waits this long for Stripe at most. The work itself is not tied to
// the shopper's connection: who closes the window leaves nothing half done.
const checkoutPatience = 25 * time.Second

func (h checkout) start(c echo.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), checkoutPatience)
	defer cancel()
	form, err := postFormUpTo(c, keptSize)
	if err != nil {
		return err
	}
	token := h.carts.token(c)
	faults, err := h.carts.keep(ctx, token, form)
	if len(faults) > 0 {
		return h.carts.showKept(c, form, faults...)
	}
	if err != nil && !errors.Is(err, models.ErrNotFound) {
		return err
	}
	url, err := h.paymentPage(ctx, token, form.Get("total"))
	var unsellable *models.UnsellableError
	var changed *models.TotalChangedError
	var refused *models.PaymentError
	switch {
	case err == nil:
		h.carts.setCookie(c, token)
		return c.Redirect(http.StatusSeeOther, url)
	case errors.Is(err, models.ErrNotFound):
		return c.Redirect(http.StatusSeeOther, "/cart?notice=empty")
	case errors.Is(err, errAlreadyPaid):
		return c.Redirect(http.StatusSeeOther, "/cart?notice=cart-paid")
	case errors.Is(err, errKeepsChanging):
		return c.Redirect(http.StatusSeeOther, "/cart?notice=cart-again")
	case errors.As(err, &unsellable):
		return h.showUnsellable(c, token)
	case errors.As(err, &changed):
		return h.showTotal(c, changed)
	case errors.As(err, &refused) && refused.BadEmail:
		return h.carts.showKept(c, form, views.FieldError{Field: "email", Message: "The payment page does not take this mail address. Please check how it is spelled."})
	case errors.As(err, &refused) && refused.TooSmall:
		return c.Redirect(http.StatusSeeOther, "/cart?notice=too-small")
	case errors.As(err, &refused):
		h.log.ErrorContext(ctx, "stripe did not open a payment page", "definite", refused.Definite, "error", err)
		return c.Redirect(http.StatusSeeOther, "/cart?notice=stripe")
	}
	fault, bad := invalid(err)
	switch {
	case !bad:
		return err
	case fault.Field == "email":
		return h.carts.showKept(c, form, fault)
	case fault.Field == "country":
		return h.carts.show422(c, fault)
	}
	return h.showDiscount(c, fault)
}

// showTotal shows the cart at another total than its shopper was shown, with
// the reason where the shopper's address is it.
func (h checkout) showTotal(c echo.Context, changed *models.TotalChangedError) error {
	page, err := h.carts.page(c)
	if err != nil {
		return err
	}
	fault := views.FieldError{Field: "cart", Message: fmt.Sprintf("The total has changed from %s to %s since you saw it. Please have a look before you pay.", changed.Was, changed.Now)}
	if page.Email.Spent != "" {
		fault = views.FieldError{Field: "email", Message: fmt.Sprintf("“%s” was used with this mail address as often as one customer may, so the total is now %s instead of %s.", page.Email.Spent, changed.Now, changed.Was)}
	}
	page.Errors = []views.FieldError{fault}
	return h.carts.draw(c, http.StatusUnprocessableEntity, page)
}

// showDiscount shows the cart with why its discount does not count any more.
func (h checkout) showDiscount(c echo.Context, fault views.FieldError) error {
	page, err := h.carts.page(c)
	if err != nil {
		return err
	}
	fault.Field = "cart"
	if page.Discount.Code != "" {
		fault.Field = "discount"
	}
	page.Errors = []views.FieldError{fault}
	return h.carts.draw(c, http.StatusUnprocessableEntity, page)
}

var (
	errAlreadyPaid   = errors.New("the cart's order is paid")
	errKeepsChanging = errors.New("the cart keeps changing")
)

// paymentPage returns the address of the one open payment page of a cart. An
// order's earlier page is closed before a new one is opened, so that at most
// one can be paid at any time. Where the shopper was shown a total, nothing is
// sold at another.
func (h checkout) paymentPage(ctx context.Context, token, total string) (string, error) {
	if token == "" {
		return "", models.ErrNotFound
	}
	begin := func() (models.Checkout, error) { return h.store.BeginCheckout(ctx, token) }
	if shown, ok := whole(total); ok {
		begin = func() (models.Checkout, error) { return h.store.BeginCheckoutAt(ctx, token, shown) }
	}
	for range 3 {
		begun, err := begin()
		if err != nil {
			return "", err
		}
		if !begun.Supersede {
			if begun.Attempt.Status == models.AttemptOpen {
				return begun.Attempt.URL, nil
			}
			session, err := h.open(ctx, begun.Order, begun.Attempt)
			return session.URL, err
		}
		if err := h.supersede(ctx, begun.Order, begun.Attempt); err != nil {
			return "", err
		}
	}
	return "", errKeepsChanging
}

// open asks Stripe for the session of an attempt and stores it. Asked twice
// for one attempt, by a double click or after a fault, Stripe answers with the
// same session.
func (h checkout) open(ctx context.Context, order models.Order, attempt models.CheckoutAttempt) (models.CheckoutSession, error) {
	session, err := h.payments.CreateSession(ctx, order, attempt)
	if err != nil {
		var refused *models.PaymentError
		if errors.As(err, &refused) {
			// Not tied to ctx, which may be what ran out.
			bare, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkoutPatience)
			defer cancel()
			if noteErr := h.store.SessionFailed(bare, attempt, refused.Definite, refused.Error()); noteErr != nil {
				return session, errors.Join(noteErr, err)
			}
		}
		return session, err
	}
	return session, h.store.SessionOpened(ctx, attempt, session)
}

// supersede ends the session of an attempt that the cart has outgrown.
func (h checkout) supersede(ctx context.Context, order models.Order, attempt models.CheckoutAttempt) error {
	id := ""
	if attempt.StripeSessionID != nil {
		id = *attempt.StripeSessionID
	} else {
		// The attempt's outcome is unknown: the same question gives the same
		// session, and that can then be ended.
		session, err := h.open(ctx, order, attempt)
		var refused *models.PaymentError
		if errors.As(err, &refused) && refused.Definite {
			return nil // the attempt has failed: there is nothing to end
		}
		if err != nil {
			return err
		}
		id = session.ID
	}
	session, err := h.payments.ExpireSession(ctx, id)
	if err != nil {
		return err
	}
	applied, err := h.store.ApplySession(ctx, session)
	if err != nil {
		return err
	}
	if session.Status == "complete" {
		return fmt.Errorf("session %s: %s: %w", id, applied.Outcome, errAlreadyPaid)
	}
	return nil
}

// showUnsellable shows the cart with what is wrong with which line. A changed
// price has been shown then, so the next click may buy at it.
func (h checkout) showUnsellable(c echo.Context, token string) error {
	page, err := h.carts.page(c)
	if err != nil {
		return err
	}
	for _, line := range page.Lines {
		if line.Problem != "" {
			page.Errors = append(page.Errors, views.FieldError{
				Field: fmt.Sprintf("quantity-%d", line.VariantID), Message: line.Name + ": " + line.Problem,
			})
		}
	}
	for _, loss := range page.Losses {
		page.Errors = append(page.Errors, views.FieldError{Field: "changes", Message: loss})
	}
	if len(page.Errors) == 0 {
		page.Errors = []views.FieldError{{Field: "cart", Message: "Somebody else was quicker a moment ago. Please check your cart and try again."}}
	}
	if err := h.store.NoteShown(c.Request().Context(), token, shownLosses(page.Lost)); err != nil {
		return err
	}
	return h.carts.draw(c, http.StatusUnprocessableEntity, page)
}

// success is where Stripe sends the shopper after paying. Nothing is believed
// that Stripe itself did not say: where the webhook is late, it is asked.
func (h checkout) success(c echo.Context) error {
	ctx := c.Request().Context()
	sessionID := c.QueryParam("session_id")
	order, err := h.store.OrderBySession(ctx, sessionID)
	if errors.Is(err, models.ErrNotFound) || sessionID == "" {
		return h.someoneElse(c)
	}
	if err != nil {
		return err
	}
	mine := false
	for _, token := range []string{h.carts.token(c), h.aloneToken(c)} {
		made, err := h.store.CartMadeOrder(ctx, token, order)
		if err != nil {
			return err
		}
		mine = mine || made
	}
	if !mine {
		return h.someoneElse(c)
	}
	if order.Open() {
		if order, err = h.askStripe(ctx, sessionID, order); err != nil {
			return err
		}
	}
	page, err := orderPage(c, h.store, h.frames, order)
	if err != nil {
		return err
	}
	page.Thanks = true
	page.Waiting = order.Status == models.OrderPending
	page.CheckURL = "/checkout/success?session_id=" + sessionID
	return render(c, http.StatusOK, views.Order(page))
}

// successPatience is how long the success page waits for Stripe.
const successPatience = 5 * time.Second

func (h checkout) askStripe(ctx context.Context, sessionID string, order models.Order) (models.Order, error) {
	asking, cancel := context.WithTimeout(ctx, successPatience)
	defer cancel()
	session, err := h.payments.Session(asking, sessionID)
	if err != nil {
		h.log.WarnContext(ctx, "stripe did not say how a session stands", "order", order.Number, "error", err)
		return order, nil // the page says that we are waiting
	}
	if _, err := h.store.ApplySession(ctx, session); err != nil {
		return order, err
	}
	return h.store.OrderByID(ctx, order.ID)
}

// someoneElse answers a browser that did not make the order: no word about it.
func (h checkout) someoneElse(c echo.Context) error {
	frame, err := h.frames.page(c, "Thank you", "")
	if err != nil {
		return err
	}
	frame.NoIndex = true
	return render(c, http.StatusOK, views.Success(views.SuccessPage{Frame: frame}))
}

// cancel leads back to where the shopper left for the payment page.
func (h checkout) cancel(c echo.Context) error {
	if alone := h.aloneToken(c); alone != "" {
		slug, err := h.store.BoughtAlone(c.Request().Context(), alone, h.carts.token(c))
		if err == nil {
			return c.Redirect(http.StatusSeeOther, productURL(slug, "cancelled"))
		}
		if !errors.Is(err, models.ErrNotFound) {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, "/cart?notice=cancelled")
}
