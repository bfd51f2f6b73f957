import { isId } from '../../kit/values/identifiers.ts';
import type { Product } from '../domain/product.ts';
import type { ProductPage, ProductQuery, SearchedText } from '../domain/product-page.ts';
import { cursorInvalid, productUnknown, tooManyIds } from '../domain/product-refusals.ts';
import { prefixQuery, searchWords } from '../domain/search-words.ts';
import { titleKey } from '../domain/title-key.ts';
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

export type ListProducts = Omit<ProductQuery, 'text' | 'sort'> & {
  /** What the customer typed; absent: every product. */
  readonly q?: string | undefined;
  /** Default relevance where there is a `q`, else title. */
  readonly sort?: ProductQuery['sort'] | undefined;
};

type Search = Pick<ProductRepository, 'list' | 'suggest' | 'guess'>;

/** Asks for what was typed and, where no product has those words, for what may have been meant; undefined where `q` holds no word. */
const searched = async <Found>(
  products: Pick<Search, 'guess'>,
  q: string,
  { ask, isEmpty }: { ask(text: SearchedText): Promise<Found>; isEmpty(found: Found): boolean },
): Promise<{ readonly found: Found; readonly isGuess: boolean } | undefined> => {
  const query = prefixQuery(q);
  if (query === undefined) return undefined;
  const text = { query, titleKey: titleKey(q) };
  const found = await ask(text);
  if (!isEmpty(found)) return { found, isGuess: false };
  const guess = await products.guess(searchWords(q));
  return guess === undefined
    ? { found, isGuess: false }
    : { found: await ask({ ...text, query: guess }), isGuess: true };
};

const nothing: ProductPage<Product> = { items: [], next: null, facets: null };

/** A page of what matches; `isGuess` when no product has the words of `q` and similar ones were looked for. */
export const listProducts = async (
  products: Pick<Search, 'list' | 'guess'>,
  { q, sort = q === undefined ? 'title' : 'relevance', ...asked }: ListProducts,
): Promise<ProductPage<Product> & { readonly isGuess: boolean }> => {
  const query = { ...asked, sort };
  if (query.after && query.after.sort !== sort) throw cursorInvalid();
  if (q === undefined) return { ...(await products.list(query)), isGuess: false };
  const answer = await searched(products, q, {
    ask: (text) => products.list({ ...query, text }),
    isEmpty: ({ items }) => items.length === 0,
  });
  return answer ? { ...answer.found, isGuess: answer.isGuess } : { ...nothing, isGuess: false };
};

/** Products whose titles begin as what was typed so far, then those that have its words, or words that are near. */
export const suggestProducts = async (
  products: Pick<Search, 'suggest' | 'guess'>,
  { q, limit }: { readonly q: string; readonly limit: number },
): Promise<readonly Product[]> => {
  const answer = await searched(products, q, {
    ask: (text) => products.suggest(text, limit),
    isEmpty: (found) => found.length === 0,
  });
  return answer?.found ?? [];
};
