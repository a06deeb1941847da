package stripesim

import (
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// keyLife is how long an idempotency key is remembered.
// Source of the rules here: https://docs.stripe.com/api/idempotent_requests.
const keyLife = 24 * 60 * 60

// execute runs an endpoint once per idempotency key and says whether the answer is a stored one.
func (s *Simulator) execute(c *call, run endpoint, fault *Fault) (reply, bool) {
	if c.key == "" {
		fault.hold(c.req.Context())
		answer, err := s.transact(c, run, fault, nil)
		return s.orError(c, answer, err), false
	}
	if len(c.key) > 255 {
		return errorReply(invalid("", "", "Idempotency keys are at most 255 characters long."), c.requestID), false
	}
	if !s.claim(c.key) {
		return errorReply(&apiError{Status: http.StatusConflict, Type: "idempotency_error", Code: "idempotency_key_in_use",
			Message: "There is currently another in-progress request using this Idempotency-Key. Please try again later."}, c.requestID), false
	}
	defer s.unclaim(c.key)

	parameters, err := json.Marshal(c.p.values) // in the order of their names, whatever the client's
	if err != nil {
		return s.orError(c, reply{}, fmt.Errorf("encode parameters: %w", err)), false
	}
	digest := sha256.Sum256(parameters)
	saved := &savedKey{key: c.key, route: c.req.Method + " " + c.req.URL.Path, digest: digest[:]}
	fault.hold(c.req.Context())
	answer, err := s.transact(c, run, fault, saved)
	return s.orError(c, answer, err), saved.replayed
}

func (s *Simulator) claim(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inFlight[key] {
		return false
	}
	s.inFlight[key] = true
	return true
}

func (s *Simulator) unclaim(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.inFlight, key)
}

// savedKey is a key's row, looked up and written in the transaction of the request itself.
type savedKey struct {
	key, route string
	digest     []byte
	replayed   bool
}

// transact runs the endpoint in one transaction, with the look-up and the storing of its key.
func (s *Simulator) transact(c *call, run endpoint, fault *Fault, saved *savedKey) (reply, error) {
	var answer reply
	err := s.write(c.req.Context(), func(t *tx) error {
		if saved != nil {
			found, err := saved.find(t, s.now())
			if err != nil || found.status != 0 {
				answer = found
				return err
			}
		}
		c.tx = t
		var err error
		if fault.is(Error500) {
			answer = errorReply(apiFailure(http.StatusInternalServerError), c.requestID)
		} else if answer, err = c.run(run); err != nil {
			return err
		}
		if saved != nil {
			return saved.keep(t, answer, s.now())
		}
		return nil
	})
	return answer, err
}

func (k *savedKey) find(t *tx, now int64) (reply, error) {
	if _, err := t.exec("DELETE FROM idempotency WHERE created < ?", now-keyLife); err != nil {
		return reply{}, fmt.Errorf("prune idempotency keys: %w", err)
	}
	var (
		route  string
		digest []byte
		answer reply
	)
	err := t.queryRow("SELECT route, digest, status, body, request FROM idempotency WHERE key = ?", k.key).
		Scan(&route, &digest, &answer.status, &answer.body, &answer.id)
	if errors.Is(err, sql.ErrNoRows) {
		return reply{}, nil
	}
	if err != nil {
		return reply{}, fmt.Errorf("look up idempotency key: %w", err)
	}
	mismatch := func(what string) error {
		return &apiError{Status: http.StatusBadRequest, Type: "idempotency_error", Message: fmt.Sprintf(
			"Keys for idempotent requests can only be used %s. Try using a key other than '%s' if you meant to execute a different request.", what, k.key)}
	}
	if route != k.route {
		return reply{}, mismatch(fmt.Sprintf("for the same endpoint they were first used for ('%s' vs '%s')", k.route, route))
	}
	if string(digest) != string(k.digest) {
		return reply{}, mismatch("with the same parameters they were first used with")
	}
	k.replayed = true
	return answer, nil
}

func (k *savedKey) keep(t *tx, answer reply, now int64) error {
	_, err := t.exec("INSERT INTO idempotency (key, route, digest, status, request, body, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
		k.key, k.route, k.digest, answer.status, answer.id, answer.body, now)
	if err != nil {
		return fmt.Errorf("store idempotency key: %w", err)
	}
	return nil
}

// orError turns what a transaction returned into an answer: the endpoint's, a refusal, or 500 with the cause in
// the log.
func (s *Simulator) orError(c *call, answer reply, err error) reply {
	if err == nil {
		return answer
	}
	var refusal *apiError
	if errors.As(err, &refusal) {
		return errorReply(refusal, c.requestID)
	}
	s.log.Error("simulator: api call failed", "method", c.req.Method, "path", c.req.URL.Path, "error", err)
	return errorReply(&apiError{Status: http.StatusInternalServerError, Type: "api_error",
		Message: "The simulator failed; its log says why."}, c.requestID)
}
