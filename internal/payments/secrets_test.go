package payments_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tuckshop/internal/apptest"
	"tuckshop/internal/payments"
	"tuckshop/models"
)

func TestKeptSecretsRotate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", payments.WebhookSecretFile)
	if kept, err := payments.KeptWebhookSecrets(path); err != nil || len(kept) != 0 {
		t.Errorf("without a file: %d secrets, %v", len(kept), err)
	}
	for _, step := range []struct{ add, want string }{
		{"whsec_1", "whsec_1"},
		{"whsec_2", "whsec_2 whsec_1"},
		{"whsec_2", "whsec_2 whsec_1"},
		{"whsec_3", "whsec_3 whsec_2"},
	} {
		if err := payments.KeepWebhookSecret(path, step.add); err != nil {
			t.Fatal(err)
		}
		kept, err := payments.KeptWebhookSecrets(path)
		if got := strings.Join(kept, " "); err != nil || got != step.want {
			t.Errorf("after %s: %q, %v; want %q", step.add, got, err, step.want)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	// What was written on the way is gone.
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("files: %v, %v", files, err)
	}
}

func TestVerifierTakesUpAChangedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), payments.WebhookSecretFile)
	client := payments.New(payments.Config{SecretKey: "sk_test_x", SecretFile: path})
	body := []byte(`{"id":"evt_1","type":"a","data":{"object":{}}}`)
	verify := func(secret string) error {
		_, err := client.VerifyEvent(body, apptest.Sign(secret, time.Now(), body))
		return err
	}
	keep := func(secret string) {
		t.Helper()
		if err := payments.KeepWebhookSecret(path, secret); err != nil {
			t.Fatal(err)
		}
	}
	if err := verify("whsec_1"); !errors.Is(err, models.ErrNoWebhookSecret) {
		t.Errorf("without any secret: %v", err)
	}
	keep("whsec_1")
	if err := verify("whsec_1"); err != nil {
		t.Errorf("the first secret: %v", err)
	}
	if err := verify("whsec_2"); !errors.Is(err, models.ErrBadSignature) {
		t.Errorf("a secret that is not kept: %v", err)
	}
	keep("whsec_2")
	for _, secret := range []string{"whsec_2", "whsec_1"} {
		if err := verify(secret); err != nil {
			t.Errorf("%s after rotating: %v", secret, err)
		}
	}
	keep("whsec_3")
	if err := verify("whsec_3"); err != nil {
		t.Errorf("the third secret: %v", err)
	}
	if err := verify("whsec_1"); !errors.Is(err, models.ErrBadSignature) {
		t.Errorf("a secret rotated out: %v", err)
	}
	// What is empty in the file is no secret, which anyone could sign with.
	if err := os.WriteFile(path, []byte(",,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := verify(""); err == nil {
		t.Error("an empty secret verifies")
	}
}
