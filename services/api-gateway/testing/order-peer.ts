import { EventEmitter, once } from 'node:events';
import { type Order, OrderServiceDefinition } from '../../contracts/generated/cloudmart/order/v1/order.ts';
import { type Caller, isStaff } from '../../kit/auth/caller.ts';
import { createGrpcServer } from '../../kit/grpc/grpc-server.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { testContext } from '../../kit/testing/context.ts';
import { testManifest } from '../../kit/testing/manifest.ts';
import type { TestTokens } from '../../kit/testing/tokens.ts';
import { Refusal } from '../../kit/values/refusal.ts';

type Kept = { order: Order; owner: string; sequence: number };

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const ownerOf = (caller: Caller): string => {
  if (caller.kind === 'nobody') throw new Refusal('unauthenticated', 'token.missing', 'Sign in first.');
  return caller.kind === 'customer' ? caller.userId : caller.sessionId;
};
const settled = ['paid', 'cancelled', 'payment-failed', 'refunded', 'shipped', 'delivered', 'processing'];

/** Speaks the order service's contract from memory: own orders only, and a stream that follows them. */
export const createOrderPeer = (tokens: TestTokens) => {
  const orders = new Map<string, Kept>();
  /** Order by owner and Idempotency-Key. */
  const keys = new Map<string, string>();
  const changes = new EventEmitter().setMaxListeners(0);
  const requests: { method: string; request: unknown; caller: Caller }[] = [];
  let openStreams = 0;
  let breaking = new AbortController();

  const find = (orderId: string, caller: Caller): Kept => {
    const kept = orders.get(orderId);
    if (!kept || (kept.owner !== ownerOf(caller) && !isStaff(caller)))
      throw new Refusal('missing', 'order.unknown', 'There is no such order.');
    return kept;
  };
  const change = (kept: Kept, parts: Partial<Order>): { order: Order } => {
    kept.order = { ...kept.order, ...parts, updatedAt: new Date().toISOString() };
    kept.sequence += 1;
    changes.emit('change');
    return { order: kept.order };
  };
  const seen = <Request>(method: string, request: Request, caller: Caller): Request => {
    requests.push({ method, request, caller });
    return request;
  };

  const context = testContext(testManifest({ name: 'order' }), { verifyToken: tokens.verifyToken });
  const grpc = createGrpcServer({ context }).add(OrderServiceDefinition, {
    placeOrder: async (request, { caller }) => {
      seen('placeOrder', request, caller);
      const key = `${ownerOf(caller)} ${request.idempotencyKey}`;
      const known = keys.get(key);
      if (known !== undefined)
        return { order: find(known, caller).order, location: `/orders/${known}`, idempotentReplayed: 'true' };
      const now = new Date().toISOString();
      const order: Order = {
        id: systemIds.next('ord'),
        status: 'pending',
        items: request.items.map((item) => ({
          ...item,
          title: 'Film',
          unitPrice: euros(500),
          lineTotal: euros(500 * item.quantity),
        })),
        total: euros(500),
        currency: 'EUR',
        email: request.email ?? 'ada@example.com',
        shippingAddress: request.shippingAddress,
        payment: { method: 'card', captured: euros(0), refunded: euros(0) },
        returns: [],
        createdAt: now,
        updatedAt: now,
      };
      orders.set(order.id, { order, owner: ownerOf(caller), sequence: 1 });
      keys.set(key, order.id);
      return { order, location: `/orders/${order.id}` };
    },
    getOrder: async ({ id }, { caller }) => ({ order: find(id, caller).order }),
    listOrders: async (request, { caller }) => {
      seen('listOrders', request, caller);
      const items = [...orders.values()].filter(({ owner }) => owner === ownerOf(caller)).map(({ order }) => order);
      return { items, nextCursor: items.length > request.limit ? 'more' : undefined };
    },
    getTimeline: async ({ id }, { caller }) => {
      const { order } = find(id, caller);
      return { items: [{ sequence: 1, type: 'order.placed.v1', status: 'pending', at: order.createdAt }] };
    },
    continuePayment: async ({ id }, { caller }) => ({ order: find(id, caller).order }),
    cancelOrder: async (request, { caller }) => {
      const { id, reason } = seen('cancelOrder', request, caller);
      const kept = find(id, caller);
      if (kept.order.status === 'shipped') throw new Refusal('conflict', 'order.not-cancellable', 'It is on its way.');
      return change(kept, { status: 'cancelled', cancellation: { reason: 'cancelled-by-customer', note: reason } });
    },
    shipOrder: async ({ id, carrier, trackingNumber }, { caller }) =>
      change(find(id, caller), { status: 'shipped', shipment: { carrier, trackingNumber } }),
    deliverOrder: async ({ id }, { caller }) => change(find(id, caller), { status: 'delivered' }),
    refundOrder: async (request, { caller }) =>
      change(find(seen('refundOrder', request, caller).id, caller), { status: 'refunded' }),
    returnItems: async (request, { caller }) => {
      const { id, items, reason } = seen('returnItems', request, caller);
      const at = new Date().toISOString();
      return change(find(id, caller), { returns: [{ id: systemIds.next('ret'), items, reason, at }] });
    },
    watchOrder: async function* ({ id }, { caller, signal }) {
      const kept = find(id, caller);
      openStreams += 1;
      const over = AbortSignal.any([signal, breaking.signal]);
      try {
        for (;;) {
          yield { order: kept.order, sequence: kept.sequence };
          if (settled.includes(kept.order.status)) return;
          await once(changes, 'change', { signal: over });
        }
      } catch (problem) {
        if (signal.aborted) throw problem;
        throw new Refusal('unavailable', 'order.restarting', 'Come again.');
      } finally {
        openStreams -= 1;
      }
    },
  });

  return {
    grpc,
    requests,
    openStreams: () => openStreams,
    /** Moves an order on, as a job of the order service would. */
    move: (orderId: string, parts: Partial<Order>) => {
      const kept = orders.get(orderId);
      if (!kept) throw new Error(`no order ${orderId}`);
      change(kept, parts);
    },
    /** Ends every open stream the way a restart does. */
    breakStreams: () => {
      breaking.abort();
      breaking = new AbortController();
    },
  };
};
