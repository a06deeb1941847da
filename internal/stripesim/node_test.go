package stripesim_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"tuckshop/internal/browsertest"
)

// output runs a program and returns what it prints.
func output(t *testing.T, stdin []byte, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+t.TempDir(), "STRIPE_CLI_TELEMETRY_OPTOUT=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(program), strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestNpmClients(t *testing.T) {
	dir := browsertest.Modules(t, "stripe", "stripe14")
	for _, name := range []string{"stripe14", "stripe"} {
		t.Run(name, func(t *testing.T) {
			shop := newShop(t)
			sim := start(t, shop.url, slow)
			out := output(t, nil, "node", "testdata/client.mjs", dir, name, sim.url)
			t.Log(strings.TrimSpace(out))
			got := shop.next("checkout.session.completed")
			out = output(t, got.body, "node", "testdata/verify.mjs", dir, name, secret, got.signature)
			check(t, "verified", strings.TrimSpace(out), "ok checkout.session.completed")
		})
	}
}

func TestStripeTrigger(t *testing.T) {
	cli := filepath.Join(browsertest.Modules(t, "@stripe/cli"), ".bin", "stripe")
	for _, event := range []string{
		"checkout.session.completed", "checkout.session.expired", "checkout.session.async_payment_succeeded",
		"checkout.session.async_payment_failed", "charge.succeeded", "charge.failed", "charge.refunded",
		"charge.refund.updated", "charge.captured", "charge.dispute.created", "charge.dispute.closed", "charge.dispute.updated",
		"payment_intent.created", "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled",
		"payment_intent.amount_capturable_updated", "payment_intent.requires_action", "payment_intent.processing",
		"product.created", "price.created", "coupon.created", "promotion_code.created", "customer.created",
		"payment_method.attached",
	} {
		t.Run(event, func(t *testing.T) {
			shop := newShop(t)
			sim := start(t, shop.url)
			t.Log(output(t, nil, cli, "trigger", event, "--api-key", testKey, "--api-base", sim.url))
			got := shop.next(event)
			if got.err != nil {
				t.Errorf("signature: %v", got.err)
			}
			if event == "checkout.session.completed" {
				session := stripe.CheckoutSession{}
				if err := json.Unmarshal(got.event.Data.Raw, &session); err != nil {
					t.Fatal(err)
				}
				check(t, "status", session.PaymentStatus, stripe.CheckoutSessionPaymentStatusPaid)
				check(t, "total", session.AmountTotal, 3000)
			}
			events, err := sim.Events(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var kinds []string
			for _, e := range slices.Backward(events) {
				kinds = append(kinds, e.Type)
			}
			t.Log(strings.Join(kinds, " "))
		})
	}
}
