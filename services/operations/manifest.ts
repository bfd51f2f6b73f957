import { defineService } from '../kit/manifest.ts';
import { warehouseConfiguration } from '../kit/warehouse/warehouse-configuration.ts';

const topics = [
  'user-events',
  'inventory-events',
  'cart-events',
  'payment-events',
  'order-events',
  'analytics-results',
] as const;

export const manifest = defineService({
  name: 'operations',
  kind: 'web',
  summary: 'What those who operate the shop ask and do, each act with who, when and why; for staff alone.',
  ports: { http: 8006 },
  owns: { database: 'operations' },
  publishes: {},
  consumes: {},
  // For the keys of the user service, and for the health of each.
  calls: ['user', 'product', 'cart', 'payment', 'order', 'assistant'],
  observes: {
    databases: ['users', 'products', 'carts', 'payments', 'orders'],
    topics,
    tables: ['order-events'],
  },
  operates: { topics, databaseSessions: true, sharedCache: true },
  reaches: ['bigquery', 'ses', 'chat'],
  criticalFunctions: [
    { file: 'topology/ask-health.ts', name: 'askHealth' },
    { file: 'event-sequences/repair-sequences.ts', name: 'repairSequences' },
    { file: 'dead-letters/replay-dead-letters.ts', name: 'replayDeadLetters' },
  ],
  configuration: {
    ...warehouseConfiguration,
    MAIL_FROM: {
      description: 'Sender address of mails about incidents; it must be verified in SES.',
      kind: 'plain',
      sender: true,
      default: 'CloudMart operations <operations@cloudmart.example>',
    },
    INCIDENT_MAILS: {
      description: 'Addresses that are told of incidents, with commas between them.',
      kind: 'plain',
      contacts: true,
      default: 'on-call@cloudmart.example',
    },
  },
  databaseConnections: 3,
  // One serves a few people; the second is there while the first moves.
  scaling: { min: 2, max: 4, cpuPercent: 80 },
  size: { cpuMillis: 50, memoryMiB: 256 },
});
