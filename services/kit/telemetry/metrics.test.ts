import { describe, expect, test } from '@jest/globals';
import { createMetrics } from './metrics.ts';

describe('metrics', () => {
  test('carry the name of the service', async () => {
    const metrics = createMetrics('order');
    metrics.counter({ name: 'orders_total', help: 'Orders.', labels: ['status'] }).inc({ status: 'paid' });
    metrics.histogram({ name: 'order_value_dollars', help: 'Value.', buckets: [10, 50] }).observe(20);
    metrics.gauge({
      name: 'outbox_pending',
      help: 'Rows.',
      collect() {
        this.set(7);
      },
    });
    const { text, contentType } = await metrics.page();
    expect(contentType).toContain('text/plain');
    expect(text).toContain('orders_total{status="paid",service="order"} 1');
    expect(text).toContain('order_value_dollars_bucket{le="50",service="order"} 1');
    expect(text).toContain('outbox_pending{service="order"} 7');
  });

  test('are made once, however many parts ask for them', async () => {
    const metrics = createMetrics('order');
    const ask = () => metrics.counter({ name: 'retries_total', help: 'Retries.' });
    ask().inc();
    ask().inc();
    expect((await metrics.page()).text).toContain('retries_total{service="order"} 2');
  });
});
