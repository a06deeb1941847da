package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tuckshop/internal/proctest"
	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// expectEmpty checks that nothing was written to a folder.
func expectEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("in %s: %v, %v", dir, entries, err)
	}
}

// content sums up the files of a folder.
func content(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		bytes, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s %x\n", entry.Name(), sha256.Sum256(bytes))
	}
	return all.String()
}

func TestMigrateAndSeedTwice(t *testing.T) {
	t.Parallel()
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		env := map[string]string{"DATABASE_URL": databaseURL, "DATA_DIR": t.TempDir(), "SHOP_NAME": "Corner Shop", "SHOP_CURRENCY": "EUR"}
		for range 2 {
			tuckshop(t, env, "", "migrate").expect(t, exitDone, "up to date")
		}
		if products := proctest.Rows(t, databaseURL, "SELECT COUNT(*) FROM products"); products[0] != "0" {
			t.Errorf("migrate made %s products", products[0])
		}
		tuckshop(t, env, "", "seed-demo").expect(t, exitDone, "The demo catalogue is in the shop")
		before := proctest.Rows(t, databaseURL, "SELECT COUNT(*), MAX(id), SUM(stock) FROM variants")
		tuckshop(t, env, "", "seed-demo").expect(t, exitDone, "nothing was added")
		if after := proctest.Rows(t, databaseURL, "SELECT COUNT(*), MAX(id), SUM(stock) FROM variants"); after[0] != before[0] || strings.HasPrefix(after[0], "0 ") {
			t.Errorf("variants: %s, then %s", before[0], after[0])
		}
		// The name and currency a shop is made with stay.
		env["SHOP_NAME"], env["SHOP_CURRENCY"] = "Other", "USD"
		tuckshop(t, env, "", "migrate").expect(t, exitDone)
		if shop := proctest.Rows(t, databaseURL, "SELECT name, currency FROM shop"); len(shop) != 1 || shop[0] != "Corner Shop EUR" {
			t.Errorf("shop: %v", shop)
		}
	})
}

func TestAdminCreate(t *testing.T) {
	t.Parallel()
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		env := map[string]string{"DATABASE_URL": databaseURL, "DATA_DIR": t.TempDir(), "BASE_URL": "https://shop.example.com"}
		with := func(password string) map[string]string {
			return map[string]string{"DATABASE_URL": databaseURL, "DATA_DIR": env["DATA_DIR"], "ADMIN_PASSWORD": password}
		}
		create := func(env map[string]string, typed string, args ...string) outcome {
			return tuckshop(t, env, typed, append([]string{"admin", "create"}, args...)...)
		}
		const password = "horse battery nine"
		got := create(env, password+"\n", "--email", "Me@Example.com")
		got.expect(t, exitDone, "Password (at least 12 characters): ", "me@example.com can log in now, as owner: https://shop.example.com/admin")
		create(with(password), "", "--email", "two@example.com", "--role", "viewer").expect(t, exitDone, "as viewer")
		create(env, password, "--email", "me@example.com").expect(t, exitFailed, "there is such a member of staff already")
		for _, weak := range []string{"", "short", "Password1234", strings.Repeat("x", 129)} {
			create(env, weak+"\n", "--email", "three@example.com").expect(t, exitFailed, "assword")
		}
		create(with("short"), "", "--email", "three@example.com").expect(t, exitFailed, "ADMIN_PASSWORD must have 12 to 128 characters")
		create(with("Password1234"), "", "--email", "three@example.com").expect(t, exitFailed, "common")
		create(with(password), "", "--email", "nobody").expect(t, exitUsage, "--email", "mail address")
		create(with(password), "", "--email", "three@example.com", "--role", "boss").expect(t, exitUsage, "--role", "owner, manager, fulfilment or viewer")

		if staff := strings.Join(proctest.Rows(t, databaseURL, "SELECT email, role FROM staff ORDER BY id"), ", "); staff != "me@example.com owner, two@example.com viewer" {
			t.Errorf("staff: %s", staff)
		}
		for _, hash := range proctest.Rows(t, databaseURL, "SELECT password_hash FROM staff") {
			if fits, err := models.CheckPassword(hash, password); !fits || err != nil {
				t.Errorf("the password does not fit: %v", err)
			}
		}
	})
}

// TestDatabaseOfANewerVersion: the shop refuses it and leaves it as it is.
func TestDatabaseOfANewerVersion(t *testing.T) {
	t.Parallel()
	modelstest.EachEmpty(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		env := map[string]string{
			"DATABASE_URL": databaseURL, "DATA_DIR": t.TempDir(), "ADDR": proctest.FreeAddr(t), "SIM_ADDR": proctest.FreeAddr(t),
			"ADMIN_PASSWORD": "horse battery nine",
		}
		tuckshop(t, env, "", "migrate").expect(t, exitDone)
		proctest.Exec(t, databaseURL, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)")
		proctest.Exec(t, databaseURL, "CREATE TABLE from_the_future (id INTEGER)")
		state := func() string {
			if file, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
				return content(t, filepath.Dir(file))
			}
			var all []string
			for _, query := range []string{
				"SELECT * FROM goose_db_version ORDER BY id",
				"SELECT schemaname, relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables ORDER BY 1, 2",
				"SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
				"SELECT * FROM shop",
			} {
				all = append(all, proctest.Rows(t, databaseURL, query)...)
			}
			return strings.Join(all, "\n")
		}
		before := state()
		for _, args := range [][]string{{"serve"}, {"migrate"}, {"seed-demo"}, {"admin", "create", "--email", "me@example.com"}} {
			tuckshop(t, env, "", args...).expect(t, exitFailed, "newer version of the shop", "9999")
			if after := state(); after != before {
				t.Fatalf("%v changed the database:\n%s\n%s", args, before, after)
			}
		}
		expectEmpty(t, env["DATA_DIR"])
	})
}

func TestDatabaseThatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(file, []byte(strings.Repeat("These are notes, not a database.\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	before := content(t, dir)
	for _, databaseURL := range []string{"sqlite:" + file, "sqlite:" + dir, "postgres://nobody:hunter2@127.0.0.1:1/none"} {
		got := tuckshop(t, map[string]string{"DATABASE_URL": databaseURL, "DATA_DIR": dir}, "", "migrate")
		got.expect(t, exitFailed)
		if strings.Contains(got.faults, "hunter2") {
			t.Errorf("the password is in the message: %s", got.faults)
		}
		t.Log(got.faults)
	}
	if after := content(t, dir); after != before {
		t.Errorf("the folder changed:\n%s\n%s", before, after)
	}
}
