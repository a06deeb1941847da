package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"tuckshop/models"
)

// TestAdminCommands makes an owner and gives them a new password, by the
// command line.
func TestAdminCommands(t *testing.T) {
	environment := map[string]string{"DATA_DIR": t.TempDir()}
	command := func(stdin string, args ...string) (string, error) {
		var out strings.Builder
		err := run(context.Background(), args, func(name string) string { return environment[name] }, strings.NewReader(stdin), &out)
		return out.String(), err
	}
	password := func(password string) bool {
		store, err := models.Open(t.Context(), "sqlite:"+filepath.Join(environment["DATA_DIR"], "tuckshop.db"), models.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		staff, err := store.StaffByEmail(t.Context(), "me@example.com")
		if err != nil {
			t.Fatal(err)
		}
		match, err := models.CheckPassword(staff.PasswordHash, password)
		if err != nil {
			t.Fatal(err)
		}
		return match
	}
	if out, err := command("horse battery nine\n", "admin", "create", "--email", "me@example.com"); err != nil || !strings.Contains(out, "as owner") {
		t.Fatalf("create: %q, %v", out, err)
	}
	if _, err := command("horse battery ten\n", "admin", "reset-password", "--email", "you@example.com"); err == nil || !strings.Contains(err.Error(), "you@example.com") {
		t.Errorf("nobody's password: %v", err)
	}
	if _, err := command("short\n", "admin", "reset-password", "--email", "me@example.com"); err == nil || !password("horse battery nine") {
		t.Errorf("a short password: %v", err)
	}
	if out, err := command("horse battery ten\n", "admin", "reset-password", "--email", "Me@example.com"); err != nil || !strings.Contains(out, "logged out everywhere") {
		t.Errorf("reset: %q, %v", out, err)
	}
	if !password("horse battery ten") || password("horse battery nine") {
		t.Error("the password is not the new one")
	}
	for _, args := range [][]string{{"admin"}, {"admin", "delete"}, {"admin", "reset-password"}, {"admin", "reset-password", "--role", "owner"}, {"admin", "create", "--email", "a@example.com", "more"}} {
		var usage usageError
		if _, err := command("", args...); !errors.As(err, &usage) {
			t.Errorf("%q: %v", args, err)
		}
	}
}
