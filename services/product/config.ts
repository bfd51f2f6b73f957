import * as z from 'zod';

export const productConfig = z.object({
  /** A day at most: a reservation that outlives its order keeps units from others. */
  RESERVATION_TTL_SECONDS: z.coerce.number().int().min(1).max(86_400),
});
