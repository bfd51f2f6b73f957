import type { OrderStatus } from '../../contracts/http/order-api.ts';
import { type Caller, isStaff } from '../../kit/auth/caller.ts';
import { fitPage } from '../../kit/values/fit-page.ts';
import { isId } from '../../kit/values/identifiers.ts';
import type { Order } from '../domain/order.ts';
import { cursorMalformed } from '../domain/order-refusals.ts';
import { claimOrders } from './claim-orders.ts';
import type { ChangeOrderEffects } from './decide-on-newest.ts';
import { ownerOf } from './find-order.ts';

export type ListOrdersRequest = {
  readonly status?: OrderStatus | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

/**
 * The caller's orders, newest first; staff see everybody's. The cursor is the id of the last order of the page before.
 * Whoever signed in since ordering as a guest claims the orders of that session by looking.
 */
export const listOrders = async (
  effects: ChangeOrderEffects,
  caller: Caller,
  { status, limit, cursor }: ListOrdersRequest,
): Promise<{ items: Order[]; nextCursor: string | null }> => {
  if (cursor !== undefined && !isId('ord', cursor)) throw cursorMalformed();
  const owner = ownerOf(caller);
  if (caller.kind === 'customer' && caller.guestSessionId !== undefined)
    await claimOrders(effects, { userId: caller.userId, sessionId: caller.guestSessionId });
  const found = await effects.orders.list(isStaff(caller) ? null : owner, {
    status,
    limit: limit + 1,
    before: cursor,
  });
  const { items, hasMore } = fitPage(found, limit);
  return { items, nextCursor: hasMore ? (items.at(-1)?.id ?? null) : null };
};
