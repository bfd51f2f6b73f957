import type { Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';

/** Longer than a request may last, so that a claim runs out only when its request is dead. */
const claimSeconds = 20;

export type Key = { readonly owner: string; readonly key: string };

export type KeyClaim =
  | { readonly outcome: 'claimed'; readonly attempt: number }
  | { readonly outcome: 'done'; readonly orderId: string }
  | { readonly outcome: 'in-flight' }
  | { readonly outcome: 'other-body' };

type Row = { won: boolean; attempt: number; fingerprint: string; order_id: string | null };

// The upsert wins when the key is new, or when the same request's earlier claim ran out without an order.
const claimKey = `
  WITH claimed AS (
    INSERT INTO idempotency_keys AS k (owner, key, fingerprint, attempt, claimed_until, created_at)
    VALUES ($1, $2, $3, 1, $4::timestamptz + make_interval(secs => ${claimSeconds}), $4)
    ON CONFLICT (owner, key) DO UPDATE SET attempt = k.attempt + 1, claimed_until = excluded.claimed_until
      WHERE k.order_id IS NULL AND k.fingerprint = excluded.fingerprint AND k.claimed_until < $4::timestamptz
    RETURNING attempt, fingerprint, order_id
  )
  SELECT true AS won, attempt::int, fingerprint, order_id FROM claimed
  UNION ALL
  SELECT false, attempt::int, fingerprint, order_id FROM idempotency_keys
    WHERE owner = $1 AND key = $2 AND NOT EXISTS (SELECT FROM claimed)`;

export const createIdempotencyKeys = ({ sql, clock }: { sql: Sql; clock: Clock }) => ({
  /** Takes the key for this request, or says what an earlier request made of it. */
  claim: async ({ owner, key }: Key, fingerprint: string): Promise<KeyClaim> => {
    const { rows } = await sql.query<Row>(claimKey, [owner, key, fingerprint, clock.now()], {
      name: 'claim-idempotency-key',
    });
    const [row] = rows;
    // A row committed between the statement's snapshot and its conflict is invisible to it: the other request is at work.
    if (!row) return { outcome: 'in-flight' };
    if (row.won) return { outcome: 'claimed', attempt: row.attempt };
    if (row.fingerprint !== fingerprint) return { outcome: 'other-body' };
    return row.order_id === null ? { outcome: 'in-flight' } : { outcome: 'done', orderId: row.order_id };
  },

  /** Frees the key after a refusal; a no-op once another request has taken it over. */
  giveBack: async ({ owner, key }: Key, attempt: number): Promise<void> => {
    await sql.query(
      'DELETE FROM idempotency_keys WHERE owner = $1 AND key = $2 AND attempt = $3 AND order_id IS NULL',
      [owner, key, attempt],
      {
        name: 'give-back-idempotency-key',
      },
    );
  },

  /** Forgets keys older than `days`; returns how many. */
  forget: async (days: number): Promise<number> => {
    const oldest = new Date(clock.now().getTime() - days * 86_400_000);
    const { rowCount } = await sql.query('DELETE FROM idempotency_keys WHERE created_at < $1', [oldest]);
    return rowCount;
  },
});

export type IdempotencyKeys = ReturnType<typeof createIdempotencyKeys>;
