package handlers_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tuckshop/internal/apptest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// answers checks the status of an answer and that its page says all parts.
func answers(t *testing.T, what string, got apptest.Answer, status int, parts ...string) {
	t.Helper()
	if got.Status != status {
		t.Errorf("%s: %d %s, want %d", what, got.Status, got.Location, status)
	}
	for _, part := range parts {
		if !strings.Contains(got.Body, part) {
			t.Errorf("%s lacks %q:\n%s", what, part, got.Body)
		}
	}
}

// leadsTo checks where a form leads.
func leadsTo(t *testing.T, what string, got apptest.Answer, location string) {
	t.Helper()
	if got.Status != http.StatusSeeOther || got.Location != location {
		t.Errorf("%s: %d %s, want %s\n%s", what, got.Status, got.Location, location, got.Body)
	}
}

// inStore changes the only variant of a product behind the shop's back.
func inStore(t *testing.T, databaseURL, set string, variant int64) {
	t.Helper()
	modelstest.Exec(t, databaseURL, fmt.Sprintf("UPDATE variants SET %s WHERE id = %d", set, variant))
	modelstest.Count(t, databaseURL)
}

func TestTheCartIsDrawnForADrawer(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		set := shop.Browser().Post("/cart/items", "variant_id", fmt.Sprint(shop.pen), "quantity", "2").Header.Get("Set-Cookie")
		cookie, _, _ := strings.Cut(set, ";")
		ask := func(method, path string, form url.Values) (int, bool, string) {
			t.Helper()
			request, err := http.NewRequestWithContext(t.Context(), method, shop.URL+path, strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			request.Header = http.Header{"Drawer": {"1"}, "Cookie": {cookie}, "Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil || answer.Header.Get("Cache-Control") != "no-store" || !strings.Contains(answer.Header.Get("Content-Security-Policy"), "default-src 'self'") {
				t.Errorf("%s %s: %v, %v", method, path, answer.Header, err)
			}
			return answer.StatusCode, answer.Header.Get("Drawer") == "1", string(body)
		}
		add := url.Values{"variant_id": {fmt.Sprint(shop.pen)}}
		status, drawer, body := ask(http.MethodPost, "/cart/items", add)
		if status != http.StatusOK || !drawer || strings.Contains(body, "<html") || !strings.Contains(body, `data-cart-count="3"`) || !strings.Contains(body, "Added to your cart.") {
			t.Errorf("adding: %d %t\n%s", status, drawer, body)
		}
		line := fmt.Sprintf("/cart/items/%d", shop.pen)
		status, drawer, body = ask(http.MethodPost, line, url.Values{"quantity": {"1000"}})
		if status != http.StatusUnprocessableEntity || !drawer || strings.Count(body, "Choose a quantity from 0 to 99") != 2 || !strings.Contains(body, `value="1000"`) {
			t.Errorf("too many: %d %t\n%s", status, drawer, body)
		}
		add.Set("quantity", "none")
		if status, drawer, body = ask(http.MethodPost, "/cart/items", add); status != http.StatusUnprocessableEntity || drawer || !strings.Contains(body, "whole number") {
			t.Errorf("no quantity: %d %t\n%s", status, drawer, body)
		}
		status, drawer, body = ask(http.MethodPost, line, url.Values{"quantity": {"0"}})
		if status != http.StatusOK || !drawer || !strings.Contains(body, `data-cart-count="0"`) || !strings.Contains(body, fmt.Sprintf(`<form action="%s" method="post"><input type="hidden" name="quantity" value="3">`, line)) {
			t.Errorf("removing: %d %t\n%s", status, drawer, body)
		}
	})
}

func TestANoteFromTheCartToTheMerchant(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		leadsTo(t, "without a cart", shop.Browser().Post("/cart/note", "note", "hello"), "/cart?notice=no-note")
		b := shop.shopper(1)
		evil, shown := `</textarea><script>alert("1")</script>`, "&lt;/textarea&gt;&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;"
		long := evil + strings.Repeat("x", 500)
		for _, path := range []string{"/cart/note", "/checkout"} {
			got := b.Post(path, "note", long)
			answers(t, "a long note at "+path, got, http.StatusUnprocessableEntity, shown+strings.Repeat("x", 500), "keep your note to 500 characters", `aria-describedby="note-fault"`)
		}
		leadsTo(t, "a note", b.Post("/cart/note", "note", "first"), "/cart?notice=note")
		answers(t, "the cart", b.Get("/cart"), http.StatusOK, ">first</textarea>")
		page := b.Post("/checkout", "total", "1000", "note", evil+"\r\nline two")
		id := page.Location[strings.LastIndexByte(page.Location, '/')+1:]
		order, err := shop.Store.OrderBySession(t.Context(), id)
		if err != nil || order.Note != evil+"\nline two" {
			t.Fatalf("the order says %q: %d %v", order.Note, page.Status, err)
		}
		b.Pay(page.Location)
		for name, got := range map[string]apptest.Answer{
			"order page": b.Get("/orders/" + order.Token), "admin": shop.Staff(models.RoleFulfilment).Get("/admin/orders/" + order.Number),
		} {
			answers(t, name, got, http.StatusOK, shown+"\nline two")
			if strings.Contains(got.Body, "<script>alert") {
				t.Errorf("%s runs what a shopper typed", name)
			}
		}
		b.Post("/cart/items", "variant_id", fmt.Sprint(shop.pen))
		if page := b.Get("/cart").Body; strings.Contains(page, "line two") {
			t.Error("the next cart has the note of the last")
		}
		leadsTo(t, "no note", b.Post("/cart/note", "note", ""), "/cart?notice=no-note")
	})
}

// TestChangesAreExplainedBeforeTheHandOff meets each in a cart of its own.
func TestChangesAreExplainedBeforeTheHandOff(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		product, err := shop.Store.ProductBySlug(t.Context(), "pen")
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range []struct {
			name, set, undo, says string
			count                 int
		}{
			{"dearer", "price = 1200", "price = 1000", "The price has changed from $10.00 to $12.00 since you added it.", 3},
			{"cheaper", "price = 900", "price = 1000", "The price has changed from $10.00 to $9.00 since you added it.", 3},
			{"fewer", "stock = 2", "stock = 100", "Only 2 left. Please choose 2 or fewer.", 2},
			{"fewer and dearer", "stock = 2, price = 1200", "stock = 100, price = 1000", "Only 2 left. Please choose 2 or fewer. The price has changed from $10.00 to $12.00 since you added it.", 2},
			{"sold out", "stock = 0", "stock = 100", "Sold out since you added it.", 0},
		} {
			b := shop.shopper(3)
			inStore(t, databaseURL, change.set, shop.pen)
			answers(t, change.name, b.Get("/cart"), http.StatusOK, change.says, "Some things have changed", `action="/cart/accept"`)
			answers(t, change.name+" at the checkout", b.Post("/checkout", "total", "3000"), http.StatusUnprocessableEntity, change.says)
			leadsTo(t, change.name+" accepted", b.Post("/cart/accept"), "/cart?notice=accepted")
			after := b.Get("/cart")
			answers(t, change.name+" after", after, http.StatusOK, fmt.Sprintf(`data-cart-count="%d"`, change.count))
			if strings.Contains(after.Body, "/cart/accept") {
				t.Errorf("%s: there is something to accept still", change.name)
			}
			inStore(t, databaseURL, change.undo, shop.pen)
		}

		b := shop.shopper(3)
		if err := shop.Store.ArchiveProduct(t.Context(), product.ID, models.Actor{Email: "owner@example.com"}); err != nil {
			t.Fatal(err)
		}
		answers(t, "archived", b.Get("/cart"), http.StatusOK, "This is no longer for sale.", "Some things have changed")
		b.Post("/cart/accept")
		answers(t, "archived and accepted", b.Get("/cart"), http.StatusOK, `data-cart-count="0"`)
		leadsTo(t, "no cart", shop.Browser().Post("/cart/accept"), "/cart?notice=accepted")
	})
}

func TestARemovedVariantIsNamed(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{})
		if _, err := app.Store.AddCatalogue(t.Context(), nil, []models.Product{{
			Slug: "pen", Name: "Pen <b>", Status: models.ProductActive, Options: []models.Option{{Name: "Ink", Values: []models.OptionValue{{Name: "Blue"}, {Name: "Green"}}}},
			Variants: []models.Variant{{SKU: "P-1", Option1: "Blue", Price: 500, Stock: 9}, {SKU: "P-2", Option1: "Green", Price: 500, Stock: 9, Position: 1}},
		}}, nil); err != nil {
			t.Fatal(err)
		}
		found, err := app.Store.ProductBySlug(t.Context(), "pen")
		if err != nil {
			t.Fatal(err)
		}
		b, accepting := app.Browser(), app.Browser()
		for _, variant := range found.Variants {
			b.Post("/cart/items", "variant_id", fmt.Sprint(variant.ID))
			accepting.Post("/cart/items", "variant_id", fmt.Sprint(variant.ID))
		}
		edit := models.ProductEdit{Version: found.Version, Name: found.Name, Slug: found.Slug, Status: found.Status, Options: found.Options}
		for i, v := range found.Variants {
			edit.Variants = append(edit.Variants, models.VariantEdit{ID: v.ID, Options: [3]string{v.Option1}, SKU: v.SKU, Price: v.Price, Stock: v.Stock, StockWas: v.Stock, Remove: i == 1})
		}
		if _, err := app.Store.SaveProduct(t.Context(), found.ID, edit, models.Actor{Email: "owner@example.com"}); err != nil {
			t.Fatal(err)
		}
		const says = "Pen &lt;b&gt;, Green is no longer sold and was taken out."
		answers(t, "the cart", b.Get("/cart"), http.StatusOK, says, `data-cart-count="1"`)
		answers(t, "the first checkout", b.Post("/checkout", "total", "500"), http.StatusUnprocessableEntity, says, `href="#changes"`)
		if got := b.Post("/checkout", "total", "500"); got.Status != http.StatusSeeOther || !strings.Contains(got.Location, "/c/pay/") {
			t.Errorf("the second checkout: %d %s", got.Status, got.Location)
		}
		if page := b.Get("/cart").Body; strings.Contains(page, "Green") {
			t.Error("the loss is told once more")
		}

		// Accepted is what the page has told, not what came since.
		page := accepting.Get("/cart")
		answers(t, "the other cart", page, http.StatusOK, says)
		leadsTo(t, "accepted on a page from before", accepting.Post("/cart/accept", "lost", "x -1 "+strings.Repeat("9", 30)), "/cart?notice=accepted")
		answers(t, "the other cart again", accepting.Get("/cart"), http.StatusOK, says)
		_, lost, _ := strings.Cut(page.Body, `name="lost" value="`)
		lost, _, _ = strings.Cut(lost, `"`)
		leadsTo(t, "accepted as it was told", accepting.Post("/cart/accept", "lost", lost), "/cart?notice=accepted")
		if page := accepting.Get("/cart").Body; strings.Contains(page, "Green") {
			t.Error("the accepted loss is told once more")
		}
	})
}

func TestSharingACart(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		var later atomic.Int64 // than now, as a time.Duration
		shop := newOffers(t, databaseURL, apptest.Options{Now: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }})
		leadsTo(t, "nothing to share", shop.Browser().Post("/cart/share"), "/cart?notice=no-share")
		sender := shop.shopper(3)
		shop.discount(models.Discount{Code: "SECRETCODE", Kind: models.DiscountPercent, Percent: 10})
		sender.Post("/cart/discount", "code", "secretcode")
		sender.Post("/cart/note", "note", "for my eyes only")
		made := sender.Post("/cart/share")
		path, isNew := strings.CutSuffix(made.Location, "?new=1")
		if made.Status != http.StatusSeeOther || !isNew || !strings.HasPrefix(path, "/shared-carts/") {
			t.Fatalf("share: %d %s", made.Status, made.Location)
		}
		answers(t, "the link", sender.Get(made.Location), http.StatusOK, `value="`+shop.URL+path+`"`)

		friend := shop.Browser()
		page := friend.Get(path)
		answers(t, "the shared cart", page, http.StatusOK, "Pen", "3 × $10.00", "Put these into my cart", `content="noindex"`)
		if page.Header.Get("Cache-Control") != "no-store" || strings.Contains(page.Body, "SECRETCODE") || strings.Contains(page.Body, "my eyes") || strings.Contains(page.Body, `id="link"`) {
			t.Errorf("%v\n%s", page.Header, page.Body)
		}
		leadsTo(t, "take it", friend.Post(path), "/cart?notice=filled")
		answers(t, "the friend's cart", friend.Get("/cart"), http.StatusOK, `data-cart-count="3"`, `data-cart-total="3000"`)

		inStore(t, databaseURL, "stock = 5", shop.pen)
		answers(t, "few are left", shop.Browser().Get(path), http.StatusOK, "Put these into my cart")
		leadsTo(t, "take it again", friend.Post(path), "/cart?notice=part-filled")
		answers(t, "what is missing", friend.Get("/cart?notice=part-filled"), http.StatusOK, `data-cart-count="5"`, "Pen: only 2 of 3 could go into your cart.")
		inStore(t, databaseURL, "stock = 0", shop.pen)
		answers(t, "none are left", friend.Get(path), http.StatusOK, "Sold out.", "Nothing of it can be bought")

		for _, wrong := range []string{"/shared-carts/x", "/shared-carts/.", path + "A", path[:len(path)-1], strings.Replace(path, "/shared-carts/", "/shared-carts/A", 1), "/shared-carts/%FF.%00"} {
			if got := friend.Get(wrong); got.Status != http.StatusNotFound && got.Status != http.StatusBadRequest {
				t.Errorf("%s: %d", wrong, got.Status)
			}
			if got := friend.Post(wrong); got.Status != http.StatusNotFound && got.Status != http.StatusBadRequest {
				t.Errorf("POST %s: %d", wrong, got.Status)
			}
		}
		later.Store(int64(30*24*time.Hour - 5*time.Minute))
		answers(t, "on the last day", friend.Get(path), http.StatusOK)
		later.Store(int64(30 * 24 * time.Hour))
		answers(t, "later", friend.Get(path), http.StatusGone, "This link worked until", `content="noindex"`)
		answers(t, "taking it later", friend.Post(path), http.StatusGone, "This link worked until")
	})
}

func TestBuyingNow(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		pen := fmt.Sprint(shop.pen)
		b := shop.shopper(3)
		whole := func() {
			t.Helper()
			answers(t, "the shopper's own cart", b.Get("/cart"), http.StatusOK, `data-cart-count="3"`, `data-cart-total="3000"`)
		}
		answers(t, "the product", b.Get("/products/pen"), http.StatusOK, `formaction="/buy-now"`)
		for _, quantity := range []string{"-1", "0", "1e9", "9223372036854775808", "x", "100"} {
			answers(t, quantity+" pieces", b.Post("/buy-now", "variant_id", pen, "quantity", quantity), http.StatusUnprocessableEntity, `value="`+quantity+`"`, `id="quantity-fault"`)
		}
		answers(t, "none chosen", b.Post("/buy-now", "quantity", "1"), http.StatusUnprocessableEntity, "Choose which one")
		answers(t, "an unknown one", b.Post("/buy-now", "variant_id", "4711"), http.StatusNotFound)

		first := b.Post("/buy-now", "variant_id", pen, "quantity", "2")
		if again := b.Post("/buy-now", "variant_id", pen, "quantity", "2"); first.Status != http.StatusSeeOther || again.Location != first.Location {
			t.Fatalf("%d %s, and again %d %s", first.Status, first.Location, again.Status, again.Location)
		}
		leadsTo(t, "coming back", b.Get("/checkout/cancel"), "/products/pen?notice=cancelled")
		answers(t, "the product again", b.Get("/products/pen?notice=cancelled"), http.StatusOK, "nothing was charged")
		whole()

		other := b.Post("/buy-now", "variant_id", pen, "quantity", "1")
		if other.Location == first.Location {
			t.Error("one piece is paid on the page of two")
		}
		id := other.Location[strings.LastIndexByte(other.Location, '/')+1:]
		order, err := shop.Store.OrderBySession(t.Context(), id)
		if err != nil || order.Total != 1000 || len(order.Items) != 1 {
			t.Errorf("%+v, %v", order, err)
		}
		if sessions := shop.Sessions(); sessions[id] != "open" || sessions[first.Location[strings.LastIndexByte(first.Location, '/')+1:]] != "expired" {
			t.Errorf("%v", sessions)
		}
		thanks := b.Pay(other.Location)
		answers(t, "paid", b.Get(thanks), http.StatusOK, `data-order-status="paid"`, order.Number)
		if stranger := shop.Browser().Get(thanks); strings.Contains(stranger.Body, "ada@example.com") {
			t.Error("somebody else sees whose it is")
		}
		whole()
		leadsTo(t, "cancelling with nothing open", b.Get("/checkout/cancel"), "/cart?notice=cancelled")
		page := b.Post("/checkout", "total", "3000")
		b.Pay(page.Location)
		answers(t, "the cart once it is paid", b.Get("/cart"), http.StatusOK, `data-cart-count="0"`)
	})
}

func TestBuyingNowWhileStripeIsDown(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{StripeDown: true})
		b := shop.Browser()
		leadsTo(t, "buy now", b.Post("/buy-now", "variant_id", fmt.Sprint(shop.pen)), "/products/pen?notice=stripe")
		answers(t, "the product", b.Get("/products/pen?notice=stripe"), http.StatusOK, "does not answer at the moment")
		stock, err := shop.Store.ProductBySlug(t.Context(), "pen")
		if err != nil || stock.Variants[0].Reserved != 0 {
			t.Errorf("%+v, %v", stock.Variants, err)
		}
	})
}

// TestTheLastPieceGoesToOne has one shopper be quicker than another.
func TestTheLastPieceGoesToOne(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		shop := newOffers(t, databaseURL, apptest.Options{})
		inStore(t, databaseURL, "stock = 1", shop.pen)
		pen := fmt.Sprint(shop.pen)
		first := shop.Browser()
		page := first.Post("/buy-now", "variant_id", pen)
		if page.Status != http.StatusSeeOther || !strings.Contains(page.Location, "/c/pay/") {
			t.Fatalf("%d %s", page.Status, page.Location)
		}
		answers(t, "the second", shop.Browser().Post("/buy-now", "variant_id", pen), http.StatusUnprocessableEntity, "sold out")
		if again := first.Post("/buy-now", "variant_id", pen); again.Location != page.Location {
			t.Errorf("a second click leads to %d %s", again.Status, again.Location)
		}
	})
}

// TestUntouchedCartsGo starts a shop that was closed for a month.
func TestUntouchedCartsGo(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		add := func(ago time.Duration) (*models.Store, string) {
			store, err := models.Open(t.Context(), databaseURL, models.Options{Now: func() time.Time { return time.Now().Add(-ago) }})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			})
			return store, models.NewToken()
		}
		modelstest.Product(t, modelstest.New(t, databaseURL, models.Options{}), "pen", 500, 9)
		old, oldToken := add(32 * 24 * time.Hour)
		recent, recentToken := add(30 * 24 * time.Hour)
		for token, store := range map[string]*models.Store{oldToken: old, recentToken: recent} {
			pen, err := store.ProductBySlug(t.Context(), "pen")
			if err == nil {
				err = store.AddToCart(t.Context(), token, pen.Variants[0].ID, 1)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		app := apptest.New(t, databaseURL, apptest.Options{})
		app.Eventually("the old cart to go", func() bool {
			_, _, err := app.Store.CartByToken(t.Context(), oldToken)
			return errors.Is(err, models.ErrNotFound)
		})
		if _, lines, err := app.Store.CartByToken(t.Context(), recentToken); err != nil || len(lines) != 1 {
			t.Errorf("the recent cart has %+v, %v", lines, err)
		}
	})
}
