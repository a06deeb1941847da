package payments

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/stripe/stripe-go/v76/webhook"

	"tuckshop/models"
)

// signatureTolerance is how far the time in a signature may be from ours, in
// either direction. stripe-go's own check lets the future pass.
const signatureTolerance = 300 * time.Second

// VerifyEvent checks a webhook's signature and reads its envelope.
//
// It returns models.ErrNoWebhookSecret where nothing can be checked,
// models.ErrBadSignature for a signature that is missing, wrong, too old or
// from the future, and models.ErrMalformedEvent for a signed body that is no
// event. The API version does not matter: only fields that every version has
// are read.
func (c *Client) VerifyEvent(payload []byte, signature string) (models.Event, error) {
	if err := c.verify(payload, signature); err != nil {
		return models.Event{}, err
	}
	return decodeEvent(payload)
}

// verify looks at the file of secrets only where none that it knows fits, so
// that a new endpoint's secret counts without a restart.
func (c *Client) verify(payload []byte, signature string) error {
	fits, usable := signedBy(c.secrets.all(), payload, signature)
	if !fits && c.secrets.reload() {
		fits, usable = signedBy(c.secrets.all(), payload, signature)
	}
	switch {
	case fits:
		return c.verifyTime(signature)
	case !usable:
		return models.ErrNoWebhookSecret
	}
	switch {
	case !strings.Contains(signature, "t="):
		return &models.SignatureError{Fault: models.SignatureMissing, Detail: "no usable Stripe-Signature header"}
	case !strings.Contains(signature, "v1="):
		return &models.SignatureError{Fault: models.SignatureOldScheme, Detail: "no v1 signature"}
	}
	return &models.SignatureError{Fault: models.SignatureWrong, Detail: "no secret fits"}
}

// signedBy reports whether one of the secrets signed the payload, and whether
// there was any that could have.
func signedBy(secrets []string, payload []byte, signature string) (fits, usable bool) {
	for _, secret := range secrets {
		if secret == "" { // stripe-go would accept it
			continue
		}
		usable = true
		if webhook.ValidatePayloadIgnoringTolerance(payload, signature, secret) == nil {
			return true, true
		}
	}
	return false, usable
}

func (c *Client) verifyTime(signature string) error {
	var signed time.Time
	for _, part := range strings.Split(signature, ",") {
		if value, ok := strings.CutPrefix(part, "t="); ok {
			seconds, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return &models.SignatureError{Fault: models.SignatureTime, Detail: "unreadable time"}
			}
			signed = time.Unix(seconds, 0)
		}
	}
	if off := c.now().Sub(signed); off > signatureTolerance || off < -signatureTolerance {
		return &models.SignatureError{Fault: models.SignatureTime, Detail: fmt.Sprintf("signed %s off our clock", off.Truncate(time.Second))}
	}
	return nil
}

// thinEvent is the object type of Stripe's v2 events, which carry a reference
// in place of data.object.
const thinEvent = "v2.core.event"

func decodeEvent(payload []byte) (models.Event, error) {
	var envelope struct {
		ID         string `json:"id"`
		Object     string `json:"object"`
		Type       string `json:"type"`
		APIVersion string `json:"api_version"`
		Livemode   bool   `json:"livemode"`
		Data       *struct {
			Object json.RawMessage `json:"object"`
		} `json:"data"`
	}
	malformed := func(format string, args ...any) (models.Event, error) {
		return models.Event{}, fmt.Errorf(format+": %w", append(args, models.ErrMalformedEvent)...)
	}
	if err := json.Unmarshal(payload, &envelope); err != nil {
		return malformed("read event: %v", err)
	}
	if !usableName(envelope.ID) || !usableName(envelope.Type) {
		return malformed("event without id or type")
	}
	event := models.Event{
		ID: envelope.ID, Type: envelope.Type, APIVersion: clean(&envelope.APIVersion), Livemode: envelope.Livemode, Payload: payload,
	}
	if envelope.Object == thinEvent {
		return event, nil
	}
	if envelope.Data == nil || !bytes.HasPrefix(bytes.TrimSpace(envelope.Data.Object), []byte("{")) {
		return malformed("event %s without data.object", envelope.ID)
	}
	if err := decodeObject(&event, envelope.Data.Object); err != nil {
		return malformed("event %s: %v", envelope.ID, err)
	}
	return event, nil
}

// usableName reports whether an id or type can be stored as it is.
func usableName(name string) bool {
	return name != "" && len(name) <= 255 && strings.IndexFunc(name, unicode.IsControl) < 0
}

type addressJSON struct {
	Line1      *string `json:"line1"`
	Line2      *string `json:"line2"`
	City       *string `json:"city"`
	State      *string `json:"state"`
	PostalCode *string `json:"postal_code"`
	Country    *string `json:"country"`
}

type partyJSON struct {
	Name    *string      `json:"name"`
	Email   *string      `json:"email"`
	Address *addressJSON `json:"address"`
}

// decodeSession reads a Checkout Session of any API version. In newer ones
// shipping_details sits under collected_information.
func decodeSession(raw json.RawMessage) (models.CheckoutSession, error) {
	var in struct {
		ID             string `json:"id"`
		Mode           string `json:"mode"`
		Status         string `json:"status"`
		PaymentStatus  string `json:"payment_status"`
		Currency       string `json:"currency"`
		AmountSubtotal *int64 `json:"amount_subtotal"`
		AmountTotal    *int64 `json:"amount_total"`
		Details        *struct {
			Discount *int64 `json:"amount_discount"`
			Shipping *int64 `json:"amount_shipping"`
			Tax      *int64 `json:"amount_tax"`
		} `json:"total_details"`
		ShippingCost *struct {
			Subtotal *int64 `json:"amount_subtotal"`
		} `json:"shipping_cost"`
		Livemode          bool              `json:"livemode"`
		ClientReferenceID string            `json:"client_reference_id"`
		Metadata          map[string]string `json:"metadata"`
		PaymentIntent     json.RawMessage   `json:"payment_intent"`
		CustomerEmail     *string           `json:"customer_email"`
		CustomerDetails   *partyJSON        `json:"customer_details"`
		ShippingDetails   *partyJSON        `json:"shipping_details"`
		Collected         *struct {
			ShippingDetails *partyJSON `json:"shipping_details"`
		} `json:"collected_information"`
		URL       string `json:"url"`
		ExpiresAt int64  `json:"expires_at"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return models.CheckoutSession{}, fmt.Errorf("read session: %w", err)
	}
	if !usableName(in.ID) {
		return models.CheckoutSession{}, fmt.Errorf("session without id")
	}
	intent, err := idOf(in.PaymentIntent)
	if err != nil {
		return models.CheckoutSession{}, fmt.Errorf("read the payment intent of session %s: %w", in.ID, err)
	}
	session := models.CheckoutSession{
		ID: in.ID, Mode: clean(&in.Mode), Status: in.Status, PaymentStatus: in.PaymentStatus, Currency: clean(&in.Currency),
		AmountSubtotal: in.AmountSubtotal, AmountTotal: in.AmountTotal, Livemode: in.Livemode,
		ClientReferenceID: in.ClientReferenceID, Metadata: in.Metadata, PaymentIntentID: intent,
		Email: clean(in.CustomerEmail), URL: in.URL, ExpiresAt: time.Unix(in.ExpiresAt, 0).UTC(),
	}
	if in.Details != nil {
		session.AmountDiscount, session.AmountShipping, session.AmountTax = in.Details.Discount, in.Details.Shipping, in.Details.Tax
	}
	if in.ShippingCost != nil && in.ShippingCost.Subtotal != nil { // surely without tax
		session.AmountShipping = in.ShippingCost.Subtotal
	}
	if in.CustomerDetails != nil && clean(in.CustomerDetails.Email) != "" {
		session.Email = clean(in.CustomerDetails.Email)
	}
	shipping := in.ShippingDetails
	if shipping == nil && in.Collected != nil {
		shipping = in.Collected.ShippingDetails
	}
	if shipping != nil {
		session.ShippingName = clean(shipping.Name)
		if a := shipping.Address; a != nil {
			session.Shipping = models.Address{
				Line1: clean(a.Line1), Line2: clean(a.Line2), City: clean(a.City),
				State: clean(a.State), PostalCode: clean(a.PostalCode), Country: clean(a.Country),
			}
		}
	}
	return session, nil
}

// idOf reads a field that holds an id, an expanded object or null.
func idOf(raw json.RawMessage) (string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return "", nil
	}
	var id string
	if json.Unmarshal(raw, &id) != nil {
		var object struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(raw, &object); err != nil {
			return "", err
		}
		id = object.ID
	}
	if id != "" && !usableName(id) {
		return "", fmt.Errorf("unusable id %q", id)
	}
	return id, nil
}

// clean takes control characters out of what a person typed at Stripe: they
// belong in no line of an address, and PostgreSQL refuses a NUL.
func clean(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, *s))
}
