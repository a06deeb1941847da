-- +goose Up

-- Addresses that collections had before, which lead on.
CREATE TABLE collection_slugs (
    slug          TEXT PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    created_at    DATETIME NOT NULL
);
CREATE INDEX collection_slugs_collection ON collection_slugs (collection_id);
