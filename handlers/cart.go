package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
)

// cartLife is how long a cart is kept after it was last touched.
const cartLife = 30 * 24 * time.Hour

// carts is the shopper's cart, a record on the server that a cookie names.
type carts struct {
	store  *models.Store
	frames *frames
}

// token is the token of the shopper's cart, or empty.
func (h carts) token(c echo.Context) string { return h.frames.cookies.read(c.Request(), cartCookie) }

func (h carts) setCookie(c echo.Context, token string) {
	h.frames.cookies.write(c.Response(), cartCookie, token, int(cartLife.Seconds()))
}

// whole reads a whole number as a person types it.
func whole(typed string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(typed), 10, 64)
	return n, err == nil
}

func notANumber(field string) error {
	return &models.InvalidError{Field: field, Message: fmt.Sprintf("Enter a quantity as a whole number from 1 to %d.", models.MaxQuantity)}
}

func (h carts) add(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	variantID, quantity, err := wanted(form)
	if err != nil {
		return h.refuseAdd(c, form, variantID, err)
	}
	token := h.token(c)
	if token == "" {
		token = models.NewToken()
	}
	err = h.store.AddToCart(c.Request().Context(), token, variantID, quantity)
	if _, bad := invalid(err); bad {
		return h.refuseAdd(c, form, variantID, err)
	}
	if errors.Is(err, models.ErrNotFound) {
		return h.showGone(c)
	}
	if err != nil {
		return err
	}
	if form.Get("email") != "" { // typed to buy it now; the cart asks for a better one
		if err := h.store.SetCartEmail(c.Request().Context(), token, form.Get("email")); err != nil {
			if _, bad := invalid(err); !bad {
				return err
			}
		}
	}
	h.setCookie(c, token)
	return c.Redirect(http.StatusSeeOther, "/cart?notice=added")
}

// wanted reads which variant a product's form asks for, and how many. The
// error is an InvalidError; the variant is 0 where none was chosen.
func wanted(form url.Values) (variantID, quantity int64, err error) {
	variantID, ok := whole(form.Get("variant_id"))
	if !ok {
		return 0, 0, &models.InvalidError{Field: "variant_id", Message: "Choose which one you would like."}
	}
	quantity = 1
	if form.Has("quantity") {
		quantity, ok = whole(form.Get("quantity"))
	}
	if !ok {
		return variantID, 0, notANumber("quantity")
	}
	return variantID, quantity, nil
}

// refuseAdd shows the product again with the fault beside its field and what
// was typed still there.
func (h carts) refuseAdd(c echo.Context, form url.Values, variantID int64, fault error) error {
	field, _ := invalid(fault)
	return h.productAgain(c, form, variantID, field, views.CartEmail{Asked: form.Has("email")})
}

// productAgain shows the product with a fault and, where it is asked for, the
// field for the shopper's address.
func (h carts) productAgain(c echo.Context, form url.Values, variantID int64, field views.FieldError, email views.CartEmail) error {
	ctx := c.Request().Context()
	slug, err := h.store.ProductSlugOfVariant(ctx, variantID)
	if errors.Is(err, models.ErrNotFound) && variantID == 0 {
		return h.show422(c, views.FieldError{Field: "cart", Message: field.Message})
	}
	if err != nil {
		return err
	}
	page, err := productPage(ctx, c, h.store, h.frames, slug)
	if err != nil {
		return err
	}
	page.Errors = []views.FieldError{field}
	page.Quantity = form.Get("quantity")
	if page.Email = email; form.Has("email") {
		page.Email.Value = form.Get("email")
	}
	for i := range page.Variants {
		page.Variants[i].Checked = page.Variants[i].ID == variantID
	}
	page.Frame.NoIndex = true
	return render(c, http.StatusUnprocessableEntity, views.Product(page))
}

func (h carts) set(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	variantID, ok := whole(c.Param("variant_id"))
	if !ok {
		return models.ErrNotFound
	}
	token := h.token(c)
	if token == "" {
		return c.Redirect(http.StatusSeeOther, "/cart")
	}
	ctx := c.Request().Context()
	field := fmt.Sprintf("quantity-%d", variantID)
	quantity, ok := whole(form.Get("quantity"))
	if ok {
		_, lines, loadErr := h.store.CartByToken(ctx, token)
		if loadErr != nil && !errors.Is(loadErr, models.ErrNotFound) {
			return loadErr
		}
		if err = h.store.SetCartQuantity(ctx, token, variantID, quantity); err == nil {
			h.setCookie(c, token)
			return c.Redirect(http.StatusSeeOther, "/cart?"+changeNotice(lines, variantID, quantity))
		}
	} else {
		err = notANumber(field)
	}
	fault, bad := invalid(err)
	if !bad {
		return err
	}
	return h.showTyped(c, fault, variantID, form.Get("quantity"))
}

// discount keeps a code with the cart, or takes it off.
func (h carts) discount(c echo.Context) error {
	form, err := postForm(c)
	if err != nil {
		return err
	}
	ctx, token := c.Request().Context(), h.token(c)
	if form.Get("remove") != "" {
		if err := h.store.RemoveCartDiscount(ctx, token); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, "/cart?notice=no-code")
	}
	err = h.store.SetCartDiscount(ctx, token, form.Get("code"))
	fault, bad := invalid(err)
	switch {
	case err == nil:
		h.setCookie(c, token)
		return c.Redirect(http.StatusSeeOther, "/cart?notice=discount")
	case errors.Is(err, models.ErrNotFound):
		return h.show422(c, views.FieldError{Field: "cart", Message: "Your cart is empty. Put something into it first, then type the code."})
	case !bad:
		return err
	}
	page, err := h.page(c)
	if err != nil {
		return err
	}
	page.Errors = []views.FieldError{fault}
	page.Discount.Typed = form.Get("code")
	return h.draw(c, http.StatusUnprocessableEntity, page)
}

// changeNotice tells the cart page what has just changed, so that it can offer
// to undo a removal.
func changeNotice(before []models.CartLine, variantID, quantity int64) string {
	if quantity > 0 {
		return "notice=updated"
	}
	for _, line := range before {
		if line.VariantID == variantID {
			return fmt.Sprintf("notice=removed&variant=%d&quantity=%d", variantID, line.Quantity)
		}
	}
	return "notice=updated"
}

func (h carts) show(c echo.Context) error {
	page, err := h.page(c)
	if err != nil {
		return err
	}
	page.Frame.Notice = cartNotice(c)
	return h.draw(c, http.StatusOK, page)
}

func (h carts) show422(c echo.Context, faults ...views.FieldError) error {
	page, err := h.page(c)
	if err != nil {
		return err
	}
	page.Errors = append(page.Errors, faults...)
	return h.draw(c, http.StatusUnprocessableEntity, page)
}

// showGone shows the cart to whoever wanted something that went from the shop
// while its page was open.
func (h carts) showGone(c echo.Context) error {
	page, err := h.page(c)
	if err != nil {
		return err
	}
	page.Errors = []views.FieldError{{Field: "cart", Message: "We do not sell this article any more. Your cart is as it was."}}
	return h.draw(c, http.StatusNotFound, page)
}

func (h carts) showTyped(c echo.Context, fault views.FieldError, variantID int64, typed string) error {
	page, err := h.page(c)
	if err != nil {
		return err
	}
	page.Errors = []views.FieldError{fault}
	for i := range page.Lines {
		if page.Lines[i].VariantID == variantID {
			page.Lines[i].Quantity = typed
		}
	}
	return h.draw(c, http.StatusUnprocessableEntity, page)
}

// notices are what a redirect may say. The address names one; it never brings
// text of its own.
var notices = map[string]views.Notice{
	"added":       {Kind: views.NoticeSuccess, Text: "Added to your cart."},
	"updated":     {Kind: views.NoticeSuccess, Text: "Your cart is up to date."},
	"removed":     {Kind: views.NoticeInfo, Text: "Removed from your cart."},
	"cancelled":   {Kind: views.NoticeInfo, Text: "You have not paid, and nothing was charged. Your cart is as you left it."},
	"stripe":      {Kind: views.NoticeError, Text: "Our payment partner does not answer at the moment. Nothing was charged and your cart is safe. Please try again in a minute."},
	"empty":       {Kind: views.NoticeInfo, Text: "Your cart is empty, so there is nothing to pay."},
	"cart-paid":   {Kind: views.NoticeInfo, Text: "This cart has already been paid. You will find the order in your mail."},
	"delivery":    {Kind: views.NoticeSuccess, Text: "Your cart shows what this delivery costs."},
	"discount":    {Kind: views.NoticeSuccess, Text: "The code is with your cart."},
	"no-code":     {Kind: views.NoticeInfo, Text: "The code is off your cart."},
	"too-small":   {Kind: views.NoticeError, Text: "What is left to pay is too little for our payment partner to take. Please add something to your cart."},
	"accepted":    {Kind: views.NoticeSuccess, Text: "Your cart is up to date. Please have a look before you pay."},
	"note":        {Kind: views.NoticeSuccess, Text: "Your note is with your cart."},
	"no-note":     {Kind: views.NoticeInfo, Text: "There is no note with your cart."},
	"no-share":    {Kind: views.NoticeInfo, Text: "Your cart is empty, so there is nothing to share yet."},
	"filled":      {Kind: views.NoticeSuccess, Text: "The shared articles are in your cart."},
	"part-filled": {Kind: views.NoticeInfo, Text: "We put in what we have of the shared articles."},
	"cart-again":  {Kind: views.NoticeInfo, Text: "Your cart changed while the payment page was open. Please check it and try again."},
}

func cartNotice(c echo.Context) *views.Notice {
	notice, ok := notices[c.QueryParam("notice")]
	if !ok {
		return nil
	}
	if variant, isID := whole(c.QueryParam("variant")); isID && c.QueryParam("notice") == "removed" {
		if quantity, isNumber := whole(c.QueryParam("quantity")); isNumber && quantity > 0 && quantity <= models.MaxQuantity {
			notice.Undo = &views.Undo{Action: fmt.Sprintf("/cart/items/%d", variant), Label: "Undo", Quantity: quantity}
		}
	}
	return &notice
}

// page builds the cart page of the shopper's cart as it is now.
func (h carts) page(c echo.Context) (views.CartPage, error) {
	ctx := c.Request().Context()
	frame, err := h.frames.page(c, "Your cart", "/cart")
	if err != nil {
		return views.CartPage{}, err
	}
	snap, err := h.frames.snapshot(ctx)
	if err != nil {
		return views.CartPage{}, err
	}
	frame.NoIndex, frame.Description = true, "What is in your cart, and what it comes to."
	currency := snap.shop.Currency
	page := views.CartPage{Frame: frame, Subtotal: models.Money{Currency: currency}, Total: models.Money{Currency: currency}}
	if token := h.token(c); token != "" {
		cart, lines, err := h.store.CartByToken(ctx, token)
		if err != nil && !errors.Is(err, models.ErrNotFound) {
			return page, err
		}
		page.Note, page.Losses, page.Lost = cart.Note, losses(cart.Losses), lossIDs(cart.Losses)
		for _, line := range lines {
			shown := cartLine(line, currency)
			page.Changed = page.Changed || shown.Problem != ""
			page.Lines = append(page.Lines, shown)
			page.Count += line.Quantity
			if shown.SoldOut {
				page.SoldOut += line.Quantity
			} else {
				page.Subtotal.Amount += shown.Total.Amount
			}
			problem, unsellable := line.Unsellable()
			page.CannotSell = page.CannotSell || (unsellable && problem.Available < problem.Wanted)
		}
		sum, err := h.store.CartSum(ctx, cart, lines)
		if err != nil {
			return page, err
		}
		page.Discount = cartDiscount(sum.Offer, currency)
		page.Email = cartEmail(cart, sum.Offer)
		if page.Delivery, err = h.cartDelivery(ctx, sum, snap.shop); err != nil {
			return page, err
		}
		page.CannotSell = page.CannotSell || page.Discount.Problem != "" || page.Delivery.Problem != ""
		page.Total.Amount = sum.Total
	}
	if len(page.Lines) == 0 {
		products, err := h.store.Highlights(ctx, models.SortFeatured, 4)
		if err != nil {
			return page, err
		}
		page.Suggestions = storefront{store: h.store, frames: h.frames}.cards(products, snap)
	}
	return page, nil
}

func cartDiscount(offer models.Offer, currency string) views.CartDiscount {
	shown := views.CartDiscount{Code: offer.Code, Beaten: offer.Beaten, Saving: models.Money{Amount: offer.Saving, Currency: currency}}
	if offer.Discount != nil {
		shown.Label = offer.Discount.Label()
	}
	if fault, bad := invalid(offer.Fault); bad {
		shown.Problem = fault.Message
	}
	return shown
}

// cartEmail asks for the shopper's address where a discount is counted by it.
func cartEmail(cart models.Cart, offer models.Offer) views.CartEmail {
	asked := views.CartEmail{Value: cart.Email}
	if offer.Limited() {
		asked.Asked, asked.Discount = true, offer.Discount.Called()
	}
	if cart.Email != "" { // which the shopper may have mistyped
		asked.Spent = offer.Spent
		asked.Asked = asked.Asked || offer.Spent != "" || offer.CodeSpent
	}
	return asked
}

func cartLine(line models.CartLine, currency string) views.CartLine {
	price := models.Money{Amount: line.Variant.Price, Currency: currency}
	shown := views.CartLine{
		VariantID: line.VariantID, ProductSlug: line.Product.Slug, Name: line.Product.Name,
		VariantTitle: line.Variant.Title(), Picture: viewPicture(line.Picture),
		UnitPrice: price, SeenPrice: models.Money{Amount: line.SeenPrice, Currency: currency},
		Total: price.Times(line.Quantity), Quantity: strconv.FormatInt(line.Quantity, 10),
		Available: max(line.Variant.Available()+line.Held, 0), SoldOut: line.SoldOut(),
	}
	if line.Quantity > line.Variant.Available() {
		shown.Waiting = line.Variant.Waiting()
	}
	problem, unsellable := line.Unsellable()
	switch {
	case !unsellable:
	case line.Product.Status != models.ProductActive:
		shown.Gone, shown.Problem = true, "This is no longer for sale. Please remove it to go on."
	case problem.Available <= 0:
		shown.Problem = "Sold out since you added it. Please remove it to go on."
	case problem.Available < problem.Wanted && shown.SeenPrice != shown.UnitPrice:
		shown.Problem = fmt.Sprintf("Only %d left. Please choose %d or fewer. %s", problem.Available, problem.Available, priceChange(shown))
	case problem.Available < problem.Wanted:
		shown.Problem = fmt.Sprintf("Only %d left. Please choose %d or fewer.", problem.Available, problem.Available)
	default:
		shown.Problem = priceChange(shown)
	}
	return shown
}

func priceChange(line views.CartLine) string {
	return fmt.Sprintf("The price has changed from %s to %s since you added it.", line.SeenPrice, line.UnitPrice)
}

// postForm reads the fields of a form's body alone: what the address says is
// not part of it.
func postForm(c echo.Context) (url.Values, error) { return postFormUpTo(c, 64<<10) }

func postFormUpTo(c echo.Context, size int64) (url.Values, error) {
	request := c.Request()
	request.Body = http.MaxBytesReader(c.Response(), request.Body, size)
	if err := request.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, echo.NewHTTPError(http.StatusRequestEntityTooLarge).SetInternal(err)
		}
		return nil, echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	if !textForm(request.PostForm) {
		return nil, echo.NewHTTPError(http.StatusBadRequest)
	}
	return request.PostForm, nil
}
