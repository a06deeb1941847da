-- A session may be older than its document says: _aged is how many seconds the clock was set forward since it was made.
DROP INDEX objects_expiry;
ALTER TABLE objects DROP COLUMN expires_at;
ALTER TABLE objects ADD COLUMN expires_at INTEGER GENERATED ALWAYS AS
  (CASE WHEN kind = 'checkout.session' AND doc ->> '$.status' = 'open'
   THEN (doc ->> '$.expires_at') - coalesce(doc ->> '$._aged', 0) END) VIRTUAL;
CREATE INDEX objects_expiry ON objects (expires_at) WHERE expires_at IS NOT NULL;

-- Faults asked for and not yet used up. remaining is -1 for one that stays until it is cleared; batch is the group of
-- deliveries that a reordering fault is holding back now.
CREATE TABLE faults (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  scope     TEXT NOT NULL,
  kind      TEXT NOT NULL,
  matching  TEXT NOT NULL,
  remaining INTEGER NOT NULL,
  n         INTEGER NOT NULL,
  delay     INTEGER NOT NULL,
  batch     TEXT NOT NULL DEFAULT ''
);

-- A further state is held: the delivery waits until its batch is complete. One that comes after another is sent when
-- that one was attempted.
ALTER TABLE deliveries ADD COLUMN batch TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN after INTEGER;
CREATE INDEX deliveries_held ON deliveries (batch) WHERE state = 'held';

UPDATE tasks SET kind = 'refund_succeeded' WHERE kind = 'refund_pending';
