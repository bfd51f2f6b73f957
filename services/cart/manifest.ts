import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'cart',
  kind: 'web',
  summary: 'Carts of users and anonymous sessions, merged at log-in.',
  ports: { http: 8000 },
  owns: { database: 'carts' },
  publishes: { 'cart-events': { partitions: 6, retentionDays: 3 } },
  consumes: { 'order-events': ['order.placed.v1'], 'user-events': ['user.deleted.v1'] },
  calls: ['product', 'user'],
  callsByGrpc: ['product'],
  cache: true,
  criticalFunctions: [
    { file: 'use-cases/add-item.ts', name: 'addItem' },
    { file: 'events/on-order-event.ts', name: 'handleOrderEvent' },
    { file: 'events/on-user-event.ts', name: 'handleUserEvent' },
  ],
  configuration: {
    CART_TTL_DAYS: {
      description: 'Days without a change after which a cart expires.',
      kind: 'plain',
      default: '30',
    },
    ABANDONED_AFTER_MINUTES: {
      description: 'Minutes without a change after which a filled cart counts as abandoned.',
      kind: 'plain',
      default: '60',
    },
    ACQUIRE_TIMEOUT_SECONDS: {
      description: 'Seconds that a request waits for a free database connection before it is answered 503.',
      kind: 'plain',
      default: '20',
    },
  },
  databaseConnections: 20,
  scaling: { min: 2, max: 8, cpuPercent: 65 },
  size: { cpuMillis: 250, memoryMiB: 256 },
});
