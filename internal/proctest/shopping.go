package proctest

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"       // to read PostgreSQL
	_ "github.com/ncruces/go-sqlite3/driver" // to read SQLite

	"tuckshop/internal/apptest"
)

// Checkout buys as a new shopper up to the payment page: quantities holds
// pieces by variant id. It returns the id of the Checkout Session.
func (s *Shop) Checkout(quantities map[int64]int64) string {
	s.t.Helper()
	answer := s.Fill(quantities).Post("/checkout")
	page, err := url.Parse(answer.Location)
	if err != nil || answer.Status != http.StatusSeeOther || !strings.Contains(page.Path, "/c/pay/") {
		s.t.Fatalf("checkout: %d %s", answer.Status, answer.Location)
	}
	return path.Base(page.Path)
}

// Fill is a new shopper with things in the cart: pieces by variant id.
func (s *Shop) Fill(quantities map[int64]int64) *apptest.Browser {
	s.t.Helper()
	shopper := apptest.NewBrowser(s.t, s.URL)
	for variant, quantity := range quantities {
		answer := shopper.Post("/cart/items", "variant_id", strconv.FormatInt(variant, 10), "quantity", strconv.FormatInt(quantity, 10))
		if answer.Status != http.StatusSeeOther {
			s.t.Fatalf("put %d of variant %d into the cart: %d", quantity, variant, answer.Status)
		}
	}
	return shopper
}

// Deliver posts a signed event once and returns the status. The error says
// that there was no answer, as when the shop is killed.
func (s *Shop) Deliver(event Event) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/webhooks/stripe", bytes.NewReader(event.Payload))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Stripe-Signature", apptest.Sign(Secret, time.Now(), event.Payload))
	return do(request)
}

// client opens a connection for each request: one that a killed shop left
// behind would fail the next request.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func do(request *http.Request) (int, error) {
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close() //nolint:errcheck // only read
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// Rows asks the shop's database and returns the rows as text, columns joined
// by spaces. It opens the database for this one question alone, so that a
// killed shop finds its files as it left them.
func (s *Shop) Rows(query string) []string {
	s.t.Helper()
	return Rows(s.t, s.DatabaseURL, query)
}

// Count asks a question whose answer is one number.
func (s *Shop) Count(query string) int64 {
	s.t.Helper()
	rows := s.Rows(query)
	if len(rows) != 1 {
		s.t.Fatalf("%s: %d rows", query, len(rows))
	}
	n, err := strconv.ParseInt(rows[0], 10, 64)
	if err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// Rows asks a database; see Shop.Rows.
func Rows(t *testing.T, databaseURL, query string) []string {
	t.Helper()
	db := open(t, databaseURL)
	defer db.Close() //nolint:errcheck // only this one question
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		var line []string
		for _, value := range values {
			line = append(line, value.String)
		}
		lines = append(lines, strings.Join(line, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return lines
}

// Exec changes a database behind the shop's back.
func Exec(t *testing.T, databaseURL, statement string) {
	t.Helper()
	db := open(t, databaseURL)
	defer db.Close() //nolint:errcheck // only this one question
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func open(t *testing.T, databaseURL string) *sql.DB {
	t.Helper()
	driver, source := "pgx", databaseURL
	if file, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		driver, source = "sqlite3", "file:"+file+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}
