package models_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/pressly/goose/v3"

	"tuckshop/models"
	"tuckshop/models/modelstest"
)

// openSQL opens a database beside the store.
func openSQL(t *testing.T, databaseURL string) *sql.DB {
	t.Helper()
	driver, source := "pgx", databaseURL
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		driver, source = "sqlite3", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// ledgerHolds wants as many rows of each cause in the ledger; that they add up,
// modelstest.Each sees to.
func ledgerHolds(t *testing.T, databaseURL string, want map[models.StockCause]int) {
	t.Helper()
	db := openSQL(t, databaseURL)
	for cause, count := range want {
		var found int
		query := "SELECT COUNT(*) FROM stock_movements WHERE cause = '" + string(cause) + "'"
		if err := db.QueryRowContext(t.Context(), query).Scan(&found); err != nil || found != count {
			t.Errorf("%d rows of %s, want %d; %v", found, cause, count, err)
		}
	}
}

// TestStockLedger sells, pays late, gives back and oversells, and wants the
// ledger to say what is on the shelf each time.
func TestStockLedger(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		_, err := store.AddCatalogue(t.Context(), nil, []models.Product{{Slug: "pen", Name: "Pen", Status: models.ProductActive,
			Options: []models.Option{{Name: "Colour", Values: []models.OptionValue{{Name: "Blue"}, {Name: "Red"}, {Name: "Black"}}}},
			Variants: []models.Variant{
				{SKU: "BLUE", Option1: "Blue", Price: 500, Stock: 40}, {SKU: "RED", Option1: "Red", Price: 500, Stock: 3},
				{SKU: "BLACK", Option1: "Black", Price: 500},
			}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		product, err := store.ProductBySlug(t.Context(), "pen")
		if err != nil {
			t.Fatal(err)
		}
		blue, red := product.Variants[0].ID, product.Variants[1].ID
		ledgerHolds(t, url, map[models.StockCause]int{models.StockOpening: 2})

		// Twelve shoppers of both at once; the red ones are enough for three.
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				token := models.NewToken()
				if store.AddToCart(t.Context(), token, blue, 2) != nil || store.AddToCart(t.Context(), token, red, 1) != nil {
					return
				}
				begun, err := store.BeginCheckout(t.Context(), token)
				if err != nil {
					return
				}
				session := paidSession(begun.Order, "cs_"+models.NewToken())
				if err := store.SessionOpened(t.Context(), begun.Attempt, session); err != nil {
					t.Error(err)
				}
				if _, err := store.ReceiveEvent(t.Context(), event(models.EventSessionCompleted, session)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		stockIs(t, store, "pen", 34, 0)
		ledgerHolds(t, url, map[models.StockCause]int{models.StockSale: 6})

		// Paid after the stock had gone back: taken again while it lasts.
		late, session := checkout(t, store, blue, 30)
		unpaid := session
		unpaid.PaymentStatus = "unpaid"
		receive(t, store, event(models.EventSessionExpired, unpaid))
		tooLate, second := checkout(t, store, blue, 30)
		unpaid = second
		unpaid.PaymentStatus = "unpaid"
		receive(t, store, event(models.EventSessionExpired, unpaid))
		receive(t, store, event(models.EventSessionCompleted, session))
		receive(t, store, event(models.EventSessionCompleted, second))
		late = statusIs(t, store, late, models.OrderPaid)
		statusIs(t, store, tooLate, models.OrderReview)
		ledgerHolds(t, url, map[models.StockCause]int{models.StockSale: 7})

		// Some of it comes back.
		refund, err := store.Refund(t.Context(), models.RefundRequest{OrderID: late.ID, Key: "k", Actor: staff,
			Lines: []models.RefundItem{{OrderItemID: late.Items[0].ID, Quantity: 5, Restocked: true}}})
		if err != nil {
			t.Fatal(err)
		}
		stockIs(t, store, "pen", 9, 0)
		ledgerHolds(t, url, map[models.StockCause]int{models.StockRefundReturn: 1})
		lines, err := store.StockLedger(t.Context(), product.ID, 0, 2)
		if err != nil || len(lines) != 2 {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		if l := lines[0]; l.Change != 5 || l.SKU != "BLUE" || l.Variant() != "Blue" || l.OrderNumber != late.Number || *l.RefundID != refund.ID || l.Actor != staff.Email {
			t.Errorf("the newest line is %+v", l)
		}
		if l := lines[1]; l.Change != -30 || l.Cause != models.StockSale || *l.OrderID != late.ID {
			t.Errorf("the line before is %+v", l)
		}
	})
}

// TestLateOrderTakesAllOrNothing pays late for two articles of which one has
// gone: the other stays on the shelf, and the ledger says nothing.
func TestLateOrderTakesAllOrNothing(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, url string) {
		store := modelstest.New(t, url, models.Options{})
		_, err := store.AddCatalogue(t.Context(), nil, []models.Product{{Slug: "pen", Name: "Pen", Status: models.ProductActive,
			Variants: []models.Variant{{SKU: "A", Option1: "A", Price: 500, Stock: 5}, {SKU: "B", Option1: "B", Price: 500, Stock: 1}}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		product, err := store.ProductBySlug(t.Context(), "pen")
		if err != nil {
			t.Fatal(err)
		}
		token := models.NewToken()
		for _, variant := range product.Variants {
			if err := store.AddToCart(t.Context(), token, variant.ID, 1); err != nil {
				t.Fatal(err)
			}
		}
		begun, err := store.BeginCheckout(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		session := paidSession(begun.Order, "cs_late")
		if err := store.SessionOpened(t.Context(), begun.Attempt, session); err != nil {
			t.Fatal(err)
		}
		unpaid := session
		unpaid.PaymentStatus = "unpaid"
		receive(t, store, event(models.EventSessionExpired, unpaid))
		_, other := checkout(t, store, product.Variants[1].ID, 1)
		receive(t, store, event(models.EventSessionCompleted, other))
		receive(t, store, event(models.EventSessionCompleted, session))
		statusIs(t, store, begun.Order, models.OrderReview)
		stockIs(t, store, "pen", 5, 0)
		ledgerHolds(t, url, map[models.StockCause]int{models.StockSale: 1})
	})
}

// TestMigrationOpensTheLedger brings a database from before the ledger up to
// date: what is on hand is written into it, and products keep their status.
func TestMigrationOpensTheLedger(t *testing.T) {
	modelstest.EachEmpty(t, func(t *testing.T, url string) {
		db, dialect, folder := openSQL(t, url), goose.DialectSQLite3, "sqlite"
		if strings.HasPrefix(url, "postgres") {
			dialect, folder = goose.DialectPostgres, "postgres"
		}
		jobs := &goose.GoFunc{RunTx: func(context.Context, *sql.Tx) error { return nil }} // the job library's, not needed here
		provider, err := goose.NewProvider(dialect, db, os.DirFS("migrations/"+folder),
			goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(goose.NewGoMigration(2, jobs, nil)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := provider.UpTo(t.Context(), 5); err != nil {
			t.Fatal(err)
		}
		for _, row := range []string{
			`INSERT INTO products (slug, name, status, created_at, updated_at) VALUES ('pen', 'Pen', 'active', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'), ('ink', 'Ink', 'draft', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')`,
			`INSERT INTO variants (product_id, sku, price, stock, position) VALUES (1, 'PEN', 500, 7, 0), (2, 'INK', 500, 0, 0)`,
			`INSERT INTO pictures (product_id, key, alt, width, height, position) VALUES (1, 'pen', 'A pen', 4, 5, 0)`,
		} {
			if _, err := db.ExecContext(t.Context(), row); err != nil {
				t.Fatal(err)
			}
		}
		store := modelstest.New(t, url, models.Options{})
		stockIs(t, store, "pen", 7, 0)
		ledgerHolds(t, url, map[models.StockCause]int{models.StockOpening: 1})
		lines, err := store.StockLedger(t.Context(), 1, 0, 10)
		if err != nil || len(lines) != 1 || lines[0].SKU != "PEN" || lines[0].Change != 7 || lines[0].CreatedAt.IsZero() {
			t.Errorf("the ledger is %+v, %v", lines, err)
		}
		product, err := store.ProductBySlug(t.Context(), "pen")
		if err != nil || product.Version != 1 || len(product.Pictures) != 1 || product.Pictures[0].Status != models.PictureReady {
			t.Errorf("the product is %+v, %v", product, err)
		}
		if _, err := store.ProductBySlug(t.Context(), "ink"); !errors.Is(err, models.ErrNotFound) {
			t.Errorf("the draft is shown: %v", err)
		}
	})
}
