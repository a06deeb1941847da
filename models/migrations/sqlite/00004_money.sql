-- +goose Up

-- Money as Stripe reports it. A row without an order was heard of before its
-- order was paid, or belongs to another system on the same account.
CREATE TABLE payments (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id          INTEGER REFERENCES orders (id) ON DELETE CASCADE,
    stripe_session_id TEXT UNIQUE,
    payment_intent_id TEXT UNIQUE,
    role              TEXT NOT NULL CHECK (role IN ('order', 'duplicate', 'review', 'unmatched')),
    amount            INTEGER NOT NULL DEFAULT 0,
    currency          TEXT NOT NULL DEFAULT '',
    charge_refunded   INTEGER NOT NULL DEFAULT 0,
    amount_refunded   INTEGER NOT NULL DEFAULT 0,
    created_at        DATETIME NOT NULL,
    updated_at        DATETIME NOT NULL
);
CREATE INDEX payments_order ON payments (order_id);
CREATE INDEX payments_role ON payments (role, id);

INSERT INTO payments (order_id, stripe_session_id, payment_intent_id, role, amount, currency, created_at, updated_at)
SELECT id, stripe_session_id, payment_intent_id, 'order', total, currency, paid_at, updated_at FROM orders WHERE paid_at IS NOT NULL;

CREATE TABLE refunds (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    payment_id       INTEGER NOT NULL REFERENCES payments (id) ON DELETE CASCADE,
    stripe_refund_id TEXT UNIQUE,
    idempotency_key  TEXT UNIQUE,
    keys_spent       INTEGER NOT NULL DEFAULT 0,
    amount           INTEGER NOT NULL CHECK (amount > 0),
    status           TEXT NOT NULL CHECK (status IN ('requested', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled')),
    reason           TEXT NOT NULL DEFAULT '',
    note             TEXT NOT NULL DEFAULT '',
    failure          TEXT NOT NULL DEFAULT '',
    actor            TEXT NOT NULL,
    created_at       DATETIME NOT NULL,
    updated_at       DATETIME NOT NULL
);
CREATE INDEX refunds_payment ON refunds (payment_id);
CREATE INDEX refunds_status ON refunds (status, id);

CREATE TABLE refund_items (
    refund_id     INTEGER NOT NULL REFERENCES refunds (id) ON DELETE CASCADE,
    order_item_id INTEGER NOT NULL REFERENCES order_items (id) ON DELETE CASCADE,
    quantity      INTEGER NOT NULL CHECK (quantity > 0),
    restocked     BOOLEAN NOT NULL,
    PRIMARY KEY (refund_id, order_item_id)
);
CREATE INDEX refund_items_item ON refund_items (order_item_id);

CREATE TABLE disputes (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    stripe_dispute_id TEXT NOT NULL UNIQUE,
    payment_id        INTEGER NOT NULL REFERENCES payments (id) ON DELETE CASCADE,
    amount            INTEGER NOT NULL,
    currency          TEXT NOT NULL,
    reason            TEXT NOT NULL DEFAULT '',
    status            TEXT NOT NULL,
    evidence_due_at   DATETIME,
    created_at        DATETIME NOT NULL,
    updated_at        DATETIME NOT NULL
);
CREATE INDEX disputes_payment ON disputes (payment_id);
CREATE INDEX disputes_status ON disputes (status, id);

CREATE TABLE reviews (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id    INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    reason      TEXT NOT NULL,
    session     TEXT NOT NULL,
    resolution  TEXT NOT NULL DEFAULT '',
    actor       TEXT NOT NULL DEFAULT '',
    created_at  DATETIME NOT NULL,
    resolved_at DATETIME
);
CREATE INDEX reviews_order ON reviews (order_id);

CREATE TABLE reconcile_runs (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at     DATETIME NOT NULL,
    finished_at    DATETIME NOT NULL,
    orders_checked INTEGER NOT NULL,
    orders_changed INTEGER NOT NULL,
    events_found   INTEGER NOT NULL,
    faults         TEXT NOT NULL DEFAULT ''
);

ALTER TABLE emails ADD COLUMN refund_id INTEGER REFERENCES refunds (id) ON DELETE CASCADE;
CREATE INDEX emails_refund ON emails (refund_id);
CREATE INDEX stripe_events_received ON stripe_events (received_at, id);
CREATE INDEX stripe_events_outcome ON stripe_events (outcome, received_at);
