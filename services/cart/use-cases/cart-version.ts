import { createHash } from 'node:crypto';
import type { CartLine } from '../domain/cart.ts';

/** Characters of a version: 132 bits, so that no two carts that anybody ever fills share one by chance. */
const length = 22;

/**
 * Says in a few characters what a cart holds. It is made of the lines alone, in no order: a cart that was merged, marked as
 * abandoned or emptied and filled again is the one that the buyer saw as long as the same would be bought.
 */
export const cartVersion = (lines: readonly CartLine[]): string =>
  createHash('sha256')
    .update(JSON.stringify(lines.map(({ productId, quantity }) => `${quantity} ${productId}`).toSorted()))
    .digest('base64url')
    .slice(0, length);
