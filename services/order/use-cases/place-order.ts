import type { PlaceOrder } from '../../contracts/http/order-api.ts';
import type { Caller } from '../../kit/auth/caller.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { CartClient } from '../clients/cart-client.ts';
import type { ProductClient } from '../clients/product-client.ts';
import type { UserClient } from '../clients/user-client.ts';
import { evolve, type Order, type OrderEvent } from '../domain/order.ts';
import { priceLines } from '../domain/pricing.ts';
import type { IdempotencyKeys } from '../storage/idempotency-keys.ts';
import type { OrderRepository } from '../storage/order-repository.ts';

export type PlaceOrderEffects = {
  readonly orders: OrderRepository;
  readonly keys: IdempotencyKeys;
  readonly carts: CartClient;
  readonly products: ProductClient;
  readonly users: UserClient;
  readonly ids: Ids;
  readonly clock: Clock;
  /** Fingerprint of a request body, equal for equal bodies whatever their field order. */
  readonly fingerprint: (body: unknown) => string;
};

export type PlaceOrderRequest = {
  readonly caller: Caller;
  /** The caller's own `authorization` header, forwarded to services that act for the caller. */
  readonly authorization?: string | undefined;
  readonly idempotencyKey: string;
  readonly body: PlaceOrder;
};

const buyerOf = async (effects: PlaceOrderEffects, { caller, authorization, body }: PlaceOrderRequest) => {
  if (caller.kind === 'customer') {
    const { email, name } = await effects.users.profile({ authorization });
    return { email, customer: { userId: caller.userId, sessionId: caller.guestSessionId ?? null, name } };
  }
  if (caller.kind === 'guest') {
    if (!body.email)
      throw new Refusal(
        'invalid',
        'order.email-missing',
        'A guest order needs an e-mail address to send the confirmation to.',
        {
          errors: [{ path: 'email', message: 'is required without an account' }],
        },
      );
    return {
      email: body.email,
      customer: { userId: null, sessionId: caller.sessionId, name: body.shippingAddress.name ?? null },
    };
  }
  throw new Refusal('unauthenticated', 'token.missing', 'Sign in or start a guest session before ordering.');
};

const ownerOf = (caller: Caller): string => {
  if (caller.kind === 'customer') return caller.userId;
  if (caller.kind === 'guest') return caller.sessionId;
  throw new Refusal('unauthenticated', 'token.missing', 'Sign in or start a guest session before ordering.');
};

const guestSessionOf = (caller: Caller): string | undefined => {
  if (caller.kind === 'guest') return caller.sessionId;
  return caller.kind === 'customer' ? caller.guestSessionId : undefined;
};

/** Works out what is ordered; reads only. */
const draftOrder = async (
  effects: PlaceOrderEffects,
  request: PlaceOrderRequest,
): Promise<OrderEvent & { type: 'order.placed.v1' }> => {
  const { body, caller } = request;
  const credentials = { authorization: request.authorization, sessionId: guestSessionOf(caller) };
  const [buyer, items] = await Promise.all([buyerOf(effects, request), body.items ?? effects.carts.items(credentials)]);
  const { lines, total } = priceLines(items, await effects.products.prices(items.map(({ productId }) => productId)));
  return {
    type: 'order.placed.v1',
    at: effects.clock.now().toISOString(),
    orderId: effects.ids.next('ord'),
    ...buyer,
    lines,
    total,
    shippingAddress: body.shippingAddress,
    cartOwner: body.items ? null : ownerOf(caller),
  };
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
  throw new Refusal(
    'conflict',
    'order.placed-as-another',
    'This very request placed an order already, under the same Idempotency-Key, by another account or session; sign in as then to see it.',
  );
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
  const claim = await keys.claim(keyed);
  switch (claim.outcome) {
    case 'done':
      return { order: await placedEarlier(effects, request.caller, claim.orderId), replayed: true };
    case 'in-flight':
      throw new Refusal(
        'conflict',
        'order.in-flight',
        'This order is being placed by an earlier request with the same Idempotency-Key; ask again shortly.',
        {
          retryAfterSeconds: 1,
        },
      );
    case 'other-body':
      throw new Refusal(
        'unprocessable',
        'order.key-reused',
        'This Idempotency-Key was used for another order; use a new key for a new order.',
      );
    case 'claimed':
  }
  try {
    const placed = await draftOrder(effects, request);
    const order = evolve(null, placed);
    const won = await orders.place(order, placed, {
      ...keyed,
      attempt: claim.attempt,
      paymentToken: request.body.payment.token,
    });
    if (won) return { order, replayed: false };
  } catch (problem) {
    if (problem instanceof Refusal) await keys.giveBack(keyed, claim.attempt);
    throw problem;
  }
  throw new Refusal(
    'conflict',
    'order.in-flight',
    'Another request with the same Idempotency-Key took over; ask again shortly.',
    {
      retryAfterSeconds: 1,
    },
  );
};
