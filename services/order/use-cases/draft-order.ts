/** What an order would be: reads, and writes nothing. */
import type { PlaceOrder } from '../../contracts/http/order-api.ts';
import type { Caller } from '../../kit/auth/caller.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { CartClient } from '../clients/cart-client.ts';
import type { ProductClient } from '../clients/product-client.ts';
import type { UserClient } from '../clients/user-client.ts';
import { requireSeenCart, requireSeenTotal } from '../domain/consent.ts';
import type { OrderEvent } from '../domain/order-event.ts';
import { callerUnknown, emailMissing } from '../domain/order-refusals.ts';
import { type Item, priceLines } from '../domain/pricing.ts';
import type { CartOrder } from '../storage/cart-orders.ts';

export type DraftOrderEffects = {
  readonly carts: CartClient;
  readonly products: ProductClient;
  readonly users: UserClient;
  readonly ids: Ids;
  readonly clock: Clock;
};

export type PlaceOrderRequest = {
  readonly caller: Caller;
  /** The caller's own `authorization` header, forwarded to services that act for the caller. */
  readonly authorization?: string | undefined;
  /** Whom limits count, where the calling service names it. */
  readonly network?: string | undefined;
  readonly idempotencyKey: string;
  readonly body: PlaceOrder;
};

type Placed = OrderEvent & { type: 'order.placed.v1' };

const buyerOf = async (effects: DraftOrderEffects, { caller, authorization, body }: PlaceOrderRequest) => {
  if (caller.kind === 'customer') {
    const { email, name } = await effects.users.profile({ authorization });
    return { email, customer: { userId: caller.userId, sessionId: caller.guestSessionId ?? null, name } };
  }
  if (caller.kind === 'guest') {
    if (!body.email) throw emailMissing();
    return {
      email: body.email,
      customer: { userId: null, sessionId: caller.sessionId, name: body.shippingAddress.name ?? null },
    };
  }
  throw callerUnknown('Sign in or start a guest session before ordering.');
};

/** The account, or the session of a guest. */
export const ownerOf = (caller: Caller): string => {
  if (caller.kind === 'customer') return caller.userId;
  if (caller.kind === 'guest') return caller.sessionId;
  throw callerUnknown('Sign in or start a guest session before ordering.');
};

/** The guest session that came along, if any. */
export const guestSessionOf = (caller: Caller): string | undefined => {
  if (caller.kind === 'guest') return caller.sessionId;
  return caller.kind === 'customer' ? caller.guestSessionId : undefined;
};

/** The goods of a cart were bought by an order that the cart has not heard of yet, or that came first just now. */
export const cartOrdered = (orderIds: readonly string[] = []): Refusal => {
  const which = orderIds.length === 0 ? 'Another order' : `Order ${orderIds.join(' or ')}`;
  return new Refusal(
    'conflict',
    'order.cart-ordered',
    `${which} was placed from this cart a moment ago; look at the cart again before ordering more.`,
    { retryAfterSeconds: 1 },
  );
};

/** Whose carts the request would empty; none when it gives its items. A guest's cart goes into the account's when he signs in. */
export const cartOwnersOf = ({ caller, body }: PlaceOrderRequest): string[] => {
  if (body.items) return [];
  const sessionId = guestSessionOf(caller);
  return [...new Set([ownerOf(caller), ...(sessionId ? [sessionId] : [])])];
};

/** What the caller's cart holds, once earlier orders from it are out of it. */
const fromCart = async (
  effects: DraftOrderEffects,
  { caller, authorization, body }: PlaceOrderRequest,
  carts: readonly CartOrder[],
): Promise<readonly Item[]> => {
  const sessionId = guestSessionOf(caller);
  const after = carts.flatMap(({ orderId }) => orderId ?? []);
  const { items, version } = await effects.carts
    .look({ authorization, sessionId }, { after })
    .catch((problem: unknown) => {
      throw problem instanceof Refusal && problem.code === 'cart.order-pending' ? cartOrdered(after) : problem;
    });
  requireSeenCart(body.cartVersion, version);
  return items;
};

/** Works out what is ordered, `carts` being the newest order of each of {@link cartOwnersOf}. Refuses what the buyer did not see, as far as the request says what that was. */
export const draftOrder = async (
  effects: DraftOrderEffects,
  request: PlaceOrderRequest,
  carts: readonly CartOrder[],
): Promise<Placed> => {
  const { body, caller, authorization } = request;
  const [buyer, items] = await Promise.all([
    buyerOf(effects, request),
    body.items ?? fromCart(effects, request, carts),
  ]);
  const { lines, total } = priceLines(items, await effects.products.prices(items.map(({ productId }) => productId)));
  try {
    requireSeenTotal(body.expectedTotal, total);
  } catch (problem) {
    // The cart may go on showing old prices for a while; the buyer who looks again shall see these. Without it he still is told.
    const buyersCart = { authorization, sessionId: guestSessionOf(caller) };
    if (!body.items) await effects.carts.look(buyersCart, { prices: 'now' }).catch(() => undefined);
    throw problem;
  }
  return {
    type: 'order.placed.v1' as const,
    at: effects.clock.now().toISOString(),
    orderId: effects.ids.next('ord'),
    ...buyer,
    lines,
    total,
    shippingAddress: body.shippingAddress,
    cartOwner: body.items ? null : ownerOf(caller),
  };
};
