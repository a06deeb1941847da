package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// refundNote is how long a note may be, in bytes.
const refundNote = 500

// refundForm shows what can be paid back of a payment.
func (a adminPages) refundForm(c echo.Context) error {
	page, err := a.refundPage(c, c.QueryParam("payment"))
	if err != nil {
		return err
	}
	if page.Payment.Role == models.PaymentInReview || page.Payment.Role == models.PaymentDuplicate {
		page.Amount = page.Payment.Price(page.Left).Decimal() // the whole of it, as a rule
	}
	return a.show(c, admin.Refund(page))
}

// refund checks what was typed, asks for a confirmation, and then hands the
// refund over. The key of the confirmation makes a second click the same
// refund.
func (a adminPages) refund(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	page, err := a.refundPage(c, form.Get("payment"))
	if err != nil {
		return err
	}
	request, faults := readRefund(&page, form)
	request.Actor = actor(c, staffOf(c))
	ctx := c.Request().Context()
	if len(faults) == 0 && request.Key == "" {
		page.Check.Amount, err = a.store.CheckRefund(ctx, request)
		page.Check.Currency = page.Payment.Currency
	} else if len(faults) == 0 {
		_, err = a.store.Refund(ctx, request)
	}
	if fault, bad := invalid(err); bad {
		faults, err = append(faults, fault), nil
	}
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		page.Errors = faults
		return render(c, http.StatusUnprocessableEntity, admin.Refund(page))
	}
	if request.Key == "" {
		page.Key = models.NewToken()
		return a.show(c, admin.ConfirmRefund(page))
	}
	return c.Redirect(http.StatusSeeOther, "/admin/orders/"+url.PathEscape(page.Order.Number)+"?notice=refund")
}

// refundPage reads the order and the payment that a refund is of.
func (a adminPages) refundPage(c echo.Context, paymentID string) (admin.RefundPage, error) {
	var page admin.RefundPage
	ctx := c.Request().Context()
	order, err := a.store.OrderByNumber(ctx, c.Param("number"))
	if err != nil {
		return page, err
	}
	payments, err := a.store.PaymentsOfOrder(ctx, order.ID)
	if err != nil {
		return page, err
	}
	id, _ := whole(paymentID)
	for _, payment := range payments {
		if payment.ID == id || (id == 0 && payment.Role == models.PaymentOfOrder) {
			page.Payment = payment
		}
	}
	if page.Payment.ID == 0 {
		return page, models.ErrNotFound
	}
	page.Order, page.Left = order, page.Payment.Refundable()
	if page.Payment.Role != models.PaymentDuplicate {
		for _, item := range order.Items {
			page.Lines = append(page.Lines, admin.RefundLine{Item: item, Left: item.Quantity - models.RefundedPieces(payments, item.ID)})
		}
		if !models.DeliveryRefunded(payments) {
			page.DeliveryCost = order.DeliveryPaid()
		}
	}
	page.Frame, err = a.frame(c, "Refund of order "+order.Number, "/admin/orders")
	return page, err
}

// readRefund reads the form into the page, so that nothing typed is lost, and
// into a request.
func readRefund(page *admin.RefundPage, form url.Values) (models.RefundRequest, []views.FieldError) {
	var faults []views.FieldError
	request := models.RefundRequest{
		OrderID: page.Order.ID, PaymentID: page.Payment.ID, Key: form.Get("key"), Reason: form.Get("reason"),
		Note: strings.TrimSpace(form.Get("note")), Delivery: form.Get("delivery") != "",
	}
	page.Delivery = request.Delivery
	page.Reason, page.Note, page.Amount = request.Reason, request.Note, strings.TrimSpace(form.Get("amount"))
	if len(request.Note) > refundNote {
		faults = append(faults, views.FieldError{Field: "note", Message: fmt.Sprintf("Shorten the note to %d characters.", refundNote)})
	}
	if page.Amount != "" {
		amount, err := models.ParseMoney("amount", page.Amount, page.Payment.Currency)
		if fault, bad := invalid(err); bad {
			faults = append(faults, fault)
		}
		if err == nil && amount.Amount == 0 {
			faults = append(faults, views.FieldError{Field: "amount", Message: "Enter more than 0, or leave the amount empty to pay back what the pieces cost."})
		}
		request.Amount = amount.Amount
	}
	for i := range page.Lines {
		line := &page.Lines[i]
		id := strconv.FormatInt(line.Item.ID, 10)
		line.Quantity, line.Restock = strings.TrimSpace(form.Get("line-"+id)), form.Get("restock-"+id) != ""
		if line.Quantity == "" || line.Quantity == "0" {
			continue
		}
		quantity, ok := whole(line.Quantity)
		if !ok {
			faults = append(faults, views.FieldError{Field: "line-" + id, Message: "Enter how many pieces, as a whole number."})
			continue
		}
		request.Lines = append(request.Lines, models.RefundItem{OrderItemID: line.Item.ID, Quantity: quantity, Restocked: line.Restock})
	}
	return request, faults
}

// review accepts or cancels an order whose payment does not fit.
func (a adminPages) review(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	order, err := a.store.OrderByNumber(ctx, c.Param("number"))
	if err != nil {
		return err
	}
	switch form.Get("decision") {
	case "accept":
		err = a.store.AcceptReview(ctx, order.ID, actor(c, staffOf(c)))
	case "cancel":
		err = a.store.CancelReview(ctx, order.ID, actor(c, staffOf(c)))
	default:
		err = &models.InvalidError{Field: "review", Message: "Choose what to do with this order."}
	}
	if errors.Is(err, models.ErrNotInReview) {
		err = &models.InvalidError{Field: "review", Message: "This order was decided already. Below is how it stands now."}
	}
	if fault, bad := invalid(err); bad {
		return a.showOrder(c, http.StatusUnprocessableEntity, order.Number, fault)
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/orders/"+url.PathEscape(order.Number)+"?notice="+form.Get("decision"))
}
