package stripesim_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
)

// control sends one of the developers' forms as a script does and decodes the answer into out; "" expects no error.
func (s *sim) control(path, code string, out any, fields ...string) {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	res, body, err := s.post(s.t.Context(), "/_sim/"+path, form.Encode(), "Accept", "application/json")
	if err != nil {
		s.t.Fatal(err)
	}
	var refusal struct {
		Error struct{ Param, Message string }
	}
	if err := json.Unmarshal([]byte(body), &refusal); err != nil {
		s.t.Fatalf("%s: %v in %s", path, err, body)
	}
	switch {
	case code != "" && (res.StatusCode < 400 || !strings.Contains(body, code)):
		s.t.Fatalf("%s: want %q, got %d %s", path, code, res.StatusCode, body)
	case code == "" && res.StatusCode != http.StatusOK:
		s.t.Fatalf("%s: %d %s", path, res.StatusCode, body)
	}
	if out != nil {
		if err := json.Unmarshal([]byte(body), out); err != nil {
			s.t.Fatal(err)
		}
	}
}

// payWith opens a session and pays it on the hosted page by a card.
func (s *sim) payWith(card string) *stripe.CheckoutSession {
	s.t.Helper()
	session := s.open()
	res, page := s.submit(session.ID, "outcome", "pay", "card", card)
	if res.StatusCode != http.StatusSeeOther {
		s.t.Fatalf("paying with %s: %d %s", card, res.StatusCode, page)
	}
	return s.get(session.ID)
}

// disputeOf finds the only dispute of a payment.
func (s *sim) disputeOf(intent string) *stripe.Dispute {
	s.t.Helper()
	list := s.api.Disputes.List(&stripe.DisputeListParams{PaymentIntent: &intent})
	if !list.Next() {
		s.t.Fatalf("no dispute of %s: %v", intent, list.Err())
	}
	found := list.Dispute()
	if list.Next() {
		s.t.Errorf("two disputes of %s", intent)
	}
	return found
}

// kinds lists the types of all events about an object, oldest first.
func (s *sim) kinds(subject string) string {
	s.t.Helper()
	ledger, err := s.Ledger(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	var kinds []string
	for _, e := range ledger.Events {
		if e.Object == subject {
			kinds = append(kinds, e.Type)
		}
	}
	return strings.Join(kinds, " ")
}

func (s *sim) refund(intent string, amount int64) (*stripe.Refund, error) {
	p := &stripe.RefundParams{PaymentIntent: &intent}
	if amount > 0 {
		p.Amount = &amount
	}
	return s.api.Refunds.New(p)
}

func TestDisputeWon(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url)
	intent := sim.payWith("4000 0000 0000 0259").PaymentIntent.ID
	shop.next("charge.dispute.created")
	ledger, err := sim.Ledger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check(t, "last events", ledger.Events[len(ledger.Events)-3].Type, "checkout.session.completed")

	dispute := sim.disputeOf(intent)
	check(t, "status", dispute.Status, stripe.DisputeStatusNeedsResponse)
	check(t, "amount", dispute.Amount, 3999)
	check(t, "reason", dispute.Reason, stripe.DisputeReasonFraudulent)
	check(t, "withdrawn", dispute.BalanceTransactions[0].Net, -3999-1500)
	charge, err := sim.api.Charges.Get(dispute.Charge.ID, nil)
	if err != nil || !charge.Disputed {
		t.Errorf("the charge is not disputed: %v", err)
	}
	_, err = sim.refund(intent, 0)
	wantError(t, err, 400, "charge_disputed")

	staged := &stripe.DisputeParams{Evidence: &stripe.DisputeEvidenceParams{ProductDescription: stripe.String("A notebook")}, Submit: stripe.Bool(false)}
	staged.AddMetadata("note", "x")
	dispute, err = sim.api.Disputes.Update(dispute.ID, staged)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "staged", dispute.Status, stripe.DisputeStatusNeedsResponse)
	check(t, "submissions", dispute.EvidenceDetails.SubmissionCount, 0)
	check(t, "metadata", dispute.Metadata["note"], "x")
	dispute, err = sim.api.Disputes.Update(dispute.ID, &stripe.DisputeParams{Evidence: &stripe.DisputeEvidenceParams{
		CustomerName: stripe.String("Kim")}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "submitted", dispute.Status, stripe.DisputeStatusUnderReview)
	check(t, "evidence is kept", dispute.Evidence.ProductDescription, "A notebook")
	dispute, err = sim.api.Disputes.Update(dispute.ID, &stripe.DisputeParams{Evidence: &stripe.DisputeEvidenceParams{
		UncategorizedText: stripe.String("winning_evidence")}})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "ended", dispute.Status, stripe.DisputeStatusWon)
	check(t, "reinstated", dispute.BalanceTransactions[1].Net, 3999)
	check(t, "events", sim.kinds(dispute.ID), "charge.dispute.created charge.dispute.funds_withdrawn charge.dispute.updated "+
		"charge.dispute.updated charge.dispute.funds_reinstated charge.dispute.closed")
	var told stripe.Dispute
	if err := json.Unmarshal(shop.next("charge.dispute.closed").event.Data.Raw, &told); err != nil || told.Status != stripe.DisputeStatusWon {
		t.Errorf("the shop was told of %s: %v", told.Status, err)
	}
	if _, err := sim.refund(intent, 0); err != nil {
		t.Errorf("a refund after a dispute was won: %v", err)
	}
}

func TestDisputeLost(t *testing.T) {
	sim := start(t, "")
	intent := sim.payWith("4000 0000 0000 2685").PaymentIntent.ID
	dispute, err := sim.api.Disputes.Close(sim.disputeOf(intent).ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "status", dispute.Status, stripe.DisputeStatusLost)
	check(t, "events", sim.kinds(dispute.ID), "charge.dispute.created charge.dispute.funds_withdrawn charge.dispute.closed")
	_, err = sim.api.Disputes.Close(dispute.ID, nil)
	wantError(t, err, 400, "")
	_, err = sim.api.Disputes.Update(dispute.ID, &stripe.DisputeParams{Evidence: &stripe.DisputeEvidenceParams{CustomerName: stripe.String("Kim")}})
	wantError(t, err, 400, "")
	_, err = sim.refund(intent, 0)
	wantError(t, err, 400, "charge_disputed")
	_, err = sim.api.Disputes.Get("dp_none", nil)
	wantError(t, err, 404, "resource_missing")
}

func TestInquiryCanBeRefunded(t *testing.T) {
	sim := start(t, "")
	intent := sim.payWith("4000 0000 0000 1976").PaymentIntent.ID
	dispute := sim.disputeOf(intent)
	check(t, "status", dispute.Status, stripe.DisputeStatusWarningNeedsResponse)
	if _, err := sim.refund(intent, 1000); err != nil {
		t.Fatal(err)
	}
	check(t, "after a part", sim.disputeOf(intent).Status, stripe.DisputeStatusWarningNeedsResponse)
	if _, err := sim.refund(intent, 0); err != nil {
		t.Fatal(err)
	}
	check(t, "after the rest", sim.disputeOf(intent).Status, stripe.DisputeStatusWarningClosed)
	check(t, "events", sim.kinds(dispute.ID), "charge.dispute.created charge.dispute.closed")
}

func TestDisputeByADeveloper(t *testing.T) {
	sim := start(t, "")
	session := sim.paid()
	intent := session.PaymentIntent.ID
	sim.control("disputes", "parameter_missing", nil)
	sim.control("disputes", "reason", nil, "payment_intent", intent, "reason", "mood")
	sim.control("disputes", "resource_missing", nil, "payment_intent", "pi_none")
	sim.control("disputes", "amount", nil, "payment_intent", intent, "amount", "4000")
	if _, err := sim.refund(intent, 999); err != nil {
		t.Fatal(err)
	}
	var opened stripe.Dispute
	sim.control("disputes", "", &opened, "payment_intent", intent, "reason", "product_not_received")
	check(t, "amount", opened.Amount, 3000)
	sim.control("disputes", "disputed already", nil, "payment_intent", intent)
	sim.control("disputes/"+opened.ID, "outcome", nil, "outcome", "draw")
	sim.control("disputes/"+opened.ID, "", nil, "outcome", "won")
	check(t, "status", sim.disputeOf(intent).Status, stripe.DisputeStatusWon)
	sim.control("disputes/"+opened.ID, "already closed", nil, "outcome", "lost")
	sim.control("disputes/dp_none", "resource_missing", nil, "outcome", "lost")

	declined, err := sim.api.PaymentIntents.New(&stripe.PaymentIntentParams{Amount: stripe.Int64(2000), Currency: stripe.String("usd")})
	if err != nil {
		t.Fatal(err)
	}
	sim.control("disputes", "successful charge", nil, "payment_intent", declined.ID)
}

func TestUnansweredDisputeIsLost(t *testing.T) {
	sim := start(t, "")
	lost, answered := sim.payWith("4000 0000 0000 0259").PaymentIntent.ID, sim.payWith("4000 0000 0000 0259").PaymentIntent.ID
	_, err := sim.api.Disputes.Update(sim.disputeOf(answered).ID, &stripe.DisputeParams{Evidence: &stripe.DisputeEvidenceParams{CustomerName: stripe.String("Kim")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Advance(t.Context(), 8*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	check(t, "in time", sim.disputeOf(lost).Status, stripe.DisputeStatusNeedsResponse)
	if err := sim.Advance(t.Context(), 2*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	check(t, "unanswered", sim.disputeOf(lost).Status, stripe.DisputeStatusLost)
	check(t, "answered", sim.disputeOf(answered).Status, stripe.DisputeStatusUnderReview)
}
