package payments

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// WebhookSecretFile is the name of the file, in the shop's data folder, that
// keeps the secrets of the endpoints `stripe setup` made.
const WebhookSecretFile = "stripe-webhook-secret"

// keptSecrets is how many secrets the file keeps: that of the present endpoint
// and the one before, with which events on their way are still signed.
const keptSecrets = 2

// KeptWebhookSecrets reads the secrets in a file that KeepWebhookSecret wrote,
// newest first. Without the file there are none.
func KeptWebhookSecrets(path string) ([]string, error) {
	content, err := os.ReadFile(path) //nolint:gosec // in the shop's own folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the webhook secrets: %w", err)
	}
	var secrets []string
	for part := range strings.SplitSeq(string(content), ",") {
		if part = strings.TrimSpace(part); strings.HasPrefix(part, "whsec_") {
			secrets = append(secrets, part)
		}
	}
	return secrets, nil
}

// KeepWebhookSecret puts a secret before those in the file, which only its
// owner may read. Whoever reads the file sees it as it was or as it will be:
// a power cut leaves no half of it.
func KeepWebhookSecret(path, secret string) error {
	secrets, err := KeptWebhookSecrets(path)
	if err != nil {
		return err
	}
	secrets = append([]string{secret}, slices.DeleteFunc(secrets, func(s string) bool { return s == secret })...)
	secrets = secrets[:min(len(secrets), keptSecrets)]
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	fresh, err := os.CreateTemp(folder, filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("keep the webhook secret: %w", err)
	}
	_, err = fresh.WriteString(strings.Join(secrets, ",") + "\n")
	err = errors.Join(err, fresh.Sync(), fresh.Close())
	if err == nil {
		err = os.Rename(fresh.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("keep the webhook secret: %w", errors.Join(err, os.Remove(fresh.Name())))
	}
	return nil
}

// secrets are those that may have signed an event: the configured ones, and
// those in a file that may change while the shop runs.
type secrets struct {
	configured []string
	path       string // empty: there is no file

	mu   sync.Mutex
	kept []string
	seen fs.FileInfo // of the file when it was last read
}

func (s *secrets) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Concat(s.configured, s.kept)
}

// reload reads the file where it has changed since it was last read, and
// reports whether it did.
func (s *secrets) reload() bool {
	if s.path == "" {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now, err := os.Stat(s.path)
	if err != nil {
		return false
	}
	if s.seen != nil && os.SameFile(s.seen, now) && s.seen.ModTime().Equal(now.ModTime()) && s.seen.Size() == now.Size() {
		return false
	}
	kept, err := KeptWebhookSecrets(s.path)
	if err != nil {
		return false
	}
	s.kept, s.seen = kept, now
	return true
}
