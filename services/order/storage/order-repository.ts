import type { OrderStatus } from '../../contracts/http/order-api.ts';
import { tracedEvents } from '../../kit/events/outbox.ts';
import type { DirectWork } from '../../kit/jobs/direct-work.ts';
import type { Jobs } from '../../kit/jobs/jobs.ts';
import { afterCommit, type Database, type Sql } from '../../kit/storage/database.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import { evolve, type Order } from '../domain/order.ts';
import type { OrderEvent } from '../domain/order-event.ts';
import type { CartOrder } from './cart-orders.ts';
import type { KeyedRequest } from './idempotency-keys.ts';
import { cloudEvent, eventRows } from './order-messages.ts';
import { digestOfNetwork, type OrderLimits, requireRoom } from './order-room.ts';
import { allColumns, changedColumns, type EventRow, eventFrom, type OrderRow, orderFrom } from './order-rows.ts';
import { appendEvents, placeOrder, undone } from './order-statements.ts';

/** An order and its payment token as this process has just written them. */
export type KnownOrder = { readonly order: Order; readonly paymentToken: string };

/** Who drives orders in this process. */
export type OrderDriver = Pick<DirectWork<KnownOrder, Order>, 'hasRoom' | 'lastResult' | 'take' | 'tellAfterwards'>;

export type OrderRepositoryParts = {
  readonly database: Database;
  readonly jobs: Jobs;
  readonly ids: Ids;
  readonly limits: OrderLimits;
  /** Told of orders that are owed a step; without one, or without room there, a job that commits with the order is. */
  readonly driver?: OrderDriver;
  /** Told of each change of an order once it is committed. Default nobody. */
  readonly changed?: (orderId: string) => void;
  /** Counts what is committed: the order before, null for a new one, and each event with the order after it. Default nobody. */
  readonly count?: (before: Order | null, recorded: readonly { event: OrderEvent; after: Order }[]) => void;
};

/** The account whose orders are meant, or the session of a guest. */
export type Owner = { readonly userId: string } | { readonly sessionId: string };
export type PageRequest = {
  readonly status?: OrderStatus | undefined;
  readonly limit: number;
  readonly before?: string | undefined;
};

/** Queue of the job that drives an order. */
export const processOrderQueue = 'process-order';

type Placing = Pick<KeyedRequest, 'key' | 'fingerprint'> & {
  readonly attempt: number;
  readonly paymentToken: string;
  readonly carts: readonly CartOrder[];
  readonly network?: string | undefined;
};

/** A guest's session shows its orders until an account claims them. */
const ownedBy = (owner: Owner, parameter: (value: unknown) => string): string =>
  'userId' in owner
    ? `user_id = ${parameter(owner.userId)}`
    : `user_id IS NULL AND session_id = ${parameter(owner.sessionId)}`;

const repositoryOn = (
  { database, jobs, ids, limits, driver, changed = () => undefined, count = () => undefined }: OrderRepositoryParts,
  outer: Sql | null,
) => {
  const sql = outer ?? database;
  const inTransaction = <T>(work: (tx: Sql) => Promise<T>): Promise<T> =>
    outer ? work(outer) : database.transaction(work);

  /** Does what leaves the order owed a step, and sees to it that somebody drives it if, and only if, that commits. */
  const driving = async (
    orderId: string,
    work: (sql: Sql) => Promise<boolean>,
    known?: KnownOrder,
  ): Promise<boolean> => {
    if (!driver?.hasRoom())
      return inTransaction(async (tx) => {
        const isDone = await work(tx);
        if (isDone) await jobs.enqueue(tx, processOrderQueue, { orderId });
        return isDone;
      });
    const isDone = await work(sql);
    if (isDone) afterCommit(sql, () => driver.take(orderId, known));
    return isDone;
  };

  /** Token with which to ask for money; null once the purchase is decided and the token erased. */
  const openPaymentToken = async (id: string): Promise<string | null> => {
    const { rows } = await sql.query<{ payment_token: string | null }>(
      'SELECT payment_token FROM orders WHERE id = $1',
      [id],
      { name: 'payment-token' },
    );
    return rows[0]?.payment_token ?? null;
  };

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

    openPaymentToken,

    /** Token with which to ask for money; throws once the purchase is decided and the token erased. */
    paymentToken: async (id: string): Promise<string> => {
      const token = await openPaymentToken(id);
      if (!token) throw new Error(`order ${id} has no payment token any more`);
      return token;
    },

    /**
     * Writes a new order, its event, its key and its claim on carts at once, and has it driven; or nothing, when the claim of the key
     * is lost or another order was placed from these carts since they were seen. Refusals: `order.too-many-undecided`, `order.too-many-declined`.
     */
    place: async (
      order: Order,
      event: OrderEvent,
      { key, fingerprint, attempt, paymentToken, carts, network }: Placing,
    ): Promise<'placed' | 'claim-lost' | 'cart-ordered'> => {
      const recorded = { event, eventId: ids.next('evt'), after: order };
      const row = JSON.stringify({
        ...allColumns(order),
        payment_token: paymentToken,
        network: network === undefined ? null : `\\x${digestOfNetwork(network).toString('hex')}`,
      });
      const values = [
        ...[order.id, eventRows([recorded]), row, key, fingerprint, attempt, tracedEvents([cloudEvent(recorded, key)])],
        ...[carts.map(({ owner }) => owner), carts.map(({ orderId }) => orderId), order.createdAt],
      ];
      const write = async (to: Sql) => {
        const { rowCount } = await to.query(placeOrder, values, { name: 'place-order' });
        if (rowCount > 0) afterCommit(to, () => count(null, [recorded]));
        return rowCount > 0;
      };
      const writeIfThereIsRoom = async (tx: Sql) => {
        await requireRoom(tx, order, { network, limits });
        return write(tx);
      };
      // One statement is a transaction by itself.
      const isLimited = limits.undecided > 0 || limits.declinedPerHour > 0;
      const together = (to: Sql) =>
        isLimited && to === database ? database.transaction(writeIfThereIsRoom) : writeIfThereIsRoom(to);
      try {
        return (await driving(order.id, together, { order, paymentToken })) ? 'placed' : 'claim-lost';
      } catch (problem) {
        // In somebody else's transaction nothing is undone yet, so that it must not go on.
        if (!outer && (problem as { code?: unknown }).code === undone) return 'cart-ordered';
        throw problem;
      }
    },

    /**
     * Adds events to an order as it was read; null, and nothing written, when it has changed since.
     * With `drive` what the events leave owed is driven; the driver itself goes on without.
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
      const columns = changedColumns(after);
      const values = [order.id, eventRows(recorded), JSON.stringify(columns), order.version];
      const published = tracedEvents(recorded.map((each) => cloudEvent(each)));
      const write = async (to: Sql) => {
        const { rowCount } = await to.query(appendEvents, [...values, published], { name: 'append-events' });
        if (rowCount > 0)
          afterCommit(to, () => {
            changed(order.id);
            count(order, recorded);
          });
        return rowCount > 0;
      };
      const isWritten = options.drive && columns['owed'] ? await driving(order.id, write) : await write(sql);
      return isWritten ? after : null;
    },

    /** Has an order driven on, as soon as somebody has time for it. */
    drive: (orderId: string): Promise<unknown> => driving(orderId, async () => true),

    /** Queues the job that drives an order a moment later. */
    queue: (orderId: string): Promise<void> =>
      jobs.enqueue(outer ?? undefined, processOrderQueue, { orderId }, { startAfter: 1 }),

    /** Notes until when an order waits for its buyer; a no-op once its purchase is decided. */
    awaitBuyer: async (orderId: string, until: Date): Promise<void> => {
      await sql.query(
        `UPDATE orders SET buyer_until = $2 WHERE id = $1 AND status = 'stock-reserved' AND buyer_until IS DISTINCT FROM $2`,
        [orderId, until],
        { name: 'await-buyer' },
      );
    },

    /** Ids of orders that are owed a step, wait for no buyer and have not moved since `since`, oldest first. */
    stuck: async (since: Date, limit: number): Promise<string[]> => {
      const { rows } = await sql.query<{ id: string }>(
        `SELECT id FROM orders WHERE owed AND updated_at < $1 AND (buyer_until IS NULL OR buyer_until < $1)
          ORDER BY updated_at LIMIT $2`,
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
