/** Commands and what they lead to: events, or a refusal that says why not. Pure. */
import type { CancellationReason } from '../../contracts/http/order-api.ts';
import type { Money } from '../../kit/values/money.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { mayHappen, type Order, type OrderEvent, type OrderEventType, pendingRefunds } from './order.ts';

const requireStep = (order: Order, type: OrderEventType, code: string, wish: string) => {
  if (!mayHappen(order.status, type))
    throw new Refusal('conflict', code, `Order ${order.id} is ${order.status} and cannot be ${wish}.`);
};

/** Money that can still be asked back: captured, less what is refunded or on its way. */
export const refundable = (order: Order): number =>
  order.captured - order.refunded - pendingRefunds(order).reduce((sum, { amount }) => sum + amount, 0);

/** Takes a guest's order into an account, by the session that placed it. An order that has an account keeps it. */
export const claim = (
  order: Order,
  { at, userId, sessionId }: { at: string; userId: string; sessionId: string },
): OrderEvent[] =>
  order.customer.userId === null && order.customer.sessionId === sessionId
    ? [{ type: 'order.claimed.v1', at, userId }]
    : [];

export const cancel = (
  order: Order,
  { at, reason, note }: { at: string; reason: CancellationReason; note?: string | undefined },
): OrderEvent[] => {
  requireStep(order, 'order.cancelled.v1', 'order.not-cancellable', 'cancelled any more');
  if (order.refunds.length > 0)
    throw new Refusal(
      'conflict',
      'order.refund-begun',
      `Order ${order.id} is being refunded; refund the rest instead of cancelling it.`,
    );
  return [{ type: 'order.cancelled.v1', at, reason, ...(note !== undefined && { note }) }];
};

export const startProcessing = (order: Order, { at }: { at: string }): OrderEvent[] => {
  requireStep(order, 'order.processing-started.v1', 'order.not-processable', 'processed');
  return [{ type: 'order.processing-started.v1', at }];
};

/** Shipping a paid order starts its processing on the way, so that the history has no hole. */
export const ship = (
  order: Order,
  { at, carrier, trackingNumber }: { at: string; carrier: string; trackingNumber: string },
): OrderEvent[] => {
  if (
    order.status === 'shipped' &&
    order.shipment?.carrier === carrier &&
    order.shipment.trackingNumber === trackingNumber
  )
    return [];
  const begun: OrderEvent[] = order.status === 'paid' ? startProcessing(order, { at }) : [];
  if (begun.length === 0) requireStep(order, 'order.shipped.v1', 'order.not-shippable', 'shipped');
  // An order that cost nothing has nothing to refund and is shipped all the same.
  if (order.captured > 0 && refundable(order) <= 0)
    throw new Refusal(
      'conflict',
      'order.refund-begun',
      `Order ${order.id} is being refunded in full and cannot be shipped.`,
    );
  return [...begun, { type: 'order.shipped.v1', at, carrier, trackingNumber }];
};

export const deliver = (order: Order, { at }: { at: string }): OrderEvent[] => {
  if (order.status === 'delivered') return [];
  requireStep(order, 'order.delivered.v1', 'order.not-deliverable', 'delivered');
  return [{ type: 'order.delivered.v1', at }];
};

/** Asks for money back: an amount in the order's currency, or everything that is left. A refund id that is known changes nothing. */
export const requestRefund = (
  order: Order,
  { at, refundId, amount, reason }: { at: string; refundId: string; amount: Money | undefined; reason: string },
): OrderEvent[] => {
  if (order.refunds.some((refund) => refund.refundId === refundId)) return [];
  requireStep(order, 'order.refund-requested.v1', 'order.not-refundable', 'refunded');
  const left = refundable(order);
  const { currency } = order.total;
  const wanted = amount?.amount ?? left;
  if (left <= 0)
    throw new Refusal('conflict', 'order.already-refunded', `Order ${order.id} has nothing left to refund.`);
  if (amount && amount.currency !== currency)
    throw new Refusal(
      'unprocessable',
      'order.refund-currency',
      `Order ${order.id} was paid in ${currency} and cannot be refunded in ${amount.currency}.`,
      { errors: [{ path: 'amount.currency', message: `must be ${currency}` }] },
    );
  if (wanted > left)
    throw new Refusal(
      'conflict',
      'order.refund-too-large',
      `Order ${order.id} has ${left} minor units left to refund, not ${wanted}.`,
      { errors: [{ path: 'amount.amount', message: `must be at most ${left}` }] },
    );
  return [{ type: 'order.refund-requested.v1', at, refundId, amount: wanted, reason }];
};

/** What an answer or event of another service teaches; nothing when the order knows or has moved on. */
export const newsOf = (order: Order, event: OrderEvent): OrderEvent[] => {
  if (!mayHappen(order.status, event.type)) return [];
  if (event.type === 'order.refunded.v1' && !pendingRefunds(order).some(({ refundId }) => refundId === event.refundId))
    return [];
  if (event.type === 'order.closed.v1' && order.closed) return [];
  return [event];
};
