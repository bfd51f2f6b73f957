import type { Money } from '../../kit/values/money.ts';
import { cartFull, lineFull, lineMissing } from './cart-refusals.ts';

/** Units of one product in a cart. */
export const maxQuantity = 99;
/** Different products in a cart. */
export const maxLines = 100;

export type CartLine = {
  readonly productId: string;
  readonly quantity: number;
  /** What a unit cost when the buyer last agreed to it; absent where that is not known. */
  readonly seenPrice?: Money | undefined;
};

export type Cart = {
  readonly id: string;
  /** In the order in which the products were added. */
  readonly lines: readonly CartLine[];
  readonly updatedAt: Date;
};

/** What a decision makes of a cart: the new quantity of each line that changes, 0 takes it out, and the price that is agreed to with it. */
export type LineChanges = readonly CartLine[];

export const quantityOf = (lines: readonly CartLine[], productId: string): number =>
  lines.find((line) => line.productId === productId)?.quantity ?? 0;

/** Puts units in; those that are there already stay. Refuses a line or a cart that would be too large. */
export const addLine = (lines: readonly CartLine[], { productId, quantity, seenPrice }: CartLine): LineChanges => {
  const present = quantityOf(lines, productId);
  if (present + quantity > maxQuantity) throw lineFull(productId, present);
  if (present === 0 && lines.length >= maxLines) throw cartFull();
  return [{ productId, quantity: present + quantity, seenPrice }];
};

/** Sets the quantity of a line that is there. */
export const changeLine = (lines: readonly CartLine[], { productId, quantity, seenPrice }: CartLine): LineChanges => {
  const present = quantityOf(lines, productId);
  if (present === 0) throw lineMissing(productId);
  return present === quantity ? [] : [{ productId, quantity, seenPrice }];
};

/** Takes a line out; nothing when it is not there. */
export const removeLine = (lines: readonly CartLine[], productId: string): LineChanges =>
  quantityOf(lines, productId) === 0 ? [] : [{ productId, quantity: 0 }];

export const clearLines = (lines: readonly CartLine[]): LineChanges =>
  lines.map(({ productId }) => ({ productId, quantity: 0 }));

/** Adds a guest's lines. Nothing is refused at log-in: quantities end at 99 and lines at 100, what the customer had first. */
export const mergeLines = (lines: readonly CartLine[], guest: readonly CartLine[]): LineChanges => {
  const changes: CartLine[] = [];
  let room = maxLines - lines.length;
  for (const { productId, quantity, seenPrice } of guest) {
    const present = quantityOf(lines, productId);
    if (present === 0 && room-- <= 0) continue;
    const merged = Math.min(maxQuantity, present + quantity);
    if (merged !== present)
      changes.push({ productId, quantity: merged, seenPrice: present === 0 ? seenPrice : undefined });
  }
  return changes;
};

/** Takes out what was bought; what came in since the order was placed stays. */
export const removeBought = (lines: readonly CartLine[], bought: readonly CartLine[]): LineChanges =>
  bought.flatMap(({ productId, quantity }) => {
    const present = quantityOf(lines, productId);
    return present === 0 ? [] : [{ productId, quantity: Math.max(0, present - quantity) }];
  });

/**
 * The lines afterwards, new ones last. A line keeps the price that was agreed to before: the answer to the change that agrees to
 * another one is where the buyer is told of it.
 */
export const applyChanges = (lines: readonly CartLine[], changes: LineChanges): CartLine[] => {
  const changed = new Map(changes.map(({ productId, quantity }) => [productId, quantity]));
  const kept = lines.map((line) => ({ ...line, quantity: changed.get(line.productId) ?? line.quantity }));
  const added = changes.filter(({ productId }) => quantityOf(lines, productId) === 0);
  return [...kept, ...added].filter(({ quantity }) => quantity > 0);
};
