package models_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func disputeEvent(t *till, kind, status string) models.Event {
	return models.Event{ID: "evt_" + models.NewToken(), Type: "charge.dispute." + kind, Payload: []byte("{}"), Dispute: &models.StripeDispute{
		ID: "dp_" + t.slug, PaymentIntentID: t.session.PaymentIntentID, Currency: "usd", Amount: 1500, Status: status, Reason: "fraudulent",
	}}
}

func TestDisputes(t *testing.T) {
	news := []struct{ kind, status string }{
		{"created", "needs_response"}, {"updated", "under_review"}, {"closed", "won"},
	}
	scenarios := []scenario{
		{"an open dispute leaves the order paid and stands in the way of refunds", func(t *till) {
			t.pay()
			t.got(disputeEvent(t, "created", "needs_response"), models.OutcomeDispute)
			t.ends(models.OrderPaid, 7, 0, 1)
			t.refused(models.RefundRequest{Amount: 100}, "dispute")
			t.got(disputeEvent(t, "closed", "won"), models.OutcomeDispute)
			t.granted(models.RefundRequest{Amount: 100})
		}},
		{"withdrawn and reinstated funds are news of the same dispute", func(t *till) {
			t.pay()
			t.got(disputeEvent(t, "funds_withdrawn", "needs_response"), models.OutcomeDispute)
			t.got(disputeEvent(t, "created", "needs_response"), models.OutcomeUnchanged)
			t.got(disputeEvent(t, "funds_reinstated", "won"), models.OutcomeDispute)
			if got := t.payments(models.PaymentOfOrder)[0]; len(got.Disputes) != 1 || got.Disputed() {
				t.Errorf("disputes %+v", got.Disputes)
			}
		}},
		{"an inquiry stands in the way too", func(t *till) {
			t.pay()
			t.got(disputeEvent(t, "created", "warning_needs_response"), models.OutcomeDispute)
			t.refused(models.RefundRequest{Amount: 100}, "dispute")
			t.got(disputeEvent(t, "closed", "warning_closed"), models.OutcomeDispute)
			t.granted(models.RefundRequest{Amount: 100})
		}},
		{"before the order is paid: applied once it is", func(t *till) {
			t.got(disputeEvent(t, "created", "needs_response"), models.OutcomeOrphan)
			t.pay()
			t.ends(models.OrderPaid, 7, 0, 1)
			t.refused(models.RefundRequest{Amount: 100}, "dispute")
			open, err := t.store.OpenDisputes(t.Context(), 100)
			if err != nil || len(open) == 0 || open[len(open)-1].OrderNumber != t.order.Number {
				t.Errorf("open disputes %+v, %v", open, err)
			}
		}},
		{"more time to answer is news, in whatever order it comes", func(t *till) {
			t.pay()
			due := time.Date(2026, 12, 1, 23, 59, 59, 0, time.UTC)
			by := func(kind string, days int) models.Event {
				e, at := disputeEvent(t, kind, "needs_response"), due.AddDate(0, 0, days)
				e.Dispute.EvidenceDueAt = &at
				return e
			}
			t.got(by("created", 0), models.OutcomeDispute)
			t.got(by("funds_withdrawn", 0), models.OutcomeUnchanged)
			t.got(by("updated", 7), models.OutcomeDispute)
			t.got(by("updated", 3), models.OutcomeUnchanged)
			if got := t.payments(models.PaymentOfOrder)[0].Disputes; len(got) != 1 || !got[0].EvidenceDueAt.Equal(due.AddDate(0, 0, 7)) {
				t.Errorf("disputes %+v", got)
			}
		}},
		{"another system's", func(t *till) {
			e := disputeEvent(t, "created", "needs_response")
			e.Dispute.PaymentIntentID = ""
			t.got(e, models.OutcomeForeign)
		}},
	}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		name := ""
		for _, i := range order {
			name += news[i].kind + " "
		}
		scenarios = append(scenarios, scenario{"in the order " + name + "it ends won", func(t *till) {
			t.pay()
			for _, i := range order {
				receive(t.T, t.store, disputeEvent(t, news[i].kind, news[i].status))
			}
			got := t.payments(models.PaymentOfOrder)[0]
			if len(got.Disputes) != 1 || got.Disputes[0].Status != "won" || got.Disputed() {
				t.Errorf("disputes %+v", got.Disputes)
			}
			statusIs(t.T, t.store, t.order, models.OrderPaid)
		}})
	}
	play(t, scenarios)
}

// TestReplayChangesNothingTwice applies stored events again, as an admin can.
func TestReplayChangesNothingTwice(t *testing.T) {
	play(t, []scenario{{"every kind of event", func(t *till) {
		intent := t.session.PaymentIntentID
		events := []models.Event{
			event(models.EventSessionCompleted, t.session), chargeRefunded(intent, 500),
			refundEvent("refund.created", "re_"+t.slug, intent, "succeeded", 500), disputeEvent(t, "created", "needs_response"),
			intentSucceeded(t.session), {ID: "evt_" + models.NewToken(), Type: "customer.created", Payload: []byte("{}")},
		}
		for _, e := range events {
			receive(t.T, t.store, e)
		}
		for _, e := range events {
			for range 2 {
				again, err := t.store.ReplayEvent(t.Context(), e, staff)
				if err != nil || (again.Outcome != models.OutcomeUnchanged && again.Outcome != models.OutcomeIgnored) {
					t.Errorf("%s again: %s, %v", e.Type, again.Outcome, err)
				}
			}
		}
		t.refunded(models.OrderPartiallyRefunded, 500)
		t.ends(models.OrderPartiallyRefunded, 7, 0, 1)
		t.mails(models.EmailRefund, 1)
		got := t.payments(models.PaymentOfOrder)[0]
		if len(got.Refunds) != 1 || len(got.Disputes) != 1 {
			t.Errorf("payment %+v", got)
		}
		t.recorded("paid", 1)
		t.recorded("dispute", 1)
	}}})
}

// TestPaymentAndRefundAtOnce sends what Stripe says of one order all at once,
// for many orders.
func TestPaymentAndRefundAtOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		variant := modelstest.Product(t, store, "pen", 500, 100)
		var orders []models.Order
		var events []models.Event
		for i := range 20 {
			order, session := checkout(t, store, variant, 3)
			orders = append(orders, order)
			intent, id := session.PaymentIntentID, fmt.Sprintf("re_%d", i)
			events = append(events,
				refundEvent("refund.created", id, intent, "pending", 500), event(models.EventSessionCompleted, session),
				chargeRefunded(intent, 500), event(models.EventSessionCompleted, session),
				refundEvent("refund.updated", id, intent, "succeeded", 500), intentSucceeded(session))
		}
		var wg sync.WaitGroup
		start := make(chan struct{})
		for _, e := range events {
			wg.Go(func() {
				<-start
				if _, err := store.ReceiveEvent(t.Context(), e); err != nil {
					t.Error(err)
				}
			})
		}
		close(start)
		wg.Wait()
		for _, order := range orders {
			if now := statusIs(t, store, order, models.OrderPartiallyRefunded); now.AmountRefunded != 500 {
				t.Errorf("%d went back", now.AmountRefunded)
			}
		}
		stockIs(t, store, "pen", 40, 0)
		if n := receipts(t, store); n != len(orders) {
			t.Errorf("%d receipts", n)
		}
	})
}
