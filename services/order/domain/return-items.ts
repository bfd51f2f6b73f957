import type { Money } from '../../contracts/http/values.ts';
import type { Order } from './order.ts';
import { refundable, requireStep } from './order-decisions.ts';
import type { OrderEvent, Return } from './order-event.ts';
import {
  keyReused,
  refundBegun,
  refundCurrencyWrong,
  refundTooLarge,
  returnedTooMany,
  returnedUnbought,
} from './order-refusals.ts';
import { unreturnedUnits } from './returned-units.ts';

/** What staff say of goods that came back. Of two wishes under one id the fingerprints say whether they are the same request. */
export type ReturnWish = Omit<Return, 'refundId'> & {
  /** Of the refund that the return makes. */
  readonly refundId: string;
  /** What goes back to the customer: nothing, or at most what the units cost; absent: what they cost. */
  readonly amount?: Money | undefined;
};

/** Refuses lines that were not bought, and more units than there are left to come back. */
const requireReturnable = (order: Order, lines: Return['lines']): void => {
  const unbought = lines.flatMap(({ productId }, at) =>
    order.lines.some((line) => line.productId === productId)
      ? []
      : [{ path: `items.${at}.productId`, message: `product ${productId} is not of this order` }],
  );
  if (unbought.length > 0) throw returnedUnbought(order.id, unbought);
  const left = new Map(unreturnedUnits(order).map(({ productId, quantity }) => [productId, quantity]));
  const tooMany = lines.flatMap(({ productId, quantity }, at) => {
    const most = left.get(productId) ?? 0;
    return quantity > most ? [{ path: `items.${at}.quantity`, message: `must be at most ${most}` }] : [];
  });
  if (tooMany.length > 0) throw returnedTooMany(order.id, tooMany);
};

/** Minor units of what returned units cost, at the prices that were paid. */
const costOf = (order: Order, lines: Return['lines']): number =>
  lines.reduce(
    (sum, { productId, quantity }) =>
      sum + quantity * (order.lines.find((line) => line.productId === productId)?.unitPrice.amount ?? 0),
    0,
  );

/**
 * Takes back units that were bought, and asks for their money: each line by its own price, never more units than were bought and never more money
 * than was paid. Goods that have not left yet can come back in part; in full they are refunded or cancelled. The same wish again changes nothing.
 */
export const returnItems = (order: Order, { at, amount, ...wish }: ReturnWish & { at: string }): OrderEvent[] => {
  const known = order.returns.find(({ returnId }) => returnId === wish.returnId);
  if (known?.fingerprint !== undefined && known.fingerprint !== wish.fingerprint)
    throw keyReused(`return of order ${order.id}`, 'return');
  if (known) return [];
  requireStep(order, 'order.items-returned.v1', 'order.not-returnable', 'taken back');
  const left = refundable(order);
  const { currency } = order.total;
  // The refund of the rest puts on the shelf whatever no return has named; nothing may be named while it is under way.
  if (order.shipment === null && order.captured > 0 && left <= 0)
    throw refundBegun(order.id, ' in full and its goods never left');
  requireReturnable(order, wish.lines);
  if (amount && amount.currency !== currency) throw refundCurrencyWrong(order.id, currency, amount.currency);
  const cost = costOf(order, wish.lines);
  const wanted = amount?.amount ?? cost;
  if (wanted > Math.min(cost, left)) throw refundTooLarge(order.id, Math.min(cost, left), wanted);
  const { refundId, reason } = wish;
  return [
    { type: 'order.items-returned.v1', at, ...wish, refundId: wanted > 0 ? refundId : null },
    ...(wanted > 0 ? [{ type: 'order.refund-requested.v1' as const, at, refundId, amount: wanted, reason }] : []),
  ];
};
