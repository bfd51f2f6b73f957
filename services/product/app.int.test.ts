import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseEvent } from '../contracts/events/topics.ts';
import { openEventLog } from '../kit/events/open-event-log.ts';
import { eventually } from '../kit/testing/condition.ts';
import { readTopic } from '../kit/testing/event-logs/read-topic.ts';
import { startBackground } from '../kit/testing/whole-service.ts';
import { startProduct, type TestProduct } from './testing/product-fixtures.ts';

let shop: TestProduct;
beforeAll(async () => {
  shop = await startProduct();
});
afterAll(() => shop.stop());

describe('the running service', () => {
  it('has registered every critical function', () => {
    expect(shop.context.functions.missing()).toEqual([]);
  });

  it('publishes what happened to its stock, in order per order and product', async () => {
    await startBackground(shop.running);
    const door = shop.grpcClient();
    const productId = await shop.create({ stock: 10 });
    const orders = Array.from({ length: 5 }, () => shop.ids.next('ord'));
    await Promise.all(
      orders.map(async (orderId) => {
        await door.reserveStock({ orderId, lines: [{ productId, quantity: 1 }] });
        await door.commitStock({ orderId });
        await door.releaseStock({ orderId, reason: 'returned' });
      }),
    );
    const log = await openEventLog({ url: shop.store.url, logger: shop.context.logger });
    try {
      const published = await eventually(async () => {
        const records = await readTopic(log, 'inventory-events');
        expect(records).toHaveLength(16);
        return records.map(({ key, value }) => ({ key, event: parseEvent(value, 'inventory-events') }));
      });
      for (const { key, event } of published) expect(event?.subject).toBe(key);
      for (const orderId of orders)
        expect(
          published.filter(({ key }) => key === orderId).map(({ event }) => [event?.sequence, event?.type]),
        ).toEqual([
          [1, 'inventory.reserved.v1'],
          [2, 'inventory.committed.v1'],
          [3, 'inventory.released.v1'],
        ]);
    } finally {
      await log.close();
    }
  });
});
