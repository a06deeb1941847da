-- +goose Up

-- Every change of what is on hand, with its cause. It outlives its variant, as
-- an order's lines do.
CREATE TABLE stock_movements (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    variant_id INTEGER NOT NULL,
    change     INTEGER NOT NULL CHECK (change <> 0),
    cause      TEXT NOT NULL CHECK (cause IN ('opening', 'sale', 'refund_return', 'adjustment')),
    order_id   INTEGER REFERENCES orders (id) ON DELETE SET NULL,
    refund_id  INTEGER REFERENCES refunds (id) ON DELETE SET NULL,
    actor      TEXT NOT NULL DEFAULT '',
    created_at DATETIME NOT NULL
);
CREATE INDEX stock_movements_variant ON stock_movements (variant_id, id);

INSERT INTO stock_movements (variant_id, change, cause, actor, created_at)
SELECT id, stock, 'opening', 'migration', strftime('%Y-%m-%dT%H:%M:%fZ', 'now') FROM variants WHERE stock <> 0;

-- A third status: SQLite changes no check, but lets a column take another's place.
DROP INDEX products_status_created;
ALTER TABLE products ADD COLUMN stage TEXT NOT NULL DEFAULT 'draft' CHECK (stage IN ('active', 'draft', 'archived'));
UPDATE products SET stage = status;
ALTER TABLE products DROP COLUMN status;
ALTER TABLE products RENAME COLUMN stage TO status;
CREATE INDEX products_status_created ON products (status, created_at);

ALTER TABLE products ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE slug_history (
    slug       TEXT PRIMARY KEY,
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    created_at DATETIME NOT NULL
);
CREATE INDEX slug_history_product ON slug_history (product_id);

ALTER TABLE pictures ADD COLUMN status TEXT NOT NULL DEFAULT 'ready' CHECK (status IN ('waiting', 'ready', 'failed'));
ALTER TABLE pictures ADD COLUMN fault TEXT NOT NULL DEFAULT '';
CREATE INDEX pictures_key ON pictures (key);
