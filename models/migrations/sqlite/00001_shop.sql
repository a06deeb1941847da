-- +goose Up
-- Times are UTC. Amounts are minor units of the currency beside them.

CREATE TABLE shop (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    name              TEXT NOT NULL,
    currency          TEXT NOT NULL,
    catalogue_version INTEGER NOT NULL DEFAULT 1,
    created_at        DATETIME NOT NULL
);

CREATE TABLE products (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    slug        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    summary     TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    status      TEXT NOT NULL CHECK (status IN ('active', 'draft')),
    featured    BOOLEAN NOT NULL DEFAULT FALSE,
    created_at  DATETIME NOT NULL,
    updated_at  DATETIME NOT NULL
);
CREATE INDEX products_status_created ON products (status, created_at);

CREATE TABLE options (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    position   INTEGER NOT NULL,
    UNIQUE (product_id, name)
);

CREATE TABLE option_values (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    option_id INTEGER NOT NULL REFERENCES options (id) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    swatch    TEXT NOT NULL DEFAULT '',
    position  INTEGER NOT NULL,
    UNIQUE (option_id, name)
);

CREATE TABLE pictures (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    key        TEXT NOT NULL,
    alt        TEXT NOT NULL,
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    position   INTEGER NOT NULL
);
CREATE INDEX pictures_product ON pictures (product_id);

CREATE TABLE variants (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    product_id   INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    sku          TEXT NOT NULL UNIQUE,
    option1      TEXT NOT NULL DEFAULT '',
    option2      TEXT NOT NULL DEFAULT '',
    option3      TEXT NOT NULL DEFAULT '',
    price        INTEGER NOT NULL CHECK (price >= 0),
    compare_at   INTEGER NOT NULL DEFAULT 0 CHECK (compare_at >= 0),
    stock        INTEGER NOT NULL DEFAULT 0 CHECK (stock >= 0),
    reserved     INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0 AND reserved <= stock),
    weight_grams INTEGER NOT NULL DEFAULT 0 CHECK (weight_grams >= 0),
    picture_id   INTEGER REFERENCES pictures (id) ON DELETE SET NULL,
    position     INTEGER NOT NULL,
    UNIQUE (product_id, option1, option2, option3)
);

CREATE TABLE collections (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    slug        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    position    INTEGER NOT NULL
);

CREATE TABLE collection_products (
    collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    product_id    INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    PRIMARY KEY (collection_id, product_id)
);
CREATE INDEX collection_products_product ON collection_products (product_id);

CREATE TABLE orders (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    number            TEXT NOT NULL UNIQUE,
    token             TEXT NOT NULL UNIQUE,
    status            TEXT NOT NULL CHECK (status IN ('pending', 'awaiting_payment', 'paid',
                          'partially_refunded', 'refunded', 'expired', 'payment_failed', 'review')),
    fulfilment        TEXT NOT NULL CHECK (fulfilment IN ('unfulfilled', 'fulfilled')),
    stock_status      TEXT NOT NULL CHECK (stock_status IN ('reserved', 'released', 'sold')),
    review_reason     TEXT NOT NULL DEFAULT '',
    cart_id           INTEGER,
    cart_fingerprint  TEXT NOT NULL DEFAULT '',
    currency          TEXT NOT NULL,
    subtotal          INTEGER NOT NULL,
    discount          INTEGER NOT NULL DEFAULT 0,
    shipping          INTEGER NOT NULL DEFAULT 0,
    tax               INTEGER NOT NULL DEFAULT 0,
    total             INTEGER NOT NULL,
    amount_refunded   INTEGER NOT NULL DEFAULT 0,
    email             TEXT NOT NULL DEFAULT '',
    shipping_name     TEXT NOT NULL DEFAULT '',
    shipping_line1    TEXT NOT NULL DEFAULT '',
    shipping_line2    TEXT NOT NULL DEFAULT '',
    shipping_city     TEXT NOT NULL DEFAULT '',
    shipping_state    TEXT NOT NULL DEFAULT '',
    shipping_postal_code TEXT NOT NULL DEFAULT '',
    shipping_country  TEXT NOT NULL DEFAULT '',
    stripe_session_id TEXT UNIQUE,
    payment_intent_id TEXT,
    paid_at           DATETIME,
    created_at        DATETIME NOT NULL,
    updated_at        DATETIME NOT NULL
);
CREATE INDEX orders_status ON orders (status, id);
CREATE INDEX orders_email ON orders (email, id);
CREATE INDEX orders_payment_intent ON orders (payment_intent_id);

CREATE TABLE order_items (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id      INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    variant_id    INTEGER NOT NULL,
    product_slug  TEXT NOT NULL,
    name          TEXT NOT NULL,
    variant_title TEXT NOT NULL DEFAULT '',
    sku           TEXT NOT NULL,
    picture_key   TEXT NOT NULL DEFAULT '',
    quantity      INTEGER NOT NULL CHECK (quantity > 0),
    unit_price    INTEGER NOT NULL,
    total         INTEGER NOT NULL
);
CREATE INDEX order_items_order ON order_items (order_id);

CREATE TABLE order_events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id   INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    actor      TEXT NOT NULL,
    detail     TEXT NOT NULL DEFAULT '',
    created_at DATETIME NOT NULL
);
CREATE INDEX order_events_order ON order_events (order_id, id);

CREATE TABLE checkout_attempts (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id          INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    idempotency_key   TEXT NOT NULL UNIQUE,
    status            TEXT NOT NULL CHECK (status IN ('creating', 'open', 'complete', 'expired', 'failed')),
    expires_at        DATETIME NOT NULL,
    stripe_session_id TEXT UNIQUE,
    url               TEXT NOT NULL DEFAULT '',
    error             TEXT NOT NULL DEFAULT '',
    created_at        DATETIME NOT NULL
);
CREATE INDEX checkout_attempts_order ON checkout_attempts (order_id, id);

CREATE TABLE carts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash TEXT NOT NULL UNIQUE,
    order_id   INTEGER REFERENCES orders (id) ON DELETE SET NULL,
    created_at DATETIME NOT NULL,
    updated_at DATETIME NOT NULL
);
CREATE INDEX carts_updated ON carts (updated_at);
CREATE INDEX carts_order ON carts (order_id);

CREATE TABLE cart_items (
    cart_id    INTEGER NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    variant_id INTEGER NOT NULL REFERENCES variants (id) ON DELETE CASCADE,
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    seen_price INTEGER NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (cart_id, variant_id)
);
CREATE INDEX cart_items_variant ON cart_items (variant_id);

CREATE TABLE stripe_events (
    id          TEXT PRIMARY KEY,
    type        TEXT NOT NULL,
    api_version TEXT NOT NULL DEFAULT '',
    livemode    BOOLEAN NOT NULL DEFAULT FALSE,
    outcome     TEXT NOT NULL DEFAULT '',
    detail      TEXT NOT NULL DEFAULT '',
    order_id    INTEGER,
    deliveries  INTEGER NOT NULL DEFAULT 1,
    payload     BLOB NOT NULL,
    received_at DATETIME NOT NULL
);
CREATE INDEX stripe_events_order ON stripe_events (order_id);

CREATE TABLE emails (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id   INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    recipient  TEXT NOT NULL,
    subject    TEXT NOT NULL DEFAULT '',
    html       TEXT NOT NULL DEFAULT '',
    text       TEXT NOT NULL DEFAULT '',
    status     TEXT NOT NULL CHECK (status IN ('queued', 'sent', 'failed')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    transport  TEXT NOT NULL DEFAULT '',
    sent_at    DATETIME,
    created_at DATETIME NOT NULL
);
CREATE INDEX emails_order ON emails (order_id);

CREATE TABLE staff (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    email         TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'fulfilment', 'viewer')),
    created_at    DATETIME NOT NULL,
    last_login_at DATETIME
);

CREATE TABLE staff_sessions (
    token_hash TEXT PRIMARY KEY,
    data       BLOB NOT NULL,
    expires_at DATETIME NOT NULL
);
CREATE INDEX staff_sessions_expires ON staff_sessions (expires_at);

CREATE TABLE setup_tokens (
    token_hash TEXT PRIMARY KEY,
    created_at DATETIME NOT NULL
);
