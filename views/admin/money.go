package admin

import (
	"time"

	"tuckshop/models"
	"tuckshop/views"
)

// Review is a payment that does not fit its order, side by side with it.
type Review struct {
	Reason string
	At     time.Time
	Rows   []ReviewRow
}

// ReviewRow is one point of the comparison.
type ReviewRow struct {
	What, Order, Stripe string
	Differs             bool
}

// RefundPage asks what of a payment is to go back. Amount and quantities are
// as they were typed.
type RefundPage struct {
	Frame   Frame
	Order   models.Order
	Payment models.Payment
	Left    int64 // minor units
	Lines   []RefundLine
	// DeliveryCost is what was paid for the delivery and has not gone back.
	DeliveryCost models.Money
	Delivery     bool // pay it back
	Amount       string
	Reason       string
	Note         string
	Errors       []views.FieldError
	Check        models.Money // what the confirmation is about
	Key          string       // of the confirmation
}

// RefundLine is a line of the order on the form of a refund.
type RefundLine struct {
	Item     models.OrderItem
	Left     int64 // pieces not refunded yet
	Quantity string
	Restock  bool
}

// EventsPage lists what Stripe sent.
type EventsPage struct {
	Frame    Frame
	Search   string
	Outcome  string
	Events   []models.StripeEvent
	NextPage string
	Refused  []Refusal
	Runs     []models.ReconcileRun
}

// Refusal counts webhooks that were refused for one cause.
type Refusal struct {
	Cause  string
	Advice string
	Count  int64
	Last   time.Time
}

// EventPage shows one event.
type EventPage struct {
	Frame       Frame
	Event       models.StripeEvent
	OrderNumber string
	Payload     string // indented JSON
	Masked      bool   // personal data is blotted out
	Notice      bool
}

// outcomeTexts say in plain words what came of an event.
var outcomeTexts = map[string]string{
	models.OutcomePaid:             "Order paid",
	models.OutcomeAwaitingPayment:  "Payment on its way",
	models.OutcomePaymentFailed:    "Payment failed",
	models.OutcomeExpired:          "Payment page closed",
	models.OutcomeReview:           "Needs a look",
	models.OutcomeDuplicatePayment: "Paid twice",
	models.OutcomeRefund:           "Refund",
	models.OutcomeDispute:          "Dispute",
	models.OutcomeOrphan:           "Kept until its order is paid",
	models.OutcomeAskStripe:        "Asked Stripe",
	models.OutcomeUnchanged:        "Known already",
	models.OutcomeNotPaid:          "Does not prove a payment",
	models.OutcomeForeign:          "Another system’s",
	models.OutcomeIgnored:          "Nothing to do",
}

// OutcomeText says in plain words what came of an event.
func OutcomeText(outcome string) string {
	if text, ok := outcomeTexts[outcome]; ok {
		return text
	}
	return outcome
}

var roleTexts = map[models.PaymentRole]string{
	models.PaymentOfOrder:   "Paid the order",
	models.PaymentDuplicate: "Paid a second time",
	models.PaymentInReview:  "In review",
}

var refundReasons = []struct{ value, label string }{
	{"", "No reason given"}, {"requested_by_customer", "The customer asked for it"},
	{"duplicate", "Paid twice"}, {"fraudulent", "Fraud"},
}
