package stripesim_test

import (
	"encoding/json"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/internal/stripesim"
)

// ledger reads the ledger as a script does.
func (s *sim) ledger() stripesim.Ledger {
	s.t.Helper()
	res, body := s.page("/_sim/ledger")
	check(s.t, "content type", res.Header.Get("Content-Type"), "application/json")
	var ledger stripesim.Ledger
	if err := json.Unmarshal([]byte(body), &ledger); err != nil {
		s.t.Fatal(err)
	}
	return ledger
}

func TestLedger(t *testing.T) {
	shop := newShop(t)
	shop.answers(func(n int, _ received) int {
		if n == 1 {
			return 503
		}
		return 200
	})
	sim := start(t, shop.url)
	_, body := sim.page("/_sim/ledger")
	check(t, "empty", body, `{"sessions":[],"payments":[],"refunds":[],"disputes":[],"events":[],"faults":[]}`)

	open := sim.open()
	declined := sim.open()
	if err := sim.Pay(t.Context(), declined.ID, stripesim.Decline); err != nil {
		t.Fatal(err)
	}
	paid := sim.payWith("4000 0000 0000 5126")
	disputed := sim.payWith("4000 0000 0000 0259")
	for _, amount := range []int64{100, 200} {
		if _, err := sim.refund(paid.PaymentIntent.ID, amount); err != nil {
			t.Fatal(err)
		}
	}
	loose, err := sim.api.PaymentIntents.New(&stripe.PaymentIntentParams{Amount: stripe.Int64(2000), Currency: stripe.String("eur"),
		PaymentMethod: stripe.String("pm_card_visa"), Confirm: stripe.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "both refunds have failed and all events are accepted", func() bool {
		l := sim.ledger()
		done := l.Refunds[0].Status == "failed" && l.Refunds[1].Status == "failed"
		for _, e := range l.Events {
			done = done && e.Pending == 0
		}
		return done
	})
	sim.control("faults", "", nil, "kind", "drop", "match", "charge.", "count", "3")

	l := sim.ledger()
	check(t, "sessions", len(l.Sessions), 4)
	first := l.Sessions[0]
	check(t, "first session", first.ID, open.ID)
	check(t, "its status", first.Status+" "+first.PaymentStatus, "open unpaid")
	check(t, "its order", first.ClientReferenceID+first.Metadata["order_id"], "77")
	check(t, "its total", first.AmountTotal, 3999)
	check(t, "payments", len(l.Payments), 3) // not the declined one
	for i, want := range []stripesim.LedgerPayment{
		{PaymentIntent: paid.PaymentIntent.ID, Session: paid.ID, Amount: 3999, Currency: "usd"},
		{PaymentIntent: disputed.PaymentIntent.ID, Session: disputed.ID, Amount: 3999, Currency: "usd", DisputeStatus: "needs_response"},
		{PaymentIntent: loose.ID, Amount: 2000, Currency: "eur"},
	} {
		got := l.Payments[i]
		check(t, "intent", got.PaymentIntent, want.PaymentIntent)
		check(t, "session", got.Session, want.Session)
		check(t, "amount", got.Amount, want.Amount)
		check(t, "currency", got.Currency, want.Currency)
		check(t, "refunded", got.AmountRefunded, 0)
		check(t, "dispute", got.DisputeStatus, want.DisputeStatus)
	}
	check(t, "metadata", l.Payments[0].Metadata["order_id"], "7")
	check(t, "refund", l.Refunds[1].Amount, 200)
	check(t, "refund's intent", l.Refunds[1].PaymentIntent, paid.PaymentIntent.ID)
	check(t, "dispute", l.Disputes[0].ID, l.Payments[1].Dispute)
	check(t, "dispute's intent", l.Disputes[0].PaymentIntent, disputed.PaymentIntent.ID)
	check(t, "fault", l.Faults[0], stripesim.LedgerFault{Kind: stripesim.Drop, Match: "charge.", Remaining: 3})
	attempts := 0
	for _, e := range l.Events {
		check(t, e.Type+": deliveries", len(e.Deliveries), 1)
		d := e.Deliveries[0]
		check(t, e.Type+": endpoint", d.Endpoint, shop.url)
		check(t, e.Type+": state", d.State, "accepted")
		check(t, e.Type+": answer", d.Attempts[len(d.Attempts)-1].Status, 200)
		attempts += len(d.Attempts)
	}
	check(t, "attempts", attempts, len(l.Events)+1)
}
