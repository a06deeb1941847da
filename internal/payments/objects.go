package payments

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tuckshop/models"
)

// decodeObject reads what an event is about, for the types the shop handles.
// Other types are stored as they are.
func decodeObject(event *models.Event, raw json.RawMessage) error {
	switch kind := event.Type; {
	case kind == models.EventSessionCompleted, kind == models.EventSessionAsyncSucceeded,
		kind == models.EventSessionAsyncFailed, kind == models.EventSessionExpired:
		session, err := decodeSession(raw)
		event.Session = &session
		return err
	case strings.HasPrefix(kind, "refund."), strings.HasPrefix(kind, "charge.refund."):
		refund, err := decodeRefund(raw)
		event.Refund = &refund
		return err
	case strings.HasPrefix(kind, "charge.dispute."):
		dispute, err := decodeDispute(raw)
		event.Dispute = &dispute
		return err
	case kind == models.EventChargeRefunded:
		charge, err := decodeCharge(raw)
		event.Charge = &charge
		return err
	case strings.HasPrefix(kind, "payment_intent."):
		intent, err := decodeIntent(raw)
		event.Intent = &intent
		return err
	}
	return nil
}

func decodeCharge(raw json.RawMessage) (models.Charge, error) {
	var in struct {
		ID             string          `json:"id"`
		PaymentIntent  json.RawMessage `json:"payment_intent"`
		Currency       string          `json:"currency"`
		AmountRefunded *int64          `json:"amount_refunded"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return models.Charge{}, fmt.Errorf("read charge: %w", err)
	}
	intent, err := idOf(in.PaymentIntent)
	if err != nil || !usableName(in.ID) {
		return models.Charge{}, fmt.Errorf("charge %q: unusable id or payment intent", in.ID)
	}
	return models.Charge{ID: in.ID, PaymentIntentID: intent, Currency: clean(&in.Currency), AmountRefunded: in.AmountRefunded}, nil
}

func decodeRefund(raw json.RawMessage) (models.StripeRefund, error) {
	var in struct {
		ID            string            `json:"id"`
		PaymentIntent json.RawMessage   `json:"payment_intent"`
		Currency      string            `json:"currency"`
		Amount        int64             `json:"amount"`
		Status        *string           `json:"status"`
		Reason        *string           `json:"reason"`
		FailureReason *string           `json:"failure_reason"`
		Metadata      map[string]string `json:"metadata"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return models.StripeRefund{}, fmt.Errorf("read refund: %w", err)
	}
	intent, err := idOf(in.PaymentIntent)
	if err != nil || !usableName(in.ID) {
		return models.StripeRefund{}, fmt.Errorf("refund %q: unusable id or payment intent", in.ID)
	}
	return models.StripeRefund{
		ID: in.ID, PaymentIntentID: intent, Currency: clean(&in.Currency), Amount: in.Amount, Status: clean(in.Status),
		Reason: clean(in.Reason), FailureReason: clean(in.FailureReason), Metadata: in.Metadata,
	}, nil
}

func decodeDispute(raw json.RawMessage) (models.StripeDispute, error) {
	var in struct {
		ID              string          `json:"id"`
		PaymentIntent   json.RawMessage `json:"payment_intent"`
		Currency        string          `json:"currency"`
		Amount          int64           `json:"amount"`
		Status          string          `json:"status"`
		Reason          string          `json:"reason"`
		EvidenceDetails *struct {
			DueBy *int64 `json:"due_by"`
		} `json:"evidence_details"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return models.StripeDispute{}, fmt.Errorf("read dispute: %w", err)
	}
	intent, err := idOf(in.PaymentIntent)
	if err != nil || !usableName(in.ID) {
		return models.StripeDispute{}, fmt.Errorf("dispute %q: unusable id or payment intent", in.ID)
	}
	dispute := models.StripeDispute{
		ID: in.ID, PaymentIntentID: intent, Currency: clean(&in.Currency), Amount: in.Amount, Status: clean(&in.Status), Reason: clean(&in.Reason),
	}
	if details := in.EvidenceDetails; details != nil && details.DueBy != nil && *details.DueBy > 0 {
		due := time.Unix(*details.DueBy, 0).UTC()
		dispute.EvidenceDueAt = &due
	}
	return dispute, nil
}

func decodeIntent(raw json.RawMessage) (models.PaymentIntent, error) {
	var in struct {
		ID       string            `json:"id"`
		Metadata map[string]string `json:"metadata"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return models.PaymentIntent{}, fmt.Errorf("read payment intent: %w", err)
	}
	if !usableName(in.ID) {
		return models.PaymentIntent{}, fmt.Errorf("payment intent without id")
	}
	return models.PaymentIntent{ID: in.ID, Metadata: in.Metadata}, nil
}
