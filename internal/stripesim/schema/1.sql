-- The simulator's state. Objects are kept as the JSON documents a client reads; the columns that lists
-- filter by are computed from the document, so that no copy of a field can go stale.
CREATE TABLE objects (
  seq            INTEGER PRIMARY KEY AUTOINCREMENT,
  id             TEXT NOT NULL UNIQUE,
  kind           TEXT NOT NULL,
  doc            TEXT NOT NULL,
  created        INTEGER GENERATED ALWAYS AS (doc ->> '$.created') VIRTUAL,
  status         TEXT GENERATED ALWAYS AS (doc ->> '$.status') VIRTUAL,
  payment_intent TEXT GENERATED ALWAYS AS (doc ->> '$.payment_intent') VIRTUAL,
  charge         TEXT GENERATED ALWAYS AS (doc ->> '$.charge') VIRTUAL,
  customer       TEXT GENERATED ALWAYS AS (doc ->> '$.customer') VIRTUAL,
  product        TEXT GENERATED ALWAYS AS (doc ->> '$.product') VIRTUAL,
  code           TEXT GENERATED ALWAYS AS (doc ->> '$.code') VIRTUAL,
  active         TEXT GENERATED ALWAYS AS (doc ->> '$.active') VIRTUAL,
  expires_at     INTEGER GENERATED ALWAYS AS
    (CASE WHEN kind = 'checkout.session' AND doc ->> '$.status' = 'open' THEN doc ->> '$.expires_at' END) VIRTUAL
);
CREATE INDEX objects_kind ON objects (kind, seq);
CREATE INDEX objects_created ON objects (kind, created);
CREATE INDEX objects_status ON objects (kind, status, seq) WHERE status IS NOT NULL;
CREATE INDEX objects_intent ON objects (kind, payment_intent, seq) WHERE payment_intent IS NOT NULL;
CREATE INDEX objects_charge ON objects (kind, charge, seq) WHERE charge IS NOT NULL;
CREATE INDEX objects_customer ON objects (kind, customer, seq) WHERE customer IS NOT NULL;
CREATE INDEX objects_product ON objects (kind, product, seq) WHERE product IS NOT NULL;
CREATE INDEX objects_code ON objects (kind, code, seq) WHERE code IS NOT NULL;
CREATE INDEX objects_expiry ON objects (expires_at) WHERE expires_at IS NOT NULL;

-- body holds the exact bytes that are signed and sent; pending counts the deliveries not yet accepted.
CREATE TABLE events (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  id      TEXT NOT NULL UNIQUE,
  type    TEXT NOT NULL,
  created INTEGER NOT NULL,
  subject TEXT NOT NULL,
  pending INTEGER NOT NULL,
  body    BLOB NOT NULL
);
CREATE INDEX events_type ON events (type, seq);
CREATE INDEX events_created ON events (created);
CREATE INDEX events_subject ON events (subject, seq);
CREATE INDEX events_pending ON events (seq) WHERE pending > 0;

-- state: waiting, sending, accepted, given_up, dropped. Times are Unix milliseconds.
CREATE TABLE deliveries (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  event    TEXT NOT NULL REFERENCES events (id),
  endpoint TEXT NOT NULL,
  state    TEXT NOT NULL,
  due      INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  counted  INTEGER NOT NULL,
  fault    TEXT NOT NULL DEFAULT '',
  body     BLOB
);
CREATE INDEX deliveries_due ON deliveries (due) WHERE state = 'waiting';
CREATE INDEX deliveries_sending ON deliveries (endpoint) WHERE state = 'sending';
CREATE INDEX deliveries_event ON deliveries (event);

CREATE TABLE attempts (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  delivery INTEGER NOT NULL REFERENCES deliveries (id),
  at       INTEGER NOT NULL,
  millis   INTEGER NOT NULL,
  status   INTEGER NOT NULL,
  error    TEXT NOT NULL,
  excerpt  TEXT NOT NULL
);
CREATE INDEX attempts_delivery ON attempts (delivery);

-- What is to happen by itself later: the end of a delayed payment, the outcome of a pending refund.
CREATE TABLE tasks (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  due    INTEGER NOT NULL,
  kind   TEXT NOT NULL,
  object TEXT NOT NULL
);
CREATE INDEX tasks_due ON tasks (due);

CREATE TABLE idempotency (
  key     TEXT PRIMARY KEY,
  route   TEXT NOT NULL,
  digest  BLOB NOT NULL,
  status  INTEGER NOT NULL,
  request TEXT NOT NULL,
  body    BLOB NOT NULL,
  created INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX idempotency_created ON idempotency (created);
