import { defineService } from '../kit/manifest.ts';
import { warehouseConfiguration } from '../kit/warehouse/warehouse-configuration.ts';

export const manifest = defineService({
  name: 'warehouse-export',
  kind: 'lambda',
  summary: 'Brings each event of the ledger into the warehouse as one row, once in effect, within about a second.',
  ports: {},
  owns: {},
  publishes: {},
  consumes: {},
  follows: ['order-events'],
  freshWithinSeconds: 60,
  calls: [],
  reaches: ['bigquery'],
  criticalFunctions: [{ file: 'handler.ts', name: 'handler' }],
  configuration: warehouseConfiguration,
  scaling: { min: 0, max: 4, cpuPercent: 100 },
  size: { cpuMillis: 250, memoryMiB: 256 },
});
