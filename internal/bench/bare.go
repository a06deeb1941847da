package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// answer is what the shop said to one request, byte for byte.
type answer struct {
	Addr   string // where the bare server says the same
	Header http.Header
	Body   []byte
}

// startBare starts this program anew as the least that net/http needs to send
// an answer.
func (b *bench) startBare(ctx context.Context, page answer) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	if page.Addr, err = freeAddr(ctx); err != nil {
		return nil, err
	}
	content, err := json.Marshal(page)
	if err != nil {
		return nil, fmt.Errorf("write the bare answer: %w", err)
	}
	file := filepath.Join(b.dir, "bare.json")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		return nil, fmt.Errorf("write the bare answer: %w", err)
	}
	return start(ctx, filepath.Join(b.dir, "bare"), page.Addr, nil, self, "bare", file)
}

// serveBare is the bare server's whole program.
func serveBare(ctx context.Context, file string) error {
	content, err := os.ReadFile(file) //nolint:gosec // the file this program wrote
	if err != nil {
		return fmt.Errorf("read the bare answer: %w", err)
	}
	var page answer
	if err := json.Unmarshal(content, &page); err != nil {
		return fmt.Errorf("read the bare answer: %w", err)
	}
	server := &http.Server{Addr: page.Addr, ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		header := w.Header()
		for name, values := range page.Header {
			header[name] = values
		}
		_, _ = w.Write(page.Body) // the load tool hangs up in the end
	})}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
