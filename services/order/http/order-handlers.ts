import type { orderDoors } from '../../contracts/http/order-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import type { Order } from '../domain/order.ts';
import { viewOf } from '../domain/order-view.ts';
import { cancelOrder, deliverOrder, refundOrder, returnOrderItems, shipOrder } from '../use-cases/change-order.ts';
import { continuePayment } from '../use-cases/continue-payment.ts';
import { findOrder } from '../use-cases/find-order.ts';
import { listOrders } from '../use-cases/list-orders.ts';
import type { OrderEffects } from '../use-cases/order-effects.ts';
import { orderTimeline } from '../use-cases/order-timeline.ts';
import { placeOrder } from '../use-cases/place-order.ts';
import { watchOrder } from '../use-cases/watch-order.ts';

const answer = (order: Order) => ({ order: viewOf(order) });

/** What the doors of the orders do, over HTTP and over gRPC. */
export const orderHandlers = ({ effects, refundIdOf, returnIdsOf }: OrderEffects): DoorHandlers<typeof orderDoors> => ({
  place: async ({ caller, network, headers, body }) => {
    const { authorization, 'idempotency-key': idempotencyKey } = headers;
    const { order, replayed } = await placeOrder(effects, { caller, network, authorization, idempotencyKey, body });
    return {
      headers: { location: `/orders/${order.id}`, 'idempotent-replayed': replayed ? 'true' : undefined },
      body: answer(order),
    };
  },

  list: async ({ caller, query }) => {
    const { items, nextCursor } = await listOrders(effects, caller, query);
    return { items: items.map(viewOf), nextCursor };
  },

  find: async ({ caller, params: { id } }) => answer(await findOrder(effects, caller, id)),

  timeline: async ({ caller, params: { id } }) => ({
    items: await orderTimeline(effects, caller, id),
    nextCursor: null,
  }),

  watch: async function* ({ caller, params: { id } }, signal) {
    for await (const order of watchOrder(effects, caller, id, signal)) yield { id: order.version, data: answer(order) };
  },

  continuePayment: async ({ caller, params: { id } }) => {
    const { order, buyerSecret } = await continuePayment(effects, caller, id);
    const authentication = buyerSecret === null ? null : { provider: 'stripe' as const, clientSecret: buyerSecret };
    return { ...answer(order), authentication };
  },

  cancel: async ({ caller, params: { id }, body }) => answer(await cancelOrder(effects, caller, id, body?.reason)),

  ship: async ({ caller, params: { id }, body }) => answer(await shipOrder(effects, caller, id, body)),

  deliver: async ({ caller, params: { id } }) => answer(await deliverOrder(effects, caller, id)),

  refund: async ({ caller, params: { id }, headers, body }) => {
    const key = headers['idempotency-key'];
    const wish = {
      refundId: refundIdOf(id, key),
      ...(key !== undefined && { fingerprint: effects.fingerprint(body) }),
    };
    return answer(await refundOrder(effects, caller, id, { ...wish, ...body }));
  },

  returnItems: async ({ caller, params: { id }, headers, body: { items, ...body } }) => {
    const key = headers['idempotency-key'];
    const wish = {
      ...returnIdsOf(id, key),
      ...(key !== undefined && { fingerprint: effects.fingerprint({ items, ...body }) }),
      lines: items.map(({ restock, ...line }) => ({ ...line, isRestocked: restock })),
    };
    return answer(await returnOrderItems(effects, caller, id, { ...wish, ...body }));
  },
});
