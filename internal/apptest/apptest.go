// Package apptest runs the whole shop for tests: a real database, the real
// router behind a real listener, the simulator in Stripe's place, and jobs.
package apptest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/textproto"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/handlers"
	"tuckshop/internal/demo"
	"tuckshop/internal/fetch"
	"tuckshop/internal/mail"
	"tuckshop/internal/payments"
	"tuckshop/internal/pictures"
	"tuckshop/internal/previews"
	"tuckshop/internal/stripesim"
	"tuckshop/jobs"
	"tuckshop/models"
	"tuckshop/models/modelstest"
	"tuckshop/views/admin"
)

// Secret signs the webhooks of a test's app.
const Secret = "whsec_apptest"

// App is a running shop.
type App struct {
	URL       string
	Store     *models.Store
	Simulator *stripesim.Simulator
	Payments  *payments.Client
	t         *testing.T
	router    *echo.Echo
	stripeURL string
}

// stripeKey is the key the app knows the simulator by.
const stripeKey = "sk_test_apptest"

// Options changes what New starts.
type Options struct {
	StripeDown     bool // nothing listens where Stripe should be
	WebhookSecrets []string
	RateLimits     bool
	Demo           bool
	Sender         jobs.Sender  // nil: mail is kept
	SecretKeys     []string     // nil: a key of the test's own
	Fetcher        jobs.Fetcher // nil: as in a real shop
	// Reconcile is how often Stripe is asked about whatever waits, however new
	// it is; 0: only at the start, about nothing.
	Reconcile     time.Duration
	Now           func() time.Time // the shop's clock, not Stripe's; nil: time.Now
	StripeTimeout time.Duration    // of one request to Stripe; 0: as in a real shop

	Media  *pictures.Store // nil: pictures are kept in a folder; closed with the shop
	Logger *slog.Logger    // nil: nothing is logged
}

// New starts a shop on databaseURL and stops it when the test ends.
func New(t *testing.T, databaseURL string, o Options) *App {
	t.Helper()
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	store := modelstest.New(t, databaseURL, models.Options{Logger: log, Now: o.Now, MailFrom: "shop@example.com"})
	if o.Demo {
		if _, err := demo.Seed(t.Context(), store, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	// Both need the other's address before they start.
	shop, stripe := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	shopURL := "http://" + shop.Listener.Addr().String()
	stripeURL := "http://" + stripe.Listener.Addr().String()
	simulator, err := stripesim.Open(t.Context(), stripesim.Options{
		URL: stripeURL, WebhookURL: shopURL + "/webhooks/stripe", WebhookSecret: Secret, Logger: log,
		Backoff: func(int) time.Duration { return 20 * time.Millisecond },
	})
	if err != nil {
		t.Fatal(err)
	}
	secrets := o.WebhookSecrets
	if secrets == nil {
		secrets = []string{Secret}
	}
	client := payments.New(payments.Config{
		SecretKey: stripeKey, APIBase: stripeURL, WebhookSecrets: secrets, BaseURL: shopURL, Timeout: o.StripeTimeout, Now: o.Now,
	})
	sender := o.Sender
	if sender == nil {
		sender = mail.Outbox{}
	}
	reconcileAfter := time.Duration(0)
	if o.Fetcher == nil {
		o.Fetcher = fetch.Client{}
	}
	if o.Reconcile == 0 {
		o.Reconcile, reconcileAfter = time.Hour, time.Hour
	}
	media := o.Media
	if media == nil {
		if media, err = pictures.Open(filepath.Join(t.TempDir(), "media")); err != nil {
			t.Fatal(err)
		}
	}
	shared, err := previews.Open(filepath.Join(t.TempDir(), "previews"), media.Files(demo.Pictures()))
	if err != nil {
		t.Fatal(err)
	}
	runner, err := jobs.New(jobs.Config{
		Store: store, Sender: sender, Payments: client, Pictures: media, Fetcher: o.Fetcher, Logger: log, Now: o.Now, BaseURL: shopURL, MailFrom: "shop@example.com",
		ReconcileInterval: o.Reconcile, ReconcileAfter: reconcileAfter,
	})
	if err != nil {
		t.Fatal(err)
	}
	keys := o.SecretKeys
	if keys == nil {
		keys = []string{"the cookie key of a test's own app"}
	}
	app, _, err := handlers.New(handlers.Config{
		Store: store, Payments: client, Verifier: client, Pictures: media.Files(demo.Pictures()), Uploads: media, Previews: shared, Logger: log, Now: o.Now,
		SecretKeys: keys, BaseURL: shopURL, SimulatorURL: stripeURL, RateLimits: o.RateLimits, Doctor: findings,
		MetricsAllow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	if err != nil {
		t.Fatal(err)
	}
	shop.Config.Handler, stripe.Config.Handler = app, simulator
	if err := runner.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	shop.Start()
	running, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	delivered := make(chan error, 1)
	if o.StripeDown {
		if err := stripe.Listener.Close(); err != nil {
			t.Fatal(err)
		}
	} else {
		stripe.Start()
	}
	go func() { delivered <- simulator.Run(running) }()
	t.Cleanup(func() {
		stop()
		if err := <-delivered; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if !o.StripeDown {
			stripe.Close()
		}
		shop.Close()
		patience, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		if err := errors.Join(runner.Stop(patience), simulator.Close(), media.Close(), shared.Close()); err != nil {
			t.Error(err)
		}
	})
	return &App{URL: shopURL, Store: store, Simulator: simulator, Payments: client, t: t, router: app, stripeURL: stripeURL}
}

// Routes lists what the shop answers to, by method and path as the router
// names it, such as GET /products/:slug.
func (a *App) Routes() []*echo.Route { return a.router.Routes() }

// RouteOf is the path of the route that answers a GET of path.
func (a *App) RouteOf(path string) string {
	c := a.router.NewContext(nil, nil)
	a.router.Router().Find(http.MethodGet, path, c)
	return c.Path()
}

// findings stand for what a doctor would find: one of each level.
func findings(_ context.Context, test bool) []admin.Finding {
	found := []admin.Finding{
		{Name: "Database", Level: "ok", Text: "It answers."},
		{Name: "Rate limits", Level: "warning", Text: "Off: passwords can be guessed without end.", Advice: "Take RATE_LIMITS=off away."},
		{Name: "Webhook endpoint", Level: "FAIL", Text: "Stripe has none.", Advice: "Run `tuckshop stripe setup`."},
	}
	if test {
		found = append(found, admin.Finding{Name: "Webhook round trip", Level: "ok", Text: "A test event came back."})
	}
	return found
}

// Answer is an answer with its body read.
type Answer struct {
	Status   int
	Location string
	Header   http.Header
	Body     string
}

// Browser keeps cookies and follows no redirects.
type Browser struct {
	t      *testing.T
	url    string
	client *http.Client
}

// Browser is a new visitor.
func (a *App) Browser() *Browser { return NewBrowser(a.t, a.URL) }

// NewBrowser is a new visitor of the shop at a base URL.
func NewBrowser(t *testing.T, baseURL string) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{t: t, url: baseURL, client: &http.Client{Jar: jar, Timeout: 2 * time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// StaffPassword is the password of every member of staff that Staff makes.
const StaffPassword = "horse battery nine"

// staffHash is the hash of StaffPassword: it is dear, and the same for all.
var staffHash = sync.OnceValues(func() (string, error) { return models.HashPassword(StaffPassword) })

// Staff is a new member of staff, logged in.
func (a *App) Staff(role models.Role) *Browser {
	a.t.Helper()
	email := string(role) + "-" + strings.ToLower(models.NewToken()[:8]) + "@example.com"
	hash, err := staffHash()
	if err != nil {
		a.t.Fatal(err)
	}
	if _, err := a.Store.CreateStaff(a.t.Context(), email, hash, role); err != nil {
		a.t.Fatal(err)
	}
	staff := a.Browser()
	if got := staff.Post("/admin/login", "email", email, "password", StaffPassword); got.Status != http.StatusSeeOther || got.Location != "/admin" {
		a.t.Fatalf("log in as %s: %d %s", role, got.Status, got.Location)
	}
	return staff
}

// Get asks for a path of the shop, or for an absolute address.
func (b *Browser) Get(path string) Answer { return b.do(http.MethodGet, path, nil) }

// Post sends a form, given as name, value, name, value…
func (b *Browser) Post(path string, fields ...string) Answer {
	return b.do(http.MethodPost, path, formOf(fields))
}

// TryPost is Post for a shop that may die before it answers: the error says
// that there was no answer.
func (b *Browser) TryPost(path string, fields ...string) (Answer, error) {
	return b.try(http.MethodPost, path, formOf(fields))
}

// File is a file that a form sends.
type File struct {
	Field   string
	Name    string // as the browser says
	Content []byte
}

// Upload sends a form with files.
func (b *Browser) Upload(path string, files []File, fields ...string) Answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			b.t.Fatal(err)
		}
	}
	for _, file := range files {
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", fmt.Sprintf("form-data; name=%q; filename=%q", file.Field, file.Name))
		part, err := form.CreatePart(header)
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := part.Write(file.Content); err != nil {
			b.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		b.t.Fatal(err)
	}
	answer, err := b.send(http.MethodPost, path, form.FormDataContentType(), &body)
	if err != nil {
		b.t.Error(err)
	}
	return answer
}

// Stream sends what it reads from a body, of a kind, as it comes.
func (b *Browser) Stream(path, kind string, body io.Reader) Answer {
	b.t.Helper()
	answer, err := b.send(http.MethodPost, path, kind, body)
	if err != nil {
		b.t.Error(err)
	}
	return answer
}

// PostAfter sends a form as Post does, but for this: once the shop has begun with
// the request and asks for the form, it does something else first.
func (b *Browser) PostAfter(first func(), path string, fields ...string) Answer {
	b.t.Helper()
	waiting := *b.client
	waiting.Transport = &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: waiting.Timeout}
	form := io.MultiReader(&onRead{first}, strings.NewReader(formOf(fields).Encode()))
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+path, form)
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Expect", "100-continue")
	answer, err := answerOf(waiting.Do(request)) //nolint:bodyclose // answerOf closes it
	if err != nil {
		b.t.Error(err)
	}
	return answer
}

// onRead is empty, and does something when that is found out.
type onRead struct{ do func() }

func (r *onRead) Read([]byte) (int, error) {
	r.do()
	return 0, io.EOF
}

func formOf(fields []string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return form
}

// Do asks with any method, and an empty form where it is not a safe one.
func (b *Browser) Do(method, path string) Answer {
	if method == http.MethodGet || method == http.MethodHead {
		return b.do(method, path, nil)
	}
	return b.do(method, path, url.Values{})
}

func (b *Browser) do(method, path string, form url.Values) Answer {
	b.t.Helper()
	answer, err := b.try(method, path, form)
	if err != nil {
		b.t.Error(err)
	}
	return answer
}

func (b *Browser) try(method, path string, form url.Values) (Answer, error) {
	kind := ""
	if form != nil {
		kind = "application/x-www-form-urlencoded"
	}
	return b.send(method, path, kind, strings.NewReader(form.Encode()))
}

func (b *Browser) send(method, path, kind string, content io.Reader) (Answer, error) {
	if strings.HasPrefix(path, "/") {
		path = b.url + path
	}
	request, err := http.NewRequestWithContext(b.t.Context(), method, path, content)
	if err != nil {
		return Answer{}, err
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	return answerOf(b.client.Do(request)) //nolint:bodyclose // answerOf closes it
}

func answerOf(response *http.Response, err error) (Answer, error) {
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(response.Body)
	return Answer{Status: response.StatusCode, Location: response.Header.Get("Location"), Header: response.Header, Body: string(body)}, err
}

// Checkout puts quantity pieces of a variant into the visitor's cart and opens
// the payment page. It returns the order and the page's address.
func (a *App) Checkout(b *Browser, variantID, quantity int64) (models.Order, string) {
	a.t.Helper()
	b.Post("/cart/items", "variant_id", fmt.Sprint(variantID), "quantity", fmt.Sprint(quantity))
	page := b.Post("/checkout")
	session := page.Location[strings.LastIndexByte(page.Location, '/')+1:]
	order, err := a.Store.OrderBySession(a.t.Context(), session)
	if err != nil {
		a.t.Fatalf("checkout leads to %d %s: %v", page.Status, page.Location, err)
	}
	return order, page.Location
}

// Pay fills in the payment page as somebody does who pays by card. It returns
// where that leads.
func (b *Browser) Pay(page string) string {
	b.t.Helper()
	paid := b.Post(page, "outcome", "pay", "email", "ada@example.com", "name", "Ada", "line1", "1 Main St",
		"city", "London", "postal_code", "N1", "country", "GB", "card", "4242424242424242")
	if paid.Status != http.StatusSeeOther {
		b.t.Fatalf("pay: %d %s", paid.Status, paid.Body)
	}
	return paid.Location
}

// PayUnheard pays a session while no webhook may come: the payment page itself
// would wait for one. The reconciler's run at the start is let pass before, so
// that what follows is not its doing.
func (a *App) PayUnheard(page string) (session string) {
	a.t.Helper()
	a.Eventually("the reconciler's run at the start", func() bool {
		runs, err := a.Store.ReconcileRuns(a.t.Context(), 1)
		return err == nil && len(runs) == 1
	})
	session = page[strings.LastIndexByte(page, '/')+1:]
	if err := a.Simulator.Pay(a.t.Context(), session, stripesim.PayNow); err != nil {
		a.t.Fatal(err)
	}
	return session
}

// Sessions is how each of Stripe's Checkout Sessions stands, by its id.
func (a *App) Sessions() map[string]string {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), http.MethodGet, a.stripeURL+"/v1/checkout/sessions?limit=100", nil)
	if err != nil {
		a.t.Fatal(err)
	}
	request.SetBasicAuth(stripeKey, "")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // only read
	var list struct {
		Data []struct{ ID, Status string }
	}
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil || response.StatusCode != http.StatusOK {
		a.t.Fatalf("list the sessions: %s, %v", response.Status, err)
	}
	sessions := map[string]string{}
	for _, session := range list.Data {
		sessions[session.ID] = session.Status
	}
	return sessions
}

// Sign makes a Stripe-Signature header for a payload, as Stripe describes it.
func Sign(secret string, at time.Time, payload []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%d.%s", at.Unix(), payload)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

// Deliver posts a webhook and returns the status.
func (a *App) Deliver(payload []byte, signature string) int {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.URL+"/webhooks/stripe", strings.NewReader(string(payload)))
	if err != nil {
		a.t.Fatal(err)
	}
	if signature != "" {
		request.Header.Set("Stripe-Signature", signature)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		a.t.Error(err)
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}

// Eventually asks until done says yes, for at most ten seconds.
func (a *App) Eventually(what string, done func() bool) {
	a.t.Helper()
	a.eventually(what, 10*time.Second, done)
}

// EventuallyLong is Eventually for what keeps the processor busy: two minutes.
func (a *App) EventuallyLong(what string, done func() bool) {
	a.t.Helper()
	a.eventually(what, 2*time.Minute, done)
}

func (a *App) eventually(what string, patience time.Duration, done func() bool) {
	a.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline.C:
			a.t.Fatalf("still waiting: %s", what)
		case <-tick.C:
		}
	}
}
