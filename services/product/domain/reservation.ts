import { isId } from '../../kit/values/identifiers.ts';
import { linesInvalid, orderIdInvalid } from './product-refusals.ts';

/**
 * `reserved` holds units; `rejected` got none; `committed` sold them; `released` gave them back, or barred an order that
 * never had any. Only `reserved` and `committed` go on: to `committed` or `released`, and to `released`.
 */
export type ReservationStatus = 'reserved' | 'rejected' | 'committed' | 'released';

export type StockLine = { readonly productId: string; readonly quantity: number };

export type Shortage = { readonly productId: string; readonly requested: number; readonly available: number };

/** What the stock says of an order, whenever it is asked. */
export type Reservation = {
  readonly orderId: string;
  readonly status: ReservationStatus;
  readonly shortages: readonly Shortage[];
  /** When unpaid units go back; null unless units were reserved. */
  readonly reservedUntil: Date | null;
};

/** As many as an order may have. */
export const maxLines = 100;
/** Units of one product in one order; the door of the order service refuses more than 99 already. */
export const maxQuantity = 10_000;

export const requireOrderId = (orderId: string): string => {
  if (!isId('ord', orderId)) throw orderIdInvalid();
  return orderId;
};

/** The lines by product id, in the order in which every transaction locks stock. Refuses what no order can hold. */
export const requireLines = (lines: readonly StockLine[]): StockLine[] => {
  if (lines.length === 0 || lines.length > maxLines) throw linesInvalid('lines', `must have 1 to ${maxLines} entries`);
  for (const [index, { productId, quantity }] of lines.entries()) {
    if (!isId('prd', productId)) throw linesInvalid(`lines.${index}.productId`, 'must be an id that starts with prd_');
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > maxQuantity)
      throw linesInvalid(`lines.${index}.quantity`, `must be a whole number from 1 to ${maxQuantity}`);
  }
  if (new Set(lines.map(({ productId }) => productId)).size < lines.length)
    throw linesInvalid('lines', 'must name each product once');
  return lines.toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
};

/** Whether units of the order are, or were, set aside for it and may be charged. */
export const isReserved = ({ status }: Reservation): boolean => status === 'reserved' || status === 'committed';
