-- +goose Up

-- Where the shop is, and how its prices stand to tax.
ALTER TABLE shop ADD COLUMN home_country TEXT NOT NULL DEFAULT 'US';
ALTER TABLE shop ADD COLUMN tax_mode TEXT NOT NULL DEFAULT 'none' CHECK (tax_mode IN ('none', 'own', 'stripe'));
ALTER TABLE shop ADD COLUMN tax_included BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE shop ADD COLUMN tax_delivery BOOLEAN NOT NULL DEFAULT FALSE;

-- Without a zone the shop delivers everywhere, free of charge.
CREATE TABLE delivery_zones (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    everywhere BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX delivery_zones_everywhere ON delivery_zones (everywhere) WHERE everywhere;

-- A country is in one zone at most.
CREATE TABLE delivery_countries (
    country TEXT PRIMARY KEY,
    zone_id INTEGER NOT NULL REFERENCES delivery_zones (id) ON DELETE CASCADE
);
CREATE INDEX delivery_countries_zone ON delivery_countries (zone_id);

-- A method without a zone is a place to pick orders up.
CREATE TABLE delivery_methods (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    zone_id   INTEGER REFERENCES delivery_zones (id) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('flat', 'weight', 'subtotal', 'pickup')),
    price     INTEGER NOT NULL DEFAULT 0 CHECK (price >= 0),
    free_from INTEGER NOT NULL DEFAULT 0 CHECK (free_from >= 0),
    min_days  INTEGER NOT NULL DEFAULT 0 CHECK (min_days >= 0),
    max_days  INTEGER NOT NULL DEFAULT 0 CHECK (max_days >= min_days),
    address   TEXT NOT NULL DEFAULT '',
    CHECK ((kind = 'pickup') = (zone_id IS NULL))
);
CREATE INDEX delivery_methods_zone ON delivery_methods (zone_id);

-- What a method costs from so many grams, or minor units, up to below so many;
-- an end of 0 is none.
CREATE TABLE delivery_bands (
    method_id INTEGER NOT NULL REFERENCES delivery_methods (id) ON DELETE CASCADE,
    starts    INTEGER NOT NULL CHECK (starts >= 0),
    ends      INTEGER NOT NULL DEFAULT 0 CHECK (ends = 0 OR ends > starts),
    price     INTEGER NOT NULL CHECK (price >= 0),
    PRIMARY KEY (method_id, starts)
);

-- What products are taxed as. The first is what they are without a word.
CREATE TABLE tax_classes (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE
);
INSERT INTO tax_classes (id, name) VALUES (1, 'Standard');

CREATE TABLE tax_rates (
    country  TEXT NOT NULL,
    class_id INTEGER NOT NULL REFERENCES tax_classes (id) ON DELETE CASCADE,
    name     TEXT NOT NULL,
    rate     INTEGER NOT NULL CHECK (rate BETWEEN 0 AND 1000000),
    PRIMARY KEY (country, class_id)
);
CREATE INDEX tax_rates_class ON tax_rates (class_id);

ALTER TABLE products ADD COLUMN tax_class_id INTEGER REFERENCES tax_classes (id) ON DELETE SET NULL;
CREATE INDEX products_tax_class ON products (tax_class_id) WHERE tax_class_id IS NOT NULL;

ALTER TABLE carts ADD COLUMN delivery_country TEXT NOT NULL DEFAULT '';
ALTER TABLE carts ADD COLUMN delivery_method_id INTEGER NOT NULL DEFAULT 0;

-- What an order was delivered and taxed by, as it was then. Rates are parts of
-- a million.
ALTER TABLE orders ADD COLUMN delivery_country TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN delivery_name TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN delivery_min_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN delivery_max_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN delivery_saved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN pickup_address TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN tax_mode TEXT NOT NULL DEFAULT 'none';
ALTER TABLE orders ADD COLUMN tax_included BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE orders ADD COLUMN tax_name TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN delivery_tax INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN delivery_tax_rate INTEGER NOT NULL DEFAULT 0;
ALTER TABLE order_items ADD COLUMN tax_rate INTEGER NOT NULL DEFAULT 0;
ALTER TABLE order_items ADD COLUMN tax INTEGER NOT NULL DEFAULT 0;

ALTER TABLE refunds ADD COLUMN delivery BOOLEAN NOT NULL DEFAULT FALSE;

-- A fourth kind: SQLite changes no check, but lets a column take another's place.
ALTER TABLE discounts ADD COLUMN gives TEXT NOT NULL DEFAULT 'percent' CHECK (gives IN ('percent', 'amount', 'bundle', 'delivery'));
UPDATE discounts SET gives = kind;
ALTER TABLE discounts DROP COLUMN kind;
ALTER TABLE discounts RENAME COLUMN gives TO kind;
