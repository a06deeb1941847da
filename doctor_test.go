package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tuckshop/handlers"
	"tuckshop/internal/payments"
	"tuckshop/internal/stripesim"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// rig is a shop on the internet: its address is https, with a proxy that ends
// the encryption before it, and Stripe is the simulator behind a front that
// tests can make misbehave.
type rig struct {
	t      *testing.T
	env    map[string]string
	client *payments.Client // Stripe, as the test sees it

	mu    sync.Mutex
	calls []string // method and path of every request to Stripe that changes something
	front func(w http.ResponseWriter, r *http.Request) (answered bool)
}

const rigKey = "sk_test_verysecretkey"

// trust makes this process trust the certificate of httptest's servers, as it
// would trust the one of a real shop.
var trust = sync.OnceFunc(func() {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	path := filepath.Join(os.TempDir(), fmt.Sprintf("tuckshop-test-ca-%d.pem", os.Getpid()))
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := errors.Join(os.WriteFile(path, certificate, 0o600), os.Setenv("SSL_CERT_FILE", path)); err != nil {
		panic(err)
	}
	if response, err := http.Get(server.URL); err == nil { // reads the file
		response.Body.Close()
	}
	if err := os.Remove(path); err != nil {
		panic(err)
	}
})

func newRig(t *testing.T, databaseURL string) *rig {
	t.Helper()
	trust()
	r := &rig{t: t}
	simulator, err := stripesim.Open(t.Context(), stripesim.Options{
		URL: "http://stripe.test", Backoff: func(int) time.Duration { return 50 * time.Millisecond },
	})
	if err != nil {
		t.Fatal(err)
	}
	stripe := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.mu.Lock()
		front := r.front
		if request.Method != http.MethodGet {
			r.calls = append(r.calls, request.Method+" "+request.URL.Path)
		}
		r.mu.Unlock()
		if front == nil || !front(w, request) {
			simulator.ServeHTTP(w, request)
		}
	}))
	running, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	delivered := make(chan error, 1)
	go func() { delivered <- simulator.Run(running) }()
	t.Cleanup(func() {
		stop()
		if err := <-delivered; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		stripe.Close()
		if err := simulator.Close(); err != nil {
			t.Error(err)
		}
	})

	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	free.Close()
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: addr})
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	public := httptest.NewTLSServer(proxy)
	t.Cleanup(public.Close)

	r.env = map[string]string{
		"ADDR": addr, "BASE_URL": public.URL, "DATA_DIR": t.TempDir(), "DATABASE_URL": databaseURL, "DEMO": "off",
		"STRIPE_SECRET_KEY": rigKey, "STRIPE_API_BASE": stripe.URL, "TRUSTED_PROXIES": "127.0.0.1",
	}
	r.client = payments.New(payments.Config{SecretKey: rigKey, APIBase: stripe.URL, BaseURL: public.URL})
	return r
}

func (r *rig) getenv(name string) string { return r.env[name] }

// run runs a command as main does and returns what it printed, its error
// included. No command ever prints a secret.
func (r *rig) run(args ...string) (string, int) {
	r.t.Helper()
	var out bytes.Buffer
	code := exitCode(run(r.t.Context(), args, r.getenv, strings.NewReader(""), &out), &out)
	for _, secret := range []string{"whsec_", "verysecretkey", "sesame"} {
		if strings.Contains(strings.ReplaceAll(out.String(), "whsec_…", ""), secret) {
			r.t.Errorf("%s printed a secret:\n%s", strings.Join(args, " "), out.String())
		}
	}
	return out.String(), code
}

// serve runs the shop until the test ends.
func (r *rig) serve() {
	r.t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(r.t.Context()))
	served := make(chan error, 1)
	go func() { served <- run(ctx, []string{"serve"}, r.getenv, strings.NewReader(""), io.Discard) }()
	r.t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			r.t.Error(err)
		}
	})
	for {
		response, err := http.Get("http://" + r.env["ADDR"] + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case err := <-served:
			served <- nil
			r.t.Fatalf("the shop does not start: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (r *rig) hook() string { return r.env["BASE_URL"] + handlers.WebhookPath }

func (r *rig) endpoints() []payments.Endpoint {
	r.t.Helper()
	endpoints, err := r.client.Endpoints(r.t.Context(), r.hook())
	if err != nil {
		r.t.Fatal(err)
	}
	return endpoints
}

// register makes an endpoint as someone did by hand, with these parameters.
func (r *rig) register(params url.Values) string {
	r.t.Helper()
	params.Set("url", r.hook())
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.env["STRIPE_API_BASE"]+"/v1/webhook_endpoints", strings.NewReader(params.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	request.SetBasicAuth(rigKey, "")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		r.t.Fatalf("register: %s %s %v", response.Status, body, err)
	}
	_, secret, _ := strings.Cut(string(body), `"secret": "`)
	secret, _, _ = strings.Cut(secret, `"`)
	return secret
}

func (r *rig) misbehave(front func(http.ResponseWriter, *http.Request) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.front = front
}

// right are the parameters of an endpoint that needs no change.
func right() url.Values {
	return url.Values{"api_version": {payments.APIVersion}, "enabled_events[]": models.HandledEvents[:]}
}

func says(t *testing.T, out string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(out, part) {
			t.Errorf("it does not say %q:\n%s", part, out)
		}
	}
}

// finds asks whether the doctor told a check at a level, with these words
// before the next one.
func finds(t *testing.T, out, level, name string, parts ...string) {
	t.Helper()
	_, rest, found := strings.Cut("\n"+out, fmt.Sprintf("\n%-8s %-19s ", level, name))
	if !found {
		t.Errorf("%s is not %s:\n%s", name, level, out)
		return
	}
	lines := strings.SplitAfter(rest, "\n")
	told := lines[0]
	for _, line := range lines[1:] {
		if !strings.HasPrefix(line, " ") {
			break
		}
		told += line
	}
	says(t, told, parts...)
}

func TestStripeSetup(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
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
			modelstest.Each(t, func(t *testing.T, databaseURL string) {
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
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
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
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
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

func TestDoctorFindsFaults(t *testing.T) {
	for name, c := range map[string]struct {
		play func(t *testing.T, r *rig) // before the shop starts
		want func(t *testing.T, out string, r *rig)
	}{
		"wrong key": {
			func(_ *testing.T, r *rig) { r.misbehave(unauthorized) },
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Stripe key", "Stripe does not know the key")
			},
		},
		"Stripe out of reach": {
			func(_ *testing.T, r *rig) {
				r.misbehave(func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Stripe key", "Stripe does not answer")
			},
		},
		"key of the other mode": {
			func(_ *testing.T, r *rig) {
				r.misbehave(func(w http.ResponseWriter, request *http.Request) bool {
					if request.URL.Path != "/v1/balance" {
						return false
					}
					io.WriteString(w, `{"object":"balance","livemode":true}`)
					return true
				})
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Stripe key", "Stripe says it is for live payments")
			},
		},
		"endpoint missing": {
			func(_ *testing.T, r *rig) { r.env["STRIPE_WEBHOOK_SECRET"] = "whsec_x" },
			func(t *testing.T, out string, r *rig) {
				finds(t, out, "FAIL", "Webhook endpoint", "Stripe has none at "+r.hook(), "stripe setup")
			},
		},
		"no secret": {
			func(_ *testing.T, r *rig) { r.register(right()) },
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Webhook secret", "None", "stripe setup")
			},
		},
		"another version": {
			func(_ *testing.T, r *rig) {
				r.env["STRIPE_WEBHOOK_SECRET"] = r.register(url.Values{"api_version": {"2020-08-27"}, "enabled_events[]": {"*"}})
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Webhook endpoint", "API version 2020-08-27", payments.APIVersion)
			},
		},
		"events lacking": {
			func(_ *testing.T, r *rig) {
				few := right()
				few["enabled_events[]"] = models.HandledEvents[1:]
				r.env["STRIPE_WEBHOOK_SECRET"] = r.register(few)
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Webhook endpoint", "does not send "+models.EventSessionCompleted+".")
			},
		},
		"two endpoints": {
			func(_ *testing.T, r *rig) {
				r.env["STRIPE_WEBHOOK_SECRET"] = r.register(right()) + "," + r.register(right())
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "warning", "Webhook endpoint", "every event comes 2 times")
			},
		},
		"wrong secret": {
			func(_ *testing.T, r *rig) {
				r.register(right())
				r.env["STRIPE_WEBHOOK_SECRET"] = "whsec_yesterday"
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "ok", "Webhook secret")
				finds(t, out, "FAIL", "Webhook round trip", "could not deliver", "stripe setup --rotate")
			},
		},
		"mail server refuses": {
			func(t *testing.T, r *rig) { r.env["SMTP_URL"] = "smtp://user:sesame-1@" + refusing(t) },
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Mail", "554", "SMTP_URL")
			},
		},
		"clock ten minutes behind": {
			func(_ *testing.T, r *rig) { r.misbehave(dated(10 * time.Minute)) },
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "FAIL", "Clock", "behind Stripe's", "Webhooks are refused")
			},
		},
		"clock a minute ahead": {
			func(_ *testing.T, r *rig) { r.misbehave(dated(-time.Minute)) },
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "warning", "Clock", "ahead of Stripe's")
			},
		},
		"settings": {
			func(_ *testing.T, r *rig) {
				r.env["RATE_LIMITS"], r.env["TRUSTED_PROXIES"] = "off", "0.0.0.0/0"
				r.env["SECRET_KEY"] = strings.Repeat("sesame", 10)
			},
			func(t *testing.T, out string, _ *rig) {
				finds(t, out, "warning", "Rate limits")
				finds(t, out, "warning", "Proxies", "names everyone")
				finds(t, out, "ok", "Cookie keys", "1 key")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			modelstest.Each(t, func(t *testing.T, databaseURL string) {
				r := newRig(t, databaseURL)
				c.play(t, r)
				r.serve()
				out, code := r.run("doctor", "--wait", "2s")
				if failed := strings.Contains("\n"+out, "\nFAIL "); failed != (code == exitFailed) {
					t.Errorf("exit %d", code)
				}
				c.want(t, out, r)
			})
		})
	}
}

// dated makes Stripe's clock differ from ours.
func dated(ahead time.Duration) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
		return false
	}
}

// refusing is a mail server that wants nothing.
func refusing(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			io.WriteString(conn, "554 no service, not even for sesame-1\r\n")
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

// TestDoctorHearsASilence pays an order an hour ago of which no webhook told.
func TestDoctorHearsASilence(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		r := newRig(t, databaseURL)
		store := modelstest.New(t, databaseURL, models.Options{Now: func() time.Time { return time.Now().Add(-time.Hour) }})
		cart := models.NewToken()
		if err := store.AddToCart(t.Context(), cart, modelstest.Product(t, store, "pen", 500, 10), 1); err != nil {
			t.Fatal(err)
		}
		begun, err := store.BeginCheckout(t.Context(), cart)
		if err != nil {
			t.Fatal(err)
		}
		order := begun.Order
		session := models.CheckoutSession{
			ID: "cs_lost", Mode: "payment", Status: "complete", PaymentStatus: "paid", Currency: strings.ToLower(order.Currency),
			AmountSubtotal: &order.Subtotal, AmountTotal: &order.Total, Metadata: map[string]string{"order_id": fmt.Sprint(order.ID)},
		}
		if applied, err := store.ApplySession(t.Context(), session); err != nil || applied.Outcome != models.OutcomePaid {
			t.Fatalf("apply: %+v, %v", applied, err)
		}
		r.env["STRIPE_WEBHOOK_SECRET"] = r.register(right())
		r.serve()
		out, code := r.run("doctor", "--wait", "0")
		if code != exitFailed {
			t.Errorf("exit %d", code)
		}
		finds(t, out, "FAIL", "Webhooks", "None has come yet", "Order "+order.Number, "stripe setup")
		out, _ = r.run("doctor") // whose test event ends the silence
		finds(t, out, "ok", "Webhook round trip")
		finds(t, out, "ok", "Webhooks", "The last one came")
	})
}

func TestDoctorBeforeTheShopEverRan(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		r := newRig(t, databaseURL)
		out, code := r.run("doctor")
		if code != exitFailed {
			t.Errorf("exit %d", code)
		}
		finds(t, out, "FAIL", "Address", "does not answer", "Start the shop")
		if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
			finds(t, out, "FAIL", "Database", "there is no database yet")
			if _, err := os.Stat(path); !os.IsNotExist(err) {
				t.Errorf("looking made a database: %v", err)
			}
		} else {
			finds(t, out, "FAIL", "Schema", "empty", "migrate")
		}
	})
}

func TestDoctorWithTheSimulator(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		r := newRig(t, databaseURL)
		r.env["STRIPE_SECRET_KEY"], r.env["STRIPE_API_BASE"], r.env["SIM_ADDR"] = "", "", "127.0.0.1:0"
		r.env["BASE_URL"], r.env["TRUSTED_PROXIES"] = "http://"+r.env["ADDR"], ""
		r.serve()
		out, code := r.run("doctor")
		if code != exitDone {
			t.Errorf("exit %d\n%s", code, out)
		}
		finds(t, out, "warning", "Stripe key", "simulated", "STRIPE_SECRET_KEY")
		if strings.Contains(out, "Webhook endpoint") {
			t.Errorf("the simulator needs no endpoint:\n%s", out)
		}
	})
}

func TestLiveShopNeedsAWebhookSecret(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, databaseURL string) {
		r := newRig(t, databaseURL)
		r.env["STRIPE_SECRET_KEY"] = "sk_live_verysecretkey"
		out, code := r.run("serve")
		if code != exitFailed {
			t.Errorf("exit %d", code)
		}
		says(t, out, "STRIPE_WEBHOOK_SECRET", "stripe setup")

		// With a kept secret it goes on, up to the address somebody else has.
		if err := payments.KeepWebhookSecret(filepath.Join(r.env["DATA_DIR"], payments.WebhookSecretFile), "whsec_kept"); err != nil {
			t.Fatal(err)
		}
		taken, err := net.Listen("tcp", r.env["ADDR"])
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		out, _ = r.run("serve")
		says(t, out, "is in use")
	})
}
