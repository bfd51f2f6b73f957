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
  const nobody = { isInHand: () => false };
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
});
