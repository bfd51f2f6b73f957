import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import type { Product } from '../domain/product.ts';
import { productUnknown, stockInsufficient } from '../domain/product-refusals.ts';
import type { ProductRepository } from '../storage/product-repository.ts';
import type { StockAdjustment, StockRepository } from '../storage/stock-repository.ts';

type Effects = {
  readonly products: Pick<ProductRepository, 'find'>;
  readonly stock: Pick<StockRepository, 'adjust'>;
  readonly clock: Clock;
  readonly ids: Ids;
};

/** Adds units to a product's free stock or takes them away; what is reserved or sold stays as it is. */
export const adjustStock = async (
  { products, stock, clock, ids }: Effects,
  command: StockAdjustment,
): Promise<Product> => {
  const free = await stock.adjust(command, { id: ids.next('evt'), at: clock.now() });
  const product = await products.find(command.productId);
  if (!product) throw productUnknown(command.productId);
  if (free === undefined) throw stockInsufficient(command.productId, command.change, product.stock);
  return product;
};
