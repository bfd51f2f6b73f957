import { defineService } from '../kit/manifest.ts';

const fromStripe = { issuer: 'Stripe', when: { key: 'PAYMENT_PROVIDER', is: 'stripe' } } as const;

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
      description:
        'Which provider moves the money: "stripe", or "sandbox", which moves none and keeps books of its own.',
      kind: 'plain',
      default: 'sandbox',
      standIns: ['sandbox'],
      toldTo: 'storefront',
    },
    PROVIDER_TIMEOUT_MS: {
      description: 'Milliseconds to wait for one answer of the provider before the outcome counts as unknown.',
      kind: 'plain',
      default: '2000',
    },
    STRIPE_API_URL: {
      description: 'Base URL of the API of Stripe; another one only in tests.',
      kind: 'plain',
      default: 'https://api.stripe.com',
      standIns: ['http:'],
    },
    STRIPE_SECRET_KEY: {
      description:
        'Secret or restricted key of Stripe; it needs to write payment intents, payment methods and refunds, and nothing else.',
      kind: 'secret',
      standIns: ['sk_test_', 'rk_test_'],
      issuedBy: fromStripe,
    },
    STRIPE_PUBLISHABLE_KEY: {
      description:
        'Publishable key of the same account, with which the checkout asks Stripe for its card form; needed with PAYMENT_PROVIDER stripe.',
      kind: 'plain',
      standIns: ['pk_test_'],
      toldTo: 'storefront',
    },
    STRIPE_WEBHOOK_SECRET: {
      description: 'Signing secret of the webhook endpoint at Stripe that leads to /api/v1/webhooks/stripe.',
      kind: 'secret',
      issuedBy: fromStripe,
    },
  },
  scaling: { min: 2, max: 8, cpuPercent: 60 },
  size: { cpuMillis: 250, memoryMiB: 256 },
});
