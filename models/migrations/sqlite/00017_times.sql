-- +goose Up

-- Times are compared as text, so that each is written with its milliseconds:
-- 12:00:00Z would come after 12:00:00.500Z. What was stored without them, or
-- with a shorter fraction, is written anew.
UPDATE shop SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(created_at) <> 24;
UPDATE products SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
    updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', updated_at),
    publish_at = strftime('%Y-%m-%dT%H:%M:%fZ', publish_at)
WHERE length(created_at) <> 24 OR length(updated_at) <> 24 OR length(publish_at) <> 24;
UPDATE orders SET
    paid_at = strftime('%Y-%m-%dT%H:%M:%fZ', paid_at),
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
    updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', updated_at)
WHERE length(paid_at) <> 24 OR length(created_at) <> 24 OR length(updated_at) <> 24;
UPDATE order_events SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(created_at) <> 24;
UPDATE checkout_attempts SET
    expires_at = strftime('%Y-%m-%dT%H:%M:%fZ', expires_at),
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(expires_at) <> 24 OR length(created_at) <> 24;
UPDATE carts SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
    updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', updated_at)
WHERE length(created_at) <> 24 OR length(updated_at) <> 24;
UPDATE cart_items SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(created_at) <> 24;
UPDATE stripe_events SET
    received_at = strftime('%Y-%m-%dT%H:%M:%fZ', received_at)
WHERE length(received_at) <> 24;
UPDATE emails SET
    sent_at = strftime('%Y-%m-%dT%H:%M:%fZ', sent_at),
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(sent_at) <> 24 OR length(created_at) <> 24;
UPDATE staff SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
    last_login_at = strftime('%Y-%m-%dT%H:%M:%fZ', last_login_at)
WHERE length(created_at) <> 24 OR length(last_login_at) <> 24;
UPDATE staff_sessions SET
    expires_at = strftime('%Y-%m-%dT%H:%M:%fZ', expires_at)
WHERE length(expires_at) <> 24;
UPDATE setup_tokens SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(created_at) <> 24;
UPDATE audit_entries SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(created_at) <> 24;
UPDATE payments SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
    updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', updated_at)
WHERE length(created_at) <> 24 OR length(updated_at) <> 24;
UPDATE refunds SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
    updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', updated_at)
WHERE length(created_at) <> 24 OR length(updated_at) <> 24;
UPDATE disputes SET
    evidence_due_at = strftime('%Y-%m-%dT%H:%M:%fZ', evidence_due_at),
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
    updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', updated_at)
WHERE length(evidence_due_at) <> 24 OR length(created_at) <> 24 OR length(updated_at) <> 24;
UPDATE reviews SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
    resolved_at = strftime('%Y-%m-%dT%H:%M:%fZ', resolved_at)
WHERE length(created_at) <> 24 OR length(resolved_at) <> 24;
UPDATE reconcile_runs SET
    started_at = strftime('%Y-%m-%dT%H:%M:%fZ', started_at),
    finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', finished_at)
WHERE length(started_at) <> 24 OR length(finished_at) <> 24;
UPDATE stock_movements SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(created_at) <> 24;
UPDATE slug_history SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(created_at) <> 24;
UPDATE discounts SET
    starts_at = strftime('%Y-%m-%dT%H:%M:%fZ', starts_at),
    ends_at = strftime('%Y-%m-%dT%H:%M:%fZ', ends_at),
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
    updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', updated_at)
WHERE length(starts_at) <> 24 OR length(ends_at) <> 24 OR length(created_at) <> 24 OR length(updated_at) <> 24;
UPDATE search_terms SET
    last_at = strftime('%Y-%m-%dT%H:%M:%fZ', last_at)
WHERE length(last_at) <> 24;
UPDATE imports SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
    updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', updated_at)
WHERE length(created_at) <> 24 OR length(updated_at) <> 24;
UPDATE picture_sources SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(created_at) <> 24;
UPDATE pages SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at),
    updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', updated_at)
WHERE length(created_at) <> 24 OR length(updated_at) <> 24;
UPDATE page_slugs SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(created_at) <> 24;
UPDATE price_changes SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(created_at) <> 24;
UPDATE cart_losses SET
    created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
WHERE length(created_at) <> 24;

-- Rows of a file with less than nothing on hand, which is read as nothing.
ALTER TABLE imports ADD COLUMN below_rows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN below_line INTEGER NOT NULL DEFAULT 0;
