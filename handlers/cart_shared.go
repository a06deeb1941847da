package handlers

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views"
)

// sharedLife is how long the link to a shared cart works.
const sharedLife = 30 * 24 * time.Hour

// sharedMark sets the mark of a shared cart apart from those of cookies.
const sharedMark = "shared cart"

// sharedMarkSize is how many bytes of the mark a link carries: 128 bits.
const sharedMarkSize = 16

// seal writes what a shared cart holds, and until when it can be opened, into a
// text that only this shop can make.
func (k cookies) seal(until time.Time, lines []models.CartLine) string {
	content := binary.AppendVarint(nil, until.Unix())
	for _, line := range lines {
		content = binary.AppendVarint(content, line.VariantID)
		content = binary.AppendVarint(content, line.Quantity)
	}
	text := base64.RawURLEncoding.EncodeToString(content)
	return text + "." + base64.RawURLEncoding.EncodeToString(mark(k.keys[0], sharedMark, text)[:sharedMarkSize])
}

// unseal reads what seal wrote. Anything else is models.ErrNotFound.
func (k cookies) unseal(sealed string) (until time.Time, items []models.CartItem, err error) {
	text, signature, _ := strings.Cut(sealed, ".")
	given, err := base64.RawURLEncoding.DecodeString(signature)
	known := false
	for _, key := range k.keys {
		known = known || hmac.Equal(given, mark(key, sharedMark, text)[:sharedMarkSize])
	}
	content, textErr := base64.RawURLEncoding.DecodeString(text)
	if !known || err != nil || textErr != nil || len(content) == 0 {
		return until, nil, fmt.Errorf("open a shared cart: %w", models.ErrNotFound)
	}
	var numbers []int64
	for len(content) > 0 {
		number, size := binary.Varint(content)
		if size <= 0 {
			return until, nil, fmt.Errorf("read a shared cart: %w", models.ErrNotFound)
		}
		numbers, content = append(numbers, number), content[size:]
	}
	for i := 1; i+1 < len(numbers); i += 2 {
		items = append(items, models.CartItem{VariantID: numbers[i], Quantity: numbers[i+1]})
	}
	return time.Unix(numbers[0], 0).UTC(), items, nil
}

// share makes a link to what the cart holds now. Nothing of the shopper is in
// it.
func (h carts) share(c echo.Context) error {
	_, lines, err := h.store.CartByToken(c.Request().Context(), h.token(c))
	if len(lines) == 0 && (err == nil || errors.Is(err, models.ErrNotFound)) {
		return c.Redirect(http.StatusSeeOther, "/cart?notice=no-share")
	}
	if err != nil {
		return err
	}
	sealed := h.frames.cookies.seal(h.frames.config.Now().Add(sharedLife), lines)
	return c.Redirect(http.StatusSeeOther, "/shared-carts/"+sealed+"?new=1")
}

func (h carts) shared(c echo.Context) error {
	page, _, err := h.sharedPage(c)
	if err != nil {
		return err
	}
	if page.Expired {
		return render(c, http.StatusGone, views.SharedCart(page))
	}
	return render(c, http.StatusOK, views.SharedCart(page))
}

// takeShared puts what is left of a shared cart into the shopper's own.
func (h carts) takeShared(c echo.Context) error {
	page, items, err := h.sharedPage(c)
	if err != nil {
		return err
	}
	if page.Expired {
		return render(c, http.StatusGone, views.SharedCart(page))
	}
	token := h.token(c)
	if token == "" {
		token = models.NewToken()
	}
	pieces, err := h.store.AddAllToCart(c.Request().Context(), token, items)
	if err != nil {
		return err
	}
	h.setCookie(c, token)
	for _, item := range items {
		pieces -= item.Quantity
	}
	if pieces < 0 {
		return c.Redirect(http.StatusSeeOther, "/cart?notice=part-filled")
	}
	return c.Redirect(http.StatusSeeOther, "/cart?notice=filled")
}

func (h carts) sharedPage(c echo.Context) (views.SharedCartPage, []models.CartItem, error) {
	ctx, path := c.Request().Context(), "/shared-carts/"+c.Param("token")
	until, items, err := h.frames.cookies.unseal(c.Param("token"))
	if err != nil {
		return views.SharedCartPage{}, nil, err
	}
	page := views.SharedCartPage{Path: path, Until: until, Expired: !h.frames.config.Now().Before(until)}
	if page.Frame, err = h.frames.page(c, "A shared cart", ""); err != nil {
		return page, nil, err
	}
	page.Frame.NoIndex = true
	if page.Expired {
		return page, nil, nil
	}
	if c.QueryParam("new") == "1" {
		page.URL = h.frames.canonical(path)
	}
	snap, err := h.frames.snapshot(ctx)
	if err != nil {
		return page, nil, err
	}
	lines, err := h.store.LinesOf(ctx, items)
	if err != nil {
		return page, nil, err
	}
	page.Total.Currency = snap.shop.Currency
	for _, line := range lines {
		if line.Product.ID == 0 || line.Product.Status == models.ProductDraft {
			page.Gone++
			continue
		}
		shown := sharedLine(line, snap.shop.Currency)
		page.CanTake = page.CanTake || shown.Available > 0
		page.Lines = append(page.Lines, shown)
		if !shown.SoldOut {
			page.Count += line.Quantity
			page.Total.Amount += shown.Total.Amount
		}
	}
	return page, items, nil
}

// sharedLine is a line of a cart that nobody has put anything into yet.
func sharedLine(line models.CartLine, currency string) views.CartLine {
	line.SeenPrice = line.Variant.Price
	shown := cartLine(line, currency)
	shown.Available = line.Variant.Buyable() // beyond what is on hand, where it is sold so
	switch {
	case shown.Gone:
		shown.Available, shown.Problem = 0, "This is no longer sold."
	case shown.Available <= 0:
		shown.Problem = "Sold out."
	case shown.Available < line.Quantity:
		shown.Problem = fmt.Sprintf("Only %d left.", shown.Available)
	}
	return shown
}
