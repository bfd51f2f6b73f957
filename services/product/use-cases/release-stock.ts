import { requireOrderId } from '../domain/reservation.ts';
import type { ProductEffects } from './product-effects.ts';

export type ReleaseStock = {
  readonly orderId: string;
  /** For people; kept as the first 300 characters. */
  readonly reason: string;
};

/** Gives an order's units back and bars it from reserving again. Twice is once; before any reservation it only bars. */
export const releaseStock = async (
  { stock, clock, ids }: Pick<ProductEffects, 'stock' | 'clock' | 'ids'>,
  { orderId, reason }: ReleaseStock,
): Promise<void> => {
  await stock.release(requireOrderId(orderId), reason.replaceAll('\0', '').slice(0, 300), {
    id: ids.next('evt'),
    at: clock.now(),
  });
};
