-- +goose Up

-- Each grows with every save of a form, so that two people who fill one in at
-- the same time hear of each other.
ALTER TABLE collections ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE discounts ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE delivery_zones ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE delivery_methods ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shop ADD COLUMN tax_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE shop ADD COLUMN home_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN look_version BIGINT NOT NULL DEFAULT 0;
