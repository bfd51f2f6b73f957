import type { Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';

/** The newest order from the cart of an account or session; null when none is remembered. */
export type CartOrder = { readonly owner: string; readonly orderId: string | null };

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
