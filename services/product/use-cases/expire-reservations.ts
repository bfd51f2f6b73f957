import type { ProductEffects } from './product-effects.ts';

/** So many reservations are released in one transaction, which keeps their stock rows locked for a few milliseconds. */
const batchSize = 100;

/** Releases every reservation whose time is over, batch by batch, and returns how many there were. */
export const expireReservations = async ({
  stock,
  clock,
  ids,
}: Pick<ProductEffects, 'stock' | 'clock' | 'ids'>): Promise<number> => {
  let total = 0;
  for (;;) {
    const eventIds = Array.from({ length: batchSize }, () => ids.next('evt'));
    const released = await stock.releaseDue(clock.now(), eventIds);
    total += released;
    if (released < batchSize) return total;
  }
};
