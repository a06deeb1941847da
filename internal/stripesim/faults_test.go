package stripesim_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"tuckshop/internal/stripesim"
)

func TestDeliveryFaults(t *testing.T) {
	const kind = "checkout.session.completed"
	for _, c := range []struct {
		fault stripesim.Fault
		want  func(t *testing.T, sim *sim, shop *shop)
	}{
		{stripesim.Fault{Kind: stripesim.Duplicate}, func(t *testing.T, _ *sim, shop *shop) {
			check(t, "same event", shop.next(kind).event.ID, shop.next(kind).event.ID)
		}},
		{stripesim.Fault{Kind: stripesim.AtOnce, N: 20}, func(t *testing.T, _ *sim, shop *shop) {
			id := shop.next(kind).event.ID
			for range 19 {
				check(t, "same event", shop.next(kind).event.ID, id)
			}
		}},
		{stripesim.Fault{Kind: stripesim.SecondID}, func(t *testing.T, _ *sim, shop *shop) {
			a, b := shop.next(kind), shop.next(kind)
			if a.event.ID == b.event.ID || a.event.Data.Object["id"] != b.event.Data.Object["id"] {
				t.Errorf("want two ids for one session, got %s and %s", a.event.ID, b.event.ID)
			}
		}},
		{stripesim.Fault{Kind: stripesim.WrongSignature}, spoiltOnce},
		{stripesim.Fault{Kind: stripesim.OldSignature}, spoiltOnce},
		{stripesim.Fault{Kind: stripesim.AlteredBody}, spoiltOnce},
		{stripesim.Fault{Kind: stripesim.OtherVersion}, func(t *testing.T, _ *sim, shop *shop) {
			got := shop.next(kind)
			if got.event.APIVersion == stripe.APIVersion || got.err != nil {
				t.Errorf("version %s, signature: %v", got.event.APIVersion, got.err)
			}
			collected, _ := got.event.Data.Object["collected_information"].(map[string]any)
			to, _ := collected["shipping_details"].(map[string]any)
			if _, old := got.event.Data.Object["shipping_details"]; old || to["name"] != "Alex Demo" {
				t.Errorf("shipping details of the newer version: %v", got.event.Data.Object)
			}
		}},
		{stripesim.Fault{Kind: stripesim.Delay, Delay: 20 * time.Millisecond}, func(_ *testing.T, _ *sim, shop *shop) { shop.next(kind) }},
		{stripesim.Fault{Kind: stripesim.Drop}, func(t *testing.T, sim *sim, shop *shop) {
			list := sim.api.Events.List(&stripe.EventListParams{DeliverySuccess: stripe.Bool(false), Type: stripe.String(kind)})
			if !list.Next() {
				t.Fatal("the dropped event is not listed as undelivered")
			}
			if err := sim.Resend(t.Context(), list.Event().ID); err != nil {
				t.Fatal(err)
			}
			shop.next(kind)
		}},
	} {
		t.Run(string(c.fault.Kind), func(t *testing.T) {
			shop := newShop(t)
			shop.answers(func(_ int, e received) int {
				if e.err != nil {
					return 400
				}
				return 200
			})
			sim := start(t, shop.url)
			c.fault.Match = kind
			if err := sim.Inject(t.Context(), c.fault); err != nil {
				t.Fatal(err)
			}
			sim.paid()
			c.want(t, sim, shop)
		})
	}
	if err := start(t, "").Inject(t.Context(), stripesim.Fault{Kind: "gremlins"}); err == nil {
		t.Error("an unknown fault was taken")
	}
}

// spoiltOnce wants the first attempt refused and the second right.
func spoiltOnce(t *testing.T, _ *sim, shop *shop) {
	t.Helper()
	first, second := shop.next("checkout.session.completed"), shop.next("checkout.session.completed")
	if first.err == nil || second.err != nil || first.event.ID != second.event.ID {
		t.Errorf("first %v, second %v", first.err, second.err)
	}
}

// types reads the next n events that the shop receives.
func (s *shop) types(n int) []string {
	s.t.Helper()
	var out []string
	for range n {
		select {
		case got := <-s.received:
			out = append(out, string(got.event.Type))
		case <-time.After(20 * time.Second):
			s.t.Fatalf("only %q came", out)
		}
	}
	return out
}

// backwards is what one payment causes, the last first.
var backwards = []string{"checkout.session.completed", "payment_intent.succeeded", "charge.succeeded", "payment_intent.created"}

func TestReorderSendsBackwards(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url)
	sim.control("faults", "", nil, "kind", "reorder", "count", "2")
	for range 2 {
		sim.paid()
		if got := shop.types(4); !slices.Equal(got, backwards) {
			t.Errorf("the shop was sent %q", got)
		}
	}
	if got := sim.ledger().Faults; len(got) > 0 {
		t.Errorf("faults left: %v", got)
	}
}

func TestReorderEndsWhenFewerEventsCome(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url)
	for name, end := range map[string]func(){
		"cleared": func() { sim.control("faults", "", nil, "kind", "clear") },
		"late":    func() { sim.advance("60") },
	} {
		t.Run(name, func(t *testing.T) {
			sim.control("faults", "", nil, "kind", "reorder", "n", "9", "delay_ms", "60000")
			sim.paid()
			for _, e := range sim.ledger().Events {
				for _, d := range e.Deliveries {
					if d.State != "accepted" && d.State != "held" {
						t.Errorf("%s is %s", e.Type, d.State)
					}
				}
			}
			check(t, "came through", len(shop.received), 0)
			end()
			if got := shop.types(4); !slices.Equal(got, backwards) {
				t.Errorf("the shop was sent %q", got)
			}
		})
	}
}

func TestFaultsUntilCleared(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url)
	sim.control("faults", "", nil, "kind", "drop", "count", "-1", "match", "checkout.")
	sim.control("faults", "", nil, "kind", "503", "count", "-1", "match", "/v1/refunds")
	var dropped []string
	for range 3 {
		session := sim.paid()
		dropped = append(dropped, sim.completed(session.ID).ID)
		_, err := sim.refund(session.PaymentIntent.ID, 1)
		wantError(t, err, 503, "")
	}
	// One that is asked for a number of times comes before one that always happens.
	sim.control("faults", "", nil, "kind", "429", "match", "/v1/refunds")
	_, err := sim.refund("pi_any", 1)
	wantError(t, err, 429, "")
	var kinds []string
	for _, f := range sim.ledger().Faults {
		kinds = append(kinds, string(f.Kind))
	}
	check(t, "queued", strings.Join(kinds, " "), "drop 503")

	p := &stripe.EventListParams{DeliverySuccess: stripe.Bool(false), Types: stripe.StringSlice([]string{"checkout.session.completed"}),
		CreatedRange: &stripe.RangeQueryParams{GreaterThanOrEqual: time.Now().Add(-time.Minute).Unix()}}
	var missed []string
	for list := sim.api.Events.List(p); list.Next(); {
		missed = append(missed, list.Event().ID)
	}
	slices.Reverse(missed)
	if !slices.Equal(missed, dropped) {
		t.Errorf("not delivered: %q, want %q", missed, dropped)
	}
	p.CreatedRange.GreaterThanOrEqual = time.Now().Add(time.Minute).Unix()
	if sim.api.Events.List(p).Next() {
		t.Error("an event was made in the future")
	}

	sim.control("faults", "", nil, "kind", "clear")
	session := sim.paid()
	check(t, "after clearing", shop.next("checkout.session.completed").event.Data.Object["id"].(string), session.ID)
	if _, err := sim.refund(session.PaymentIntent.ID, 1); err != nil {
		t.Error(err)
	}
}

func TestFaultsSurviveARestart(t *testing.T) {
	shop := newShop(t)
	file := filepath.Join(t.TempDir(), "sim.db")
	onFile := func(o *stripesim.Options) { o.Path = file }
	first := start(t, shop.url, onFile)
	first.control("faults", "", nil, "kind", "503", "count", "2")
	first.control("faults", "", nil, "kind", "reorder", "n", "5", "delay_ms", "3600000")
	_, err := first.api.CheckoutSessions.New(order())
	wantError(t, err, 503, "")
	_, err = first.api.CheckoutSessions.New(order())
	wantError(t, err, 503, "")
	first.control("faults", "", nil, "kind", "503", "count", "2")
	_, err = first.api.CheckoutSessions.New(order())
	wantError(t, err, 503, "")
	first.stop()
	second := start(t, shop.url, onFile)
	_, err = second.api.CheckoutSessions.New(order())
	wantError(t, err, 503, "")
	second.paid()
	check(t, "held", len(shop.received), 0)
	if _, err := second.api.Products.New(&stripe.ProductParams{Name: stripe.String("Pen")}); err != nil {
		t.Fatal(err)
	}
	if got, want := shop.types(5), append([]string{"product.created"}, backwards...); !slices.Equal(got, want) {
		t.Errorf("the shop was sent %q", got)
	}
}

func TestFaultsAreRefused(t *testing.T) {
	sim := start(t, "")
	for _, c := range [][]string{
		{"kind", "kind", ""},
		{"kind", "kind", "gremlins"},
		{"count", "kind", "503", "count", "-2"},
		{"count", "kind", "503", "count", "many"},
		{"n", "kind", "at_once", "n", "1001"},
		{"delay_ms", "kind", "delay", "delay_ms", "86400001"},
		{"colour", "kind", "503", "colour", "red"},
	} {
		sim.control("faults", `"param": "`+c[0]+`"`, nil, c[1:]...)
	}
	res, page, err := sim.post(t.Context(), "/_sim/faults", "kind=delay&match=charge.&count=many")
	if err != nil {
		t.Fatal(err)
	}
	check(t, "status", res.StatusCode, 422)
	has(t, page, "Error:", `id="count-fault"`, `value="many"`, `value="charge."`, `value="delay" selected`)
}

// A fault that was taken by something that was then refused is not used up.
func TestFaultOfARefusedCallIsKept(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url)
	sim.control("faults", "", nil, "kind", "duplicate", "match", "product.")
	if _, err := sim.api.Products.New(&stripe.ProductParams{}); err == nil {
		t.Fatal("a product without a name was made")
	}
	if _, err := sim.api.Products.New(&stripe.ProductParams{Name: stripe.String("Pen")}); err != nil {
		t.Fatal(err)
	}
	check(t, "both", shop.next("product.created").event.ID, shop.next("product.created").event.ID)
}

func TestAPIFaults(t *testing.T) {
	sim := start(t, "")
	fault := func(kind stripesim.FaultKind) {
		t.Helper()
		if err := sim.Inject(t.Context(), stripesim.Fault{Kind: kind, Match: "/v1/checkout"}); err != nil {
			t.Fatal(err)
		}
	}
	keyed := func(key string) *stripe.CheckoutSessionParams {
		p := order()
		p.SetIdempotencyKey(key)
		return p
	}
	for kind, status := range map[stripesim.FaultKind]int{stripesim.Error503: 503, stripesim.Error429: 429, stripesim.Error409: 409} {
		fault(kind)
		_, err := sim.api.CheckoutSessions.New(keyed(string(kind)))
		wantError(t, err, status, "")
		session, err := sim.api.CheckoutSessions.New(keyed(string(kind)))
		if err != nil || session.LastResponse.Header.Get("Idempotent-Replayed") != "" {
			t.Errorf("after %s: %v", kind, err)
		}
	}
	res, _, err := sim.post(t.Context(), "/v1/products", "name=x", "Sim-Fault", "gremlins")
	if err != nil {
		t.Fatal(err)
	}
	check(t, "unknown fault", res.StatusCode, http.StatusBadRequest)
	fault(stripesim.Error500)
	for range 2 { // the second is the stored answer
		_, err := sim.api.CheckoutSessions.New(keyed("500"))
		wantError(t, err, 500, "")
	}
	fault(stripesim.DropAfterCommit)
	// On a new connection: on a used one, net/http itself repeats a request that has an Idempotency-Key.
	http.DefaultClient.CloseIdleConnections()
	const form = "mode=payment&success_url=http://shop.test/&line_items[0][quantity]=1&line_items[0][price_data][currency]=eur" +
		"&line_items[0][price_data][unit_amount]=500&line_items[0][price_data][product_data][name]=Pen"
	if _, body, err := sim.post(t.Context(), "/v1/checkout/sessions", form, "Idempotency-Key", "dropped"); err == nil {
		t.Errorf("the dropped connection brought %s", body)
	}
	res, body, err := sim.post(t.Context(), "/v1/checkout/sessions", form, "Idempotency-Key", "dropped")
	if err != nil || res.StatusCode != http.StatusOK || res.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("after the drop: %v %s", err, body)
	}
}

// TestClientsRetryThroughFaults has stripe-go, as it is by default, meet each fault that it repeats a request for: the
// shop's order is charged once.
func TestClientsRetryThroughFaults(t *testing.T) {
	for _, fields := range [][]string{
		{"kind", "503", "count", "2"},
		{"kind", "409", "count", "2"},
		{"kind", "dropped", "count", "2"},
		{"kind", "timeout", "delay_ms", "10"},
	} {
		t.Run(fields[1], func(t *testing.T) {
			sim := start(t, "")
			backend := stripe.GetBackendWithConfig(stripe.APIBackend, &stripe.BackendConfig{URL: &sim.url,
				EnableTelemetry: stripe.Bool(false), LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull}})
			stripes := client.New(testKey, &stripe.Backends{API: backend, Connect: backend, Uploads: backend})
			sim.control("faults", "", nil, append(fields, "match", "/v1/checkout")...)
			session, err := stripes.CheckoutSessions.New(order())
			if err != nil {
				t.Fatal(err)
			}
			l := sim.ledger()
			check(t, "sessions", len(l.Sessions), 1)
			check(t, "session", l.Sessions[0].ID, session.ID)
			check(t, "faults left", len(l.Faults), 0)
		})
	}
}

// TestMismatchedSessions opens sessions that ask for something else than the
// shop did: the buyer pays that, and the ledger says so.
func TestMismatchedSessions(t *testing.T) {
	shop := newShop(t)
	sim := start(t, shop.url)
	asked := sim.open()
	for _, c := range []struct {
		fields   []string
		total    int64
		currency stripe.Currency
	}{
		{[]string{"kind", "amount_mismatch"}, asked.AmountTotal + 1, asked.Currency},
		{[]string{"kind", "amount_mismatch", "n", "250"}, asked.AmountTotal + 250, asked.Currency},
		{[]string{"kind", "currency_mismatch"}, asked.AmountTotal, "eur"},
		{nil, asked.AmountTotal, asked.Currency},
	} {
		if c.fields != nil {
			sim.control("faults", "", nil, c.fields...)
		}
		sim.get(asked.ID) // reading a session uses none up
		paid := sim.paid()
		check(t, "total", paid.AmountTotal, c.total)
		check(t, "currency", paid.Currency, c.currency)
		check(t, "subtotal", paid.AmountSubtotal, asked.AmountSubtotal)
		told := shop.next("checkout.session.completed").event.Data.Object
		check(t, "total in the event", told["amount_total"].(float64), float64(c.total))
		check(t, "currency in the event", told["currency"].(string), string(c.currency))
		payments := sim.ledger().Payments
		last := payments[len(payments)-1]
		check(t, "captured", last.Amount, c.total)
		check(t, "captured in", last.Currency, string(c.currency))
	}
}
