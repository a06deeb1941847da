-- +goose Up

-- The shopper's address in lower case, where a discount is counted by it.
ALTER TABLE carts ADD COLUMN email TEXT NOT NULL DEFAULT '';
