package stripesim_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/internal/stripesim"
)

func TestSessionLifeByStripeGo(t *testing.T) {
	sim := start(t, "")
	session := sim.open()
	check(t, "subtotal", session.AmountSubtotal, 3499)
	check(t, "total", session.AmountTotal, 3999)
	check(t, "shipping", session.TotalDetails.AmountShipping, 500)
	check(t, "status", session.Status, stripe.CheckoutSessionStatusOpen)
	check(t, "payment status", session.PaymentStatus, stripe.CheckoutSessionPaymentStatusUnpaid)
	check(t, "url", session.URL, sim.url+"/c/pay/"+session.ID)
	check(t, "reference", session.ClientReferenceID, "7")
	check(t, "metadata", session.Metadata["order_id"], "7")
	if session.PaymentIntent != nil {
		t.Errorf("an open session has the payment intent %s", session.PaymentIntent.ID)
	}

	items := 0
	for list := sim.api.CheckoutSessions.ListLineItems(&stripe.CheckoutSessionListLineItemsParams{Session: &session.ID}); list.Next(); items++ {
		if list.LineItem().Price == nil || list.LineItem().AmountTotal == 0 {
			t.Errorf("line item %+v", list.LineItem())
		}
	}
	check(t, "line items", items, 2)

	if err := sim.Pay(t.Context(), session.ID, stripesim.PayNow); err != nil {
		t.Fatal(err)
	}
	p := &stripe.CheckoutSessionParams{}
	p.AddExpand("payment_intent.latest_charge")
	p.AddExpand("line_items")
	paid, err := sim.api.CheckoutSessions.Get(session.ID, p)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "status", paid.Status, stripe.CheckoutSessionStatusComplete)
	check(t, "payment status", paid.PaymentStatus, stripe.CheckoutSessionPaymentStatusPaid)
	check(t, "url", paid.URL, "")
	check(t, "intent", paid.PaymentIntent.Status, stripe.PaymentIntentStatusSucceeded)
	check(t, "intent's metadata", paid.PaymentIntent.Metadata["order_id"], "7")
	check(t, "charge", paid.PaymentIntent.LatestCharge.Amount, 3999)
	check(t, "expanded items", len(paid.LineItems.Data), 2)
	check(t, "country", paid.ShippingDetails.Address.Country, "GB")
	check(t, "email", paid.CustomerDetails.Email, "alex.demo@example.com")

	_, err = sim.api.CheckoutSessions.Expire(session.ID, nil)
	wantError(t, err, 400, "")
	list := sim.api.CheckoutSessions.List(&stripe.CheckoutSessionListParams{PaymentIntent: &paid.PaymentIntent.ID})
	if !list.Next() || list.CheckoutSession().ID != session.ID || list.Next() {
		t.Error("the session is not found by its payment intent")
	}
	expired, err := sim.api.CheckoutSessions.Expire(sim.open().ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "expired", expired.Status, stripe.CheckoutSessionStatusExpired)
	if err := sim.Pay(t.Context(), expired.ID, stripesim.PayNow); err == nil {
		t.Error("an expired session was paid")
	}
}

// wantError checks a Stripe error; code "" takes any.
func wantError(t *testing.T, err error, status int, code string) *stripe.Error {
	t.Helper()
	var refusal *stripe.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want a Stripe error with status %d", err, status)
	}
	check(t, "status of "+refusal.Msg, refusal.HTTPStatusCode, status)
	if code != "" {
		check(t, "code of "+refusal.Msg, string(refusal.Code), code)
	}
	if refusal.RequestID == "" {
		t.Error("the error has no request id")
	}
	return refusal
}

func TestSessionRefusesWhatStripeRefuses(t *testing.T) {
	now := &clock{at: time.Unix(1_800_000_000, 0)}
	sim := start(t, "", func(o *stripesim.Options) { o.Now = now.now })
	for name, c := range map[string]struct {
		change      func(*stripe.CheckoutSessionParams)
		code, param string
	}{
		"no success_url":   {func(p *stripe.CheckoutSessionParams) { p.SuccessURL = nil }, "parameter_missing", "success_url"},
		"relative address": {func(p *stripe.CheckoutSessionParams) { p.SuccessURL = stripe.String("/done") }, "url_invalid", "success_url"},
		"no items":         {func(p *stripe.CheckoutSessionParams) { p.LineItems = nil }, "parameter_missing", "line_items"},
		"no mode":          {func(p *stripe.CheckoutSessionParams) { p.Mode = nil }, "parameter_missing", "mode"},
		"subscription":     {func(p *stripe.CheckoutSessionParams) { p.Mode = stripe.String("subscription") }, "", "mode"},
		"negative amount":  {func(p *stripe.CheckoutSessionParams) { p.LineItems[0].PriceData.UnitAmount = stripe.Int64(-1) }, "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"},
		"no amount":        {func(p *stripe.CheckoutSessionParams) { p.LineItems[1].PriceData.UnitAmount = nil }, "parameter_missing", "line_items[1][price_data][unit_amount]"},
		"quantity 0":       {func(p *stripe.CheckoutSessionParams) { p.LineItems[0].Quantity = stripe.Int64(0) }, "parameter_invalid_integer", "line_items[0][quantity]"},
		"no quantity":      {func(p *stripe.CheckoutSessionParams) { p.LineItems[0].Quantity = nil }, "parameter_missing", "line_items[0][quantity]"},
		"unknown currency": {func(p *stripe.CheckoutSessionParams) { p.LineItems[0].PriceData.Currency = stripe.String("xyz") }, "", "line_items[0][price_data][currency]"},
		"mixed currencies": {func(p *stripe.CheckoutSessionParams) { p.LineItems[0].PriceData.Currency = stripe.String("eur") }, "", "line_items"},
		"no name": {func(p *stripe.CheckoutSessionParams) {
			p.LineItems[0].PriceData.ProductData.Name = stripe.String("")
		}, "parameter_missing", "line_items[0][price_data][product_data][name]"},
		"too small": {func(p *stripe.CheckoutSessionParams) {
			p.LineItems, p.ShippingOptions = p.LineItems[1:], nil
			p.LineItems[0].PriceData.UnitAmount = stripe.Int64(49)
		}, "amount_too_small", "line_items"},
		"too large":        {func(p *stripe.CheckoutSessionParams) { p.LineItems[0].PriceData.UnitAmount = stripe.Int64(99_999_999) }, "amount_too_large", "line_items"},
		"expires too soon": {func(p *stripe.CheckoutSessionParams) { p.ExpiresAt = stripe.Int64(now.now().Unix() + 29*60) }, "", "expires_at"},
		"expires too late": {func(p *stripe.CheckoutSessionParams) { p.ExpiresAt = stripe.Int64(now.now().Unix() + 25*3600) }, "", "expires_at"},
		"bad email":        {func(p *stripe.CheckoutSessionParams) { p.CustomerEmail = stripe.String("nobody") }, "email_invalid", "customer_email"},
		"bad country": {func(p *stripe.CheckoutSessionParams) {
			p.ShippingAddressCollection.AllowedCountries = stripe.StringSlice([]string{"England"})
		}, "", "shipping_address_collection[allowed_countries]"},
		"unknown parameter": {func(p *stripe.CheckoutSessionParams) { p.AddExtra("colour", "red") }, "parameter_unknown", "colour"},
		"unknown nested":    {func(p *stripe.CheckoutSessionParams) { p.AddExtra("line_items[0][price_data][colour]", "red") }, "parameter_unknown", "line_items[0][price_data][colour]"},
		"unknown coupon":    {func(p *stripe.CheckoutSessionParams) { p.AddExtra("discounts[0][coupon]", "none") }, "resource_missing", "discounts[0][coupon]"},
		"unknown price": {func(p *stripe.CheckoutSessionParams) {
			p.LineItems[0].Price, p.LineItems[0].PriceData = stripe.String("price_1"), nil
		}, "resource_missing", "line_items[0][price]"},
		"101 items": {func(p *stripe.CheckoutSessionParams) {
			for len(p.LineItems) < 101 {
				p.LineItems = append(p.LineItems, p.LineItems[0])
			}
		}, "", "line_items"},
		"shipping's currency": {func(p *stripe.CheckoutSessionParams) {
			p.ShippingOptions[0].ShippingRateData.FixedAmount.Currency = stripe.String("eur")
		}, "", "shipping_options[0][shipping_rate_data][fixed_amount]"},
	} {
		t.Run(name, func(t *testing.T) {
			p := order()
			c.change(p)
			_, err := sim.api.CheckoutSessions.New(p)
			refusal := wantError(t, err, 400, c.code)
			check(t, "param", refusal.Param, c.param)
		})
	}
	list := sim.api.Products.List(nil)
	if list.Next() {
		t.Errorf("a refused session left the product %s", list.Product().ID)
	}
}

func TestTotals(t *testing.T) {
	sim := start(t, "")
	coupon, err := sim.api.Coupons.New(&stripe.CouponParams{PercentOff: stripe.Float64(33.3)})
	if err != nil {
		t.Fatal(err)
	}
	code, err := sim.api.PromotionCodes.New(&stripe.PromotionCodeParams{Coupon: &coupon.ID, Code: stripe.String("THIRD")})
	if err != nil {
		t.Fatal(err)
	}
	all, err := sim.api.Coupons.New(&stripe.CouponParams{PercentOff: stripe.Float64(100)})
	if err != nil {
		t.Fatal(err)
	}
	rate, err := sim.api.TaxRates.New(&stripe.TaxRateParams{DisplayName: stripe.String("VAT"), Percentage: stripe.Float64(20), Inclusive: stripe.Bool(false)})
	if err != nil {
		t.Fatal(err)
	}
	type sums struct{ subtotal, off, shipping, tax, total int64 }
	for name, c := range map[string]struct {
		change func(*stripe.CheckoutSessionParams)
		want   sums
	}{
		"plain":     {func(*stripe.CheckoutSessionParams) {}, sums{3499, 0, 500, 0, 3999}},
		"promotion": {func(p *stripe.CheckoutSessionParams) { p.AddExtra("discounts[0][promotion_code]", code.ID) }, sums{3499, 1165, 500, 0, 2834}},
		"free": {func(p *stripe.CheckoutSessionParams) {
			p.ShippingOptions = nil
			p.AddExtra("discounts[0][coupon]", all.ID)
		}, sums{3499, 3499, 0, 0, 0}},
		"tax": {func(p *stripe.CheckoutSessionParams) {
			p.LineItems[0].TaxRates = []*string{&rate.ID}
		}, sums{3499, 0, 500, 600, 4599}},
		"yen": {func(p *stripe.CheckoutSessionParams) {
			p.ShippingOptions = nil
			for _, item := range p.LineItems {
				item.PriceData.Currency = stripe.String("JPY")
			}
		}, sums{3499, 0, 0, 0, 3499}},
	} {
		t.Run(name, func(t *testing.T) {
			p := order()
			c.change(p)
			session, err := sim.api.CheckoutSessions.New(p)
			if err != nil {
				t.Fatal(err)
			}
			d := session.TotalDetails
			check(t, "sums", sums{session.AmountSubtotal, d.AmountDiscount, d.AmountShipping, d.AmountTax, session.AmountTotal}, c.want)
		})
	}
	t.Run("automatic tax", func(t *testing.T) {
		for behavior, want := range map[string]sums{
			"exclusive": {3499, 0, 500, 800, 4799}, "inclusive": {3499, 0, 500, 666, 3999}, // to Britain
		} {
			p := order()
			p.AutomaticTax = &stripe.CheckoutSessionAutomaticTaxParams{Enabled: stripe.Bool(true)}
			for _, item := range p.LineItems {
				item.PriceData.TaxBehavior = &behavior
			}
			p.ShippingOptions[0].ShippingRateData.TaxBehavior = &behavior
			session, err := sim.api.CheckoutSessions.New(p)
			if err != nil {
				t.Fatal(err)
			}
			check(t, "tax without an address", session.TotalDetails.AmountTax, 0)
			check(t, "status", session.AutomaticTax.Status, stripe.CheckoutSessionAutomaticTaxStatusRequiresLocationInputs)
			if err := sim.Pay(t.Context(), session.ID, stripesim.PayNow); err != nil {
				t.Fatal(err)
			}
			session = sim.get(session.ID)
			d := session.TotalDetails
			check(t, behavior, sums{session.AmountSubtotal, d.AmountDiscount, d.AmountShipping, d.AmountTax, session.AmountTotal}, want)
			check(t, "status", session.AutomaticTax.Status, stripe.CheckoutSessionAutomaticTaxStatusComplete)
		}
	})
	t.Run("nothing to pay", func(t *testing.T) {
		p := order()
		p.ShippingOptions = nil
		p.AddExtra("discounts[0][coupon]", all.ID)
		session, err := sim.api.CheckoutSessions.New(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := sim.Pay(t.Context(), session.ID, stripesim.PayNow); err != nil {
			t.Fatal(err)
		}
		session = sim.get(session.ID)
		check(t, "payment status", session.PaymentStatus, stripe.CheckoutSessionPaymentStatusNoPaymentRequired)
		if session.PaymentIntent != nil {
			t.Error("a session without payment has a payment intent")
		}
	})
	t.Run("dinars end in 0", func(t *testing.T) {
		p := order()
		p.ShippingOptions = nil
		for _, item := range p.LineItems {
			item.PriceData.Currency, item.PriceData.UnitAmount = stripe.String("kwd"), stripe.Int64(1505)
		}
		_, err := sim.api.CheckoutSessions.New(p)
		wantError(t, err, 400, "parameter_invalid_integer")
	})
}

func TestTestCards(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url)
	pay := func(method string) (*stripe.PaymentIntent, error) {
		return sim.api.PaymentIntents.New(&stripe.PaymentIntentParams{Amount: stripe.Int64(2000), Currency: stripe.String("usd"),
			PaymentMethod: &method, Confirm: stripe.Bool(true)})
	}
	_, err := pay("pm_card_chargeDeclinedInsufficientFunds")
	refusal := wantError(t, err, 402, "card_declined")
	check(t, "decline code", string(refusal.DeclineCode), "insufficient_funds")
	shop.next("payment_intent.payment_failed")

	disputed, err := pay("pm_card_createDispute")
	if err != nil {
		t.Fatal(err)
	}
	shop.next("charge.dispute.created")
	list := sim.api.Disputes.List(&stripe.DisputeListParams{PaymentIntent: &disputed.ID})
	if !list.Next() {
		t.Fatal("no dispute")
	}
	_, err = sim.api.Refunds.New(&stripe.RefundParams{PaymentIntent: &disputed.ID})
	wantError(t, err, 400, "charge_disputed")
	closed, err := sim.api.Disputes.Close(list.Dispute().ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "dispute", closed.Status, stripe.DisputeStatusLost)

	manual, err := sim.api.PaymentIntents.New(&stripe.PaymentIntentParams{Amount: stripe.Int64(2000), Currency: stripe.String("usd"),
		PaymentMethod: stripe.String("pm_card_visa"), Confirm: stripe.Bool(true), CaptureMethod: stripe.String("manual")})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "manual", manual.Status, stripe.PaymentIntentStatusRequiresCapture)
	captured, err := sim.api.PaymentIntents.Capture(manual.ID, &stripe.PaymentIntentCaptureParams{AmountToCapture: stripe.Int64(1500)})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "captured", captured.AmountReceived, 1500)
	_, err = sim.api.PaymentIntents.Cancel(manual.ID, nil)
	wantError(t, err, 400, "payment_intent_unexpected_state")
}

func TestEventList(t *testing.T) {
	shop := newShop(t)
	shop.answers(func(_ int, e received) int {
		if e.event.Type == "checkout.session.completed" {
			return 500
		}
		return 200
	})
	sim := start(t, shop.url, func(o *stripesim.Options) { o.Backoff = func(int) time.Duration { return time.Hour } })
	sim.paid()
	for range 4 {
		<-shop.received
	}
	failed := &stripe.EventListParams{DeliverySuccess: stripe.Bool(false), Types: stripe.StringSlice([]string{"checkout.session.completed", "charge.refunded"})}
	list := sim.api.Events.List(failed)
	if !list.Next() || list.Event().Type != "checkout.session.completed" || list.Event().PendingWebhooks != 1 || list.Next() {
		t.Errorf("events not delivered: %v %v", list.Event(), list.Err())
	}
	got, err := sim.api.Events.Get(list.Event().ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "version", got.APIVersion, stripe.APIVersion)
	p := &stripe.EventListParams{}
	p.Limit = stripe.Int64(1)
	n := 0
	for list := sim.api.Events.List(p); list.Next(); n++ {
	}
	check(t, "events over pages of one", n, 4)
}

func TestKeysAndRoutes(t *testing.T) {
	sim := start(t, "")
	_, err := sim.api.CheckoutSessions.Get("cs_test_none", nil)
	wantError(t, err, 404, "resource_missing")
	live := api(sim.url)
	live.CheckoutSessions.Key = "sk_live_123"
	_, err = live.CheckoutSessions.New(order())
	wantError(t, err, 401, "")
	_, err = sim.api.Invoices.Get("in_1", nil)
	wantError(t, err, 404, "")
	for range 2 {
		_, err = sim.api.Products.New(&stripe.ProductParams{ID: stripe.String("pen"), Name: stripe.String("Pen")})
	}
	wantError(t, err, 400, "resource_already_exists")
	endpoint, err := sim.api.WebhookEndpoints.New(&stripe.WebhookEndpointParams{URL: stripe.String("http://127.0.0.1:9/x"), EnabledEvents: stripe.StringSlice([]string{"*"})})
	if err != nil || endpoint.Secret == "" {
		t.Fatalf("endpoint %+v: %v", endpoint, err)
	}
	endpoint, err = sim.api.WebhookEndpoints.Get(endpoint.ID, nil)
	if err != nil || endpoint.Secret != "" {
		t.Fatalf("endpoint %+v: %v", endpoint, err)
	}
	if _, err := sim.api.WebhookEndpoints.Del(endpoint.ID, nil); err != nil {
		t.Fatal(err)
	}
}
