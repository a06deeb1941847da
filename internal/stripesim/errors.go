package stripesim

import (
	"fmt"
	"net/http"
)

// apiError is a refusal in the shape Stripe gives it. Its zero Type is invalid_request_error.
type apiError struct {
	Status  int
	Type    string
	Code    string
	Param   string
	Message string
	// Kept says that the endpoint had begun its work: what it wrote is committed and the answer is stored under
	// the idempotency key, as Stripe documents it. Faulty parameters are refused before that.
	Kept bool
	// More is added to the error object: decline_code, charge, payment_intent.
	More object
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }

// body returns the document that is sent.
func (e *apiError) body(requestID string) object {
	inner := object{"type": e.Type, "message": e.Message, "request_log_url": "https://dashboard.stripe.com/test/logs/" + requestID}
	if e.Type == "" {
		inner["type"] = "invalid_request_error"
	}
	if e.Code != "" {
		inner["code"] = e.Code
		inner["doc_url"] = "https://stripe.com/docs/error-codes/" + e.Code
	}
	if e.Param != "" {
		inner["param"] = e.Param
	}
	for field, value := range e.More {
		inner[field] = value
	}
	return object{"error": inner}
}

// invalid refuses a parameter before anything was done.
func invalid(param, code, format string, args ...any) *apiError {
	return &apiError{Status: http.StatusBadRequest, Code: code, Param: param, Message: fmt.Sprintf(format, args...)}
}

// refused says that the request was right but the object's state does not allow it.
func refused(param, code, format string, args ...any) *apiError {
	e := invalid(param, code, format, args...)
	e.Kept = true
	return e
}

// missing is the answer for an id that names nothing: 404 when the id stands in the path (param "id"), 400
// when it is a parameter.
func missing(kind, id, param string) *apiError {
	e := invalid(param, "resource_missing", "No such %s: '%s'", kind, id)
	if param == "id" {
		e.Status = http.StatusNotFound
	}
	return e
}
