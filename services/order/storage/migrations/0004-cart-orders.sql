-- The newest order from the cart of an account or session: the next one is placed only from a cart that it is out of.
CREATE TABLE cart_orders (
  owner text PRIMARY KEY,
  order_id text NOT NULL,
  placed_at timestamptz NOT NULL
);
CREATE INDEX cart_orders_placed ON cart_orders (placed_at);
