import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'analytics',
  kind: 'stream-job',
  summary: 'Computes figures of each minute from the events of orders: orders, revenue, customers, average value.',
  ports: {},
  owns: {},
  // One partition: a minute is heard of after the minutes before it.
  publishes: { 'analytics-results': { partitions: 1, retentionDays: 14 } },
  // Every event says what time it is, also one that no figure counts.
  consumes: { 'order-events': 'all' },
  calls: [],
  criticalFunctions: [],
  configuration: {},
  scaling: { min: 1, max: 1, cpuPercent: 80 },
  size: { cpuMillis: 1000, memoryMiB: 4096 },
});
