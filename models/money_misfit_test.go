package models_test

import (
	"strings"
	"testing"

	"tuckshop/models"
)

func TestWhatDoesNotFitGoesToReviewWithItsStock(t *testing.T) {
	var scenarios []scenario
	for name, c := range map[string]struct {
		change func(*models.CheckoutSession)
		reason string
	}{
		"total one more":            {func(s *models.CheckoutSession) { *s.AmountTotal++ }, "total is $15.01"},
		"total one less":            {func(s *models.CheckoutSession) { *s.AmountTotal-- }, "total is $14.99"},
		"subtotal one less":         {func(s *models.CheckoutSession) { *s.AmountSubtotal-- }, "subtotal is $14.99"},
		"currency":                  {func(s *models.CheckoutSession) { s.Currency = "eur" }, "in EUR"},
		"livemode":                  {func(s *models.CheckoutSession) { s.Livemode = true }, "livemode"},
		"mode":                      {func(s *models.CheckoutSession) { s.Mode = "subscription" }, "mode"},
		"another reference":         {func(s *models.CheckoutSession) { s.ClientReferenceID = "999" }, "client_reference_id"},
		"another order in metadata": {func(s *models.CheckoutSession) { s.Metadata["order_id"] = "999" }, "metadata.order_id"},
	} {
		scenarios = append(scenarios, scenario{name, func(t *till) {
			session := t.with(c.change)
			t.event(models.EventSessionCompleted, session, models.OutcomeReview)
			t.event(models.EventSessionCompleted, session, models.OutcomeUnchanged)
			now := t.ends(models.OrderReview, 10, 3, 0)
			if !strings.Contains(now.ReviewReason, c.reason) {
				t.Errorf("the reason is %q", now.ReviewReason)
			}
			t.payments(models.PaymentInReview)
			t.recorded("review", 1)
		}})
	}
	for name, change := range map[string]func(*models.CheckoutSession){
		"payment_status": func(s *models.CheckoutSession) { s.PaymentStatus = "" },
		"mode":           func(s *models.CheckoutSession) { s.Mode = "" },
		"currency":       func(s *models.CheckoutSession) { s.Currency = "" },
		"amount_total":   func(s *models.CheckoutSession) { s.AmountTotal = nil },
		"subtotal":       func(s *models.CheckoutSession) { s.AmountSubtotal = nil },
	} {
		scenarios = append(scenarios, scenario{"without " + name + " it counts as not paid", func(t *till) {
			t.event(models.EventSessionCompleted, t.with(change), models.OutcomeNotPaid)
			t.ends(models.OrderPending, 10, 3, 0)
			t.pay()
			t.ends(models.OrderPaid, 7, 0, 1)
		}})
	}
	for _, kind := range []string{models.EventSessionAsyncFailed, models.EventSessionExpired} {
		scenarios = append(scenarios, scenario{kind + " with references that disagree", func(t *till) {
			session := t.with(func(s *models.CheckoutSession) { s.ClientReferenceID, s.PaymentStatus = "999", "unpaid" })
			t.event(kind, session, models.OutcomeReview)
			t.ends(models.OrderReview, 10, 3, 0)
			t.payments()
		}})
	}
	play(t, scenarios)
}
