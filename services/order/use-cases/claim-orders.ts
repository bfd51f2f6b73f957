import { claim } from '../domain/order-decisions.ts';
import { type ChangeOrderEffects, decideOnNewest, existingOrder } from './decide-on-newest.ts';

/** Orders that one request claims at most; the next request claims what is left. */
const batch = 100;

/**
 * Takes the orders that a session placed as a guest into the account that its browser has signed in to, for good: from then on
 * the account alone shows them, on every device, and the session shows them to nobody any more.
 * Of two accounts at once, one gets each order.
 */
export const claimOrders = async (
  effects: ChangeOrderEffects,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<void> => {
  for (const { id } of await effects.orders.list({ sessionId }, { limit: batch }))
    await decideOnNewest(
      effects,
      () => existingOrder(effects, id),
      (order, at) => claim(order, { at, userId, sessionId }),
    );
};
