import { type Caller, isStaff } from '../../kit/auth/caller.ts';
import type { Order } from '../domain/order.ts';
import { callerUnknown, orderUnknown } from '../domain/order-refusals.ts';
import type { Owner } from '../storage/order-repository.ts';
import { claimOrders } from './claim-orders.ts';
import type { ChangeOrderEffects } from './decide-on-newest.ts';

/** Whose orders a caller may see: those of the account, or those that the session placed as a guest. */
export const ownerOf = (caller: Caller): Owner => {
  if (caller.kind === 'customer') return { userId: caller.userId };
  if (caller.kind === 'guest') return { sessionId: caller.sessionId };
  throw callerUnknown('Sign in, or keep the session cookie of the visit in which the order was placed.');
};

const owns = (owner: Owner, { customer }: Order): boolean =>
  'userId' in owner
    ? customer.userId === owner.userId
    : customer.userId === null && customer.sessionId === owner.sessionId;

/**
 * The order if the caller may see it. Another person's order is as unknown as one that never was: `order.unknown`.
 * Whoever signed in since placing it as a guest claims it by looking, with all others of that session.
 */
export const findOrder = async (effects: ChangeOrderEffects, caller: Caller, orderId: string): Promise<Order> => {
  const owner = ownerOf(caller);
  let order = await effects.orders.find(orderId);
  if (order && caller.kind === 'customer' && caller.guestSessionId !== undefined) {
    const { userId, guestSessionId: sessionId } = caller;
    if (owns({ sessionId }, order)) {
      await claimOrders(effects, { userId, sessionId });
      order = await effects.orders.find(orderId);
    }
  }
  if (order && (isStaff(caller) || owns(owner, order))) return order;
  throw orderUnknown(orderId);
};
