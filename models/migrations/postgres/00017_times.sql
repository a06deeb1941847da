-- +goose Up

-- Rows of a file with less than nothing on hand, which is read as nothing.
ALTER TABLE imports ADD COLUMN below_rows BIGINT NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN below_line BIGINT NOT NULL DEFAULT 0;
