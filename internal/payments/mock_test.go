package payments_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"tuckshop/internal/payments"
	"tuckshop/models"
)

// mockVersion is the version of Stripe's own stand-in. It holds every request
// against Stripe's OpenAPI description: names, nesting and values of
// parameters.
const mockVersion = "v0.203.0"

// stripeMock starts it, built once and kept outside the repository, and
// returns its address.
func stripeMock(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "tuckshop", "bin", "stripe-mock-"+mockVersion)
	program := filepath.Join(dir, "stripe-mock")
	if _, err := os.Stat(program); err != nil {
		install := exec.CommandContext(t.Context(), "go", "install", "github.com/stripe/stripe-mock@"+mockVersion)
		install.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("install stripe-mock: %v\n%s", err, out)
		}
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	mock := exec.CommandContext(ctx, program, "-http-addr", addr)
	if err := mock.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = mock.Wait() // killed
	})
	for deadline := time.Now().Add(time.Minute); ; {
		connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
		if err == nil {
			_ = connection.Close()
			return "http://" + addr
		}
		if time.Now().After(deadline) {
			t.Fatalf("stripe-mock does not listen: %v", err)
		}
	}
}

// TestStripeAcceptsEveryRequest sends each request the shop ever makes.
func TestStripeAcceptsEveryRequest(t *testing.T) {
	client := payments.New(payments.Config{SecretKey: "sk_test_mock", APIBase: stripeMock(t), BaseURL: "https://shop.example"})
	intent, key := "pi_123", "confirmation"
	order := models.Order{
		ID: 7, Number: "1007", Currency: "USD", Subtotal: 2400, Shipping: 500, Total: 2900,
		Items: []models.OrderItem{{Name: "Mug", VariantTitle: "Red", SKU: "MUG-RED", PictureKey: "mug", Quantity: 2, UnitPrice: 1200, Total: 2400}},
	}
	reduced := order
	reduced.Discount, reduced.DiscountCode, reduced.Total = 400, "SPRING", 2500
	sent := order
	sent.DeliveryCountry, sent.DeliveryName, sent.DeliveryMinDays, sent.DeliveryMaxDays = "DE", "Standard", 2, 4
	collected := order
	collected.Shipping, collected.Total, collected.DeliveryName, collected.PickupAddress = 0, 2400, "Pickup", "1 Main Street"
	added := sent
	added.TaxMode, added.TaxName, added.Tax, added.Total = models.TaxOwn, "VAT 19%", 551, 3451
	included := sent
	included.TaxMode, included.TaxIncluded, included.TaxName, included.Tax = models.TaxOwn, true, "VAT 19%", 463
	known := reduced
	known.Email = "ada@example.com"
	stripes, within := sent, sent
	stripes.TaxMode = models.TaxStripe
	within.TaxMode, within.TaxIncluded = models.TaxStripe, true
	attempt := models.CheckoutAttempt{IdempotencyKey: "checkout-1", ExpiresAt: time.Now().Add(time.Hour)}
	for name, ask := range map[string]func(context.Context) error{
		"open a session": func(ctx context.Context) error { _, err := client.CreateSession(ctx, order, attempt); return err },
		"open one with a discount": func(ctx context.Context) error {
			_, err := client.CreateSession(ctx, reduced, attempt)
			return err
		},
		"read a session":   func(ctx context.Context) error { _, err := client.Session(ctx, "cs_test_1"); return err },
		"expire a session": func(ctx context.Context) error { _, err := client.ExpireSession(ctx, "cs_test_1"); return err },
		"list refunds":     func(ctx context.Context) error { _, err := client.Refunds(ctx, intent); return err },
		"list undelivered": func(ctx context.Context) error {
			return client.UndeliveredEvents(ctx, time.Now().Add(-time.Hour), time.Now(), func([]models.Event) error { return nil })
		},
		"list endpoints": func(ctx context.Context) error {
			_, err := client.Endpoints(ctx, "https://shop.example/webhooks/stripe")
			return err
		},
		"make an endpoint": func(ctx context.Context) error {
			_, _, err := client.CreateEndpoint(ctx, "https://shop.example/webhooks/stripe")
			return err
		},
		"switch an endpoint on":  func(ctx context.Context) error { return client.EnableEndpoint(ctx, "we_1") },
		"delete an endpoint":     func(ctx context.Context) error { return client.DeleteEndpoint(ctx, "we_1") },
		"read the account":       func(ctx context.Context) error { _, err := client.Account(ctx); return err },
		"make a test event":      func(ctx context.Context) error { _, err := client.ExpireProbe(ctx, "usd"); return err },
		"look for a test event":  func(ctx context.Context) error { _, err := client.ProbeEvent(ctx, "cs_test_1"); return err },
		"refund without reason":  refunding(client, models.Refund{ID: 1, Amount: 500, IdempotencyKey: &key}, intent),
		"refund with its reason": refunding(client, models.Refund{ID: 2, Amount: 900, IdempotencyKey: &key, Reason: "requested_by_customer"}, intent),
	} {
		t.Run(name, func(t *testing.T) {
			if err := ask(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	for name, order := range map[string]models.Order{
		"of a customer who is known": known, "sent": sent, "collected": collected, "with tax added": added, "with tax included": included, "with Stripe's tax": stripes, "with Stripe's tax included": within,
	} {
		if _, err := client.CreateSession(t.Context(), order, attempt); err != nil {
			t.Errorf("open a session of an order %s: %v", name, err)
		}
	}
	for _, country := range models.Countries() {
		order := sent
		order.DeliveryCountry = country.Code
		if _, err := client.CreateSession(t.Context(), order, attempt); err != nil || country.Name == country.Code {
			t.Errorf("deliver to %s, %s: %v", country.Code, country.Name, err)
		}
	}
	if refunding(client, models.Refund{ID: 3, Amount: 1, IdempotencyKey: &key, Reason: "because"}, intent)(t.Context()) == nil {
		t.Error("a reason that Stripe does not know passed: nothing is checked here")
	}
}

func refunding(client *payments.Client, refund models.Refund, intent string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := client.Refund(ctx, refund, models.Payment{PaymentIntentID: &intent})
		return err
	}
}
