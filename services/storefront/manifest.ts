import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'storefront',
  kind: 'static',
  summary: 'The shop as its customers see it: browse, search, cart, checkout, and orders that move while they look.',
  ports: { http: 3000 },
  owns: {},
  publishes: {},
  consumes: {},
  calls: [],
  criticalFunctions: [],
  configuration: {},
  scaling: { min: 1, max: 1, cpuPercent: 65 },
  size: { cpuMillis: 100, memoryMiB: 128 },
});
