package stripesim

import (
	"net/http"
)

// routes is the table of the simulator. A form that another site made a browser send is refused; clients of the
// API are no browsers and say nothing of where they come from.
func (s *Simulator) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, run := range map[string]endpoint{
		"POST /v1/checkout/sessions":                createSession,
		"GET /v1/checkout/sessions":                 listSessions,
		"GET /v1/checkout/sessions/{id}":            getter("checkout.session"),
		"POST /v1/checkout/sessions/{id}":           updateSession,
		"POST /v1/checkout/sessions/{id}/expire":    expireSession,
		"GET /v1/checkout/sessions/{id}/line_items": lineItems,
		"GET /v1/payment_pages/{id}":                getPaymentPage,
		"POST /v1/payment_pages/{id}":               getPaymentPage,
		"POST /v1/payment_pages/{id}/init":          getPaymentPage,
		"POST /v1/payment_pages/{id}/confirm":       confirmPaymentPage,
		"POST /v1/payment_intents":                  createIntent,
		"GET /v1/payment_intents":                   lister("payment_intent", "customer"),
		"GET /v1/payment_intents/{id}":              getter("payment_intent"),
		"POST /v1/payment_intents/{id}":             updateIntent,
		"POST /v1/payment_intents/{id}/confirm":     confirmIntent,
		"POST /v1/payment_intents/{id}/capture":     captureIntent,
		"POST /v1/payment_intents/{id}/cancel":      cancelIntent,
		"GET /v1/charges":                           lister("charge", "payment_intent", "customer"),
		"GET /v1/charges/{id}":                      getter("charge"),
		"POST /v1/charges/{id}":                     metadataUpdater("charge", "charge.updated", "description", "receipt_email"),
		"POST /v1/refunds":                          createRefund,
		"GET /v1/refunds":                           lister("refund", "charge", "payment_intent"),
		"GET /v1/refunds/{id}":                      getter("refund"),
		"POST /v1/refunds/{id}":                     updateRefund,
		"POST /v1/refunds/{id}/cancel":              cancelRefund,
		"GET /v1/disputes":                          lister("dispute", "charge", "payment_intent"),
		"GET /v1/disputes/{id}":                     getter("dispute"),
		"POST /v1/disputes/{id}":                    updateDispute,
		"POST /v1/disputes/{id}/close":              closeDispute,
		"GET /v1/events":                            listEvents,
		"GET /v1/events/{id}":                       getEvent,
		"POST /v1/webhook_endpoints":                createEndpoint,
		"GET /v1/webhook_endpoints":                 lister("webhook_endpoint"),
		"GET /v1/webhook_endpoints/{id}":            getter("webhook_endpoint"),
		"POST /v1/webhook_endpoints/{id}":           updateEndpoint,
		"DELETE /v1/webhook_endpoints/{id}":         deleter("webhook_endpoint", ""),
		"POST /v1/products":                         createProduct,
		"GET /v1/products":                          lister("product", "active"),
		"GET /v1/products/{id}":                     getter("product"),
		"POST /v1/products/{id}":                    metadataUpdater("product", "product.updated", "name", "description", "url"),
		"DELETE /v1/products/{id}":                  deleter("product", "product.deleted"),
		"POST /v1/prices":                           createPrice,
		"GET /v1/prices":                            lister("price", "product", "active"),
		"GET /v1/prices/{id}":                       getter("price"),
		"POST /v1/prices/{id}":                      metadataUpdater("price", "price.updated", "nickname"),
		"POST /v1/shipping_rates":                   createShippingRate,
		"GET /v1/shipping_rates":                    lister("shipping_rate", "active"),
		"GET /v1/shipping_rates/{id}":               getter("shipping_rate"),
		"POST /v1/payment_methods":                  createPaymentMethod,
		"GET /v1/payment_methods":                   lister("payment_method", "customer"),
		"GET /v1/payment_methods/{id}":              getter("payment_method"),
		"POST /v1/payment_methods/{id}/attach":      attachPaymentMethod,
		"POST /v1/customers":                        createCustomer,
		"GET /v1/customers":                         lister("customer"),
		"GET /v1/customers/{id}":                    getter("customer"),
		"POST /v1/customers/{id}":                   metadataUpdater("customer", "customer.updated", "name", "email", "description"),
		"DELETE /v1/customers/{id}":                 deleter("customer", "customer.deleted"),
		"POST /v1/coupons":                          createCoupon,
		"GET /v1/coupons":                           lister("coupon"),
		"GET /v1/coupons/{id}":                      getter("coupon"),
		"POST /v1/coupons/{id}":                     metadataUpdater("coupon", "coupon.updated", "name"),
		"DELETE /v1/coupons/{id}":                   deleter("coupon", "coupon.deleted"),
		"POST /v1/promotion_codes":                  createPromotionCode,
		"GET /v1/promotion_codes":                   lister("promotion_code", "code", "active"),
		"GET /v1/promotion_codes/{id}":              getter("promotion_code"),
		"POST /v1/promotion_codes/{id}":             metadataUpdater("promotion_code", "promotion_code.updated"),
		"POST /v1/tax_rates":                        createTaxRate,
		"GET /v1/tax_rates":                         lister("tax_rate", "active"),
		"GET /v1/tax_rates/{id}":                    getter("tax_rate"),
		"GET /v1/account":                           getAccount,
		"GET /v1/balance":                           getBalance,
		"/v1/":                                      unknownRoute,
	} {
		mux.HandleFunc(pattern, s.api(run))
	}
	mux.HandleFunc("GET /c/pay/{id}", s.showPayPage)
	mux.HandleFunc("POST /c/pay/{id}", s.submitPayPage)
	mux.HandleFunc("GET /{$}", s.showDeveloperPage)
	mux.HandleFunc("GET /_sim/ledger", s.showLedger)
	mux.HandleFunc("GET /events/{id}", s.showEvent)
	mux.HandleFunc("POST /_sim/clock", s.control("clock", advanceClock))
	mux.HandleFunc("POST /_sim/faults", s.control("fault", createFault))
	mux.HandleFunc("POST /_sim/disputes", s.control("disputed", createDispute))
	mux.HandleFunc("POST /_sim/disputes/{id}", s.control("dispute", decideDispute))
	mux.HandleFunc("POST /_sim/refunds/{id}", s.control("refund", decideRefund))
	mux.HandleFunc("POST /_sim/payment_intents/{id}", s.control("payment", decidePayment))
	mux.HandleFunc("POST /_sim/events/{id}/resend", s.control("resent", resendEvent))
	mux.Handle("GET /assets/", assets())
	return http.NewCrossOriginProtection().Handler(mux)
}

func unknownRoute(c *call) (object, error) {
	e := invalid("", "", "Unrecognized request URL (%s: %s). The simulator knows what a shop needs; it may not know this.",
		c.req.Method, c.req.URL.Path)
	e.Status = http.StatusNotFound
	return nil, e
}

func getAccount(c *call) (object, error) {
	return object{"id": "acct_simulator", "object": "account", "country": "US", "default_currency": "usd", "type": "standard",
		"charges_enabled": true, "payouts_enabled": true, "details_submitted": true, "email": nil, "metadata": object{},
		"business_profile": object{"name": "Simulated account"}, "settings": object{"dashboard": object{"display_name": "Simulated account"}}}, c.p.err()
}

func getBalance(c *call) (object, error) {
	none := []object{{"amount": 0, "currency": "usd", "source_types": object{"card": 0}}}
	return object{"object": "balance", "livemode": false, "available": none, "pending": none}, c.p.err()
}
