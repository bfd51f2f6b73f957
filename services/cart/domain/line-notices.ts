import type { Cart as CartAnswer, CartNotice } from '../../contracts/http/cart-api.ts';
import { type Money, multiplyMoney, sameMoney, sumMoney } from '../../kit/values/money.ts';
import type { CartLine } from './cart.ts';
import type { ProductKnowledge } from './product-knowledge.ts';

const priceNotice = (from: Money, to: Money): CartNotice => {
  if (from.currency !== to.currency) return { kind: 'currency-changed', from, to };
  return { kind: from.amount < to.amount ? 'price-up' : 'price-down', from, to };
};

/** What changed in the catalogue since the buyer put the line in or agreed to it; nothing while the catalogue cannot be reached. */
export const lineNotices = ({ quantity, seenPrice }: CartLine, known: ProductKnowledge): CartNotice[] => {
  if (known === 'unreachable') return [];
  if (known === 'unknown') return [{ kind: 'gone' }];
  return [
    ...(seenPrice && !sameMoney(seenPrice, known.price) ? [priceNotice(seenPrice, known.price)] : []),
    ...(known.stock < quantity
      ? [{ kind: 'stock-short' as const, wanted: quantity, left: Math.max(0, known.stock) }]
      : []),
  ];
};

/** What the lines cost at the prices that the buyer agreed to; null without any, where one is not known, and across currencies. */
const seenTotal = (lines: readonly CartLine[]): Money | null => {
  const totals = lines.flatMap(({ quantity, seenPrice }) => (seenPrice ? [multiplyMoney(seenPrice, quantity)] : []));
  const [first] = totals;
  if (!first || totals.length < lines.length || totals.some(({ currency }) => currency !== first.currency)) return null;
  return sumMoney(totals, first.currency);
};

/** The notices of a whole cart in one: how many lines have some, and both totals; null where no line has any. */
export const cartNotice = (
  lines: readonly CartLine[],
  { items, total }: Pick<CartAnswer, 'items' | 'total'>,
): CartAnswer['notice'] => {
  const changed = items.filter(({ notices }) => notices.length > 0).length;
  return changed === 0 ? null : { lines: changed, from: seenTotal(lines), to: total };
};
