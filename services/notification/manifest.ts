import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'notification',
  kind: 'lambda',
  summary: 'Mails customers what happened to their orders, each message once in effect.',
  ports: {},
  owns: {
    tables: {
      notifications: { partitionKey: 'notificationId', expiresAt: 'expiresAt' },
      'postponed-mails': { partitionKey: 'queue', sortKey: 'due', expiresAt: 'expiresAt' },
    },
  },
  publishes: {},
  consumes: {
    'order-events': [
      'order.paid.v1',
      'order.shipped.v1',
      'order.delivered.v1',
      'order.payment-failed.v1',
      'order.cancelled.v1',
      'order.refunded.v1',
    ],
  },
  wakesEveryMinutes: 1,
  calls: [],
  reaches: ['ses'],
  criticalFunctions: [{ file: 'handler.ts', name: 'handler' }],
  configuration: {
    MAIL_FROM: {
      description: 'Sender address of every mail; it must be verified in SES.',
      kind: 'plain',
      sender: true,
      default: 'CloudMart <orders@cloudmart.example>',
    },
  },
  scaling: { min: 0, max: 10, cpuPercent: 100 },
  size: { cpuMillis: 250, memoryMiB: 256 },
});
