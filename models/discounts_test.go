package models_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func TestWhatDiscountsTakeOff(t *testing.T) {
	store := modelstest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"), models.Options{})
	goods := catalogue(t, store)
	collections, err := store.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	writing := []int64{collections[0].ID}
	pen, pad, mug := goods["pen"], goods["pad"], goods["mug"]
	for name, c := range map[string]struct {
		discount models.Discount
		pieces   []int64 // of pen, pad and mug
		want     map[string]int64
	}{
		"percent of everything":        {models.Discount{Kind: models.DiscountPercent, Percent: 10}, []int64{1, 1, 1}, map[string]int64{"SKU-pen": 33, "SKU-pad": 100, "SKU-mug": 200}},
		"percent of a collection":      {models.Discount{Kind: models.DiscountPercent, Percent: 50, CollectionIDs: writing}, []int64{1, 1, 1}, map[string]int64{"SKU-pen": 167, "SKU-pad": 500}},
		"percent of a product":         {models.Discount{Kind: models.DiscountPercent, Percent: 100, ProductIDs: []int64{mug.ProductID}}, []int64{1, 0, 2}, map[string]int64{"SKU-mug": 3998}},
		"everything":                   {models.Discount{Kind: models.DiscountPercent, Percent: 100}, []int64{3, 1, 1}, map[string]int64{"SKU-pen": 999, "SKU-pad": 1000, "SKU-mug": 1999}},
		"amount":                       {models.Discount{Kind: models.DiscountAmount, Amount: 500}, []int64{1, 1, 1}, map[string]int64{"SKU-pen": 50, "SKU-pad": 150, "SKU-mug": 300}},
		"amount beyond the goods":      {models.Discount{Kind: models.DiscountAmount, Amount: 5000, ProductIDs: []int64{pen.ProductID}}, []int64{2, 1, 0}, map[string]int64{"SKU-pen": 666}},
		"buy two get one":              {models.Discount{Kind: models.DiscountBundle, Buy: 2, Get: 1, Percent: 100}, []int64{1, 2, 0}, map[string]int64{"SKU-pen": 333}},
		"five of buy two get one":      {models.Discount{Kind: models.DiscountBundle, Buy: 2, Get: 1, Percent: 100}, []int64{0, 5, 0}, map[string]int64{"SKU-pad": 1000}},
		"buy one get two, partly":      {models.Discount{Kind: models.DiscountBundle, Buy: 1, Get: 2, Percent: 100}, []int64{0, 2, 0}, map[string]int64{"SKU-pad": 1000}},
		"buy one get one at half":      {models.Discount{Kind: models.DiscountBundle, Buy: 1, Get: 1, Percent: 50}, []int64{3, 1, 0}, map[string]int64{"SKU-pen": 333}},
		"bundle of a collection alone": {models.Discount{Kind: models.DiscountBundle, Buy: 1, Get: 1, Percent: 100, CollectionIDs: writing}, []int64{0, 2, 2}, map[string]int64{"SKU-pad": 1000}},
	} {
		t.Run(name, func(t *testing.T) {
			c.discount.Code = strings.ToUpper(models.NewToken())
			made := discount(t, store, c.discount)
			token := models.NewToken()
			for i, variant := range []models.Variant{pen, pad, mug} {
				if c.pieces[i] > 0 {
					if err := store.AddToCart(t.Context(), token, variant.ID, c.pieces[i]); err != nil {
						t.Fatal(err)
					}
				}
			}
			order, session := begin(t, store, token, "  "+strings.ToLower(made.Code)+" ")
			var sum int64
			for _, item := range order.Items {
				sum += item.Discount
				if item.Discount != c.want[item.SKU] {
					t.Errorf("%s: %d off, want %d", item.SKU, item.Discount, c.want[item.SKU])
				}
			}
			if order.Discount != sum || order.Total != order.Subtotal-sum || order.DiscountCode != made.Code || order.DiscountLabel() != made.Code {
				t.Errorf("order %+v", order)
			}
			if order.Total == 0 {
				session.PaymentStatus, session.PaymentIntentID = "no_payment_required", ""
			}
			receive(t, store, event(models.EventSessionCompleted, session))
			paid := statusIs(t, store, order, models.OrderPaid)
			if paid.Items[0].Discount != c.want[paid.Items[0].SKU] || paid.Discount != sum {
				t.Errorf("stored %+v", paid)
			}
			usesAre(t, store, made, 1, 0)
			if cart, _, err := store.CartByToken(t.Context(), token); err != nil || cart.DiscountCode != "" {
				t.Errorf("the cart keeps %q, %v", cart.DiscountCode, err)
			}
		})
	}
}

func TestDiscountsInTheAdmin(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		now := time.Now().Truncate(time.Second)
		store := modelstest.New(t, url, models.Options{Now: func() time.Time { return now }})
		variant := modelstest.Product(t, store, "pen", 1000, 100)
		product, err := store.ProductBySlug(t.Context(), "pen")
		if err != nil {
			t.Fatal(err)
		}
		soon := now.Add(time.Hour)
		d := discount(t, store, models.Discount{Code: "spring", Name: "Spring_1", Kind: models.DiscountPercent, Percent: 10, StartsAt: &soon, ProductIDs: []int64{product.ID}})
		other := discount(t, store, models.Discount{Name: "Other", Kind: models.DiscountAmount, Amount: 100})
		var fault *models.InvalidError
		if _, err := store.CreateDiscount(t.Context(), models.Discount{Name: "Twin", Code: " Spring", Kind: models.DiscountPercent, Percent: 1}, manager); !errors.As(err, &fault) || fault.Field != "code" {
			t.Errorf("a second of the same code: %v", err)
		}
		if _, err := store.CreateDiscount(t.Context(), models.Discount{Name: "Twin", Kind: models.DiscountAmount, Amount: 100, ProductIDs: []int64{999}}, manager); !errors.As(err, &fault) || fault.Field != "goods" {
			t.Errorf("for nothing there is: %v", err)
		}
		list := func(f models.DiscountFilter) string {
			f.Limit = 10
			found, err := store.Discounts(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, d := range found {
				names = append(names, d.Label())
			}
			return strings.Join(names, " ")
		}
		for want, filter := range map[string]models.DiscountFilter{
			"Other SPRING": {}, "SPRING": {Status: models.DiscountScheduled}, "Other": {Status: models.DiscountActive}, "": {Search: "%"},
		} {
			if got := list(filter); got != want {
				t.Errorf("%+v: %q, want %q", filter, got, want)
			}
		}
		if got := list(models.DiscountFilter{Search: "g_"}); got != "SPRING" {
			t.Errorf("an underscore finds %q", got)
		}
		d.EndsAt, d.StartsAt, d.ProductIDs, d.Percent = &now, nil, nil, 20
		if err := store.UpdateDiscount(t.Context(), d, manager); err != nil {
			t.Fatal(err)
		}
		if got := list(models.DiscountFilter{Status: models.DiscountOver}); got != "SPRING" {
			t.Errorf("over: %q", got)
		}
		if changed, err := store.DiscountByID(t.Context(), d.ID); err != nil || changed.Percent != 20 || len(changed.ProductIDs) != 0 || changed.StartsAt != nil || !changed.Enabled {
			t.Errorf("%+v, %v", changed, err)
		}
		d.ID = 999
		if err := store.UpdateDiscount(t.Context(), d, manager); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("change nothing: %v", err)
		}
		for _, on := range []bool{false, false, true} {
			if err := store.SwitchDiscount(t.Context(), other.ID, on, manager); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.SwitchDiscount(t.Context(), 999, true, manager); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("switch nothing: %v", err)
		}
		entries, err := store.Audit(context.WithoutCancel(t.Context()), models.AuditFilter{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		var actions []string
		for _, entry := range entries {
			actions = append(actions, string(entry.Action))
		}
		if got := strings.Join(actions, " "); got != "discount_on discount_off discount_changed discount_created discount_created" {
			t.Errorf("audit: %s", got)
		}
		if change := entries[2]; !strings.Contains(change.Before, "10% off") || !strings.Contains(change.After, "20% off") {
			t.Errorf("%+v", change)
		}
		// One that is switched off counts no more, also where its use is held.
		token := cartOf(t, store, 1, variant)
		if _, err := store.BeginCheckout(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		usesAre(t, store, other, 0, 1)
	})
}
