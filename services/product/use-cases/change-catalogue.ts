import {
  applyChanges,
  type Product,
  type ProductChanges,
  type ProductDetails,
  requireDetails,
} from '../domain/product.ts';
import { productUnknown } from '../domain/product-refusals.ts';
import type { ProductEffects } from './product-effects.ts';

/** Adds a product with its first units. */
export const createProduct = async (
  { products, clock, ids }: Pick<ProductEffects, 'products' | 'clock' | 'ids'>,
  { details, stock, actor }: { readonly details: ProductDetails; readonly stock: number; readonly actor: string },
): Promise<Product> => {
  requireDetails(details);
  const id = ids.next('prd');
  const at = clock.now();
  await products.load([{ id, reference: null, details, stock, eventId: ids.next('evt') }], {
    at,
    actor,
    reason: 'initial stock',
  });
  return { id, ...details, stock, createdAt: at, updatedAt: at };
};

export const updateProduct = async (
  { products, clock }: Pick<ProductEffects, 'products' | 'clock'>,
  { id, changes }: { readonly id: string; readonly changes: ProductChanges },
): Promise<Product> => {
  const updated = await products.update(id, clock.now(), (product) => requireDetails(applyChanges(product, changes)));
  if (!updated) throw productUnknown(id);
  return updated;
};

/** Takes a product out of the catalogue; orders that hold it keep their units. */
export const removeProduct = async (
  { products, clock }: Pick<ProductEffects, 'products' | 'clock'>,
  id: string,
): Promise<void> => {
  if (!(await products.remove(id, clock.now()))) throw productUnknown(id);
};
