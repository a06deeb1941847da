-- +goose Up

-- Events are looked up by their type, newest first.
CREATE INDEX stripe_events_type ON stripe_events (type, received_at, id);
