-- +goose Up
-- What came for an order, where it is something else than the order's total.
ALTER TABLE orders ADD COLUMN paid_amount INTEGER;
ALTER TABLE orders ADD COLUMN paid_currency TEXT NOT NULL DEFAULT '';
