import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import { type Reservation, requireLines, requireOrderId, type StockLine } from '../domain/reservation.ts';
import type { StockRepository } from '../storage/stock-repository.ts';

export type ReserveStock = { readonly orderId: string; readonly lines: readonly StockLine[] };

type Effects = {
  readonly stock: Pick<StockRepository, 'find' | 'reserve'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Seconds after which unpaid units go back. */
  readonly ttlSeconds: number;
};

/** Sets units aside for an order, all lines or none. A repeated call answers what the first one decided. */
export const reserveStock = async (
  { stock, clock, ids, ttlSeconds }: Effects,
  command: ReserveStock,
): Promise<Reservation> => {
  const orderId = requireOrderId(command.orderId);
  const lines = requireLines(command.lines);
  const at = clock.now();
  const reservedUntil = new Date(at.getTime() + ttlSeconds * 1000);
  const decided = await stock.reserve({ orderId, lines, reservedUntil }, { id: ids.next('evt'), at });
  const reservation = decided ?? (await stock.find(orderId));
  if (!reservation) throw new Error(`the reservation of ${orderId} was refused as a repetition but is not there`);
  return reservation;
};
