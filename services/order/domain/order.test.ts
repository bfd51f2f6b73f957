import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { orderStatuses } from '../../contracts/http/order-api.ts';
import { aPlacedEvent, someEvents } from '../testing/order-fixtures.ts';
import { evolve, nextStep, type Order, pendingRefunds, replay } from './order.ts';
import { cancel, claim, deliver, newsOf, refundable, requestRefund, ship, startProcessing } from './order-decisions.ts';
import type { OrderEvent, OrderEventType } from './order-event.ts';
import { mayHappen, transitions } from './transitions.ts';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const at = '2026-03-01T10:00:00.000Z';
const placed = aPlacedEvent({ total: 3000 });
const reserved: OrderEvent = { type: 'order.stock-reserved.v1', at, reservedUntil: at };
const paid: OrderEvent = { type: 'order.paid.v1', at, paymentId: 'pay_1', captured: 3000 };
const order = (...events: OrderEvent[]): Order => replay([placed, ...events]);

describe('the state table of an order', () => {
  const allowed: [string, OrderEventType, string][] = [
    ...orderStatuses.map((status): [string, OrderEventType, string] => [status, 'order.claimed.v1', status]),
    ['pending', 'order.stock-reserved.v1', 'stock-reserved'],
    ['pending', 'order.cancelled.v1', 'cancelled'],
    ['stock-reserved', 'order.paid.v1', 'paid'],
    ['stock-reserved', 'order.payment-failed.v1', 'payment-failed'],
    ['stock-reserved', 'order.cancelled.v1', 'cancelled'],
    ['paid', 'order.processing-started.v1', 'processing'],
    ['paid', 'order.cancelled.v1', 'cancelled'],
    ['paid', 'order.refund-requested.v1', 'paid'],
    ['paid', 'order.refunded.v1', 'paid'],
    ['paid', 'order.items-returned.v1', 'paid'],
    ['paid', 'order.restocked.v1', 'paid'],
    ['processing', 'order.shipped.v1', 'shipped'],
    ['processing', 'order.cancelled.v1', 'cancelled'],
    ['processing', 'order.refund-requested.v1', 'processing'],
    ['processing', 'order.refunded.v1', 'processing'],
    ['processing', 'order.items-returned.v1', 'processing'],
    ['processing', 'order.restocked.v1', 'processing'],
    ['shipped', 'order.delivered.v1', 'delivered'],
    ['shipped', 'order.refund-requested.v1', 'shipped'],
    ['shipped', 'order.refunded.v1', 'shipped'],
    ['shipped', 'order.items-returned.v1', 'shipped'],
    ['shipped', 'order.restocked.v1', 'shipped'],
    ['delivered', 'order.refund-requested.v1', 'delivered'],
    ['delivered', 'order.refunded.v1', 'delivered'],
    ['delivered', 'order.items-returned.v1', 'delivered'],
    ['delivered', 'order.restocked.v1', 'delivered'],
    ['refunded', 'order.items-returned.v1', 'refunded'],
    ['refunded', 'order.restocked.v1', 'refunded'],
    ['cancelled', 'order.closed.v1', 'cancelled'],
    ['payment-failed', 'order.closed.v1', 'payment-failed'],
  ];

  test('allows exactly these steps and no other', () => {
    const inTable = orderStatuses.flatMap((from) =>
      Object.entries(transitions[from]).map(([type, to]) => [from, type, to]),
    );
    expect(inTable.toSorted()).toEqual(allowed.toSorted());
  });

  test('refuses every other step aloud', () => {
    for (const status of orderStatuses)
      for (const event of someEvents)
        if (!mayHappen(status, event.type))
          expect(() => evolve({ ...order(), status }, event)).toThrow(/forbidden|placed twice/);
  });

  test('lets an order begin only by being placed', () => {
    expect(() => evolve(null, reserved)).toThrow('must begin with order.placed.v1');
    expect(() => replay([])).toThrow('without events');
  });
});

describe('what is owed to an order', () => {
  test.each([
    ['a new order', order(), 'reserve'],
    ['an order with stock', order(reserved), 'pay'],
    ['a paid order', order(reserved, paid), null],
    ['a cancelled order', order({ type: 'order.cancelled.v1', at, reason: 'timed-out' }), 'give-back'],
    ['a declined order', order(reserved, { type: 'order.payment-failed.v1', at, reason: 'timed-out' }), 'give-back'],
    [
      'a cancelled order that gave everything back',
      order(
        { type: 'order.cancelled.v1', at, reason: 'timed-out' },
        { type: 'order.closed.v1', at, paymentId: null, captured: 0, refunded: 0 },
      ),
      null,
    ],
    [
      'an order with a refund asked for',
      order(reserved, paid, {
        type: 'order.refund-requested.v1',
        at,
        refundId: 'rfd_1',
        amount: 1,
        reason: 'timed-out',
      }),
      'refund',
    ],
  ])('%s', (_, subject, step) => {
    expect(nextStep(subject)).toBe(step);
  });
});

describe('an order that a guest placed', () => {
  const [userId, sessionId] = ['usr_ada', 'ses_ada'];
  const wish = { at: '2026-03-01T12:00:00.000Z', userId, sessionId };
  const guest = { userId: null, sessionId, name: 'Ada Example' };

  test.each([
    ['by its own session', guest, [{ type: 'order.claimed.v1', at: wish.at, userId }]],
    ['by its own session again', { ...guest, userId }, []],
    ["by its own session, but after another account's", { ...guest, userId: 'usr_bob' }, []],
    ['by the session of a stranger', { ...guest, sessionId: 'ses_bob' }, []],
    ['without ever having had a session', { ...guest, sessionId: null }, []],
  ])('is claimed %s', (_, customer, events) => {
    expect(claim({ ...order(), customer }, wish)).toEqual(events);
  });

  test('belongs to the account that claims it, in any state, and nothing else about it changes', () => {
    for (const status of orderStatuses) {
      const before: Order = { ...order(reserved, paid), status, customer: guest };
      const after = claim(before, wish).reduce(evolve, before) as Order;
      expect(after).toEqual({ ...before, customer: { ...guest, userId }, version: before.version + 1 });
      expect(nextStep(after)).toBe(nextStep(before));
    }
  });
});

describe('decisions', () => {
  test('a paid order can be cancelled until it is processed, and by staff until it is shipped', () => {
    const refused = expect.objectContaining({ kind: 'conflict', code: 'order.not-cancellable' });
    expect(cancel(order(reserved, paid), { at, reason: 'timed-out' })).toHaveLength(1);
    const processing = order(reserved, paid, { type: 'order.processing-started.v1', at });
    for (const reason of ['cancelled-by-customer', 'timed-out', 'reservation-expired'] as const)
      expect(() => cancel(processing, { at, reason })).toThrow(refused);
    expect(cancel(processing, { at, reason: 'cancelled-by-staff' })).toHaveLength(1);
    const shipped = ship(processing, { at, carrier: 'UPS', trackingNumber: '1Z' }).reduce(evolve, processing) as Order;
    expect(() => cancel(shipped, { at, reason: 'cancelled-by-staff' })).toThrow(refused);
  });

  test('shipping a paid order starts its processing on the way', () => {
    const parcel = { at, carrier: 'UPS', trackingNumber: '1Z' };
    expect(ship(order(reserved, paid), parcel).map(({ type }) => type)).toEqual([
      'order.processing-started.v1',
      'order.shipped.v1',
    ]);
    const shipped = ship(order(reserved, paid), parcel).reduce(evolve, order(reserved, paid)) as Order;
    expect(ship(shipped, parcel)).toEqual([]);
    expect(() => ship(shipped, { ...parcel, trackingNumber: 'other' })).toThrow(
      expect.objectContaining({ code: 'order.not-shippable' }),
    );
    expect(deliver(shipped, { at })).toHaveLength(1);
  });

  test.each([
    ['ship', (subject: Order) => ship(subject, { at, carrier: 'UPS', trackingNumber: '1Z' }), 'order.not-shippable'],
    ['deliver', (subject: Order) => deliver(subject, { at }), 'order.not-deliverable'],
    ['process', (subject: Order) => startProcessing(subject, { at }), 'order.not-processable'],
    [
      'refund',
      (subject: Order) => requestRefund(subject, { at, refundId: 'rfd_1', amount: usd(1), reason: 'timed-out' }),
      'order.not-refundable',
    ],
  ])('an unpaid order cannot be told to %s', (_, decide, code) => {
    expect(() => decide(order())).toThrow(expect.objectContaining({ kind: 'conflict', code }));
  });

  test('the same refund asked for twice is one refund', () => {
    const once = order(reserved, paid, {
      type: 'order.refund-requested.v1',
      at,
      refundId: 'rfd_1',
      amount: 1000,
      reason: 'timed-out',
    });
    expect(requestRefund(once, { at, refundId: 'rfd_1', amount: usd(1000), reason: 'timed-out' })).toEqual([]);
  });

  test('another refund under the same key is refused, not swallowed', () => {
    const wish = { at, refundId: 'rfd_1', fingerprint: 'print', amount: usd(1000), reason: 'scratched' };
    const once = requestRefund(order(reserved, paid), wish).reduce(evolve, order(reserved, paid)) as Order;
    expect(requestRefund(once, wish)).toEqual([]);
    expect(() => requestRefund(once, { ...wish, fingerprint: 'another', amount: usd(500) })).toThrow(
      expect.objectContaining({ kind: 'unprocessable', code: 'order.key-reused' }),
    );
  });

  test('late and repeated lessons change nothing', () => {
    expect(newsOf(order(reserved, paid), reserved)).toEqual([]);
    expect(newsOf(order(reserved, paid), paid)).toEqual([]);
    expect(newsOf(order(reserved), paid)).toEqual([paid]);
  });

  test('refunds never exceed what was captured, in whatever order they are asked for and made', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ amount: fc.option(fc.integer({ min: 1, max: 2000 })), make: fc.boolean() }), {
          maxLength: 12,
        }),
        (wishes) => {
          let subject = order(reserved, paid);
          wishes.forEach(({ amount, make }, index) => {
            try {
              const wish = {
                at,
                refundId: `rfd_${index}`,
                amount: amount === null ? undefined : usd(amount),
                reason: 'timed-out',
              };
              subject = requestRefund(subject, wish).reduce(evolve, subject) as Order;
            } catch {
              expect(amount === null ? 0 : amount).toBeGreaterThanOrEqual(amount === null ? refundable(subject) : 1);
            }
            const [next] = pendingRefunds(subject);
            if (make && next)
              subject = evolve(subject, {
                type: 'order.refunded.v1',
                at,
                refundId: next.refundId,
                amount: next.amount,
              });
          });
          expect(refundable(subject)).toBeGreaterThanOrEqual(0);
          expect(subject.refunded).toBeLessThanOrEqual(subject.captured);
          expect(subject.status === 'refunded').toBe(subject.refunded === subject.captured);
        },
      ),
    );
  });
});
