package models_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestManyCountTheirCartsAtOnce sees that shoppers who ask together each get
// the count of their own cart, and see at once what they have put into it.
func TestManyCountTheirCartsAtOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 1000)
		var shoppers sync.WaitGroup
		for range 40 {
			shoppers.Go(func() {
				token := models.NewToken()
				for want := range int64(5) {
					if got, err := store.CartCount(t.Context(), token); err != nil || got != want {
						t.Errorf("a cart of %d counts %d, %v", want, got, err)
					}
					if err := store.AddToCart(t.Context(), token, variant, 1); err != nil {
						t.Error(err)
					}
				}
			})
		}
		shoppers.Wait()
	})
}

// TestOneWhoLeavesSpoilsNoCount sees that a question whose asker has gone is
// answered to those who wait for it.
func TestOneWhoLeavesSpoilsNoCount(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 1000)
		token := models.NewToken()
		if err := store.AddToCart(t.Context(), token, variant, 3); err != nil {
			t.Fatal(err)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		var shoppers sync.WaitGroup
		for n := range 60 {
			shoppers.Go(func() {
				if n%2 == 0 {
					if _, err := store.CartCount(gone, token); err != nil && !errors.Is(err, context.Canceled) {
						t.Error(err)
					}
					return
				}
				if got, err := store.CartCount(t.Context(), token); err != nil || got != 3 {
					t.Errorf("a cart of 3 counts %d, %v", got, err)
				}
			})
		}
		shoppers.Wait()
	})
}
