-- Which units of an order came back, as its events tell it. Null means none: a release that knows no returns goes on to write orders.
ALTER TABLE orders ADD COLUMN returns jsonb;
