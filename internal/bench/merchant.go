package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// The merchant of a measured shop.
const (
	merchantEmail    = "owner@example.com"
	merchantPassword = "correct horse battery"
)

// merchant uses the admin of a running shop.
type merchant struct {
	*http.Client
	shop string // base URL
}

// merchantOf starts the shop on a database, with an owner, without the demo.
func (b *bench) merchantOf(ctx context.Context, d *database, dir string, env ...string) (*process, merchant, error) {
	shop, err := b.startShop(ctx, dir, append(env, "DATABASE_URL="+d.url, "DEMO=off", "LOG_LEVEL=warn", "ADMIN_EMAIL="+merchantEmail, "ADMIN_PASSWORD="+merchantPassword)...)
	if err != nil {
		return nil, merchant{}, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, merchant{}, errors.Join(err, shop.stop())
	}
	m := merchant{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, shop.url()}
	form := strings.NewReader(url.Values{"email": {merchantEmail}, "password": {merchantPassword}}.Encode())
	if _, err := m.send(ctx, "/admin/login", "application/x-www-form-urlencoded", form); err != nil {
		return nil, m, errors.Join(err, shop.stop())
	}
	return shop, m, nil
}

// send posts a form and returns where its answer leads.
func (m merchant) send(ctx context.Context, path, kind string, form io.Reader) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.shop+path, form)
	if err != nil {
		return "", fmt.Errorf("post %s: %w", path, err)
	}
	request.Header.Set("Content-Type", kind)
	response, err := m.Do(request) //nolint:gosec // our own address
	if err != nil {
		return "", fmt.Errorf("post %s: %w", path, err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return "", fmt.Errorf("read the answer of %s: %w", path, err)
	}
	if response.StatusCode != http.StatusSeeOther {
		return "", fmt.Errorf("post %s: answered %d", path, response.StatusCode)
	}
	return response.Header.Get("Location"), nil
}

// upload sends a file that is written while it is sent.
func (m merchant) upload(ctx context.Context, path, name string, write func(io.Writer) error) (string, error) {
	out, in := io.Pipe()
	form := multipart.NewWriter(in)
	go func() {
		part, err := form.CreateFormFile("file", name)
		if err == nil {
			err = write(part)
		}
		in.CloseWithError(errors.Join(err, form.Close()))
	}()
	location, err := m.send(ctx, path, form.FormDataContentType(), out)
	return location, errors.Join(err, out.Close())
}

// peak is the most memory that the program has held, in MB.
func (p *process) peak() (float64, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	_, after, _ := strings.Cut(string(content), "\nVmHWM:")
	value, _, _ := strings.Cut(strings.TrimSpace(after), " ")
	kilobytes, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	return kilobytes / 1024, nil
}

// kill ends the program as a power cut would.
func (p *process) kill() error {
	err := p.cmd.Process.Kill()
	<-p.ended
	return errors.Join(err, p.log.Close())
}

// number asks a database for one number.
func (d *database) number(ctx context.Context, query string) (int64, error) {
	var n int64
	if err := d.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("%s: %w", query, err)
	}
	return n, nil
}

// until asks again and again whether something is so.
func (d *database) until(ctx context.Context, query string) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(importPatience); ; {
		n, err := d.number(ctx, query)
		if err != nil || n > 0 {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not so after %s: %s", importPatience, query)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
