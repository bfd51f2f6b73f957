import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'console',
  kind: 'static',
  summary: 'The shop as its staff see it: orders, stock and books, and what the platform does.',
  ports: { http: 3001 },
  owns: {},
  publishes: {},
  consumes: {},
  calls: [],
  uploadsTo: ['product-images'],
  criticalFunctions: [],
  configuration: {},
  scaling: { min: 1, max: 1, cpuPercent: 65 },
  size: { cpuMillis: 100, memoryMiB: 128 },
});
