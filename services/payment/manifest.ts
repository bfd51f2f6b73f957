import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'payment',
  kind: 'web+grpc',
  summary: 'Authorises, captures, voids and refunds, with a double-entry ledger.',
  ports: { http: 8004, grpc: 50054 },
  owns: { database: 'payments' },
  publishes: { 'payment-events': { partitions: 12, retentionDays: 14 } },
  consumes: {},
  calls: ['user'],
  reaches: ['stripe'],
  criticalFunctions: [
    { file: 'use-cases/authorise-payment.ts', name: 'authorisePayment' },
    { file: 'use-cases/capture-payment.ts', name: 'capturePayment' },
    { file: 'use-cases/cancel-payment.ts', name: 'cancelPayment' },
    { file: 'use-cases/refund-payment.ts', name: 'refundPayment' },
  ],
  configuration: {
    PAYMENT_PROVIDER: {
      description: 'Which provider moves the money; "sandbox" keeps its own books beside the database.',
      kind: 'plain',
      default: 'sandbox',
      standIns: ['sandbox'],
    },
    PROVIDER_TIMEOUT_MS: {
      description: 'Milliseconds to wait for one answer of the provider before the outcome counts as unknown.',
      kind: 'plain',
      default: '2000',
    },
  },
  scaling: { min: 2, max: 8, cpuPercent: 60 },
  size: { cpuMillis: 250, memoryMiB: 256 },
});
