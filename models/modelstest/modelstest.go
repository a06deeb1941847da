// Package modelstest gives tests real databases.
package modelstest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that makes PostgreSQL databases

	"tuckshop/models"
)

// Each runs a test on SQLite and on PostgreSQL, as subtests of those names, in
// a database of its own with today's schema and nothing else. Whatever a test
// does to a shop, at its end the ledger of every variant must add up to its
// stock.
func Each(t *testing.T, test func(t *testing.T, databaseURL string)) {
	t.Helper()
	each(t, migrated, test)
}

// EachEmpty is Each in databases without a schema, as a shop finds them at its
// first start.
func EachEmpty(t *testing.T, test func(t *testing.T, databaseURL string)) {
	t.Helper()
	each(t, empty, test)
}

func each(t *testing.T, made content, test func(t *testing.T, databaseURL string)) {
	t.Helper()
	on := func(name string, database func(t *testing.T, made content) string) {
		t.Run(name, func(t *testing.T) {
			url := database(t, made)
			t.Cleanup(func() { ledgerAddsUp(t, url) })
			test(t, url)
		})
	}
	on("sqlite", sqlite)
	on("postgres", postgres)
}

// ledgerAddsUp leaves a database alone that no shop was made in, or one of
// before there was a ledger.
func ledgerAddsUp(t *testing.T, databaseURL string) {
	ctx, db := context.WithoutCancel(t.Context()), open(t, databaseURL)
	defer db.Close() //nolint:errcheck // all is said
	if _, err := db.ExecContext(ctx, "SELECT 1 FROM stock_movements"); err != nil {
		return
	}
	rows, err := db.QueryContext(ctx, `SELECT sku, stock, ledger FROM (SELECT sku, stock,
		COALESCE((SELECT SUM(change) FROM stock_movements WHERE variant_id = variants.id), 0) AS ledger FROM variants) v WHERE stock <> ledger`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		var sku string
		var stock, ledger int64
		if err := rows.Scan(&sku, &stock, &ledger); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s: %d on hand, %d by the ledger", sku, stock, ledger)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// New opens a database, makes its schema where it has none, and a shop in USD.
func New(t *testing.T, databaseURL string, options models.Options) *models.Store {
	t.Helper()
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			copyTo(t, path)
		}
	}
	store, err := models.Open(t.Context(), databaseURL, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, copied := copies.Load(databaseURL); !copied {
		if _, err := store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.EnsureShop(t.Context(), "Tuckshop", "USD"); err != nil {
		t.Fatal(err)
	}
	return store
}

// Product stores a product with one variant and returns the variant's id.
func Product(t *testing.T, store *models.Store, slug string, price, stock int64) int64 {
	t.Helper()
	added, err := store.AddCatalogue(t.Context(), nil, []models.Product{{
		Slug: slug, Name: strings.ToUpper(slug[:1]) + slug[1:], Status: models.ProductActive,
		Variants: []models.Variant{{SKU: "SKU-" + slug, Price: price, Stock: stock}},
	}}, nil)
	if err != nil || !added {
		t.Fatalf("add product: %t, %v", added, err)
	}
	product, err := store.ProductBySlug(t.Context(), slug)
	if err != nil {
		t.Fatal(err)
	}
	return product.Variants[0].ID
}

// PaidOrder buys one piece of a variant and returns the order, paid, with its
// receipt queued.
func PaidOrder(t *testing.T, store *models.Store, variantID int64) models.Order {
	t.Helper()
	token := models.NewToken()
	if err := store.AddToCart(t.Context(), token, variantID, 1); err != nil {
		t.Fatal(err)
	}
	begun, err := store.BeginCheckout(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	order := begun.Order
	session := models.CheckoutSession{
		ID: "cs_" + models.NewToken(), Mode: "payment", Status: "complete", PaymentStatus: "paid", Currency: strings.ToLower(order.Currency),
		AmountSubtotal: &order.Subtotal, AmountTotal: &order.Total, ClientReferenceID: fmt.Sprint(order.ID),
		Metadata: map[string]string{"order_id": fmt.Sprint(order.ID)}, Email: "ada@example.com",
	}
	if err := store.SessionOpened(t.Context(), begun.Attempt, session); err != nil {
		t.Fatal(err)
	}
	if applied, err := store.ApplySession(t.Context(), session); err != nil || applied.Outcome != models.OutcomePaid {
		t.Fatalf("pay order: %+v, %v", applied, err)
	}
	if order, err = store.OrderByID(t.Context(), order.ID); err != nil {
		t.Fatal(err)
	}
	return order
}

// Exec changes a database behind the store's back.
func Exec(t *testing.T, databaseURL, query string, arguments ...any) {
	t.Helper()
	db := open(t, databaseURL)
	defer db.Close() //nolint:errcheck // all is said
	if _, err := db.ExecContext(t.Context(), query, arguments...); err != nil {
		t.Fatal(err)
	}
}

// Count enters what Exec changed of the stock into the ledger, as staff who
// counted would.
func Count(t *testing.T, databaseURL string) {
	t.Helper()
	Exec(t, databaseURL, `INSERT INTO stock_movements (variant_id, change, cause, created_at) SELECT id, stock - ledger, 'adjustment', CURRENT_TIMESTAMP
		FROM (SELECT id, stock, COALESCE((SELECT SUM(change) FROM stock_movements WHERE variant_id = variants.id), 0) AS ledger FROM variants) v
		WHERE stock <> ledger`)
}

func open(t *testing.T, databaseURL string) *sql.DB {
	t.Helper()
	driver, source := "pgx", databaseURL
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		driver, source = "sqlite3", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	return db
}
