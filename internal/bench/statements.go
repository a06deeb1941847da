package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"tuckshop/models"
)

// bareClient runs the statements of models.ReceiveEvent without all that is
// around them: no HTTP, no signature, no decoding, no ORM, no decisions. On
// SQLite every statement is prepared once; on PostgreSQL the driver does that.
type bareClient struct {
	*database
	jobs     *river.Client[*sql.Tx]
	prepared map[string]*sql.Stmt
}

func newBareClient(ctx context.Context, d *database) (*bareClient, error) {
	c := &bareClient{database: d, prepared: map[string]*sql.Stmt{}}
	var driver riverdriver.Driver[*sql.Tx] = riverdatabasesql.New(d.DB)
	if !d.postgres {
		driver = riversqlite.New(d.DB)
	}
	var err error
	if c.jobs, err = river.NewClient(driver, &river.Config{}); err != nil {
		return nil, fmt.Errorf("prepare job insertion: %w", err)
	}
	if d.postgres {
		return c, nil
	}
	for _, statement := range []string{
		insertEvent, selectAttempt, selectOrder, selectItems, updateAttempt, updateOrder, insertHistory, insertEmail, updateCart,
		deleteLines, insertPayment, insertMovements, updateVariant, updateEvent,
	} {
		if c.prepared[statement], err = d.PrepareContext(ctx, statement); err != nil { //nolint:sqlclosecheck // as long as the program
			return nil, fmt.Errorf("prepare %s: %w", statement, err)
		}
	}
	return c, nil
}

// deliver applies count events, each of an order of its own, with as many
// connections.
func (c *bareClient) deliver(ctx context.Context, connections, count int) (result, error) {
	first, err := c.take(count)
	if err != nil {
		return result{}, err
	}
	payloads := make([][]byte, count)
	for i := range payloads {
		payloads[i] = c.event(first + i)
	}
	return drive(connections, count, func() (worker, error) {
		return worker{
			do:   func(i int) error { return c.receive(ctx, first+i, payloads[i]) },
			done: func() error { return nil },
		}, nil
	})
}

// The statements of models.ReceiveEvent for a pending order that is paid, in
// their order there.
const (
	insertEvent = `INSERT INTO stripe_events (id, type, api_version, livemode, outcome, detail, order_id, deliveries, payload, received_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET deliveries = stripe_events.deliveries + 1 RETURNING deliveries, outcome`
	selectAttempt = `SELECT * FROM checkout_attempts WHERE stripe_session_id = ? LIMIT ?`
	selectOrder   = `SELECT * FROM orders WHERE orders.id = ? LIMIT ?`
	selectItems   = `SELECT * FROM order_items WHERE order_id = ? ORDER BY id`
	updateAttempt = `UPDATE checkout_attempts SET error = ?, status = ?, stripe_session_id = ? WHERE id = ?`
	updateOrder   = `UPDATE orders SET email = ?, paid_at = ?, payment_intent_id = ?, shipping_city = ?, shipping_country = ?,
		shipping_line1 = ?, shipping_name = ?, shipping_postal_code = ?, status = ?, stock_status = ?, stripe_session_id = ?, updated_at = ?
		WHERE id = ? AND status IN (?, ?, ?, ?)`
	insertHistory = `INSERT INTO order_events (order_id, kind, actor, detail, created_at) VALUES (?, ?, ?, ?, ?) RETURNING id`
	insertEmail   = `INSERT INTO emails (order_id, kind, refund_id, message_id, recipient, subject, html, text, status, attempts, last_error, transport, sent_at, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id) DO NOTHING RETURNING id`
	updateCart  = `UPDATE carts SET order_id = ? WHERE order_id = ?`
	deleteLines = `DELETE FROM cart_items WHERE cart_id = ? AND EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = ?
		AND i.variant_id = cart_items.variant_id AND i.quantity >= cart_items.quantity)`
	insertPayment = `INSERT INTO payments (order_id, stripe_session_id, payment_intent_id, role, amount, currency, charge_refunded,
		amount_refunded, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (payment_intent_id) DO NOTHING RETURNING id`
	insertMovements = `INSERT INTO stock_movements (variant_id, change, cause, order_id, refund_id, actor, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?, ?) RETURNING id` // every order has two articles
	updateVariant = `UPDATE variants SET reserved = reserved - ?, stock = stock - ? WHERE id = ?`
	updateEvent   = `UPDATE stripe_events SET detail = ?, order_id = ?, outcome = ? WHERE id = ?`
)

// receive applies the event that order n is paid. On an error the transaction
// is undone.
func (c *bareClient) receive(ctx context.Context, n int, payload []byte) (err error) {
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	now := time.Now().UTC().Truncate(time.Millisecond)
	event, session, intent := fmt.Sprintf("evt_bench_%d", n), fmt.Sprintf("cs_bench_%d", n), fmt.Sprintf("pi_bench_%d", n)
	orderID := c.first + int64(n)
	if _, err = c.rows(ctx, tx, insertEvent, event, "checkout.session.completed", "2023-10-16", false, "ignored", "", nil, 1, payload, now); err != nil {
		return err
	}
	attempt, err := c.rows(ctx, tx, selectAttempt, session, 1)
	if err != nil {
		return err
	}
	lock := selectOrder
	if c.postgres {
		lock += " FOR UPDATE"
	}
	order, err := c.rows(ctx, tx, lock, orderID, 1)
	if err != nil {
		return err
	}
	items, err := c.rows(ctx, tx, selectItems, orderID)
	if err != nil {
		return err
	}
	if err = c.exec(ctx, tx, updateAttempt, "", "complete", session, attempt[0]["id"]); err != nil {
		return err
	}
	email := fmt.Sprintf("shopper-%d@example.com", n)
	if err = c.exec(ctx, tx, updateOrder, email, now, intent, "Berlin", "DE", "Unter den Linden 1", "Ada Shopper", "10117",
		"paid", "sold", session, now, orderID, "pending", "awaiting_payment", "expired", "payment_failed"); err != nil {
		return err
	}
	if _, err = c.rows(ctx, tx, insertHistory, orderID, "paid", "stripe", "", now); err != nil {
		return err
	}
	mail, err := c.rows(ctx, tx, insertEmail, orderID, "receipt", nil, fmt.Sprintf("receipt.%d@example.com", n), email, "", "", "", "queued", 0, "", "", nil, now)
	if err != nil {
		return err
	}
	// A queue that no shop works: the bare client has no mail to send.
	if _, err = c.jobs.InsertTx(ctx, tx, models.SendEmailArgs{EmailID: mail[0]["id"].(int64)}, &river.InsertOpts{Queue: "bare"}); err != nil {
		return err
	}
	if err = c.exec(ctx, tx, updateCart, nil, orderID); err != nil {
		return err
	}
	if err = c.exec(ctx, tx, deleteLines, order[0]["cart_id"], orderID); err != nil {
		return err
	}
	if _, err = c.rows(ctx, tx, insertPayment, orderID, session, intent, "order", order[0]["total"], "USD", 0, 0, now, now); err != nil {
		return err
	}
	sort.Slice(items, func(i, j int) bool { return items[i]["variant_id"].(int64) < items[j]["variant_id"].(int64) })
	var moves []any
	for _, item := range items {
		moves = append(moves, item["variant_id"], -item["quantity"].(int64), "sale", orderID, nil, "stripe", now)
	}
	if _, err = c.rows(ctx, tx, insertMovements, moves...); err != nil {
		return err
	}
	for _, item := range items {
		if err = c.exec(ctx, tx, updateVariant, item["quantity"], item["quantity"], item["variant_id"]); err != nil {
			return err
		}
	}
	if err = c.exec(ctx, tx, updateEvent, "", orderID, "paid", event); err != nil {
		return err
	}
	return tx.Commit()
}

// bind numbers the places of a statement where the database wants that.
func (d *database) bind(statement string) string {
	if !d.postgres {
		return statement
	}
	var out strings.Builder
	for i, part := range strings.Split(statement, "?") {
		if i > 0 {
			out.WriteString("$" + strconv.Itoa(i))
		}
		out.WriteString(part)
	}
	if statement == selectOrder {
		out.WriteString(" FOR UPDATE")
	}
	return out.String()
}

func (c *bareClient) exec(ctx context.Context, tx *sql.Tx, statement string, args ...any) error {
	var err error
	if ready := c.prepared[statement]; ready != nil {
		_, err = tx.StmtContext(ctx, ready).ExecContext(ctx, args...) //nolint:sqlclosecheck // ends with the transaction
	} else {
		_, err = tx.ExecContext(ctx, c.bind(statement), args...)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// rows runs a statement and reads every column of every row.
func (c *bareClient) rows(ctx context.Context, tx *sql.Tx, statement string, args ...any) (read []map[string]any, err error) {
	var rows *sql.Rows
	if ready := c.prepared[statement]; ready != nil {
		rows, err = tx.StmtContext(ctx, ready).QueryContext(ctx, args...) //nolint:sqlclosecheck // ends with the transaction
	} else {
		rows, err = tx.QueryContext(ctx, c.bind(statement), args...)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", statement, err)
	}
	defer func() {
		if err = errors.Join(err, rows.Close(), rows.Err()); err != nil {
			err = fmt.Errorf("%s: %w", statement, err)
		}
	}()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, column := range columns {
			row[column] = values[i]
		}
		read = append(read, row)
	}
	return read, nil
}
