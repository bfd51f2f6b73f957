import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../kit/system-clock.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { createMetrics } from '../../kit/telemetry/metrics.ts';
import { evolve } from '../domain/order.ts';
import { aPlacedEvent } from '../testing/order-fixtures.ts';
import { type OrderStore, openOrderStore } from '../testing/order-store.ts';
import { createIdempotencyKeys } from './idempotency-keys.ts';
import { registerOrderGauges } from './order-gauges.ts';
import type { OrderRepository } from './order-repository.ts';
import { createReconciliationRepository } from './reconciliation-repository.ts';

const placedAt = Date.parse('2026-03-01T10:00:00.000Z');
const logger = createLogger('order', 'silent');

let now = placedAt;
const clock = { now: () => new Date(now) };
let store: OrderStore;
let orders: OrderRepository;
beforeAll(async () => {
  store = await openOrderStore();
  ({ orders } = store);
});
afterAll(() => store.stop());

test('the gauges tell for how long the oldest order has waited, and how old the last whole comparison is', async () => {
  const metrics = createMetrics('order');
  registerOrderGauges({ database: store.database, metrics, logger, clock });
  const shown = async () => {
    const { text } = await metrics.page();
    const shownOf = (name: string) => Number(new RegExp(`^${name}\\{service="order"\\} (\\S+)$`, 'm').exec(text)?.[1]);
    return [shownOf('orders_oldest_owed_seconds'), shownOf('reconciliation_age_seconds')];
  };
  now += 60_000;
  expect(await shown()).toEqual([0, 60]);

  const event = aPlacedEvent({ orderId: systemIds.next('ord') });
  const keyed = { key: 'key', fingerprint: 'print', owner: 'usr_00000000000000000000000001', sessionId: null };
  await createIdempotencyKeys({ sql: store.database, clock: systemClock }).claim(keyed);
  const placed = await orders.place(evolve(null, event), event, {
    ...keyed,
    attempt: 1,
    paymentToken: 'tok_visa',
    carts: [],
  });
  expect(placed).toBe('placed');
  now += 240_000;
  expect((await shown())[0]).toBe(300);

  const comparing = createReconciliationRepository({ sql: store.database, clock });
  const id = systemIds.next('rec');
  await comparing.begin({ id, askedBy: 'schedule', repair: false, since: new Date(0) });
  expect((await shown())[1]).toBe(300);
  await comparing.advance(id, {}, null);
  now += 5_000;
  expect(await shown()).toEqual([305, 5]);
});
