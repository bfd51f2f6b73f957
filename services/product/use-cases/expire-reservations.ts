import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import type { StockRepository } from '../storage/stock-repository.ts';

type Effects = { readonly stock: Pick<StockRepository, 'releaseDue'>; readonly clock: Clock; readonly ids: Ids };

/** So many reservations are released in one transaction, which keeps their stock rows locked for a few milliseconds. */
const batchSize = 100;

/** Releases every reservation whose time is over, batch by batch, and returns how many there were. */
export const expireReservations = async ({ stock, clock, ids }: Effects): Promise<number> => {
  let total = 0;
  for (;;) {
    const eventIds = Array.from({ length: batchSize }, () => ids.next('evt'));
    const released = await stock.releaseDue(clock.now(), eventIds);
    total += released;
    if (released < batchSize) return total;
  }
};
