package models_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func onceEach(code string) models.Discount {
	return models.Discount{Name: "Welcome", Code: code, Kind: models.DiscountPercent, Percent: 10, MaxPerCustomer: 1}
}

func giveEmail(t *testing.T, store *models.Store, token, email string) {
	t.Helper()
	if err := store.SetCartEmail(t.Context(), token, email); err != nil {
		t.Fatal(err)
	}
}

// asks reports whether an error asks for the shopper's address.
func asks(err error) bool {
	var fault *models.InvalidError
	return errors.As(err, &fault) && fault.Field == "email"
}

// TestOneCustomerAtOnceTwenty lets four customers, one after the other, check nineteen
// carts out at once, beside one of somebody else.
func TestOneCustomerAtOnceTwenty(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		goods := catalogue(t, store)
		variants := []int64{goods["pad"].ID, goods["mug"].ID} // so that no two need wait for their stock
		d := discount(t, store, onceEach("MINE"))
		for round := range 4 { // the first finds few connections open
			tokens := make([]string, 20)
			for i := range tokens {
				tokens[i] = cartOf(t, store, 1, variants[i%2])
				if err := store.SetCartDiscount(t.Context(), tokens[i], "mine"); err != nil {
					t.Fatal(err)
				}
				giveEmail(t, store, tokens[i], fmt.Sprintf([]string{" ada-%d@example.com", "ADA-%d@Example.com "}[i%2], round))
			}
			giveEmail(t, store, tokens[19], fmt.Sprintf("grace-%d@example.com", round))
			var wg sync.WaitGroup
			results := make(chan error, len(tokens))
			for _, token := range tokens {
				wg.Go(func() {
					begun, err := store.BeginCheckout(t.Context(), token)
					if err == nil && begun.Order.Discount == 0 {
						err = errors.New("got nothing off")
					}
					results <- err
				})
			}
			wg.Wait()
			close(results)
			got := 0
			for err := range results {
				switch {
				case err == nil:
					got++
				case !says(err, "as often as one customer may"):
					t.Error(err)
				}
			}
			if got != 2 {
				t.Errorf("%d got it, not one of each customer", got)
			}
		}
		usesAre(t, store, d, 0, 8)
	})
}

func TestACustomersUseGoesWithTheStock(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		now := time.Now().Truncate(time.Second)
		store := modelstest.New(t, url, models.Options{Now: func() time.Time { return now }})
		variant := modelstest.Product(t, store, "pen", 1000, 100)
		discount(t, store, onceEach("MINE"))
		mine, other := cartOf(t, store, 1, variant), cartOf(t, store, 1, variant)
		for _, token := range []string{mine, other} {
			if err := store.SetCartDiscount(t.Context(), token, "mine"); err != nil {
				t.Fatal(err)
			}
			if _, err := store.BeginCheckout(t.Context(), token); !asks(err) || !says(err, "the code MINE is limited per customer") {
				t.Errorf("without an address: %v", err)
			}
		}
		giveEmail(t, store, mine, "ada@example.com")
		order, session := begin(t, store, mine, "")
		if order.Email != "ada@example.com" {
			t.Errorf("the order is of %q", order.Email)
		}
		if again, err := store.BeginCheckout(t.Context(), mine); err != nil || again.Order.ID != order.ID || again.Supersede {
			t.Errorf("the use that the cart's own order holds is in its way: %+v, %v", again, err)
		}
		if err := store.SetCartEmail(t.Context(), other, "Ada@example.com"); !asks(err) || !says(err, "MINE was used with ada@example.com") {
			t.Errorf("another cart while the order is open: %v", err)
		}
		if cart, _, err := store.CartByToken(t.Context(), other); err != nil || cart.Email != "" || cart.DiscountCode != "MINE" {
			t.Errorf("the refused cart is not as it was: %+v, %v", cart, err)
		}
		// Another address is another payment page.
		giveEmail(t, store, mine, "grace@example.com")
		if again, err := store.BeginCheckout(t.Context(), mine); err != nil || !again.Supersede {
			t.Errorf("with another address: %+v, %v", again, err)
		}
		gone := session
		gone.PaymentStatus = "unpaid"
		receive(t, store, event(models.EventSessionExpired, gone))
		if expired := statusIs(t, store, order, models.OrderExpired); expired.Email != "" {
			t.Errorf("the address of who bought nothing is kept: %q", expired.Email)
		}
		giveEmail(t, store, other, "ada@example.com")
		_, session = begin(t, store, other, "")
		receive(t, store, event(models.EventSessionCompleted, session))
		if cart, _, err := store.CartByToken(t.Context(), other); err != nil || cart.Email != "" {
			t.Errorf("the cart that was bought keeps the address %q, %v", cart.Email, err)
		}
		if err := store.SetCartEmail(t.Context(), mine, "ada@example.com"); !asks(err) {
			t.Errorf("after it was paid: %v", err)
		}
		// The carts, and the address with them, are gone after a while.
		now = now.Add(31 * 24 * time.Hour)
		if _, err := store.DeleteStaleCarts(t.Context(), now.Add(-30*24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := store.CartByToken(t.Context(), mine); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("the old cart: %v", err)
		}
	})
}

func TestAnOfferOfItsOwnIsCountedByCustomer(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 1000, 100)
		d := discount(t, store, onceEach(""))
		discount(t, store, models.Discount{Name: "A little", Kind: models.DiscountAmount, Amount: 50})
		first, second := cartOf(t, store, 1, variant), cartOf(t, store, 1, variant)
		if offer := offerOf(t, store, first); offer.Saving != 100 || !offer.Limited() {
			t.Errorf("without an address: %+v", offer)
		}
		if _, err := store.BeginCheckoutAt(t.Context(), first, 900); !asks(err) || !says(err, "the offer “Welcome” is limited per customer") {
			t.Errorf("without an address: %v", err)
		}
		giveEmail(t, store, first, "ada@example.com")
		if _, err := store.BeginCheckoutAt(t.Context(), first, 900); err != nil {
			t.Fatal(err)
		}
		giveEmail(t, store, second, "ada@example.com")
		if offer := offerOf(t, store, second); offer.Saving != 50 || offer.Spent != "Welcome" || offer.Limited() {
			t.Errorf("used already: %+v", offer)
		}
		var changed *models.TotalChangedError
		if _, err := store.BeginCheckoutAt(t.Context(), second, 900); !errors.As(err, &changed) || changed.Now.Amount != 950 {
			t.Errorf("at the total it was shown before: %v", err)
		}
		if begun, err := store.BeginCheckoutAt(t.Context(), second, 950); err != nil || begun.Order.Email != "" {
			t.Errorf("at its own total: %+v, %v", begun.Order, err)
		}
		usesAre(t, store, d, 0, 1)
	})
}

func TestWhatIsNoAddress(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		token := cartOf(t, store, 1, modelstest.Product(t, store, "pen", 1000, 100))
		giveEmail(t, store, token, " Ada@Example.com ")
		for _, typed := range []string{"ada", "ada@", "@example.com", "a b@example.com", "Ada <ada@example.com>", "ada@example.com\r\nBcc: eve@example.com",
			"ada@example.com, eve@example.com", string(make([]byte, 300)) + "@example.com"} {
			if err := store.SetCartEmail(t.Context(), token, typed); !asks(err) {
				t.Errorf("%q: %v", typed, err)
			}
		}
		if cart, _, err := store.CartByToken(t.Context(), token); err != nil || cart.Email != "ada@example.com" {
			t.Errorf("the cart has %q, %v", cart.Email, err)
		}
		giveEmail(t, store, token, "")
		if cart, _, err := store.CartByToken(t.Context(), token); err != nil || cart.Email != "" {
			t.Errorf("taken away, the cart has %q, %v", cart.Email, err)
		}
	})
}
