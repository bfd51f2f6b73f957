import { describe, expect, test } from '@jest/globals';
import { paymentCapturedV1 } from '../../contracts/events/payment-events.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { evolve, type Order } from '../domain/order.ts';
import { aPlacedEvent } from '../testing/order-fixtures.ts';
import { handlePaymentEvent } from './on-payment-event.ts';

const order: Order = evolve(evolve(null, aPlacedEvent()), {
  type: 'order.stock-reserved.v1',
  at: '2026-11-01T12:00:01.000Z',
  reservedUntil: '2026-11-01T12:15:00.000Z',
});
const captured = (amount: number, currency: string) =>
  paymentCapturedV1.parse({
    specversion: '1.0',
    id: systemIds.next('evt'),
    source: 'payment',
    type: 'payment.captured.v1',
    subject: order.id,
    time: '2026-11-01T12:00:02.000Z',
    datacontenttype: 'application/json',
    sequence: 1,
    data: { paymentId: systemIds.next('pay'), orderId: order.id, amount: { amount, currency } },
  });

describe('an event about money', () => {
  const taught: unknown[] = [];
  const nobody = { isInHand: () => false, lastResult: () => undefined };
  const orders = {
    find: async () => order,
    append: async (_order: Order, events: readonly unknown[]) => {
      taught.push(...events);
      return order;
    },
  };

  test('is not believed when it is about another amount or currency than the order costs (L8)', async () => {
    const { amount, currency } = order.total;
    for (const forged of [captured(1, currency), captured(amount, currency === 'EUR' ? 'USD' : 'EUR')])
      await expect(handlePaymentEvent(orders, forged, nobody)).rejects.toThrow(/is about .* but order .* costs/);
    expect(taught).toEqual([]);
    await handlePaymentEvent(orders, captured(amount, currency), nobody);
    expect(taught).toHaveLength(1);
  });

  test('is not looked up for an order that its driver has seen paid, and is still not believed when it is forged', async () => {
    const { amount, currency } = order.total;
    const paid = evolve(order, {
      ...{ type: 'order.paid.v1', at: order.updatedAt, captured: amount },
      paymentId: systemIds.next('pay'),
    });
    const driver = { isInHand: () => false, lastResult: () => paid };
    const nowhere = { ...orders, find: () => Promise.reject(new Error('it was looked up')) };
    await handlePaymentEvent(nowhere, captured(amount, currency), driver);
    await expect(handlePaymentEvent(nowhere, captured(1, currency), driver)).rejects.toThrow('is about 1 ');
  });
});
