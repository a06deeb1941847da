package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
)

// orders shows shoppers their orders.
type orders struct {
	store  *models.Store
	frames *frames
}

func (h orders) show(c echo.Context) error {
	order, err := h.store.OrderByToken(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	page, err := orderPage(c, h.store, h.frames, order)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, views.Order(page))
}

func orderPage(c echo.Context, store *models.Store, frames *frames, order models.Order) (views.OrderPage, error) {
	frame, err := frames.page(c, "Order "+order.Number, "")
	if err != nil {
		return views.OrderPage{}, err
	}
	frame.NoIndex = true
	c.Response().Header().Set("Referrer-Policy", "no-referrer") // the address is a key
	history, err := store.OrderHistory(c.Request().Context(), order.ID)
	if err != nil {
		return views.OrderPage{}, err
	}
	page := views.OrderPage{Frame: frame, Order: order, CheckURL: "/orders/" + order.Token}
	page.Waiting = order.Status == models.OrderPending
	for _, event := range history.Events {
		if title, ok := shopperTitles[event.Kind]; ok {
			page.Timeline = append(page.Timeline, views.TimelineEntry{At: event.CreatedAt, Kind: event.Kind, Title: title})
		}
	}
	for _, email := range history.Emails {
		if email.SentAt != nil && email.Kind == models.EmailReceipt {
			page.Timeline = append(page.Timeline, views.TimelineEntry{
				At: *email.SentAt, Kind: "receipt_sent", Title: "Receipt sent", Detail: "To " + email.Recipient,
			})
		}
	}
	return page, nil
}

// shopperTitles are the parts of an order's history that concern its shopper.
var shopperTitles = map[string]string{
	"placed":           "Order placed",
	"awaiting_payment": "Payment is being processed",
	"paid":             "Payment received",
	"payment_failed":   "The payment did not arrive",
	"expired":          "The payment page was closed without a payment",
	"review":           "We are checking the payment",
	"refunded":         "Money sent back to you",
	"canceled":         "Order closed",
}

func (h orders) lookupForm(c echo.Context) error {
	return h.lookupPage(c, http.StatusOK, views.LookupPage{})
}

func (h orders) lookupPage(c echo.Context, status int, page views.LookupPage) error {
	frame, err := h.frames.page(c, "Find your order", "/orders/lookup")
	if err != nil {
		return err
	}
	frame.Description = "Look up an order by its number and your mail address."
	frame.Canonical = h.frames.canonical("/orders/lookup")
	page.Frame = frame
	return render(c, status, views.Lookup(page))
}

func (h orders) lookup(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	page := views.LookupPage{Number: form.Get("number"), Email: form.Get("email")}
	if strings.TrimSpace(page.Number) == "" {
		page.Errors = append(page.Errors, views.FieldError{Field: "number", Message: "Enter the order's number. It is in the subject of your receipt."})
	}
	if !strings.Contains(page.Email, "@") {
		page.Errors = append(page.Errors, views.FieldError{Field: "email", Message: "Enter the mail address you used, like name@example.com."})
	}
	if len(page.Errors) > 0 {
		return h.lookupPage(c, http.StatusUnprocessableEntity, page)
	}
	order, err := h.store.OrderByNumberAndEmail(c.Request().Context(), page.Number, page.Email)
	if errors.Is(err, models.ErrNotFound) {
		page.Errors = []views.FieldError{{Field: "number", Message: "We have no order with this number and mail address. Please check both."}}
		return h.lookupPage(c, http.StatusNotFound, page)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/orders/"+order.Token)
}
