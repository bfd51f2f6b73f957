import * as z from 'zod';

export const paymentConfig = z.object({
  PAYMENT_PROVIDER: z.literal('sandbox', { error: 'must be "sandbox", the only provider there is' }),
  PROVIDER_TIMEOUT_MS: z.coerce.number().int().min(100).max(30_000),
});
