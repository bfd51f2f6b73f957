import { Refusal } from '../../kit/values/refusal.ts';
import type { PaymentClient } from '../clients/payment-client.ts';
import type { ProductClient } from '../clients/product-client.ts';
import { type BookedPayment, holdsUnits } from '../domain/drift.ts';
import type { PricedProduct } from '../domain/pricing.ts';

type Range = { readonly after: string; readonly before: string; readonly limit: number };
type Line = { readonly productId: string; readonly quantity: number };
type Reservation = { status: 'reserved' | 'rejected' | 'committed' | 'released'; lines: readonly Line[] };

const pageOf = <Entry>(all: ReadonlyMap<string, Entry>, { after, before, limit }: Range): [string, Entry][] =>
  [...all]
    .filter(([id]) => id > after && id < before)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, limit);

/** The stock as product's contract has it, in memory: idempotent by order id, and a release bars what comes late. */
export const createStock = () => {
  const shelf = new Map<string, PricedProduct & { stock: number }>();
  const reservations = new Map<string, Reservation>();
  const takenBack = new Set<string>();
  const move = (lines: readonly Line[], sign: 1 | -1) => {
    for (const { productId, quantity } of lines) {
      const product = shelf.get(productId);
      if (product) product.stock += sign * quantity;
    }
  };
  const reserveNew = (lines: readonly Line[]): Reservation => {
    const fits = lines.every(({ productId, quantity }) => (shelf.get(productId)?.stock ?? 0) >= quantity);
    if (fits) move(lines, -1);
    return { status: fits ? 'reserved' : 'rejected', lines };
  };
  /** What a sale that stops half-way has done. */
  const reserve = (orderId: string, lines: readonly Line[]): Reservation => {
    const reservation = reservations.get(orderId) ?? reserveNew(lines);
    reservations.set(orderId, reservation);
    return reservation;
  };
  const client: ProductClient = {
    close: () => undefined,
    prices: async (ids) => ids.flatMap((id) => shelf.get(id) ?? []),
    sell: async (orderId, lines) => {
      const reservation = reserve(orderId, lines);
      if (reservation.status === 'reserved') reservation.status = 'committed';
      const sold = reservation.status === 'committed';
      return { sold, reservedUntil: sold ? '2026-03-01T10:15:00.000Z' : '' };
    },
    commit: async (orderId) => {
      const reservation = reservations.get(orderId);
      if (reservation?.status === 'reserved') reservation.status = 'committed';
      return reservation?.status === 'committed';
    },
    release: async (orderId) => {
      const reservation = reservations.get(orderId) ?? { status: 'released', lines: [] };
      if (reservation.status === 'reserved' || reservation.status === 'committed') move(reservation.lines, 1);
      reservations.set(orderId, { ...reservation, status: 'released' });
    },
    takeBack: async (orderId, name, lines) => {
      const reservation = reservations.get(orderId);
      if (reservation?.status !== 'committed' || takenBack.has(`${orderId}/${name}`)) return;
      takenBack.add(`${orderId}/${name}`);
      const kept = reservation.lines
        .map(({ productId, quantity }) => {
          const back = lines.find((line) => line.productId === productId)?.quantity ?? 0;
          return { productId, quantity: quantity - back };
        })
        .filter(({ quantity }) => quantity !== 0);
      if (kept.some(({ quantity }) => quantity < 0)) throw new Error(`more units come back than order ${orderId} has`);
      move(lines, 1);
      reservations.set(orderId, { status: kept.length > 0 ? 'committed' : 'released', lines: kept });
    },
    reservationsOf: async (orderIds) =>
      orderIds.flatMap((orderId) => {
        const reservation = reservations.get(orderId);
        return reservation ? [{ orderId, ...reservation }] : [];
      }),
    reservations: async (range) =>
      pageOf(reservations, range)
        .map(([orderId, reservation]) => ({ orderId, ...reservation }))
        .filter(holdsUnits),
    stockDrifts: async () => ({ compared: shelf.size, drifts: [] }),
  };
  return { client, reserve, shelf, reservations };
};

type Payment = {
  readonly id: string;
  status: 'authorised' | 'declined' | 'captured' | 'voided' | 'refunded';
  readonly amount: number;
  captured: number;
  refunded: number;
  readonly declineReason: string | undefined;
};

const noOutcome = () =>
  new Refusal('unavailable', 'payment.outcome-unknown', 'The payment has no outcome yet.', { retryAfterSeconds: 1 });

/**
 * The money as payment's contract has it, in memory. `tok_declined` is declined, `tok_silent` never gets an answer, and of `ctoken_asked` the
 * bank asks who pays, until `answerOfBank` says what came of it.
 */
export const createTill = () => {
  const payments = new Map<string, Payment>();
  const barred = new Set<string>();
  const refunds = new Map<string, number>();
  const answersOfBank = new Map<string, boolean>();
  const refundsOf = new Map<string, BookedPayment['refunds'][number][]>();
  const found = (orderId: string): Payment => {
    const payment = payments.get(orderId);
    if (!payment) throw new Refusal('missing', 'payment.unknown', `There is no payment of order ${orderId}.`);
    return payment;
  };
  const authoriseNew = (orderId: string, amount: number, token: string): Payment => {
    const declineReason = barred.has(orderId)
      ? 'order-cancelled'
      : token === 'tok_declined'
        ? 'card-declined'
        : answersOfBank.get(orderId) === false
          ? 'authentication-required'
          : undefined;
    const id = `pay_${String(payments.size + 1).padStart(26, '0')}`;
    return { id, status: declineReason ? 'declined' : 'authorised', amount, captured: 0, refunded: 0, declineReason };
  };
  /** What a charge that stops half-way has done. */
  const authorise = (orderId: string, amount: number, token: string): Payment => {
    const payment = payments.get(orderId) ?? authoriseNew(orderId, amount, token);
    payments.set(orderId, payment);
    return payment;
  };
  const booked = (orderId: string, payment: Payment): BookedPayment => ({
    ...payment,
    orderId,
    currency: 'USD',
    ledgerAgrees: true,
    refunds: [...(refundsOf.get(orderId) ?? [])],
  });
  const client: PaymentClient = {
    close: () => undefined,
    charge: async (orderId, { amount }, token) => {
      if (token === 'tok_silent') throw noOutcome();
      if (token === 'ctoken_asked' && !answersOfBank.has(orderId) && !barred.has(orderId))
        return { status: 'awaiting-buyer', buyerSecret: `secret of ${orderId}` };
      const payment = authorise(orderId, amount, token);
      if (payment.status === 'authorised') Object.assign(payment, { status: 'captured', captured: payment.amount });
      return { ...payment };
    },
    cancel: async (orderId) => {
      barred.add(orderId);
      const payment = payments.get(orderId);
      if (!payment) return null;
      if (payment.status === 'authorised') payment.status = 'voided';
      if (payment.status === 'captured') Object.assign(payment, { status: 'refunded', refunded: payment.captured });
      return { ...payment };
    },
    refund: async (orderId, { refundId, amount, reason }) => {
      const payment = found(orderId);
      if (!refunds.has(refundId)) {
        refundsOf.set(orderId, [...(refundsOf.get(orderId) ?? []), { refundId, amount: amount.amount, reason }]);
        refunds.set(refundId, amount.amount);
        payment.refunded += amount.amount;
        if (payment.refunded === payment.captured) payment.status = 'refunded';
      }
      return { ...payment };
    },
    capture: async (orderId) => {
      const payment = found(orderId);
      if (payment.status === 'authorised') Object.assign(payment, { status: 'captured', captured: payment.amount });
    },
    booksOf: async (orderIds) =>
      orderIds.flatMap((orderId) => {
        const payment = payments.get(orderId);
        return payment ? [booked(orderId, payment)] : [];
      }),
    books: async (range) => {
      const byId = new Map([...payments].map(([orderId, payment]) => [payment.id, booked(orderId, payment)]));
      return pageOf(byId, range).map(([, payment]) => payment);
    },
    reconcileWithProvider: async function* () {},
  };
  /** Says that it is the buyer who pays, or somebody else. */
  const answerOfBank = (orderId: string, isBuyer: boolean) => void answersOfBank.set(orderId, isBuyer);
  return { client, authorise, answerOfBank, payments, refunds };
};
