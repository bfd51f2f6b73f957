/**
 * A payment provider with books of its own, for development, demonstrations and fault tests. No money moves.
 * The books are committed apart from the service's own transactions, so a crash between the two leaves exactly
 * what a real provider would leave: a charge that the service has not heard of.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Sql } from '../../kit/storage/database.ts';
import type { Charge } from '../domain/payment.ts';
import type { ListedCharge, PaymentProvider } from './payment-provider.ts';

/** Tokens that are declined, with the reason that the provider gives. */
const declines: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    tok_declined: 'card-declined',
    tok_insufficient: 'insufficient-funds',
  }),
);
const accepted: ReadonlySet<string> = new Set([
  'tok_visa',
  'tok_timeout_after_charge',
  'tok_late_answer',
  'tok_duplicate_answer',
]);

const noticesOf: ReadonlyMap<string, number> = new Map([
  ['tok_late_answer', 1],
  ['tok_timeout_after_charge', 1],
  ['tok_duplicate_answer', 2],
]);

type Row = {
  reference: string;
  status: Charge['status'];
  captured: string;
  refunds: Charge['refunds'];
  decline_reason: string | null;
};

const chargeFrom = (row: Row | undefined, what: string): Charge => {
  if (!row) throw new Error(`the sandbox provider knows no charge ${what}`);
  return {
    reference: row.reference,
    status: row.status,
    captured: Number(row.captured),
    refunds: row.refunds,
    declineReason: row.decline_reason,
  };
};

/** Charges that are read at a time. */
const pageSize = 1_000;

const columns = 'reference, status, captured, refunds, decline_reason';

export type SandboxOptions = {
  /** Connection of the books; never one that is inside a transaction of the service. */
  readonly books: Sql;
  /** Milliseconds by which the answer to `tok_late_answer` and `tok_timeout_after_charge` comes too late. */
  readonly lateMs: number;
  /**
   * Told of an authorisation besides the answer, as web hooks do: once for the tokens whose answer comes late, when nobody hears it,
   * and twice for `tok_duplicate_answer`.
   */
  readonly onNotice?: (key: string, charge: Charge) => Promise<void>;
};

export const createSandboxProvider = ({ books, lateMs, onNotice }: SandboxOptions): PaymentProvider => {
  const find = async (key: string): Promise<Charge | null> => {
    const { rows } = await books.query<Row>(`SELECT ${columns} FROM sandbox.charges WHERE key = $1`, [key], {
      name: 'sandbox-find',
    });
    return rows[0] ? chargeFrom(rows[0], key) : null;
  };

  const record = async (
    key: string,
    { amount, currency }: { amount: number; currency: string },
    { token, capture }: { token: string; capture: boolean },
  ): Promise<{ charge: Charge; isNew: boolean }> => {
    const reason = declines.get(token) ?? (accepted.has(token) ? null : 'card-unknown');
    const { rows } = await books.query<Row & { is_new: boolean }>(
      `WITH made AS (
         INSERT INTO sandbox.charges (key, amount, currency, status, decline_reason, captured)
         VALUES ($1, $2, $3, $4, $5, CASE WHEN $4 = 'captured' THEN $2::bigint ELSE 0 END) ON CONFLICT (key) DO NOTHING RETURNING ${columns}
       )
       SELECT true AS is_new, ${columns} FROM made
       UNION ALL SELECT false, ${columns} FROM sandbox.charges WHERE key = $1 AND NOT EXISTS (SELECT FROM made)`,
      [key, amount, currency, reason !== null ? 'declined' : capture ? 'captured' : 'authorised', reason],
      { name: 'sandbox-authorise' },
    );
    if (rows[0]) return { charge: chargeFrom(rows[0], key), isNew: rows[0].is_new };
    // Made by another call since this statement began.
    const known = await find(key);
    if (!known) throw new Error(`the sandbox provider lost the charge ${key}`);
    return { charge: known, isNew: false };
  };

  const change = async (
    name: string,
    assignment: string,
    reference: string,
    values: unknown[] = [],
  ): Promise<Charge> => {
    const { rows } = await books.query<Row>(
      `UPDATE sandbox.charges SET ${assignment} WHERE reference = $1 RETURNING ${columns}`,
      [reference, ...values],
      { name },
    );
    return chargeFrom(rows[0], reference);
  };

  return {
    authorise: async ({ key, amount, token, capture = false }) => {
      if (token === 'tok_late_answer' && !(await find(key))) await wait(lateMs);
      const { charge, isNew } = await record(key, amount, { token, capture });
      if (isNew && token === 'tok_timeout_after_charge') await wait(lateMs);
      const notices = isNew ? (noticesOf.get(token) ?? 0) : 0;
      for (let notice = 0; notice < notices; notice++) await onNotice?.(key, charge);
      return charge;
    },
    capture: ({ reference }) =>
      change(
        'sandbox-capture',
        `captured = CASE WHEN status = 'authorised' THEN amount ELSE captured END, status = CASE WHEN status = 'authorised' THEN 'captured' ELSE status END`,
        reference,
      ),
    void: ({ reference }) =>
      change('sandbox-void', `status = CASE WHEN status = 'authorised' THEN 'voided' ELSE status END`, reference),
    refund: ({ reference, refundId, amount }) =>
      change(
        'sandbox-refund',
        `refunds = CASE
           WHEN refunds @> jsonb_build_array(jsonb_build_object('refundId', $2::text)) THEN refunds
           WHEN (SELECT coalesce(sum((r ->> 'amount')::bigint), 0) FROM jsonb_array_elements(refunds) r) + $3::bigint > captured THEN refunds
           ELSE refunds || jsonb_build_array(jsonb_build_object('refundId', $2::text, 'amount', $3::bigint)) END`,
        reference,
        [refundId, amount.amount],
      ),
    find: async ({ reference }) => {
      const { rows } = await books.query<Row>(`SELECT ${columns} FROM sandbox.charges WHERE reference = $1`, [
        reference,
      ]);
      return chargeFrom(rows[0], reference);
    },
    knows: async ({ reference }) =>
      (await books.query('SELECT FROM sandbox.charges WHERE reference = $1', [reference])).rows.length > 0,
    charges: async function* ({ since, until }): AsyncGenerator<ListedCharge> {
      for (let last = ''; ; ) {
        const { rows } = await books.query<Row & { key: string; amount: string; currency: string }>(
          `SELECT key, amount, currency, ${columns} FROM sandbox.charges
            WHERE created_at >= $1 AND created_at < $2 AND key > $3 ORDER BY key LIMIT ${pageSize}`,
          [since, until, last],
        );
        for (const row of rows)
          yield { ...chargeFrom(row, row.key), key: row.key, amount: Number(row.amount), currency: row.currency };
        last = rows.at(-1)?.key ?? '';
        if (rows.length < pageSize) return;
      }
    },
  };
};
