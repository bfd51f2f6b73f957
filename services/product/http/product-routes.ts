import * as z from 'zod';
import {
  adjustStockBody,
  categoriesAnswer,
  createProductBody,
  importItem,
  importProductsAnswer,
  importProductsBody,
  listProductsQuery,
  type Product as ProductAnswer,
  productPage,
  productSchema,
  updateProductBody,
} from '../../contracts/http/product-api.ts';
import { productIdSchema } from '../../contracts/http/values.ts';
import type { Caller } from '../../kit/auth/caller.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import type { Product } from '../domain/product.ts';
import type { ProductRepository } from '../storage/product-repository.ts';
import type { StockRepository } from '../storage/stock-repository.ts';
import { adjustStock } from '../use-cases/adjust-stock.ts';
import { createProduct, removeProduct, updateProduct } from '../use-cases/change-catalogue.ts';
import { findProduct, listProducts } from '../use-cases/find-products.ts';
import { type ImportItem, importProducts, type RefusedItem } from '../use-cases/import-products.ts';
import { decodeCursor, encodeCursor } from './product-cursor.ts';

export type ProductRoutes = {
  readonly products: ProductRepository;
  readonly stock: StockRepository;
  readonly clock: Clock;
  readonly ids: Ids;
};

const params = z.strictObject({ id: productIdSchema });
/** Room for 500 items of about 16 KiB. */
const importBodyLimit = 8 * 1024 * 1024;
const importDeadlineMs = 30_000;

const answer = ({ createdAt, updatedAt, ...product }: Product): ProductAnswer => ({
  ...product,
  attributes: { ...product.attributes },
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

/** Who stands in the ledger; routes for staff have no other callers. */
const actorOf = (caller: Caller) => (caller.kind === 'customer' ? caller.userId : 'nobody');

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

/** REST door of the catalogue: everybody reads, staff write. */
export const addProductRoutes = (http: HttpServer, effects: ProductRoutes): void => {
  const { products } = effects;
  const anybody = { config: { access: 'public' as const } };
  const staff = { config: { access: 'staff' as const } };
  const tags = ['products'];

  http.get(
    '/products',
    {
      ...anybody,
      schema: {
        tags,
        summary: 'Products that match, page by page',
        querystring: listProductsQuery,
        response: { 200: productPage },
      },
    },
    async ({ query: { cursor, ...query } }) => {
      const { items, next } = await listProducts(products, {
        ...query,
        ...(cursor !== undefined && { after: decodeCursor(cursor) }),
      });
      return { items: items.map(answer), nextCursor: next && encodeCursor(next) };
    },
  );

  http.get(
    '/products/:id',
    { ...anybody, schema: { tags, summary: 'One product', params, response: { 200: productSchema } } },
    async (request) => answer(await findProduct(products, request.params.id)),
  );

  http.get(
    '/categories',
    {
      ...anybody,
      schema: { tags, summary: 'Categories and how many products each has', response: { 200: categoriesAnswer } },
    },
    async () => ({ items: await products.categories(), nextCursor: null }),
  );

  http.post(
    '/products',
    { ...staff, schema: { tags, summary: 'Add a product', body: createProductBody, response: { 201: productSchema } } },
    async (request, reply) => {
      const { stock, ...details } = request.body;
      const product = await createProduct(effects, { details, stock, actor: actorOf(request.caller) });
      return reply.code(201).header('location', `/products/${product.id}`).send(answer(product));
    },
  );

  http.patch(
    '/products/:id',
    {
      ...staff,
      schema: { tags, summary: 'Change a product', params, body: updateProductBody, response: { 200: productSchema } },
    },
    async (request) => answer(await updateProduct(effects, { id: request.params.id, changes: request.body })),
  );

  http.delete(
    '/products/:id',
    { ...staff, schema: { tags, summary: 'Take a product out of the catalogue', params, response: { 204: z.null() } } },
    async (request, reply) => {
      await removeProduct(effects, request.params.id);
      return reply.code(204).send(null);
    },
  );

  http.post(
    '/products/:id/stock',
    {
      ...staff,
      schema: {
        tags,
        summary: 'Add free units or take them away',
        params,
        body: adjustStockBody,
        response: { 200: productSchema },
      },
    },
    async (request) =>
      answer(
        await adjustStock(effects, { productId: request.params.id, ...request.body, actor: actorOf(request.caller) }),
      ),
  );

  http.post(
    '/products/import',
    {
      ...staff,
      bodyLimit: importBodyLimit,
      handlerTimeout: importDeadlineMs,
      schema: {
        tags,
        summary: 'Load products in bulk, again and again',
        body: importProductsBody,
        response: { 200: importProductsAnswer },
      },
    },
    async (request) => {
      const { accepted, refused } = readItems(request.body.items);
      const report = await importProducts(effects, { items: accepted, actor: actorOf(request.caller) });
      return { ...report, refused: [...refused, ...report.refused].toSorted((a, b) => a.index - b.index) };
    },
  );
};
