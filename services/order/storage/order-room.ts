import { createHash } from 'node:crypto';
import type { Sql } from '../../kit/storage/database.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { Order } from '../domain/order.ts';

/** How many orders one buyer may have; 0 means no limit. A network may have four times as many: a household, an office. */
export type OrderLimits = {
  /** Orders at a time that hold stock and are not paid yet. */
  readonly undecided: number;
  /** Orders whose payment failed within an hour. */
  readonly declinedPerHour: number;
};

const buyersOfNetwork = 4;
const hourMs = 3_600_000;

export const digestOfNetwork = (network: string): Buffer => createHash('sha256').update(network).digest();

// One at a time for each buyer and network, or parallel orders would all find the last place free. Sorted, so that none wait for each other.
const takeTurn = `
  SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended(name, 5) AS key FROM unnest($1::text[]) AS name ORDER BY 1
  ) AS keys`;

const countOf = (owner: string) => `
  SELECT count(*) FILTER (WHERE status <> 'payment-failed')::int AS undecided,
    count(*) FILTER (WHERE status = 'payment-failed')::int AS declined
  FROM orders WHERE ${owner} AND status IN ('pending', 'stock-reserved', 'payment-failed')
    AND (status <> 'payment-failed' OR updated_at > $2)`;
const countings = {
  user: countOf('user_id = $1'),
  session: countOf('session_id = $1'),
  network: countOf('network = $1'),
};

const tooManyUndecided = (most: number) =>
  new Refusal(
    'too-many',
    'order.too-many-undecided',
    `${most} orders from here are not paid yet; wait until they are decided, or cancel one.`,
    { retryAfterSeconds: 30 },
  );
const tooManyDeclined = (most: number) =>
  new Refusal(
    'too-many',
    'order.too-many-declined',
    `The payment of ${most} orders from here failed within an hour; try again later.`,
    { retryAfterSeconds: 600 },
  );

/**
 * Refuses an order of who holds too much stock unpaid, or tries card after card, counted by account, by session and by network.
 * In the transaction that places the order.
 */
export const requireRoom = async (
  tx: Sql,
  { customer: { userId, sessionId }, createdAt }: Order,
  { network, limits }: { readonly network: string | undefined; readonly limits: OrderLimits },
): Promise<void> => {
  if (limits.undecided === 0 && limits.declinedPerHour === 0) return;
  const counted = [
    { kind: 'user', value: userId, share: 1 },
    { kind: 'session', value: sessionId, share: 1 },
    { kind: 'network', value: network === undefined ? null : digestOfNetwork(network), share: buyersOfNetwork },
  ] as const;
  const names = [userId, sessionId, network].filter((name) => name !== null && name !== undefined);
  await tx.query(takeTurn, [names], { name: 'take-turn-to-order' });
  const since = new Date(Date.parse(createdAt) - hourMs);
  for (const { kind, value, share } of counted) {
    if (value === null) continue;
    const { rows } = await tx.query<{ undecided: number; declined: number }>(countings[kind], [value, since], {
      name: `orders-counted-of-${kind}`,
    });
    const { undecided = 0, declined = 0 } = rows[0] ?? {};
    const [mostUndecided, mostDeclined] = [limits.undecided * share, limits.declinedPerHour * share];
    if (mostUndecided > 0 && undecided >= mostUndecided) throw tooManyUndecided(mostUndecided);
    if (mostDeclined > 0 && declined >= mostDeclined) throw tooManyDeclined(mostDeclined);
  }
};
