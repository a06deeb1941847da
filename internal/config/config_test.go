package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tuckshop/internal/config"
)

func load(values map[string]string) (config.Config, error) {
	return config.Load(func(name string) string { return values[name] })
}

func TestNothingConfiguredWorks(t *testing.T) {
	c, err := load(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Simulator() || c.Livemode() || c.DatabaseURL != "sqlite:data/tuckshop.db" || c.SimURL != "http://127.0.0.1:8081" {
		t.Errorf("defaults: %+v", c)
	}
}

func TestAllFaultsAreReportedTogether(t *testing.T) {
	_, err := load(map[string]string{
		"ADDR": "8080", "BASE_URL": "shop.example.com", "SHOP_CURRENCY": "dollars", "STRIPE_SECRET_KEY": "pk_live_verysecret",
		"RECONCILE_AFTER": "-1m", "DEMO": "maybe", "ADMIN_EMAIL": "a@example.com", "TRUSTED_PROXIES": "10.0.0.0/8,x",
	})
	var faults *config.Error
	if !errors.As(err, &faults) {
		t.Fatalf("error is %v", err)
	}
	for _, name := range []string{"ADDR", "BASE_URL", "SHOP_CURRENCY", "STRIPE_SECRET_KEY", "RECONCILE_AFTER", "DEMO", "ADMIN_PASSWORD", "TRUSTED_PROXIES"} {
		if !strings.Contains(err.Error(), "\n  "+name+" ") || !strings.Contains(err.Error(), "Example: "+name+"=") {
			t.Errorf("%s is not named with an example in:\n%v", name, err)
		}
	}
	if strings.Contains(err.Error(), "verysecret") {
		t.Errorf("a secret is in the message: %v", err)
	}
}

func TestSecretFromFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("whsec_a,whsec_b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(map[string]string{"STRIPE_WEBHOOK_SECRET_FILE": path})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(c.StripeWebhookSecrets, " "); got != "whsec_a whsec_b" {
		t.Errorf("secrets are %q", got)
	}
	if out := c.Redacted(); strings.Contains(out, "whsec_") || !strings.Contains(out, "STRIPE_WEBHOOK_SECRET=(set, redacted)") {
		t.Errorf("redacted configuration:\n%s", out)
	}
	if _, err := load(map[string]string{"STRIPE_WEBHOOK_SECRET_FILE": path, "STRIPE_WEBHOOK_SECRET": "whsec_c"}); err == nil {
		t.Error("both the variable and its file are taken")
	}
}
