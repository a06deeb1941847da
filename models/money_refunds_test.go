package models_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func chargeRefunded(intent string, amount int64) models.Event {
	return models.Event{ID: "evt_" + models.NewToken(), Type: models.EventChargeRefunded, Payload: []byte("{}"),
		Charge: &models.Charge{ID: "ch_" + intent, PaymentIntentID: intent, Currency: "usd", AmountRefunded: &amount}}
}

func refundEvent(kind, id, intent, status string, amount int64) models.Event {
	refund := models.StripeRefund{ID: id, PaymentIntentID: intent, Currency: "usd", Amount: amount, Status: status}
	if status == "failed" {
		refund.FailureReason = "lost_or_stolen_card"
	}
	return models.Event{ID: "evt_" + models.NewToken(), Type: kind, Payload: []byte("{}"), Refund: &refund}
}

var staff = models.Actor{Email: "boss@example.com"}

// asks asks for a refund of the order under a new key, unless it has one.
func (t *till) asks(r models.RefundRequest) (models.Refund, error) {
	r.OrderID, r.Actor = t.order.ID, staff
	if r.Key == "" {
		r.Key = models.NewToken()
	}
	return t.store.Refund(t.Context(), r)
}

func (t *till) granted(r models.RefundRequest) models.Refund {
	t.Helper()
	refund, err := t.asks(r)
	if err != nil {
		t.Fatal(err)
	}
	return refund
}

// refused wants a refund refused with a message for people.
func (t *till) refused(r models.RefundRequest, says string) {
	t.Helper()
	_, err := t.asks(r)
	var fault *models.InvalidError
	if !errors.As(err, &fault) || !strings.Contains(fault.Message, says) {
		t.Errorf("refund: %v, want a word of %q", err, says)
	}
}

// answered plays Stripe's answer to a refund of ours.
func (t *till) answered(refund models.Refund, status string) {
	t.Helper()
	err := t.store.RefundAnswered(t.Context(), refund.ID, models.StripeRefund{
		ID: fmt.Sprintf("re_%s_%d", t.slug, refund.ID), PaymentIntentID: t.session.PaymentIntentID, Currency: "usd", Amount: refund.Amount, Status: status,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (t *till) refund(id int64) models.Refund {
	t.Helper()
	refund, _, err := t.store.RefundByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return refund
}

func TestMoneyGoesBackAtStripes(t *testing.T) {
	play(t, []scenario{
		{"charge.refunded in part", func(t *till) {
			t.pay()
			t.got(chargeRefunded(t.session.PaymentIntentID, 500), models.OutcomeRefund)
			t.refunded(models.OrderPartiallyRefunded, 500)
			t.ends(models.OrderPartiallyRefunded, 7, 0, 1)
		}},
		{"charge.refunded in full", func(t *till) {
			t.pay()
			t.got(chargeRefunded(t.session.PaymentIntentID, 1500), models.OutcomeRefund)
			t.refunded(models.OrderRefunded, 1500)
		}},
		{"charge.refunded in the wrong order never falls", func(t *till) {
			t.pay()
			t.got(chargeRefunded(t.session.PaymentIntentID, 800), models.OutcomeRefund)
			t.got(chargeRefunded(t.session.PaymentIntentID, 500), models.OutcomeUnchanged)
			t.refunded(models.OrderPartiallyRefunded, 800)
		}},
		{"charge.refunded twice counts once", func(t *till) {
			t.pay()
			t.got(chargeRefunded(t.session.PaymentIntentID, 500), models.OutcomeRefund)
			t.got(chargeRefunded(t.session.PaymentIntentID, 500), models.OutcomeUnchanged)
			t.refunded(models.OrderPartiallyRefunded, 500)
		}},
		{"a refund object and its charge's event count once", func(t *till) {
			t.pay()
			id := "re_" + t.slug
			t.got(refundEvent("refund.created", id, t.session.PaymentIntentID, "succeeded", 500), models.OutcomeRefund)
			t.got(chargeRefunded(t.session.PaymentIntentID, 500), models.OutcomeRefund)
			t.got(refundEvent("charge.refund.updated", id, t.session.PaymentIntentID, "succeeded", 500), models.OutcomeUnchanged)
			t.refunded(models.OrderPartiallyRefunded, 500)
			t.mails(models.EmailRefund, 1)
		}},
		{"a refund that fails restores the amount and the status", func(t *till) {
			t.pay()
			id := "re_" + t.slug
			t.got(refundEvent("refund.created", id, t.session.PaymentIntentID, "pending", 1500), models.OutcomeRefund)
			t.got(chargeRefunded(t.session.PaymentIntentID, 1500), models.OutcomeRefund)
			t.got(refundEvent("refund.updated", id, t.session.PaymentIntentID, "succeeded", 1500), models.OutcomeRefund)
			t.refunded(models.OrderRefunded, 1500)
			t.got(refundEvent("refund.failed", id, t.session.PaymentIntentID, "failed", 1500), models.OutcomeRefund)
			t.refunded(models.OrderPaid, 0)
			t.recorded("refund_failed", 1)
			// Late news of better days:
			t.got(refundEvent("refund.updated", id, t.session.PaymentIntentID, "succeeded", 1500), models.OutcomeUnchanged)
			t.got(chargeRefunded(t.session.PaymentIntentID, 1500), models.OutcomeUnchanged)
			t.refunded(models.OrderPaid, 0)
			if got := t.payments(models.PaymentOfOrder)[0]; got.Refundable() != 1500 || got.Refunds[0].Failure != "lost_or_stolen_card" {
				t.Errorf("%d can go back, refund %+v", got.Refundable(), got.Refunds)
			}
		}},
		{"one of two refunds fails", func(t *till) {
			t.pay()
			intent := t.session.PaymentIntentID
			t.got(refundEvent("refund.created", "re_a"+t.slug, intent, "succeeded", 300), models.OutcomeRefund)
			t.got(refundEvent("refund.created", "re_b"+t.slug, intent, "succeeded", 500), models.OutcomeRefund)
			t.got(chargeRefunded(intent, 800), models.OutcomeRefund)
			t.got(refundEvent("refund.failed", "re_a"+t.slug, intent, "failed", 300), models.OutcomeRefund)
			t.refunded(models.OrderPartiallyRefunded, 500)
		}},
		{"a failure that comes before the news of its refund", func(t *till) {
			t.pay()
			id := "re_" + t.slug
			t.got(refundEvent("refund.failed", id, t.session.PaymentIntentID, "failed", 500), models.OutcomeRefund)
			t.got(refundEvent("refund.created", id, t.session.PaymentIntentID, "pending", 500), models.OutcomeUnchanged)
			t.got(chargeRefunded(t.session.PaymentIntentID, 500), models.OutcomeRefund)
			t.refunded(models.OrderPaid, 0)
		}},
		{"a charge refunded before the order was paid is applied once it is", func(t *till) {
			t.got(chargeRefunded(t.session.PaymentIntentID, 1500), models.OutcomeOrphan)
			statusIs(t.T, t.store, t.order, models.OrderPending)
			t.pay()
			t.refunded(models.OrderRefunded, 1500)
			t.ends(models.OrderRefunded, 7, 0, 1)
		}},
		{"a refund object before the order was paid is applied once it is", func(t *till) {
			t.got(refundEvent("refund.created", "re_"+t.slug, t.session.PaymentIntentID, "succeeded", 400), models.OutcomeOrphan)
			t.pay()
			t.refunded(models.OrderPartiallyRefunded, 400)
			t.got(refundEvent("refund.updated", "re_"+t.slug, t.session.PaymentIntentID, "succeeded", 400), models.OutcomeUnchanged)
			t.got(chargeRefunded(t.session.PaymentIntentID, 400), models.OutcomeRefund)
			t.refunded(models.OrderPartiallyRefunded, 400)
		}},
		{"a charge without a payment intent is another system's", func(t *till) {
			t.got(chargeRefunded("", 400), models.OutcomeForeign)
		}},
		{"paid stays paid whatever of the session comes after a refund", func(t *till) {
			t.pay()
			t.got(chargeRefunded(t.session.PaymentIntentID, 500), models.OutcomeRefund)
			t.event(models.EventSessionExpired, t.unpaid(), models.OutcomeUnchanged)
			t.event(models.EventSessionAsyncFailed, t.unpaid(), models.OutcomeUnchanged)
			t.event(models.EventSessionCompleted, t.session, models.OutcomeUnchanged)
			t.refunded(models.OrderPartiallyRefunded, 500)
		}},
	})
}

func TestStaffRefunds(t *testing.T) {
	play(t, []scenario{
		{"an amount", func(t *till) {
			t.pay()
			refund := t.granted(models.RefundRequest{Amount: 700, Reason: "requested_by_customer"})
			if refund.Status != models.RefundRequested || refund.Amount != 700 || refund.Actor != staff.Email {
				t.Errorf("refund %+v", refund)
			}
			t.refunded(models.OrderPaid, 0) // nothing has gone back yet
			t.answered(refund, "succeeded")
			t.refunded(models.OrderPartiallyRefunded, 700)
			t.mails(models.EmailRefund, 1)
			t.answered(refund, "succeeded") // noted twice, as after a crash
			t.refunded(models.OrderPartiallyRefunded, 700)
			t.mails(models.EmailRefund, 1)
		}},
		{"by line, back on the shelf", func(t *till) {
			t.pay()
			refund := t.granted(models.RefundRequest{Lines: []models.RefundItem{{OrderItemID: t.order.Items[0].ID, Quantity: 2, Restocked: true}}})
			if refund.Amount != 1000 {
				t.Errorf("two pieces come to %d", refund.Amount)
			}
			stockIs(t.T, t.store, t.slug, 9, 0)
			t.refused(models.RefundRequest{Lines: []models.RefundItem{{OrderItemID: t.order.Items[0].ID, Quantity: 2}}}, "at most the 1 pieces")
			t.refused(models.RefundRequest{Lines: []models.RefundItem{{OrderItemID: 1 << 40, Quantity: 1}}}, "Choose at most")
			t.refused(models.RefundRequest{Lines: []models.RefundItem{{OrderItemID: t.order.Items[0].ID, Quantity: -1}}}, "Choose at most")
		}},
		{"refused by Stripe: it failed and can be tried again, and goods come back once", func(t *till) {
			t.pay()
			line := []models.RefundItem{{OrderItemID: t.order.Items[0].ID, Quantity: 3, Restocked: true}}
			refund := t.granted(models.RefundRequest{Lines: line})
			if err := t.store.RefundRefused(t.Context(), refund.ID, "charge already refunded"); err != nil {
				t.Fatal(err)
			}
			if now := t.refund(refund.ID); now.Status != models.RefundFailed || now.Failure != "charge already refunded" {
				t.Errorf("refund %+v", now)
			}
			t.refunded(models.OrderPaid, 0)
			again := t.granted(models.RefundRequest{Lines: line})
			stockIs(t.T, t.store, t.slug, 10, 0)
			t.answered(again, "succeeded")
			t.refunded(models.OrderRefunded, 1500)
		}},
		{"said to be refused, yet Stripe has it: Stripe's word counts", func(t *till) {
			t.pay()
			refund := t.granted(models.RefundRequest{Amount: 600})
			if err := t.store.RefundRefused(t.Context(), refund.ID, "no"); err != nil {
				t.Fatal(err)
			}
			t.answered(refund, "succeeded")
			t.refunded(models.OrderPartiallyRefunded, 600)
			if now := t.refund(refund.ID); now.Status != models.RefundSucceeded || now.Failure != "" {
				t.Errorf("refund %+v", now)
			}
		}},
		{"more than is left", func(t *till) {
			t.pay()
			t.refused(models.RefundRequest{Amount: 1501}, "more than is left")
			t.granted(models.RefundRequest{Amount: 1000})
			t.refused(models.RefundRequest{Amount: 501}, "more than is left")
			t.granted(models.RefundRequest{Amount: 500})
			t.refused(models.RefundRequest{Amount: 1}, "gone back already")
		}},
		{"what went back at Stripe's is not left either", func(t *till) {
			t.pay()
			t.got(chargeRefunded(t.session.PaymentIntentID, 1200), models.OutcomeRefund)
			t.refused(models.RefundRequest{Amount: 301}, "more than is left")
		}},
		{"nothing, less than nothing, or for a reason Stripe does not know", func(t *till) {
			t.pay()
			t.refused(models.RefundRequest{}, "Enter the amount")
			t.refused(models.RefundRequest{Amount: -5}, "Enter the amount")
			t.refused(models.RefundRequest{Amount: 5, Reason: "whim"}, "reasons")
		}},
		{"before any money", func(t *till) { t.refused(models.RefundRequest{Amount: 5}, "No money has arrived") }},
		{"asked again under the same key it is the same refund", func(t *till) {
			t.pay()
			first := t.granted(models.RefundRequest{Amount: 1000, Key: "k" + t.slug})
			if second := t.granted(models.RefundRequest{Amount: 1000, Key: "k" + t.slug}); second.ID != first.ID {
				t.Errorf("refunds %d and %d", first.ID, second.ID)
			}
		}},
		{"ten at once under the same key are one refund", func(t *till) {
			t.pay()
			for _, err := range t.atOnce(10, func(int) models.RefundRequest {
				return models.RefundRequest{Amount: 1000, Key: "k" + t.slug, Lines: []models.RefundItem{{OrderItemID: t.order.Items[0].ID, Quantity: 2, Restocked: true}}}
			}) {
				if err != nil {
					t.Error(err)
				}
			}
			if got := t.payments(models.PaymentOfOrder)[0]; len(got.Refunds) != 1 {
				t.Errorf("%d refunds", len(got.Refunds))
			}
			stockIs(t.T, t.store, t.slug, 9, 0)
		}},
		{"ten at once under different keys never come to more than was paid", func(t *till) {
			t.pay()
			granted := 0
			for _, err := range t.atOnce(10, func(i int) models.RefundRequest {
				return models.RefundRequest{Amount: 400, Key: fmt.Sprintf("k%s-%d", t.slug, i)}
			}) {
				var fault *models.InvalidError
				if err == nil {
					granted++
				} else if !errors.As(err, &fault) {
					t.Error(err)
				}
			}
			if got := t.payments(models.PaymentOfOrder)[0]; granted != 3 || len(got.Refunds) != 3 || got.Refundable() != 300 {
				t.Errorf("%d granted, %d refunds, %d left", granted, len(got.Refunds), got.Refundable())
			}
		}},
		{"a discount lowers what a line comes to", func(t *till) {
			modelstest.Exec(t.T, t.url, fmt.Sprintf("UPDATE orders SET discount = 300, total = 1200 WHERE id = %d", t.order.ID))
			modelstest.Exec(t.T, t.url, fmt.Sprintf("UPDATE order_items SET discount = 300 WHERE order_id = %d", t.order.ID))
			t.event(models.EventSessionCompleted, t.with(func(s *models.CheckoutSession) { *s.AmountTotal = 1200 }), models.OutcomePaid)
			if refund := t.granted(models.RefundRequest{Lines: []models.RefundItem{{OrderItemID: t.order.Items[0].ID, Quantity: 1}}}); refund.Amount != 400 {
				t.Errorf("a piece comes to %d", refund.Amount)
			}
		}},
	})
}

// atOnce asks for n refunds at the same moment.
func (t *till) atOnce(n int, request func(i int) models.RefundRequest) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { _, errs[i] = t.asks(request(i)) })
	}
	wg.Wait()
	return errs
}
