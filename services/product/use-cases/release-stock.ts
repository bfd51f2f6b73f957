import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import { requireOrderId } from '../domain/reservation.ts';
import type { StockRepository } from '../storage/stock-repository.ts';

export type ReleaseStock = {
  readonly orderId: string;
  /** For people; kept as the first 300 characters. */
  readonly reason: string;
};

type Effects = { readonly stock: Pick<StockRepository, 'release'>; readonly clock: Clock; readonly ids: Ids };

/** Gives an order's units back and bars it from reserving again. Twice is once; before any reservation it only bars. */
export const releaseStock = async (
  { stock, clock, ids }: Effects,
  { orderId, reason }: ReleaseStock,
): Promise<void> => {
  await stock.release(requireOrderId(orderId), reason.replaceAll('\0', '').slice(0, 300), {
    id: ids.next('evt'),
    at: clock.now(),
  });
};
