import type { ServiceImplementation } from 'nice-grpc';
import type { OrderServiceDefinition } from '../../contracts/generated/cloudmart/order/v1/order.ts';
import type { GrpcCall } from '../../kit/grpc/call-guard.ts';
import { parseRequest } from '../../kit/grpc/parse-request.ts';
import { cancelOrder, deliverOrder, refundOrder, shipOrder } from '../use-cases/change-order.ts';
import { findOrder } from '../use-cases/find-order.ts';
import { listOrders } from '../use-cases/list-orders.ts';
import { orderTimeline } from '../use-cases/order-timeline.ts';
import type { OrderUseCases } from '../use-cases/order-use-cases.ts';
import { placeOrder } from '../use-cases/place-order.ts';
import { watchOrder } from '../use-cases/watch-order.ts';
import {
  cancelRequest,
  listRequest,
  messageOf,
  ofOrder,
  placeRequest,
  placeRequestOf,
  refundRequest,
  shipRequest,
} from './order-messages.ts';

/** gRPC door, on behalf of the person whose token or session the caller forwards. */
export const orderGrpc = ({
  effects,
  refundIdOf,
}: OrderUseCases): ServiceImplementation<OrderServiceDefinition, GrpcCall> => {
  return {
    placeOrder: async (request, { caller, metadata }) => {
      const { idempotencyKey, body } = parseRequest(placeRequest, placeRequestOf(request));
      const { order } = await placeOrder(effects, {
        caller,
        authorization: metadata.get('authorization'),
        idempotencyKey,
        body,
      });
      return { order: messageOf(order) };
    },
    getOrder: async (request, { caller }) => ({
      order: messageOf(await findOrder(effects, caller, parseRequest(ofOrder, request).orderId)),
    }),
    listOrders: async (request, { caller }) => {
      const { items, nextCursor } = await listOrders(effects, caller, parseRequest(listRequest, request));
      return { items: items.map(messageOf), nextCursor: nextCursor ?? undefined };
    },
    getTimeline: async (request, { caller }) => {
      const entries = await orderTimeline(effects, caller, parseRequest(ofOrder, request).orderId);
      return { items: entries.map(({ note, ...entry }) => ({ ...entry, note: note ?? undefined })) };
    },
    cancelOrder: async (request, { caller }) => {
      const { orderId, reason } = parseRequest(cancelRequest, request);
      return { order: messageOf(await cancelOrder(effects, caller, orderId, reason)) };
    },
    shipOrder: async (request, { caller }) => {
      const { orderId, ...parcel } = parseRequest(shipRequest, request);
      return { order: messageOf(await shipOrder(effects, caller, orderId, parcel)) };
    },
    deliverOrder: async (request, { caller }) => ({
      order: messageOf(await deliverOrder(effects, caller, parseRequest(ofOrder, request).orderId)),
    }),
    refundOrder: async (request, { caller }) => {
      const { orderId, idempotencyKey, amount, reason } = parseRequest(refundRequest, request);
      const refundId = refundIdOf(orderId, idempotencyKey || undefined);
      return { order: messageOf(await refundOrder(effects, caller, orderId, { refundId, amount, reason })) };
    },
    async *watchOrder(request, { caller, signal }) {
      const { orderId } = parseRequest(ofOrder, request);
      for await (const order of watchOrder(effects, caller, orderId, signal))
        yield { order: messageOf(order), sequence: order.version };
    },
  };
};
