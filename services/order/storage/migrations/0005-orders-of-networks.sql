-- SHA-256 of the client's network (an IPv4 address, a /64 of IPv6), for as long as the order counts against it.
ALTER TABLE orders ADD COLUMN network bytea;

-- What limits count: orders that wait for a decision, and those whose payment failed lately.
CREATE INDEX orders_counted_of_user ON orders (user_id, updated_at) WHERE status IN ('pending', 'stock-reserved', 'payment-failed');
CREATE INDEX orders_counted_of_session ON orders (session_id, updated_at) WHERE status IN ('pending', 'stock-reserved', 'payment-failed');
CREATE INDEX orders_counted_of_network ON orders (network, updated_at) WHERE status IN ('pending', 'stock-reserved', 'payment-failed');
