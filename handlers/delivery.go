package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
)

// deliver keeps with the cart where it goes, and how.
func (h carts) deliver(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	token := h.token(c)
	method, ok := whole(form.Get("method"))
	switch {
	case form.Get("method") == "": // the cheapest
	case !ok:
		err = &models.InvalidError{Field: "method", Message: "Choose one of the ways of delivery."}
	}
	if err == nil {
		err = h.store.SetCartDelivery(c.Request().Context(), token, form.Get("country"), method)
	}
	fault, bad := invalid(err)
	switch {
	case err == nil:
		h.setCookie(c, token)
		return c.Redirect(http.StatusSeeOther, "/cart?notice=delivery")
	case errors.Is(err, models.ErrNotFound):
		return h.show422(c, views.FieldError{Field: "cart", Message: "Your cart is empty. Put something into it first, then choose the delivery."})
	case !bad:
		return err
	}
	page, err := h.page(c)
	if err != nil {
		return err
	}
	page.Errors = []views.FieldError{fault}
	for _, places := range [][]views.Choice{page.Delivery.Places, page.Delivery.Elsewhere} {
		for i := range places {
			places[i].Selected = places[i].Value == form.Get("country")
		}
	}
	return h.draw(c, http.StatusUnprocessableEntity, page)
}

// cartDelivery is how a cart is delivered and taxed.
func (h carts) cartDelivery(ctx context.Context, sum models.Sum, shop models.Shop) (views.CartDelivery, error) {
	money := func(amount int64) models.Money { return models.Money{Amount: amount, Currency: shop.Currency} }
	d := sum.Delivery
	shown := views.CartDelivery{
		Cost: money(sum.Shipping), Usual: money(d.Price), Name: d.Method.Name, Days: models.DeliveryDays(d.Method.MinDays, d.Method.MaxDays), Country: models.CountryName(d.Country),
		Tax: money(sum.Tax.Amount), TaxName: sum.Tax.Name, TaxInside: sum.Tax.Included, TaxLater: sum.Tax.Mode == models.TaxStripe,
	}
	if sum.Offer.OffDelivery > 0 {
		shown.Freed = sum.Offer.Discount.Label()
	}
	if fault, bad := invalid(d.Fault); bad {
		shown.Problem = fault.Message
	}
	for _, option := range d.Options {
		choice := views.DeliveryChoice{Price: money(option.Price), Usual: money(option.Price), Hint: models.DeliveryDays(option.Method.MinDays, option.Method.MaxDays)}
		choice.Value, choice.Label = strconv.FormatInt(option.Method.ID, 10), option.Method.Name
		choice.Selected = option.Method.ID == d.Method.ID
		if sum.Offer.FreesDelivery(option.Price, choice.Selected) {
			choice.Price.Amount = 0
		}
		if option.Method.Pickup() {
			choice.Hint = option.Method.Address
		}
		shown.Methods = append(shown.Methods, choice)
	}
	if d.Country == "" { // the payment page asks
		return shown, nil
	}
	delivered, err := h.store.DeliveredCountries(ctx)
	if err != nil {
		return shown, err
	}
	for _, country := range models.Countries() {
		place := views.Choice{Value: country.Code, Label: country.Name, Selected: country.Code == d.Country}
		if delivered[country.Code] {
			shown.Places = append(shown.Places, place)
		} else {
			shown.Elsewhere = append(shown.Elsewhere, place)
		}
	}
	if !d.Zoned && !slices.ContainsFunc(shown.Places, func(p views.Choice) bool { return p.Selected }) {
		shown.Places = append(shown.Places, views.Choice{Value: d.Country, Label: models.CountryName(d.Country), Selected: true})
	}
	return shown, nil
}

// deliveryPromise says in a few words what delivery costs at home.
func (f *frames) deliveryPromise(ctx context.Context, currency string) (string, error) {
	promise, err := f.store.DeliveryPromise(ctx)
	if err != nil {
		return "", err
	}
	money := func(amount int64) string { return models.Money{Amount: amount, Currency: currency}.String() }
	switch {
	case !promise.Zoned:
		return "Free delivery, included in the price", nil
	case promise.Country == "":
		return "Your cart shows what delivery costs", nil
	case promise.From == 0:
		return "Free delivery (" + models.CountryName(promise.Country) + ")", nil
	case promise.FreeFrom > 0:
		return "Delivery from " + money(promise.From) + ", free from " + money(promise.FreeFrom), nil
	}
	return "Delivery from " + money(promise.From), nil
}
