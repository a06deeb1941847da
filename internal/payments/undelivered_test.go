package payments_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"tuckshop/internal/payments"
	"tuckshop/models"
)

// TestUndeliveredEventsAreHandedOverHoweverMany lists more events than fit on a
// page, as after days without a webhook, and loses Stripe on the way.
func TestUndeliveredEventsAreHandedOverHoweverMany(t *testing.T) {
	t.Parallel()
	const many = 730
	breaksAt := many + 1
	stripe := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from := 0
		if _, err := fmt.Sscanf(r.URL.Query().Get("starting_after"), "evt_%d", &from); err == nil {
			from++
		}
		if from >= breaksAt {
			http.Error(w, `{"error":{"type":"invalid_request_error","message":"no"}}`, http.StatusBadRequest)
			return
		}
		data := []map[string]any{}
		for i := from; i < min(from+100, many); i++ {
			kind := models.EventSessionExpired
			if i%10 == 9 { // which the shop does not act on
				kind = "customer.created"
			}
			data = append(data, map[string]any{"id": fmt.Sprintf("evt_%d", i), "object": "event", "type": kind,
				"data": map[string]any{"object": map[string]any{"id": fmt.Sprintf("cs_%d", i), "object": "checkout.session"}}})
		}
		err := json.NewEncoder(w).Encode(map[string]any{"object": "list", "url": "/v1/events", "data": data, "has_more": from+100 < many})
		if err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(stripe.Close)
	client := payments.New(payments.Config{SecretKey: "sk_test_list", APIBase: stripe.URL, BaseURL: "https://shop.example"})
	list := func(take func([]models.Event) error) error {
		return client.UndeliveredEvents(t.Context(), time.Now().Add(-time.Hour), time.Now(), take)
	}
	seen := map[string]bool{}
	count := func(page []models.Event) error {
		for _, event := range page {
			seen[event.ID] = event.Session != nil && len(event.Payload) > 0
		}
		return nil
	}
	if err := list(count); err != nil || len(seen) != many*9/10 {
		t.Errorf("%d events, %v", len(seen), err)
	}
	for id, whole := range seen {
		if !whole {
			t.Errorf("event %s is not whole", id)
		}
	}
	breaksAt = 300
	clear(seen)
	var fault *models.PaymentError
	if err := list(count); !errors.As(err, &fault) || len(seen) != 270 {
		t.Errorf("Stripe gone after 300: %d events, %v", len(seen), err)
	}
	breaksAt = many + 1
	full := errors.New("the database is gone")
	calls := 0
	if err := list(func([]models.Event) error { calls++; return full }); !errors.Is(err, full) || calls != 1 {
		t.Errorf("take failed: %v after %d calls", err, calls)
	}
}
