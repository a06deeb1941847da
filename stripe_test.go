package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tuckshop/internal/payments"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

func TestStripeSetup(t *testing.T) {
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r := newRig(t, databaseURL)
		out, code := r.run("stripe", "setup")
		if code != exitDone {
			t.Fatalf("before the shop runs: exit %d\n%s", code, out)
		}
		says(t, out, "Made the endpoint "+r.hook(), "Not proven yet", "STRIPE_WEBHOOK_SECRET", payments.WebhookSecretFile)
		first := r.endpoints()
		if len(first) != 1 || !first[0].Fits() || !first[0].Enabled || len(first[0].Events) != len(models.HandledEvents) {
			t.Fatalf("endpoints: %+v", first)
		}
		path := filepath.Join(r.env["DATA_DIR"], payments.WebhookSecretFile)
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("file of the secret: %v, %v", info, err)
		}

		r.serve()
		out, code = r.run("stripe", "setup")
		if code != exitDone {
			t.Errorf("again: exit %d", code)
		}
		says(t, out, "is there and right", "It came back within")
		if now := r.endpoints(); len(now) != 1 || now[0].ID != first[0].ID {
			t.Errorf("a second run changed the endpoint: %+v", now)
		}

		// The running shop takes the new secret without a restart.
		out, code = r.run("stripe", "setup", "--rotate")
		if code != exitDone {
			t.Errorf("rotate: exit %d", code)
		}
		says(t, out, "Made the endpoint", "Deleted the former endpoint "+first[0].ID, "It came back within")
		if now := r.endpoints(); len(now) != 1 || now[0].ID == first[0].ID {
			t.Errorf("after rotating: %+v", now)
		}
		if kept, err := payments.KeptWebhookSecrets(path); err != nil || len(kept) != 2 {
			t.Errorf("%d secrets kept, %v", len(kept), err)
		}

		out, code = r.run("doctor")
		if code != exitDone {
			t.Errorf("doctor: exit %d", code)
		}
		finds(t, out, "ok", "Stripe key", "test payments")
		finds(t, out, "ok", "Webhook endpoint", r.hook())
		finds(t, out, "ok", "Webhook secret", "2 in ")
		finds(t, out, "ok", "Webhook round trip", "came back")
		finds(t, out, "ok", "Webhooks", "The last one came")
		finds(t, out, "ok", "Clock")
		finds(t, out, "ok", "Database")
		finds(t, out, "ok", "Schema", "up to date")
		finds(t, out, "ok", "Address", r.env["BASE_URL"])
		finds(t, out, "ok", "Proxies")
		finds(t, out, "ok", "Jobs")
		finds(t, out, "ok", "Rate limits")
		finds(t, out, "warning", "Mail", "SMTP_URL is not set")
	})
}

func TestStripeSetupReplacesWhatDoesNotFit(t *testing.T) {
	for name, made := range map[string][]url.Values{
		"another version":        {{"api_version": {"2020-08-27"}, "enabled_events[]": {"*"}}},
		"no version":             {{"enabled_events[]": {"*"}}},
		"lacking events":         {{"api_version": {payments.APIVersion}, "enabled_events[]": {models.EventSessionCompleted}}},
		"right, secret unknown":  {right()},
		"two, each event double": {right(), right()},
	} {
		t.Run(name, func(t *testing.T) {
			modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
				r := newRig(t, databaseURL)
				for _, params := range made {
					r.register(params)
				}
				r.serve()
				r.mu.Lock()
				r.calls = nil
				r.mu.Unlock()
				out, code := r.run("stripe", "setup")
				if code != exitDone {
					t.Errorf("exit %d", code)
				}
				says(t, out, "Made the endpoint", "Deleted the former endpoint", "It came back within")
				if now := r.endpoints(); len(now) != 1 || !now[0].Fits() {
					t.Errorf("endpoints: %+v", now)
				}
				if r.calls[0] != "POST /v1/webhook_endpoints" || !strings.HasPrefix(r.calls[1], "DELETE /v1/webhook_endpoints/") {
					t.Errorf("the old one is not deleted after the new one was made: %v", r.calls)
				}
			})
		})
	}
}

func TestStripeSetupEnablesADisabledEndpoint(t *testing.T) {
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r := newRig(t, databaseURL)
		r.env["STRIPE_WEBHOOK_SECRET"] = r.register(right())
		id := r.endpoints()[0].ID
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.env["STRIPE_API_BASE"]+"/v1/webhook_endpoints/"+id, strings.NewReader("disabled=true"))
		if err != nil {
			t.Fatal(err)
		}
		request.SetBasicAuth(rigKey, "")
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		r.serve()
		out, _ := r.run("doctor", "--wait", "0")
		finds(t, out, "FAIL", "Webhook endpoint", "disabled", "stripe setup")
		out, code := r.run("stripe", "setup")
		if now := r.endpoints(); code != exitDone || len(now) != 1 || now[0].ID != id || !now[0].Enabled {
			t.Errorf("exit %d, endpoints %+v", code, now)
		}
		says(t, out, "enabled again", "It came back within")
	})
}

func TestStripeSetupSaysWhatStandsInItsWay(t *testing.T) {
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r := newRig(t, databaseURL)
		if out, code := r.run("stripe"); code != exitUsage {
			t.Errorf("without its sub-command: exit %d\n%s", code, out)
		}
		r.misbehave(unauthorized)
		out, code := r.run("stripe", "setup")
		if code != exitFailed {
			t.Errorf("wrong key: exit %d", code)
		}
		says(t, out, "Stripe does not know the key in STRIPE_SECRET_KEY")
		r.misbehave(nil)

		r.env["BASE_URL"] = "http://localhost:8080"
		out, code = r.run("stripe", "setup")
		if code != exitFailed {
			t.Errorf("localhost: exit %d", code)
		}
		says(t, out, "BASE_URL is http://localhost:8080", "stripe listen --forward-to http://localhost:8080/webhooks/stripe", "STRIPE_WEBHOOK_SECRET")

		r.env["STRIPE_SECRET_KEY"] = ""
		out, code = r.run("stripe", "setup")
		if code != exitDone {
			t.Errorf("simulator: exit %d", code)
		}
		says(t, out, "Nothing is to be set up")
	})
}

// unauthorized answers as Stripe does to a key it does not know, which it
// repeats.
func unauthorized(w http.ResponseWriter, _ *http.Request) bool {
	w.WriteHeader(http.StatusUnauthorized)
	io.WriteString(w, `{"error":{"type":"invalid_request_error","message":"Invalid API Key provided: `+rigKey+`"}}`)
	return true
}
