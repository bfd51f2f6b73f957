import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'ledger',
  kind: 'lambda',
  summary:
    'Keeps every event of every order in a table of its own, chained by digests: the record that all others are checked against.',
  ports: {},
  owns: {
    tables: {
      'order-events': {
        partitionKey: 'orderId',
        sortKey: 'sequence',
        stream: true,
        appendOnly: true,
        notes: 'order-events',
      },
    },
  },
  publishes: {},
  consumes: { 'order-events': 'all' },
  calls: [],
  criticalFunctions: [{ file: 'handler.ts', name: 'handler' }],
  configuration: {},
  scaling: { min: 0, max: 10, cpuPercent: 100 },
  size: { cpuMillis: 250, memoryMiB: 256 },
});
