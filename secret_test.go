package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestKeptSecretIsOneForAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "secret-key")
	var secrets [8]string
	var wg sync.WaitGroup
	for i := range secrets {
		wg.Go(func() {
			secret, err := keptSecret(path, "kept_")
			if err != nil {
				t.Error(err)
			}
			secrets[i] = secret
		})
	}
	wg.Wait()
	for _, secret := range secrets {
		if secret != secrets[0] || !strings.HasPrefix(secret, "kept_") || len(secret) < 32 {
			t.Errorf("the secrets differ or are short: %q", secrets)
			break
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is readable by others: %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keptSecret(path, ""); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("an empty secret: %v", err)
	}
}
