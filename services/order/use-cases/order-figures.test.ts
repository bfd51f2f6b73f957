import { expect, test } from '@jest/globals';
import { createMetrics } from '../../kit/telemetry/metrics.ts';
import type { Order, OrderEvent } from '../domain/order.ts';
import { orderFigures } from './order-figures.ts';

const order = (status: Order['status']) => ({ status, total: { amount: 5_100, currency: 'USD' } }) as Order;
const into = (status: Order['status']) => ({ event: {} as OrderEvent, after: order(status) });

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
