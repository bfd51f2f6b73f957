/** Lines and totals from the catalogue's prices; the caller's idea of a price never enters. Pure. */

import type { OrderLine } from '../../contracts/http/order-api.ts';
import type { Money } from '../../contracts/http/values.ts';
import { formatMoney, multiplyMoney, sumMoney } from '../../kit/values/money.ts';
import { cartEmpty, currenciesMixed, orderTooLarge, outOfStock, productsUnknown } from './order-refusals.ts';

/** Largest total in minor units; the contract's `maxAmount`, held equal by a test because the domain imports types alone. */
export const maxTotal = 900_000_000_000;

export type Item = { readonly productId: string; readonly quantity: number };
export type PricedProduct = {
  readonly id: string;
  readonly title: string;
  readonly price: Money;
  readonly stock: number;
};

/**
 * Prices every item or refuses all of them:
 * unknown products, too little stock as seen now (the reservation decides later), mixed currencies, a total beyond the limit.
 */
export const priceLines = (
  items: readonly Item[],
  products: readonly PricedProduct[],
): { lines: OrderLine[]; total: Money } => {
  const byId = new Map(products.map((product) => [product.id, product]));
  const unknown = items.flatMap(({ productId }, index) =>
    byId.has(productId) ? [] : [{ path: `items.${index}.productId`, message: `product ${productId} does not exist` }],
  );
  if (unknown.length > 0) throw productsUnknown(unknown);
  const priced = items.map((item, index) => ({ ...item, index, product: byId.get(item.productId) as PricedProduct }));
  const short = priced.flatMap(({ quantity, index, product }) =>
    product.stock < quantity
      ? [{ path: `items.${index}.quantity`, message: `only ${product.stock} of "${product.title}" are left` }]
      : [],
  );
  if (short.length > 0) throw outOfStock(short);
  const lines = priced.map(({ product, productId, quantity }) => ({
    productId,
    title: product.title,
    quantity,
    unitPrice: product.price,
    lineTotal: multiplyMoney(product.price, quantity),
  }));
  const currency = lines[0]?.unitPrice.currency;
  if (!currency) throw cartEmpty();
  if (lines.some(({ unitPrice }) => unitPrice.currency !== currency)) throw currenciesMixed();
  const total = sumMoney(
    lines.map(({ lineTotal }) => lineTotal),
    currency,
  );
  if (total.amount > maxTotal) throw orderTooLarge(formatMoney(total), formatMoney({ amount: maxTotal, currency }));
  return { lines, total };
};
