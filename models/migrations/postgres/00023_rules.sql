-- +goose Up

-- Products whose collections changed by a rule, many at once, and that are
-- still found by what they were in before.
CREATE TABLE products_to_index (
    product_id BIGINT PRIMARY KEY REFERENCES products (id) ON DELETE CASCADE
);

-- The last place in a collection, for the next product that comes into it.
CREATE INDEX collection_products_place ON collection_products (collection_id, position);
