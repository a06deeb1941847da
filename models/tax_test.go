package models_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func TestRatesAreRead(t *testing.T) {
	for typed, want := range map[string]int64{"19": 190_000, "8.875": 88_750, "0": 0, "100": 1_000_000, "7,7 %": 77_000, "0.0001": 1} {
		if rate, ok := models.ParseRate(typed); !ok || rate != want {
			t.Errorf("%q is %d, %t", typed, rate, ok)
		}
	}
	for _, typed := range []string{"", "-1", "100.0001", "1.23456", "x", "1.2.3", "+5", "1e2", "."} {
		if rate, ok := models.ParseRate(typed); ok {
			t.Errorf("%q is %d", typed, rate)
		}
	}
	for rate, want := range map[int64]string{190_000: "19", 88_750: "8.875", 0: "0", 1: "0.0001", 1_000_000: "100"} {
		if text := models.RatePercent(rate); text != want {
			t.Errorf("%d is %s", rate, text)
		}
	}
}

// taxed stores settings with rates for two classes in Germany.
func taxed(t *testing.T, store *models.Store, mode models.TaxMode, included bool) {
	t.Helper()
	stored, err := store.TaxSettings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings := models.TaxSettings{
		Version: stored.Version, Mode: mode, Included: included, Delivery: true, Classes: []models.TaxClass{{ID: models.StandardTaxClass, Name: "Standard"}},
		Rates: []models.TaxRate{{Country: "DE", ClassID: models.StandardTaxClass, Name: "VAT", Rate: 190_000}},
	}
	if err := store.SaveTaxSettings(t.Context(), settings, models.Actor{Email: "owner@example.com"}); err != nil {
		t.Fatal(err)
	}
}

func TestOwnTax(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store, ctx := modelstest.New(t, databaseURL, models.Options{}), t.Context()
		zone(t, store, models.DeliveryZone{Name: "All", Everywhere: true}, models.DeliveryMethod{Name: "Post", Kind: models.DeliveryFlat, Price: 595})
		token := weighedCart(t, store, databaseURL, "mug", 1995, 3, 400)
		if err := store.SetCartDelivery(ctx, token, "DE", 0); err != nil {
			t.Fatal(err)
		}
		discount, err := store.CreateDiscount(ctx, models.Discount{Name: "Ten", Kind: models.DiscountPercent, Percent: 10, Enabled: true}, models.Actor{})
		if err != nil {
			t.Fatal(err)
		}
		for _, included := range []bool{false, true} {
			taxed(t, store, models.TaxOwn, included)
			sum := sumOf(t, store, token)
			// 5985 less 599 is 5386; 19 % of that and of 595, or what is in them.
			lines, delivery, total := int64(1023), int64(113), int64(5386+595+1023+113)
			if included {
				lines, delivery, total = 860, 95, 5386+595
			}
			if sum.Tax.Lines[0].Amount != lines || sum.Tax.Delivery.Amount != delivery || sum.Tax.Amount != lines+delivery || sum.Total != total || sum.Tax.Name != "VAT 19%" {
				t.Errorf("included %t: %+v", included, sum)
			}
			begun, err := store.BeginCheckout(ctx, token)
			if err != nil {
				t.Fatal(err)
			}
			if begun.Supersede { // as it was opened with the tax of before
				if err := store.SessionFailed(ctx, begun.Attempt, true, "the test"); err != nil {
					t.Fatal(err)
				}
				if begun, err = store.BeginCheckout(ctx, token); err != nil {
					t.Fatal(err)
				}
			}
			o, err := store.OrderByID(ctx, begun.Order.ID)
			if err != nil || o.Tax != lines+delivery || o.Items[0].Tax != lines || o.Items[0].TaxRate != 190_000 || o.DeliveryTax != delivery || o.Total != total || o.TaxIncluded != included {
				t.Errorf("order %+v, %v", o, err)
			}
			if onTop := total - 5386 - 595; o.LinesTotal() != 5985+onTop || o.DeliveryPaid().Amount != 595+map[bool]int64{false: delivery}[included] {
				t.Errorf("lines of %d, delivery of %s", o.LinesTotal(), o.DeliveryPaid())
			}
		}
		if err := store.SwitchDiscount(ctx, discount.ID, false, models.Actor{}); err != nil {
			t.Fatal(err)
		}
		if err := store.SetCartDelivery(ctx, token, "US", 0); err != nil {
			t.Fatal(err)
		}
		if sum := sumOf(t, store, token); sum.Tax.Amount != 0 || sum.Total != 5985+595 {
			t.Errorf("a country without a rate: %+v", sum)
		}
	})
}

func TestTaxSettingsAreChecked(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store, ctx := modelstest.New(t, databaseURL, models.Options{}), t.Context()
		standard := models.TaxClass{ID: models.StandardTaxClass, Name: "Standard"}
		rate := models.TaxRate{Country: "DE", ClassID: 1, Name: "VAT", Rate: 190_000}
		for name, c := range map[string]struct {
			models.TaxSettings
			field string
		}{
			"no mode":          {models.TaxSettings{Classes: []models.TaxClass{standard}}, "mode-none"},
			"a class twice":    {models.TaxSettings{Mode: models.TaxOwn, Classes: []models.TaxClass{standard, {Name: "standard"}}}, "class-1"},
			"no name":          {models.TaxSettings{Mode: models.TaxOwn, Classes: []models.TaxClass{{ID: 1}}}, "class-0"},
			"a rate twice":     {models.TaxSettings{Mode: models.TaxOwn, Classes: []models.TaxClass{standard}, Rates: []models.TaxRate{rate, rate}}, "rate-1-country"},
			"an unknown class": {models.TaxSettings{Mode: models.TaxOwn, Classes: []models.TaxClass{standard}, Rates: []models.TaxRate{{Country: "DE", ClassID: 9, Name: "VAT"}}}, "rate-0-class"},
			"of no class": {models.TaxSettings{Mode: models.TaxOwn, Classes: []models.TaxClass{standard, {Name: "Books"}},
				Rates: []models.TaxRate{{Country: "DE", Name: "VAT"}}}, "rate-0-class"},
			"no standard class": {models.TaxSettings{Mode: models.TaxOwn, Classes: []models.TaxClass{{Name: "Books"}}}, "class-0"},
			"a negative rate":   {models.TaxSettings{Mode: models.TaxOwn, Classes: []models.TaxClass{standard}, Rates: []models.TaxRate{{Country: "DE", ClassID: 1, Name: "VAT", Rate: -1}}}, "rate-0-percent"},
			"no country":        {models.TaxSettings{Mode: models.TaxOwn, Classes: []models.TaxClass{standard}, Rates: []models.TaxRate{{ClassID: 1, Name: "VAT"}}}, "rate-0-country"},
			"a rate unnamed":    {models.TaxSettings{Mode: models.TaxOwn, Classes: []models.TaxClass{standard}, Rates: []models.TaxRate{{Country: "DE", ClassID: 1}}}, "rate-0-name"},
		} {
			var faults models.InvalidErrors
			if err := store.SaveTaxSettings(ctx, c.TaxSettings, models.Actor{}); !errors.As(err, &faults) || faults[0].Field != c.field {
				t.Errorf("%s: %v", name, err)
			}
		}
		wanted := models.TaxSettings{Mode: models.TaxOwn, Included: true, Classes: []models.TaxClass{standard, {Name: "Books"}, {Name: "Food"}}, Rates: []models.TaxRate{rate}}
		if err := store.SaveTaxSettings(ctx, wanted, models.Actor{}); err != nil {
			t.Fatal(err)
		}
		stored, err := store.TaxSettings(ctx)
		if err != nil || len(stored.Classes) != 3 || len(stored.Rates) != 1 || !stored.Included {
			t.Fatalf("stored %+v, %v", stored, err)
		}
		// Two classes change names, and the third goes.
		stored.Classes[1].Name, stored.Classes[0].Name = stored.Classes[0].Name, stored.Classes[1].Name
		stored.Classes = stored.Classes[:2]
		if err := store.SaveTaxSettings(ctx, stored, models.Actor{}); err != nil {
			t.Fatal(err)
		}
		classes, err := store.TaxClasses(ctx)
		if err != nil || len(classes) != 2 || classes[0].Name != "Books" || classes[1].Name != "Standard" {
			t.Errorf("classes %+v, %v", classes, err)
		}
	})
}

// TestTaxThatStripeWorksOut pays orders whose tax is known only once they are
// paid.
func TestTaxThatStripeWorksOut(t *testing.T) {
	type figures struct{ subtotal, discount, shipping, tax, total int64 }
	good := figures{2000, 0, 500, 205, 2705}
	for name, c := range map[string]struct {
		included bool
		said     figures
		silent   bool // the session does not say how its total comes about
		outcome  string
	}{
		"on top":                {false, good, false, models.OutcomePaid},
		"none":                  {false, figures{2000, 0, 500, 0, 2500}, false, models.OutcomePaid},
		"included":              {true, figures{2000, 0, 500, 205, 2500}, false, models.OutcomePaid},
		"included, but added":   {true, good, false, models.OutcomeReview},
		"total off by one":      {false, figures{2000, 0, 500, 205, 2706}, false, models.OutcomeReview},
		"another delivery":      {false, figures{2000, 0, 400, 205, 2705}, false, models.OutcomeReview},
		"another discount":      {false, figures{2000, 100, 500, 205, 2705}, false, models.OutcomeReview},
		"another subtotal":      {false, figures{1900, 0, 500, 205, 2705}, false, models.OutcomeReview},
		"a tax below nothing":   {false, figures{2000, 0, 500, -205, 2295}, false, models.OutcomeReview},
		"no word of its making": {false, good, true, models.OutcomeNotPaid},
	} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, databaseURL string) {
				store, ctx := modelstest.New(t, databaseURL, models.Options{}), t.Context()
				zone(t, store, models.DeliveryZone{Name: "All", Everywhere: true}, models.DeliveryMethod{Name: "Post", Kind: models.DeliveryFlat, Price: 500})
				taxed(t, store, models.TaxStripe, c.included)
				token := weighedCart(t, store, databaseURL, "mug", 1000, 2, 400)
				begun, err := store.BeginCheckout(ctx, token)
				if err != nil || begun.Order.Total != 2500 || begun.Order.Tax != 0 || begun.Order.LinesTotal() != 2000 {
					t.Fatalf("%+v, %v", begun.Order, err)
				}
				said := c.said
				session := models.CheckoutSession{
					ID: "cs_1", Mode: "payment", Status: "complete", PaymentStatus: "paid", Currency: "usd", AmountSubtotal: &said.subtotal, AmountTotal: &said.total,
					AmountDiscount: &said.discount, AmountShipping: &said.shipping, AmountTax: &said.tax, PaymentIntentID: "pi_1",
					Metadata: map[string]string{"order_id": fmt.Sprint(begun.Order.ID)}, Email: "ada@example.com",
				}
				if c.silent {
					session.AmountTax = nil
				}
				applied, err := store.ApplySession(ctx, session)
				if err != nil || applied.Outcome != c.outcome {
					t.Fatalf("%+v, %v", applied, err)
				}
				order, err := store.OrderByID(ctx, begun.Order.ID)
				if err != nil {
					t.Fatal(err)
				}
				if c.outcome != models.OutcomePaid {
					if order.Paid() || order.Tax != 0 || order.Total != 2500 {
						t.Errorf("order %+v", order)
					}
					return
				}
				if order.Tax != said.tax || order.Total != said.total || order.PaidAmount != nil || order.TaxIncluded != c.included {
					t.Errorf("order %+v", order)
				}
				var back int64
				refund, err := store.Refund(ctx, models.RefundRequest{OrderID: order.ID, Delivery: true, Key: "delivery"})
				if err != nil {
					t.Fatal(err)
				}
				back += refund.Amount
				if _, err := store.CheckRefund(ctx, models.RefundRequest{OrderID: order.ID, Delivery: true}); err == nil || !strings.Contains(err.Error(), "What the delivery cost has gone back") {
					t.Errorf("the delivery twice: %v", err)
				}
				refund, err = store.Refund(ctx, models.RefundRequest{OrderID: order.ID, Lines: []models.RefundItem{{OrderItemID: order.Items[0].ID, Quantity: 2}}, Key: "lines"})
				if back += refund.Amount; err != nil || back != said.total {
					t.Errorf("%d went back of %d, %v", back, said.total, err)
				}
			})
		})
	}
}
