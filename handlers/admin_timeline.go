package handlers

import (
	"fmt"
	"sort"

	"tuckshop/models"
	"tuckshop/views"
	"tuckshop/views/admin"
)

// staffTitles are the parts of an order's history that concern the merchant
// alone, or are told differently.
var staffTitles = map[string]string{
	"refund_requested":  "Refund asked for",
	"refund_failed":     "A refund failed",
	"dispute":           "Dispute",
	"duplicate_payment": "Paid a second time",
	"event_replayed":    "Event applied once more",
	"refunded":          "Money sent back",
	"review":            "Payment needs a decision",
	"discount_over":     "A discount was used beyond its limit",
}

// timeline merges everything that is known of an order, oldest first.
func timeline(h models.OrderHistory) []views.TimelineEntry {
	var entries []views.TimelineEntry
	for _, event := range h.Events {
		title, ok := staffTitles[event.Kind]
		if !ok {
			title = shopperTitles[event.Kind]
		}
		entries = append(entries, views.TimelineEntry{At: event.CreatedAt, Kind: event.Kind, Title: title, Detail: event.Detail, Actor: event.Actor})
	}
	for _, attempt := range h.Attempts {
		entries = append(entries, views.TimelineEntry{
			At: attempt.CreatedAt, Kind: "checkout_attempt", Title: "Payment page: " + attempt.Status, Detail: attempt.Error, Actor: "shop",
		})
	}
	for _, event := range h.Stripe {
		detail := admin.OutcomeText(event.Outcome)
		if event.Deliveries > 1 {
			detail += fmt.Sprintf(", came %d times", event.Deliveries)
		}
		if event.Detail != "" {
			detail += ": " + event.Detail
		}
		entries = append(entries, views.TimelineEntry{At: event.ReceivedAt, Kind: "stripe_event", Title: "Webhook " + event.Type, Detail: detail, Actor: "stripe " + event.ID})
	}
	for _, email := range h.Emails {
		entry := views.TimelineEntry{
			At: email.CreatedAt, Kind: "email", Title: "Mail " + email.Kind + ": " + email.Status,
			Detail: "to " + email.Recipient, Actor: "shop", URL: fmt.Sprintf("/admin/mail/%d", email.ID),
		}
		if email.SentAt != nil {
			entry.At = *email.SentAt
		}
		entries = append(entries, entry)
	}
	// The payment page may be noted in the same millisecond as the order.
	sort.SliceStable(entries, func(i, j int) bool {
		if first, second := entries[i].Kind == "placed", entries[j].Kind == "placed"; first != second {
			return first
		}
		return entries[i].At.Before(entries[j].At)
	})
	return entries
}
