-- +goose Up

-- What staff looks orders up by, so that a million of them are found by an
-- index: the mail address, the name, and its last word. In the order of their
-- bytes, so that a prefix is a range.
ALTER TABLE orders
    ADD COLUMN email_key TEXT COLLATE "C" GENERATED ALWAYS AS (LOWER(email)) STORED,
    ADD COLUMN name_key TEXT COLLATE "C" GENERATED ALWAYS AS (LOWER(shipping_name)) STORED,
    ADD COLUMN family_key TEXT COLLATE "C"
        GENERATED ALWAYS AS (LOWER(REPLACE(shipping_name, RTRIM(shipping_name, REPLACE(shipping_name, ' ', '')), ''))) STORED;
CREATE INDEX orders_email_key ON orders (email_key);
CREATE INDEX orders_name_key ON orders (name_key);
CREATE INDEX orders_family_key ON orders (family_key);
DROP INDEX orders_email;

-- The overview adds the orders of each status up.
CREATE INDEX orders_status_total ON orders (status, total);
