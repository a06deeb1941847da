package handlers_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/mail"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// down is a mail server that is never reached.
type down struct{}

func (down) Name() string                             { return "smtp" }
func (down) Send(context.Context, mail.Message) error { return errors.New("connection refused") }

func TestMetrics(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		app := apptest.New(t, databaseURL, apptest.Options{Sender: down{}})
		variant := modelstest.Product(t, app.Store, "pen", 500, 10)
		visitor := app.Browser()
		visitor.Get("/products/pen")
		visitor.Get("/products/pen")
		visitor.Get("/products/made-up-slug")
		visitor.Get("/made-up-path/made-up-slug")
		visitor.Post("/products/pen")
		visitor.Post("/cart/items", "variant_id", "nonsense")
		odd, err := http.NewRequestWithContext(t.Context(), "BREW", app.URL+"/products/pen", nil)
		if err != nil {
			t.Fatal(err)
		}
		odd.Host = "made-up-host.example"
		response, err := http.DefaultClient.Do(odd)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()

		for _, event := range []string{"evt_1", "evt_1", "evt_2"} {
			body := eventBody(event, "customer.created", `{}`)
			app.Deliver(body, apptest.Sign(apptest.Secret, now(), body))
		}
		app.Deliver([]byte("{}"), "forged")

		modelstest.PaidOrder(t, app.Store, variant)
		// The mail waits for its next attempt again and again, and sometimes runs.
		var page string
		retrying := regexp.MustCompile(`jobs\{state="(retryable|available)"\} 1`)
		app.Eventually("the job is counted", func() bool {
			page = visitor.Get("/metrics").Body
			jobs, err := app.Store.Jobs(t.Context(), models.JobFilter{Limit: 100})
			return err == nil && len(jobs) > 0 && retrying.MatchString(page) && strings.Contains(page, "\njobs{state=\"running\"} 0\n")
		})
		for _, line := range []string{
			`http_requests_total{method="GET",route="/products/:slug",status="200"} 2`,
			`http_requests_total{method="GET",route="/products/:slug",status="404"} 1`,
			`http_requests_total{method="GET",route="none",status="404"} 1`,
			`http_requests_total{method="POST",route="/products/:slug",status="405"} 1`,
			`http_requests_total{method="POST",route="/cart/items",status="422"} 1`,
			`http_requests_total{method="other",route="/products/:slug",status="405"} 1`,
			`http_requests_total{method="POST",route="/webhooks/stripe",status="200"} 3`,
			`http_requests_total{method="POST",route="/webhooks/stripe",status="400"} 1`,
			`http_request_duration_seconds_count{route="/products/:slug"} 5`,
			`stripe_webhooks_total{outcome="duplicate"} 1`,
			`stripe_webhooks_total{outcome="ignored"} 2`,
			`stripe_webhooks_total{outcome="refused"} 1`,
			`jobs{state="discarded"} 0`,
			"jobs_oldest_available_seconds ",
			"go_goroutines ",
		} {
			if !strings.Contains(page, "\n"+line) {
				t.Errorf("no line %q", line)
			}
		}
		if strings.Contains(page, "made-up") || strings.Contains(page, "BREW") {
			t.Errorf("what a client makes up is a label in\n%s", page)
		}
		if t.Failed() {
			t.Log(page)
		}
	})
}

// TestBacklog counts a queue nobody works on.
func TestBacklog(t *testing.T) {
	t.Parallel()
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		store := modelstest.New(t, databaseURL, models.Options{})
		empty, err := store.JobBacklog(t.Context())
		if err != nil || empty.Oldest != nil || empty.Jobs[models.JobWaiting] != 0 {
			t.Fatalf("%+v, %v", empty, err)
		}
		variant := modelstest.Product(t, store, "pen", 500, 10)
		for range 3 {
			modelstest.PaidOrder(t, store, variant)
		}
		modelstest.Exec(t, databaseURL, "UPDATE river_job SET scheduled_at = '2026-01-02 03:04:05' WHERE id = 2")
		modelstest.Exec(t, databaseURL, "UPDATE river_job SET state = 'cancelled', finalized_at = '2026-01-02 03:04:05' WHERE id = 1")
		got, err := store.JobBacklog(t.Context())
		if err != nil || got.Jobs[models.JobWaiting] != 2 || got.Jobs[models.JobGivenUp] != 1 || got.Oldest == nil || got.Oldest.UTC().Format("2006-01-02 15:04:05") != "2026-01-02 03:04:05" {
			t.Errorf("%+v oldest %v, %v", got.Jobs, got.Oldest, err)
		}
	})
}
