import { commitSoon } from '../../kit/storage/commit-soon.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { type CartOrder, newestOrdersOf } from './cart-orders.ts';

/** Longer than a request may last, so that a claim runs out only when its request is dead. */
const claimSeconds = 20;

/** Stands for the digest of a request that is not known any more: the order was taken back from its message (use-cases/catch-up.ts). */
export const unknownFingerprint = '';

/** A request under its key, and everything that its caller is known by. */
export type KeyedRequest = {
  readonly key: string;
  /** Digest of the body: with the key it says which request this is, whoever repeats it. */
  readonly fingerprint: string;
  /** The account, or the session of a guest. */
  readonly owner: string;
  /** The guest session that came along; null when none did. */
  readonly sessionId: string | null;
};

export type KeyClaim =
  /** With the newest order from the cart of each owner that was asked for. */
  | { readonly outcome: 'claimed'; readonly attempt: number; readonly carts: readonly CartOrder[] }
  | { readonly outcome: 'done'; readonly orderId: string }
  | { readonly outcome: 'in-flight' }
  | { readonly outcome: 'other-body' };

type Row = {
  won: boolean;
  attempt: number;
  fingerprint: string;
  order_id: string | null;
  newest: Readonly<Record<string, string>> | null;
};

// A claim that a crash of the database undoes is one that ran out: its order cannot be placed any more.
// Wins when the key is new to its caller and its request, or when an earlier claim of the same request ran out without an order.
const claimKey = `
  WITH taken_over AS (
    UPDATE idempotency_keys SET attempt = attempt + 1, claimed_until = $5::timestamptz + make_interval(secs => ${claimSeconds})
    WHERE key = $1 AND fingerprint = $2 AND order_id IS NULL AND claimed_until < $5::timestamptz
    RETURNING attempt, fingerprint, order_id
  ), made AS (
    INSERT INTO idempotency_keys (key, fingerprint, owner, session_id, attempt, claimed_until, created_at)
    VALUES ($1, $2, $3, $4, 1, $5::timestamptz + make_interval(secs => ${claimSeconds}), $5)
    ON CONFLICT DO NOTHING
    RETURNING attempt, fingerprint, order_id
  ), claimed AS (TABLE taken_over UNION ALL TABLE made)
  SELECT true AS won, attempt::int, fingerprint, order_id, ${newestOrdersOf('$6')} AS newest FROM claimed WHERE ${commitSoon}
  UNION ALL
  SELECT false, attempt::int, fingerprint, order_id, NULL FROM idempotency_keys
    WHERE key = $1 AND (fingerprint = $2 OR owner = $3 OR session_id = $4) AND NOT EXISTS (SELECT FROM claimed)`;

export const createIdempotencyKeys = ({ sql, clock }: { sql: Sql; clock: Clock }) => ({
  /**
   * Takes the key for this request, or says what an earlier request made of it. The order of `done` may be somebody else's:
   * whether the caller may see it is for the asker to decide.
   * @param carts owners whose newest orders are to be told with the claim
   */
  claim: async (
    { key, fingerprint, owner, sessionId }: KeyedRequest,
    carts: readonly string[] = [],
  ): Promise<KeyClaim> => {
    const { rows } = await sql.query<Row>(claimKey, [key, fingerprint, owner, sessionId, clock.now(), carts], {
      name: 'claim-idempotency-key',
    });
    const row = rows.find((each) => each.fingerprint === fingerprint) ?? rows[0];
    // A row committed between the statement's snapshot and its conflict is invisible to it: the other request is at work.
    if (!row) return { outcome: 'in-flight' };
    if (row.won) {
      const { attempt, newest } = row;
      return { outcome: 'claimed', attempt, carts: carts.map((of) => ({ owner: of, orderId: newest?.[of] ?? null })) };
    }
    if (row.fingerprint !== fingerprint && row.fingerprint !== unknownFingerprint) return { outcome: 'other-body' };
    return row.order_id === null ? { outcome: 'in-flight' } : { outcome: 'done', orderId: row.order_id };
  },

  /** Frees the key after a refusal; a no-op once another request has taken it over. */
  giveBack: async ({ key, fingerprint }: KeyedRequest, attempt: number): Promise<void> => {
    await sql.query(
      'DELETE FROM idempotency_keys WHERE key = $1 AND fingerprint = $2 AND attempt = $3 AND order_id IS NULL',
      [key, fingerprint, attempt],
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
