package models_test

import (
	"fmt"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func TestPaymentTakesWhatWasBoughtOutOfTheCart(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variants := map[string]int64{}
		var products []models.Product
		for _, slug := range []string{"pen", "ink", "cup", "mug"} {
			products = append(products, models.Product{Slug: slug, Name: slug, Status: models.ProductActive,
				Variants: []models.Variant{{SKU: slug, Price: 500, Stock: 50}}})
		}
		if _, err := store.AddCatalogue(t.Context(), nil, products, nil); err != nil {
			t.Fatal(err)
		}
		for _, p := range products {
			stored, err := store.ProductBySlug(t.Context(), p.Slug)
			if err != nil {
				t.Fatal(err)
			}
			variants[p.Slug] = stored.Variants[0].ID
		}
		token := models.NewToken()
		set := func(slug string, quantity int64) {
			if err := store.SetCartQuantity(t.Context(), token, variants[slug], quantity); err != nil {
				t.Fatal(err)
			}
		}
		for _, slug := range []string{"pen", "ink", "cup"} {
			set(slug, 3)
		}
		begun, err := store.BeginCheckout(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		session := paidSession(begun.Order, "cs_"+models.NewToken())
		if err := store.SessionOpened(t.Context(), begun.Attempt, session); err != nil {
			t.Fatal(err)
		}
		// While the payment page is open, in another window:
		set("pen", 5)
		set("ink", 1)
		set("mug", 2)
		receive(t, store, event(models.EventSessionCompleted, session))
		_, lines, err := store.CartByToken(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		left := map[string]int64{}
		for _, line := range lines {
			left[line.Product.Slug] = line.Quantity
		}
		if want := fmt.Sprint(map[string]int64{"pen": 2, "mug": 2}); fmt.Sprint(left) != want {
			t.Errorf("the cart holds %v, want %s", left, want)
		}
	})
}

func TestRefundHeardOfBeforeThePaymentCounts(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		order, session := checkout(t, store, modelstest.Product(t, store, "pen", 500, 10), 3)
		refunded := int64(400)
		early := models.Event{ID: "evt_" + models.NewToken(), Type: models.EventChargeRefunded, Payload: []byte("{}"), Charge: &models.Charge{
			ID: "ch_1", PaymentIntentID: session.PaymentIntentID, Currency: "usd", AmountRefunded: &refunded,
		}}
		receive(t, store, early)
		receive(t, store, event(models.EventSessionCompleted, session))
		now := statusIs(t, store, order, models.OrderPartiallyRefunded)
		if now.AmountRefunded != refunded {
			t.Errorf("refunded %d, want %d", now.AmountRefunded, refunded)
		}
		payments, err := store.PaymentsOfOrder(t.Context(), order.ID)
		if err != nil || len(payments) != 1 || payments[0].Role != models.PaymentOfOrder || payments[0].Amount != order.Total {
			t.Errorf("payments %+v, %v", payments, err)
		}
	})
}
