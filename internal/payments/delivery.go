package payments

import (
	"strings"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/models"
)

// deliver says where the order goes, how and for how much. There is one way
// alone, to the country it was priced for: a choice on the payment page would
// sell at a price no order has.
func deliver(params *stripe.CheckoutSessionParams, order models.Order) {
	countries := models.UsualCountries()
	if order.DeliveryCountry != "" {
		countries = []string{order.DeliveryCountry}
	}
	if order.PickupAddress == "" {
		params.ShippingAddressCollection = &stripe.CheckoutSessionShippingAddressCollectionParams{AllowedCountries: stripe.StringSlice(countries)}
	}
	if order.Shipping == 0 && order.DeliveryName == "" {
		return
	}
	name := order.DeliveryName
	if name == "" {
		name = "Delivery"
	}
	rate := &stripe.CheckoutSessionShippingOptionShippingRateDataParams{
		DisplayName: stripe.String(name),
		Type:        stripe.String("fixed_amount"),
		FixedAmount: &stripe.CheckoutSessionShippingOptionShippingRateDataFixedAmountParams{
			Amount: stripe.Int64(order.Shipping), Currency: stripe.String(strings.ToLower(order.Currency)),
		},
		TaxBehavior: taxBehavior(order),
	}
	if order.DeliveryMaxDays > 0 {
		day := stripe.String("business_day")
		rate.DeliveryEstimate = &stripe.CheckoutSessionShippingOptionShippingRateDataDeliveryEstimateParams{
			Maximum: &stripe.CheckoutSessionShippingOptionShippingRateDataDeliveryEstimateMaximumParams{Unit: day, Value: stripe.Int64(order.DeliveryMaxDays)},
		}
		if order.DeliveryMinDays > 0 {
			rate.DeliveryEstimate.Minimum = &stripe.CheckoutSessionShippingOptionShippingRateDataDeliveryEstimateMinimumParams{Unit: day, Value: stripe.Int64(order.DeliveryMinDays)}
		}
	}
	params.ShippingOptions = []*stripe.CheckoutSessionShippingOptionParams{{ShippingRateData: rate}}
}

// tax hands the shop's own tax over as an amount: a line where it is added, a
// sentence where the prices hold it. Stripe works none of it out, so that its
// total is the order's (see docs/adr/0011). Or it works out all of it.
func tax(params *stripe.CheckoutSessionParams, order models.Order) {
	switch {
	case order.TaxMode == models.TaxStripe:
		params.AutomaticTax = &stripe.CheckoutSessionAutomaticTaxParams{Enabled: stripe.Bool(true)}
	case order.TaxMode != models.TaxOwn || order.Tax == 0:
	case order.TaxIncluded:
		params.CustomText = &stripe.CheckoutSessionCustomTextParams{Submit: &stripe.CheckoutSessionCustomTextSubmitParams{
			Message: stripe.String("The total includes " + order.Price(order.Tax).String() + " " + order.TaxName + "."),
		}}
	default:
		params.LineItems = append(params.LineItems, &stripe.CheckoutSessionLineItemParams{
			Quantity: stripe.Int64(1),
			PriceData: &stripe.CheckoutSessionLineItemPriceDataParams{
				Currency:    stripe.String(strings.ToLower(order.Currency)),
				UnitAmount:  stripe.Int64(order.Tax),
				ProductData: &stripe.CheckoutSessionLineItemPriceDataProductDataParams{Name: stripe.String(order.TaxName)},
			},
		})
	}
}

// taxBehavior says to Stripe Tax whether a price holds tax; nil where Stripe
// works none out.
func taxBehavior(order models.Order) *string {
	switch {
	case order.TaxMode != models.TaxStripe:
		return nil
	case order.TaxIncluded:
		return stripe.String("inclusive")
	}
	return stripe.String("exclusive")
}
