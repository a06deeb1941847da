package models_test

import (
	"slices"
	"strings"
	"testing"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// An event is found by its id, or by how its type begins, without a look at all
// the others.
func TestEventsAreFoundByAnIndex(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		payload, minute := "CAST('{}' AS BLOB)", "strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-01', n || ' minutes')"
		if store.Postgres() {
			payload, minute = "CAST('{}' AS BYTEA)", "TIMESTAMPTZ '2026-01-01' + n * interval '1 minute'"
		}
		modelstest.Exec(t, databaseURL, `INSERT INTO stripe_events (id, type, outcome, payload, received_at)
			WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 10000)
			SELECT 'evt_' || n, CASE WHEN n = 7 THEN 'charge.dispute.created' WHEN n = 9 THEN 'charge.refunded' ELSE 'checkout.session.completed' END,
			'paid', `+payload+`, `+minute+` FROM g`)
		analyze := "ANALYZE"
		if store.Postgres() {
			analyze = "VACUUM ANALYZE"
		}
		modelstest.Exec(t, databaseURL, analyze)
		asked, err := store.Listen()
		if err != nil {
			t.Fatal(err)
		}
		for search, want := range map[string][]string{
			"evt_4711": {"evt_4711"}, "charge": {"evt_9", "evt_7"}, "charge.dispute": {"evt_7"}, "checkout.": {"evt_10000", "evt_9999", "evt_9998"},
			"c": {"evt_10000", "evt_9999", "evt_9998"}, "payout": nil, "evt_none": nil,
		} {
			var got []string
			events, err := store.StripeEvents(t.Context(), models.EventFilter{Search: search, Limit: 3})
			for _, event := range events {
				got = append(got, event.ID)
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%q finds %v, %v; want %v", search, got, err, want)
			}
		}
		for _, question := range asked() {
			plan, err := store.Explain(t.Context(), question)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "SCAN stripe_events") {
				t.Errorf("%s\nis answered by\n%s", question.SQL, plan)
			}
		}
	})
}
