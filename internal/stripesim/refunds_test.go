package stripesim_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/internal/stripesim"
)

func (s *sim) refunded(charge string) int64 {
	s.t.Helper()
	c, err := s.api.Charges.Get(charge, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	check(s.t, "refunded wholly", c.Refunded, c.AmountRefunded == c.AmountCaptured)
	return c.AmountRefunded
}

func (s *sim) refundNow(id string) *stripe.Refund {
	s.t.Helper()
	refund, err := s.api.Refunds.Get(id, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return refund
}

func TestRefunds(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url)
	intent := &sim.paid().PaymentIntent.ID
	p := &stripe.RefundParams{PaymentIntent: intent, Amount: stripe.Int64(1000), Reason: stripe.String("requested_by_customer")}
	p.AddMetadata("refund_id", "1")
	refund, err := sim.api.Refunds.New(p)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "refund", refund.Status, stripe.RefundStatusSucceeded)
	check(t, "reason", refund.Reason, stripe.RefundReasonRequestedByCustomer)
	check(t, "refunded", sim.refunded(refund.Charge.ID), 1000)
	_, err = sim.refund(*intent, 3000)
	wantError(t, err, 400, "")
	unknown := &stripe.RefundParams{PaymentIntent: intent}
	unknown.AddExtra("colour", "red")
	_, err = sim.api.Refunds.New(unknown)
	wantError(t, err, 400, "parameter_unknown")
	if _, err = sim.refund(*intent, 999); err != nil {
		t.Fatal(err)
	}
	rest, err := sim.api.Refunds.New(&stripe.RefundParams{Charge: &refund.Charge.ID})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "the rest", rest.Amount, 2000)
	check(t, "refunded", sim.refunded(refund.Charge.ID), 3999)
	_, err = sim.api.Refunds.New(&stripe.RefundParams{Charge: &refund.Charge.ID})
	wantError(t, err, 400, "charge_already_refunded")
	other := sim.paid().PaymentIntent.ID
	if _, err := sim.refund(other, 1); err != nil {
		t.Fatal(err)
	}
	for name, filter := range map[string]*stripe.RefundListParams{"intent": {PaymentIntent: intent}, "charge": {Charge: &refund.Charge.ID}} {
		n := 0
		for list := sim.api.Refunds.List(filter); list.Next(); n++ {
		}
		check(t, "refunds by "+name, n, 3)
	}
	update := &stripe.RefundParams{}
	update.AddMetadata("seen", "yes")
	if refund, err = sim.api.Refunds.Update(refund.ID, update); err != nil {
		t.Fatal(err)
	}
	check(t, "metadata", refund.Metadata["refund_id"]+refund.Metadata["seen"], "1yes")
	check(t, "events", sim.kinds(refund.ID), "refund.created refund.updated charge.refund.updated")
	told := map[int64]bool{}
	for range 4 {
		var charge stripe.Charge
		if err := json.Unmarshal(shop.next("charge.refunded").event.Data.Raw, &charge); err != nil {
			t.Fatal(err)
		}
		told[charge.AmountRefunded] = true
	}
	for _, want := range []int64{1000, 1999, 3999, 1} {
		check(t, "the shop was told an absolute figure", told[want], true)
	}
	_, err = sim.api.Refunds.Cancel(refund.ID, nil)
	wantError(t, err, 400, "")
	_, err = sim.api.Refunds.Get("re_none", nil)
	wantError(t, err, 404, "resource_missing")
}

func TestRefundOfWhatWasNotPaid(t *testing.T) {
	sim := start(t, "")
	session := sim.open()
	if err := sim.Pay(t.Context(), session.ID, stripesim.Decline); err != nil {
		t.Fatal(err)
	}
	_, err := sim.refund(sim.get(session.ID).PaymentIntent.ID, 0)
	wantError(t, err, 400, "")
	waiting := sim.open()
	if err := sim.Pay(t.Context(), waiting.ID, stripesim.Delayed); err != nil {
		t.Fatal(err)
	}
	_, err = sim.refund(sim.get(waiting.ID).PaymentIntent.ID, 0)
	wantError(t, err, 400, "")
	_, err = sim.refund("pi_none", 0)
	wantError(t, err, 400, "resource_missing")
	_, err = sim.api.Refunds.New(&stripe.RefundParams{})
	wantError(t, err, 400, "parameter_missing")
	paid, other := sim.paid().PaymentIntent.ID, sim.paid()
	p := &stripe.CheckoutSessionParams{}
	p.AddExpand("payment_intent")
	other, err = sim.api.CheckoutSessions.Get(other.ID, p)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sim.api.Refunds.New(&stripe.RefundParams{PaymentIntent: &paid, Charge: &other.PaymentIntent.LatestCharge.ID})
	wantError(t, err, 400, "")
	list := sim.api.Refunds.List(nil)
	if list.Next() {
		t.Errorf("a refused refund was kept: %s", list.Refund().ID)
	}
}

func slow(o *stripesim.Options) { o.DelayedAfter = time.Hour }

func TestRefundFailsLater(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url, slow)
	refund, err := sim.refund(sim.payWith("4000 0000 0000 5126").PaymentIntent.ID, 1500)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "at first", refund.Status, stripe.RefundStatusSucceeded)
	check(t, "refunded", sim.refunded(refund.Charge.ID), 1500)
	if err := sim.Advance(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	refund = sim.refundNow(refund.ID)
	check(t, "later", refund.Status, stripe.RefundStatusFailed)
	check(t, "failure", refund.FailureReason, stripe.RefundFailureReasonExpiredOrCanceledCard)
	check(t, "refunded", sim.refunded(refund.Charge.ID), 0)
	check(t, "events", sim.kinds(refund.ID), "refund.created refund.updated charge.refund.updated refund.failed")
	var told stripe.Refund
	if err := json.Unmarshal(shop.next("refund.failed").event.Data.Raw, &told); err != nil || told.Status != stripe.RefundStatusFailed {
		t.Errorf("the shop was told of %s: %v", told.Status, err)
	}
}

func TestPendingRefund(t *testing.T) {
	sim := start(t, "", slow)
	session := sim.payWith("4000 0000 0000 7726")
	var refunds []*stripe.Refund
	for range 4 {
		refund, err := sim.refund(session.PaymentIntent.ID, 500)
		if err != nil {
			t.Fatal(err)
		}
		check(t, "at first", refund.Status, stripe.RefundStatusPending)
		refunds = append(refunds, refund)
	}
	charge := refunds[0].Charge.ID
	check(t, "refunded", sim.refunded(charge), 2000)
	cancelled, err := sim.api.Refunds.Cancel(refunds[1].ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "cancelled", cancelled.Status, stripe.RefundStatusCanceled)
	sim.control("refunds/"+refunds[2].ID, "", nil, "outcome", "failed")
	sim.control("refunds/"+refunds[2].ID, "cannot become", nil, "outcome", "succeeded")
	sim.control("refunds/"+refunds[3].ID, "", nil, "outcome", "succeeded")
	sim.control("refunds/re_none", "resource_missing", nil, "outcome", "failed")
	check(t, "refunded", sim.refunded(charge), 1000)
	if err := sim.Advance(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	for i, want := range []stripe.RefundStatus{"succeeded", "canceled", "failed", "succeeded"} {
		check(t, "at last", sim.refundNow(refunds[i].ID).Status, want)
	}
	check(t, "refunded", sim.refunded(charge), 1000)
	check(t, "events", sim.kinds(refunds[1].ID), "refund.created refund.updated charge.refund.updated")
}
