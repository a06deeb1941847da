-- +goose Up

-- How the shop presents itself: one row. Empty colours and fonts are those of
-- the theme's file.
CREATE TABLE identity (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    tagline     TEXT NOT NULL DEFAULT '',
    email       TEXT NOT NULL DEFAULT '',
    address     TEXT NOT NULL DEFAULT '',
    social      TEXT NOT NULL DEFAULT 'null',
    accent      TEXT NOT NULL DEFAULT '',
    paper       TEXT NOT NULL DEFAULT '',
    fonts       TEXT NOT NULL DEFAULT '',
    logo_key    TEXT NOT NULL DEFAULT '',
    logo_width  INTEGER NOT NULL DEFAULT 0,
    logo_height INTEGER NOT NULL DEFAULT 0,
    mark        BOOLEAN NOT NULL DEFAULT TRUE,
    logo_tone   TEXT NOT NULL DEFAULT '' CHECK (logo_tone IN ('', 'dark', 'light')),
    version     INTEGER NOT NULL DEFAULT 1
);
INSERT INTO identity (id) VALUES (1);

-- The sections of the front page, as JSON: null is the page of a new shop.
CREATE TABLE home (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    draft     TEXT NOT NULL DEFAULT 'null',
    published TEXT NOT NULL DEFAULT 'null',
    last_id   INTEGER NOT NULL DEFAULT 100
);
INSERT INTO home (id) VALUES (1);

-- Menus that were changed; one that was not has no row.
CREATE TABLE menus (
    name    TEXT PRIMARY KEY CHECK (name IN ('header', 'footer')),
    entries TEXT NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE pages (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    slug        TEXT NOT NULL UNIQUE,
    title       TEXT NOT NULL,
    policy      TEXT NOT NULL DEFAULT '' CHECK (policy IN ('', 'returns', 'privacy', 'terms', 'delivery', 'imprint')),
    description TEXT NOT NULL DEFAULT '',
    body        TEXT NOT NULL DEFAULT '',
    status      TEXT NOT NULL CHECK (status IN ('draft', 'published')),
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  DATETIME NOT NULL,
    updated_at  DATETIME NOT NULL
);
CREATE UNIQUE INDEX pages_policy ON pages (policy) WHERE policy <> '';

CREATE TABLE page_slugs (
    slug       TEXT PRIMARY KEY,
    page_id    INTEGER NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    created_at DATETIME NOT NULL
);
CREATE INDEX page_slugs_page ON page_slugs (page_id);

-- Pictures of the front page. Those of products are in pictures.
CREATE TABLE site_pictures (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL UNIQUE,
    alt        TEXT NOT NULL,
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('waiting', 'ready', 'failed'))
);
