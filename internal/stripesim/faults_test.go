package stripesim_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

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
