-- Rises with each change of what staff say about a product; who changes an older one is told.
ALTER TABLE products ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version > 0);
-- Id of the member of staff who said it last; null for what was there before this was kept.
ALTER TABLE products ADD COLUMN changed_by text;

-- Every price that a product ever had, with the version that brought it.
CREATE TABLE product_prices (
  product_id text COLLATE "C" NOT NULL REFERENCES products (id),
  version integer NOT NULL,
  amount bigint NOT NULL,
  currency text NOT NULL,
  actor text,
  at timestamptz NOT NULL,
  PRIMARY KEY (product_id, version)
);
INSERT INTO product_prices SELECT id, 1, price_amount, price_currency, NULL, updated_at FROM products;
CREATE TRIGGER product_prices_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON product_prices
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- By trigger, so that no statement can change a price and forget it here.
CREATE FUNCTION note_first_prices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO product_prices SELECT id, version, price_amount, price_currency, changed_by, updated_at FROM after;
  RETURN NULL;
END
$$;
CREATE TRIGGER products_priced AFTER INSERT ON products REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_first_prices();

CREATE FUNCTION note_changed_prices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO product_prices
    SELECT after.id, after.version, after.price_amount, after.price_currency, after.changed_by, after.updated_at
    FROM after JOIN before USING (id)
    WHERE (after.price_amount, after.price_currency) <> (before.price_amount, before.price_currency);
  RETURN NULL;
END
$$;
CREATE TRIGGER products_repriced AFTER UPDATE ON products REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION note_changed_prices();
