import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'api-gateway',
  kind: 'web',
  summary: 'The public REST door: authentication, rate limits, one error shape, routes to the services.',
  ports: { http: 8080 },
  public: true,
  largeBodies: [
    '/api/v1/products',
    '/api/v1/cart/prices',
    '/api/v1/orders',
    '/api/v1/me/addresses',
    '/api/v1/webhooks',
    '/api/v1/operations/dead-letters',
    '/api/v1/operations/databases',
    '/api/ai/analyze-sentiment',
  ],
  owns: {},
  publishes: {},
  consumes: {},
  calls: ['user', 'product', 'cart', 'order', 'payment', 'assistant', 'operations'],
  callsByGrpc: ['user', 'order'],
  cache: true,
  criticalFunctions: [{ file: 'app.ts', name: 'gatewayApp' }],
  configuration: {
    ALLOWED_ORIGINS: {
      description: 'Comma-separated origins that browsers may call from; empty means same origin only.',
      kind: 'plain',
      page: { site: 'storefront', path: '' },
      default: '',
    },
    RATE_LIMIT_PER_MINUTE: {
      description: 'Requests a minute from one address or one user before 429 is answered.',
      kind: 'plain',
      default: '600',
    },
    LOGIN_LIMIT_PER_MINUTE: {
      description: 'Log-in and registration attempts a minute from one address, or /64 of IPv6.',
      kind: 'plain',
      default: '30',
    },
    ASSISTANT_LIMIT_PER_MINUTE: {
      description:
        'Questions to the assistant a minute from one address, or /64 of IPv6; a hundred times as many a day.',
      kind: 'plain',
      default: '20',
    },
    REQUESTS_AT_ONCE: {
      description:
        'Requests of one address, or /64 of IPv6, answered at a time before 429; a process answers 1,000 of all.',
      kind: 'plain',
      default: '64',
    },
    GUEST_SESSION_SECRET: {
      description: 'Secret of at least 32 characters that signs the sessions of guests, who hold them for 30 days.',
      kind: 'secret',
      acceptsPrevious: true,
    },
    CDN_PROOF: {
      description:
        "Secret by which the shop's own CloudFront vouches for the address of a viewer, which limits then count.",
      kind: 'secret',
      acceptsPrevious: true,
    },
    ENVIRONMENT: {
      description: 'Name of the environment, which pages show and put into reports of errors.',
      kind: 'plain',
      default: 'local',
      environmentName: true,
    },
  },
  scaling: { min: 2, max: 10, cpuPercent: 65 },
  size: { cpuMillis: 250, memoryMiB: 256 },
});
