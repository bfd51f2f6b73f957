import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'order',
  kind: 'web+grpc',
  summary: 'Places orders and drives each of them to a terminal state.',
  ports: { http: 8003, grpc: 50053 },
  owns: { database: 'orders' },
  publishes: { 'order-events': { partitions: 12, retentionDays: 14 } },
  consumes: {
    // Those after which the platform owes the order a step; goods that come back without money have no buyer who waits, and the sweeper.
    'order-events': ['order.placed.v1', 'order.cancelled.v1', 'order.payment-failed.v1', 'order.refund-requested.v1'],
    // A refund is not learnt: its step may still have stock to put back, so the driver repeats it instead.
    // Money that is authorised while nobody drives its order was waited for: its buyer's bank asked who pays.
    'payment-events': ['payment.authorised.v1', 'payment.declined.v1', 'payment.captured.v1'],
    'inventory-events': ['inventory.reserved.v1', 'inventory.rejected.v1', 'inventory.released.v1'],
  },
  calls: ['product', 'payment', 'cart', 'user'],
  callsByGrpc: ['product', 'payment', 'user'],
  criticalFunctions: [
    { file: 'events/on-order-event.ts', name: 'handleOrderEvent' },
    { file: 'events/on-payment-event.ts', name: 'handlePaymentEvent' },
    { file: 'events/on-inventory-event.ts', name: 'handleInventoryEvent' },
    { file: 'use-cases/process-order.ts', name: 'processOrder' },
  ],
  configuration: {
    SWEEP_AFTER_SECONDS: {
      description: 'Seconds after which the sweeper takes up an order that no job drives.',
      kind: 'plain',
      default: '30',
    },
    GIVE_UP_AFTER_SECONDS: {
      description: 'Seconds after which an order whose payment has no outcome is cancelled and given back.',
      kind: 'plain',
      default: '900',
    },
    UNDECIDED_ORDERS: {
      description:
        'Orders of one buyer at a time that are not paid yet, and four times as many of one address; 0 for any number.',
      kind: 'plain',
      default: '5',
    },
    DECLINED_ORDERS_PER_HOUR: {
      description:
        'Orders of one buyer whose payment may fail in an hour, and four times as many of one address; 0 for any number.',
      kind: 'plain',
      default: '10',
    },
    CANCELLATION_WINDOW_SECONDS: {
      description: 'Seconds for which a paid order waits for a change of mind before it goes to processing.',
      kind: 'plain',
      default: '1800',
    },
  },
  databaseConnections: 10,
  scaling: { min: 2, max: 12, cpuPercent: 60 },
  size: { cpuMillis: 500, memoryMiB: 320 },
});
