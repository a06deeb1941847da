package models_test

import (
	"strings"
	"testing"

	"tuckshop/models"
)

// TestWhatOthersSay has sessions, disputes and clicks that come from elsewhere
// than an ordinary purchase.
func TestWhatOthersSay(t *testing.T) {
	stranger := func(t *till, change func(*models.CheckoutSession)) models.CheckoutSession {
		return t.with(func(s *models.CheckoutSession) {
			s.ID, s.Metadata, s.ClientReferenceID, s.Email = "cs_other"+models.NewToken(), nil, s.Metadata["order_id"], "stranger@elsewhere.example"
			change(s)
		})
	}
	var scenarios []scenario
	for name, change := range map[string]func(*models.CheckoutSession){
		"a subscription":   func(s *models.CheckoutSession) { s.Mode = "subscription" },
		"another amount":   func(s *models.CheckoutSession) { *s.AmountTotal, *s.AmountSubtotal = 99, 99 },
		"another currency": func(s *models.CheckoutSession) { s.Currency = "eur" },
		"no amount":        func(s *models.CheckoutSession) { s.AmountTotal = nil },
	} {
		scenarios = append(scenarios, scenario{"another system's session with our order's number as its reference: " + name, func(t *till) {
			for _, kind := range []string{models.EventSessionCompleted, models.EventSessionAsyncSucceeded, models.EventSessionAsyncFailed, models.EventSessionExpired} {
				t.event(kind, stranger(t, change), models.OutcomeForeign)
			}
			if now := t.ends(models.OrderPending, 10, 3, 0); now.Email != "" {
				t.Errorf("the order is of %s", now.Email)
			}
			t.pay()
			t.event(models.EventSessionCompleted, stranger(t, change), models.OutcomeForeign)
			t.ends(models.OrderPaid, 7, 0, 1)
			t.payments(models.PaymentOfOrder)
		}})
	}
	scenarios = append(scenarios,
		scenario{"no payment required of an order that costs something", func(t *till) {
			t.event(models.EventSessionCompleted, t.with(func(s *models.CheckoutSession) { s.PaymentStatus = "no_payment_required" }), models.OutcomeReview)
			if now := t.ends(models.OrderReview, 10, 3, 0); !strings.Contains(now.ReviewReason, "needed no payment") {
				t.Errorf("the reason is %q", now.ReviewReason)
			}
		}},
		scenario{"accepted while the money is on its way back: refused until the refund has failed", func(t *till) {
			t.misfit()
			refund := t.granted(models.RefundRequest{PaymentID: t.payments(models.PaymentInReview)[0].ID, Amount: 1501})
			t.invalid(t.store.AcceptReview(t.Context(), t.order.ID, staff), "on its way")
			t.ends(models.OrderReview, 10, 3, 0)
			t.done(t.store.RefundRefused(t.Context(), refund.ID, "no"))
			t.done(t.store.AcceptReview(t.Context(), t.order.ID, staff))
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		scenario{"accepted in another currency: told in what was paid", func(t *till) {
			t.session = t.with(func(s *models.CheckoutSession) { s.Currency = "eur"; *s.AmountTotal++ })
			t.event(models.EventSessionCompleted, t.session, models.OutcomeReview)
			t.done(t.store.AcceptReview(t.Context(), t.order.ID, staff))
			t.got(chargeRefunded(t.session.PaymentIntentID, 100), models.OutcomeRefund)
			now := t.ends(models.OrderPartiallyRefunded, 7, 0, 1)
			if now.PaidWith() != (models.Money{Amount: 1501, Currency: "EUR"}) || now.Refunded() != (models.Money{Amount: 100, Currency: "EUR"}) {
				t.Errorf("paid with %s, refunded %s", now.PaidWith(), now.Refunded())
			}
		}},
		scenario{"paid with its total it says so", func(t *till) {
			t.pay()
			if now := t.ends(models.OrderPaid, 7, 0, 1); now.PaidAmount != nil || now.PaidWith() != now.Price(1500) {
				t.Errorf("paid with %s", now.PaidWith())
			}
		}},
		scenario{"a dispute that was prevented stands in nobody's way", func(t *till) {
			t.pay()
			t.got(disputeEvent(t, "created", "needs_response"), models.OutcomeDispute)
			t.got(disputeEvent(t, "closed", "prevented"), models.OutcomeDispute)
			t.granted(models.RefundRequest{Amount: 100})
		}},
		scenario{"a dispute in a state that nobody knows yet counts as open", func(t *till) {
			t.pay()
			t.got(disputeEvent(t, "created", "needs_response"), models.OutcomeDispute)
			t.got(disputeEvent(t, "updated", "being_arbitrated"), models.OutcomeDispute)
			t.refused(models.RefundRequest{Amount: 100}, "dispute")
			t.got(disputeEvent(t, "closed", "won"), models.OutcomeDispute)
			t.granted(models.RefundRequest{Amount: 100})
		}},
		scenario{"a lost dispute leaves nothing to refund", func(t *till) {
			t.pay()
			t.got(disputeEvent(t, "closed", "lost"), models.OutcomeDispute)
			t.refused(models.RefundRequest{Amount: 100}, "dispute was lost")
		}},
		scenario{"a confirmation of another order's refund, or one that no form made", func(t *till) {
			t.pay()
			first := t.granted(models.RefundRequest{Amount: 100, Key: "k" + t.slug})
			t.order, t.session = checkout(t.T, t.store, t.variant, 2)
			t.pay()
			t.refused(models.RefundRequest{Amount: 100, Key: *first.IdempotencyKey}, "another refund")
			t.refused(models.RefundRequest{Amount: 100, Key: strings.Repeat("k", 200)}, "another refund")
		}},
		scenario{"replayed, an event keeps what it did at first", func(t *till) {
			paid := event(models.EventSessionCompleted, t.session)
			t.got(paid, models.OutcomePaid)
			if again, err := t.store.ReplayEvent(t.Context(), paid, staff); err != nil || again.Outcome != models.OutcomeUnchanged {
				t.Errorf("replayed: %s, %v", again.Outcome, err)
			}
			if kept, err := t.store.StripeEventByID(t.Context(), paid.ID); err != nil || kept.Outcome != models.OutcomePaid || kept.OrderID == nil {
				t.Errorf("the event says %s of order %v, %v", kept.Outcome, kept.OrderID, err)
			}
		}},
	)
	play(t, scenarios)
}
