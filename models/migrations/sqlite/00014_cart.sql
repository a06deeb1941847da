-- +goose Up

-- What the shopper wants the merchant to know.
ALTER TABLE carts ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- What a cart lost, or could not be given, until its shopper has seen it.
CREATE TABLE cart_losses (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    cart_id    INTEGER NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    reason     TEXT NOT NULL CHECK (reason IN ('removed', 'short')),
    name       TEXT NOT NULL,
    wanted     INTEGER NOT NULL,
    got        INTEGER NOT NULL,
    created_at DATETIME NOT NULL
);
CREATE INDEX cart_losses_cart ON cart_losses (cart_id);
