import { describe, expect, test } from '@jest/globals';
import { aPlacedEvent } from '../testing/order-fixtures.ts';
import { type BookedPayment, type BookedReservation, findingsOf, type OrderBooks } from './drift.ts';
import { type Order, replay } from './order.ts';
import type { OrderEvent } from './order-event.ts';

const at = '2026-03-01T10:00:00.000Z';
const later = (seconds: number) => new Date(Date.parse(at) + seconds * 1000);
const patience = { now: later(60), stuckAfterSeconds: 1_000, cancellationWindowSeconds: 1_800 };
const placed = aPlacedEvent();
const reserved: OrderEvent = { type: 'order.stock-reserved.v1', at, reservedUntil: at };
const paid: OrderEvent = { type: 'order.paid.v1', at, paymentId: 'pay_1', captured: 3000 };
const cancelled: OrderEvent = { type: 'order.cancelled.v1', at, reason: 'cancelled-by-customer' };
const closed: OrderEvent = { type: 'order.closed.v1', at, paymentId: null, captured: 0, refunded: 0 };

const captured: BookedPayment = {
  id: 'pay_1',
  orderId: placed.orderId,
  status: 'captured',
  amount: 3000,
  currency: 'USD',
  captured: 3000,
  refunded: 0,
  refunds: [],
  ledgerAgrees: true,
};
const sold: BookedReservation = {
  orderId: placed.orderId,
  status: 'committed',
  lines: placed.lines.map(({ productId, quantity }) => ({ productId, quantity })),
};

const books = (events: readonly OrderEvent[], parts: Partial<OrderBooks> = {}, changes: Partial<Order> = {}) => ({
  order: { ...replay(events), ...changes },
  history: events.map((event, index) => ({ sequence: index + 1, event })),
  payment: captured,
  reservation: sold,
  ...parts,
});
const kindsOf = (given: OrderBooks, by = patience) => findingsOf(given, by).map(({ kind, repair }) => [kind, repair]);

const bought = [placed, reserved, paid];
const free = aPlacedEvent({ total: 0 });
const freeBought = [free, reserved, { ...paid, paymentId: null, captured: 0 }];

describe('books that agree', () => {
  test.each<[string, OrderBooks]>([
    ['of an order that is paid', books(bought)],
    ['of an order that cost nothing', books(freeBought, { payment: null })],
    ['of an order that was cancelled unpaid', books([placed, cancelled, closed], { payment: null, reservation: null })],
    [
      'of an order that was cancelled and barred from a payment',
      books([placed, cancelled, closed], {
        payment: { ...captured, status: 'voided', amount: 0, currency: 'XXX', captured: 0 },
        reservation: { ...sold, status: 'released', lines: [] },
      }),
    ],
  ])('%s have nothing to say', (_what, given) => {
    expect(kindsOf(given)).toEqual([]);
  });

  test('are not compared while an order is under way', () => {
    expect(kindsOf(books([placed, reserved]))).toEqual([]);
    expect(kindsOf(books([...bought, cancelled]))).toEqual([]);
  });
});

describe('books that differ', () => {
  test('of an order that is owed a step for too long name the step', () => {
    const [finding] = findingsOf(books([placed, reserved]), { ...patience, now: later(1_001) });
    expect(finding).toMatchObject({ kind: 'order-stuck', repair: 'drive-order' });
    expect(finding?.detail).toContain('"pay"');
  });

  test('of a paid order are due for fulfilment after the window, and not before', () => {
    expect(kindsOf(books(bought), { ...patience, now: later(2_800) })).toEqual([]);
    expect(kindsOf(books(bought), { ...patience, now: later(2_801) })).toEqual([
      ['order-not-processed', 'start-processing'],
    ]);
  });

  test('by the history are not compared any further', () => {
    expect(kindsOf(books(bought, { payment: null }, { captured: 1 }))).toEqual([['history-differs', null]]);
    expect(kindsOf(books(bought, { payment: null, history: [] }))).toEqual([['history-gap', null]]);
  });

  test('of goods that have left are for a person', () => {
    const shipped: OrderEvent[] = [
      ...bought,
      { type: 'order.processing-started.v1', at },
      { type: 'order.shipped.v1', at, carrier: 'UPS', trackingNumber: '1Z' },
    ];
    expect(kindsOf(books(shipped, { payment: null }))).toEqual([['paid-order-without-payment', null]]);
    expect(kindsOf(books(shipped, { reservation: { ...sold, status: 'released' } }))).toEqual([
      ['order-without-stock', null],
    ]);
  });

  test('in the currency differ in the amount', () => {
    expect(kindsOf(books(bought, { payment: { ...captured, currency: 'EUR' } }))).toEqual([['amount-differs', null]]);
  });

  test('of an order that cost nothing and was charged all the same differ in the amount', () => {
    expect(kindsOf(books(freeBought))).toEqual([['amount-differs', null]]);
  });

  test('say each thing that differs', () => {
    const given = books([placed, cancelled, closed], { payment: { ...captured, ledgerAgrees: false } });
    expect(kindsOf(given)).toEqual([
      ['payment-of-dead-order', 'cancel-payment'],
      ['ledger-gap', null],
      ['reservation-without-live-order', 'release-stock'],
    ]);
  });
});
