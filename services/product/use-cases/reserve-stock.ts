import { type Reservation, requireLines, requireOrderId, type StockLine } from '../domain/reservation.ts';
import type { ProductEffects } from './product-effects.ts';

export type ReserveStock = {
  readonly orderId: string;
  readonly lines: readonly StockLine[];
  /** Whether the units are sold at once; default false. */
  readonly sell?: boolean;
};

/** Sets units aside for an order, or sells them, all lines or none. A repeated call answers what the first one decided, and sells what that left reserved. */
export const reserveStock = async (
  { stock, clock, ids, ttlSeconds }: Pick<ProductEffects, 'stock' | 'clock' | 'ids' | 'ttlSeconds'>,
  command: ReserveStock,
): Promise<Reservation> => {
  const orderId = requireOrderId(command.orderId);
  const lines = requireLines(command.lines);
  const at = clock.now();
  const reservedUntil = new Date(at.getTime() + ttlSeconds * 1000);
  const stamp = () => ({ id: ids.next('evt'), at });
  const { sell = false } = command;
  const decided = await stock.reserve({ orderId, lines, reservedUntil }, stamp(), sell ? stamp() : undefined);
  if (!decided && sell) await stock.commit(orderId, stamp());
  const reservation = decided ?? (await stock.find(orderId));
  if (!reservation) throw new Error(`the reservation of ${orderId} was refused as a repetition but is not there`);
  return reservation;
};
