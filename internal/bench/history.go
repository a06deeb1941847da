package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tuckshop/models"
)

// history is a year of orders that are over, as a shop has them behind it.
type history struct {
	first, last int64 // ids; the last is the newest
}

// addHistory adds count orders to a database, spread over the last year and all
// articles: most are paid and sent, some refunded,
// expired or failed. Each has its articles, timeline, session, payment, receipt,
// event, and sales in the stock's book.
func (d *database) addHistory(ctx context.Context, count int) (history, error) {
	first := d.orders + 1
	d.orders += count
	d.used = d.orders // nobody is to pay them
	h := history{first: d.first + int64(first), last: d.first + int64(d.orders)}
	variants, err := d.number(ctx, "SELECT COUNT(*) FROM variants")
	if err != nil {
		return h, err
	}
	before, after := []string{"PRAGMA cache_size = -64000"}, []string{"PRAGMA cache_size = -2000", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"}
	if d.postgres {
		before, after = nil, []string{"SELECT setval(pg_get_serial_sequence('orders', 'id'), (SELECT MAX(id) FROM orders))", "VACUUM ANALYZE", "CHECKPOINT"}
	}
	if err := d.each(ctx, before); err != nil {
		return h, err
	}
	for n := first; n <= d.orders; n += copiedAtOnce {
		if err := d.copyHistory(ctx, n, min(n+copiedAtOnce-1, d.orders), count, variants); err != nil {
			return h, fmt.Errorf("add orders: %w", err)
		}
	}
	// What follows joins what was written: plans of an empty shop would not do.
	if err := d.each(ctx, slices.Concat([]string{"ANALYZE orders", "ANALYZE order_items"}, d.traces(h), after)); err != nil {
		return h, err
	}
	return h, nil
}

func (d *database) each(ctx context.Context, statements []string) error {
	for _, statement := range statements {
		if _, err := d.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// copiedAtOnce is how many copies one statement writes: SQLite holds them in
// memory meanwhile.
const copiedAtOnce = 50_000

// copyHistory copies the order for each n from first to last, of count that end
// with the last copy of all.
func (d *database) copyHistory(ctx context.Context, first, last, count int, variants int64) error {
	const (
		year   = 365 * 24 * time.Hour
		paid   = "n % 100 < 89"
		isFree = "n % 100 >= 89 AND n % 2000 <> 1999" // those in review hold theirs
	)
	placed := d.ago(fmt.Sprintf("((%d - n) * %d / %d)", d.orders, int64(year/time.Second), count))
	article := fmt.Sprintf("(t.variant_id + n * 7919) %% %d + 1", variants) // ids of a seeded shop have no gaps
	for _, table := range []struct {
		name, where string
		replaced    map[string]string
	}{
		{"orders", "id", map[string]string{
			"id": "t.id + n", "number": "'' || (1000 + t.id + n)", "token": "t.token || n", "cart_id": "NULL", "stripe_session_id": "'cs_bench_' || n",
			"status": "CASE WHEN n % 2000 = 1999 THEN 'review' WHEN n % 100 < 85 THEN 'paid' WHEN n % 100 < 88 THEN 'refunded' " +
				"WHEN n % 100 < 89 THEN 'partially_refunded' WHEN n % 100 < 98 THEN 'expired' ELSE 'payment_failed' END",
			"fulfilment":      "CASE WHEN " + paid + " AND n < " + strconv.Itoa(d.orders-count/100) + " THEN 'fulfilled' ELSE 'unfulfilled' END",
			"stock_status":    "CASE WHEN " + paid + " THEN 'sold' WHEN " + isFree + " THEN 'released' ELSE 'reserved' END",
			"amount_refunded": "CASE WHEN n % 100 BETWEEN 85 AND 87 THEN t.total WHEN n % 100 = 88 THEN t.total / 2 ELSE 0 END",
			"paid_amount":     "CASE WHEN " + paid + " THEN t.total END", "paid_currency": "CASE WHEN " + paid + " THEN t.currency ELSE '' END",
			"email":         fmt.Sprintf("'customer-' || n %% %d || '@example.com'", count/3+1),
			"shipping_name": "'Ada Family' || n % 5000", "shipping_line1": "'Unter den Linden 1'", "shipping_city": "'Berlin'",
			"shipping_postal_code": "'10117'", "shipping_country": "'DE'", "payment_intent_id": "CASE WHEN " + paid + " THEN 'pi_bench_' || n END",
			"paid_at": "CASE WHEN " + paid + " THEN " + placed + " END", "created_at": placed, "updated_at": placed,
		}},
		{"order_items", "order_id", map[string]string{"id": "", "order_id": "t.order_id + n", "variant_id": article}},
		{"checkout_attempts", "order_id", map[string]string{
			"id": "", "order_id": "t.order_id + n", "idempotency_key": "t.idempotency_key || n", "stripe_session_id": "'cs_bench_' || n",
			"status":     "CASE WHEN " + paid + " THEN 'complete' ELSE 'expired' END",
			"created_at": placed, "expires_at": placed,
		}},
	} {
		if err := d.copyRow(ctx, table.name, table.where, d.first, first, last, table.replaced); err != nil {
			return fmt.Errorf("%s: %w", table.name, err)
		}
	}
	return nil
}

// traces are the statements that write what the orders of a history left
// elsewhere.
func (d *database) traces(h history) []string {
	payload, long := "CAST('{}' AS BLOB)", "hex(zeroblob(250))"
	if d.postgres {
		payload, long = "CAST('{}' AS BYTEA)", "repeat('00', 250)"
	}
	of := fmt.Sprintf(" FROM orders WHERE id BETWEEN %d AND %d", h.first, h.last)
	paid := of + " AND paid_at IS NOT NULL"
	words := "WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < %d) "
	size := h.last - h.first + 1
	return []string{
		"INSERT INTO order_events (order_id, kind, actor, created_at) SELECT id, 'placed', 'shopper', created_at" + of,
		"INSERT INTO order_events (order_id, kind, actor, created_at) SELECT id, CASE WHEN paid_at IS NULL THEN 'expired' ELSE 'paid' END, 'stripe', created_at" + of,
		"INSERT INTO payments (order_id, stripe_session_id, payment_intent_id, role, amount, currency, charge_refunded, amount_refunded, created_at, updated_at) " +
			"SELECT id, stripe_session_id, payment_intent_id, CASE WHEN id % 20000 = 1 THEN 'duplicate' ELSE 'order' END, total, currency, amount_refunded, amount_refunded, created_at, created_at" + paid,
		"INSERT INTO refunds (payment_id, stripe_refund_id, amount, status, actor, created_at, updated_at) " +
			"SELECT id, 're_bench_' || id, amount_refunded, CASE WHEN id % 1000 = 1 THEN 'failed' ELSE 'succeeded' END, 'owner@example.com', created_at, created_at " +
			"FROM payments WHERE amount_refunded > 0",
		"INSERT INTO disputes (stripe_dispute_id, payment_id, amount, currency, status, created_at, updated_at) " +
			"SELECT 'dp_bench_' || id, id, amount, currency, CASE WHEN id % 20000 = 0 THEN 'needs_response' ELSE 'won' END, created_at, created_at FROM payments WHERE id % 500 = 0",
		"INSERT INTO reviews (order_id, reason, session, created_at) SELECT id, 'the amount differs', '{}', created_at" + of + " AND status = 'review'",
		"INSERT INTO emails (order_id, kind, message_id, recipient, subject, html, text, status, attempts, transport, sent_at, created_at) " +
			"SELECT id, '" + models.EmailReceipt + "', 'bench-' || id, email, 'Order ' || number, " + long + ", 'Thank you', 'sent', 1, 'smtp', created_at, created_at" + paid,
		"INSERT INTO stripe_events (id, type, outcome, order_id, payload, received_at) " +
			"SELECT 'evt_history_' || id, CASE WHEN paid_at IS NULL THEN 'checkout.session.expired' ELSE 'checkout.session.completed' END, " +
			"CASE WHEN paid_at IS NULL THEN 'expired' ELSE 'paid' END, id, " + payload + ", created_at" + of,
		"INSERT INTO stock_movements (variant_id, change, cause, order_id, created_at) " +
			"SELECT i.variant_id, -i.quantity, 'sale', o.id, o.created_at FROM orders o JOIN order_items i ON i.order_id = o.id " +
			fmt.Sprintf("WHERE o.id BETWEEN %d AND %d AND o.paid_at IS NOT NULL", h.first, h.last),
		"INSERT INTO audit_entries (staff_id, email, address, action, subject, before, after, created_at) " +
			"SELECT 1, 'owner@example.com', '127.0.0.1', CASE WHEN id % 1000 = 0 THEN 'refund' WHEN id % 100 = 0 THEN 'price_changed' ELSE 'stock_changed' END, number, '1', '2', created_at" +
			of + " AND id % 5 = 0",
		fmt.Sprintf(words, min(size, 2000)) + "INSERT INTO search_terms (term, searches, found, last_at) SELECT 'word ' || n, n, n % 7, o.created_at FROM g, orders o WHERE o.id = " +
			strconv.FormatInt(h.last, 10),
		fmt.Sprintf(words, min(size/1000+1, 500)) + "INSERT INTO imports (name, status, keep_existing, created_at, updated_at) SELECT 'products-' || n || '.csv', 'done', FALSE, o.created_at, o.created_at FROM g, orders o WHERE o.id = " +
			strconv.FormatInt(h.last, 10),
	}
}
