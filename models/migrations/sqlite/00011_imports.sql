-- +goose Up

-- A file of products on its way into the shop. The job that works on it keeps
-- here how far it has come, in the transaction that writes what it read.
CREATE TABLE imports (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    name             TEXT NOT NULL,
    status           TEXT NOT NULL CHECK (status IN ('receiving', 'checking', 'checked', 'importing', 'done', 'cancelled', 'failed')),
    keep_existing    BOOLEAN NOT NULL,
    encoding         TEXT NOT NULL DEFAULT '',
    separator        TEXT NOT NULL DEFAULT ',',
    header           TEXT NOT NULL DEFAULT '[]',
    begins           INTEGER NOT NULL DEFAULT 0,
    begins_line      INTEGER NOT NULL DEFAULT 1,
    size             INTEGER NOT NULL DEFAULT 0,
    position         INTEGER NOT NULL DEFAULT 0,
    line             INTEGER NOT NULL DEFAULT 1,
    rows_read        INTEGER NOT NULL DEFAULT 0,
    bad_rows         INTEGER NOT NULL DEFAULT 0,
    unread_rows      INTEGER NOT NULL DEFAULT 0,
    bad_products     INTEGER NOT NULL DEFAULT 0,
    new_products     INTEGER NOT NULL DEFAULT 0,
    changed_products INTEGER NOT NULL DEFAULT 0,
    same_products    INTEGER NOT NULL DEFAULT 0,
    created          INTEGER NOT NULL DEFAULT 0,
    updated          INTEGER NOT NULL DEFAULT 0,
    fault            TEXT NOT NULL DEFAULT '',
    staff_id         INTEGER,
    email            TEXT NOT NULL DEFAULT '',
    address          TEXT NOT NULL DEFAULT '',
    created_at       DATETIME NOT NULL,
    updated_at       DATETIME NOT NULL
);

-- The file itself, as UTF-8, in pieces of one size.
CREATE TABLE import_chunks (
    import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number    INTEGER NOT NULL,
    data      BLOB NOT NULL,
    PRIMARY KEY (import_id, number)
);

-- What of the file must be there only once, and where it was.
CREATE TABLE import_keys (
    import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL CHECK (kind IN ('handle', 'sku')),
    value     TEXT NOT NULL,
    line      INTEGER NOT NULL,
    PRIMARY KEY (import_id, kind, value)
);

-- The rows that are left out: those with a fault, and those of the same product.
CREATE TABLE import_faults (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    line      INTEGER NOT NULL,
    handle    TEXT NOT NULL,
    reason    TEXT NOT NULL,
    own       BOOLEAN NOT NULL,
    begins    INTEGER NOT NULL,
    length    INTEGER NOT NULL
);
CREATE INDEX import_faults_line ON import_faults (import_id, line);

-- Pictures that an import names by their address, which a job fetches.
CREATE TABLE picture_sources (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    import_id  INTEGER REFERENCES imports (id) ON DELETE SET NULL,
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    url        TEXT NOT NULL,
    alt        TEXT NOT NULL,
    variants   TEXT NOT NULL DEFAULT '[]',
    status     TEXT NOT NULL CHECK (status IN ('waiting', 'done', 'failed')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    fault      TEXT NOT NULL DEFAULT '',
    picture_id INTEGER REFERENCES pictures (id) ON DELETE SET NULL,
    created_at DATETIME NOT NULL,
    UNIQUE (product_id, url)
);
CREATE INDEX picture_sources_import ON picture_sources (import_id, status, attempts, id);
CREATE INDEX picture_sources_picture ON picture_sources (picture_id);
