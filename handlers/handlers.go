// Package handlers answers the shop's HTTP requests. routes.go is the table of
// the shop; each area has a file and a small struct of its own.
package handlers

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tuckshop/models"
	"tuckshop/views/admin"
)

// Payments is what the shop needs of Stripe.
type Payments interface {
	// CreateSession opens a Checkout Session. The error is a *models.PaymentError.
	CreateSession(ctx context.Context, order models.Order, attempt models.CheckoutAttempt) (models.CheckoutSession, error)
	// ExpireSession ends a session and returns it as it is then.
	ExpireSession(ctx context.Context, id string) (models.CheckoutSession, error)
	// Session reads a session.
	Session(ctx context.Context, id string) (models.CheckoutSession, error)
}

// EventVerifier tells a real webhook from a forged one.
type EventVerifier interface {
	VerifyEvent(payload []byte, signature string) (models.Event, error)
	// DecodeEvent reads an event that was verified before.
	DecodeEvent(payload []byte) (models.Event, error)
}

// Uploads takes in the pictures that staff send.
type Uploads interface {
	// Take checks a picture and keeps it, made anew, under a key of its own. The
	// error is a *models.InvalidError where the upload is at fault, and a
	// models.ErrStorage where it could not be kept.
	Take(ctx context.Context, upload io.Reader) (key string, width, height int, err error)
	// TakeLogo is Take for the shop's logo, whose files are made at once.
	TakeLogo(ctx context.Context, upload io.Reader) (models.Logo, error)
	// Remove removes a picture that was taken in for nothing.
	Remove(ctx context.Context, key string) error
}

// Config is what the handlers need to know.
type Config struct {
	Store    *models.Store
	Payments Payments
	Verifier EventVerifier
	Pictures fs.FS // files named <key>-<width>.<ext>
	Uploads  Uploads
	Previews Previews
	Logger   *slog.Logger
	Now      func() time.Time // nil: time.Now
	// Doctor looks the running shop over; where test is set, a test event goes
	// through Stripe too.
	Doctor func(ctx context.Context, test bool) []admin.Finding

	SecretKeys     []string // keys of the cookies, newest first; at least one
	Version        string   // of the program: documents that readers keep are made anew when it changes
	BaseURL        string   // absolute, without a trailing slash
	SimulatorURL   string   // where the simulated payment page is; empty with a real Stripe account
	TrustedProxies []netip.Prefix
	MetricsAllow   []netip.Prefix
	RateLimits     bool
}

// secure reports whether browsers reach the shop by HTTPS.
func (c Config) secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// New builds the shop's Echo app. Who runs it calls finish when it has stopped,
// before the store closes: it writes what requests left to be written.
func New(c Config) (app *echo.Echo, finish func(context.Context), err error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if len(c.SecretKeys) == 0 {
		return nil, nil, errors.New("build the shop: it has no cookie key")
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Server.ReadHeaderTimeout = 10 * time.Second
	e.Server.ReadTimeout = 30 * time.Second
	e.Server.WriteTimeout = 60 * time.Second
	e.Server.IdleTimeout = 120 * time.Second
	e.Server.MaxHeaderBytes = 64 << 10
	e.IPExtractor = ipExtractor(c.TrustedProxies)

	frames := newFrames(c)
	e.HTTPErrorHandler = errorHandler{frames: frames, log: c.Logger}.handle
	return e, routes(e, c, frames), nil
}
