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

	free, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
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
		request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, "http://"+r.env["ADDR"]+"/readyz", nil)
		if err != nil {
			r.t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
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
