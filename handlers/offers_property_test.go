package handlers_test

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tuckshop/internal/apptest"
	"tuckshop/internal/payments"
	"tuckshop/internal/stripesim"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestTotalsAgreeToTheMinorUnit sells a thousand random carts with random
// discounts, deliveries and taxes. The cart's, Stripe's and the order's totals
// must be the same, the lines' shares must add up, and refunds of all pieces
// and of the delivery must come to what was paid.
//
// Most are sold on PostgreSQL: the race detector makes SQLite, which runs in
// this process, many times slower. Of each currency it is 34 carts and 300.
func TestTotalsAgreeToTheMinorUnit(t *testing.T) {
	t.Parallel()
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	t.Cleanup(func() {
		if err := checks.Value.Set(before); err != nil {
			t.Error(err)
		}
	})
	for currency, step := range map[string]int64{"USD": 1, "JPY": 1, "KWD": 10} {
		t.Run(currency, func(t *testing.T) {
			app := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "stripe.db"), apptest.Options{})
			modelstest.Each(t, func(t *testing.T, url string) {
				carts := "34"
				store := modelstest.New(t, url, models.Options{}) // nobody works its jobs
				if store.Postgres() {
					carts = "300"
				}
				if err := checks.Value.Set(carts); err != nil {
					t.Fatal(err)
				}
				modelstest.Exec(t, url, "UPDATE shop SET currency = '"+currency+"'")
				till := till{store: store, stripe: app.Payments, simulator: app.Simulator, step: step}
				till.stock(t)
				rapid.Check(t, till.sell)
			})
		})
	}
}

// till sells what a shop has.
type till struct {
	store       *models.Store
	stripe      *payments.Client
	simulator   *stripesim.Simulator
	step        int64
	methods     map[string][]int64 // by country
	reduced     models.TaxClass
	products    []models.Product
	collections []int64
	sold        int
}

// stock fills the shop with products of awkward prices in two collections.
func (s *till) stock(t *testing.T) {
	t.Helper()
	shelves := []models.Collection{{Slug: "a", Name: "A"}, {Slug: "b", Name: "B"}}
	var products []models.Product
	for i, price := range []int64{0, 1, 3, 7, 33, 99, 333, 499, 1001, 1999, 2503, 49_999} {
		slug := fmt.Sprintf("p%d", i)
		products = append(products, models.Product{Slug: slug, Name: slug, Status: models.ProductActive, Collections: shelves[i%2 : i%2+1],
			Variants: []models.Variant{{SKU: slug, Price: price * s.step, Stock: 1_000_000, WeightGrams: int64(i) * 130}}})
	}
	if _, err := s.store.AddCatalogue(t.Context(), shelves, products, nil); err != nil {
		t.Fatal(err)
	}
	for _, product := range products {
		stored, err := s.store.ProductBySlug(t.Context(), product.Slug)
		if err != nil {
			t.Fatal(err)
		}
		s.products = append(s.products, stored)
	}
	stored, err := s.store.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, collection := range stored {
		s.collections = append(s.collections, collection.ID)
	}
	s.deliverEverywhere(t)
	s.taxEverything(t)
}

// discount draws a discount.
func (s *till) discount(t *rapid.T) models.Discount {
	s.sold++
	d := models.Discount{Name: "Offer", Code: fmt.Sprintf("CODE-%d", s.sold), Enabled: true, MaxUses: rapid.Int64Range(0, 2).Draw(t, "uses")}
	d.Kind = rapid.SampledFrom(models.DiscountKinds[:]).Draw(t, "kind of discount")
	d.Percent = rapid.Int64Range(1, 100).Draw(t, "percent")
	d.Amount = rapid.Int64Range(1, 5000).Draw(t, "amount") * s.step
	d.Buy, d.Get = rapid.Int64Range(1, 4).Draw(t, "buy"), rapid.Int64Range(1, 3).Draw(t, "get")
	switch rapid.IntRange(0, 3).Draw(t, "scope") {
	case 0:
		d.CollectionIDs = s.collections[:1]
	case 1:
		d.ProductIDs = []int64{s.products[rapid.IntRange(0, len(s.products)-1).Draw(t, "product")].ID}
	}
	return d
}

func (s *till) sell(t *rapid.T) {
	ctx := t.Context()
	token := models.NewToken()
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(s.products)-1), 1, 5, rapid.ID[int]).Draw(t, "articles") {
		if err := s.store.AddToCart(ctx, token, s.products[i].Variants[0].ID, rapid.Int64Range(1, 7).Draw(t, "pieces")); err != nil {
			t.Fatal(err)
		}
	}
	s.chooseTax(t)
	s.chooseDelivery(t, token)
	d, err := s.store.CreateDiscount(ctx, s.discount(t), models.Actor{})
	if err != nil {
		t.Fatal(err)
	}
	var refused *models.InvalidError
	if err := s.store.SetCartDiscount(ctx, token, d.Code); err != nil && !errors.As(err, &refused) {
		t.Fatal(err)
	}
	cart, lines, err := s.store.CartByToken(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := s.store.CartSum(ctx, cart, lines)
	if err != nil || sum.Offer.Fault != nil || sum.Delivery.Fault != nil {
		t.Fatal(err, sum.Offer.Fault, sum.Delivery.Fault)
	}
	begun, err := s.store.BeginCheckoutAt(ctx, token, sum.Total)
	if err != nil {
		t.Fatal(err)
	}
	order := begun.Order
	s.addsUp(t, order, lines)
	if order.Discount != sum.Offer.Saving || order.DeliverySaved != sum.Offer.OffDelivery || order.Total != sum.Total || order.Shipping != sum.Shipping || order.Tax != sum.Tax.Amount {
		t.Fatalf("order %+v, sum %+v", order, sum)
	}
	if (refused == nil) != (order.Discount+order.DeliverySaved > 0) {
		t.Fatalf("%v, and yet %d and %d off", refused, order.Discount, order.DeliverySaved)
	}
	session, err := s.stripe.CreateSession(ctx, order, begun.Attempt)
	var fault *models.PaymentError
	switch {
	case errors.As(err, &fault) && fault.TooSmall && order.Total > 0 && order.Total < 500:
		return
	case err != nil:
		t.Fatal(err)
	case *session.AmountSubtotal != order.LinesTotal() || *session.AmountTotal != order.Total || !strings.EqualFold(session.Currency, order.Currency):
		t.Fatalf("session of %d and %d %s, order %+v", *session.AmountSubtotal, *session.AmountTotal, session.Currency, order)
	case *session.AmountDiscount != order.Discount || *session.AmountShipping != order.Shipping || *session.AmountTax != 0:
		t.Fatalf("session of %d off, delivery %d, tax %d, order %+v", *session.AmountDiscount, *session.AmountShipping, *session.AmountTax, order)
	case (session.PaymentStatus == "no_payment_required") != (order.Total == 0):
		t.Fatalf("session is %s, total %d", session.PaymentStatus, order.Total)
	}
	if order.TaxMode == models.TaxStripe { // known once the buyer's address is
		if err := s.simulator.Pay(ctx, session.ID, stripesim.PayNow); err != nil {
			t.Fatal(err)
		}
		if session, err = s.stripe.Session(ctx, session.ID); err != nil {
			t.Fatal(err)
		}
	}
	if rapid.IntRange(0, 7).Draw(t, "paid back") == 0 || order.TaxMode == models.TaxStripe { // which takes the longest
		s.payAndRefund(t, order, session)
	}
}

// payAndRefund applies the session as paid and pays everything back, some
// pieces at a time.
func (s *till) payAndRefund(t *rapid.T, order models.Order, session models.CheckoutSession) {
	ctx := t.Context()
	due := *session.AmountTotal
	session.Status, session.PaymentStatus, session.PaymentIntentID = "complete", "paid", "pi_"+models.NewToken()
	if applied, err := s.store.ApplySession(ctx, session); err != nil || applied.Outcome != models.OutcomePaid {
		t.Fatalf("%+v, %v", applied, err)
	}
	order, err := s.store.OrderByID(ctx, order.ID)
	if err != nil || order.Total != due || order.Total != order.Subtotal-order.Discount+order.Shipping+order.TaxOnTop() {
		t.Fatalf("paid %d for %+v, %v", due, order, err)
	}
	if order.TaxMode == models.TaxStripe && order.Tax != *session.AmountTax {
		t.Fatalf("%d of tax, not %d", order.Tax, *session.AmountTax)
	}
	var back int64
	if cost := order.DeliveryPaid().Amount; cost > 0 {
		for range 2 { // of which the second is one too many
			refund, err := s.store.Refund(ctx, models.RefundRequest{OrderID: order.ID, Delivery: true, Key: models.NewToken()})
			if (err == nil) != (back == 0) {
				t.Fatalf("%+v, %v, after %d", refund, err, back)
			}
			back += refund.Amount
		}
	}
	for _, item := range order.Items {
		refund := func(pieces int64) (int64, error) {
			refund, err := s.store.Refund(ctx, models.RefundRequest{
				OrderID: order.ID, Lines: []models.RefundItem{{OrderItemID: item.ID, Quantity: pieces}}, Key: models.NewToken(),
			})
			return refund.Amount, err
		}
		for left := item.Quantity; left > 0; {
			pieces := rapid.Int64Range(1, left).Draw(t, "pieces back")
			amount, err := refund(pieces)
			if err != nil { // they may have cost nothing, together with the others they did
				pieces = left
				amount, err = refund(pieces)
			}
			var nothing *models.InvalidError
			if err != nil && !errors.As(err, &nothing) {
				t.Fatal(err)
			}
			if amount%s.step != 0 {
				t.Fatalf("a refund of %d", amount)
			}
			back, left = back+amount, left-pieces
		}
	}
	if back != order.Total {
		t.Fatalf("%d went back of %d", back, order.Total)
	}
}
