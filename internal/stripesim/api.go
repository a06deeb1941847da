package stripesim

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// call is one API request being executed, inside one transaction.
type call struct {
	*Simulator
	tx        *tx
	p         *params
	req       *http.Request
	requestID string
	key       string // idempotency key
	version   string // of the API
}

// id is the object named in the path.
func (c *call) id() string { return c.req.PathValue("id") }

// endpoint executes a call; a nil error's document is the answer.
type endpoint func(*call) (object, error)

// reply is an answer as it is sent and stored.
type reply struct {
	status int
	body   []byte
	id     string // Request-Id
}

// maxBody is more than any form a shop sends.
const maxBody = 1 << 20

// api makes a handler of an endpoint: authentication, parameters, idempotency, transaction, expansion.
func (s *Simulator) api(run endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		requestID := newID("req_", 14)
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "no-cache, no-store")
		h.Set("Request-Id", requestID)
		version := r.Header.Get("Stripe-Version")
		if version == "" {
			version = apiVersion
		}
		h.Set("Stripe-Version", version)

		if err := authenticate(r); err != nil {
			send(w, errorReply(err, requestID))
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			send(w, errorReply(invalid("", "", "The request's body could not be read."), requestID))
			return
		}
		c := &call{Simulator: s, req: r, requestID: requestID, version: version}
		fault, err := s.takeAPIFault(r)
		if err != nil {
			send(w, s.orError(c, reply{}, err))
			return
		}
		if refusal := fault.refusal(); refusal != nil {
			send(w, errorReply(refusal, requestID))
			return
		}
		p, bad := parseParams(r.URL.RawQuery, string(body))
		if bad != nil {
			send(w, errorReply(bad, requestID))
			return
		}
		c.p = p
		if r.Method == http.MethodPost {
			c.key = r.Header.Get("Idempotency-Key")
			if c.key != "" {
				h.Set("Idempotency-Key", c.key)
			}
		}
		answer, replayed := s.execute(c, run, fault)
		if replayed {
			h.Set("Idempotent-Replayed", "true")
			h.Set("Original-Request", answer.id)
		}
		s.log.Debug("simulator: api", "method", r.Method, "path", r.URL.Path, "status", answer.status)
		if fault.is(DropAfterCommit) {
			panic(http.ErrAbortHandler) // the client sees a connection that ends without an answer
		}
		send(w, answer)
	}
}

// authenticate takes a test key as user name or bearer token. A live key is refused: nothing here is live.
func authenticate(r *http.Request) *apiError {
	key, _, ok := r.BasicAuth()
	if !ok {
		key, ok = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	refuse := func(message string) *apiError {
		return &apiError{Status: http.StatusUnauthorized, Message: message}
	}
	switch {
	case !ok || key == "":
		return refuse("You did not provide an API key. Send it as a bearer token or as the user name of HTTP basic authentication.")
	case strings.HasPrefix(key, "sk_live_"), strings.HasPrefix(key, "rk_live_"):
		return refuse("This is a simulator. It refuses live keys: use one that begins with sk_test_.")
	case strings.HasPrefix(key, "sk_test_"), strings.HasPrefix(key, "rk_test_"):
		return nil
	}
	return refuse("Invalid API key provided.")
}

// run executes an endpoint's code and makes its answer; it returns an error only where there is none.
func (c *call) run(endpoint endpoint) (reply, error) {
	expand := c.p.strings("expand")
	doc, err := endpoint(c)
	if err == nil {
		err = c.expand(doc, expand)
	}
	if err != nil {
		var refusal *apiError
		if errors.Is(err, errNotFound) {
			refusal = missing("object", c.id(), "id")
		} else if !errors.As(err, &refusal) {
			return reply{}, err
		}
		if refusal.Kept {
			return errorReply(refusal, c.requestID), nil
		}
		return reply{}, refusal
	}
	return jsonReply(http.StatusOK, shaped(doc.public(), c.version), c.requestID), nil
}

func errorReply(e *apiError, requestID string) reply {
	return jsonReply(e.Status, e.body(requestID), requestID)
}

func jsonReply(status int, doc object, requestID string) reply {
	body, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return reply{status: http.StatusInternalServerError, body: []byte(`{"error":{"type":"api_error"}}`), id: requestID}
	}
	return reply{status: status, body: append(body, '\n'), id: requestID}
}

func send(w http.ResponseWriter, answer reply) {
	if answer.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="Stripe"`)
	}
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body) // a client that is gone cannot be told so
}
