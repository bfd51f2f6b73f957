import { describe, expect, test } from '@jest/globals';
import { paymentAuthorisedV1, paymentCapturedV1 } from '../../contracts/events/payment-events.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { evolve, type Order } from '../domain/order.ts';
import { aPlacedEvent } from '../testing/order-fixtures.ts';
import { handlePaymentEvent } from './on-payment-event.ts';

const order: Order = evolve(evolve(null, aPlacedEvent()), {
  type: 'order.stock-reserved.v1',
  at: '2026-11-01T12:00:01.000Z',
  reservedUntil: '2026-11-01T12:15:00.000Z',
});
const aboutMoney = (type: string, amount: number, currency: string) => ({
  specversion: '1.0',
  id: systemIds.next('evt'),
  source: 'payment',
  type,
  subject: order.id,
  time: '2026-11-01T12:00:02.000Z',
  datacontenttype: 'application/json',
  sequence: 1,
  data: { paymentId: systemIds.next('pay'), orderId: order.id, amount: { amount, currency } },
});
const captured = (amount: number, currency: string) =>
  paymentCapturedV1.parse(aboutMoney('payment.captured.v1', amount, currency));
const authorised = () =>
  paymentAuthorisedV1.parse(aboutMoney('payment.authorised.v1', order.total.amount, order.total.currency));

describe('an event about money', () => {
  const taught: unknown[] = [];
  const driven: string[] = [];
  const nobody = { keepWhileInHand: () => false, lastResult: () => undefined };
  const orders = {
    find: async () => order,
    append: async (_order: Order, events: readonly unknown[]) => {
      taught.push(...events);
      return order;
    },
    drive: async (orderId: string) => driven.push(orderId),
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
    const driver = { keepWhileInHand: () => false, lastResult: () => paid };
    const nowhere = { ...orders, find: () => Promise.reject(new Error('it was looked up')) };
    await handlePaymentEvent(nowhere, captured(amount, currency), driver);
    await expect(handlePaymentEvent(nowhere, captured(1, currency), driver)).rejects.toThrow('is about 1 ');
  });

  test('that is there to be taken has the order driven on that waits for it, and no other', async () => {
    const paid = evolve(order, { type: 'order.paid.v1', at: order.updatedAt, captured: 1, paymentId: null });
    for (const [found, driver] of [
      [paid, nobody],
      [order, { ...nobody, keepWhileInHand: () => true }],
      [order, { ...nobody, lastResult: () => paid }],
    ] as const)
      await handlePaymentEvent({ ...orders, find: async () => found }, authorised(), driver);
    expect(driven).toEqual([]);
    await handlePaymentEvent(orders, authorised(), { ...nobody, lastResult: () => order });
    expect([driven, taught.length]).toEqual([[order.id], 1]);
  });
});
