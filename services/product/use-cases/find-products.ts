import { isId } from '../../kit/values/identifiers.ts';
import type { Product } from '../domain/product.ts';
import type { ProductPage, ProductQuery } from '../domain/product-page.ts';
import { cursorInvalid, productUnknown, tooManyIds } from '../domain/product-refusals.ts';
import { prefixQuery } from '../domain/search-words.ts';
import type { ProductRepository } from '../storage/product-repository.ts';

/** As many as an order may have lines. */
const maxIds = 100;

/** Products that exist; unknown ids are left out. */
export const findProducts = async (
  products: Pick<ProductRepository, 'findAll'>,
  ids: readonly string[],
): Promise<Product[]> => {
  if (ids.length > maxIds) throw tooManyIds(maxIds);
  const known = ids.filter((id) => isId('prd', id));
  return known.length === 0 ? [] : products.findAll(known);
};

export const findProduct = async (products: Pick<ProductRepository, 'find'>, id: string): Promise<Product> => {
  const product = await products.find(id);
  if (!product) throw productUnknown(id);
  return product;
};

export type ListProducts = Omit<ProductQuery, 'matching'> & {
  /** What the customer typed; absent: every product. */
  readonly q?: string;
};

export const listProducts = async (
  products: Pick<ProductRepository, 'list'>,
  { q, ...query }: ListProducts,
): Promise<ProductPage<Product>> => {
  if (query.after && query.after.sort !== query.sort) throw cursorInvalid();
  if (q === undefined) return products.list(query);
  const matching = prefixQuery(q);
  return matching === undefined ? { items: [], next: null } : products.list({ ...query, matching });
};
