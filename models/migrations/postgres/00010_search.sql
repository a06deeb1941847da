-- +goose Up

-- The name as it is searched and sorted: without capitals and accents.
ALTER TABLE products ADD COLUMN search_name TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX products_search_name ON products (search_name, id);
CREATE INDEX products_status_name ON products (status, search_name, id);
CREATE INDEX products_status_featured ON products (status, featured DESC, id);
CREATE INDEX products_status_newest ON products (status, created_at DESC, id);
DROP INDEX products_status_created;

-- What is found by which words. A row's id is that of its product, negated
-- where the product is not for sale.
CREATE TABLE product_words (
    rowid BIGINT PRIMARY KEY,
    words TSVECTOR NOT NULL
);
CREATE INDEX product_words_words ON product_words USING GIN (words);

-- The words there are, each under itself, under what is left of it where one
-- letter is missing, and under its letters: two words that share a spelling are
-- a slip or two apart. An empty word says that some word has a number where its
-- spelling has a 0: oak0, for oak12.
CREATE TABLE search_spellings (
    spelling TEXT COLLATE "C" NOT NULL,
    word     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (spelling, word)
);

-- With which version of the program's rules the words were taken; 0 before the
-- first time.
CREATE TABLE search_state (
    id    BIGINT PRIMARY KEY,
    rules BIGINT NOT NULL
);
INSERT INTO search_state (id, rules) VALUES (1, 0);

CREATE TABLE search_terms (
    term     TEXT PRIMARY KEY,
    searches BIGINT NOT NULL,
    found    BIGINT NOT NULL,
    last_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX search_terms_last ON search_terms (last_at);
