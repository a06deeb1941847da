-- +goose Up

-- The name as it is searched and sorted: without capitals and accents.
ALTER TABLE products ADD COLUMN search_name TEXT NOT NULL DEFAULT '';
CREATE INDEX products_search_name ON products (search_name, id);
CREATE INDEX products_status_name ON products (status, search_name, id);
CREATE INDEX products_status_featured ON products (status, featured DESC, id);
CREATE INDEX products_status_newest ON products (status, created_at DESC, id);
DROP INDEX products_status_created;

-- What is found by which words. A row's id is that of its product, negated
-- where the product is not for sale.
CREATE VIRTUAL TABLE product_words USING fts5(
    name, details, summary, description,
    content='', contentless_delete=1, prefix='2 3', tokenize='unicode61 remove_diacritics 0'
);

-- The words there are, each under itself, under what is left of it where one
-- letter is missing, and under its letters: two words that share a spelling are
-- a slip or two apart. An empty word says that some word has a number where its
-- spelling has a 0: oak0, for oak12.
CREATE TABLE search_spellings (
    spelling TEXT NOT NULL,
    word     TEXT NOT NULL,
    PRIMARY KEY (spelling, word)
) WITHOUT ROWID;

-- With which version of the program's rules the words were taken; 0 before the
-- first time.
CREATE TABLE search_state (
    id    INTEGER PRIMARY KEY,
    rules INTEGER NOT NULL
);
INSERT INTO search_state (id, rules) VALUES (1, 0);

CREATE TABLE search_terms (
    term     TEXT PRIMARY KEY,
    searches INTEGER NOT NULL,
    found    INTEGER NOT NULL,
    last_at  DATETIME NOT NULL
);
CREATE INDEX search_terms_last ON search_terms (last_at);
