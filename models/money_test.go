package models_test

import (
	"fmt"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// till is what a scenario about money plays with: a shop, a product of its own
// with ten pieces at 5.00, and an order of three of them with an open payment
// page.
type till struct {
	*testing.T
	store   *models.Store
	url     string
	slug    string
	variant int64
	order   models.Order
	session models.CheckoutSession // as Stripe would report it, paid
}

// scenario is a story about money, and how it must end.
type scenario struct {
	name string
	play func(t *till)
}

// play runs scenarios, on both databases, each with an order of its own.
func play(t *testing.T, scenarios []scenario) {
	t.Helper()
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		var products []models.Product
		for i := range scenarios {
			slug := fmt.Sprintf("p%d", i)
			products = append(products, models.Product{Slug: slug, Name: slug, Status: models.ProductActive,
				Variants: []models.Variant{{SKU: slug, Price: 500, Stock: 10}}})
		}
		if _, err := store.AddCatalogue(t.Context(), nil, products, nil); err != nil {
			t.Fatal(err)
		}
		for i, s := range scenarios {
			t.Run(s.name, func(t *testing.T) {
				product, err := store.ProductBySlug(t.Context(), products[i].Slug)
				if err != nil {
					t.Fatal(err)
				}
				now := &till{T: t, store: store, url: url, slug: product.Slug, variant: product.Variants[0].ID}
				now.order, now.session = checkout(t, store, now.variant, 3)
				s.play(now)
			})
		}
	})
}

// event hands over an event about a session and wants its outcome.
func (t *till) event(kind string, session models.CheckoutSession, outcome string) {
	t.Helper()
	t.got(event(kind, session), outcome)
}

// got hands over an event and wants its outcome.
func (t *till) got(e models.Event, outcome string) models.StripeEvent {
	t.Helper()
	stored := receive(t.T, t.store, e)
	if stored.Outcome != outcome {
		t.Errorf("%s came to %s (%s), want %s", e.Type, stored.Outcome, stored.Detail, outcome)
	}
	return stored
}

// pay pays the order.
func (t *till) pay() {
	t.Helper()
	t.event(models.EventSessionCompleted, t.session, models.OutcomePaid)
}

// ends wants the order's status, the stock of its product and how many
// receipts were written.
func (t *till) ends(status models.OrderStatus, stock, reserved int64, receipts int) models.Order {
	t.Helper()
	now := statusIs(t.T, t.store, t.order, status)
	stockIs(t.T, t.store, t.slug, stock, reserved)
	t.mails(models.EmailReceipt, receipts)
	return now
}

// mails wants so many mails of a kind about the order.
func (t *till) mails(kind string, want int) {
	t.Helper()
	history, err := t.store.OrderHistory(t.Context(), t.order.ID)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, email := range history.Emails {
		if email.Kind == kind {
			n++
		}
	}
	if n != want {
		t.Errorf("%d mails of kind %s, want %d", n, kind, want)
	}
}

// recorded wants so many lines of a kind in the order's history.
func (t *till) recorded(kind string, want int) {
	t.Helper()
	history, err := t.store.OrderHistory(t.Context(), t.order.ID)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range history.Events {
		if e.Kind == kind {
			n++
		}
	}
	if n != want {
		t.Errorf("%d lines of kind %s in the history, want %d", n, kind, want)
	}
}

// refunded wants the order's status and how much of it went back.
func (t *till) refunded(status models.OrderStatus, amount int64) {
	t.Helper()
	if now := statusIs(t.T, t.store, t.order, status); now.AmountRefunded != amount {
		t.Errorf("%d went back, want %d", now.AmountRefunded, amount)
	}
}

// payments lists what arrived and wants their roles.
func (t *till) payments(roles ...models.PaymentRole) []models.Payment {
	t.Helper()
	payments, err := t.store.PaymentsOfOrder(t.Context(), t.order.ID)
	if err != nil {
		t.Fatal(err)
	}
	var got []models.PaymentRole
	for _, payment := range payments {
		got = append(got, payment.Role)
	}
	if fmt.Sprint(got) != fmt.Sprint(roles) {
		t.Fatalf("payments %v, want %v", got, roles)
	}
	return payments
}

// unpaid is the session before any money.
func (t *till) unpaid() models.CheckoutSession {
	session := t.session
	session.PaymentStatus = "unpaid"
	return session
}

// with is the session with something changed.
func (t *till) with(change func(*models.CheckoutSession)) models.CheckoutSession {
	session := t.session
	session.Metadata = map[string]string{"order_id": t.session.Metadata["order_id"]}
	total, subtotal := *session.AmountTotal, *session.AmountSubtotal
	session.AmountTotal, session.AmountSubtotal = &total, &subtotal
	change(&session)
	return session
}

// second opens another session for the order, as after an answer of Stripe's
// that said no although a session had been made.
func (t *till) second() models.CheckoutSession {
	t.Helper()
	token := models.NewToken()
	if err := t.store.AddToCart(t.Context(), token, t.variant, 2); err != nil {
		t.Fatal(err)
	}
	begun, err := t.store.BeginCheckout(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if err := t.store.SessionFailed(t.Context(), begun.Attempt, true, "500"); err != nil {
		t.Fatal(err)
	}
	t.order, t.session = begun.Order, paidSession(begun.Order, "cs_"+models.NewToken())
	again, err := t.store.BeginCheckout(t.Context(), token)
	if err != nil || again.Order.ID != begun.Order.ID {
		t.Fatalf("the second attempt is of order %d, %v", again.Order.ID, err)
	}
	second := paidSession(begun.Order, "cs_"+models.NewToken())
	if err := t.store.SessionOpened(t.Context(), again.Attempt, second); err != nil {
		t.Fatal(err)
	}
	return second
}

func TestMoneyArrives(t *testing.T) {
	completed, succeeded := models.EventSessionCompleted, models.EventSessionAsyncSucceeded
	failed, expired := models.EventSessionAsyncFailed, models.EventSessionExpired
	play(t, []scenario{
		{"completed and paid: one receipt, the reservation is a sale", func(t *till) {
			t.pay()
			t.ends(models.OrderPaid, 7, 0, 1)
			if got := t.payments(models.PaymentOfOrder); got[0].Amount != 1500 || got[0].Currency != "USD" {
				t.Errorf("payment %+v", got[0])
			}
		}},
		{"completed but unpaid waits with its stock, then the money comes", func(t *till) {
			t.event(completed, t.unpaid(), models.OutcomeAwaitingPayment)
			t.ends(models.OrderAwaitingPayment, 10, 3, 0)
			t.event(succeeded, t.session, models.OutcomePaid)
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"async succeeded comes first, completed late", func(t *till) {
			t.event(succeeded, t.session, models.OutcomePaid)
			t.event(completed, t.unpaid(), models.OutcomeUnchanged)
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"async failed three times gives the stock back once, with one mail", func(t *till) {
			t.event(completed, t.unpaid(), models.OutcomeAwaitingPayment)
			t.event(failed, t.unpaid(), models.OutcomePaymentFailed)
			t.event(failed, t.unpaid(), models.OutcomeUnchanged)
			t.event(failed, t.unpaid(), models.OutcomeUnchanged)
			t.ends(models.OrderPaymentFailed, 10, 0, 0)
			t.mails(models.EmailPaymentFailed, 1)
		}},
		{"async failed of an order whose page never completed", func(t *till) {
			t.event(failed, t.unpaid(), models.OutcomePaymentFailed)
			t.ends(models.OrderPaymentFailed, 10, 0, 0)
		}},
		{"async failed after the order was paid changes nothing", func(t *till) {
			t.pay()
			t.event(failed, t.unpaid(), models.OutcomeUnchanged)
			t.ends(models.OrderPaid, 7, 0, 1)
			t.mails(models.EmailPaymentFailed, 0)
		}},
		{"expired gives the stock back, without a mail", func(t *till) {
			t.event(expired, t.unpaid(), models.OutcomeExpired)
			t.event(expired, t.unpaid(), models.OutcomeUnchanged)
			t.ends(models.OrderExpired, 10, 0, 0)
			t.mails(models.EmailPaymentFailed, 0)
		}},
		{"expired while a newer session is open leaves the order open", func(t *till) {
			second := t.second()
			t.event(expired, t.unpaid(), models.OutcomeUnchanged)
			t.ends(models.OrderPending, 10, 5, 0)
			t.event(completed, second, models.OutcomePaid)
			t.ends(models.OrderPaid, 8, 3, 1)
		}},
		{"expired after completed changes nothing", func(t *till) {
			t.pay()
			t.event(expired, t.unpaid(), models.OutcomeUnchanged)
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"expired while a delayed payment is awaited changes nothing", func(t *till) {
			t.event(completed, t.unpaid(), models.OutcomeAwaitingPayment)
			t.event(expired, t.unpaid(), models.OutcomeUnchanged)
			t.ends(models.OrderAwaitingPayment, 10, 3, 0)
		}},
		{"completed after expired takes the stock again", func(t *till) {
			t.event(expired, t.unpaid(), models.OutcomeExpired)
			t.pay()
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"paid after its payment failed takes the stock again", func(t *till) {
			t.event(failed, t.unpaid(), models.OutcomePaymentFailed)
			t.event(succeeded, t.session, models.OutcomePaid)
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"completed after expired and sold out goes to review", func(t *till) {
			t.event(expired, t.unpaid(), models.OutcomeExpired)
			_, others := checkout(t.T, t.store, t.variant, 8)
			t.event(completed, others, models.OutcomePaid)
			t.event(completed, t.session, models.OutcomeReview)
			t.ends(models.OrderReview, 2, 0, 0)
			t.payments(models.PaymentInReview)
		}},
		{"two sessions paid: the second is a duplicate, the order unchanged", func(t *till) {
			second := t.second()
			t.event(completed, second, models.OutcomePaid)
			t.event(completed, t.session, models.OutcomeDuplicatePayment)
			t.event(completed, t.session, models.OutcomeUnchanged)
			now := t.ends(models.OrderPaid, 8, 3, 1)
			if *now.StripeSessionID != second.ID || *now.PaymentIntentID != second.PaymentIntentID {
				t.Errorf("the order names session %s and payment %s", *now.StripeSessionID, *now.PaymentIntentID)
			}
			t.payments(models.PaymentOfOrder, models.PaymentDuplicate)
			t.recorded("duplicate_payment", 1)
		}},
		{"the refund of a duplicate leaves the order paid", func(t *till) {
			second := t.second()
			t.event(completed, second, models.OutcomePaid)
			t.event(completed, t.session, models.OutcomeDuplicatePayment)
			t.got(chargeRefunded(t.session.PaymentIntentID, 1000), models.OutcomeRefund)
			t.refunded(models.OrderPaid, 0)
			if got := t.payments(models.PaymentOfOrder, models.PaymentDuplicate)[1]; got.AmountRefunded != 1000 || got.Refundable() != 0 {
				t.Errorf("of the duplicate %d went back, %d can", got.AmountRefunded, got.Refundable())
			}
		}},
		{"one event under two ids takes effect once", func(t *till) {
			t.pay()
			t.event(completed, t.session, models.OutcomeUnchanged)
			t.event(succeeded, t.session, models.OutcomeUnchanged)
			t.ends(models.OrderPaid, 7, 0, 1)
			t.payments(models.PaymentOfOrder)
		}},
		{"one event delivered twice is counted and takes effect once", func(t *till) {
			e := event(completed, t.session)
			t.got(e, models.OutcomePaid)
			if again := t.got(e, models.OutcomePaid); again.Deliveries != 2 {
				t.Errorf("%d deliveries", again.Deliveries)
			}
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"a discount of everything needs no payment and has no payment intent", func(t *till) {
			modelstest.Exec(t.T, t.url, fmt.Sprintf("UPDATE orders SET discount = subtotal, total = 0 WHERE id = %d", t.order.ID))
			t.event(completed, t.with(func(s *models.CheckoutSession) {
				*s.AmountTotal, s.PaymentStatus, s.PaymentIntentID = 0, "no_payment_required", ""
			}), models.OutcomePaid)
			t.ends(models.OrderPaid, 7, 0, 1)
			if got := t.payments(models.PaymentOfOrder)[0]; got.PaymentIntentID != nil || got.Amount != 0 {
				t.Errorf("payment %+v", got)
			}
			t.refused(models.RefundRequest{Amount: 1}, "No money was paid")
		}},
		{"another system's session is stored and changes nothing", func(t *till) {
			t.event(completed, t.with(func(s *models.CheckoutSession) {
				s.ID, s.Metadata, s.ClientReferenceID = "cs_other"+models.NewToken(), map[string]string{"order_id": "cart-77"}, "cart-77"
			}), models.OutcomeForeign)
			t.ends(models.OrderPending, 10, 3, 0)
		}},
		{"a session the shop has not stored yet is found by its metadata", func(t *till) {
			t.event(completed, t.with(func(s *models.CheckoutSession) { s.ID, s.ClientReferenceID = "cs_"+models.NewToken(), "" }), models.OutcomePaid)
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"a session the shop has not stored yet is found by its reference", func(t *till) {
			t.event(completed, t.with(func(s *models.CheckoutSession) { s.ID, s.Metadata = "cs_"+models.NewToken(), nil }), models.OutcomePaid)
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"payment_intent.succeeded of an open order asks Stripe and changes nothing", func(t *till) {
			t.got(intentSucceeded(t.session), models.OutcomeAskStripe)
			t.ends(models.OrderPending, 10, 3, 0)
		}},
		{"payment_intent.succeeded of a paid order is only noted", func(t *till) {
			t.pay()
			t.got(intentSucceeded(t.session), models.OutcomeIgnored)
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"payment_intent.payment_failed is only noted", func(t *till) {
			e := intentSucceeded(t.session)
			e.Type = "payment_intent.payment_failed"
			t.got(e, models.OutcomeIgnored)
			t.ends(models.OrderPending, 10, 3, 0)
		}},
		{"any other type is only noted", func(t *till) {
			t.got(models.Event{ID: "evt_" + models.NewToken(), Type: "customer.created", Payload: []byte("{}")}, models.OutcomeIgnored)
			t.ends(models.OrderPending, 10, 3, 0)
		}},
	})
}

func intentSucceeded(session models.CheckoutSession) models.Event {
	return models.Event{ID: "evt_" + models.NewToken(), Type: models.EventPaymentIntentSucceeded, Payload: []byte("{}"),
		Intent: &models.PaymentIntent{ID: session.PaymentIntentID, Metadata: session.Metadata}}
}
