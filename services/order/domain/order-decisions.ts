/** Commands and what they lead to: events, or a refusal that says why not. Pure. */
import type { CancellationReason } from '../../contracts/http/order-api.ts';
import type { Money } from '../../kit/values/money.ts';
import { type Order, pendingRefunds, pendingRestocks } from './order.ts';
import type { OrderEvent, OrderEventType } from './order-event.ts';
import {
  beingPacked,
  keyReused,
  nothingToRefund,
  refundBegun,
  refundCurrencyWrong,
  refundTooLarge,
  stepRefused,
} from './order-refusals.ts';
import { unreturnedUnits } from './returned-units.ts';
import { mayHappen } from './transitions.ts';

/** Refuses a step that the order's state does not allow; `code` names it, `wish` ends the sentence. */
export const requireStep = (order: Order, type: OrderEventType, code: string, wish: string) => {
  if (!mayHappen(order.status, type)) throw stepRefused(order.id, order.status, code, wish);
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
  if (order.status === 'processing' && reason !== 'cancelled-by-staff') throw beingPacked(order.id);
  if (order.refunds.length > 0 || order.returns.length > 0)
    throw refundBegun(order.id, '; refund the rest instead of cancelling it');
  return [{ type: 'order.cancelled.v1', at, reason, note }];
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
  if ((order.captured > 0 && refundable(order) <= 0) || unreturnedUnits(order).length === 0)
    throw refundBegun(order.id, ' in full and cannot be shipped');
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
    throw keyReused(`refund of order ${order.id}`, 'refund');
  if (known) return [];
  requireStep(order, 'order.refund-requested.v1', 'order.not-refundable', 'refunded');
  const left = refundable(order);
  const { currency } = order.total;
  const wanted = amount?.amount ?? left;
  if (left <= 0) throw nothingToRefund(order.id, order.captured);
  if (amount && amount.currency !== currency) throw refundCurrencyWrong(order.id, currency, amount.currency);
  if (wanted > left) throw refundTooLarge(order.id, left, wanted);
  return [
    {
      ...{ type: 'order.refund-requested.v1', at, refundId, amount: wanted, reason },
      fingerprint,
    },
  ];
};

/** What an answer or event of another service teaches; nothing when the order knows or has moved on. */
export const newsOf = (order: Order, event: OrderEvent): OrderEvent[] => {
  if (!mayHappen(order.status, event.type)) return [];
  if (event.type === 'order.refunded.v1' && !pendingRefunds(order).some(({ refundId }) => refundId === event.refundId))
    return [];
  if (
    event.type === 'order.restocked.v1' &&
    !pendingRestocks(order).some(({ returnId }) => returnId === event.returnId)
  )
    return [];
  if (event.type === 'order.closed.v1' && order.closed) return [];
  return [event];
};
