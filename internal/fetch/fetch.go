// Package fetch gets files from addresses that came from outside. It reaches
// the public internet alone: an address that leads into the network the shop
// runs in is refused, whatever name it hides behind.
package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"tuckshop/models"
)

// MaxSize is how large a file may be, in bytes.
const MaxSize = 20 << 20

// patience is how long one file may take.
const patience = 12 * time.Second

// Client fetches files.
type Client struct {
	// Inside lists addresses of the own network that may be reached all the same,
	// at any port. It is empty but in tests.
	Inside []netip.AddrPort
	// Patience bounds one file; 0: twelve seconds.
	Patience time.Duration
}

// refuse says why an address is not asked, for the person who wrote it.
func refuse(message string, args ...any) error {
	return &models.InvalidError{Field: "url", Message: fmt.Sprintf(message, args...)}
}

// Fetch asks for a file and hands its content to take, once all of it has come:
// how long take needs is no fault of the server. The error is a
// *models.InvalidError where asking again is of no use: the address is refused
// or the server says no.
func (c Client) Fetch(ctx context.Context, address string, take func(content io.Reader) error) error {
	content, err := c.get(ctx, address)
	if err != nil {
		return err
	}
	return take(bytes.NewReader(content))
}

// get returns what an address holds; of a file that is too large, enough to see
// that.
func (c Client) get(ctx context.Context, address string) (content []byte, err error) {
	target, err := url.Parse(address)
	switch {
	case err != nil || target.Host == "":
		return nil, refuse("That is no address.")
	case target.Scheme != "http" && target.Scheme != "https":
		return nil, refuse("The address must begin with https:// or http://.")
	case target.User != nil:
		return nil, refuse("The address holds a user name.")
	}
	wait := c.Patience
	if wait == 0 {
		wait = patience
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), http.NoBody)
	if err != nil {
		return nil, refuse("That is no address.")
	}
	request.Header.Set("Accept", "image/jpeg, image/png, image/webp")
	request.Header.Set("User-Agent", "Tuckshop")
	dialer := net.Dialer{Timeout: wait, Control: c.control}
	transport := &http.Transport{ // no proxy: it would choose the address itself
		DialContext: dialer.DialContext, DisableKeepAlives: true, DisableCompression: true,
		TLSHandshakeTimeout: wait, ResponseHeaderTimeout: wait, MaxResponseHeaderBytes: 64 << 10,
	}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("fetch a picture: %w", plain(err))
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	switch {
	case response.StatusCode >= 300 && response.StatusCode < 400:
		return nil, refuse("The address leads on to another one. Use the address of the picture itself.")
	case response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests:
		return nil, fmt.Errorf("fetch a picture: its server answers %d", response.StatusCode)
	case response.StatusCode != http.StatusOK:
		return nil, refuse("There is no picture: its server answers %d.", response.StatusCode)
	case response.ContentLength > MaxSize:
		return nil, refuse("That file is larger than %d MB.", MaxSize>>20)
	}
	read := bytes.NewBuffer(make([]byte, 0, max(response.ContentLength, 0)+bytes.MinRead)) // no more memory than it takes
	if _, err := read.ReadFrom(io.LimitReader(response.Body, MaxSize+1)); err != nil {
		return nil, fmt.Errorf("fetch a picture: %w", err)
	}
	return read.Bytes(), nil
}

// plain drops from an error of the client what wraps a refusal.
func plain(err error) error {
	var refused *models.InvalidError
	if errors.As(err, &refused) {
		return refused
	}
	return err
}

// control sees the address a connection is about to be made to, after its name
// was looked up, so that no name can lead elsewhere in between.
func (c Client) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return refuse("The address leads nowhere.")
	}
	to = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	for _, inside := range c.Inside {
		if to == inside {
			return nil
		}
	}
	if !Public(to.Addr()) {
		return refuse("The address leads into a private network.")
	}
	if to.Port() != 80 && to.Port() != 443 {
		return refuse("The address names a port. Only 80 and 443 are asked.")
	}
	return nil
}

// notPublic are the networks that are not the internet, and those through which
// it could be made to lead back to them.
// https://www.iana.org/assignments/iana-ipv4-special-registry
// https://www.iana.org/assignments/iana-ipv6-special-registry
var notPublic = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32", // where a cloud answers its machines about themselves
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

// global is the part of IPv6 that is given to the internet.
var global = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// Public reports whether an address is one of the public internet.
func Public(address netip.Addr) bool {
	address = address.Unmap()
	if !address.IsValid() || address.Zone() != "" || (address.Is6() && !global.Contains(address)) {
		return false
	}
	for _, prefix := range notPublic {
		if prefix.Contains(address) {
			return false
		}
	}
	return true
}
