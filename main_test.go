package main

import (
	"bytes"
	"strings"
	"testing"

	"tuckshop/internal/proctest"
)

func TestMain(m *testing.M) { proctest.Main(m) }

// outcome is how a command ended.
type outcome struct {
	code        int
	out, faults string // standard output, standard error
}

// tuckshop runs a command as main does.
func tuckshop(t *testing.T, env map[string]string, typed string, args ...string) outcome {
	t.Helper()
	var out, faults bytes.Buffer
	err := run(t.Context(), args, func(name string) string { return env[name] }, strings.NewReader(typed), &out)
	code := exitCode(err, &faults)
	return outcome{code, out.String(), faults.String()}
}

func (o outcome) expect(t *testing.T, code int, parts ...string) {
	t.Helper()
	if o.code != code {
		t.Errorf("exit code %d, want %d\n%s%s", o.code, code, o.out, o.faults)
	}
	for _, part := range parts {
		if !strings.Contains(o.out+o.faults, part) {
			t.Errorf("%q is not in:\n%s%s", part, o.out, o.faults)
		}
	}
	if (code == exitDone) != (o.faults == "") {
		t.Errorf("exit code %d, and on standard error: %q", code, o.faults)
	}
}

func TestWrongUsage(t *testing.T) {
	env := map[string]string{"DATA_DIR": t.TempDir()}
	for _, args := range [][]string{
		{"sell"}, {"serve", "now"}, {"migrate", "up"}, {"seed-demo", "-f"}, {"config", "all"}, {"healthcheck", "x"},
		{"admin"}, {"admin", "delete"}, {"admin", "create"}, {"admin", "create", "--mail", "me@example.com"},
		{"admin", "create", "--email", "me@example.com", "owner"},
	} {
		tuckshop(t, env, "", args...).expect(t, exitUsage, "Usage: tuckshop", "seed-demo")
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"-h"}, {"--help"}, {"admin", "create", "-h"}} {
		tuckshop(t, nil, "", args...).expect(t, exitDone, "Usage: tuckshop", "admin create")
	}
	// The version is told whatever the configuration.
	if got := tuckshop(t, map[string]string{"ADDR": "nowhere"}, "", "version"); got.code != exitDone || got.out != "tuckshop dev\n" {
		t.Errorf("version: %+v", got)
	}
}

// TestUnusableConfiguration sets everything wrong at once; every command but
// the harmless ones names all of it.
func TestUnusableConfiguration(t *testing.T) {
	dir := t.TempDir()
	wrong := map[string]string{
		"ADDR": "8080", "BASE_URL": "shop.example.com", "DATABASE_URL": "mysql://root:hunter2@db/shop", "STRIPE_SECRET_KEY": "pk_hunter2",
		"STRIPE_WEBHOOK_SECRET": "hunter2", "STRIPE_API_BASE": "stripe", "SIM_ADDR": "sim", "SIM_URL": "sim", "SMTP_URL": "pop3://me:hunter2@mail",
		"MAIL_FROM": "nobody", "SHOP_CURRENCY": "dollars", "SECRET_KEY": "hunter2", "ADMIN_EMAIL": "me", "ADMIN_PASSWORD": "hunter2", "DEMO": "maybe",
		"RECONCILE_INTERVAL": "5", "RECONCILE_AFTER": "-1m", "TRUSTED_PROXIES": "proxy", "METRICS_ALLOW": "all", "RATE_LIMITS": "some",
		"LOG_FORMAT": "xml", "LOG_LEVEL": "loud",
	}
	env := map[string]string{"DATA_DIR": dir + "/data"}
	for name, value := range wrong {
		env[name] = value
	}
	for _, args := range [][]string{{}, {"serve"}, {"migrate"}, {"seed-demo"}, {"admin", "create"}, {"config"}, {"healthcheck"}} {
		got := tuckshop(t, env, "", args...)
		got.expect(t, exitFailed)
		for name := range wrong {
			if strings.Count(got.faults, "\n  "+name+" ") != 1 || !strings.Contains(got.faults, "Example: "+name+"=") {
				t.Errorf("%s is not named once, with an example, in:\n%s", name, got.faults)
			}
		}
		if strings.Contains(got.faults, "hunter2") {
			t.Errorf("a secret is in the message:\n%s", got.faults)
		}
	}
	expectEmpty(t, dir)
}

func TestLiveKeys(t *testing.T) {
	dir := t.TempDir()
	live := map[string]string{"DATA_DIR": dir + "/data", "STRIPE_SECRET_KEY": "sk_live_hunter2"}
	tuckshop(t, live, "").expect(t, exitFailed, "STRIPE_WEBHOOK_SECRET must be set with a live", "Example: STRIPE_WEBHOOK_SECRET=whsec_")
	live["STRIPE_WEBHOOK_SECRET"] = "whsec_1"
	tuckshop(t, live, "", "config").expect(t, exitDone)
	for name, value := range map[string]string{"SIM_ADDR": "127.0.0.1:9000", "SIM_URL": "http://localhost:8081"} {
		live[name] = value
		tuckshop(t, live, "").expect(t, exitFailed, "the simulator never runs beside one")
		delete(live, name)
	}
	expectEmpty(t, dir)
}

func TestConfigIsRedacted(t *testing.T) {
	got := tuckshop(t, map[string]string{
		"DATABASE_URL": "postgres://shop:hunter2@db/shop", "STRIPE_SECRET_KEY": "sk_test_hunter2", "STRIPE_WEBHOOK_SECRET": "whsec_hunter2",
		"SMTP_URL": "smtp://me:hunter2@mail", "SECRET_KEY": strings.Repeat("hunter2", 5), "ADMIN_EMAIL": "me@example.com",
		"ADMIN_PASSWORD": "hunter2hunter2", "SHOP_NAME": "Corner Shop",
	}, "", "config")
	got.expect(t, exitDone, "SHOP_NAME=Corner Shop\n", "ADDR=:8080\n", "ADMIN_EMAIL=me@example.com\n", "STRIPE_SECRET_KEY=(set, redacted)\n", "STRIPE_API_BASE=\n")
	if strings.Contains(got.out, "hunter2") {
		t.Errorf("a secret is printed:\n%s", got.out)
	}
}

// TestNoSuchCurrency names a currency that there is not: no command goes on,
// and nothing is made.
func TestNoSuchCurrency(t *testing.T) {
	dir := t.TempDir()
	env := map[string]string{"DATA_DIR": dir + "/data", "SHOP_CURRENCY": "ZZZ"}
	for _, args := range [][]string{{}, {"serve"}, {"migrate"}, {"config"}} {
		got := tuckshop(t, env, "", args...)
		got.expect(t, exitFailed)
		if !strings.Contains(got.faults, "SHOP_CURRENCY is “ZZZ”, which is no currency of ISO 4217") || !strings.Contains(got.faults, "Example: SHOP_CURRENCY=USD") {
			t.Errorf("%v: %+v", args, got)
		}
	}
	expectEmpty(t, dir)
}
