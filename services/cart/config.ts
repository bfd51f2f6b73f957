import * as z from 'zod';

export const cartConfig = z.object({
  CART_TTL_DAYS: z.coerce.number().int().min(1).max(3_650),
  /** Carts are swept once a minute. */
  ABANDONED_AFTER_MINUTES: z.coerce.number().int().min(1).max(525_600),
  ACQUIRE_TIMEOUT_SECONDS: z.coerce.number().min(0.1).max(20),
});
