import * as z from 'zod';

const seconds = (most: number) => z.coerce.number().int().min(1).max(most);

export const orderConfig = z.object({
  SWEEP_AFTER_SECONDS: seconds(3_600),
  GIVE_UP_AFTER_SECONDS: seconds(86_400),
  CANCELLATION_WINDOW_SECONDS: seconds(604_800),
});
