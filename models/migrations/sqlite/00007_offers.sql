-- +goose Up

-- A discount with a code counts when a shopper types it, one without by itself.
-- Of its uses, those reserved belong to open checkouts, as reserved stock does.
CREATE TABLE discounts (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    name             TEXT NOT NULL,
    code             TEXT NOT NULL DEFAULT '',
    kind             TEXT NOT NULL CHECK (kind IN ('percent', 'amount', 'bundle')),
    percent          INTEGER NOT NULL DEFAULT 0 CHECK (percent BETWEEN 0 AND 100),
    amount           INTEGER NOT NULL DEFAULT 0 CHECK (amount >= 0),
    buy_pieces       INTEGER NOT NULL DEFAULT 0 CHECK (buy_pieces >= 0),
    get_pieces       INTEGER NOT NULL DEFAULT 0 CHECK (get_pieces >= 0),
    minimum          INTEGER NOT NULL DEFAULT 0 CHECK (minimum >= 0),
    starts_at        DATETIME,
    ends_at          DATETIME,
    max_uses         INTEGER NOT NULL DEFAULT 0 CHECK (max_uses >= 0),
    max_per_customer INTEGER NOT NULL DEFAULT 0 CHECK (max_per_customer >= 0),
    enabled          BOOLEAN NOT NULL,
    reserved         INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    used             INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0),
    created_at       DATETIME NOT NULL,
    updated_at       DATETIME NOT NULL
);
CREATE UNIQUE INDEX discounts_code ON discounts (code) WHERE code <> '';

CREATE TABLE discount_products (
    discount_id INTEGER NOT NULL REFERENCES discounts (id) ON DELETE CASCADE,
    product_id  INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    PRIMARY KEY (discount_id, product_id)
);
CREATE INDEX discount_products_product ON discount_products (product_id);

CREATE TABLE discount_collections (
    discount_id   INTEGER NOT NULL REFERENCES discounts (id) ON DELETE CASCADE,
    collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    PRIMARY KEY (discount_id, collection_id)
);
CREATE INDEX discount_collections_collection ON discount_collections (collection_id);

ALTER TABLE carts ADD COLUMN discount_code TEXT NOT NULL DEFAULT '';

ALTER TABLE orders ADD COLUMN discount_id INTEGER;
ALTER TABLE orders ADD COLUMN discount_code TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN discount_name TEXT NOT NULL DEFAULT '';
CREATE INDEX orders_discount ON orders (discount_id) WHERE discount_id IS NOT NULL;
CREATE INDEX orders_cart ON orders (cart_id);

ALTER TABLE order_items ADD COLUMN discount INTEGER NOT NULL DEFAULT 0;
