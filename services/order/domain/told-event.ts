/** What a message of this service says happened, so that a history can be written again from what was told of it. Pure. */
import type { OrderEvent as ToldEvent } from '../../contracts/events/order-events.ts';
import type { CancellationReason } from '../../contracts/http/order-api.ts';
import type { OrderEvent } from './order-event.ts';

/** Stands for the session of a guest that no message names: nobody has it. */
export const unknownSession = 'ses_unknown';

const sessionOf = ({ data: { customer } }: ToldEvent, cartOwner: string | null): string | null => {
  if (cartOwner?.startsWith('ses_')) return cartOwner;
  return customer.userId === null ? unknownSession : null;
};

const returned = ({ data: { order } }: ToldEvent, returnId: string) => {
  const found = order.returns.find(({ id }) => id === returnId);
  if (!found)
    throw new Error(`a message of order ${order.id} tells of return ${returnId}, which the order in it has not`);
  const lines = found.items.map(({ productId, quantity, restock }) => ({ productId, quantity, isRestocked: restock }));
  return { returnId, lines, reason: found.reason, refundId: found.refundId };
};

/**
 * The event that a message tells. What messages leave out is lost: who asked for it (`by`), the session of a guest unless it owned the
 * cart, and the fingerprints of requests.
 */
export const toldEvent = (message: ToldEvent): OrderEvent => {
  const { type, time: at, subject, data } = message;
  const { order, customer } = data;
  switch (type) {
    case 'order.placed.v1': {
      const { cart } = message.data;
      const cartOwner = cart?.owner ?? null;
      const { items: lines, email, total, shippingAddress } = order;
      const buyer = { userId: customer.userId, sessionId: sessionOf(message, cartOwner), name: customer.name };
      return { type, at, orderId: subject, customer: buyer, email, lines, total, shippingAddress, cartOwner };
    }
    case 'order.claimed.v1':
      return { type, at, userId: customer.userId ?? '' };
    case 'order.stock-reserved.v1':
      return { type, at, reservedUntil: message.data.reservedUntil };
    case 'order.paid.v1':
      return { type, at, paymentId: order.payment.paymentId, captured: message.data.captured.amount };
    case 'order.shipped.v1':
      return { type, at, carrier: message.data.carrier, trackingNumber: message.data.trackingNumber };
    case 'order.cancelled.v1': {
      const { reason, note } = message.data;
      return { type, at, reason: reason as CancellationReason, ...(note !== null && { note }) };
    }
    case 'order.payment-failed.v1':
      return { type, at, reason: message.data.reason };
    case 'order.closed.v1': {
      const { captured, refunded } = message.data;
      return { type, at, paymentId: order.payment.paymentId, captured: captured.amount, refunded: refunded.amount };
    }
    case 'order.refund-requested.v1': {
      const { refundId, amount, reason } = message.data;
      return { type, at, refundId, amount: amount.amount, reason };
    }
    case 'order.refunded.v1':
      return { type, at, refundId: message.data.refundId, amount: message.data.amount.amount };
    case 'order.items-returned.v1':
      return { type, at, ...returned(message, message.data.returnId) };
    case 'order.restocked.v1':
      return { type, at, returnId: message.data.returnId };
    case 'order.processing-started.v1':
    case 'order.delivered.v1':
      return { type, at };
  }
};
