package handlers

import (
	"errors"
	"fmt"
	"net/http"

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

// accept makes the cart one that can be sold.
func (h carts) accept(c echo.Context) error {
	if err := h.store.AcceptCartChanges(c.Request().Context(), h.token(c)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/cart?notice=accepted")
}

// note keeps a note with the cart.
func (h carts) note(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	typed, token := form.Get("note"), h.token(c)
	err = h.store.SetCartNote(c.Request().Context(), token, typed)
	if fault, bad := invalid(err); bad {
		return h.showNote(c, fault, typed)
	}
	if errors.Is(err, models.ErrNotFound) {
		return c.Redirect(http.StatusSeeOther, "/cart?notice=no-note")
	}
	if err != nil {
		return err
	}
	h.setCookie(c, token)
	if typed == "" {
		return c.Redirect(http.StatusSeeOther, "/cart?notice=no-note")
	}
	return c.Redirect(http.StatusSeeOther, "/cart?notice=note")
}

// showNote shows the cart with what is wrong with a note, which stays as it was
// typed.
func (h carts) showNote(c echo.Context, fault views.FieldError, typed string) error {
	page, err := h.page(c)
	if err != nil {
		return err
	}
	page.Errors, page.Note = []views.FieldError{fault}, typed
	return h.draw(c, http.StatusUnprocessableEntity, page)
}
