package models_test

import (
	"errors"
	"sync"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// soldBeyond stores a product with one variant that is sold beyond its stock.
func soldBeyond(t *testing.T, store *models.Store, stock int64) models.Product {
	t.Helper()
	return made(t, store, models.ProductEdit{Name: "Mug", Status: models.ProductActive, Variants: []models.VariantEdit{
		{SKU: "MUG", Price: 500, Stock: stock, Policy: models.StockBackorder, Promise: "ships in 2 weeks"}}})
}

// promised is an order with its open session.
type promised struct {
	order   models.Order
	session models.CheckoutSession
}

func TestBackorders(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		product := soldBeyond(t, store, 2)
		id := product.Variants[0].ID
		stands := func(what string, stock, reserved, backordered int64) {
			t.Helper()
			v := again(t, store, product.ID).Variants[0]
			if v.Stock != stock || v.Reserved != reserved || v.Backordered != backordered {
				t.Errorf("%s: %d on hand, %d reserved, %d promised; want %d, %d, %d", what, v.Stock, v.Reserved, v.Backordered, stock, reserved, backordered)
			}
			lines, err := store.StockLedger(t.Context(), product.ID, 0, 100)
			sum := int64(0)
			for _, line := range lines {
				sum += line.Change
			}
			if err != nil || sum != v.Stock {
				t.Errorf("%s: the ledger comes to %d of %d, %v", what, sum, v.Stock, err)
			}
		}
		line := func(what string, of promised, backordered, owed int64) {
			t.Helper()
			order, err := store.OrderByID(t.Context(), of.order.ID)
			if err != nil || order.Items[0].Backordered != backordered || order.Items[0].Owed != owed {
				t.Errorf("%s: %+v, %v; want %d of which %d are owed", what, order.Items, err, backordered, owed)
			}
		}
		settle := func(of promised, status, payment string) {
			t.Helper()
			of.session.Status, of.session.PaymentStatus = status, payment
			if _, err := store.ApplySession(t.Context(), of.session); err != nil {
				t.Fatal(err)
			}
		}
		begin := func(pieces int64) promised {
			t.Helper()
			order, session := checkout(t, store, id, pieces)
			return promised{order, session}
		}
		fill := func(want int64) {
			t.Helper()
			if pieces, err := store.FillBackorders(t.Context()); err != nil || pieces != want {
				t.Errorf("filled %d, %v; want %d", pieces, err, want)
			}
		}
		first := begin(3)
		stands("the first", 2, 2, 1)
		line("the first", first, 1, 1)
		second, third := begin(4), begin(2)
		stands("the third", 2, 2, 7)
		settle(third, "expired", "unpaid")
		stands("the third ran out", 2, 2, 5)
		line("the third ran out", third, 2, 0)
		settle(first, "complete", "paid")
		stands("the first is paid", 0, 0, 5)
		line("the first is paid", first, 1, 1)
		fill(0)
		// Three come: one for the first, who paid, two for the second, who has not.
		saved(t, store, product.ID, func(e *models.ProductEdit) {
			e.Variants[0].Stock, e.Variants[0].Policy = 3, models.StockBackorder
		})
		stands("three came", 3, 0, 5)
		// Until they are handed over, nobody else gets them.
		fourth := begin(1)
		line("the fourth", fourth, 1, 1)
		fill(3)
		fill(0)
		stands("handed over", 2, 2, 3)
		line("the first", first, 1, 0)
		line("the second", second, 4, 2)
		settle(second, "complete", "paid")
		stands("the second is paid", 0, 0, 3)
		// The second gets the money of three pieces back: two of them never left.
		order, err := store.OrderByID(t.Context(), second.order.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = store.Refund(t.Context(), models.RefundRequest{OrderID: order.ID, Actor: staff, Key: models.NewToken(),
			Lines: []models.RefundItem{{OrderItemID: order.Items[0].ID, Quantity: 3, Restocked: true}}})
		if err != nil {
			t.Fatal(err)
		}
		line("the second", second, 4, 0)
		stands("one piece is back", 1, 0, 1)
		fill(1)
		stands("it goes to the fourth", 1, 1, 0)
		line("the fourth", fourth, 1, 0)
		// Without the policy it is sold out.
		saved(t, store, product.ID, func(e *models.ProductEdit) { e.Variants[0].Policy = models.StockDeny })
		if err := store.AddToCart(t.Context(), models.NewToken(), id, 1); err == nil {
			t.Error("sold beyond the stock against the policy")
		}
	})
}

// TestManyShoppersBeyondTheStock lets twenty buy five pieces of each kind at
// once.
func TestManyShoppersBeyondTheStock(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		beyond := soldBeyond(t, store, 5)
		denied := made(t, store, models.ProductEdit{Name: "Cup", Status: models.ProductActive, Variants: []models.VariantEdit{{SKU: "CUP", Price: 500, Stock: 5}}})
		var wait sync.WaitGroup
		var lock sync.Mutex
		sold := map[int64]int{}
		carts := map[string]int64{}
		for range 20 {
			for _, product := range []models.Product{beyond, denied} {
				token := models.NewToken()
				if err := store.AddToCart(t.Context(), token, product.Variants[0].ID, 1); err != nil {
					t.Fatal(err)
				}
				carts[token] = product.ID
			}
		}
		for token, id := range carts {
			wait.Go(func() {
				_, err := store.BeginCheckout(t.Context(), token)
				var unsellable *models.UnsellableError
				switch {
				case err == nil:
					lock.Lock()
					sold[id]++
					lock.Unlock()
				case !errors.As(err, &unsellable):
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if sold[beyond.ID] != 20 || sold[denied.ID] != 5 {
			t.Errorf("sold %d beyond and %d within the stock", sold[beyond.ID], sold[denied.ID])
		}
		if v := again(t, store, beyond.ID).Variants[0]; v.Stock != 5 || v.Reserved != 5 || v.Backordered != 15 {
			t.Errorf("%d on hand, %d reserved, %d promised", v.Stock, v.Reserved, v.Backordered)
		}
	})
}

// TestRefundedOrderGetsNoPieces gives the whole money of an order back at
// Stripe: what it waited for goes to the next, and the variant can go.
func TestRefundedOrderGetsNoPieces(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		product := soldBeyond(t, store, 0)
		_, session := checkout(t, store, product.Variants[0].ID, 3)
		if _, err := store.ApplySession(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		if _, err := store.ReceiveEvent(t.Context(), chargeRefunded(session.PaymentIntentID, *session.AmountTotal)); err != nil {
			t.Fatal(err)
		}
		if v := again(t, store, product.ID).Variants[0]; v.Backordered != 0 {
			t.Errorf("%d pieces are still promised", v.Backordered)
		}
		saved(t, store, product.ID, func(e *models.ProductEdit) { e.Variants[0].Stock = 3 })
		if pieces, err := store.FillBackorders(t.Context()); err != nil || pieces != 0 {
			t.Errorf("handed %d over, %v", pieces, err)
		}
		if v := again(t, store, product.ID).Variants[0]; v.Stock != 3 {
			t.Errorf("%d are on the shelf", v.Stock)
		}
	})
}

// TestLatePaymentWaitsItsTurn pays an order that ran out, in the moment before
// pieces that came are handed to those who wait for them.
func TestLatePaymentWaitsItsTurn(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		product := soldBeyond(t, store, 1)
		id := product.Variants[0].ID
		late, session := checkout(t, store, id, 1)
		ranOut := session
		ranOut.Status, ranOut.PaymentStatus = "expired", "unpaid"
		if _, err := store.ApplySession(t.Context(), ranOut); err != nil {
			t.Fatal(err)
		}
		_, waits := checkout(t, store, id, 2)
		if _, err := store.ApplySession(t.Context(), waits); err != nil {
			t.Fatal(err)
		}
		saved(t, store, product.ID, func(e *models.ProductEdit) { e.Variants[0].Stock = 1 })
		if _, err := store.ApplySession(t.Context(), session); err != nil {
			t.Fatal(err)
		}
		if order, err := store.OrderByID(t.Context(), late.ID); err != nil || order.Status != models.OrderReview {
			t.Errorf("the late one is %s, %v", order.Status, err)
		}
		if pieces, err := store.FillBackorders(t.Context()); err != nil || pieces != 1 {
			t.Errorf("handed %d over, %v", pieces, err)
		}
	})
}
