import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemIds } from '../../kit/system-ids.ts';
import { anAddress } from '../testing/order-fixtures.ts';
import { startOrderService, type TestOrderService } from '../testing/running-order-service.ts';

let service: TestOrderService;
beforeAll(async () => {
  service = await startOrderService({ driveLater: true });
});
afterAll(() => service.stop());

const orders = 12;

// Twelve orders of a hundred lines with long titles in letters of four bytes are 1.7 MB, beyond what one message may hold (M4).
test('the largest orders that can be placed are listed page by page, each page small enough to be sent', async () => {
  const sessionId = systemIds.next('ses');
  const productId = service.offer({ stock: 1_000 });
  for (let i = 0; i < orders; i += 1)
    await service.client.placeOrder(
      {
        idempotencyKey: `large-order-${i}`,
        shippingAddress: anAddress,
        payment: { method: 'card', token: 'tok_visa' },
        email: 'buyer@example.com',
        items: [{ productId, quantity: 1 }],
      },
      { sessionId },
    );
  await service.store.database.query(
    `UPDATE orders SET lines = (
      SELECT jsonb_agg(line) FROM (
        SELECT jsonb_set(orders.lines->0, '{title}', to_jsonb(repeat('𝔊', 300))) AS line FROM generate_series(1, 100)
      ) AS repeated)`,
  );
  const headers = await service.staff();
  const seen = new Set<string>();
  let pages = 0;
  for (let cursor: string | undefined; pages === 0 || cursor !== undefined; pages += 1) {
    const { items, nextCursor } = await service.client.listOrders({ limit: 100, cursor }, headers);
    expect(items.length).toBeGreaterThan(0);
    for (const { id } of items) seen.add(id);
    cursor = nextCursor;
  }
  expect([seen.size, pages > 1]).toEqual([orders, true]);
});
