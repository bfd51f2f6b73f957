import { expect, test } from '@jest/globals';
import { orderEventSchema } from '../../contracts/events/order-events.ts';
import { cloudEvent } from '../storage/order-messages.ts';
import { aPlacedEvent, someEvents } from '../testing/order-fixtures.ts';
import { evolve, type Order } from './order.ts';
import type { OrderEvent, OrderEventType } from './order-event.ts';
import { toldEvent, unknownSession } from './told-event.ts';

const of = (type: OrderEventType): OrderEvent => someEvents.find((event) => event.type === type) as OrderEvent;

/** The messages of a history, read as whoever consumes them reads them. */
const told = (history: readonly OrderEvent[]) => {
  let order: Order | null = null;
  return history.map((event) => {
    order = evolve(order, event);
    return toldEvent(
      orderEventSchema.parse(cloudEvent({ event, eventId: 'evt_00000000000000000000000001', after: order })),
    );
  });
};

const bought = (['order.placed.v1', 'order.stock-reserved.v1', 'order.paid.v1'] as const).map(of);
const refund = of('order.refund-requested.v1');

test.each<[string, readonly OrderEvent[]]>([
  [
    'is delivered',
    [...bought, ...(['order.processing-started.v1', 'order.shipped.v1', 'order.delivered.v1'] as const).map(of)],
  ],
  ['is cancelled', [...bought, of('order.cancelled.v1'), of('order.closed.v1')]],
  ['is not paid', [...bought.slice(0, 2), of('order.payment-failed.v1'), of('order.closed.v1')]],
  ['is refunded', [...bought, refund, of('order.refunded.v1')]],
  ['comes back', [...bought, of('order.items-returned.v1'), of('order.restocked.v1')]],
])('the messages of an order that %s tell its history as it was', (_what, history) => {
  expect(told(history)).toEqual(history);
});

test('a guest whose cart was bought keeps the session, one who named the items loses it, and a claim finds its account', () => {
  const guest = (cartOwner: string | null): OrderEvent => ({
    ...aPlacedEvent(),
    customer: { userId: null, sessionId: 'ses_ada', name: null },
    cartOwner,
  });
  const sessions = [guest('ses_ada'), guest(null)].map((event) => told([event])[0]);
  expect(sessions).toEqual([
    guest('ses_ada'),
    { ...guest(null), customer: { userId: null, sessionId: unknownSession, name: null } },
  ]);
  expect(told([guest('ses_ada'), of('order.claimed.v1')])[1]).toEqual(of('order.claimed.v1'));
});
