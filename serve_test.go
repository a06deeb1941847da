package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"tuckshop/internal/apptest"
	"tuckshop/internal/proctest"
	"tuckshop/models/modelstest"
)

// running is a shop that runs in the test's own process.
type running struct {
	t    *testing.T
	stop func() outcome // ends it, as SIGTERM does
	out  *printed
}

type printed struct {
	mu      sync.Mutex
	content bytes.Buffer
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.content.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.content.String()
}

// runShop runs the shop until stop is called, at the latest when the test
// ends, and returns once it answers.
func runShop(t *testing.T, env map[string]string) running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	out, ended := &printed{}, make(chan error, 1)
	go func() {
		ended <- run(ctx, nil, func(name string) string { return env[name] }, strings.NewReader(""), out)
	}()
	stop := sync.OnceValue(func() outcome {
		cancel()
		var faults bytes.Buffer
		code := exitCode(<-ended, &faults)
		return outcome{code, out.String(), faults.String()}
	})
	t.Cleanup(func() { stop() })
	proctest.Eventually(t, jobPatience, "the shop is ready", func() bool {
		if len(ended) > 0 {
			t.Fatalf("the shop ended at its start: %+v", stop())
		}
		return tuckshop(t, env, "", "healthcheck").code == exitDone
	})
	return running{t: t, stop: stop, out: out}
}

// bare is the environment of a shop with nothing configured but where it
// listens and keeps its data.
func bare(t *testing.T, databaseURL string) map[string]string {
	t.Helper()
	addr := proctest.FreeAddr(t)
	return map[string]string{
		"ADDR": addr, "BASE_URL": "http://" + addr, "SIM_ADDR": proctest.FreeAddr(t), "DATA_DIR": t.TempDir(), "DATABASE_URL": databaseURL,
	}
}

func TestFirstStart(t *testing.T) {
	t.Parallel()
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		env := bare(t, databaseURL)
		tuckshop(t, env, "", "healthcheck").expect(t, exitFailed, "ask the shop", "connection refused")
		shop := runShop(t, env)
		tuckshop(t, env, "", "healthcheck").expect(t, exitDone, "ready")

		said := shop.out.String()
		for _, part := range []string{
			"Tuckshop is open:  " + env["BASE_URL"] + "\n", "Admin:             " + env["BASE_URL"] + "/admin\n",
			"simulated at http://" + env["SIM_ADDR"] + " – no money moves (STRIPE_SECRET_KEY is not set)",
			"read it at " + env["BASE_URL"] + "/admin/mail (SMTP_URL is not set)",
		} {
			if !strings.Contains(said, part) {
				t.Errorf("%q is not in:\n%s", part, said)
			}
		}
		if file, sqlite := strings.CutPrefix(databaseURL, "sqlite:"); strings.Contains(said, "SQLite at "+file+"\n") != sqlite {
			t.Errorf("the database is not told:\n%s", said)
		}
		link := regexp.MustCompile(`/admin/setup\?token=(\w+)`).FindStringSubmatch(said)
		if link == nil {
			t.Fatalf("no link for the first owner in:\n%s", said)
		}
		owner := apptest.NewBrowser(t, env["BASE_URL"])
		if page := owner.Get(link[0]); page.Status != http.StatusOK || !strings.Contains(page.Body, link[1]) {
			t.Fatalf("the link leads to %d", page.Status)
		}
		setUp := func(b *apptest.Browser, email string) apptest.Answer {
			return b.Post("/admin/setup", "token", link[1], "email", email, "password", "horse battery nine")
		}
		if made := setUp(owner, "me@example.com"); made.Location != "/admin" {
			t.Fatalf("setup: %d %s", made.Status, made.Location)
		}
		if page := owner.Get("/admin/orders"); page.Status != http.StatusOK {
			t.Errorf("the owner sees %d", page.Status)
		}
		stranger := apptest.NewBrowser(t, env["BASE_URL"])
		if page := stranger.Get(link[0]); page.Status != http.StatusNotFound {
			t.Errorf("the spent link leads to %d", page.Status)
		}
		if again := setUp(stranger, "eve@example.com"); again.Status != http.StatusNotFound {
			t.Errorf("the link made a second owner: %d", again.Status)
		}

		buyWithTheSimulator(t, env)
		proctest.Eventually(t, jobPatience, "the receipt is kept", func() bool {
			return proctest.Rows(t, databaseURL, "SELECT COUNT(*) FROM emails WHERE kind = 'receipt' AND status = 'sent'")[0] == "1"
		})
		shop.stop().expect(t, exitDone)
		tuckshop(t, env, "", "healthcheck").expect(t, exitFailed)

		// The second start has an owner, and its orders.
		again := runShop(t, env)
		if said := again.out.String(); !strings.Contains(said, "Tuckshop is open") || strings.Contains(said, "setup?token=") {
			t.Errorf("the second start says:\n%s", said)
		}
		if orders := proctest.Rows(t, databaseURL, "SELECT status FROM orders"); len(orders) != 1 || orders[0] != "paid" {
			t.Errorf("orders: %v", orders)
		}
		again.stop().expect(t, exitDone)
	})
}

// buyWithTheSimulator buys something of the demo catalogue.
func buyWithTheSimulator(t *testing.T, env map[string]string) {
	t.Helper()
	shopper := apptest.NewBrowser(t, env["BASE_URL"])
	variant := proctest.Rows(t, env["DATABASE_URL"], "SELECT MIN(id) FROM variants WHERE stock > 10")[0]
	shopper.Post("/cart/items", "variant_id", variant, "quantity", "1")
	page := shopper.Post("/checkout")
	if !strings.HasPrefix(page.Location, "http://"+env["SIM_ADDR"]+"/c/pay/") {
		t.Fatalf("checkout: %d %s", page.Status, page.Location)
	}
	paid := shopper.Post(page.Location, "outcome", "pay", "email", "ada@example.com", "name", "Ada", "line1", "1 Main St",
		"city", "Portland", "postal_code", "97205", "country", "US", "card", "4242424242424242")
	if done := shopper.Get(paid.Location); !strings.Contains(done.Body, `data-order-status="paid"`) {
		t.Errorf("the success page answers %d, without a paid order", done.Status)
	}
}

// TestFirstOwnerFromTheEnvironment: ADMIN_EMAIL and ADMIN_PASSWORD make an
// owner in an empty shop, and nobody in one that has staff.
func TestFirstOwnerFromTheEnvironment(t *testing.T) {
	t.Parallel()
	env := bare(t, "sqlite:"+filepath.Join(t.TempDir(), "shop.db"))
	env["ADMIN_PASSWORD"] = "horse battery nine"
	for _, email := range []string{"me@example.com", "you@example.com"} {
		env["ADMIN_EMAIL"] = email
		shop := runShop(t, env)
		if said := shop.out.String(); strings.Contains(said, "setup?token=") || strings.Contains(said, env["ADMIN_PASSWORD"]) {
			t.Errorf("the start says:\n%s", said)
		}
		login := apptest.NewBrowser(t, env["BASE_URL"]).Post("/admin/login", "email", "me@example.com", "password", env["ADMIN_PASSWORD"])
		if login.Location != "/admin" {
			t.Errorf("log in: %d %s", login.Status, login.Location)
		}
		shop.stop().expect(t, exitDone)
	}
	if staff := proctest.Rows(t, env["DATABASE_URL"], "SELECT email, role FROM staff"); len(staff) != 1 || staff[0] != "me@example.com owner" {
		t.Errorf("staff: %v", staff)
	}
}

// TestPortInUse: a shop that cannot listen writes nothing.
func TestPortInUse(t *testing.T) {
	t.Parallel()
	for _, variable := range []string{"ADDR", "SIM_ADDR"} {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		dir := t.TempDir()
		env := map[string]string{"ADDR": proctest.FreeAddr(t), "SIM_ADDR": proctest.FreeAddr(t), "DATA_DIR": filepath.Join(dir, "data")}
		env[variable] = listener.Addr().String()
		tuckshop(t, env, "").expect(t, exitFailed, env[variable]+" is in use", "such as "+variable+"=")
		expectEmpty(t, dir)
	}
}

// TestStopWithARequestUnderWay sends SIGTERM while Stripe is slow to open a
// payment page: the shopper still gets there, and nobody else gets in.
func TestStopWithARequestUnderWay(t *testing.T) {
	t.Parallel()
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		stripe := proctest.NewStripe(t)
		shop := proctest.Start(t, databaseURL, stripe.Env())
		variant := shop.Count("SELECT MIN(id) FROM variants WHERE stock > 10")
		shopper := shop.Fill(map[int64]int64{variant: 1})
		stripe.OnOpening(func(answer func()) {
			shop.Terminate()
			shop.Refuses()
			answer()
		})
		page := shopper.Post("/checkout")
		if page.Status != http.StatusSeeOther || !strings.Contains(page.Location, "/c/pay/") {
			t.Errorf("checkout: %d %s", page.Status, page.Location)
		}
		if code := shop.ExitCode(); code != exitDone {
			t.Errorf("exit code %d", code)
		}
		if session := shop.Rows("SELECT stripe_session_id FROM orders"); len(session) != 1 || !strings.Contains(page.Location, session[0]) {
			t.Errorf("the order's session is %v, the shopper was sent to %s", session, page.Location)
		}
	})
}
