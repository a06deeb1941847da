package handlers

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"
)

// How long a login lasts: unused, and at most.
const (
	staffIdle     = 12 * time.Hour
	staffLifetime = 7 * 24 * time.Hour
)

// What a session holds: who, and the version of their password.
const (
	staffKey   = "staff_id"
	versionKey = "session_version"
)

// staffSessions keeps who is logged in, on the server; the cookie names a
// session.
type staffSessions struct {
	*scs.SessionManager
	cookies cookies
	log     *slog.Logger
}

func newStaffSessions(c Config) staffSessions {
	s := staffSessions{SessionManager: scs.New(), cookies: newCookies(c), log: c.Logger}
	s.Store = c.Store.StaffSessions()
	s.Lifetime, s.IdleTimeout = staffLifetime, staffIdle
	return s
}

// keep loads the session of a request and stores it before the answer goes
// out.
func (s staffSessions) keep(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		request := c.Request()
		ctx, err := s.Load(request.Context(), s.cookies.read(request, staffCookie))
		if err != nil {
			return fmt.Errorf("load the staff session: %w", err)
		}
		c.SetRequest(request.WithContext(ctx))
		c.Response().Before(func() { s.save(c) })
		return next(c)
	}
}

func (s staffSessions) save(c echo.Context) {
	ctx := c.Request().Context()
	switch s.Status(ctx) {
	case scs.Modified:
		token, expiry, err := s.Commit(ctx)
		if err != nil {
			s.log.ErrorContext(ctx, "staff session", "error", err)
			c.Response().Status = http.StatusInternalServerError
			return
		}
		s.cookies.write(c.Response(), staffCookie, token, int(time.Until(expiry).Seconds())+1)
	case scs.Destroyed:
		s.cookies.write(c.Response(), staffCookie, "", -1)
	}
}
