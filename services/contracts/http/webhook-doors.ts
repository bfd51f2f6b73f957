/** Doors for providers that tell of their own accord. What they send is signed byte by byte, so bodies stay the text that they are. */
import { z } from 'zod';
import type { Doors } from './door.ts';

export const webhookDoors = {
  stripe: {
    method: 'POST',
    path: '/webhooks/stripe',
    access: 'public',
    tags: ['payments'],
    summary: 'What Stripe tells about a charge',
    description:
      'Signed by Stripe (`stripe-signature`) over the exact bytes of the body, at most five minutes ago. An event that comes again changes nothing.',
    headers: z.object({
      'stripe-signature': z
        .string()
        .max(1_000)
        .meta({ example: 't=1772359200,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e7' }),
    }),
    body: z.string().min(1).max(200_000).meta({ example: '{"id": "evt_1", "type": "payment_intent.succeeded"}' }),
    bodyLimit: 256 * 1024,
    answers: { 204: z.null() },
    errors: [
      'webhook.not-awaited',
      'webhook.signature-invalid',
      'payment.unknown',
      'payment.busy',
      'payment.outcome-unknown',
      'payment.provider-refuses-key',
    ],
  },
} as const satisfies Doors;
