import { importItem } from '../../contracts/http/catalogue/product-api.ts';
import type { productDoors } from '../../contracts/http/catalogue/product-doors.ts';
import { attributeFilterOf } from '../../contracts/http/catalogue/product-search-api.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { mostCounted } from '../domain/product-page.ts';
import { cursorInvalid } from '../domain/product-refusals.ts';
import type { HistoryRepository } from '../storage/history-repository.ts';
import type { StockRepository } from '../storage/stock-repository.ts';
import { adjustStock } from '../use-cases/adjust-stock.ts';
import { createProduct, removeProduct, updateProduct } from '../use-cases/change-catalogue.ts';
import type { ImageEffects } from '../use-cases/change-images.ts';
import { findProduct, listProducts, suggestProducts } from '../use-cases/find-products.ts';
import { type ImportItem, importProducts, type RefusedItem } from '../use-cases/import-products.ts';
import { imageHandlers } from './image-handlers.ts';
import { actorOf, answerOf } from './product-answer.ts';
import { decodeCursor, encodeCursor } from './product-cursor.ts';

export type ProductHandlers = ImageEffects & {
  readonly stock: StockRepository;
  readonly history: HistoryRepository;
};

/** Where a page of a history begins; refuses what none of its pages gave. */
const placeOf = (cursor: string | undefined): number | undefined => {
  if (cursor !== undefined && !/^[1-9]\d{0,14}$/.test(cursor)) throw cursorInvalid();
  return cursor === undefined ? undefined : Number(cursor);
};

/** Takes apart what can be stored and what is refused, each item by itself. */
const readItems = (items: readonly unknown[]) => {
  const accepted: ImportItem[] = [];
  const refused: RefusedItem[] = [];
  for (const [index, item] of items.entries()) {
    const { success, data, error } = importItem.safeParse(item);
    if (success) {
      const { reference, stock, ...details } = data;
      accepted.push({ index, reference, stock, details });
    } else {
      const message = error.issues.map((issue) => `${issue.path.join('.') || 'item'}: ${issue.message}`).join('; ');
      refused.push({ index, code: 'product.invalid', message: message.slice(0, 1000) });
    }
  }
  return { accepted, refused };
};

/** What the doors of the catalogue do. */
export const productHandlers = (effects: ProductHandlers): DoorHandlers<typeof productDoors> => {
  const { products, history } = effects;
  return {
    ...imageHandlers(effects),

    list: async ({ query: { cursor, attributes, inStock, facets: hasFacets, ...query } }) => {
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      const { items, next, isGuess, facets } = await listProducts(products, {
        ...query,
        after,
        hasFacets: hasFacets === 'true',
        isInStock: inStock === 'true',
        attributes: attributes === undefined ? undefined : attributeFilterOf(attributes),
      });
      return {
        items: items.map(answerOf),
        nextCursor: next && encodeCursor(next),
        isGuess,
        facets: facets && { ...facets, isComplete: facets.counted < mostCounted },
      };
    },

    suggest: async ({ query }) => {
      const found = (await suggestProducts(products, query)).map(answerOf);
      return {
        items: found.map(({ id, title, category, price, imageUrl }) => ({ id, title, category, price, imageUrl })),
        nextCursor: null,
      };
    },

    find: async ({ params: { id } }) => answerOf(await findProduct(products, id)),

    categories: async () => ({ items: [...(await products.categories())], nextCursor: null }),

    create: async ({ caller, body: { stock, ...details } }) => {
      const product = await createProduct(effects, { details, stock, actor: actorOf(caller) });
      return { headers: { location: `/products/${product.id}` }, body: answerOf(product) };
    },

    load: async ({ caller, body }) => {
      const { accepted, refused } = readItems(body.items);
      const report = await importProducts(effects, { items: accepted, actor: actorOf(caller) });
      return { ...report, refused: [...refused, ...report.refused].toSorted((a, b) => a.index - b.index) };
    },

    update: async ({ caller, params: { id }, body: { version, ...changes } }) =>
      answerOf(await updateProduct(effects, { id, changes, version, actor: actorOf(caller) })),

    stockHistory: async ({ params: { id }, query: { limit, cursor } }) => {
      await findProduct(products, id);
      const { items, next } = await history.stock(id, { limit, before: placeOf(cursor) });
      return {
        items: items.map(({ kind, change, reason, actor, at }) => ({
          kind,
          change,
          reason,
          by: actor,
          at: at.toISOString(),
        })),
        nextCursor: next === null ? null : String(next),
      };
    },

    priceHistory: async ({ params: { id }, query: { limit, cursor } }) => {
      await findProduct(products, id);
      const { items, next } = await history.prices(id, { limit, before: placeOf(cursor) });
      return {
        items: items.map(({ version, price, actor, at }) => ({ version, price, by: actor, at: at.toISOString() })),
        nextCursor: next === null ? null : String(next),
      };
    },

    remove: async ({ params: { id } }) => {
      await removeProduct(effects, id);
    },

    adjustStock: async ({ caller, params: { id }, body }) =>
      answerOf(await adjustStock(effects, { productId: id, ...body, actor: actorOf(caller) })),
  };
};
