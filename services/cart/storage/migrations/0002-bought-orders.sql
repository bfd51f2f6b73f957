-- Orders that were heard of: what they bought is out of the cart, or was never in one. Kept as long as a cart.
CREATE TABLE bought_orders (
  order_id text COLLATE "C" PRIMARY KEY,
  heard_at timestamptz NOT NULL
);
CREATE INDEX bought_orders_heard ON bought_orders (heard_at);
