/** Orders as their messages tell them, written back into a database that was restored to an earlier time. */
import type { OrderEvent as ToldEvent } from '../../contracts/events/order-events.ts';
import type { Database } from '../../kit/storage/database.ts';
import type { Order } from '../domain/order.ts';
import { unknownFingerprint } from './idempotency-keys.ts';
import { eventRows, type Recorded } from './order-messages.ts';
import { allColumns, changedColumns } from './order-rows.ts';
import { appendEvents } from './order-statements.ts';

/** An event with its message, as the log has it. */
export type Told = Recorded & { readonly message: ToldEvent; readonly value: string };

// $1 order, $2 events, $3 row. Nothing where the order is there meanwhile.
const insertOrder = `
  WITH allowed AS (
    INSERT INTO orders SELECT (jsonb_populate_record(NULL::orders, $3)).* ON CONFLICT DO NOTHING RETURNING 1
  )
  INSERT INTO order_events (order_id, sequence, event_id, type, data, at)
  SELECT $1, e.* FROM allowed, jsonb_to_recordset($2) AS e (sequence int, event_id text, type text, data jsonb, at timestamptz)`;

// $1 messages. They are published, or nobody could have read them.
const notePublished = `
  INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, sequence, created_at, published_at)
  SELECT payload->>'id', 'order-events', payload->>'subject', payload->>'type', payload, (payload->>'sequence')::bigint,
    (payload->>'time')::timestamptz, now()
  FROM unnest($1::jsonb[]) WITH ORDINALITY AS given (payload, place) ORDER BY place
  ON CONFLICT (id) DO UPDATE SET published_at = coalesce(outbox.published_at, excluded.published_at)`;

// $1 owner, $2 key, $3 order, $4 when. The digest of the request is in no message.
const keepKey = `
  INSERT INTO idempotency_keys (owner, key, fingerprint, attempt, claimed_until, order_id, created_at)
  VALUES ($1, $2, '${unknownFingerprint}', 1, $4, $3, $4) ON CONFLICT DO NOTHING`;

export const createToldOrders = (database: Database) => ({
  /** When the newest message was published that this database knows of; null: it knows of none. */
  publishedUntil: async (): Promise<Date | null> => {
    const { rows } = await database.query<{ at: Date | null }>('SELECT max(published_at) AS at FROM outbox');
    return rows[0]?.at ?? null;
  },

  /** Those of these events that are in no history. */
  unknown: async (eventIds: readonly string[]): Promise<Set<string>> => {
    const { rows } = await database.query<{ id: string }>(
      `SELECT id FROM unnest($1::text[]) AS told (id) WHERE NOT EXISTS (SELECT FROM order_events e WHERE e.event_id = told.id)`,
      [[...eventIds]],
    );
    return new Set(rows.map(({ id }) => id));
  },

  /** Writes what happened to one order, as it was told; false, and nothing written, where the order has changed since `before` was read. */
  write: (before: Order | null, told: readonly Told[]): Promise<boolean> =>
    database.transaction(async (tx) => {
      const last = told.at(-1);
      if (!last) return true;
      const { after } = last;
      const { rowCount } = before
        ? await tx.query(appendEvents, [
            ...[after.id, eventRows(told), JSON.stringify(changedColumns(after)), before.version],
            [],
          ])
        : await tx.query(insertOrder, [after.id, eventRows(told), JSON.stringify(allColumns(after))]);
      if (rowCount === 0) return false;
      await tx.query(notePublished, [told.map(({ value }) => value)]);
      const key = told[0]?.message.idempotencykey;
      const owner = after.customer.userId ?? after.customer.sessionId;
      if (!before && key !== undefined) await tx.query(keepKey, [owner, key, after.id, after.createdAt]);
      return true;
    }),
});

export type ToldOrders = ReturnType<typeof createToldOrders>;
