package handlers_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// offers is a shop with a pen for $10.00 and discounts.
type offers struct {
	*apptest.App
	t   *testing.T
	pen int64
}

func newOffers(t *testing.T, databaseURL string, o apptest.Options, discounts ...models.Discount) offers {
	t.Helper()
	app := apptest.New(t, databaseURL, o)
	shop := offers{app, t, modelstest.Product(t, app.Store, "pen", 1000, 100)}
	for _, d := range discounts {
		shop.discount(d)
	}
	return shop
}

func (o offers) discount(d models.Discount) models.Discount {
	o.t.Helper()
	d.Enabled = true
	if d.Name == "" {
		d.Name = "Offer"
	}
	made, err := o.Store.CreateDiscount(o.t.Context(), d, models.Actor{Email: "manager@example.com"})
	if err != nil {
		o.t.Fatal(err)
	}
	return made
}

// shopper is a visitor with pens in the cart.
func (o offers) shopper(pens int) *apptest.Browser {
	o.t.Helper()
	b := o.Browser()
	if got := b.Post("/cart/items", "variant_id", fmt.Sprint(o.pen), "quantity", fmt.Sprint(pens)); got.Status != http.StatusSeeOther {
		o.t.Fatalf("add: %d", got.Status)
	}
	return b
}

func (o offers) total(b *apptest.Browser, want int) string {
	o.t.Helper()
	page := b.Get("/cart").Body
	if !strings.Contains(page, fmt.Sprintf(`data-cart-total="%d"`, want)) {
		o.t.Errorf("the cart does not come to %d:\n%s", want, page)
	}
	return page
}

func (o offers) uses(d models.Discount, used, reserved int64) {
	o.t.Helper()
	now, err := o.Store.DiscountByID(o.t.Context(), d.ID)
	if err != nil || now.Used != used || now.Reserved != reserved {
		o.t.Errorf("%d used, %d reserved, %v; want %d, %d", now.Used, now.Reserved, err, used, reserved)
	}
}

func TestACodeFromTheCartToTheReceipt(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		d := shop.discount(models.Discount{Code: "SPRING", Kind: models.DiscountPercent, Percent: 15, MaxUses: 3})
		b := shop.shopper(3)
		if got := b.Post("/cart/discount", "code", " spring "); got.Status != http.StatusSeeOther || got.Location != "/cart?notice=discount" {
			t.Fatalf("apply: %d %s", got.Status, got.Location)
		}
		page := shop.total(b, 2550)
		for _, part := range []string{"SPRING", "−$4.50", `name="remove"`, `name="total" value="2550"`} {
			if !strings.Contains(page, part) {
				t.Errorf("the cart lacks %q", part)
			}
		}
		left := b.Post("/checkout", "total", "2550")
		id := left.Location[strings.LastIndexByte(left.Location, '/')+1:]
		order, err := shop.Store.OrderBySession(t.Context(), id)
		if err != nil {
			t.Fatalf("checkout: %d %s: %v", left.Status, left.Location, err)
		}
		session, err := shop.Payments.Session(t.Context(), id)
		if err != nil || *session.AmountSubtotal != 3000 || *session.AmountTotal != 2550 || order.Discount != 450 {
			t.Errorf("session %+v, order %+v, %v", session, order, err)
		}
		shop.uses(d, 0, 1)
		if again := b.Post("/checkout", "total", "2550"); again.Location != left.Location {
			t.Errorf("again leads to %s", again.Location)
		}
		b.Pay(left.Location)
		shop.uses(d, 1, 0)
		if paid, err := shop.Store.OrderByID(t.Context(), order.ID); err != nil || paid.Status != models.OrderPaid || paid.Total != 2550 {
			t.Errorf("order %+v, %v", paid, err)
		}
		own := b.Get("/orders/" + order.Token).Body
		staff := shop.Staff(models.RoleViewer).Get("/admin/orders/" + order.Number).Body
		var receipt models.Email
		shop.Eventually("the receipt", func() bool {
			history, err := shop.Store.OrderHistory(t.Context(), order.ID)
			if err != nil || len(history.Emails) == 0 || history.Emails[0].Status != models.EmailSent {
				return false
			}
			receipt, err = shop.Store.EmailByID(t.Context(), history.Emails[0].ID)
			return err == nil
		})
		for name, shown := range map[string]string{"order page": own, "admin": staff, "mail": receipt.HTML, "text": receipt.Text} {
			if !strings.Contains(shown, "SPRING") || !strings.Contains(shown, "$4.50") || !strings.Contains(shown, "$25.50") {
				t.Errorf("%s does not show the discount:\n%s", name, shown)
			}
		}
		if page := b.Get("/cart").Body; strings.Contains(page, "SPRING") {
			t.Error("the cart still has the code")
		}
	})
}

func TestNothingLeftToPay(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{}, models.Discount{Code: "GIFT", Kind: models.DiscountPercent, Percent: 100})
		b := shop.shopper(2)
		b.Post("/cart/discount", "code", "gift")
		shop.total(b, 0)
		page := b.Post("/checkout", "total", "0")
		id := page.Location[strings.LastIndexByte(page.Location, '/')+1:]
		session, err := shop.Payments.Session(t.Context(), id)
		if err != nil || session.PaymentStatus != "no_payment_required" || *session.AmountSubtotal != 2000 || *session.AmountTotal != 0 {
			t.Fatalf("%d %s: %+v, %v", page.Status, page.Location, session, err)
		}
		b.Pay(page.Location)
		order, err := shop.Store.OrderBySession(t.Context(), id)
		if err != nil || order.Status != models.OrderPaid || order.Total != 0 || order.Discount != 2000 {
			t.Errorf("order %+v, %v", order, err)
		}
	})
}

func TestCodesThatAreRefused(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		clock := time.Now()
		past, future := clock.Add(-time.Hour), clock.Add(time.Hour)
		percent := func(code string, change func(*models.Discount)) models.Discount {
			d := models.Discount{Code: code, Kind: models.DiscountPercent, Percent: 10}
			change(&d)
			return d
		}
		shop := newOffers(t, databaseURL, apptest.Options{},
			percent("GOOD", func(*models.Discount) {}),
			percent("OVER", func(d *models.Discount) { d.EndsAt = &past }),
			percent("EARLY", func(d *models.Discount) { d.StartsAt = &future }),
			percent("LARGE", func(d *models.Discount) { d.Minimum = 5000 }))
		b := shop.shopper(1)
		for code, text := range map[string]string{
			"": "Enter a code.", "nope": "We do not know this code.", "over": "This code was valid until", "early": "This code is not valid yet",
			"Large": "This code is for orders of $50.00 or more", `"><script>alert(1)</script>`: "We do not know this code.",
			strings.Repeat("x", 5000): "We do not know this code.",
		} {
			got := b.Post("/cart/discount", "code", code)
			if got.Status != http.StatusUnprocessableEntity || strings.Count(got.Body, text) != 2 || !strings.Contains(got.Body, `aria-describedby="code-fault"`) {
				t.Errorf("%q: %d\n%s", code, got.Status, got.Body)
			}
			if code != "" && strings.Contains(got.Body, "<script>alert") || (len(code) < 10 && !strings.Contains(got.Body, `name="code" value="`+code+`"`)) {
				t.Errorf("%q is not there as it was typed:\n%s", code, got.Body)
			}
		}
		shop.total(b, 1000)
		if got := b.Post("/cart/discount?code=good"); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("a code in the address: %d", got.Status)
		}
		b.Post("/cart/discount", "code", "good")
		if got := b.Post("/cart/discount", "code", "large"); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "has the code GOOD already") || !strings.Contains(got.Body, `value="large"`) {
			t.Errorf("a second code: %d\n%s", got.Status, got.Body)
		}
		shop.total(b, 900)
		if got := b.Post("/cart/discount", "remove", "1"); got.Location != "/cart?notice=no-code" {
			t.Errorf("remove: %d %s", got.Status, got.Location)
		}
		shop.total(b, 1000)
		if got := shop.Browser().Post("/cart/discount", "code", "good"); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "Your cart is empty.") {
			t.Errorf("without a cart: %d", got.Status)
		}
		if got := shop.Browser().Post("/cart/discount", "remove", "1"); got.Status != http.StatusSeeOther {
			t.Errorf("nothing to remove: %d", got.Status)
		}
	})
}

// TestNothingIsSoldAtAnotherPriceInSilence takes discounts away between the
// cart and the checkout.
func TestNothingIsSoldAtAnotherPriceInSilence(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		code := shop.discount(models.Discount{Code: "TEN", Kind: models.DiscountPercent, Percent: 10})
		today := shop.discount(models.Discount{Name: "Today", Kind: models.DiscountAmount, Amount: 50})
		coded, plain := shop.shopper(1), shop.shopper(1)
		coded.Post("/cart/discount", "code", "ten")
		shop.total(coded, 900)
		if page := shop.total(plain, 950); !strings.Contains(page, "Today") {
			t.Error("an offer that counts by itself has no name")
		}
		for _, d := range []models.Discount{code, today} {
			if err := shop.Store.SwitchDiscount(t.Context(), d.ID, false, models.Actor{}); err != nil {
				t.Fatal(err)
			}
		}
		for name, got := range map[string]apptest.Answer{
			"not valid any more":                    coded.Post("/checkout", "total", "900"),
			"has changed from $9.50 to $10.00":      plain.Post("/checkout", "total", "950"),
			"href=\"#discount\">This code is not ":  coded.Post("/checkout"),
			"Please change what is marked above fi": coded.Post("/checkout", "total", "x"),
		} {
			if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, name) || !strings.Contains(got.Body, `data-cart-total="1000"`) {
				t.Errorf("%s: %d\n%s", name, got.Status, got.Body)
			}
		}
		if got := plain.Post("/checkout", "total", "1000"); got.Status != http.StatusSeeOther || strings.HasPrefix(got.Location, "/cart") {
			t.Errorf("shown the new total: %d %s", got.Status, got.Location)
		}
		coded.Post("/cart/discount", "remove", "1")
		if got := coded.Post("/checkout", "total", "1000"); got.Status != http.StatusSeeOther || strings.HasPrefix(got.Location, "/cart") {
			t.Errorf("without the code: %d %s", got.Status, got.Location)
		}
	})
}

func TestThirtyShoppersForOneCode(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		once := shop.discount(models.Discount{Code: "ONCE", Kind: models.DiscountPercent, Percent: 50, MaxUses: 1})
		answers := make(chan apptest.Answer, 30)
		shoppers := make([]*apptest.Browser, cap(answers))
		for i := range shoppers {
			shoppers[i] = shop.shopper(1)
			shoppers[i].Post("/cart/discount", "code", "once")
		}
		for _, b := range shoppers {
			go func() { answers <- b.Post("/checkout", "total", "500") }()
		}
		got := 0
		for range shoppers {
			switch answer := <-answers; {
			case answer.Status == http.StatusSeeOther && !strings.HasPrefix(answer.Location, "/cart"):
				got++
			case answer.Status != http.StatusUnprocessableEntity || !strings.Contains(answer.Body, "used up"):
				t.Errorf("%d %s", answer.Status, answer.Location)
			}
		}
		if got != 1 {
			t.Errorf("%d got it", got)
		}
		shop.uses(once, 0, 1)
	})
}

func TestTooLittleToPay(t *testing.T) {
	t.Parallel()
	shop := newOffers(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{})
	most := shop.discount(models.Discount{Code: "MOST", Kind: models.DiscountPercent, Percent: 99, MaxUses: 1})
	b := shop.shopper(1)
	b.Post("/cart/discount", "code", "most")
	if got := b.Post("/checkout", "total", "10"); got.Location != "/cart?notice=too-small" {
		t.Errorf("%d %s", got.Status, got.Location)
	}
	shop.uses(most, 0, 0)
}

// TestTheSameQuestionAgain opens the session of an attempt twice, as after a
// crash between Stripe's answer and its being stored.
func TestTheSameQuestionAgain(t *testing.T) {
	t.Parallel()
	shop := newOffers(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{}, models.Discount{Code: "TEN", Kind: models.DiscountPercent, Percent: 10})
	token := models.NewToken()
	if err := shop.Store.AddToCart(t.Context(), token, shop.pen, 1); err != nil {
		t.Fatal(err)
	}
	if err := shop.Store.SetCartDiscount(t.Context(), token, "ten"); err != nil {
		t.Fatal(err)
	}
	begun, err := shop.Store.BeginCheckout(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	first, err := shop.Payments.CreateSession(t.Context(), begun.Order, begun.Attempt)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := shop.Store.OrderByID(t.Context(), begun.Order.ID)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := shop.Payments.CreateSession(t.Context(), stored, begun.Attempt); err != nil || again.ID != first.ID {
		t.Errorf("asked again: %+v, %v", again, err)
	}
}

func TestGuessingCodesIsThrottled(t *testing.T) {
	t.Parallel()
	shop := newOffers(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), apptest.Options{RateLimits: true})
	b := shop.shopper(1)
	for range 200 {
		if b.Post("/cart/discount", "code", "guess").Status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("200 guesses in a row were let pass")
}
