/** How an order, its payment and its reservation may differ once nothing is under way any more. Pure. */

import type { DriftKind, DriftRepair } from '../../contracts/http/drifts.ts';
import type { PaymentStatus } from '../../contracts/http/payment-api.ts';
import { nextStep, type Order, replay } from './order.ts';
import type { OrderEvent } from './order-event.ts';
import { unitsGone } from './returned-units.ts';

/** The payment of an order by the payment service's books; amounts in minor units of `currency`. */
export type BookedPayment = {
  readonly id: string;
  readonly orderId: string;
  readonly status: PaymentStatus;
  readonly amount: number;
  readonly currency: string;
  readonly captured: number;
  readonly refunded: number;
  /** Those that were made. */
  readonly refunds: readonly { readonly refundId: string; readonly amount: number; readonly reason: string }[];
  readonly ledgerAgrees: boolean;
};

/** What the stock has of an order. */
export type BookedReservation = {
  readonly orderId: string;
  readonly status: 'reserved' | 'rejected' | 'committed' | 'released';
  readonly lines: readonly { readonly productId: string; readonly quantity: number }[];
};

/** All that is known of an order; null where the service has never heard of it. */
export type OrderBooks = {
  readonly order: Order;
  readonly history: readonly { readonly sequence: number; readonly event: OrderEvent }[];
  readonly payment: BookedPayment | null;
  readonly reservation: BookedReservation | null;
};

export type Finding = {
  readonly kind: DriftKind;
  readonly detail: string;
  /** What mends it; null: a person has to look. */
  readonly repair: DriftRepair | null;
  /** The refund that it is about, where it is about one. */
  readonly refund?: { readonly refundId: string; readonly amount: number; readonly reason: string };
};

/** When what is unfinished counts as stuck. */
export type Patience = {
  readonly now: Date;
  /** Seconds for which an order may be owed a step. */
  readonly stuckAfterSeconds: number;
  /** Seconds after which a paid order is due for fulfilment. */
  readonly cancellationWindowSeconds: number;
};

/** Whether the platform is at work on an order: nothing is compared then, because books are written one after the other. */
export const isUnderWay = (order: Order): boolean => nextStep(order) !== null;

const restedSeconds = (order: Order, now: Date) => (now.getTime() - Date.parse(order.updatedAt)) / 1000;

/** Whether a payment keeps the customer's money, or may still take it. */
export const holdsMoney = ({ status, captured, refunded }: BookedPayment): boolean =>
  status === 'authorised' || captured > refunded;

export const holdsUnits = ({ status }: BookedReservation): boolean => status === 'reserved' || status === 'committed';

const isDead = ({ status }: Order) => status === 'cancelled' || status === 'payment-failed';

const historyFindings = ({ order, history }: OrderBooks): Finding[] => {
  const isGapless = history.length === order.version && history.every(({ sequence }, at) => sequence === at + 1);
  if (!isGapless) {
    const detail = `${history.length} events, the last numbered ${history.at(-1)?.sequence ?? 0}, and version ${order.version}`;
    return [{ kind: 'history-gap', detail, repair: null }];
  }
  const known = ({ status, captured, refunded, closed, total, paymentId }: Order) =>
    JSON.stringify({ status, captured, refunded, closed, total: total.amount, paymentId });
  try {
    const told = known(replay(history.map(({ event }) => event)));
    if (told === known(order)) return [];
    return [{ kind: 'history-differs', detail: `stored as ${known(order)}, told as ${told}`, repair: null }];
  } catch (problem) {
    return [{ kind: 'history-differs', detail: (problem as Error).message, repair: null }];
  }
};

const refundFindings = (order: Order, payment: BookedPayment): Finding[] => {
  const made = order.refunds.filter(({ done }) => done);
  const isAmong = (refunds: readonly { refundId: string }[], refundId: string) =>
    refunds.some((each) => each.refundId === refundId);
  const missing = made
    .filter(({ refundId }) => !isAmong(payment.refunds, refundId))
    .map(({ refundId, amount, reason }): Finding => {
      const detail = `the order has refund ${refundId} of ${amount}, the payment has not`;
      return { kind: 'refund-missing', detail, repair: 'refund-payment', refund: { refundId, amount, reason } };
    });
  const unknown = payment.refunds
    .filter(({ refundId }) => !isAmong(order.refunds, refundId))
    .map((refund): Finding => {
      const detail = `the payment has refund ${refund.refundId} of ${refund.amount}, the order has not`;
      return { kind: 'refund-not-in-order', detail, repair: 'record-refund', refund };
    });
  if (missing.length + unknown.length > 0 || payment.refunded === order.refunded) return [...missing, ...unknown];
  const detail = `refunded ${order.refunded} by the order and ${payment.refunded} by the payment`;
  return [{ kind: 'amount-differs', detail, repair: null }];
};

/** Of an order whose goods are, or were, the customer's. */
const paidFindings = (order: Order, payment: BookedPayment | null): Finding[] => {
  const { amount, currency } = order.total;
  const isFree = amount === 0 && order.captured === 0;
  if (isFree && (!payment || !holdsMoney(payment))) return [];
  if (payment?.status === 'authorised' && !isFree)
    return [{ kind: 'payment-not-captured', detail: `${payment.amount} are authorised`, repair: 'capture-payment' }];
  if (!payment || (payment.captured === 0 && !isFree)) {
    const canCancel = (order.status === 'paid' || order.status === 'processing') && order.refunds.length === 0;
    const detail = payment ? `its payment is ${payment.status}` : 'there is no payment';
    return [{ kind: 'paid-order-without-payment', detail, repair: canCancel ? 'cancel-order' : null }];
  }
  const isSame = payment.captured === order.captured && order.captured === amount && payment.currency === currency;
  if (isSame && payment.amount === amount) return refundFindings(order, payment);
  const detail = `total ${amount} ${currency}, captured ${order.captured} by the order and ${payment.captured} ${payment.currency} of ${payment.amount} by the payment`;
  return [{ kind: 'amount-differs', detail, repair: null }];
};

const deadFindings = (order: Order, payment: BookedPayment | null): Finding[] => {
  if (payment && holdsMoney(payment)) {
    const detail = `the order is ${order.status}, its payment is ${payment.status} and keeps ${payment.captured - payment.refunded}`;
    return [{ kind: 'payment-of-dead-order', detail, repair: 'cancel-payment' }];
  }
  const kept = order.captured - order.refunded;
  if (kept === 0) return [];
  return [{ kind: 'amount-differs', detail: `the order is ${order.status} and keeps ${kept}`, repair: null }];
};

const unitsByProduct = (lines: BookedReservation['lines']) =>
  JSON.stringify(
    lines.map(({ productId, quantity }) => [productId, quantity] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

const stockFindings = (order: Order, reservation: BookedReservation | null): Finding[] => {
  const gone = unitsGone(order);
  if (gone.length === 0) {
    if (!reservation || !holdsUnits(reservation)) return [];
    const detail = `the order is ${order.status}, its reservation is ${reservation.status}`;
    return [{ kind: 'reservation-without-live-order', detail, repair: 'release-stock' }];
  }
  if (!reservation) {
    const detail = 'the stock has never heard of the order';
    return [{ kind: 'order-without-stock', detail, repair: order.status === 'refunded' ? null : 'sell-stock' }];
  }
  if (reservation.status === 'reserved')
    return [{ kind: 'stock-not-sold', detail: 'its units are reserved', repair: 'commit-stock' }];
  if (reservation.status !== 'committed')
    return [{ kind: 'order-without-stock', detail: `its reservation is ${reservation.status}`, repair: null }];
  const [sold, ordered] = [unitsByProduct(reservation.lines), unitsByProduct(gone)];
  return sold === ordered
    ? []
    : [{ kind: 'sold-units-differ', detail: `sold ${sold}, ordered and not put back ${ordered}`, repair: null }];
};

/** What differs of one order; nothing where all books agree, or the order is under way. */
export const findingsOf = (books: OrderBooks, { now, ...patience }: Patience): Finding[] => {
  const { order, payment, reservation } = books;
  const rested = restedSeconds(order, now);
  if (isUnderWay(order)) {
    const isBuyersTurn = order.buyerUntil !== undefined && Date.parse(order.buyerUntil) > now.getTime();
    if (isBuyersTurn || rested <= patience.stuckAfterSeconds) return [];
    const detail = `is ${order.status}, is owed the step "${nextStep(order)}" and has not moved for ${Math.round(rested)} s`;
    return [{ kind: 'order-stuck', detail, repair: 'drive-order' }];
  }
  const history = historyFindings(books);
  // Whatever else the row says is not to be acted on.
  if (history.length > 0) return history;
  const isDue = order.status === 'paid' && rested > patience.cancellationWindowSeconds + patience.stuckAfterSeconds;
  const waits: Finding = {
    kind: 'order-not-processed',
    detail: `is paid for ${Math.round(rested)} s`,
    repair: 'start-processing',
  };
  const ledger: Finding = {
    kind: 'ledger-gap',
    detail: `captured ${payment?.captured}, refunded ${payment?.refunded}, and the ledger has something else`,
    repair: null,
  };
  return [
    ...(isDead(order) ? deadFindings(order, payment) : paidFindings(order, payment)),
    ...(payment && !payment.ledgerAgrees ? [ledger] : []),
    ...stockFindings(order, reservation),
    ...(isDue ? [waits] : []),
  ];
};
