/** The order as the doors and events show it; only what stands here ever leaves the service. Pure. */
import type { Order as OrderView } from '../../contracts/http/order-api.ts';
import type { Order } from './order.ts';
import type { OrderEvent } from './order-event.ts';

export const viewOf = (order: Order): OrderView => {
  const { currency } = order.total;
  return {
    id: order.id,
    status: order.status,
    items: [...order.lines],
    total: order.total,
    currency,
    email: order.email,
    shippingAddress: order.shippingAddress,
    payment: {
      method: 'card',
      paymentId: order.paymentId,
      captured: { amount: order.captured, currency },
      refunded: { amount: order.refunded, currency },
      failure: order.failure,
    },
    shipment: order.shipment,
    returns: order.returns.map(({ returnId, lines, reason, refundId, at }) => ({
      id: returnId,
      items: lines.map(({ productId, quantity, isRestocked }) => ({ productId, quantity, restock: isRestocked })),
      reason,
      refundId,
      at,
    })),
    cancellation: order.cancelReason === null ? null : { reason: order.cancelReason, note: order.cancelNote },
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
  };
};

/** What the event says beside the order itself, in the words of the contract. */
export const eventDetails = (event: OrderEvent, currency: string): Record<string, unknown> => {
  const amount = (minorUnits: number) => ({ amount: minorUnits, currency });
  switch (event.type) {
    case 'order.placed.v1':
      return { cart: event.cartOwner === null ? null : { owner: event.cartOwner } };
    case 'order.stock-reserved.v1':
      return { reservedUntil: event.reservedUntil };
    case 'order.paid.v1':
      return { captured: amount(event.captured) };
    case 'order.shipped.v1':
      return { carrier: event.carrier, trackingNumber: event.trackingNumber };
    case 'order.cancelled.v1':
      return { reason: event.reason, note: event.note ?? null };
    case 'order.payment-failed.v1':
      return { reason: event.reason };
    case 'order.closed.v1':
      return { captured: amount(event.captured), refunded: amount(event.refunded) };
    case 'order.refund-requested.v1':
      return { refundId: event.refundId, amount: amount(event.amount), reason: event.reason };
    case 'order.refunded.v1':
      return { refundId: event.refundId, amount: amount(event.amount) };
    case 'order.items-returned.v1':
    case 'order.restocked.v1':
      return { returnId: event.returnId };
    case 'order.claimed.v1':
    case 'order.processing-started.v1':
    case 'order.delivered.v1':
      return {};
  }
};

/** One sentence for the order's timeline; null where the type says it all. */
export const eventNote = (event: OrderEvent): string | null => {
  switch (event.type) {
    case 'order.shipped.v1':
      return `${event.carrier} ${event.trackingNumber}`;
    case 'order.cancelled.v1':
      return event.note ?? event.reason;
    case 'order.payment-failed.v1':
    case 'order.refund-requested.v1':
    case 'order.items-returned.v1':
      return event.reason;
    default:
      return null;
  }
};
