package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	ownerEmail    = "owner@example.com"
	ownerPassword = "horse battery nine"
)

// shop is a running shop with the demo.
type shop struct {
	url     string
	process *exec.Cmd
}

func startShop(ctx context.Context, work string) (*shop, error) {
	binary := filepath.Join(work, "tuckshop")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, ".") //nolint:gosec // the shop itself
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the shop: %w\n%s", err, out)
	}
	addresses, err := freeAddresses(ctx)
	if err != nil {
		return nil, err
	}
	s := &shop{url: "http://" + addresses[0], process: exec.CommandContext(ctx, binary)} //nolint:gosec // built above
	s.process.Env = append(os.Environ(), "ADDR="+addresses[0], "BASE_URL="+s.url, "SIM_ADDR="+addresses[1], "SIM_URL=http://"+addresses[1],
		"DATA_DIR="+filepath.Join(work, "data"), "ADMIN_EMAIL="+ownerEmail, "ADMIN_PASSWORD="+ownerPassword, "RATE_LIMITS=off", "LOG_LEVEL=error")
	s.process.Stderr = os.Stderr
	s.process.Cancel = func() error { return s.process.Process.Signal(os.Interrupt) }
	if err := s.process.Start(); err != nil {
		return nil, fmt.Errorf("start the shop: %w", err)
	}
	for range 200 {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/readyz", nil)
		if err != nil {
			return nil, err
		}
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return s, nil
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil, errors.Join(errors.New("the shop did not start within 20 seconds"), s.stop())
}

func freeAddresses(ctx context.Context) (addresses [2]string, err error) {
	for i := range addresses {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return addresses, err
		}
		defer listener.Close() //nolint:errcheck // only its address was wanted
		addresses[i] = listener.Addr().String()
	}
	return addresses, nil
}

func (s *shop) stop() error {
	if err := s.process.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	err := s.process.Wait()
	var failure *exec.ExitError
	if errors.As(err, &failure) {
		return nil // told to stop
	}
	return err
}

// page is a page as it was sent.
type page struct {
	path, html string
}

// visitor goes through the shop with cookies of its own.
type visitor struct {
	base   *url.URL
	client *http.Client
}

func (s *shop) visitor() (*visitor, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(s.url)
	return &visitor{base, &http.Client{Jar: jar, Timeout: time.Minute}}, err
}

func (v *visitor) send(ctx context.Context, address string, form url.Values) (at, kind, body string, err error) {
	target, err := v.base.Parse(address)
	if err != nil {
		return "", "", "", err
	}
	method, content := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, content = http.MethodPost, strings.NewReader(form.Encode())
	}
	request, err := http.NewRequestWithContext(ctx, method, target.String(), content)
	if err != nil {
		return "", "", "", err
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := v.client.Do(request)
	if err != nil {
		return "", "", "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.Request.URL.String(), answer.Header.Get("Content-Type"), string(text), err
}

// walk buys something, logs in and goes through every page that links lead to.
// It returns these pages and the cookie of a cart with something in it.
func (s *shop) walk(ctx context.Context) (pages []page, cart string, err error) {
	shopper, err := s.visitor()
	if err != nil {
		return nil, "", err
	}
	fill := func() error {
		_, _, product, err := shopper.send(ctx, "/products/field-notebook", nil)
		if err != nil {
			return err
		}
		variant := regexp.MustCompile(`name="variant_id" value="(\d+)" checked`).FindStringSubmatch(product)
		if variant == nil {
			return errors.New("no form of the field notebook can be bought")
		}
		_, _, _, err = shopper.send(ctx, "/cart/items", url.Values{"variant_id": {variant[1]}, "quantity": {"2"}})
		return err
	}
	if err := fill(); err != nil {
		return nil, "", err
	}
	payment, _, _, err := shopper.send(ctx, "/checkout", url.Values{})
	if err == nil {
		_, _, _, err = shopper.send(ctx, payment, url.Values{"outcome": {"pay"}, "email": {"ada@example.com"}, "name": {"Ada"}, "line1": {"1 Main St"},
			"city": {"London"}, "postal_code": {"N1"}, "country": {"GB"}, "card": {"4242424242424242"}})
	}
	if err == nil {
		err = fill()
	}
	if err != nil {
		return nil, "", fmt.Errorf("buy something: %w", err)
	}
	for _, cookie := range shopper.client.Jar.Cookies(shopper.base) {
		cart += cookie.Name + "=" + cookie.Value + "; "
	}
	pages, err = shopper.crawl(ctx, []string{"/", "/cart", "/search?q=typewriter", "/products?min=cheap", "/orders/lookup", "/nothing"})
	if err != nil {
		return nil, "", err
	}
	if _, _, _, err := shopper.send(ctx, "/admin/login", url.Values{"email": {ownerEmail}, "password": {ownerPassword}}); err != nil {
		return nil, "", err
	}
	staff, err := shopper.crawl(ctx, []string{"/admin", "/admin/nothing", "/admin/account", "/admin/doctor"})
	return append(pages, staff...), strings.TrimSuffix(cart, "; "), err
}

// alike is how many pages of one kind are read: those whose addresses differ in
// one part alone.
const alike = 4

var links = regexp.MustCompile(`href="(/[^"#]*)`)

// crawl reads the pages at paths and all they link to, in the part of the shop,
// the admin or the rest, where the first is.
func (v *visitor) crawl(ctx context.Context, paths []string) ([]page, error) {
	admin := strings.HasPrefix(paths[0], "/admin")
	kinds := map[string]int{}
	seen := slices.Clone(paths)
	var pages []page
	for i := 0; i < len(seen); i++ {
		_, kind, body, err := v.send(ctx, seen[i], nil)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", seen[i], err)
		}
		if !strings.HasPrefix(kind, "text/html") {
			continue
		}
		pages = append(pages, page{seen[i], body})
		for _, link := range links.FindAllStringSubmatch(body, -1) {
			path := strings.ReplaceAll(link[1], "&amp;", "&")
			plain, query, _ := strings.Cut(path, "?")
			name, _, _ := strings.Cut(query, "=")
			like := plain[:strings.LastIndexByte(plain, '/')+1] + "?" + name
			if strings.Count(plain, "/") < 2 || query != "" {
				like = plain + "?" + name
			}
			if strings.HasPrefix(path, "/admin") != admin || slices.Contains(seen, path) || kinds[like] >= alike {
				continue
			}
			kinds[like]++
			seen = append(seen, path)
		}
	}
	return pages, nil
}
