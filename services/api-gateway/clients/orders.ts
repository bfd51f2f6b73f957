import type {
  OrderServiceDefinition,
  Order as ProtoOrder,
  WatchOrderResponse,
} from '../../contracts/generated/cloudmart/order/v1/order.ts';
import type { Address as ProtoAddress } from '../../contracts/generated/cloudmart/values/v1/values.ts';
import { type Order, orderSchema, type PlaceOrder, timelineAnswer } from '../../contracts/http/order-api.ts';
import type { GrpcClient } from '../../kit/grpc/grpc-client.ts';
import type { Forwarding } from '../http/forwarding.ts';
import type { OrderSighting } from '../http/watch-until-settled.ts';

const addressOf = ({ name, line2, state, ...rest }: ProtoAddress) => ({
  ...rest,
  ...(name !== undefined && { name }),
  ...(line2 !== undefined && { line2 }),
  ...(state !== undefined && { state }),
});

/** The contract's order, checked: an answer of another shape is the order service's fault and never reaches a caller. */
const orderOf = (order: ProtoOrder | undefined): Order =>
  orderSchema.parse(
    order && {
      ...order,
      shippingAddress: order.shippingAddress && addressOf(order.shippingAddress),
      payment: order.payment && {
        ...order.payment,
        paymentId: order.payment.paymentId ?? null,
        failure: order.payment.failure ?? null,
      },
      shipment: order.shipment ?? null,
      cancellation: order.cancellation ? { ...order.cancellation, note: order.cancellation.note ?? null } : null,
    },
  );

const sightingOf = ({ order, sequence }: WatchOrderResponse): OrderSighting => ({ order: orderOf(order), sequence });

/** Longest life of one stream in milliseconds; the order service may end it sooner. */
const watchMs = 900_000;

/** The order service in the words of the public door; refusals pass through. */
export const createOrders = (orders: GrpcClient<typeof OrderServiceDefinition>) => ({
  place: async (body: PlaceOrder, idempotencyKey: string, forwarding: Forwarding) => {
    const request = {
      idempotencyKey,
      shippingAddress: body.shippingAddress,
      paymentMethod: body.payment.method,
      paymentToken: body.payment.token,
      ...(body.email !== undefined && { email: body.email }),
      items: body.items ?? [],
    };
    return orderOf((await orders.placeOrder(request, forwarding)).order);
  },

  list: async (
    query: { readonly status?: string; readonly limit: number; readonly cursor?: string },
    forwarding: Forwarding,
  ) => {
    const { items, nextCursor } = await orders.listOrders(query, forwarding);
    return { items: items.map(orderOf), nextCursor: nextCursor ?? null };
  },

  find: async (orderId: string, forwarding: Forwarding) =>
    orderOf((await orders.getOrder({ orderId }, forwarding)).order),

  timeline: async (orderId: string, forwarding: Forwarding) => {
    const { items } = await orders.getTimeline({ orderId }, forwarding);
    return timelineAnswer.parse({
      items: items.map((entry) => ({ ...entry, note: entry.note ?? null })),
      nextCursor: null,
    });
  },

  cancel: async (orderId: string, reason: string | undefined, forwarding: Forwarding) =>
    orderOf((await orders.cancelOrder({ orderId, ...(reason !== undefined && { reason }) }, forwarding)).order),

  ship: async (
    orderId: string,
    shipment: { readonly carrier: string; readonly trackingNumber: string },
    forwarding: Forwarding,
  ) => orderOf((await orders.shipOrder({ orderId, ...shipment }, forwarding)).order),

  deliver: async (orderId: string, forwarding: Forwarding) =>
    orderOf((await orders.deliverOrder({ orderId }, forwarding)).order),

  refund: async (
    orderId: string,
    refund: { readonly amount?: number; readonly reason: string; readonly idempotencyKey: string },
    forwarding: Forwarding,
  ) => orderOf((await orders.refundOrder({ orderId, ...refund }, forwarding)).order),

  /** The order now and after each change until the other side ends the stream; ends at once when the signal aborts. */
  watch: async function* (orderId: string, forwarding: Forwarding, signal: AbortSignal): AsyncGenerator<OrderSighting> {
    for await (const answer of orders.watchOrder({ orderId }, { ...forwarding, signal, deadlineMs: watchMs }))
      yield sightingOf(answer);
  },
});

export type Orders = ReturnType<typeof createOrders>;
