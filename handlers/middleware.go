package handlers

import (
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"
)

// ipExtractor finds a client's address: the peer's own, or what a trusted
// proxy says it is. Nobody else's X-Forwarded-For counts.
func ipExtractor(trusted []netip.Prefix) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, prefix := range trusted {
		_, network, err := net.ParseCIDR(prefix.String())
		if err == nil {
			options = append(options, echo.TrustIPRange(network))
		}
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

func recoverPanics(log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) (err error) {
			defer func() {
				if r := recover(); r != nil {
					if r == http.ErrAbortHandler { //nolint:errorlint // a sentinel by contract
						panic(r)
					}
					log.ErrorContext(c.Request().Context(), "panic", "value", r, "stack", string(debug.Stack()))
					err = fmt.Errorf("panic: %v", r)
				}
			}()
			return next(c)
		}
	}
}

// isText reports whether a database can hold what somebody sent: valid UTF-8
// without NUL. PostgreSQL takes nothing else.
func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// textForm reports whether a form holds text alone. A NUL, which slips in with
// something pasted, is taken out before: nobody means it, and what else was typed
// is not to be lost for it.
func textForm(form map[string][]string) bool {
	for _, values := range form {
		for i, value := range values {
			if values[i] = strings.ReplaceAll(value, "\x00", ""); !isText(values[i]) {
				return false
			}
		}
	}
	return true
}

// textOnly refuses addresses that hold no text. postForm does it for forms.
func textOnly(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		address := c.Request().URL
		query := address.RawQuery
		if strings.Contains(query, "%") {
			if plain, err := url.QueryUnescape(query); err == nil {
				query = plain
			}
		}
		if !isText(address.Path) || !isText(query) {
			return echo.NewHTTPError(http.StatusBadRequest)
		}
		return next(c)
	}
}

// securityHeaders sets, on every answer, what the browser must not do.
func securityHeaders(c Config) echo.MiddlewareFunc {
	formAction := "'self' https://checkout.stripe.com"
	if c.SimulatorURL != "" {
		formAction += " " + origin(c.SimulatorURL)
	}
	policy := "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; " +
		"base-uri 'none'; frame-ancestors 'none'; form-action " + formAction
	header := http.Header{}
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	if c.secure() {
		header.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(ctx echo.Context) error {
			maps.Copy(ctx.Response().Header(), header)
			return next(ctx)
		}
	}
}

func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// crossOrigin refuses unsafe requests that another site's page makes a browser
// send. Stripe's webhook is signed and needs no such check.
func crossOrigin(c Config) echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	protection.AddInsecureBypassPattern("POST " + WebhookPath)
	// Behind a proxy the Host header may differ from what the browser sees.
	if err := protection.AddTrustedOrigin(origin(c.BaseURL)); err != nil {
		c.Logger.Warn("BASE_URL is no origin", "error", err)
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(ctx echo.Context) error {
			if err := protection.Check(ctx.Request()); err != nil {
				return echo.NewHTTPError(http.StatusForbidden).SetInternal(err)
			}
			return next(ctx)
		}
	}
}

// limits throttles what is worth guessing or flooding, per address or account.
// The counts are this replica's own.
type limits struct {
	on      bool
	buckets *otter.Cache[string, *rate.Limiter]
	now     func() time.Time
}

// allowances are how many requests a key may make at once, and how long one
// takes to come back.
var allowances = map[string]struct {
	burst int
	every time.Duration
}{
	"cart":          {60, time.Second},
	"discount":      {30, 3 * time.Second},
	"checkout":      {20, 6 * time.Second},
	"lookup":        {10, 30 * time.Second},
	"feed":          {4, 30 * time.Second},
	"sitemap":       {60, 2 * time.Second},
	"search":        {600, 100 * time.Millisecond}, // with what is suggested while typing, for a whole office behind one address
	"preview":       {240, 250 * time.Millisecond},
	"login":         {20, 15 * time.Second},
	"login-account": {6, time.Minute},
}

func newLimits(on bool, now func() time.Time) *limits {
	return &limits{on: on, now: now, buckets: otter.Must(&otter.Options[string, *rate.Limiter]{
		MaximumSize:      50_000,
		ExpiryCalculator: otter.ExpiryAccessing[string, *rate.Limiter](time.Hour),
	})}
}

// allow spends one request of kind for key and reports whether it had one.
func (l *limits) allow(kind, key string) bool {
	if !l.on {
		return true
	}
	allowance := allowances[kind]
	name := kind + "|" + strings.ToLower(key)
	bucket, _ := l.buckets.ComputeIfAbsent(name, func() (*rate.Limiter, bool) {
		return rate.NewLimiter(rate.Every(allowance.every), allowance.burst), false
	})
	return bucket.AllowN(l.now(), 1)
}

func (l *limits) byAddress(kind string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if !l.allow(kind, c.RealIP()) {
				return echo.NewHTTPError(http.StatusTooManyRequests)
			}
			return next(c)
		}
	}
}
