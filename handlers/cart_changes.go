package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
)

// drawerHeader asks for the cart as a part of another page, and marks the
// answer that is one.
const drawerHeader = "Drawer"

// draw answers with the cart: its page, or what the drawer of another page
// shows of it.
func (h carts) draw(c echo.Context, status int, page views.CartPage) error {
	if c.Request().Header.Get(drawerHeader) == "" {
		return render(c, status, views.Cart(page))
	}
	c.Response().Header().Set(drawerHeader, "1")
	return render(c, status, views.CartDrawer(page))
}

// losses says what a cart lost.
func losses(lost []models.CartLoss) []string {
	var sentences []string
	for _, loss := range lost {
		switch {
		case loss.Reason == models.LossRemoved:
			sentences = append(sentences, fmt.Sprintf("%s is no longer sold and was taken out.", loss.Name))
		case loss.Got == 0:
			sentences = append(sentences, fmt.Sprintf("%s could not go into your cart: there are none left.", loss.Name))
		default:
			sentences = append(sentences, fmt.Sprintf("%s: only %d of %d could go into your cart.", loss.Name, loss.Got, loss.Wanted))
		}
	}
	return sentences
}

// lossIDs names losses in a form.
func lossIDs(lost []models.CartLoss) string {
	var ids []string
	for _, loss := range lost {
		ids = append(ids, strconv.FormatInt(loss.ID, 10))
	}
	return strings.Join(ids, " ")
}

// shownLosses are the ids that lossIDs wrote. What is none is left out, and so
// is what is more than a cart can lose in a day.
func shownLosses(written string) []int64 {
	var ids []int64
	for _, word := range strings.Fields(written) {
		if id, ok := whole(word); ok && len(ids) < 1000 {
			ids = append(ids, id)
		}
	}
	return ids
}

// accept makes the cart one that can be sold.
func (h carts) accept(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	if err := h.store.AcceptCartChanges(c.Request().Context(), h.token(c), shownLosses(form.Get("lost"))); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/cart?notice=accepted")
}

// keptSize bounds a form with a note in bytes: whoever types one that is far too
// long gets it back to shorten.
const keptSize = 512 << 10

// note keeps a note with the cart.
func (h carts) note(c echo.Context) error {
	form, err := postFormUpTo(c, keptSize)
	if err != nil {
		return err
	}
	token := h.token(c)
	faults, err := h.keep(c.Request().Context(), token, form)
	switch {
	case errors.Is(err, models.ErrNotFound):
		return c.Redirect(http.StatusSeeOther, "/cart?notice=no-note")
	case err != nil:
		return err
	case len(faults) > 0:
		return h.showKept(c, form, faults...)
	}
	h.setCookie(c, token)
	switch {
	case form.Get("note") != "":
		return c.Redirect(http.StatusSeeOther, "/cart?notice=note")
	case form.Has("email"):
		return c.Redirect(http.StatusSeeOther, "/cart?notice=updated")
	}
	return c.Redirect(http.StatusSeeOther, "/cart?notice=no-note")
}

// keep keeps what is typed beside the button to the payment page with the cart
// and says what is wrong with it. What is right is kept in any case.
func (h carts) keep(ctx context.Context, token string, form url.Values) ([]views.FieldError, error) {
	var faults []views.FieldError
	for _, typed := range []struct {
		field string
		keep  func(ctx context.Context, token, typed string) error
	}{{"email", h.store.SetCartEmail}, {"note", h.store.SetCartNote}} {
		if !form.Has(typed.field) {
			continue
		}
		err := typed.keep(ctx, token, form.Get(typed.field))
		if fault, bad := invalid(err); bad {
			faults = append(faults, fault)
		} else if err != nil {
			return nil, err
		}
	}
	return faults, nil
}

// showKept shows the cart with what is wrong with what is typed beside the
// button to the payment page, which stays as it is.
func (h carts) showKept(c echo.Context, form url.Values, faults ...views.FieldError) error {
	page, err := h.page(c)
	if err != nil {
		return err
	}
	page.Errors = faults
	if form.Has("note") {
		page.Note = form.Get("note")
	}
	page.Email.Asked = page.Email.Asked || slices.ContainsFunc(faults, func(f views.FieldError) bool { return f.Field == "email" })
	if form.Has("email") {
		page.Email.Value = form.Get("email")
	}
	return h.draw(c, http.StatusUnprocessableEntity, page)
}
