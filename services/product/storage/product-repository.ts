import type { Database, Sql } from '../../kit/storage/database.ts';
import { fitPage } from '../../kit/values/fit-page.ts';
import { money } from '../../kit/values/money.ts';
import { indexProduct, type Product, type ProductDetails } from '../domain/product.ts';
import type {
  Category,
  Facets,
  ProductPage,
  ProductPosition,
  ProductQuery,
  SearchedText,
} from '../domain/product-page.ts';
import { initialStockEvent } from './inventory-event.ts';
import { listStatement } from './list-statement.ts';
import {
  categoriesStatement,
  findStatement,
  loadStatement,
  lockStatement,
  reindexStatement,
  removeStatement,
  staleStatement,
  updateStatement,
} from './product-statements.ts';
import { guessStatement, suggestStatement } from './suggest-statement.ts';

type Row = {
  id: string;
  title: string;
  description: string;
  category: string;
  price_amount: number;
  price_currency: string;
  image_url: string | null;
  attributes: Product['attributes'];
  images: Product['images'];
  stock: number;
  title_key: string;
  version: number;
  /** Of a list by relevance. */
  relevance?: number;
  created_at: Date;
  updated_at: Date;
};

/** A product that is to be stored, with the stock that it starts with. */
export type NewProduct = {
  readonly id: string;
  /** The importer's own key; null for products made by hand. */
  readonly reference: string | null;
  readonly details: ProductDetails;
  readonly stock: number;
  /** Id of the event that tells of its first units. */
  readonly eventId: string;
};

export type LoadOutcome = 'created' | 'updated' | 'removed';

const productOf = (row: Row): Product => ({
  id: row.id,
  title: row.title,
  description: row.description,
  category: row.category,
  price: money(row.price_amount, row.price_currency),
  imageUrl: row.image_url,
  attributes: row.attributes,
  images: row.images,
  stock: row.stock,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const positionOf = (row: Row, sort: ProductQuery['sort']): ProductPosition => {
  if (sort === 'newest') return { sort, key: null, id: row.id };
  if (sort === 'relevance') return { sort, key: row.relevance ?? 0, id: row.id };
  return sort === 'title' ? { sort, key: row.title_key, id: row.id } : { sort, key: row.price_amount, id: row.id };
};

const columnsOf = (details: ProductDetails) => {
  const { titleKey, titleWords, attributeWords, descriptionWords } = indexProduct(details);
  return {
    title: details.title,
    description: details.description,
    category: details.category,
    price_amount: details.price.amount,
    price_currency: details.price.currency,
    image_url: details.imageUrl,
    attributes: details.attributes,
    title_key: titleKey,
    title_words: titleWords,
    attribute_words: attributeWords,
    description_words: descriptionWords,
  };
};

const findAll = async (sql: Sql, ids: readonly string[]): Promise<Product[]> =>
  (await sql.query<Row>(findStatement, [ids], { name: 'find-products' })).rows.map(productOf);

export const createProductRepository = (database: Database) => ({
  /** Products that exist, in no particular order. One query, however many ids. */
  findAll: (ids: readonly string[]) => findAll(database, ids),

  find: async (id: string): Promise<Product | undefined> => (await findAll(database, [id]))[0],

  list: async (query: ProductQuery): Promise<ProductPage<Product>> => {
    const { name, text, values } = listStatement(query);
    // With facets there is always a row, which holds nothing else where no product matches.
    const { rows } = await database.query<Row & { facets?: Facets }>(text, values, name === undefined ? {} : { name });
    const { items, hasMore } = fitPage(
      rows.filter(({ id }) => id !== null),
      query.limit,
    );
    const last = items.at(-1);
    return {
      items: items.map(productOf),
      next: last && hasMore ? positionOf(last, query.sort) : null,
      facets: rows[0]?.facets ?? null,
    };
  },

  /** Products that somebody may look for who has typed so much. */
  suggest: async ({ query, titleKey }: SearchedText, limit: number): Promise<Product[]> =>
    (await database.query<Row>(suggestStatement, [limit, titleKey, query])).rows.map(productOf),

  /** A tsquery of what may have been meant by words that nothing in the catalogue begins with; undefined where all are known, or nothing is near. */
  guess: async (words: readonly string[]): Promise<string | undefined> => {
    const { rows } = await database.query<{ query: string | null }>(guessStatement, [words]);
    return rows[0]?.query ?? undefined;
  },

  categories: async (): Promise<Category[]> => (await database.query<Category>(categoriesStatement)).rows,

  /** Stores all of them, or none on an error; says of each whether it was created, updated by reference, or was removed before. */
  load: async (
    products: readonly NewProduct[],
    { at, actor, reason }: { readonly at: Date; readonly actor: string; readonly reason: string },
  ): Promise<Map<string, LoadOutcome>> => {
    const items = products.map(({ id, reference, details, stock }) => ({
      id,
      reference,
      stock,
      ...columnsOf(details),
    }));
    const events = Object.fromEntries(
      products.map(({ id, stock, eventId }) => [
        id,
        initialStockEvent({ id: eventId, at }, { productId: id, stock, reason }),
      ]),
    );
    const { rows } = await database.query<{ id: string; outcome: LoadOutcome }>(
      loadStatement,
      [JSON.stringify(items), at, actor, reason, JSON.stringify(events)],
      { name: 'load-products' },
    );
    return new Map(rows.map(({ id, outcome }) => [id, outcome]));
  },

  /** Changes a product under its lock; undefined when there is none. */
  update: (
    id: string,
    { at, actor }: { readonly at: Date; readonly actor: string },
    change: (product: Product) => ProductDetails,
  ): Promise<Product | undefined> =>
    database.transaction(async (tx) => {
      const [row] = (await tx.query<Row>(lockStatement, [id], { name: 'lock-product' })).rows;
      if (!row) return undefined;
      const product = productOf(row);
      const changed = change(product);
      await tx.query(updateStatement, [id, ...Object.values(columnsOf(changed)), at, actor], {
        name: 'update-product',
      });
      return { ...product, ...changed, version: product.version + 1, updatedAt: at };
    }),

  /** Makes the index of at most so many products again that was made in an older way; returns how many. */
  reindex: (limit: number): Promise<number> =>
    database.transaction(async (tx) => {
      const { rows } = await tx.query<{ id: string } & Parameters<typeof indexProduct>[0]>(staleStatement, [limit]);
      const items = rows.map((row) => ({ id: row.id, ...indexProduct(row) }));
      if (items.length > 0) await tx.query(reindexStatement, [JSON.stringify(items)]);
      return items.length;
    }),

  /** Takes the product out of the catalogue; false when it was not there. */
  remove: async (id: string, at: Date): Promise<boolean> =>
    (await database.query(removeStatement, [id, at])).rowCount > 0,
});

export type ProductRepository = ReturnType<typeof createProductRepository>;
