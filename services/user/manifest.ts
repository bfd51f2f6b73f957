import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'user',
  kind: 'grpc',
  summary: 'Accounts, passwords, sessions and the signing keys of access tokens.',
  ports: { http: 8002, grpc: 50051 },
  owns: { database: 'users' },
  publishes: { 'user-events': { partitions: 6, retentionDays: 7 } },
  consumes: { 'cart-events': ['cart.abandoned.v1', 'cart.checked-out.v1'] },
  calls: [],
  criticalFunctions: [
    { file: 'use-cases/register-user.ts', name: 'registerUser' },
    { file: 'use-cases/authenticate.ts', name: 'authenticate' },
    { file: 'use-cases/refresh-session.ts', name: 'refreshSession' },
    { file: 'use-cases/reset-password.ts', name: 'resetPassword' },
    { file: 'events/on-cart-event.ts', name: 'handleCartEvent' },
  ],
  configuration: {
    KEY_ENCRYPTION_SECRET: {
      description: 'Secret of at least 32 characters that encrypts the token signing keys at rest.',
      kind: 'secret',
      acceptsPrevious: true,
    },
    MAIL_SEAL_SECRET: {
      description: 'Secret of at least 32 characters that seals addresses and links for the mail function in events.',
      kind: 'secret',
    },
    MALLOC_MMAP_THRESHOLD_: {
      description: 'Bytes from which the C library gives freed memory back at once; password hashes take 19 MiB each.',
      kind: 'plain',
      default: '1048576',
    },
    STAFF_EMAIL: {
      description: 'E-mail address of the first staff account; it is created at start if missing.',
      kind: 'plain',
      default: 'staff@cloudmart.example',
    },
    STAFF_PASSWORD: {
      description: 'Password of the first staff account, at least 12 characters.',
      kind: 'secret',
    },
  },
  scaling: { min: 2, max: 6, cpuPercent: 60 },
  size: { cpuMillis: 500, memoryMiB: 256 },
});
