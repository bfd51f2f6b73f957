import type { OrderStatus } from '../../contracts/http/order-api.ts';
import { addToOutbox } from '../../kit/events/outbox.ts';
import type { Jobs } from '../../kit/jobs/jobs.ts';
import type { Database, Sql } from '../../kit/storage/database.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import { evolve, type Order, type OrderEvent } from '../domain/order.ts';
import { eventDetails, viewOf } from '../domain/order-view.ts';
import { type CartOrder, claimCartsFor } from './cart-orders.ts';
import type { KeyedRequest } from './idempotency-keys.ts';
import { digestOfNetwork, type OrderLimits, requireRoom } from './order-room.ts';
import {
  allColumns,
  changedColumns,
  type EventRow,
  eventData,
  eventFrom,
  type OrderRow,
  orderFrom,
} from './order-rows.ts';

export type OrderRepositoryParts = {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly ids: Ids;
  readonly limits: OrderLimits;
};

/** The account whose orders are meant, or the session of a guest. */
export type Owner = { readonly userId: string } | { readonly sessionId: string };
export type PageRequest = {
  readonly status?: OrderStatus | undefined;
  readonly limit: number;
  readonly before?: string | undefined;
};

/** Channel on which every committed change tells the order's id. */
export const orderChanged = 'order_changed';

/** Queue of the job that drives an order. */
export const processOrderQueue = 'process-order';

type Recorded = { readonly event: OrderEvent; readonly eventId: string; readonly after: Order };

/** Undoes the transaction that finds another order from its cart. */
class CartOrdered extends Error {}

const insertEvents = `
  INSERT INTO order_events (order_id, sequence, event_id, type, data, at)
  SELECT $1, e.* FROM allowed, jsonb_to_recordset($2) AS e (sequence int, event_id text, type text, data jsonb, at timestamptz)`;

// The key's row is the fence: an attempt that was taken over writes nothing.
const placeOrder = `
  WITH allowed AS (
    UPDATE idempotency_keys SET order_id = $1 WHERE key = $4 AND fingerprint = $5 AND attempt = $6 AND order_id IS NULL RETURNING 1
  ), recorded AS (${insertEvents}
  ), projected AS (
    INSERT INTO orders SELECT (jsonb_populate_record(NULL::orders, $3)).* FROM allowed
  )
  SELECT FROM allowed`;

// The version is the fence: of two writers that read the same state one writes, the other reads again.
const appendEvents = `
  WITH allowed AS (
    UPDATE orders SET (user_id, status, payment_id, captured, refunded, failure, cancel_reason, cancel_note, shipment, refunds, closed, owed, version, updated_at, payment_token) = (
      SELECT n.user_id, n.status, n.payment_id, n.captured, n.refunded, n.failure, n.cancel_reason, n.cancel_note, n.shipment, n.refunds, n.closed, n.owed, n.version, n.updated_at,
        CASE WHEN n.status IN ('pending', 'stock-reserved') THEN orders.payment_token END
      FROM jsonb_populate_record(NULL::orders, $3) AS n)
    WHERE id = $1 AND version = $4 RETURNING 1
  ), recorded AS (${insertEvents}
  )
  SELECT pg_notify('${orderChanged}', $1) FROM allowed`;

/** A guest's session shows its orders until an account claims them. */
const ownedBy = (owner: Owner, parameter: (value: unknown) => string): string =>
  'userId' in owner
    ? `user_id = ${parameter(owner.userId)}`
    : `user_id IS NULL AND session_id = ${parameter(owner.sessionId)}`;

const eventRows = (recorded: readonly Recorded[]) =>
  JSON.stringify(
    recorded.map(({ event, eventId, after }) => ({
      sequence: after.version,
      event_id: eventId,
      type: event.type,
      data: eventData(event),
      at: event.at,
    })),
  );

const cloudEvent = ({ event, eventId, after }: Recorded, idempotencyKey?: string) => ({
  specversion: '1.0' as const,
  id: eventId,
  source: 'order',
  type: event.type,
  subject: after.id,
  time: event.at,
  datacontenttype: 'application/json' as const,
  data: {
    order: viewOf(after),
    customer: { userId: after.customer.userId, name: after.customer.name },
    ...eventDetails(event, after.total.currency),
  },
  sequence: after.version,
  ...(idempotencyKey && { idempotencykey: idempotencyKey }),
});

const repositoryOn = ({ database, jobs, ids, limits }: OrderRepositoryParts, outer: Sql | null) => {
  const sql = outer ?? database;
  const inTransaction = <T>(work: (tx: Sql) => Promise<T>): Promise<T> =>
    outer ? work(outer) : database.transaction(work);
  const drive = (tx: Sql, orderId: string) => jobs.enqueue(tx, processOrderQueue, { orderId });

  return {
    find: async (id: string): Promise<Order | null> => {
      const { rows } = await sql.query<OrderRow>('SELECT * FROM orders WHERE id = $1', [id], { name: 'find-order' });
      return rows[0] ? orderFrom(rows[0]) : null;
    },

    /** Newest first, at most `limit`, older than the order `before`; no owner means everybody's. */
    list: async (owner: Owner | null, { status, limit, before }: PageRequest): Promise<Order[]> => {
      const values: unknown[] = [limit];
      const parameter = (value: unknown) => `$${values.push(value)}`;
      const conditions = [
        ...(owner ? [ownedBy(owner, parameter)] : []),
        ...(status ? [`status = ${parameter(status)}`] : []),
        ...(before ? [`id < ${parameter(before)}`] : []),
      ];
      const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
      const { rows } = await sql.query<OrderRow>(`SELECT * FROM orders ${where} ORDER BY id DESC LIMIT $1`, values);
      return rows.map(orderFrom);
    },

    history: async (id: string): Promise<OrderEvent[]> => {
      const { rows } = await sql.query<EventRow>(
        'SELECT type, data, at FROM order_events WHERE order_id = $1 ORDER BY sequence',
        [id],
        { name: 'order-history' },
      );
      return rows.map(eventFrom);
    },

    /** Token with which to ask for money; throws once the purchase is decided and the token erased. */
    paymentToken: async (id: string): Promise<string> => {
      const { rows } = await sql.query<{ payment_token: string | null }>(
        'SELECT payment_token FROM orders WHERE id = $1',
        [id],
        { name: 'payment-token' },
      );
      const token = rows[0]?.payment_token;
      if (!token) throw new Error(`order ${id} has no payment token any more`);
      return token;
    },

    /**
     * Writes a new order, its event, its job, its key and its claim on carts at once; or nothing, when the claim of the key is
     * lost or another order was placed from these carts since they were seen. Refusals: `order.too-many-undecided`, `order.too-many-declined`.
     */
    place: (
      order: Order,
      event: OrderEvent,
      {
        key,
        fingerprint,
        attempt,
        paymentToken,
        carts,
        network,
      }: Pick<KeyedRequest, 'key' | 'fingerprint'> & {
        readonly attempt: number;
        readonly paymentToken: string;
        readonly carts: readonly CartOrder[];
        readonly network?: string | undefined;
      },
    ): Promise<'placed' | 'claim-lost' | 'cart-ordered'> =>
      inTransaction(async (tx) => {
        await requireRoom(tx, order, { network, limits });
        const recorded = { event, eventId: ids.next('evt'), after: order };
        const row = JSON.stringify({
          ...allColumns(order),
          payment_token: paymentToken,
          network: network === undefined ? null : `\\x${digestOfNetwork(network).toString('hex')}`,
        });
        const { rowCount } = await tx.query(
          placeOrder,
          [order.id, eventRows([recorded]), row, key, fingerprint, attempt],
          { name: 'place-order' },
        );
        if (rowCount === 0) return 'claim-lost' as const;
        if (carts.length > 0 && !(await claimCartsFor(tx, order, carts))) throw new CartOrdered();
        await addToOutbox(tx, 'order-events', [cloudEvent(recorded, key)]);
        await drive(tx, order.id);
        return 'placed' as const;
      }).catch((problem: unknown) => {
        // In somebody else's transaction nothing is undone yet, so that it must not go on.
        if (!outer && problem instanceof CartOrdered) return 'cart-ordered' as const;
        throw problem;
      }),

    /**
     * Adds events to an order as it was read; null, and nothing written, when it has changed since.
     * With `drive` a job is queued for what the events leave owed; the driver itself goes on without.
     */
    append: async (
      order: Order,
      events: readonly OrderEvent[],
      options: { drive?: boolean } = {},
    ): Promise<Order | null> => {
      if (events.length === 0) return order;
      let after = order;
      const recorded = events.map((event) => {
        after = evolve(after, event);
        return { event, eventId: ids.next('evt'), after };
      });
      return inTransaction(async (tx) => {
        const columns = changedColumns(after);
        const { rowCount } = await tx.query(
          appendEvents,
          [order.id, eventRows(recorded), JSON.stringify(columns), order.version],
          { name: 'append-events' },
        );
        if (rowCount === 0) return null;
        await addToOutbox(
          tx,
          'order-events',
          recorded.map((each) => cloudEvent(each)),
        );
        if (options.drive && columns['owed']) await drive(tx, order.id);
        return after;
      });
    },

    /** Queues the job that drives an order. */
    drive: (orderId: string): Promise<void> => inTransaction((tx) => drive(tx, orderId)),

    /** Ids of orders that are owed a step and have not moved since `since`, oldest first. */
    stuck: async (since: Date, limit: number): Promise<string[]> => {
      const { rows } = await sql.query<{ id: string }>(
        'SELECT id FROM orders WHERE owed AND updated_at < $1 ORDER BY updated_at LIMIT $2',
        [since, limit],
      );
      return rows.map(({ id }) => id);
    },

    /** Ids of orders paid before `since` that wait to be processed, oldest first. */
    awaitingProcessing: async (since: Date, limit: number): Promise<string[]> => {
      const { rows } = await sql.query<{ id: string }>(
        "SELECT id FROM orders WHERE status = 'paid' AND updated_at < $1 ORDER BY updated_at LIMIT $2",
        [since, limit],
      );
      return rows.map(({ id }) => id);
    },
  };
};

/** Orders in PostgreSQL: an append-only history and the projection that each event keeps up to date in the same transaction. */
export const createOrderRepository = (parts: OrderRepositoryParts) => ({
  ...repositoryOn(parts, null),
  /** The same repository inside a transaction of the caller's. */
  within: (tx: Sql) => repositoryOn(parts, tx),
});

export type OrderRepository = ReturnType<typeof repositoryOn>;
