package stripesim

// apiVersion is the version whose shapes the simulator keeps, and the default of requests and endpoints.
const apiVersion = "2023-10-16"

// collectedSince is the first version whose checkout sessions have shipping_details under collected_information.
// Source: https://docs.stripe.com/changelog/basil/2025-03-31/checkout-session-remove-shipping-details.
const collectedSince = "2025-03-31.basil"

// shaped returns an object as a client of an API version reads it. Versions begin with a date: they compare as texts.
func shaped(o object, version string) object {
	if version < collectedSince {
		return o
	}
	out, _ := reshape(o).(object)
	return out
}

func reshape(v any) any {
	switch v := v.(type) {
	case object:
		out := make(object, len(v))
		for field, value := range v {
			out[field] = reshape(value)
		}
		if details, ok := out["shipping_details"]; ok && out["object"] == "checkout.session" {
			out["collected_information"] = object{"shipping_details": details}
			delete(out, "shipping_details")
		}
		return out
	case map[string]any:
		return reshape(object(v))
	case []object:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = reshape(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = reshape(item)
		}
		return out
	}
	return v
}
