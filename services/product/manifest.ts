import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'product',
  kind: 'web+grpc',
  summary: 'The catalogue, its stock, and reservations that the database itself refuses to oversell.',
  ports: { http: 8001, grpc: 50052 },
  owns: { database: 'products', buckets: { 'product-images': { folders: ['images', 'uploads'], uploads: 'uploads' } } },
  publishes: { 'inventory-events': { partitions: 12, retentionDays: 7 } },
  consumes: {},
  calls: ['user'],
  cache: true,
  criticalFunctions: [
    { file: 'use-cases/reserve-stock.ts', name: 'reserveStock' },
    { file: 'use-cases/release-stock.ts', name: 'releaseStock' },
    { file: 'use-cases/commit-stock.ts', name: 'commitStock' },
  ],
  configuration: {
    RESERVATION_TTL_SECONDS: {
      description: 'Seconds after which an unpaid reservation returns to free stock.',
      kind: 'plain',
      default: '900',
    },
  },
  scaling: { min: 2, max: 10, cpuPercent: 65 },
  size: { cpuMillis: 250, memoryMiB: 384 },
});
