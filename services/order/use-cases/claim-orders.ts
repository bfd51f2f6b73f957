import { claim } from '../domain/order-decisions.ts';
import { type ChangeOrderEffects, decideOnNewest, existingOrder } from './decide-on-newest.ts';

/** Orders that are read at a time. */
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
  for (;;) {
    // What is claimed is not the session's any more.
    const found = await effects.orders.list({ sessionId }, { limit: batch });
    for (const { id } of found)
      await decideOnNewest(
        effects,
        () => existingOrder(effects, id),
        (order, at) => claim(order, { at, userId, sessionId }),
      );
    if (found.length < batch) return;
  }
};
