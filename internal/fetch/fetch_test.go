package fetch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"tuckshop/internal/fetch"
	"tuckshop/models"
)

// get fetches with a client and returns what came, or what was said.
func get(t *testing.T, client fetch.Client, address string) (content, refused string, err error) {
	t.Helper()
	err = client.Fetch(t.Context(), address, func(from io.Reader) error {
		read, err := io.ReadAll(from)
		content = string(read)
		return err
	})
	var fault *models.InvalidError
	if errors.As(err, &fault) {
		refused = fault.Message
	}
	return content, refused, err
}

func TestOnlyPublicAddresses(t *testing.T) {
	for _, text := range []string{
		"127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.254",
		"192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "168.63.129.16",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254",
		"ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1",
	} {
		if fetch.Public(netip.MustParseAddr(text)) {
			t.Errorf("%s counts as public", text)
		}
	}
	for _, text := range []string{"1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "::ffff:8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e"} {
		if !fetch.Public(netip.MustParseAddr(text)) {
			t.Errorf("%s does not count as public", text)
		}
	}
	if fetch.Public(netip.Addr{}) {
		t.Error("no address counts as public")
	}
}

// TestTheRealDialerRefuses has a server on this machine, which every one of
// these addresses would reach if it were let through.
func TestTheRealDialerRefuses(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer server.Close()
	port := server.URL[strings.LastIndexByte(server.URL, ':')+1:]
	t.Setenv("HTTP_PROXY", server.URL) // which is not asked either
	t.Setenv("http_proxy", server.URL)
	t.Setenv("HTTPS_PROXY", server.URL)
	for address, says := range map[string]string{
		"http://127.0.0.1:" + port:                "private network",
		"http://localhost:" + port:                "private network",
		"http://[::1]:" + port:                    "private network",
		"http://[::ffff:127.0.0.1]:" + port:       "private network",
		"http://0.0.0.0:" + port:                  "private network",
		"http://127.0.0.1":                        "private network",
		"https://127.0.0.1/":                      "private network",
		"http://169.254.169.254/latest/meta-data": "private network",
		"http://10.0.0.1/a.jpg":                   "private network",
		"http://192.168.0.1/a.jpg":                "private network",
		"http://[fe80::1]/a.jpg":                  "private network",
		"http://[fd00:ec2::254]/a.jpg":            "private network",
		"http://[64:ff9b::7f00:1]/a.jpg":          "private network",
		"http://1.1.1.1:8080/a.jpg":               "Only 80 and 443",
		"http://1.1.1.1:22/":                      "Only 80 and 443",
		"file:///etc/passwd":                      "That is no address",
		"gopher://example.com/":                   "must begin with https",
		"/media/a.jpg":                            "That is no address",
		"http://user:word@example.com/a.jpg":      "user name",
		"http://[::1":                             "That is no address",
	} {
		if _, refused, err := get(t, fetch.Client{}, address); !strings.Contains(refused, says) {
			t.Errorf("%s: %q, %v", address, refused, err)
		}
	}
	if asked > 0 {
		t.Errorf("the server was asked %d times", asked)
	}
}

// TestFetch has a client that may reach one server on this machine.
func TestFetch(t *testing.T) {
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	stuck := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/picture":
			fmt.Fprint(w, "pixels ", r.Header.Get("Cookie"), r.Header.Get("Authorization"))
		case "/away":
			http.Redirect(w, r, other.URL, http.StatusFound)
		case "/here":
			http.Redirect(w, r, "/picture", http.StatusMovedPermanently)
		case "/large":
			w.Header().Set("Content-Length", fmt.Sprint(fetch.MaxSize+1))
		case "/endless":
			for chunk := bytes.Repeat([]byte{1}, 1<<20); ; {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		case "/tired":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/stuck":
			<-stuck
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	defer close(stuck)
	client := fetch.Client{Inside: []netip.AddrPort{netip.MustParseAddrPort(strings.TrimPrefix(server.URL, "http://"))}}
	if content, _, err := get(t, client, server.URL+"/picture"); content != "pixels " || err != nil {
		t.Errorf("a picture: %q, %v", content, err)
	}
	for path, says := range map[string]string{"/away": "leads on", "/here": "leads on", "/large": "larger than 20 MB", "/nothing": "answers 404"} {
		if _, refused, err := get(t, client, server.URL+path); !strings.Contains(refused, says) {
			t.Errorf("%s: %q, %v", path, refused, err)
		}
	}
	if content, _, err := get(t, client, server.URL+"/endless"); len(content) != fetch.MaxSize+1 || err != nil {
		t.Errorf("an endless file: %d bytes, %v", len(content), err)
	}
	client.Patience = 50 * time.Millisecond
	for path, is := range map[string]error{"/tired": nil, "/stuck": context.DeadlineExceeded} {
		if _, refused, err := get(t, client, server.URL+path); err == nil || refused != "" || (is != nil && !errors.Is(err, is)) {
			t.Errorf("%s: %q, %v", path, refused, err)
		}
	}
	if _, refused, err := get(t, client, other.URL); refused == "" {
		t.Errorf("another server of the machine: %v", err)
	}
	told := errors.New("no picture")
	if err := client.Fetch(t.Context(), server.URL+"/picture", func(io.Reader) error { return told }); !errors.Is(err, told) {
		t.Errorf("what take says: %v", err)
	}
}

// TestBusyShopIsNotItsFault has a shop that turns to a picture when its server
// is gone and its time is over.
func TestBusyShopIsNotItsFault(t *testing.T) {
	picture := bytes.Repeat([]byte("pixels "), 1<<20)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(picture) }))
	defer server.Close()
	client := fetch.Client{Inside: []netip.AddrPort{netip.MustParseAddrPort(strings.TrimPrefix(server.URL, "http://"))}}
	err := client.Fetch(t.Context(), server.URL, func(content io.Reader) error {
		server.CloseClientConnections()
		read, err := io.ReadAll(content)
		if !bytes.Equal(read, picture) {
			t.Errorf("%d bytes of %d are left", len(read), len(picture))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
