import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aPlacedEvent } from '../testing/order-fixtures.ts';
import { evolve, nextStep, type Order, pendingRefunds, pendingRestocks, replay } from './order.ts';
import { cancel, deliver, refundable, requestRefund, ship } from './order-decisions.ts';
import type { OrderEvent } from './order-event.ts';
import { returnItems } from './return-items.ts';
import { unitsGone, unreturnedUnits } from './returned-units.ts';

const at = '2026-03-01T10:00:00.000Z';
const usd = (amount: number) => ({ amount, currency: 'USD' });
const [book, film] = ['prd_00000000000000000000000001', 'prd_00000000000000000000000002'];
const line = (productId: string, quantity: number, price: number) => ({
  ...{ productId, title: 'A film', quantity },
  unitPrice: usd(price),
  lineTotal: usd(price * quantity),
});

/** Three books at 10.00 and a film at 5.00, paid. */
const bought = (): Order =>
  replay([
    { ...aPlacedEvent({ total: 3500 }), lines: [line(book, 3, 1000), line(film, 1, 500)] },
    { type: 'order.stock-reserved.v1', at, reservedUntil: at },
    { type: 'order.paid.v1', at, paymentId: 'pay_1', captured: 3500 },
  ]);
const applied = (order: Order, events: readonly OrderEvent[]) => events.reduce<Order>(evolve, order);
const shipped = () => applied(bought(), ship(bought(), { at, carrier: 'UPS', trackingNumber: '1Z' }));
const delivered = () => applied(shipped(), deliver(shipped(), { at }));

const back = (productId: string, quantity: number, isRestocked = true) => ({ productId, quantity, isRestocked });
const wish = (number: number, ...lines: ReturnType<typeof back>[]) => ({
  ...{ at, returnId: `ret_${number}`, refundId: `rfd_${number}`, reason: 'too small', lines },
});
const refusal = (code: string, path?: string) =>
  expect.objectContaining({ code, ...(path !== undefined && { errors: [expect.objectContaining({ path })] }) });

describe('a return', () => {
  test('asks back what its units cost, and leaves the rest with the customer', () => {
    const order = delivered();
    const events = returnItems(order, wish(1, back(book, 2), back(film, 1, false)));
    expect(events).toEqual([
      expect.objectContaining({ type: 'order.items-returned.v1', refundId: 'rfd_1' }),
      expect.objectContaining({ type: 'order.refund-requested.v1', refundId: 'rfd_1', amount: 2500 }),
    ]);
    const returned = applied(order, events);
    expect(returned.status).toBe('delivered');
    expect(unreturnedUnits(returned)).toEqual([{ productId: book, quantity: 1 }]);
    expect(unitsGone(returned)).toEqual([
      { productId: book, quantity: 1 },
      { productId: film, quantity: 1 },
    ]);
  });

  test('is owed its money first and its shelf then', () => {
    let order = applied(delivered(), returnItems(delivered(), wish(1, back(book, 1))));
    expect(nextStep(order)).toBe('refund');
    order = evolve(order, { type: 'order.refunded.v1', at, refundId: 'rfd_1', amount: 1000 });
    expect(nextStep(order)).toBe('restock');
    order = evolve(order, { type: 'order.restocked.v1', at, returnId: 'ret_1' });
    expect(nextStep(order)).toBeNull();
  });

  test('of what cannot be sold again owes the shelf nothing', () => {
    const order = applied(delivered(), returnItems(delivered(), { ...wish(1, back(book, 1, false)), amount: usd(0) }));
    expect([nextStep(order), order.refunds, order.returns[0]?.refundId]).toEqual([null, [], null]);
  });

  test('is one return however often it is told, and no other under its key', () => {
    const told = { ...wish(1, back(book, 1)), fingerprint: 'print' };
    const order = applied(delivered(), returnItems(delivered(), told));
    expect(returnItems(order, told)).toEqual([]);
    expect(() => returnItems(order, { ...told, fingerprint: 'another' })).toThrow(refusal('order.key-reused'));
  });

  test('never takes back what was not bought, or more of it than is left', () => {
    const order = applied(delivered(), returnItems(delivered(), wish(1, back(book, 2))));
    expect(() => returnItems(order, wish(2, back(film, 1), back('prd_strange', 1)))).toThrow(
      refusal('order.line-unknown', 'items.1.productId'),
    );
    expect(() => returnItems(order, wish(2, back(book, 2)))).toThrow(
      refusal('order.return-too-large', 'items.0.quantity'),
    );
  });

  test('never gives back more than its units cost, nor more than is left of the payment', () => {
    const worn = { ...wish(1, back(book, 1)), amount: usd(700) };
    expect(applied(delivered(), returnItems(delivered(), worn)).refunds).toMatchObject([{ amount: 700 }]);
    for (const amount of [usd(1001), usd(3500)])
      expect(() => returnItems(delivered(), { ...worn, amount })).toThrow(refusal('order.refund-too-large'));
    expect(() => returnItems(delivered(), { ...worn, amount: { amount: 1, currency: 'EUR' } })).toThrow(
      refusal('order.refund-currency', 'amount.currency'),
    );
    const mostlyRefunded = applied(
      delivered(),
      requestRefund(delivered(), { at, refundId: 'rfd_9', amount: usd(3000), reason: 'late' }),
    );
    expect(() => returnItems(mostlyRefunded, wish(1, back(book, 1)))).toThrow(refusal('order.refund-too-large'));
    expect(returnItems(mostlyRefunded, { ...wish(1, back(book, 1)), amount: usd(500) })).toHaveLength(2);
  });

  test('after a refund in full brings the goods alone', () => {
    let order = applied(delivered(), requestRefund(delivered(), { at, refundId: 'rfd_9', reason: 'late' }));
    order = evolve(order, { type: 'order.refunded.v1', at, refundId: 'rfd_9', amount: 3500 });
    expect(() => returnItems(order, wish(1, back(book, 3)))).toThrow(refusal('order.refund-too-large'));
    order = applied(order, returnItems(order, { ...wish(1, back(book, 3), back(film, 1)), amount: usd(0) }));
    expect([order.status, nextStep(order), unitsGone(order)]).toEqual(['refunded', 'restock', []]);
  });

  test('of units that have not left takes them out of the parcel; nothing is left to cancel, or to ship once all are out', () => {
    let order = applied(bought(), returnItems(bought(), wish(1, back(book, 3))));
    expect(() => cancel(order, { at, reason: 'cancelled-by-staff' })).toThrow(refusal('order.refund-begun'));
    expect(ship(order, { at, carrier: 'UPS', trackingNumber: '1Z' })).toHaveLength(2);
    order = applied(order, returnItems(order, wish(2, back(film, 1))));
    expect(() => ship(order, { at, carrier: 'UPS', trackingNumber: '1Z' })).toThrow(refusal('order.refund-begun'));
  });

  test('waits for no refund in full of what never left: those goods go back by themselves', () => {
    const order = applied(bought(), requestRefund(bought(), { at, refundId: 'rfd_9', reason: 'late' }));
    expect(() => returnItems(order, { ...wish(1, back(book, 1)), amount: usd(0) })).toThrow(
      refusal('order.refund-begun'),
    );
    expect(unitsGone(evolve(order, { type: 'order.refunded.v1', at, refundId: 'rfd_9', amount: 3500 }))).toEqual([]);
  });

  test.each([
    ['pending', replay([aPlacedEvent()])],
    ['cancelled', applied(bought(), cancel(bought(), { at, reason: 'cancelled-by-staff' }))],
  ])('of an order that is %s is refused', (_status, order) => {
    expect(() => returnItems(order, wish(1, back(book, 1)))).toThrow(refusal('order.not-returnable'));
  });

  test('in any number and mixture brings back no more units than were bought and no more money than was paid', () => {
    const some = fc.record({
      lines: fc.uniqueArray(
        fc.record({
          productId: fc.constantFrom(book, film),
          quantity: fc.integer({ min: 1, max: 3 }),
          isRestocked: fc.boolean(),
        }),
        { selector: ({ productId }) => productId, minLength: 1 },
      ),
      amount: fc.option(fc.integer({ min: 0, max: 3500 }), { nil: undefined }),
      isRefundOnly: fc.boolean(),
      settle: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 12 }), fc.boolean(), (wishes, hasLeft) => {
        let order = hasLeft ? shipped() : bought();
        wishes.forEach(({ lines, amount, isRefundOnly, settle }, number) => {
          const money = amount === undefined ? undefined : usd(amount);
          try {
            const events = isRefundOnly
              ? requestRefund(order, { at, refundId: `rfd_${number}`, amount: money, reason: 'late' })
              : returnItems(order, { ...wish(number, ...lines), amount: money });
            order = applied(order, events);
          } catch (refused) {
            expect(refused).toMatchObject({ kind: 'conflict' });
          }
          if (!settle) return;
          for (const { refundId, amount: asked } of pendingRefunds(order))
            order = evolve(order, { type: 'order.refunded.v1', at, refundId, amount: asked });
          for (const { returnId } of pendingRestocks(order))
            order = evolve(order, { type: 'order.restocked.v1', at, returnId });
        });
        expect(refundable(order)).toBeGreaterThanOrEqual(0);
        expect(order.refunded).toBeLessThanOrEqual(order.captured);
        for (const { productId, quantity } of order.lines) {
          const returned = order.returns
            .flatMap(({ lines }) => lines)
            .filter((each) => each.productId === productId)
            .reduce((sum, each) => sum + each.quantity, 0);
          expect(returned).toBeLessThanOrEqual(quantity);
          expect(unitsGone(order).find((each) => each.productId === productId)?.quantity ?? 0).toBeLessThanOrEqual(
            quantity,
          );
        }
      }),
    );
  });
});
