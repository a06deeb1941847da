package models_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// misfit puts the order into review with its money: one unit too much came.
func (t *till) misfit() {
	t.Helper()
	t.session = t.with(func(s *models.CheckoutSession) { *s.AmountTotal++ })
	t.event(models.EventSessionCompleted, t.session, models.OutcomeReview)
}

func (t *till) invalid(err error, says string) {
	t.Helper()
	var fault *models.InvalidError
	if !errors.As(err, &fault) || !strings.Contains(fault.Message, says) {
		t.Errorf("error is %v, want a word of %q", err, says)
	}
}

func (t *till) done(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// resolved wants the end of the order's only review.
func (t *till) resolved(resolution string) {
	t.Helper()
	reviews, err := t.store.ReviewsOfOrder(t.Context(), t.order.ID)
	if err != nil || len(reviews) != 1 || reviews[0].Resolution != resolution || (reviews[0].ResolvedAt == nil) != (resolution == "") {
		t.Errorf("reviews %+v, %v; want one that was %s", reviews, err, resolution)
	}
}

func TestReviews(t *testing.T) {
	play(t, []scenario{
		{"accepted: the stock is sold, one receipt goes out", func(t *till) {
			t.misfit()
			t.resolved("")
			t.done(t.store.AcceptReview(t.Context(), t.order.ID, staff))
			t.ends(models.OrderPaid, 7, 0, 1)
			t.payments(models.PaymentOfOrder)
			t.resolved("accepted")
			t.event(models.EventSessionCompleted, t.session, models.OutcomeUnchanged)
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"accepted ten times at once: once", func(t *till) {
			t.misfit()
			var wg sync.WaitGroup
			errs := make([]error, 10)
			for i := range errs {
				wg.Go(func() { errs[i] = t.store.AcceptReview(t.Context(), t.order.ID, staff) })
			}
			wg.Wait()
			accepted := 0
			for _, err := range errs {
				if err == nil {
					accepted++
				} else if !errors.Is(err, models.ErrNotInReview) {
					t.Error(err)
				}
			}
			if accepted != 1 {
				t.Errorf("%d accepted it", accepted)
			}
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"accepted after the stock had gone: refused until there is some", func(t *till) {
			t.event(models.EventSessionExpired, t.unpaid(), models.OutcomeExpired)
			_, others := checkout(t.T, t.store, t.variant, 8)
			t.event(models.EventSessionCompleted, others, models.OutcomePaid)
			t.event(models.EventSessionCompleted, t.session, models.OutcomeReview)
			t.invalid(t.store.AcceptReview(t.Context(), t.order.ID, staff), "stock")
			t.ends(models.OrderReview, 2, 0, 0)
			modelstest.Exec(t.T, t.url, "UPDATE variants SET stock = 5 WHERE sku = '"+t.slug+"'")
			modelstest.Count(t.T, t.url)
			t.done(t.store.AcceptReview(t.Context(), t.order.ID, staff))
			t.ends(models.OrderPaid, 2, 0, 1)
		}},
		{"accepted before any money came: refused", func(t *till) {
			t.session = t.with(func(s *models.CheckoutSession) { *s.AmountTotal++; s.PaymentStatus = "unpaid" })
			t.event(models.EventSessionCompleted, t.session, models.OutcomeReview)
			t.invalid(t.store.AcceptReview(t.Context(), t.order.ID, staff), "No money")
			paid := t.with(func(s *models.CheckoutSession) { s.PaymentStatus = "paid" })
			t.event(models.EventSessionAsyncSucceeded, paid, models.OutcomeReview)
			t.done(t.store.AcceptReview(t.Context(), t.order.ID, staff))
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"canceled without money: the stock is free", func(t *till) {
			t.session = t.with(func(s *models.CheckoutSession) { *s.AmountTotal++; s.PaymentStatus = "unpaid" })
			t.event(models.EventSessionCompleted, t.session, models.OutcomeReview)
			t.done(t.store.CancelReview(t.Context(), t.order.ID, staff))
			t.ends(models.OrderExpired, 10, 0, 0)
			t.resolved("canceled")
			if err := t.store.CancelReview(t.Context(), t.order.ID, staff); !errors.Is(err, models.ErrNotInReview) {
				t.Errorf("canceled again: %v", err)
			}
		}},
		{"canceled with money: refused, also while its refund is only asked for", func(t *till) {
			t.misfit()
			t.invalid(t.store.CancelReview(t.Context(), t.order.ID, staff), "Money has arrived")
			payment := t.payments(models.PaymentInReview)[0]
			t.granted(models.RefundRequest{PaymentID: payment.ID, Amount: 1501})
			t.invalid(t.store.CancelReview(t.Context(), t.order.ID, staff), "Money has arrived")
			t.ends(models.OrderReview, 10, 3, 0)
		}},
		{"paid back: the order is closed and its stock free", func(t *till) {
			t.misfit()
			payment := t.payments(models.PaymentInReview)[0]
			refund := t.granted(models.RefundRequest{PaymentID: payment.ID, Amount: 1501})
			t.ends(models.OrderReview, 10, 3, 0)
			t.answered(refund, "succeeded")
			t.refunded(models.OrderRefunded, 1501)
			t.ends(models.OrderRefunded, 10, 0, 0)
			t.resolved("refunded")
			t.event(models.EventSessionCompleted, t.session, models.OutcomeUnchanged)
			t.ends(models.OrderRefunded, 10, 0, 0)
		}},
		{"paid back at Stripe's: the same", func(t *till) {
			t.misfit()
			t.got(chargeRefunded(t.session.PaymentIntentID, 1501), models.OutcomeRefund)
			t.ends(models.OrderRefunded, 10, 0, 0)
			t.resolved("refunded")
		}},
		{"paid back and then the refund fails: it waits for a decision again", func(t *till) {
			t.misfit()
			t.got(refundEvent("refund.created", "re_"+t.slug, t.session.PaymentIntentID, "succeeded", 1501), models.OutcomeRefund)
			t.got(refundEvent("refund.failed", "re_"+t.slug, t.session.PaymentIntentID, "failed", 1501), models.OutcomeRefund)
			if got := t.payments(models.PaymentInReview)[0]; got.Refundable() != 1501 {
				t.Errorf("%d can go back", got.Refundable())
			}
			t.ends(models.OrderReview, 10, 0, 0)
			t.resolved("")
			t.done(t.store.AcceptReview(t.Context(), t.order.ID, staff))
			t.ends(models.OrderPaid, 7, 0, 1)
		}},
		{"paid back in part, then accepted", func(t *till) {
			t.misfit()
			t.got(chargeRefunded(t.session.PaymentIntentID, 1), models.OutcomeRefund)
			t.ends(models.OrderReview, 10, 3, 0)
			t.done(t.store.AcceptReview(t.Context(), t.order.ID, staff))
			t.refunded(models.OrderPartiallyRefunded, 1)
		}},
		{"a second session of an order in review is a duplicate", func(t *till) {
			second := t.second()
			t.misfit()
			t.event(models.EventSessionCompleted, second, models.OutcomeDuplicatePayment)
			t.payments(models.PaymentInReview, models.PaymentDuplicate)
			t.done(t.store.AcceptReview(t.Context(), t.order.ID, staff))
			t.ends(models.OrderPaid, 8, 3, 1)
		}},
		{"deciding what is in no review", func(t *till) {
			if err := t.store.AcceptReview(t.Context(), t.order.ID, staff); !errors.Is(err, models.ErrNotInReview) {
				t.Errorf("accepted: %v", err)
			}
			if err := t.store.CancelReview(t.Context(), 1<<40, staff); !errors.Is(err, models.ErrNotFound) {
				t.Errorf("canceled: %v", err)
			}
		}},
	})
}
