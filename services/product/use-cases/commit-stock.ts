import { requireOrderId } from '../domain/reservation.ts';
import type { ProductEffects } from './product-effects.ts';

/**
 * Sells what is reserved for the order. False when the units are gone: then nothing may be charged.
 * Late is not too late: while nobody has released the units, they are sold even after their time.
 */
export const commitStock = async (
  { stock, clock, ids }: Pick<ProductEffects, 'stock' | 'clock' | 'ids'>,
  orderId: string,
): Promise<boolean> => {
  requireOrderId(orderId);
  if (await stock.commit(orderId, { id: ids.next('evt'), at: clock.now() })) return true;
  return (await stock.find(orderId))?.status === 'committed';
};
