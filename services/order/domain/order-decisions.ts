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

/** Until the goods are with the carrier; once they are being packed, by staff alone, who know that nothing has left. */
export const cancel = (
  order: Order,
  { at, reason, note }: { at: string; reason: CancellationReason; note?: string | undefined },
): OrderEvent[] => {
  requireStep(order, 'order.cancelled.v1', 'order.not-cancellable', 'cancelled any more');
  if (order.status === 'processing' && reason !== 'cancelled-by-staff')
    throw new Refusal(
      'conflict',
      'order.not-cancellable',
      `Order ${order.id} is being packed and can be cancelled by the shop's staff alone.`,
    );
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

/** What staff ask for. Of two wishes under one id the fingerprints say whether they are the same request. */
export type RefundWish = {
  readonly refundId: string;
  readonly fingerprint?: string;
  /** Absent: everything that is left. */
  readonly amount?: Money | undefined;
  readonly reason: string;
};

/** Asks for money back: an amount in the order's currency, or everything that is left. The same wish again changes nothing. */
export const requestRefund = (
  order: Order,
  { at, refundId, fingerprint, amount, reason }: RefundWish & { at: string },
): OrderEvent[] => {
  const known = order.refunds.find((refund) => refund.refundId === refundId);
  if (known?.fingerprint !== undefined && known.fingerprint !== fingerprint)
    throw new Refusal(
      'unprocessable',
      'order.key-reused',
      `This Idempotency-Key was used for another refund of order ${order.id}; use a new key for a new refund.`,
    );
  if (known) return [];
  requireStep(order, 'order.refund-requested.v1', 'order.not-refundable', 'refunded');
  const left = refundable(order);
  const { currency } = order.total;
  const wanted = amount?.amount ?? left;
  if (left <= 0)
    throw new Refusal(
      'conflict',
      'order.already-refunded',
      order.captured === 0
        ? `Order ${order.id} cost nothing, so there is nothing to refund; cancel it to have its goods back.`
        : `Order ${order.id} has nothing left to refund.`,
    );
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
  return [
    {
      ...{ type: 'order.refund-requested.v1', at, refundId, amount: wanted, reason },
      ...(fingerprint !== undefined && { fingerprint }),
    },
  ];
};

/** What an answer or event of another service teaches; nothing when the order knows or has moved on. */
export const newsOf = (order: Order, event: OrderEvent): OrderEvent[] => {
  if (!mayHappen(order.status, event.type)) return [];
  if (event.type === 'order.refunded.v1' && !pendingRefunds(order).some(({ refundId }) => refundId === event.refundId))
    return [];
  if (event.type === 'order.closed.v1' && order.closed) return [];
  return [event];
};
