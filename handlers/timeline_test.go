package handlers

import (
	"testing"
	"time"

	"tuckshop/models"
)

func TestTimelineBeginsWithTheOrder(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	entries := timeline(models.OrderHistory{
		Events:   []models.OrderEvent{{Kind: "placed", CreatedAt: at.Add(time.Millisecond)}, {Kind: "paid", CreatedAt: at.Add(time.Minute)}},
		Attempts: []models.CheckoutAttempt{{Status: models.AttemptOpen, CreatedAt: at}},
	})
	var kinds []string
	for _, entry := range entries {
		kinds = append(kinds, entry.Kind)
	}
	if len(kinds) != 3 || kinds[0] != "placed" || kinds[1] != "checkout_attempt" || kinds[2] != "paid" {
		t.Errorf("the order's history is %q", kinds)
	}
}
