package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tuckshop/internal/demo"
)

// cartsInTurn is how many carts the visitors with a cart have.
const cartsInTurn = 64

// measurePages loads the list and a product's page, as a visitor without and
// with a cart, against a bare server that sends the same bytes.
func measurePages(ctx context.Context, b *bench) error {
	if !b.large {
		return b.measurePagesOf(ctx, "", demo.Products()[0].Slug)
	}
	for _, kind := range kinds {
		data, drop, err := b.newDatabase(ctx, kind, "pages", 1)
		if err != nil {
			return err
		}
		err = b.measurePagesOf(ctx, ", "+kind, largeSlug(largeProducts/2), "DATABASE_URL="+data.url)
		if err := errors.Join(err, drop()); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	return nil
}

func (b *bench) measurePagesOf(ctx context.Context, where, product string, env ...string) (err error) {
	shop, err := b.startShop(ctx, filepath.Join(b.dir, "pages"+where), env...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.stop()) }()
	carts := make([]string, cartsInTurn)
	for i := range carts {
		if carts[i], err = cartWith(ctx, shop, product); err != nil {
			return err
		}
	}
	for _, visitor := range []struct {
		name, target string
		cookies      []string
	}{
		{"no cart", "≥ 0.8", nil}, {"with a cart", "≥ 0.35", carts},
	} {
		for _, page := range []struct{ name, path string }{{"product list", "/products"}, {"product page", "/products/" + product}} {
			for _, encoding := range []string{"gzip", "br"} {
				header := []string{"Accept-Encoding: " + encoding}
				fmt.Fprintln(os.Stderr, " ", page.name, visitor.name, encoding)
				if err := b.measurePage(ctx, shop, page.path, header, visitor.cookies,
					fmt.Sprintf("%s, %s, %s%s", page.name, visitor.name, encoding, where), visitor.target); err != nil {
					return err
				}
			}
		}
	}
	resident, proportional, err := shop.memory()
	if err != nil {
		return err
	}
	b.table.figure("memory after the page benchmark"+where, weight(resident, proportional), "≤ 100 MB")
	return nil
}

func (b *bench) measurePage(ctx context.Context, shop *process, path string, header, cookies []string, what, target string) (err error) {
	asked := header
	if len(cookies) > 0 {
		asked = append(slices.Clone(header), "Cookie: "+cookies[0])
	}
	page, err := ask(ctx, shop.url()+path, asked)
	if err != nil {
		return err
	}
	bare, err := b.startBare(ctx, page)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	var ours, theirs side
	for turn := range b.repeat + 1 {
		fromShop, err := b.load(ctx, shop, path, header, cookies)
		if err != nil {
			return err
		}
		fromBare, err := b.load(ctx, bare, path, header, cookies)
		if err != nil {
			return err
		}
		if turn > 0 { // the first warms up
			ours.add(fromShop)
			theirs.add(fromBare)
		}
	}
	b.table.compare(fmt.Sprintf("%s, %.1f kB", what, float64(len(page.Body))/1000), ours, theirs, target)
	return nil
}

// load loads a page of a program and notes what that costs it.
func (b *bench) load(ctx context.Context, p *process, path string, header, cookies []string) (result, error) {
	before, err := p.processor()
	if err != nil {
		return result{}, err
	}
	r, err := b.wrk(ctx, p.url()+path, header, cookies)
	if err != nil {
		return result{}, err
	}
	after, err := p.processor()
	r.cost = float64((after - before).Microseconds()) / (r.rate * float64(b.seconds))
	return r, err
}

// ask fetches a page as it goes over the wire, with what its header says of
// the content.
func ask(ctx context.Context, address string, header []string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return answer{}, fmt.Errorf("ask for %s: %w", address, err)
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return answer{}, fmt.Errorf("ask for %s: %w", address, err)
	}
	defer response.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, fmt.Errorf("read %s: %w", address, err)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Encoding") == "" {
		return answer{}, fmt.Errorf("%s answers %s, encoding %q", address, response.Status, response.Header.Get("Content-Encoding"))
	}
	response.Header.Del("Date") // net/http writes its own
	return answer{Header: response.Header, Body: body}, nil
}

// cartWith puts a product into a new cart and returns the cart's cookie.
func cartWith(ctx context.Context, shop *process, slug string) (string, error) {
	page, err := http.NewRequestWithContext(ctx, http.MethodGet, shop.url()+"/products/"+slug, nil)
	if err != nil {
		return "", fmt.Errorf("ask for %s: %w", slug, err)
	}
	response, err := http.DefaultClient.Do(page) //nolint:gosec // our own address
	if err != nil {
		return "", fmt.Errorf("ask for %s: %w", slug, err)
	}
	html, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return "", fmt.Errorf("read %s: %w", slug, err)
	}
	// Every choice of a variant carries its id.
	_, after, _ := strings.Cut(string(html), `name="variant_id"`)
	_, after, _ = strings.Cut(after, `value="`)
	variant, _, _ := strings.Cut(after, `"`)
	form := url.Values{"variant_id": {variant}, "quantity": {"1"}}
	add, err := http.NewRequestWithContext(ctx, http.MethodPost, shop.url()+"/cart/items", strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("fill a cart: %w", err)
	}
	add.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if response, err = http.DefaultTransport.RoundTrip(add); err != nil {
		return "", fmt.Errorf("fill a cart: %w", err)
	}
	if err := response.Body.Close(); err != nil {
		return "", fmt.Errorf("fill a cart: %w", err)
	}
	for _, cookie := range response.Cookies() {
		return cookie.Name + "=" + cookie.Value, nil
	}
	return "", fmt.Errorf("variant %q of %s went into no cart: %s", variant, slug, response.Status)
}
