import * as z from 'zod';

const seconds = (most: number) => z.coerce.number().int().min(1).max(most);

const orders = z.coerce.number().int().min(0).max(1_000_000);

export const orderConfig = z.object({
  SWEEP_AFTER_SECONDS: seconds(3_600),
  GIVE_UP_AFTER_SECONDS: seconds(86_400),
  CANCELLATION_WINDOW_SECONDS: seconds(604_800),
  UNDECIDED_ORDERS: orders,
  DECLINED_ORDERS_PER_HOUR: orders,
});
