package handlers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// The shop's cookies.
const (
	cartCookie   = "cart"
	buyNowCookie = "buynow" // the cart of one line that is paid straight away
	staffCookie  = "staff"
)

// cookies writes and reads the shop's cookies. Each carries a mark of the
// shop's key: a cookie that is made up, or another shop's, counts as none
// before anything is looked up for it.
type cookies struct {
	keys   [][]byte // newest first: it marks, and all of them are recognised
	secure bool     // browsers reach the shop by HTTPS
}

func newCookies(c Config) cookies {
	k := cookies{secure: c.secure()}
	for _, key := range c.SecretKeys {
		k.keys = append(k.keys, []byte(key))
	}
	return k
}

// name is a cookie's name in the browser. By HTTPS its prefix keeps other
// hosts of the domain from setting it.
func (k cookies) name(kind string) string {
	if k.secure {
		return "__Host-" + kind
	}
	return kind
}

// mark is the HMAC of a cookie's name and value, so that one cookie's value is
// no other's.
func mark(key []byte, kind, value string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(kind + "\x00" + value))
	return mac.Sum(nil)
}

// read is the value of the request's cookie, or empty where it has none of
// ours.
func (k cookies) read(r *http.Request, kind string) string {
	for _, cookie := range r.CookiesNamed(k.name(kind)) {
		value, signature, _ := strings.Cut(cookie.Value, ".")
		given, err := base64.RawURLEncoding.DecodeString(signature)
		if err != nil || value == "" {
			continue
		}
		for _, key := range k.keys {
			if hmac.Equal(given, mark(key, kind, value)) {
				return value
			}
		}
	}
	return ""
}

// write sets a cookie for maxAge seconds; a negative maxAge takes it away. The
// value holds no dot.
func (k cookies) write(w http.ResponseWriter, kind, value string, maxAge int) {
	if maxAge >= 0 {
		value += "." + base64.RawURLEncoding.EncodeToString(mark(k.keys[0], kind, value))
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever the shop is reached by HTTPS
		Name: k.name(kind), Value: value, Path: "/", MaxAge: maxAge,
		Secure: k.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
