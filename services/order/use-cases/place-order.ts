import type { Caller } from '../../kit/auth/caller.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { evolve, type Order } from '../domain/order.ts';
import { keyReused, orderInFlight, placedAsAnother } from '../domain/order-refusals.ts';
import type { IdempotencyKeys } from '../storage/idempotency-keys.ts';
import type { OrderRepository } from '../storage/order-repository.ts';
import {
  cartOrdered,
  cartOwnersOf,
  type DraftOrderEffects,
  draftOrder,
  guestSessionOf,
  ownerOf,
  type PlaceOrderRequest,
} from './draft-order.ts';

export type PlaceOrderEffects = DraftOrderEffects & {
  readonly orders: OrderRepository;
  readonly keys: IdempotencyKeys;
  /** The order as it is once it is decided, or as it was given where that takes longer than a moment. */
  readonly decided: (placed: Order) => Promise<Order>;
  /** Fingerprint of a request body, equal for equal bodies whatever their field order. */
  readonly fingerprint: (body: unknown) => string;
};

/** Whether the caller is who placed the order, also after signing in or out since; an account never learns of another's order. */
const placedBy = (caller: Caller, { customer }: Order): boolean => {
  if (caller.kind !== 'customer') return customer.sessionId === guestSessionOf(caller);
  if (customer.userId !== null) return customer.userId === caller.userId;
  return customer.sessionId === caller.guestSessionId;
};

const placedEarlier = async ({ orders }: PlaceOrderEffects, caller: Caller, orderId: string): Promise<Order> => {
  const order = await orders.find(orderId);
  if (!order) throw new Error(`an idempotency key points at order ${orderId}, which does not exist`);
  if (placedBy(caller, order)) return order;
  throw placedAsAnother();
};

/**
 * Places an order once per idempotency key, whether or not its caller signs in or out between two tries.
 * The key is taken first, so that of many equal requests one works and the others are told to wait (`order.in-flight`);
 * a refused request gives the key back, so that a corrected one may use it.
 */
export const placeOrder = async (
  effects: PlaceOrderEffects,
  request: PlaceOrderRequest,
): Promise<{ order: Order; replayed: boolean }> => {
  const { orders, keys } = effects;
  const keyed = {
    key: request.idempotencyKey,
    fingerprint: effects.fingerprint(request.body),
    owner: ownerOf(request.caller),
    sessionId: guestSessionOf(request.caller) ?? null,
  };
  const claim = await keys.claim(keyed, cartOwnersOf(request));
  switch (claim.outcome) {
    case 'done':
      return { order: await placedEarlier(effects, request.caller, claim.orderId), replayed: true };
    case 'in-flight':
      throw orderInFlight('This order is being placed by an earlier request with the same Idempotency-Key');
    case 'other-body':
      throw keyReused('order', 'order');
    case 'claimed':
  }
  try {
    const { carts } = claim;
    const placed = await draftOrder(effects, request, carts);
    const order = evolve(null, placed);
    const outcome = await orders.place(order, placed, {
      ...keyed,
      attempt: claim.attempt,
      paymentToken: request.body.payment.token,
      carts,
      network: request.network,
    });
    if (outcome === 'placed') return { order: await effects.decided(order), replayed: false };
    if (outcome === 'cart-ordered') throw cartOrdered();
  } catch (problem) {
    if (problem instanceof Refusal) await keys.giveBack(keyed, claim.attempt);
    throw problem;
  }
  throw orderInFlight('Another request with the same Idempotency-Key took over');
};
