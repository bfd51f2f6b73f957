-- The contract's largest amount: 15 million rupiah are 1,500,000,000 minor units.
ALTER TABLE products
  DROP CONSTRAINT products_price_amount_check,
  ADD CONSTRAINT products_price_amount_check CHECK (price_amount BETWEEN 0 AND 900000000000);
