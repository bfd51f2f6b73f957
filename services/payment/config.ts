import * as z from 'zod';
import { stripePublishableKeySchema } from '../contracts/http/site-config.ts';

export const paymentConfig = z
  .object({
    PAYMENT_PROVIDER: z.enum(['sandbox', 'stripe'], { error: 'must be "sandbox" or "stripe"' }),
    PROVIDER_TIMEOUT_MS: z.coerce.number().int().min(100).max(30_000),
    STRIPE_API_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
    STRIPE_SECRET_KEY: z
      .string()
      .regex(/^[sr]k_(test|live)_\w{16,}$/, 'must be a secret or restricted key of Stripe: sk_..., rk_...')
      .optional(),
    // Not used by this process, which refuses a wrong one all the same: the checkout and the charge belong to one account.
    STRIPE_PUBLISHABLE_KEY: stripePublishableKeySchema.optional(),
    STRIPE_WEBHOOK_SECRET: z
      .string()
      .regex(/^whsec_[\w+/=-]{16,}$/, 'must be the signing secret of the webhook endpoint: whsec_...')
      .optional(),
  })
  .check(({ value, issues }) => {
    if (value.PAYMENT_PROVIDER === 'stripe' && value.STRIPE_PUBLISHABLE_KEY === undefined)
      issues.push({
        code: 'custom',
        path: ['STRIPE_PUBLISHABLE_KEY'],
        message: 'is needed with PAYMENT_PROVIDER stripe',
        input: value,
      });
  });
