-- What one unit cost when its buyer last agreed to it: by putting it in, by changing the line, or by saying so.
-- Null in lines of before, and where the catalogue was away: then no price is known to have changed.
ALTER TABLE cart_items
  ADD COLUMN seen_amount bigint,
  ADD COLUMN seen_currency text,
  ADD CONSTRAINT cart_items_seen_price CHECK (num_nonnulls(seen_amount, seen_currency) IN (0, 2));
