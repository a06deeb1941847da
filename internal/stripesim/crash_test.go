package stripesim_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/driver"
	"github.com/stripe/stripe-go/v76"

	"tuckshop/internal/stripesim"
)

// TestMain serves a simulator instead of running tests where the crash test asks this program to.
func TestMain(m *testing.M) {
	if file := os.Getenv("STRIPESIM_FILE"); file != "" {
		if err := serveForever(file, os.Getenv("STRIPESIM_HOOK")); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// serveForever prints its address once it listens, and ends by being killed alone.
func serveForever(file, hook string) error {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	o := stripesim.Options{Path: file, URL: url, WebhookURL: hook, WebhookSecret: secret}
	quick(&o)
	sim, err := stripesim.Open(context.Background(), o)
	if err != nil {
		return err
	}
	go func() { _ = sim.Run(context.Background()) }()
	fmt.Println(url)
	return http.Serve(listener, sim)
}

// spawn starts a simulator in a process of its own and returns its address and what kills it.
func spawn(t *testing.T, file, hook string) (url string, kill func()) {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0])
	cmd.Env = append(os.Environ(), "STRIPESIM_FILE="+file, "STRIPESIM_HOOK="+hook)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill() // SIGKILL
		_ = cmd.Wait()
	})
	t.Cleanup(kill)
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the simulator's process did not start")
	}
	return lines.Text(), kill
}

// answered is what the clients of a simulator that is killed were told.
type answered struct {
	mu      sync.Mutex
	opened  map[string]bool  // sessions
	paid    map[string]bool  // sessions that the hosted page said were paid
	refunds map[string]int64 // refund → amount
}

// shopUntilKilled checks out, pays and refunds until the simulator is gone.
func (a *answered) shopUntilKilled(ctx context.Context, url string) {
	stripes := api(url)
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	note := func(write func()) {
		a.mu.Lock()
		defer a.mu.Unlock()
		write()
	}
	for {
		session, err := stripes.CheckoutSessions.New(order())
		if err != nil {
			return
		}
		note(func() { a.opened[session.ID] = true })
		payment, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/c/pay/"+session.ID, strings.NewReader("outcome=pay"))
		if err != nil {
			return
		}
		payment.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		page, err := browser.Do(payment)
		if err != nil {
			return
		}
		page.Body.Close()
		if page.StatusCode == http.StatusSeeOther {
			note(func() { a.paid[session.ID] = true })
		}
		session, err = stripes.CheckoutSessions.Get(session.ID, nil)
		if err != nil {
			return
		}
		refund, err := stripes.Refunds.New(&stripe.RefundParams{PaymentIntent: &session.PaymentIntent.ID, Amount: stripe.Int64(500)})
		if err != nil {
			return
		}
		note(func() { a.refunds[refund.ID] = refund.Amount })
	}
}

// count says how many calls were answered.
func (a *answered) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.opened) + len(a.paid) + len(a.refunds)
}

// TestKilledSimulatorLosesNothing kills the process again and again in the middle of its work: whatever a client was
// told is there afterwards, and every event arrives.
func TestKilledSimulatorLosesNothing(t *testing.T) {
	shop := newShop(t)
	seen := map[string]bool{}
	var mu sync.Mutex
	shop.answers(func(n int, e received) int {
		if n%3 == 0 {
			return 503
		}
		mu.Lock()
		defer mu.Unlock()
		seen[e.event.ID] = true
		return 200
	})
	file := filepath.Join(t.TempDir(), "sim.db")
	told := &answered{opened: map[string]bool{}, paid: map[string]bool{}, refunds: map[string]int64{}}
	const rounds = 5
	for range rounds {
		url, kill := spawn(t, file, shop.url)
		before := told.count()
		var clients sync.WaitGroup
		for range 4 {
			clients.Go(func() { told.shopUntilKilled(t.Context(), url) })
		}
		until(t, "some calls are answered", func() bool { return told.count() >= before+20 })
		kill()
		clients.Wait()
	}

	last := start(t, shop.url, func(o *stripesim.Options) { o.Path = file })
	var ledger stripesim.Ledger
	until(t, "every event is delivered", func() bool {
		ledger = last.ledger()
		for _, e := range ledger.Events {
			if e.Pending > 0 {
				return false
			}
		}
		return true
	})
	status, captured := map[string]string{}, map[string]int64{}
	for _, session := range ledger.Sessions {
		status[session.ID] = session.PaymentStatus
	}
	refunds, refunded := map[string]int64{}, map[string]int64{}
	for _, r := range ledger.Refunds {
		refunds[r.ID] = r.Amount
		refunded[r.PaymentIntent] += r.Amount
	}
	for _, p := range ledger.Payments {
		captured[p.Session] += p.Amount
		check(t, "refunds of a payment", p.AmountRefunded, refunded[p.PaymentIntent])
	}
	for session := range told.opened {
		check(t, session+" is there", status[session] != "", true)
	}
	for session := range told.paid {
		check(t, session, status[session], "paid")
		check(t, session, captured[session], 3999)
	}
	for refund, amount := range told.refunds {
		check(t, refund, refunds[refund], amount)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, e := range ledger.Events {
		check(t, e.ID+" arrived", seen[e.ID], true)
	}
	t.Logf("%d kills, %d sessions, %d paid, %d refunds, %d events", rounds, len(told.opened), len(told.paid), len(told.refunds), len(ledger.Events))
}

// TestStateOfTheFirstVersionIsKept opens a file with the tables of version 1.
func TestStateOfTheFirstVersionIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sim.db")
	script, err := os.ReadFile(filepath.Join("schema", "1.sql"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := driver.Open("file:" + file)
	if err != nil {
		t.Fatal(err)
	}
	ends := time.Now().Add(time.Hour).Unix()
	for _, statement := range []string{string(script), "PRAGMA user_version = 1",
		fmt.Sprintf(`INSERT INTO objects (id, kind, doc) VALUES ('cs_test_old', 'checkout.session',
			'{"id": "cs_test_old", "object": "checkout.session", "status": "open", "payment_status": "unpaid", "expires_at": %d}')`, ends),
		`INSERT INTO objects (id, kind, doc) VALUES ('ch_old', 'charge', '{"id": "ch_old", "object": "charge", "amount_captured": 500, "amount_refunded": 500}')`,
		`INSERT INTO objects (id, kind, doc) VALUES ('re_old', 'refund',
			'{"id": "re_old", "object": "refund", "status": "pending", "amount": 500, "charge": "ch_old"}')`,
		"INSERT INTO tasks (due, kind, object) VALUES (0, 'refund_pending', 're_old')",
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	sim := start(t, "", func(o *stripesim.Options) { o.Path = file })
	check(t, "session", sim.get("cs_test_old").Status, stripe.CheckoutSessionStatusOpen)
	until(t, "the refund ends", func() bool { return sim.refundNow("re_old").Status == stripe.RefundStatusSucceeded })
	sim.advance("3600")
	check(t, "session", sim.get("cs_test_old").Status, stripe.CheckoutSessionStatusExpired)
}
