import {
  applyChanges,
  type Product,
  type ProductChanges,
  type ProductDetails,
  requireDetails,
} from '../domain/product.ts';
import { productChanged, productUnknown } from '../domain/product-refusals.ts';
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
  return { id, ...details, images: [], stock, version: 1, createdAt: at, updatedAt: at };
};

export type UpdateProduct = {
  readonly id: string;
  readonly changes: ProductChanges;
  /** The version that the change is meant for; absent: whichever there is. */
  readonly version?: number | undefined;
  readonly actor: string;
};

/** Changes what staff say about a product. Refuses as `product.changed` what is meant for a version that is no longer there. */
export const updateProduct = async (
  { products, clock }: Pick<ProductEffects, 'products' | 'clock'>,
  { id, changes, version, actor }: UpdateProduct,
): Promise<Product> => {
  const updated = await products.update(id, { at: clock.now(), actor }, (product) => {
    if (version !== undefined && version !== product.version) throw productChanged(id, version, product.version);
    return requireDetails(applyChanges(product, changes));
  });
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
