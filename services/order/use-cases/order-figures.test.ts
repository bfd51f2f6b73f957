import { expect, test } from '@jest/globals';
import { createMetrics } from '../../kit/telemetry/metrics.ts';
import type { Order } from '../domain/order.ts';
import type { OrderEvent } from '../domain/order-event.ts';
import { orderFigures } from './order-figures.ts';

const order = (status: Order['status'], second = 0) =>
  ({
    status,
    total: { amount: 5_100, currency: 'USD' },
    createdAt: '2026-03-01T10:00:00.000Z',
    updatedAt: `2026-03-01T10:00:0${second}.000Z`,
  }) as Order;
const into = (status: Order['status'], second = 0) => ({ event: {} as OrderEvent, after: order(status, second) });

test('an order is counted once in each status that it comes into, and its value when it is placed', async () => {
  const metrics = createMetrics('order');
  const count = orderFigures(metrics);
  count(null, [into('pending')]);
  count(order('pending'), [into('stock-reserved'), into('paid'), into('paid')]);
  count(order('paid'), [into('paid')]);
  const { text } = await metrics.page();
  for (const status of ['pending', 'stock-reserved', 'paid'])
    expect(text).toContain(`orders_total{status="${status}",payment_method="card",service="order"} 1`);
  expect(text).toMatch(/order_value_dollars_bucket\{le="50",service="order"\} 0/);
  expect(text).toMatch(/order_value_dollars_bucket\{le="100",service="order"\} 1/);
  expect(text).toMatch(/order_value_dollars_sum\{service="order"\} 51$/m);
});

test('the time until an order is decided is taken once, whatever happens to it later', async () => {
  const metrics = createMetrics('order');
  const count = orderFigures(metrics);
  count(null, [into('pending')]);
  count(order('pending'), [into('stock-reserved', 1), into('paid', 4)]);
  count(order('paid'), [into('cancelled', 9)]);
  const { text } = await metrics.page();
  expect(text).toMatch(/order_decision_seconds_sum\{service="order"\} 4$/m);
  expect(text).toMatch(/order_decision_seconds_count\{service="order"\} 1$/m);
});
