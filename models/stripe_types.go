package models

// HandledEvents are the types of Stripe's events that the shop acts on: what
// a webhook endpoint asks for, no more and no less.
var HandledEvents = [...]string{
	EventSessionCompleted,
	EventSessionAsyncSucceeded,
	EventSessionAsyncFailed,
	EventSessionExpired,
	"charge.refunded",
	"charge.refund.updated",
	"refund.created",
	"refund.updated",
	"refund.failed",
	"charge.dispute.created",
	"charge.dispute.updated",
	"charge.dispute.closed",
	"charge.dispute.funds_withdrawn",
	"charge.dispute.funds_reinstated",
	"payment_intent.succeeded",
	"payment_intent.payment_failed",
}
