-- +goose Up

-- A fourth status. SQLite changes no check, but its text may be rewritten where
-- that leaves every stored row right: https://www.sqlite.org/lang_altertable.html,
-- section 7. The columns added below make every connection read the schema anew.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '(status IN (''active'', ''draft'', ''archived''))', '(status IN (''active'', ''draft'', ''scheduled'', ''archived''))')
WHERE type = 'table' AND name = 'products';
PRAGMA writable_schema = RESET;
ALTER TABLE products ADD COLUMN publish_at DATETIME;
CREATE INDEX products_publish ON products (publish_at) WHERE publish_at IS NOT NULL;

-- prior_price is the lowest price of the 30 days before a reduction, 0 where
-- there is none. backordered counts pieces promised beyond what is on hand.
ALTER TABLE variants ADD COLUMN prior_price INTEGER NOT NULL DEFAULT 0 CHECK (prior_price >= 0);
ALTER TABLE variants ADD COLUMN barcode TEXT NOT NULL DEFAULT '';
ALTER TABLE variants ADD COLUMN policy TEXT NOT NULL DEFAULT 'deny' CHECK (policy IN ('deny', 'backorder', 'preorder'));
ALTER TABLE variants ADD COLUMN promise TEXT NOT NULL DEFAULT '';
ALTER TABLE variants ADD COLUMN ships_on TEXT NOT NULL DEFAULT '';
ALTER TABLE variants ADD COLUMN backordered INTEGER NOT NULL DEFAULT 0 CHECK (backordered >= 0);
CREATE INDEX variants_backordered ON variants (id) WHERE backordered > 0;

-- Of a line's pieces, those promised beyond what was on hand when it was
-- ordered, and those of them that are owed still.
ALTER TABLE order_items ADD COLUMN backordered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE order_items ADD COLUMN owed INTEGER NOT NULL DEFAULT 0 CHECK (owed >= 0);
CREATE INDEX order_items_owed ON order_items (variant_id, id) WHERE owed > 0;

-- Every price a variant had. It outlives its variant, as the stock ledger does.
CREATE TABLE price_changes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    variant_id INTEGER NOT NULL,
    price      INTEGER NOT NULL,
    compare_at INTEGER NOT NULL,
    offered    BOOLEAN NOT NULL,
    actor      TEXT NOT NULL DEFAULT '',
    created_at DATETIME NOT NULL
);
CREATE INDEX price_changes_variant ON price_changes (variant_id, id);
INSERT INTO price_changes (variant_id, price, compare_at, offered, actor, created_at)
SELECT v.id, v.price, v.compare_at, p.status = 'active', 'migration', strftime('%Y-%m-%dT%H:%M:%fZ', 'now') FROM variants v JOIN products p ON p.id = v.product_id;

CREATE TABLE related_products (
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    related_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    PRIMARY KEY (product_id, related_id)
);
CREATE INDEX related_products_related ON related_products (related_id);

-- A collection with a rule holds what the rule chooses; its rows are kept in
-- collection_products like those of the others.
ALTER TABLE collections ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE collections ADD COLUMN sort TEXT NOT NULL DEFAULT 'featured';
ALTER TABLE collection_products ADD COLUMN position INTEGER NOT NULL DEFAULT 0;

-- Where the middle of a picture is, in percent, for frames of another shape.
ALTER TABLE pictures ADD COLUMN focus_x INTEGER NOT NULL DEFAULT 50 CHECK (focus_x BETWEEN 0 AND 100);
ALTER TABLE pictures ADD COLUMN focus_y INTEGER NOT NULL DEFAULT 50 CHECK (focus_y BETWEEN 0 AND 100);
