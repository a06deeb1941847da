-- +goose Up

-- What staff looks orders up by, so that a million of them are found by an
-- index: the mail address, the name, and its last word.
ALTER TABLE orders ADD COLUMN email_key TEXT GENERATED ALWAYS AS (LOWER(email)) VIRTUAL;
ALTER TABLE orders ADD COLUMN name_key TEXT GENERATED ALWAYS AS (LOWER(shipping_name)) VIRTUAL;
ALTER TABLE orders ADD COLUMN family_key TEXT
    GENERATED ALWAYS AS (LOWER(REPLACE(shipping_name, RTRIM(shipping_name, REPLACE(shipping_name, ' ', '')), ''))) VIRTUAL;
CREATE INDEX orders_email_key ON orders (email_key);
CREATE INDEX orders_name_key ON orders (name_key);
CREATE INDEX orders_family_key ON orders (family_key);
DROP INDEX orders_email;

-- The overview adds the orders of each status up.
CREATE INDEX orders_status_total ON orders (status, total);
