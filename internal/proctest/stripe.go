package proctest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"tuckshop/internal/stripesim"
)

// stripeKey is the key a Shop knows this Stripe by.
const stripeKey = "sk_test_proctest"

// Stripe stands in for Stripe outside the shop's process. It sends no
// webhooks: the test delivers them.
type Stripe struct {
	URL string

	t         *testing.T
	simulator *stripesim.Simulator
	mu        sync.Mutex
	asked     func() (open bool)
	opening   func(answer func())
}

// NewStripe starts a Stripe and stops it when the test ends.
func NewStripe(t *testing.T) *Stripe {
	t.Helper()
	s := &Stripe{t: t}
	server := httptest.NewServer(s)
	s.URL = server.URL
	var err error
	if s.simulator, err = stripesim.Open(t.Context(), stripesim.Options{URL: server.URL}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		if err := s.simulator.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Env is what a Shop's environment needs to use this Stripe.
func (s *Stripe) Env() map[string]string {
	return map[string]string{"STRIPE_SECRET_KEY": stripeKey, "STRIPE_API_BASE": s.URL}
}

// OnOpening calls f whenever the shop asks for a Checkout Session that Stripe
// has just made and kept; the shop reads of it only when f calls answer.
func (s *Stripe) OnOpening(f func(answer func())) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opening = f
}

// OnAsked calls f whenever the shop asks for a Checkout Session, before Stripe
// has read of it. Where f says no, Stripe never does.
func (s *Stripe) OnAsked(f func() (open bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = f
}

// ServeHTTP answers the API and the hosted pages.
func (s *Stripe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	asked, opening := s.asked, s.opening
	s.mu.Unlock()
	opens := r.Method == http.MethodPost && r.URL.Path == "/v1/checkout/sessions"
	if opens && asked != nil && !asked() {
		panic(http.ErrAbortHandler) // the connection ends without an answer
	}
	if !opens || opening == nil {
		s.simulator.ServeHTTP(w, r)
		return
	}
	kept := httptest.NewRecorder()
	s.simulator.ServeHTTP(kept, r)
	opening(func() {
		for name, values := range kept.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(kept.Code)
		if _, err := w.Write(kept.Body.Bytes()); err != nil {
			s.t.Logf("Stripe's answer: %v", err)
		}
	})
}

// Sessions lists the ids of all Checkout Sessions.
func (s *Stripe) Sessions() []string {
	s.t.Helper()
	var list struct {
		Data []struct{ ID string }
	}
	s.get("/v1/checkout/sessions?limit=100", &list)
	var ids []string
	for _, session := range list.Data {
		ids = append(ids, session.ID)
	}
	return ids
}

// Pay pays a session as a buyer would and returns its
// checkout.session.completed event.
func (s *Stripe) Pay(sessionID string) Event {
	s.t.Helper()
	if err := s.simulator.Pay(s.t.Context(), sessionID, stripesim.PayNow); err != nil {
		s.t.Fatal(err)
	}
	var list struct{ Data []map[string]any }
	s.get("/v1/events?type=checkout.session.completed&limit=100", &list)
	for _, event := range list.Data {
		data, _ := event["data"].(map[string]any)
		session, _ := data["object"].(map[string]any)
		if session["id"] == sessionID {
			return newEvent(s.t, event)
		}
	}
	s.t.Fatalf("no event says that session %s is paid", sessionID)
	return Event{}
}

func (s *Stripe) get(path string, into any) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	request.SetBasicAuth(stripeKey, "")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, body)
	}
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		s.t.Fatalf("ask Stripe for %s: %v", path, err)
	}
}

// Event is an event of Stripe's as it goes over the wire.
type Event struct {
	ID      string
	Payload []byte
}

func newEvent(t *testing.T, content map[string]any) Event {
	t.Helper()
	payload, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := content["id"].(string)
	return Event{ID: id, Payload: payload}
}

// Twin is the same occurrence under a second event id.
func (e Event) Twin() Event {
	id := e.ID + "_twin"
	return Event{ID: id, Payload: []byte(strings.ReplaceAll(string(e.Payload), `"`+e.ID+`"`, `"`+id+`"`))}
}
