import type { Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';

/** The newest order from the cart of an account or session; null when none is remembered. */
export type CartOrder = { readonly owner: string; readonly orderId: string | null };

// Owners are locked in one order, so that two placings with the same owners cannot wait for each other.
const claimCarts = `
  INSERT INTO cart_orders (owner, order_id, placed_at)
  SELECT owner, $3, $4 FROM unnest($1::text[]) AS asked (owner) ORDER BY owner
  ON CONFLICT (owner) DO UPDATE SET order_id = excluded.order_id, placed_at = excluded.placed_at
  WHERE cart_orders.order_id = (SELECT seen FROM unnest($1::text[], $2::text[]) AS known (owner, seen) WHERE known.owner = cart_orders.owner)`;

/** SQL of the newest orders of the owners in `parameter`, as a JSON object from owner to order. */
export const newestOrdersOf = (parameter: string): string =>
  `(SELECT coalesce(jsonb_object_agg(owner, order_id), '{}') FROM cart_orders WHERE owner = ANY (${parameter}::text[]))`;

/** Which orders took what was in a cart. The cart learns of an order later, by its event; until then its goods are bought already. */
export const createCartOrders = ({ sql, clock }: { sql: Sql; clock: Clock }) => ({
  /** Forgets orders placed more than `days` ago, of which every cart has heard; returns how many. */
  forget: async (days: number): Promise<number> => {
    const oldest = new Date(clock.now().getTime() - days * 86_400_000);
    return (await sql.query('DELETE FROM cart_orders WHERE placed_at < $1', [oldest])).rowCount;
  },
});

/** Makes an order the newest of these carts; false when another order came since they were seen, and then nothing may be kept. */
export const claimCartsFor = async (
  tx: Sql,
  order: { readonly id: string; readonly createdAt: string },
  seen: readonly CartOrder[],
): Promise<boolean> => {
  const owners = seen.map(({ owner }) => owner);
  const known = seen.map(({ orderId }) => orderId);
  const { rowCount } = await tx.query(claimCarts, [owners, known, order.id, order.createdAt], { name: 'claim-carts' });
  return rowCount === seen.length;
};

export type CartOrders = ReturnType<typeof createCartOrders>;
