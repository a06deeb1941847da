-- +goose Up
-- A new password ends every session of the member of staff: each carries the
-- version it began with.
ALTER TABLE staff ADD COLUMN session_version INTEGER NOT NULL DEFAULT 0;

-- Who did what in the admin. The shop only ever adds to it; it outlives the
-- staff it speaks of.
CREATE TABLE audit_entries (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    staff_id   INTEGER,
    email      TEXT NOT NULL,
    address    TEXT NOT NULL,
    action     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    before     TEXT NOT NULL,
    after      TEXT NOT NULL,
    created_at DATETIME NOT NULL
);
CREATE INDEX audit_entries_action ON audit_entries (action, id);
