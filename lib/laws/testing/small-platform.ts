import pg from 'pg';
import type { LedgerEntry } from '../../../services/contracts/ledger/ledger-entry.ts';
import { chainedEntries } from '../../../services/contracts/testing/ledger-entries.ts';
import { createEmbeddedLog } from '../../../services/kit/events/embedded/embedded-log.ts';
import { embeddedLogSchema } from '../../../services/kit/events/embedded/embedded-log-schema.ts';
import type { AcceptedOrder, Read, Row } from '../../../services/kit/laws/law.ts';
import { actsOn } from '../../../services/kit/manifest.ts';
import type { Database, Sql } from '../../../services/kit/storage/database.ts';
import { createLogger } from '../../../services/kit/telemetry/logger.ts';
import { emptyDatabase, testDatabase } from '../../../services/kit/testing/postgres.ts';
import { manifest as orderManifest } from '../../../services/order/manifest.ts';
import type { Facts } from '../facts.ts';
import { fillDeadLetters } from './dead-letters.ts';
import { fillPayments, fillProducts } from './stock-and-payments.ts';

export const now = new Date('2026-03-01T12:00:00Z');
const justNow = '2026-03-01T11:59:50Z';

/** Orders of the fixture by what became of them. */
export const orderIds = { paid: 'ord_paid', cancelled: 'ord_cancelled', refunded: 'ord_refunded', open: 'ord_open' };

const migrationsOf = (service: string) =>
  new URL(`../../../services/${service}/storage/migrations/`, import.meta.url).pathname;

const order = (id: string, status: string, total: number, parts: Record<string, unknown> = {}) => ({
  id,
  user_id: 'usr_ada',
  email: 'ada@example.com',
  status,
  lines: [{ quantity: 2, unitPrice: { amount: total / 2, currency: 'USD' } }],
  total,
  currency: 'USD',
  shipping_address: {},
  captured: 0,
  refunded: 0,
  refunds: [],
  closed: false,
  owed: false,
  created_at: justNow,
  updated_at: justNow,
  ...parts,
});

const histories = {
  paid: [['placed'], ['stock-reserved'], ['paid', { captured: 3000 }]],
  cancelled: [['placed'], ['cancelled'], ['closed', { captured: 0, refunded: 0 }]],
  refunded: [['placed'], ['stock-reserved'], ['paid', { captured: 1000 }], ['refunded', { amount: 1000 }]],
  open: [['placed'], ['stock-reserved']],
} as const;

const projections = {
  paid: order(orderIds.paid, 'paid', 3000, { captured: 3000 }),
  cancelled: order(orderIds.cancelled, 'cancelled', 2000, { closed: true }),
  refunded: order(orderIds.refunded, 'refunded', 1000, { captured: 1000, refunded: 1000 }),
  open: order(orderIds.open, 'stock-reserved', 500, { owed: true }),
};

const fillOrders = async (client: pg.Client, events: pg.Client) => {
  for (const name of Object.keys(orderIds) as (keyof typeof orderIds)[]) {
    const id = orderIds[name];
    const history = histories[name];
    await client.query('INSERT INTO orders SELECT * FROM jsonb_populate_record(NULL::orders, $1)', [
      JSON.stringify({ ...projections[name], version: history.length }),
    ]);
    for (const [at, [kind, details]] of history.entries()) {
      const [eventId, type] = [`evt_${name}_${at + 1}`, `order.${kind}.v1`];
      const row = [id, at + 1, eventId, type, JSON.stringify(details ?? {}), justNow];
      await client.query('INSERT INTO order_events VALUES ($1, $2, $3, $4, $5, $6)', row);
      await client.query(
        `INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, sequence, created_at, published_at)
         VALUES ($1, 'order-events', $2, $3, '{}', $4, $5, $5)`,
        [eventId, id, type, at + 1, justNow],
      );
      if (actsOn(orderManifest, 'order-events', type))
        await client.query(`INSERT INTO inbox (consumer, event_id) VALUES ('order', $1)`, [eventId]);
      await append(events, { id: eventId, type }, id);
    }
  }
  await client.query(
    `INSERT INTO idempotency_keys VALUES ('usr_ada', 'key-of-paid', 'print', 1, $1, 'ord_paid', $1), ('usr_ada', 'key-of-open', 'print', 1, $1, 'ord_open', $1)`,
    [justNow],
  );
};

/** Appends a record as the relay does. */
const append = (events: pg.Client, headers: { readonly id: string; readonly type: string }, key: string) =>
  events.query(`SELECT event_log.append('order-events', ARRAY[$2], ARRAY['{}'], ARRAY[$1::jsonb])`, [
    JSON.stringify(headers),
    key,
  ]);

/** As `append`, and both groups have gone past it. */
export const appendAndPass = async (
  events: pg.Client,
  headers: { readonly id: string; readonly type: string },
  key: string,
) => {
  await append(events, headers, key);
  await events.query(
    'UPDATE event_log.positions pos SET committed = p.next_offset FROM event_log.partitions p WHERE p.id = pos.partition_id',
  );
};

const fillLog = async (events: pg.Client) => {
  await events.query(`INSERT INTO event_log.topics VALUES ('order-events', 14)`);
  await events.query(
    `INSERT INTO event_log.partitions (topic, partition) SELECT 'order-events', generate_series(0, 1)`,
  );
};

const commitPositions = (events: pg.Client) =>
  events.query(
    `INSERT INTO event_log.positions (group_name, partition_id, committed)
     SELECT g, id, next_offset FROM event_log.partitions, unnest(ARRAY['order', 'notification']) g`,
  );

const entriesOfAll = (): LedgerEntry[] =>
  (Object.keys(orderIds) as (keyof typeof orderIds)[]).flatMap((name) =>
    chainedEntries(
      orderIds[name],
      histories[name].map(([kind], at) => ({ id: `evt_${name}_${at + 1}`, type: `order.${kind}.v1` })),
    ),
  );

export const confirmationOf = (orderId: string) => ({ notificationId: `${orderId}:order-confirmed` });

/** What a test may break; undone when it ends. */
export type SmallPlatform = {
  readonly orders: pg.Client;
  readonly products: pg.Client;
  readonly payments: pg.Client;
  readonly operations: pg.Client;
  readonly events: pg.Client;
  mails: { notificationId: string }[];
  promises: AcceptedOrder[];
  ledger: LedgerEntry[];
};

/** A log sees what a test broke before it is undone only through the test's own connection. */
const inOneTransaction = (client: pg.Client): Database => {
  const sql: Sql = {
    query: async <Row>(text: string, values: readonly unknown[] = []) => {
      const given = values.length > 0 ? [...values] : undefined;
      const answer: pg.QueryResult | pg.QueryResult[] = await client.query(text, given);
      const results = [answer].flat();
      return { rows: results.flatMap(({ rows }) => rows as Row[]), rowCount: results.at(-1)?.rowCount ?? 0 };
    },
  };
  return {
    ...sql,
    transaction: (work) => work(sql),
    session: (work) => work(sql),
    listen: async () => async () => undefined,
    check: async () => undefined,
    close: async () => undefined,
  };
};

/** Five databases in which every law holds: a paid, a cancelled, a refunded and an open order. */
export const startSmallPlatform = async () => {
  const stores = {
    orders: await testDatabase(migrationsOf('order')),
    products: await testDatabase(migrationsOf('product')),
    payments: await testDatabase(migrationsOf('payment')),
    operations: await testDatabase(migrationsOf('operations')),
    events: await emptyDatabase(),
  };
  const open = async (connectionString: string) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    return client;
  };
  const clients = {
    orders: await open(stores.orders.url),
    products: await open(stores.products.url),
    payments: await open(stores.payments.url),
    operations: await open(stores.operations.url),
    events: await open(stores.events.url),
  };
  const everywhere = async (statement: string) => {
    for (const client of Object.values(clients)) await client.query(statement);
  };
  await clients.events.query(embeddedLogSchema);
  await fillLog(clients.events);
  await fillOrders(clients.orders, clients.events);
  await fillDeadLetters(clients.operations, clients.events, justNow);
  await commitPositions(clients.events);
  await fillProducts(clients.products, justNow);
  await fillPayments(clients.payments, justNow);

  const reader =
    (client: pg.Client): Read =>
    async <R extends Row>(text: string, values: readonly unknown[] = []) =>
      (await client.query<R>(text, [...values])).rows;
  const log = createEmbeddedLog({ database: inOneTransaction(clients.events), logger: createLogger('test', 'silent') });
  const kept = { orderId: orderIds.paid, idempotencyKey: 'key-of-paid', total: 3000 };
  const platform: SmallPlatform = { ...clients, mails: [], promises: [], ledger: [] };
  return {
    urls: Object.fromEntries(Object.entries(stores).map(([name, { url }]) => [name, url])),
    platform,
    begin: async () => {
      await everywhere('BEGIN');
      platform.mails = [confirmationOf(orderIds.paid), confirmationOf(orderIds.refunded)];
      platform.promises = [kept];
      platform.ledger = entriesOfAll();
    },
    undo: () => everywhere('ROLLBACK'),
    facts: (): Facts => ({
      orders: reader(clients.orders),
      products: reader(clients.products),
      payments: reader(clients.payments),
      operations: reader(clients.operations),
      log,
      publishers: [{ service: 'order', publishes: orderManifest.publishes, read: reader(clients.orders) }],
      consumers: [
        { service: 'order', consumes: orderManifest.consumes, read: reader(clients.orders) },
        { service: 'notification', consumes: { 'order-events': 'all' } },
      ],
      mails: async () => platform.mails,
      ledger: async () => platform.ledger,
      promises: platform.promises,
      now,
      limitSeconds: 60,
    }),
    stop: async () => {
      await log.close();
      for (const client of Object.values(clients)) await client.end();
      for (const store of Object.values(stores)) await store.drop();
    },
  };
};
