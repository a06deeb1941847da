-- +goose Up

-- Grows with every save of the texts and the order of a product's pictures.
ALTER TABLE products ADD COLUMN pictures_version INTEGER NOT NULL DEFAULT 0;
