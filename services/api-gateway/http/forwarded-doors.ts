import * as z from 'zod';
import {
  adjustStockBody,
  categoriesAnswer,
  createProductBody,
  importProductsAnswer,
  importProductsBody,
  listProductsQuery,
  productPage,
  productSchema,
  updateProductBody,
} from '../../contracts/http/product-api.ts';
import { productIdSchema } from '../../contracts/http/values.ts';
import type { Access } from '../../kit/auth/caller.ts';

/** A door that another service answers over HTTP at the same path, without `/api/v1`. */
export type ForwardedDoor = {
  readonly service: 'product';
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  /** Checks the path's parameters; only values that pass are put into the path that is called. */
  readonly params?: z.ZodType<Record<string, string>>;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly status: 200 | 201 | 204;
  readonly answer: z.ZodType;
  /** Largest body in bytes; default 64 KiB. */
  readonly bodyLimit?: number;
  /** Milliseconds to wait for the answer; default that of all requests. */
  readonly deadlineMs?: number;
};

const productId = z.strictObject({ id: productIdSchema });

const catalogue = { service: 'product', access: 'public', status: 200 } as const;
const stocking = { service: 'product', access: 'staff', status: 200 } as const;

/** Room for 500 items of about 16 KiB, and time to store them. */
const bulk = { bodyLimit: 8 * 1024 * 1024, deadlineMs: 30_000 } as const;

/** Every door that is forwarded; there is no other way through. */
export const forwardedDoors: readonly ForwardedDoor[] = [
  {
    ...catalogue,
    method: 'GET',
    path: '/products',
    summary: 'Products that match, page by page',
    query: listProductsQuery,
    answer: productPage,
  },
  {
    ...catalogue,
    method: 'GET',
    path: '/products/:id',
    summary: 'One product',
    params: productId,
    answer: productSchema,
  },
  {
    ...catalogue,
    method: 'GET',
    path: '/categories',
    summary: 'Categories and how many products each has',
    answer: categoriesAnswer,
  },
  {
    ...stocking,
    method: 'POST',
    path: '/products',
    summary: 'Add a product',
    body: createProductBody,
    status: 201,
    answer: productSchema,
  },
  {
    ...stocking,
    ...bulk,
    method: 'POST',
    path: '/products/import',
    summary: 'Load products in bulk',
    body: importProductsBody,
    answer: importProductsAnswer,
  },
  {
    ...stocking,
    method: 'PATCH',
    path: '/products/:id',
    summary: 'Change a product',
    params: productId,
    body: updateProductBody,
    answer: productSchema,
  },
  {
    ...stocking,
    method: 'DELETE',
    path: '/products/:id',
    summary: 'Take a product out of the catalogue',
    params: productId,
    status: 204,
    answer: z.null(),
  },
  {
    ...stocking,
    method: 'POST',
    path: '/products/:id/stock',
    summary: 'Add free units or take them away',
    params: productId,
    body: adjustStockBody,
    answer: productSchema,
  },
];
