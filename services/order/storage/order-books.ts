/** What the orders' own books have, to be compared with those of others. Reads only. */
import type { Sql } from '../../kit/storage/database.ts';
import type { OrderBooks } from '../domain/drift.ts';
import type { Order } from '../domain/order.ts';
import { type EventRow, eventFrom, type OrderRow, orderFrom } from './order-rows.ts';

type History = OrderBooks['history'];

export const createOrderBooks = (sql: Sql) => ({
  /** At most `limit` orders between two ids, both left out, by their ids. */
  page: async ({ after, before, limit }: { after: string; before: string; limit: number }): Promise<Order[]> => {
    const { rows } = await sql.query<OrderRow>(
      'SELECT * FROM orders WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3',
      [after, before, limit],
      { name: 'page-of-orders' },
    );
    return rows.map(orderFrom);
  },

  /** Versions of orders by id, those that there are. */
  versions: async (orderIds: readonly string[]): Promise<Map<string, number>> => {
    const { rows } = await sql.query<{ id: string; version: number }>(
      'SELECT id, version FROM orders WHERE id = ANY ($1)',
      [[...orderIds]],
      { name: 'versions-of-orders' },
    );
    return new Map(rows.map(({ id, version }) => [id, version]));
  },

  /** What happened to orders, with the number of each event. */
  histories: async (orderIds: readonly string[]): Promise<Map<string, History>> => {
    const { rows } = await sql.query<EventRow & { order_id: string; sequence: number }>(
      'SELECT order_id, sequence, type, data, at FROM order_events WHERE order_id = ANY ($1) ORDER BY order_id, sequence',
      [[...orderIds]],
      { name: 'histories-of-orders' },
    );
    const histories = Map.groupBy(rows, ({ order_id }) => order_id);
    return new Map(
      [...histories].map(([id, of]) => [id, of.map((row) => ({ sequence: row.sequence, event: eventFrom(row) }))]),
    );
  },
});

export type OrderBooksReader = ReturnType<typeof createOrderBooks>;
