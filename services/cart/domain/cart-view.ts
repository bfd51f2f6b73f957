import type { Cart as CartAnswer } from '../../contracts/http/cart-api.ts';
import { type Money, multiplyMoney, sumMoney } from '../../kit/values/money.ts';
import type { Cart } from './cart.ts';
import { cartNotice, lineNotices } from './line-notices.ts';
import type { ProductKnowledge } from './product-knowledge.ts';

type Line = CartAnswer['items'][number];

const nothing = { title: null, unitPrice: null, lineTotal: null };

const viewLine = (line: Cart['lines'][number], known: ProductKnowledge): Line => {
  const { productId, quantity } = line;
  const notices = lineNotices(line, known);
  if (known === 'unreachable') return { productId, quantity, ...nothing, available: null, notices };
  if (known === 'unknown') return { productId, quantity, ...nothing, available: false, notices };
  return {
    productId,
    quantity,
    title: known.title,
    unitPrice: known.price,
    lineTotal: multiplyMoney(known.price, quantity),
    available: known.stock >= quantity,
    notices,
  };
};

/** Sum of the lines that have a price; null without any, while the catalogue cannot be reached, and across currencies. */
const totalOf = (lines: readonly Line[], isDegraded: boolean): Money | null => {
  const totals = lines.flatMap(({ lineTotal }) => (lineTotal ? [lineTotal] : []));
  const [first] = totals;
  if (!first || isDegraded || totals.some(({ currency }) => currency !== first.currency)) return null;
  return sumMoney(totals, first.currency);
};

/** The cart as its owner sees it, with the catalogue's titles and prices of now. */
export const viewCart = (
  cart: Pick<Cart, 'lines' | 'updatedAt'> | undefined,
  knowledge: ReadonlyMap<string, ProductKnowledge>,
  version: string,
): CartAnswer => {
  const lines = cart?.lines ?? [];
  const items = lines.map((line) => viewLine(line, knowledge.get(line.productId) ?? 'unreachable'));
  const degraded = items.some(({ available }) => available === null);
  const updatedAt = cart?.updatedAt.toISOString() ?? null;
  const total = totalOf(items, degraded);
  return { items, total, notice: cartNotice(lines, { items, total }), version, degraded, updatedAt };
};
