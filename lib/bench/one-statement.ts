/** What PostgreSQL alone takes for the writes of placing an order, as one prepared statement: a yardstick for everything around it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const SCHEMA = 'bench_one_statement';
const CONNECTIONS = 8;
const ANSWER_WITHIN_MS = 10_000;

/** A key, an order, its event and its message, as wide as those of the shop. */
const TABLES = `
  DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE;
  CREATE SCHEMA ${SCHEMA};
  SET search_path TO ${SCHEMA};
  CREATE TABLE keys (key text PRIMARY KEY, fingerprint text NOT NULL, order_id text NOT NULL, created_at timestamptz NOT NULL);
  CREATE TABLE orders (id text PRIMARY KEY, session_id text NOT NULL, status text NOT NULL, lines jsonb NOT NULL, total bigint NOT NULL,
    owed boolean NOT NULL, updated_at timestamptz NOT NULL);
  CREATE INDEX ON orders (session_id, id DESC);
  CREATE INDEX ON orders (updated_at) WHERE owed;
  CREATE TABLE events (order_id text, sequence int, data jsonb NOT NULL, PRIMARY KEY (order_id, sequence));
  CREATE TABLE messages (id text PRIMARY KEY, payload jsonb NOT NULL, position bigint GENERATED ALWAYS AS IDENTITY, published_at timestamptz);
  CREATE INDEX ON messages (position) WHERE published_at IS NULL;`;

const PLACE = `
  WITH key AS (INSERT INTO ${SCHEMA}.keys VALUES ($1, $2, $1, now())),
    placed AS (INSERT INTO ${SCHEMA}.orders VALUES ($1, $2, 'pending', $3, 2598, true, now())),
    event AS (INSERT INTO ${SCHEMA}.events VALUES ($1, 1, $3))
  INSERT INTO ${SCHEMA}.messages (id, payload) VALUES ($1, $3)`;

const DOCUMENT = JSON.stringify({
  lines: [{ productId: 'prd_00000000000000000000000001', title: 'A film', quantity: 1, price: 2598, currency: 'USD' }],
  customer: { name: 'Robin Bench', email: 'robin@bench.example' },
  shippingAddress: { street: '1 Main Street', city: 'Springfield', zip: '12345', country: 'US' },
  note: 'x'.repeat(600),
});

/** Statements a second with eight connections; what was written is gone afterwards. Throws the signal's reason. */
export const oneStatementPerSecond = async (
  databaseUrl: string,
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<number> => {
  const clients = Array.from({ length: CONNECTIONS }, () => {
    const client = new pg.Client({
      connectionString: databaseUrl,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
    });
    client.on('error', () => undefined);
    return client;
  });
  const [first] = clients as [pg.Client];
  let done = 0;
  let isOver = false;
  try {
    await Promise.all(clients.map((client) => client.connect()));
    await first.query(TABLES);
    const working = Promise.all(
      clients.map(async (client) => {
        for (; !isOver; done++)
          await client.query({ name: 'place', text: PLACE, values: [randomUUID(), 'ses_bench', DOCUMENT] });
      }),
    );
    const begunAt = performance.now();
    try {
      await Promise.race([pause(seconds * 1_000, undefined, { signal }), working]);
    } finally {
      isOver = true;
      await working;
    }
    return Math.round(done / ((performance.now() - begunAt) / 1_000));
  } finally {
    await first.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`).catch(() => undefined);
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  }
};
