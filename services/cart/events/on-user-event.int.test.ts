import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { userEventSchema } from '../../contracts/events/user-events.ts';
import type { EventLog } from '../../kit/events/event-log.ts';
import { openEventLog } from '../../kit/events/open-event-log.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { unreadBy } from '../../kit/testing/event-logs/read-topic.ts';
import { startCart, type TestCart } from '../testing/cart-fixtures.ts';

let shop: TestCart;
let log: EventLog;
beforeAll(async () => {
  shop = await startCart();
  log = await openEventLog({ url: shop.store.url, logger: shop.context.logger });
  const topic = { partitions: 1, retentionDays: 1 };
  await log.createTopics({ 'order-events': topic, 'user-events': topic });
  await shop.begin();
});
afterAll(async () => {
  await log.close();
  await shop.stop();
});

const deleted = (userId: string) =>
  userEventSchema.parse({
    specversion: '1.0',
    id: shop.ids.next('evt'),
    source: 'user',
    type: 'user.deleted.v1',
    subject: userId,
    time: shop.clock.now().toISOString(),
    datacontenttype: 'application/json',
    sequence: 3,
    data: { userId },
  });

const cartsOf = async (userId: string) =>
  (
    await shop.database.query<{ id: string }>(
      'SELECT id FROM carts WHERE user_id = $1 UNION ALL SELECT session_id FROM merged_carts WHERE user_id = $1',
      [userId],
    )
  ).rows;

it('an account that was deleted leaves no cart behind, and the carts of others stay', async () => {
  const [gone, stays, sessionId] = [shop.ids.next('usr'), shop.ids.next('usr'), shop.ids.next('ses')];
  const film = shop.product();
  await shop.guest(sessionId).add(film);
  for (const customer of [await shop.customer({ userId: gone, sessionId }), await shop.customer({ userId: stays })])
    await customer.add(film);
  expect(await cartsOf(gone)).toHaveLength(2);

  const event = deleted(gone);
  const record = { key: gone, value: JSON.stringify(event), headers: { id: event.id } };
  const never = deleted(shop.ids.next('usr'));
  await log.append('user-events', [record, record, { key: never.subject, value: JSON.stringify(never) }]);
  await eventually(async () => expect(await unreadBy(log, 'cart', 'user-events')).toBe(0));

  expect(await cartsOf(gone)).toEqual([]);
  expect(await cartsOf(stays)).toHaveLength(1);
  const told = (await shop.events()).filter(({ data }) => data['userId'] === gone);
  expect(told.at(-1)?.type).toBe('cart.expired.v1');
  expect(told.map(({ sequence }) => sequence)).toEqual(told.map((_, index) => index + 1));
});
