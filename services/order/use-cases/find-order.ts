import { type Caller, isStaff } from '../../kit/auth/caller.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { Order } from '../domain/order.ts';
import type { OrderRepository } from '../storage/order-repository.ts';

/** Whose orders a caller may see: those of the account, and those that its browser session placed as a guest. */
export const ownersOf = (caller: Caller): { userId: string | null; sessionId: string | null } => {
  if (caller.kind === 'customer') return { userId: caller.userId, sessionId: caller.guestSessionId ?? null };
  if (caller.kind === 'guest') return { userId: null, sessionId: caller.sessionId };
  throw new Refusal(
    'unauthenticated',
    'token.missing',
    'Sign in, or keep the session cookie of the visit in which the order was placed.',
  );
};

const owns = (caller: Caller, order: Order): boolean => {
  const { userId, sessionId } = ownersOf(caller);
  if (userId !== null && order.customer.userId === userId) return true;
  return sessionId !== null && order.customer.userId === null && order.customer.sessionId === sessionId;
};

/** The order if the caller may see it. Another person's order is as unknown as one that never was: `order.unknown`. */
export const findOrder = async (
  orders: Pick<OrderRepository, 'find'>,
  caller: Caller,
  orderId: string,
): Promise<Order> => {
  ownersOf(caller);
  const order = await orders.find(orderId);
  if (order && (isStaff(caller) || owns(caller, order))) return order;
  throw new Refusal('missing', 'order.unknown', `There is no order ${orderId} among your orders.`);
};

/** Refuses everybody but staff. */
export const requireStaff = (caller: Caller): void => {
  if (caller.kind !== 'customer')
    throw new Refusal('unauthenticated', 'token.missing', 'Sign in with a staff account.');
  if (!isStaff(caller)) throw new Refusal('forbidden', 'caller.not-staff', 'Only staff may do this.');
};
