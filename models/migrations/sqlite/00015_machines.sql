-- +goose Up
-- Sitemaps and feeds go through what is for sale by its id.
CREATE INDEX products_status_id ON products (status, id);
