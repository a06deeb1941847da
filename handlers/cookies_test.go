package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"
)

const (
	oldKey = "an old key of thirty-two characters"
	newKey = "a new key of thirty-two characters."
)

func jar(secure bool, keys ...string) cookies {
	c := Config{SecretKeys: keys, BaseURL: "http://localhost"}
	if secure {
		c.BaseURL = "https://shop.example"
	}
	return newCookies(c)
}

// written is what a browser sends back of a cookie.
func written(k cookies, kind, value string) *http.Cookie {
	w := httptest.NewRecorder()
	k.write(w, kind, value, 60)
	return w.Result().Cookies()[0]
}

func request(sent ...*http.Cookie) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/", nil)
	for _, cookie := range sent {
		r.AddCookie(&http.Cookie{Name: cookie.Name, Value: cookie.Value})
	}
	return r
}

func TestCookiesOfOthersAreNone(t *testing.T) {
	t.Parallel()
	k := jar(false, newKey, oldKey)
	ours := written(k, cartCookie, "TOKEN")
	if got := k.read(request(ours), cartCookie); got != "TOKEN" {
		t.Fatalf("our own cookie reads %q", got)
	}
	value, signature, _ := strings.Cut(ours.Value, ".")
	for name, forged := range map[string]string{
		"without a mark":     value,
		"an empty mark":      value + ".",
		"half a mark":        value + "." + signature[:20],
		"no base64":          value + ".!" + signature[1:],
		"another value":      "TOKEM." + signature,
		"no value":           "." + signature,
		"of another shop":    written(jar(false, "another key of thirty-two characters"), cartCookie, "TOKEN").Value,
		"of another cookie":  written(k, staffCookie, "TOKEN").Value,
		"a mark and more":    ours.Value + ".x",
		"of an empty key":    written(jar(false, ""), cartCookie, "TOKEN").Value,
		"the mark on itself": signature + "." + signature,
	} {
		if got := k.read(request(&http.Cookie{Name: "cart", Value: forged}), cartCookie); got != "" {
			t.Errorf("%s: %q counts as %q", name, forged, got)
		}
	}
	// One that a neighbour planted does not hide ours.
	if got := k.read(request(&http.Cookie{Name: "cart", Value: "planted.cookie"}, ours), cartCookie); got != "TOKEN" {
		t.Errorf("behind a planted cookie ours reads %q", got)
	}
}

func TestCookieKeysRotate(t *testing.T) {
	t.Parallel()
	before, during, after := jar(false, oldKey), jar(false, newKey, oldKey), jar(false, newKey)
	old := written(before, cartCookie, "TOKEN")
	if during.read(request(old), cartCookie) != "TOKEN" {
		t.Error("the old key is forgotten while it is listed")
	}
	if after.read(request(old), cartCookie) != "" {
		t.Error("the old key counts after it was taken off the list")
	}
	if after.read(request(written(during, cartCookie, "TOKEN")), cartCookie) != "TOKEN" {
		t.Error("new cookies are not marked with the newest key")
	}
}

func TestCookieAttributes(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		cookie := written(jar(secure, newKey), staffCookie, "TOKEN")
		name := "staff"
		if secure {
			name = "__Host-staff"
		}
		if cookie.Name != name || cookie.Secure != secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge != 60 {
			t.Errorf("cookie %+v", cookie)
		}
	}
}

// unread is a session store that nobody may ask.
type unread struct{ t *testing.T }

func (u unread) Find(string) ([]byte, bool, error) {
	u.t.Error("the database was asked")
	return nil, false, nil
}
func (u unread) Delete(string) error                                           { return nil }
func (u unread) Commit(string, []byte, time.Time) error                        { return nil }
func (u unread) FindCtx(_ context.Context, token string) ([]byte, bool, error) { return u.Find(token) }

func TestForgedSessionIsNotLookedUp(t *testing.T) {
	t.Parallel()
	s := staffSessions{SessionManager: scs.New(), cookies: jar(false, newKey), log: slog.New(slog.DiscardHandler)}
	s.Store = unread{t}
	for _, cookie := range []*http.Cookie{{Name: "staff", Value: "TOKEN"}, written(jar(false, oldKey), staffCookie, "TOKEN"), written(s.cookies, cartCookie, "TOKEN")} {
		cookie.Name = "staff"
		c := echo.New().NewContext(request(cookie), httptest.NewRecorder())
		err := s.keep(func(c echo.Context) error {
			if id := s.GetInt64(c.Request().Context(), staffKey); id != 0 {
				t.Errorf("somebody is logged in: %d", id)
			}
			return c.NoContent(http.StatusOK)
		})(c)
		if err != nil {
			t.Error(err)
		}
	}
}
