-- +goose Up

-- How many days a shopper has to send something back; 0: the shop says nothing
-- about it.
ALTER TABLE identity ADD COLUMN return_days INTEGER NOT NULL DEFAULT 0 CHECK (return_days >= 0);
