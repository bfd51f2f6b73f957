/** What the database of the orders says of their events; read alone. */
import type { Sql } from '../../kit/storage/database.ts';

/** An event as its order has it. */
export type HistoryEvent = {
  readonly orderId: string;
  readonly sequence: number;
  readonly eventId: string;
  readonly type: string;
  readonly at: Date;
};

type Row = { order_id: string; sequence: number; event_id: string; type: string; at: Date };

export const createOrderHistory = (sql: Sql) => ({
  /** Orders that were placed since then, by their ids, behind `after`. */
  placedSince: async (since: Date, after: string, limit: number): Promise<string[]> => {
    const { rows } = await sql.query<{ id: string }>(
      'SELECT id FROM orders WHERE id > $1 AND created_at >= $2 ORDER BY id LIMIT $3',
      [after, since, limit],
    );
    return rows.map(({ id }) => id);
  },

  /** Events of these orders, in their order. */
  eventsOf: async (orderIds: readonly string[]): Promise<HistoryEvent[]> => {
    const { rows } = await sql.query<Row>(
      'SELECT order_id, sequence, event_id, type, at FROM order_events WHERE order_id = ANY ($1::text[]) ORDER BY order_id, sequence',
      [orderIds],
    );
    return rows.map(({ order_id, event_id, ...row }) => ({ ...row, orderId: order_id, eventId: event_id }));
  },

  /** The message of an event as it was published, while the outbox keeps it. */
  messageOf: async (eventId: string): Promise<string | undefined> => {
    const { rows } = await sql.query<{ value: string }>('SELECT payload::text AS value FROM outbox WHERE id = $1', [
      eventId,
    ]);
    return rows[0]?.value;
  },
});

export type OrderHistory = ReturnType<typeof createOrderHistory>;
