import type pg from 'pg';

/** A film, its stock, and a reservation of each order. */
export const fillProducts = async (client: pg.Client, at: string) => {
  await client.query(
    `INSERT INTO products (id, title, description, category, price_amount, price_currency, attributes, title_key, search, created_at, updated_at)
     VALUES ('prd_film', 'Film', '', 'Drama', 1500, 'USD', '{}', 'film', ''::tsvector, $1, $1)`,
    [at],
  );
  await client.query(`INSERT INTO stock (product_id, free, reserved, sold) VALUES ('prd_film', 6, 2, 2)`);
  await client.query(
    `INSERT INTO stock_movements (product_id, kind, change, reason, actor, at) VALUES ('prd_film', 'initial', 10, 'new', 'usr_staff', $1)`,
    [at],
  );
  await client.query(
    `INSERT INTO reservations (order_id, status, product_ids, quantities, reserved_until, released_from, sequence, created_at, updated_at) VALUES
       ('ord_paid', 'committed', '{prd_film}', '{2}', NULL, NULL, 2, $1, $1),
       ('ord_cancelled', 'rejected', '{prd_film}', '{2}', NULL, NULL, 1, $1, $1),
       ('ord_refunded', 'released', '{prd_film}', '{2}', NULL, 'committed', 3, $1, $1),
       ('ord_open', 'reserved', '{prd_film}', '{2}', $1::timestamptz + interval '10 minutes', NULL, 1, $1, $1)`,
    [at],
  );
};

/** The payments of the paid and the refunded order, our books and the provider's. */
export const fillPayments = async (client: pg.Client, at: string) => {
  await client.query(
    `INSERT INTO payments (id, order_id, status, amount, currency, captured, refunded, created_at, updated_at) VALUES
       ('pay_1', 'ord_paid', 'captured', 3000, 'USD', 3000, 0, $1, $1), ('pay_2', 'ord_refunded', 'refunded', 1000, 'USD', 1000, 1000, $1, $1)`,
    [at],
  );
  await client.query(
    `INSERT INTO ledger_entries VALUES
       ('pay_1', 'capture', 'provider', 3000, 'USD', $1), ('pay_1', 'capture', 'sales', -3000, 'USD', $1),
       ('pay_2', 'capture', 'provider', 1000, 'USD', $1), ('pay_2', 'capture', 'sales', -1000, 'USD', $1),
       ('pay_2', 'refund', 'provider', -1000, 'USD', $1), ('pay_2', 'refund', 'sales', 1000, 'USD', $1)`,
    [at],
  );
  await client.query(
    `INSERT INTO sandbox.charges (key, amount, currency, status, captured, refunds) VALUES
       ('pay_1', 3000, 'USD', 'captured', 3000, '[]'), ('pay_2', 1000, 'USD', 'captured', 1000, '[{"amount": 1000}]')`,
  );
};
