/** What the buyer saw against what would be bought. Pure. */
import type { Money } from '../../contracts/http/values.ts';
import { formatMoney } from '../../kit/values/money.ts';
import { Refusal } from '../../kit/values/refusal.ts';

/** Refuses a cart that has changed since the buyer saw it. A buyer who names no version takes it as it is. */
export const requireSeenCart = (expected: string | undefined, actual: string): void => {
  if (expected === undefined || expected === actual) return;
  throw new Refusal(
    'conflict',
    'order.cart-changed',
    'The cart holds something else than when it was seen; look at it again, then order its new version.',
    { difference: { expected, actual } },
  );
};

/** Refuses a total that the buyer did not agree to. A buyer who expects none pays what the goods cost. */
export const requireSeenTotal = (expected: Money | undefined, actual: Money): void => {
  if (!expected || (expected.amount === actual.amount && expected.currency === actual.currency)) return;
  throw new Refusal(
    'conflict',
    'order.total-changed',
    `The order costs ${formatMoney(actual)} and not ${formatMoney(expected)}; show the buyer the new total and order again with it.`,
    { difference: { expected, actual } },
  );
};
