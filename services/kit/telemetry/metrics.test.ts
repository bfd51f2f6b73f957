import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { askOnce, createMetrics, startAtZero } from './metrics.ts';
import { collectThrottling } from './throttling.ts';

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

test('gauges that are collected by one question all show its answer, and ask again at the next scrape', async () => {
  const metrics = createMetrics('probe');
  let asked = 0;
  const collect = askOnce(async () => {
    await Promise.resolve();
    asked += 1;
    first.set(asked);
    second.set(asked * 10);
  });
  const first = metrics.gauge({ name: 'first_things', help: 'First.', collect });
  const second = metrics.gauge({ name: 'second_things', help: 'Second.', collect });
  for (const scrape of [1, 2]) {
    const { text } = await metrics.page();
    expect(text).toContain(`first_things{service="probe"} ${scrape}\n`);
    expect(text).toContain(`second_things{service="probe"} ${scrape}0\n`);
  }
});

test('a series that starts at zero is shown before anything is counted', async () => {
  const metrics = createMetrics('probe');
  startAtZero(metrics.counter({ name: 'things_total', help: 'Things.', labels: ['kind'] }), [{ kind: 'odd' }]);
  expect((await metrics.page()).text).toContain('things_total{kind="odd",service="probe"} 0');
});

test('how often the limit of the container held the process back is read anew at each scrape', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cpu-stat-'));
  const file = path.join(folder, 'cpu.stat');
  const metrics = createMetrics('probe');
  try {
    for (const [periods, throttled] of [
      [10, 2],
      [30, 7],
    ]) {
      await writeFile(file, `usage_usec 9\nnr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_usec 5\n`);
      if (periods === 10) collectThrottling(metrics.registry, file);
      const { text } = await metrics.page();
      expect(text).toContain(`process_cpu_periods_total{service="probe"} ${periods}\n`);
      expect(text).toContain(`process_cpu_throttled_periods_total{service="probe"} ${throttled}\n`);
    }
    const outside = createMetrics('probe');
    collectThrottling(outside.registry, path.join(folder, 'no such file'));
    expect((await outside.page()).text.trim()).toBe('');
  } finally {
    await rm(folder, { recursive: true });
  }
});
