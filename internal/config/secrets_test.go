package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tuckshop/internal/config"
)

// TestASecretInPlaceOfAPathIsNotRepeated puts the secret itself where the path
// of its file belongs, for every secret.
func TestASecretInPlaceOfAPathIsNotRepeated(t *testing.T) {
	for _, v := range config.Variables() {
		if !v.Secret {
			continue
		}
		for _, secret := range []string{"sk_live_verysecret", "whsec_very/secret", strings.Repeat("verysecret", 500), "very\x00secret"} {
			_, err := load(map[string]string{v.Name + "_FILE": secret})
			if err == nil || !strings.Contains(err.Error(), v.Name+"_FILE must be the path of a file") {
				t.Fatalf("%s: error is %v", v.Name, err)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: the message repeats the secret: %v", v.Name, err)
			}
		}
	}
}

func TestUnreadableSecretSaysWhy(t *testing.T) {
	_, err := load(map[string]string{"SMTP_URL_FILE": filepath.Join(t.TempDir(), "none")})
	if err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("error is %v", err)
	}
	_, err = load(map[string]string{"SMTP_URL_FILE": t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("error is %v", err)
	}
}

// TestPasswordsInAddressesAreNotRepeated gives passwords that break their URL
// apart: each is refused, with what to do and without a piece of it.
func TestPasswordsInAddressesAreNotRepeated(t *testing.T) {
	for name, values := range map[string][]string{
		"DATABASE_URL": {
			"postgres://shop:very/secret@db.example:5432/shop", "postgres://shop:very%secret@db.example/shop", "postgres:very-secret",
			"mysql://shop:verysecret@db.example/shop", "postgres://shop:very secret@db.example:port/shop", "host=db password=verysecret",
		},
		"SMTP_URL": {
			"smtp://shop:very/secret@mail.example:587", "smtp://shop:12/secret@mail.example", "smtp://shop:12?secret@mail.example",
			"smtp://shop:12#secret@mail.example", "smtp://shop:verysecret@mail.example:70000", "smtp://shop:verysecret@mail.example:0",
			"http://shop:verysecret@mail.example", "verysecret",
		},
	} {
		for _, value := range values {
			_, err := load(map[string]string{name: value})
			if err == nil || !strings.Contains(err.Error(), "\n  "+name+" must be") {
				t.Errorf("%s=%s: error is %v", name, value, err)
				continue
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "very") {
				t.Errorf("%s=%s: the message repeats it: %v", name, value, err)
			}
		}
	}
	for _, half := range []string{"smtp://shop@mail.example", "smtp://:verysecret@mail.example"} {
		if _, err := load(map[string]string{"SMTP_URL": half}); err == nil || !strings.Contains(err.Error(), "both user and password") {
			t.Errorf("%s: error is %v", half, err)
		}
	}
}

func TestEscapedPasswordsAreRead(t *testing.T) {
	c, err := load(map[string]string{
		"SMTP_URL":     "smtps://shop:a%2Fb%3Fc%23d%40e%25@mail.example:465/",
		"DATABASE_URL": "postgres://shop:a%2Fb@one.example:5432,two.example:5432/shop?sslmode=require",
	})
	if err != nil {
		t.Fatal(err)
	}
	if password, _ := c.SMTP.User.Password(); password != "a/b?c#d@e%" || c.SMTP.Port() != "465" {
		t.Errorf("password %q, port %s", password, c.SMTP.Port())
	}
}

// TestNoSecretIsPrinted gives every secret a value, by the environment and by
// files, and looks for them in what `config` prints.
func TestNoSecretIsPrinted(t *testing.T) {
	values := map[string]string{
		"DATABASE_URL": "postgres://shop:verysecret@db/shop", "STRIPE_SECRET_KEY": "sk_test_verysecret", "STRIPE_WEBHOOK_SECRET": "whsec_verysecret",
		"SMTP_URL": "smtp://shop:verysecret@mail.example", "SECRET_KEY": strings.Repeat("verysecret", 4), "ADMIN_PASSWORD": "verysecretword",
		"MEDIA_ACCESS_KEY": "verysecretkey", "MEDIA_SECRET_KEY": "verysecret",
	}
	files := map[string]string{"ADMIN_EMAIL": "me@example.com", "MEDIA_STORE": "s3://my-shop?region=eu-central-1"}
	for name, value := range values {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		files[name+"_FILE"] = path
	}
	values["ADMIN_EMAIL"], values["MEDIA_STORE"] = files["ADMIN_EMAIL"], files["MEDIA_STORE"]
	for _, environment := range []map[string]string{values, files} {
		c, err := load(environment)
		if err != nil {
			t.Fatal(err)
		}
		out := c.Redacted()
		if strings.Contains(out, "verysecret") {
			t.Errorf("printed:\n%s", out)
		}
		for _, v := range config.Variables() {
			if v.Secret && !strings.Contains(out, v.Name+"=(set, redacted)\n") {
				t.Errorf("%s is not said to be set in:\n%s", v.Name, out)
			}
		}
	}
}

func TestAddressesWithoutAHost(t *testing.T) {
	for addr, want := range map[string]string{
		":8081": "localhost:8081", "0.0.0.0:8081": "localhost:8081", "[::]:8081": "localhost:8081", "[::1]:8081": "[::1]:8081",
		"127.0.0.1:8081": "127.0.0.1:8081", "sim.example:80": "sim.example:80",
	} {
		c, err := load(map[string]string{"SIM_ADDR": addr})
		if err != nil {
			t.Fatal(err)
		}
		if c.SimURL != "http://"+want || config.Reachable(addr) != want {
			t.Errorf("SIM_ADDR=%s gives SIM_URL %s", addr, c.SimURL)
		}
	}
	for _, name := range []string{"BASE_URL", "SIM_URL", "STRIPE_API_BASE"} {
		for _, address := range []string{"http://:8080", "http://", "http://user:verysecret@shop.example", "https://shop.example#a"} {
			_, err := load(map[string]string{name: address})
			if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "verysecret") {
				t.Errorf("%s=%s: error is %v", name, address, err)
			}
		}
	}
}
