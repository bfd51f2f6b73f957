/** Between the protobuf messages and the service's own words. */
import * as z from 'zod';
import type * as proto from '../../contracts/generated/cloudmart/order/v1/order.ts';
import {
  cancelOrderFields,
  idempotencyKeySchema,
  listOrdersQuery,
  placeOrderBody,
  refundOrderBody,
  shipOrderBody,
} from '../../contracts/http/order-api.ts';
import { orderIdSchema } from '../../contracts/http/values.ts';
import type { Order } from '../domain/order.ts';
import { viewOf } from '../domain/order-view.ts';

export const ofOrder = z.object({ orderId: orderIdSchema });
export const cancelRequest = ofOrder.extend(cancelOrderFields);
export const shipRequest = ofOrder.extend(shipOrderBody.shape);
export const refundRequest = ofOrder.extend({
  ...refundOrderBody.shape,
  idempotencyKey: z.union([z.literal(''), idempotencyKeySchema]),
});
export const listRequest = listOrdersQuery;

/** An order request as the HTTP door takes it, so that both doors check the same. */
export const placeRequest = z.object({ idempotencyKey: idempotencyKeySchema, body: placeOrderBody });

export const placeRequestOf = (request: proto.PlaceOrderRequest) => ({
  idempotencyKey: request.idempotencyKey,
  body: {
    shippingAddress: request.shippingAddress,
    payment: { method: request.paymentMethod, token: request.paymentToken },
    email: request.email,
    items: request.items.length > 0 ? request.items : undefined,
  },
});

export const messageOf = (order: Order): proto.Order => {
  const { items, payment, shipment, cancellation, ...view } = viewOf(order);
  return {
    ...view,
    items,
    payment: { ...payment, paymentId: payment.paymentId ?? undefined, failure: payment.failure ?? undefined },
    shipment: shipment ?? undefined,
    cancellation: cancellation ? { ...cancellation, note: cancellation.note ?? undefined } : undefined,
  };
};
