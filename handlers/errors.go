package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
)

// errorHandler turns every error a handler returns into an answer. It is the
// one place where an error gets its status and the one where it is logged.
type errorHandler struct {
	frames *frames
	log    *slog.Logger
}

// statusOf is the status an error is answered with.
func statusOf(err error) int {
	var httpError *echo.HTTPError
	switch {
	case errors.As(err, &httpError):
		return httpError.Code
	case errors.Is(err, models.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, errRole):
		return http.StatusForbidden
	case errors.Is(err, context.Canceled):
		return 499 // the client went away; nobody reads it
	case errors.Is(err, models.ErrStorage):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func (h errorHandler) handle(err error, c echo.Context) {
	status := statusOf(err)
	if status >= 500 {
		h.log.ErrorContext(c.Request().Context(), "request failed",
			"method", c.Request().Method, "route", c.Path(), "status", status, "error", err)
	}
	if c.Response().Committed {
		return
	}
	if c.Path() == WebhookPath {
		_ = c.NoContent(status) // Stripe reads the status alone
		return
	}
	page := errorPage(status)
	if errors.Is(err, errRole) {
		page.Heading, page.Text = "That is not part of your role", "Please ask an owner of the shop to do it, or to give you another role."
	}
	frame, frameErr := h.frames.page(c, page.Heading, "")
	if frameErr != nil {
		frame = h.frames.lastKnown(page.Heading) // without a database there is still a page
	}
	frame.NoIndex = true
	page.Frame = frame
	if err := render(c, status, views.Error(page)); err != nil {
		h.log.ErrorContext(c.Request().Context(), "draw error page", "error", err)
	}
}

func errorPage(status int) views.ErrorPage {
	page := views.ErrorPage{Status: status}
	switch status {
	case http.StatusNotFound:
		page.Heading, page.Text, page.Search = "We could not find that page", "It may have moved, or the address has a typing error. Try a search, or start at the front page.", true
	case http.StatusMethodNotAllowed:
		page.Heading, page.Text = "That does not work here", "This address does not take that kind of request."
	case http.StatusForbidden:
		page.Heading, page.Text = "That request was refused", "It came from another website. Please go back to the shop and try again there."
	case http.StatusTooManyRequests:
		page.Heading, page.Text = "A little too fast", "You have tried this many times in a short while. Please wait a minute and try again."
	case http.StatusRequestEntityTooLarge:
		page.Heading, page.Text = "That is too much at once", "The request is larger than the shop accepts."
	case http.StatusBadRequest:
		page.Heading, page.Text = "We could not read that request", "Please go back and try again."
	default:
		page.Heading, page.Text = "Something went wrong on our side", "Your cart is safe. Please try again in a moment."
	}
	return page
}

// invalid returns the fault in one field, if that is what err is.
func invalid(err error) (views.FieldError, bool) {
	var fault *models.InvalidError
	if errors.As(err, &fault) {
		return views.FieldError{Field: fault.Field, Message: fault.Message}, true
	}
	return views.FieldError{}, false
}

// uploadFaults returns the faults of a form with a file and the status of its
// page, if they are what err is. That the file could not be kept is a fault of
// its field, too, so that nothing that was typed is lost.
func (a adminPages) uploadFaults(c echo.Context, field string, err error) (faults []views.FieldError, status int) {
	if faults, bad := faultsIn(err); bad {
		return faults, http.StatusUnprocessableEntity
	}
	if !errors.Is(err, models.ErrStorage) {
		return nil, 0
	}
	a.log.ErrorContext(c.Request().Context(), "upload not kept", "route", c.Path(), "error", err)
	const says = "The shop could not keep that file, because its storage of files does not answer. Everything else is as it was: choose the file again in a minute."
	return []views.FieldError{{Field: field, Message: says}}, http.StatusServiceUnavailable
}

// faultsIn returns the faults of a form, if that is what err is.
func faultsIn(err error) ([]views.FieldError, bool) {
	var faults models.InvalidErrors
	if !errors.As(err, &faults) {
		fault, bad := invalid(err)
		return []views.FieldError{fault}, bad
	}
	shown := make([]views.FieldError, len(faults))
	for i, fault := range faults {
		shown[i] = views.FieldError{Field: fault.Field, Message: fault.Message}
	}
	return shown, true
}
