/** What happened to an order; each event carries the order as it is afterwards, so that consumers need no look-up. */
import { z } from 'zod';
import { orderSchema } from '../http/order-api.ts';
import { moneySchema, refundIdSchema, returnIdSchema, timestampSchema } from '../http/values.ts';
import { cloudEventSchema } from './cloud-event.ts';

/** The order as of this event; `userId` is null for guests. */
const orderData = {
  order: z.object(orderSchema.shape),
  customer: z.object({ userId: z.string().nullable(), name: z.string().nullable() }),
};

const orderEvent = <Type extends string, Details extends z.ZodRawShape>(type: Type, details: Details) =>
  cloudEventSchema(type, z.object({ ...orderData, ...details }));

export const orderPlacedV1 = orderEvent('order.placed.v1', {
  /** Owner (`usr_` or `ses_` id) of the cart that was bought; null when items were given with the order. */
  cart: z.object({ owner: z.string() }).nullable(),
});
/** The guest who placed it signed in: `customer.userId` is no longer null. */
export const orderClaimedV1 = orderEvent('order.claimed.v1', {});
export const orderStockReservedV1 = orderEvent('order.stock-reserved.v1', { reservedUntil: timestampSchema });
export const orderPaidV1 = orderEvent('order.paid.v1', { captured: moneySchema });
export const orderProcessingStartedV1 = orderEvent('order.processing-started.v1', {});
export const orderShippedV1 = orderEvent('order.shipped.v1', { carrier: z.string(), trackingNumber: z.string() });
export const orderDeliveredV1 = orderEvent('order.delivered.v1', {});
export const orderCancelledV1 = orderEvent('order.cancelled.v1', {
  /** One of `cancellationReasons`. */
  reason: z.string(),
  note: z.string().nullable().default(null),
});
export const orderPaymentFailedV1 = orderEvent('order.payment-failed.v1', { reason: z.string() });
/** A cancelled or unpaid order has given everything back: its stock is free and its money returned. */
export const orderClosedV1 = orderEvent('order.closed.v1', { captured: moneySchema, refunded: moneySchema });
export const orderRefundRequestedV1 = orderEvent('order.refund-requested.v1', {
  refundId: refundIdSchema,
  amount: moneySchema,
  reason: z.string(),
});
export const orderRefundedV1 = orderEvent('order.refunded.v1', { refundId: refundIdSchema, amount: moneySchema });
/** Units came back; which ones is said by the order's return of this id. A refund that it makes is told by an event of its own. */
export const orderItemsReturnedV1 = orderEvent('order.items-returned.v1', { returnId: returnIdSchema });
/** What of a return can be sold again is in free stock. */
export const orderRestockedV1 = orderEvent('order.restocked.v1', { returnId: returnIdSchema });

export const orderEventSchema = z.discriminatedUnion('type', [
  orderPlacedV1,
  orderClaimedV1,
  orderStockReservedV1,
  orderPaidV1,
  orderProcessingStartedV1,
  orderShippedV1,
  orderDeliveredV1,
  orderCancelledV1,
  orderPaymentFailedV1,
  orderClosedV1,
  orderRefundRequestedV1,
  orderRefundedV1,
  orderItemsReturnedV1,
  orderRestockedV1,
]);
export type OrderEvent = z.output<typeof orderEventSchema>;
