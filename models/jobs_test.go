package models_test

import (
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// TestJobsFollowTheirTransaction breaks a payment after its receipt was
// queued: neither the mail nor its job may be left behind.
func TestJobsFollowTheirTransaction(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		order, session := checkout(t, store, modelstest.Product(t, store, "pen", 500, 10), 3)
		waiting := func(want int) {
			t.Helper()
			jobs, err := store.Jobs(t.Context(), models.JobFilter{Limit: 10})
			if err != nil || len(jobs) != want {
				t.Errorf("jobs %+v, %v; want %d", jobs, err, want)
			}
			if n := receipts(t, store); n != want {
				t.Errorf("%d receipts, want %d", n, want)
			}
		}
		paid := event(models.EventSessionCompleted, session)
		modelstest.Exec(t, url, "ALTER TABLE payments RENAME TO payments_away")
		if _, err := store.ReceiveEvent(t.Context(), paid); err == nil {
			t.Fatal("the payment went through without its table")
		}
		modelstest.Exec(t, url, "ALTER TABLE payments_away RENAME TO payments")
		statusIs(t, store, order, models.OrderPending)
		stockIs(t, store, "pen", 10, 3)
		waiting(0)
		if again := receive(t, store, paid); again.Outcome != models.OutcomePaid || again.Deliveries != 1 {
			t.Errorf("delivered again: %+v", again)
		}
		waiting(1)
	})
}
