import type { PaymentStatus } from '../../contracts/http/payment-api.ts';
import { eventsIf, insertOutboxFrom, tracedEvents } from '../../kit/events/outbox.ts';
import type { Database } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import { entriesOf } from '../domain/ledger.ts';
import { evolve, noCurrency, type Payment, type PaymentEvent, type Refund } from '../domain/payment.ts';
import { type PaymentRow, paymentFrom } from './payment-rows.ts';

// The insert and the look-up are one statement; whoever comes second reads what the first one began.
const beginPayment = `
  WITH begun AS (
    INSERT INTO payments (id, order_id, status, amount, currency, token, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (order_id) DO NOTHING RETURNING *
  )
  SELECT * FROM begun UNION ALL SELECT * FROM payments WHERE order_id = $2 AND NOT EXISTS (SELECT FROM begun)`;

// Version and refunds are the fence: of two writers that read the same state one writes, the other reads again, and a refund that was
// noted meanwhile, which raises no version, is never written over. State, books and events are
// one statement and so one transaction.
const recordEvents = `
  WITH allowed AS (
    UPDATE payments SET status = $3, captured = $4, refunded = $5, refunds = $6, decline_reason = $7, reference = $8, version = $9, updated_at = $10,
      token = CASE WHEN $3 IN ('pending', 'unknown') THEN token END
    WHERE id = $1 AND version = $2 AND refunds = $13::jsonb RETURNING currency
  ), booked AS (
    INSERT INTO ledger_entries (payment_id, movement, account, amount, currency, at)
    SELECT $1, e.movement, e.account, e.amount, allowed.currency, $10
      FROM allowed, jsonb_to_recordset($11) AS e (movement text, account text, amount bigint)
  ), event AS (${eventsIf('allowed', '$12')}
  ), noted AS (${insertOutboxFrom('payment-events', 'event')}
  )
  SELECT FROM allowed`;

const eventPayload = (payment: Payment, event: PaymentEvent): Record<string, unknown> => {
  const money = (amount: number) => ({ amount, currency: payment.currency });
  const about = { paymentId: payment.id, orderId: payment.orderId };
  switch (event.type) {
    case 'payment.authorised.v1':
      return { ...about, amount: money(payment.amount) };
    case 'payment.declined.v1':
      return { ...about, amount: money(payment.amount), reason: event.reason };
    case 'payment.captured.v1':
      return { ...about, amount: money(event.amount) };
    case 'payment.voided.v1':
      return { ...about, reason: event.reason };
    case 'payment.refunded.v1':
      return {
        ...about,
        refundId: event.refundId,
        amount: money(event.amount),
        refundedTotal: money(event.refundedTotal),
      };
  }
};

/** A payment with the token of whoever began it; null once its outcome is known. */
export type BegunPayment = { readonly payment: Payment; readonly token: string | null };

export type PaymentRepositoryParts = {
  readonly database: Database;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Counts events once they are committed. Default nobody. */
  readonly count?: (payment: Payment, events: readonly PaymentEvent[]) => void;
};

/** Payments in PostgreSQL, with their ledger and their events written in the same transaction. */
export const createPaymentRepository = ({ database, ids, clock, count }: PaymentRepositoryParts) => {
  const firstRow = async (text: string, values: unknown[], name: string): Promise<PaymentRow | undefined> =>
    (await database.query<PaymentRow>(text, values, { name })).rows[0];

  const first = async (text: string, values: unknown[], name: string): Promise<Payment | null> => {
    const row = await firstRow(text, values, name);
    return row ? paymentFrom(row) : null;
  };

  const findStatement = 'SELECT * FROM payments WHERE order_id = $1';
  const find = (orderId: string) => first(findStatement, [orderId], 'find-payment');

  const begin = async (
    orderId: string,
    status: PaymentStatus,
    { amount, currency }: { amount: number; currency: string },
    token: string | null,
  ): Promise<BegunPayment> => {
    const values = [ids.next('pay'), orderId, status, amount, currency, token, clock.now()];
    // Nothing comes back when another transaction began the payment after this statement's snapshot.
    const row =
      (await firstRow(beginPayment, values, 'begin-payment')) ??
      (await firstRow(findStatement, [orderId], 'find-payment'));
    if (!row) throw new Error(`the payment of order ${orderId} was begun by somebody else and is gone`);
    return { payment: paymentFrom(row), token: row.token };
  };

  return {
    /** The payment of an order. */
    find,

    findById: (id: string) => first('SELECT * FROM payments WHERE id = $1', [id], 'find-payment-by-id'),

    findByReference: (reference: string) =>
      first('SELECT * FROM payments WHERE reference = $1', [reference], 'find-payment-by-reference'),
    /** Payments by id, those that there are. */
    findMany: async (paymentIds: readonly string[]): Promise<Map<string, Payment>> => {
      const { rows } = await database.query<PaymentRow>('SELECT * FROM payments WHERE id = ANY ($1)', [
        [...paymentIds],
      ]);
      return new Map(rows.map((row) => [row.id, paymentFrom(row)]));
    },
    /** Payments that began in a span of time and, by our books, have a charge that holds or held money. */
    withCharge: async ({ since, until }: { since: Date; until: Date }): Promise<Payment[]> => {
      const { rows } = await database.query<PaymentRow>(
        `SELECT * FROM payments WHERE created_at >= $1 AND created_at < $2 AND status IN ('authorised', 'captured', 'refunded')`,
        [since, until],
      );
      return rows.map(paymentFrom);
    },
    /** The payment of an order, begun now unless it was before. */
    begin: (orderId: string, amount: { amount: number; currency: string }, token: string): Promise<BegunPayment> =>
      begin(orderId, 'pending', amount, token),

    /** The payment of an order that must never be charged: barred now unless it was begun before. */
    bar: (orderId: string): Promise<BegunPayment> =>
      begin(orderId, 'voided', { amount: 0, currency: noCurrency }, null),

    /** Provider's token of a payment whose outcome is open; null once it is decided. */
    token: async (id: string): Promise<string | null> => {
      const { rows } = await database.query<{ token: string | null }>(
        'SELECT token FROM payments WHERE id = $1',
        [id],
        { name: 'payment-token' },
      );
      return rows[0]?.token ?? null;
    },

    /** Notes that the provider did not answer; a no-op once it has. */
    markUnknown: async (id: string): Promise<void> => {
      await database.query(
        `UPDATE payments SET status = 'unknown', updated_at = $2 WHERE id = $1 AND status = 'pending'`,
        [id, clock.now()],
        { name: 'mark-unknown' },
      );
    },

    /** Notes the charge for which the provider waits for the buyer, and when it was asked about; a no-op once the outcome is known. */
    noteAwaiting: async (id: string, reference: string): Promise<void> => {
      await database.query(
        `UPDATE payments SET status = 'pending', reference = $2, updated_at = $3 WHERE id = $1 AND status IN ('pending', 'unknown')`,
        [id, reference, clock.now()],
        { name: 'note-awaiting' },
      );
    },

    /** Notes a refund before the provider is asked for it; false when the payment changed since it was read. */
    noteRefund: async (payment: Payment, refund: Refund): Promise<boolean> => {
      const { rowCount } = await database.query(
        `UPDATE payments SET refunds = refunds || $3::jsonb WHERE id = $1 AND version = $2 AND refunds = $4::jsonb`,
        [payment.id, payment.version, JSON.stringify([refund]), JSON.stringify(payment.refunds)],
        { name: 'note-refund' },
      );
      return rowCount === 1;
    },

    /** Records events on a payment as it was read, books them, and queues them for publication; null when it has changed since. */
    record: async (payment: Payment, events: readonly PaymentEvent[]): Promise<Payment | null> => {
      if (events.length === 0) return payment;
      let after = payment;
      const published = events.map((event) => {
        after = evolve(after, event);
        return {
          specversion: '1.0' as const,
          id: ids.next('evt'),
          source: 'payment',
          type: event.type,
          subject: payment.id,
          time: event.at,
          datacontenttype: 'application/json' as const,
          data: eventPayload(after, event),
          sequence: after.version,
        };
      });
      const { rowCount } = await database.query(
        recordEvents,
        [
          ...[payment.id, payment.version, after.status, after.captured, after.refunded, JSON.stringify(after.refunds)],
          ...[after.declineReason, after.reference, after.version, after.updatedAt],
          ...[JSON.stringify(events.flatMap(entriesOf)), tracedEvents(published), JSON.stringify(payment.refunds)],
        ],
        { name: 'record-payment-events' },
      );
      if (rowCount === 0) return null;
      count?.(after, events);
      return after;
    },

    /** Orders whose payment has had no outcome since `since`, oldest first. */
    undecided: async (since: Date, limit: number): Promise<string[]> => {
      const { rows } = await database.query<{ order_id: string }>(
        `SELECT order_id FROM payments WHERE status IN ('pending', 'unknown') AND updated_at < $1 ORDER BY updated_at LIMIT $2`,
        [since, limit],
      );
      return rows.map(({ order_id }) => order_id);
    },

    /** Newest first, older than the payment `before`. */
    list: async ({
      orderId,
      status,
      before,
      limit,
    }: {
      orderId?: string;
      status?: PaymentStatus;
      before?: string;
      limit: number;
    }): Promise<Payment[]> => {
      const { rows } = await database.query<PaymentRow>(
        `SELECT * FROM payments WHERE ($1::text IS NULL OR order_id = $1) AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR id < $3)
          ORDER BY id DESC LIMIT $4`,
        [orderId ?? null, status ?? null, before ?? null, limit],
      );
      return rows.map(paymentFrom);
    },
  };
};

export type PaymentRepository = ReturnType<typeof createPaymentRepository>;
