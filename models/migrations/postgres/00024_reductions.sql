-- +goose Up

-- A former price that only the merchant stated is none: a reduction is shown
-- where the shop has asked more.
UPDATE variants SET prior_price = 0 WHERE prior_price > 0 AND NOT EXISTS (
    SELECT 1 FROM price_changes c WHERE c.variant_id = variants.id AND c.offered AND c.price > variants.price
);
