import type { Cart as CartAnswer } from '../../contracts/http/cart-api.ts';
import { type Money, multiplyMoney, sumMoney } from '../../kit/values/money.ts';
import type { Cart } from './cart.ts';

/** What the cart shows of a product. */
export type Snippet = { readonly title: string; readonly price: Money; readonly stock: number };

/** What is known of a product: its snippet, that there is none, or nothing because the catalogue cannot be reached. */
export type Knowledge = Snippet | 'unknown' | 'unreachable';

type Line = CartAnswer['items'][number];

const nothing = { title: null, unitPrice: null, lineTotal: null };

const viewLine = ({ productId, quantity }: Cart['lines'][number], known: Knowledge): Line => {
  if (known === 'unreachable') return { productId, quantity, ...nothing, available: null };
  if (known === 'unknown') return { productId, quantity, ...nothing, available: false };
  return {
    productId,
    quantity,
    title: known.title,
    unitPrice: known.price,
    lineTotal: multiplyMoney(known.price, quantity),
    available: known.stock >= quantity,
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
  knowledge: ReadonlyMap<string, Knowledge>,
  version: string,
): CartAnswer => {
  const items = (cart?.lines ?? []).map((line) => viewLine(line, knowledge.get(line.productId) ?? 'unreachable'));
  const degraded = items.some(({ available }) => available === null);
  const updatedAt = cart?.updatedAt.toISOString() ?? null;
  return { items, total: totalOf(items, degraded), version, degraded, updatedAt };
};
