-- Until when an order waits for its buyer, whose bank asks who pays: the sweeper leaves it alone until then. Null for all others.
ALTER TABLE orders ADD COLUMN buyer_until timestamptz;
