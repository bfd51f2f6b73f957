import { isCurrency } from '../../kit/values/currencies.ts';
import type { ProductDetails } from '../domain/product.ts';
import type { ProductEffects } from './product-effects.ts';

export type ImportItem = {
  /** Position in the caller's list. */
  readonly index: number;
  /** The caller's own key of this product. */
  readonly reference: string;
  readonly details: ProductDetails;
  /** First units of a product that is new; ignored for one that exists. */
  readonly stock: number;
};

export type RefusedItem = { readonly index: number; readonly code: string; readonly message: string };

export type ImportReport = {
  readonly created: number;
  readonly updated: number;
  readonly refused: readonly RefusedItem[];
};

const repeated = (item: ImportItem): RefusedItem => ({
  index: item.index,
  code: 'product.reference-repeated',
  message: `The reference "${item.reference}" stands earlier in this list already.`,
});

const removed = (item: ImportItem): RefusedItem => ({
  index: item.index,
  code: 'product.removed',
  message: `The product with the reference "${item.reference}" was removed from the catalogue and stays so.`,
});

const unpriced = (item: ImportItem): RefusedItem => ({
  index: item.index,
  code: 'product.invalid',
  message: `price.currency: must be an ISO 4217 code such as USD, not ${item.details.price.currency}`,
});

/**
 * Loads products in bulk: the ones that are new by their reference get their stock, the others their new details.
 * Loading the same list again changes nothing.
 */
export const importProducts = async (
  { products, clock, ids }: Pick<ProductEffects, 'products' | 'clock' | 'ids'>,
  { items, actor }: { readonly items: readonly ImportItem[]; readonly actor: string },
): Promise<ImportReport> => {
  const first = new Map<string, ImportItem>();
  const refused: RefusedItem[] = [];
  for (const item of items)
    if (!isCurrency(item.details.price.currency)) refused.push(unpriced(item));
    else if (first.has(item.reference)) refused.push(repeated(item));
    else first.set(item.reference, item);

  const byId = new Map([...first.values()].map((item) => [ids.next('prd'), item]));
  const loads = [...byId].map(([id, { reference, details, stock }]) => ({
    id,
    reference,
    details,
    stock,
    eventId: ids.next('evt'),
  }));
  const outcomes = await products.load(loads, { at: clock.now(), actor, reason: 'initial stock' });

  let created = 0;
  let updated = 0;
  for (const [id, item] of byId) {
    const outcome = outcomes.get(id);
    if (outcome === 'created') created += 1;
    else if (outcome === 'updated') updated += 1;
    else refused.push(removed(item));
  }
  return { created, updated, refused: refused.toSorted((a, b) => a.index - b.index) };
};
