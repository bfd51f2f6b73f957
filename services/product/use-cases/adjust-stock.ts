import type { Product } from '../domain/product.ts';
import { productUnknown, stockInsufficient } from '../domain/product-refusals.ts';
import type { StockAdjustment } from '../storage/stock-repository.ts';
import type { ProductEffects } from './product-effects.ts';

/** Adds units to a product's free stock or takes them away; what is reserved or sold stays as it is. */
export const adjustStock = async (
  { products, stock, clock, ids }: Pick<ProductEffects, 'products' | 'stock' | 'clock' | 'ids'>,
  command: StockAdjustment,
): Promise<Product> => {
  const free = await stock.adjust(command, { id: ids.next('evt'), at: clock.now() });
  const product = await products.find(command.productId);
  if (!product) throw productUnknown(command.productId);
  if (free === undefined) throw stockInsufficient(command.productId, command.change, product.stock);
  return product;
};
