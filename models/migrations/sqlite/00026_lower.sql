-- +goose Up

-- LOWER knows every letter now, not the English ones alone: what was sorted by
-- it is sorted anew.
REINDEX orders_email_key;
REINDEX orders_name_key;
REINDEX orders_family_key;
