// Package config reads the shop's configuration from the environment, once,
// and checks all of it together.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Config is the shop's configuration.
type Config struct {
	Addr                 string // host:port to listen on
	BaseURL              string // absolute, without a trailing slash
	DataDir              string
	Media                *Bucket // nil: pictures are kept below DataDir
	DatabaseURL          string  // sqlite:PATH or postgres://…
	StripeSecretKey      string  // empty: the simulator
	StripeWebhookSecrets []string
	StripeAPIBase        string // empty: Stripe's own
	SimAddr              string
	SimURL               string
	SMTP                 *url.URL // smtp or smtps; nil: mail is kept in the shop
	MailFrom             string
	ShopName             string
	ShopCurrency         string   // ISO 4217
	SecretKeys           []string // newest first
	AdminEmail           string
	AdminPassword        string
	Demo                 string // auto, on or off
	ReconcileInterval    time.Duration
	ReconcileAfter       time.Duration
	TrustedProxies       []netip.Prefix
	MetricsAllow         []netip.Prefix
	RateLimits           bool
	LogFormat            string // text, json, or empty: text on a terminal
	LogLevel             string

	values map[string]string
}

// Simulator reports whether payments are simulated: there is no Stripe key.
func (c Config) Simulator() bool { return c.StripeSecretKey == "" }

// Livemode reports whether the Stripe key moves real money.
func (c Config) Livemode() bool {
	return strings.HasPrefix(c.StripeSecretKey, "sk_live_") || strings.HasPrefix(c.StripeSecretKey, "rk_live_")
}

// Variable is one variable of the environment.
type Variable struct {
	Name    string
	Default string
	Meaning string
	Example string // of a right value
	Secret  bool   // never printed; also read from the file that NAME_FILE names
	parse   func(c *Config, value string) error
}

// Fault is a variable with an unusable value. It never holds the value of a
// secret.
type Fault struct{ Name, Problem, Example string }

// Error lists every fault of a configuration.
type Error struct{ Faults []Fault }

// Error has a line for each fault, with an example of a right value.
func (e *Error) Error() string {
	var out strings.Builder
	out.WriteString("the configuration cannot be used:")
	for _, fault := range e.Faults {
		fmt.Fprintf(&out, "\n  %s %s. Example: %s=%s", fault.Name, fault.Problem, fault.Name, fault.Example)
	}
	return out.String()
}

// Load reads the configuration. An error is an *Error that lists all faults.
func Load(getenv func(string) string) (Config, error) {
	c := Config{values: map[string]string{}}
	var faults []Fault
	for _, v := range Variables() {
		value, err := lookUp(getenv, v)
		if err == nil {
			if value == "" {
				value = v.Default
			}
			c.values[v.Name] = value
			err = v.parse(&c, value)
		}
		if err != nil {
			faults = append(faults, Fault{Name: v.Name, Problem: err.Error(), Example: v.Example})
		}
	}
	faults = append(faults, c.together()...)
	if len(faults) > 0 {
		return Config{}, &Error{Faults: faults}
	}
	if c.DatabaseURL == "" {
		c.DatabaseURL = "sqlite:" + filepath.Join(c.DataDir, "tuckshop.db")
	}
	if c.SimURL == "" {
		c.SimURL = "http://" + Reachable(c.SimAddr)
	}
	return c, nil
}

// Reachable is the host:port under which this machine reaches a listener on
// addr. A listener on every address, such as :8080, is reached by localhost.
func Reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip, err := netip.ParseAddr(host); host == "" || (err == nil && ip.IsUnspecified()) {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

func lookUp(getenv func(string) string, v Variable) (string, error) {
	value := getenv(v.Name)
	if !v.Secret {
		return strings.TrimSpace(value), nil
	}
	path := getenv(v.Name + "_FILE")
	if path == "" {
		return strings.TrimSpace(value), nil
	}
	if value != "" {
		return "", fmt.Errorf("and %s_FILE are both set; set one of them", v.Name)
	}
	content, err := os.ReadFile(path) //nolint:gosec // the file the operator names
	if err != nil {
		// Without the path: it may be the secret itself, put there by mistake.
		var fault *fs.PathError
		if errors.As(err, &fault) {
			err = fault.Err
		}
		return "", fmt.Errorf("cannot be read: %s_FILE must be the path of a file that holds it (%w)", v.Name, err)
	}
	return strings.TrimSpace(string(content)), nil
}

// together checks what no variable can be wrong in alone.
func (c *Config) together() []Fault {
	var faults []Fault
	if c.Livemode() && (c.values["SIM_ADDR"] != simAddr || c.SimURL != "") {
		faults = append(faults, Fault{"STRIPE_SECRET_KEY", "is a live key, and the simulator never runs beside one: take SIM_ADDR and SIM_URL away, or use a test key", "sk_test_…"})
	}
	if c.AdminEmail != "" && c.AdminPassword == "" {
		faults = append(faults, Fault{"ADMIN_PASSWORD", "must be set with ADMIN_EMAIL, or ADMIN_EMAIL be taken away", "(12 to 128 characters)"})
	}
	return append(faults, c.mediaKeys()...)
}

// simAddr is where the simulator listens unless told otherwise.
const simAddr = "127.0.0.1:8081"

// Redacted lists every variable with its value, one NAME=value a line; of a
// secret it says only whether it is set.
func (c Config) Redacted() string {
	var out strings.Builder
	for _, v := range Variables() {
		value := c.values[v.Name]
		if v.Secret && value != "" {
			value = "(set, redacted)"
		}
		fmt.Fprintf(&out, "%s=%s\n", v.Name, value)
	}
	return out.String()
}

// Variables describes every variable the shop reads.
func Variables() []Variable {
	return []Variable{
		{"ADDR", ":8080", "address the shop listens on", ":8080", false, func(c *Config, v string) error { c.Addr = v; return hostPort(v) }},
		{"BASE_URL", "http://localhost:8080", "the only source of absolute links", "https://shop.example.com", false, func(c *Config, v string) error {
			c.BaseURL = strings.TrimRight(v, "/")
			return webAddress(v, false)
		}},
		{"DATA_DIR", "./data", "database file, media, generated keys", "/var/lib/tuckshop", false, func(c *Config, v string) error { c.DataDir = v; return nil }},
		{"MEDIA_STORE", "", "where uploaded pictures are kept; by default in DATA_DIR, or [S3-compatible storage](docs/media.md)", exampleStore, false, func(c *Config, v string) error { return mediaStore(v, &c.Media) }},
		{"MEDIA_ACCESS_KEY", "", "key of that storage", "(a key of the storage)", true, func(*Config, string) error { return nil }},
		{"MEDIA_SECRET_KEY", "", "its secret", "(a key of the storage)", true, func(*Config, string) error { return nil }},
		{"DATABASE_URL", "", "`sqlite:PATH` or `postgres://…`; by default an SQLite file in DATA_DIR", "postgres://user:password@localhost:5432/tuckshop", true, func(c *Config, v string) error {
			c.DatabaseURL = v
			return databaseURL(v)
		}},
		{"STRIPE_SECRET_KEY", "", "`sk_test_…` or `sk_live_…`; without it payments are simulated", "sk_test_…", true, func(c *Config, v string) error {
			c.StripeSecretKey = v
			return pattern(v, `^(sk|rk)_(test|live)_\w+$`, "must begin with sk_test_ or sk_live_")
		}},
		{"STRIPE_WEBHOOK_SECRET", "", "one or more `whsec_…`, comma-separated", "whsec_…", true, func(c *Config, v string) error {
			c.StripeWebhookSecrets = list(v)
			return each(c.StripeWebhookSecrets, `^whsec_.+$`, "must be one or more secrets that begin with whsec_, separated by commas")
		}},
		{"STRIPE_API_BASE", "", "base URL of the Stripe API", "http://127.0.0.1:12111", false, func(c *Config, v string) error { c.StripeAPIBase = v; return webAddress(v, true) }},
		{"SIM_ADDR", simAddr, "the simulator's address", simAddr, false, func(c *Config, v string) error { c.SimAddr = v; return hostPort(v) }},
		{"SIM_URL", "", "how browsers reach the simulator; by default http:// and SIM_ADDR", "http://localhost:8081", false, func(c *Config, v string) error {
			c.SimURL = strings.TrimRight(v, "/")
			return webAddress(v, true)
		}},
		{"SMTP_URL", "", "`smtp://user:pass@host:port` or `smtps://…`; without it mail is kept, readable in the admin", "smtp://user:password@mail.example.com:587", true, func(c *Config, v string) error {
			return smtpURL(v, &c.SMTP)
		}},
		{"MAIL_FROM", "shop@localhost", "sender", "Your shop <hello@example.com>", false, func(c *Config, v string) error {
			c.MailFrom = v
			if _, err := mail.ParseAddress(v); err != nil {
				return fmt.Errorf("must be a mail address")
			}
			return nil
		}},
		{"SHOP_NAME", "Tuckshop", "name, used when the database is first made", "Tuckshop", false, func(c *Config, v string) error { c.ShopName = v; return nil }},
		{"SHOP_CURRENCY", "USD", "ISO 4217 currency, used when the database is first made", "EUR", false, func(c *Config, v string) error {
			c.ShopCurrency = v
			return pattern(v, `^[A-Z]{3}$`, "must be three capital letters")
		}},
		{"SECRET_KEY", "", "cookie keys, newest first, comma-separated, the same on every replica; without it one is made in DATA_DIR", "(at least 32 random characters)", true, func(c *Config, v string) error {
			c.SecretKeys = list(v)
			return each(c.SecretKeys, `^.{32,}$`, "must be one or more keys of at least 32 characters, separated by commas")
		}},
		{"ADMIN_EMAIL", "", "with ADMIN_PASSWORD makes the first owner if there is none", "you@example.com", false, func(c *Config, v string) error {
			c.AdminEmail = v
			if _, err := mail.ParseAddress(v); v != "" && err != nil {
				return fmt.Errorf("must be a mail address")
			}
			return nil
		}},
		{"ADMIN_PASSWORD", "", "12 to 128 characters", "(12 to 128 characters)", true, func(c *Config, v string) error {
			c.AdminPassword = v
			return pattern(v, `^.{12,128}$`, "must have 12 to 128 characters")
		}},
		{"DEMO", "auto", "`auto`: seed an empty database when the simulator runs; `on`; `off`", "auto", false, func(c *Config, v string) error { c.Demo = v; return oneOf(v, "auto", "on", "off") }},
		{"RECONCILE_INTERVAL", "5m", "how often Stripe is asked about open orders", "5m", false, func(c *Config, v string) error { return duration(v, &c.ReconcileInterval) }},
		{"RECONCILE_AFTER", "10m", "how old an open order must be for that", "10m", false, func(c *Config, v string) error { return duration(v, &c.ReconcileAfter) }},
		{"TRUSTED_PROXIES", "", "CIDRs of proxies whose X-Forwarded-For counts", "10.0.0.0/8", false, func(c *Config, v string) error { return prefixes(v, &c.TrustedProxies) }},
		{"METRICS_ALLOW", "127.0.0.0/8,::1/128", "CIDRs that may read /metrics", "10.1.0.0/16", false, func(c *Config, v string) error { return prefixes(v, &c.MetricsAllow) }},
		{"RATE_LIMITS", "on", "`off` lets tests and benchmarks come from one address", "on", false, func(c *Config, v string) error { c.RateLimits = v == "on"; return oneOf(v, "on", "off") }},
		{"LOG_FORMAT", "", "text or json; by default text on a terminal, else json", "json", false, func(c *Config, v string) error { c.LogFormat = v; return oneOf(v, "", "text", "json") }},
		{"LOG_LEVEL", "info", "debug, info, warn or error", "info", false, func(c *Config, v string) error { c.LogLevel = v; return oneOf(v, "debug", "info", "warn", "error") }},
	}
}

func hostPort(v string) error {
	if _, port, err := net.SplitHostPort(v); err != nil || port == "" {
		return fmt.Errorf("must be host:port, or :port for every address")
	}
	return nil
}

func webAddress(v string, mayBeEmpty bool) error {
	u, err := url.Parse(v)
	switch {
	case v == "" && mayBeEmpty:
		return nil
	case err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") || u.RawQuery != "" || u.Fragment != "" || u.User != nil || !port(u.Port()):
		return fmt.Errorf("must be an absolute http:// or https:// address")
	case !mayBeEmpty && strings.Trim(u.Path, "/") != "":
		return fmt.Errorf("must have no path: the shop lives at the root of its host")
	}
	return nil
}

// escapes is what to do about a password that breaks its URL apart.
const escapes = "; in the password write / as %2F, ? as %3F, # as %23, @ as %40 and % as %25"

func databaseURL(v string) error {
	if v == "" {
		return nil
	}
	if path, ok := strings.CutPrefix(v, "sqlite:"); ok && path != "" {
		return nil
	}
	if u, err := url.Parse(v); err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Opaque != "" {
		return errors.New("must be sqlite:PATH or postgres://user:password@host:5432/name" + escapes)
	}
	return nil
}

func smtpURL(v string, into **url.URL) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || !port(u.Port()) {
		return errors.New("must be smtp://user:password@host:port or smtps://…" + escapes)
	}
	if _, set := u.User.Password(); u.User != nil && (u.User.Username() == "" || !set) {
		return errors.New("must have both user and password, or neither")
	}
	*into = u
	return nil
}

// port reports whether a port is one, or left out.
func port(p string) bool {
	n, err := strconv.ParseUint(p, 10, 16)
	return p == "" || (err == nil && n > 0)
}

func pattern(v, expression, problem string) error {
	if v != "" && !regexp.MustCompile(expression).MatchString(v) {
		return fmt.Errorf("%s", problem)
	}
	return nil
}

func each(values []string, expression, problem string) error {
	for _, v := range values {
		if err := pattern(v, expression, problem); err != nil {
			return err
		}
	}
	return nil
}

func oneOf(v string, allowed ...string) error {
	for _, a := range allowed {
		if v == a {
			return nil
		}
	}
	return fmt.Errorf("must be one of %s", strings.Trim(strings.Join(allowed, ", "), ", "))
}

func duration(v string, into *time.Duration) error {
	d, err := time.ParseDuration(v)
	if err != nil || d <= 0 {
		return fmt.Errorf("must be a positive duration")
	}
	*into = d
	return nil
}

func list(v string) []string {
	var values []string
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part != "" {
			values = append(values, part)
		}
	}
	return values
}

func prefixes(v string, into *[]netip.Prefix) error {
	for _, part := range list(v) {
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			address, addressErr := netip.ParseAddr(part)
			if addressErr != nil {
				return fmt.Errorf("must be CIDRs separated by commas; %q is none", part)
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		*into = append(*into, prefix)
	}
	return nil
}
