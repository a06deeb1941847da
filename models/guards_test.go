package models_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// attempt is the latest attempt to open a payment page for the order.
func (t *till) attempt() models.CheckoutAttempt {
	t.Helper()
	attempts, err := t.store.AttemptsOfOrder(t.Context(), t.order.ID)
	if err != nil || len(attempts) == 0 {
		t.Fatalf("%d attempts, %v", len(attempts), err)
	}
	return attempts[len(attempts)-1]
}

// sessionIs wants the session that the order names.
func (t *till) sessionIs(want string) {
	t.Helper()
	now, err := t.store.OrderByID(t.Context(), t.order.ID)
	if err != nil || now.StripeSessionID == nil || *now.StripeSessionID != want {
		t.Errorf("the order is %+v, %v; want session %s", now, err, want)
	}
}

// unopened makes the till's order one of two pieces whose payment page is not
// open yet.
func (t *till) unopened() models.CheckoutAttempt {
	t.Helper()
	token := models.NewToken()
	t.done(t.store.AddToCart(t.Context(), token, t.variant, 2))
	begun, err := t.store.BeginCheckout(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	t.order, t.session = begun.Order, paidSession(begun.Order, "cs_"+models.NewToken())
	return begun.Attempt
}

func TestWhatComesLateChangesNothing(t *testing.T) {
	completed, failed, expired := models.EventSessionCompleted, models.EventSessionAsyncFailed, models.EventSessionExpired
	play(t, []scenario{
		{"completed, without the money, after the payment failed", func(t *till) {
			t.event(failed, t.unpaid(), models.OutcomePaymentFailed)
			t.event(completed, t.unpaid(), models.OutcomeUnchanged)
			t.ends(models.OrderPaymentFailed, 10, 0, 0)
			t.recorded("awaiting_payment", 0)
		}},
		{"completed, without the money, after it expired", func(t *till) {
			t.event(expired, t.unpaid(), models.OutcomeExpired)
			t.event(completed, t.unpaid(), models.OutcomeUnchanged)
			t.ends(models.OrderExpired, 10, 0, 0)
			t.recorded("awaiting_payment", 0)
		}},
		{"expired after completed: Stripe is still asked about the session", func(t *till) {
			t.event(completed, t.unpaid(), models.OutcomeAwaitingPayment)
			t.event(expired, t.unpaid(), models.OutcomeUnchanged)
			if got := t.attempt(); got.Status != models.AttemptComplete {
				t.Errorf("the attempt is %s", got.Status)
			}
			open, err := t.store.OpenAttempts(t.Context(), time.Now().Add(time.Hour), 0, 1000)
			if err != nil || !slices.ContainsFunc(open, func(a models.CheckoutAttempt) bool { return a.OrderID == t.order.ID }) {
				t.Errorf("asked about %+v, %v", open, err)
			}
		}},
		{"a session opened for an order that is paid", func(t *till) {
			t.pay()
			t.done(t.store.SessionOpened(t.Context(), t.attempt(), paidSession(t.order, "cs_late"+t.slug)))
			if got := t.attempt(); got.Status != models.AttemptComplete || *got.StripeSessionID != t.session.ID {
				t.Errorf("the attempt is %s with session %s", got.Status, *got.StripeSessionID)
			}
			t.sessionIs(t.session.ID)
		}},
		{"a session opened for an order that expired", func(t *till) {
			t.event(expired, t.unpaid(), models.OutcomeExpired)
			t.done(t.store.SessionOpened(t.Context(), t.attempt(), paidSession(t.order, "cs_late"+t.slug)))
			if got := t.attempt(); got.Status != models.AttemptExpired || *got.StripeSessionID != t.session.ID {
				t.Errorf("the attempt is %s with session %s", got.Status, *got.StripeSessionID)
			}
			t.sessionIs(t.session.ID)
		}},
		{"a session said to have failed that is open", func(t *till) {
			for _, definite := range []bool{false, true} {
				t.done(t.store.SessionFailed(t.Context(), t.attempt(), definite, "500"))
				if got := t.attempt(); got.Status != models.AttemptOpen || got.Error != "" {
					t.Errorf("the attempt is %s: %s", got.Status, got.Error)
				}
				t.ends(models.OrderPending, 10, 3, 0)
			}
		}},
		{"a session failed whose order is in review: the stock stays with the order", func(t *till) {
			attempt := t.unopened()
			other := t.with(func(s *models.CheckoutSession) {
				s.PaymentStatus, s.ClientReferenceID = "unpaid", "1"+s.ClientReferenceID
			})
			t.event(failed, other, models.OutcomeReview)
			t.done(t.store.SessionFailed(t.Context(), attempt, true, "400"))
			t.ends(models.OrderReview, 10, 3+2, 0)
		}},
		{"a refund refused after Stripe's answer", func(t *till) {
			t.pay()
			refund := t.granted(models.RefundRequest{Amount: 600})
			t.answered(refund, "succeeded")
			t.done(t.store.RefundRefused(t.Context(), refund.ID, "no"))
			if now := t.refund(refund.ID); now.Status != models.RefundSucceeded || now.Failure != "" {
				t.Errorf("refund %+v", now)
			}
			t.recorded("refund_failed", 0)
			t.refunded(models.OrderPartiallyRefunded, 600)
		}},
	})
}

func TestReviewKeepsWhatIsTheOrders(t *testing.T) {
	play(t, []scenario{
		{"a session that names two orders is that of its metadata", func(t *till) {
			other, _ := checkout(t.T, t.store, t.variant, 2)
			t.event(models.EventSessionCompleted, t.with(func(s *models.CheckoutSession) {
				s.ID, s.ClientReferenceID = "cs_"+models.NewToken(), strconv.FormatInt(other.ID, 10)
			}), models.OutcomeReview)
			t.ends(models.OrderReview, 10, 3+2, 0)
			t.payments(models.PaymentInReview)
			statusIs(t.T, t.store, other, models.OrderPending)
		}},
		{"a misfit of another session leaves the order its own", func(t *till) {
			second := t.second()
			t.misfit()
			t.sessionIs(second.ID)
		}},
		{"paid back in part it cannot be canceled", func(t *till) {
			t.misfit()
			t.got(chargeRefunded(t.session.PaymentIntentID, 500), models.OutcomeRefund)
			t.invalid(t.store.CancelReview(t.Context(), t.order.ID, staff), "Money has arrived")
			t.ends(models.OrderReview, 10, 3, 0)
			t.resolved("")
		}},
		{"goods that are only reserved do not come back", func(t *till) {
			t.misfit()
			payment := t.payments(models.PaymentInReview)[0]
			t.restocksNothing(payment, 10, 3)
		}},
		{"goods that were given free do not come back", func(t *till) {
			t.event(models.EventSessionExpired, t.unpaid(), models.OutcomeExpired)
			t.misfit()
			payment := t.payments(models.PaymentInReview)[0]
			t.restocksNothing(payment, 10, 0)
		}},
	})
}

// restocksNothing refunds a piece and asks to put it on the shelf, where it
// has never left.
func (t *till) restocksNothing(payment models.Payment, stock, reserved int64) {
	t.Helper()
	refund := t.granted(models.RefundRequest{
		PaymentID: payment.ID, Lines: []models.RefundItem{{OrderItemID: t.order.Items[0].ID, Quantity: 1, Restocked: true}},
	})
	t.ends(models.OrderReview, stock, reserved, 0)
	if now := t.refund(refund.ID); len(now.Items) != 1 || now.Items[0].Restocked {
		t.Errorf("lines %+v", now.Items)
	}
}

func TestRefundsAreCountedOnce(t *testing.T) {
	play(t, []scenario{
		{"never more than was paid, whatever the charge says", func(t *till) {
			t.pay()
			t.got(chargeRefunded(t.session.PaymentIntentID, 2000), models.OutcomeRefund)
			t.refunded(models.OrderRefunded, 1500)
			if got := t.payments(models.PaymentOfOrder)[0]; got.AmountRefunded != 1500 {
				t.Errorf("%d of the payment went back", got.AmountRefunded)
			}
		}},
		{"one that Stripe has not heard of does not count", func(t *till) {
			t.pay()
			t.granted(models.RefundRequest{Amount: 700})
			t.got(chargeRefunded(t.session.PaymentIntentID, 300), models.OutcomeRefund)
			t.refunded(models.OrderPartiallyRefunded, 300)
		}},
		{"one that Stripe refused takes nothing from the charge", func(t *till) {
			t.pay()
			refund := t.granted(models.RefundRequest{Amount: 600})
			t.done(t.store.RefundRefused(t.Context(), refund.ID, "no"))
			t.got(chargeRefunded(t.session.PaymentIntentID, 500), models.OutcomeRefund)
			t.refunded(models.OrderPartiallyRefunded, 500)
		}},
		{"one of another payment leaves the one it names alone", func(t *till) {
			t.pay()
			ours := t.granted(models.RefundRequest{Amount: 400})
			other, session := checkout(t.T, t.store, t.variant, 2)
			t.event(models.EventSessionCompleted, session, models.OutcomePaid)
			e := refundEvent("refund.created", "re_"+t.slug, session.PaymentIntentID, "succeeded", 300)
			e.Refund.Metadata = map[string]string{models.RefundMetadata: strconv.FormatInt(ours.ID, 10)}
			t.got(e, models.OutcomeRefund)
			if now := t.refund(ours.ID); now.Status != models.RefundRequested || now.StripeRefundID != nil {
				t.Errorf("refund %+v", now)
			}
			t.refunded(models.OrderPaid, 0)
			t.order = other
			t.refunded(models.OrderPartiallyRefunded, 300)
			if got := t.payments(models.PaymentOfOrder)[0].Refunds; len(got) != 1 || got[0].Amount != 300 {
				t.Errorf("refunds %+v", got)
			}
		}},
	})
}

// TestPartOfTheStockIsGone has an order paid after it expired, when only its
// first line is still there.
func TestPartOfTheStockIsGone(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		var products []models.Product
		for _, slug := range []string{"pen", "ink"} {
			products = append(products, models.Product{Slug: slug, Name: slug, Status: models.ProductActive,
				Variants: []models.Variant{{SKU: slug, Price: 500, Stock: 10}}})
		}
		if _, err := store.AddCatalogue(t.Context(), nil, products, nil); err != nil {
			t.Fatal(err)
		}
		token := models.NewToken()
		stored := make([]models.Product, len(products))
		for i, product := range products {
			var err error
			if stored[i], err = store.ProductBySlug(t.Context(), product.Slug); err != nil {
				t.Fatal(err)
			}
			if err := store.AddToCart(t.Context(), token, stored[i].Variants[0].ID, 3); err != nil {
				t.Fatal(err)
			}
		}
		// Stock is taken by the variant's id.
		slices.SortFunc(stored, func(a, b models.Product) int { return cmp.Compare(a.Variants[0].ID, b.Variants[0].ID) })
		first, last := stored[0], stored[1]
		begun, err := store.BeginCheckout(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		session := paidSession(begun.Order, "cs_"+models.NewToken())
		if err := store.SessionOpened(t.Context(), begun.Attempt, session); err != nil {
			t.Fatal(err)
		}
		receive(t, store, event(models.EventSessionExpired, session))
		_, others := checkout(t, store, last.Variants[0].ID, 8)
		receive(t, store, event(models.EventSessionCompleted, others))
		if got := receive(t, store, event(models.EventSessionCompleted, session)); got.Outcome != models.OutcomeReview {
			t.Errorf("paid too late it came to %s (%s)", got.Outcome, got.Detail)
		}
		statusIs(t, store, begun.Order, models.OrderReview)
		stockIs(t, store, first.Slug, 10, 0)
		stockIs(t, store, last.Slug, 2, 0)
	})
}

// TestPageThatIsAboutToClose goes back to the payment page until two minutes
// before its end.
func TestPageThatIsAboutToClose(t *testing.T) {
	for _, c := range []struct {
		left      time.Duration
		supersede bool
	}{{3 * time.Minute, false}, {time.Minute, true}, {-time.Minute, true}} {
		t.Run(fmt.Sprint(c.left), func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, url string) {
				now := time.Now()
				store := modelstest.New(t, url, models.Options{Now: func() time.Time { return now }})
				token := models.NewToken()
				if err := store.AddToCart(t.Context(), token, modelstest.Product(t, store, "pen", 500, 10), 3); err != nil {
					t.Fatal(err)
				}
				begun, err := store.BeginCheckout(t.Context(), token)
				if err != nil {
					t.Fatal(err)
				}
				if err := store.SessionOpened(t.Context(), begun.Attempt, paidSession(begun.Order, "cs_open")); err != nil {
					t.Fatal(err)
				}
				now = begun.Attempt.ExpiresAt.Add(-c.left)
				again, err := store.BeginCheckout(t.Context(), token)
				if err != nil || again.Attempt.ID != begun.Attempt.ID || again.Supersede != c.supersede {
					t.Errorf("attempt %d, supersede %t, %v; want attempt %d, supersede %t", again.Attempt.ID, again.Supersede, err, begun.Attempt.ID, c.supersede)
				}
			})
		})
	}
}
