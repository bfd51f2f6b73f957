/** The catalogue: everybody reads, staff write. */
import { z } from 'zod';
import { bytesSchema, type Doors, locationHeader } from '../door.ts';
import { productIdSchema } from '../values.ts';
import {
  adjustStockBody,
  categoriesAnswer,
  createProductBody,
  imageHeaders,
  imageQuery,
  imageTypes,
  importProductsAnswer,
  importProductsBody,
  productSchema,
  updateProductBody,
} from './product-api.ts';
import { historyQuery, priceHistoryAnswer, stockHistoryAnswer } from './product-history-api.ts';
import { productImageDoors } from './product-image-doors.ts';
import { listProductsQuery, productPage, suggestAnswer, suggestQuery } from './product-search-api.ts';

const anybody = { access: 'public', tags: ['products'] } as const;
const staff = { access: 'staff', tags: ['products'] } as const;
/** Prices and stock must be those of now: kept, and asked about each time. */
const cacheControl = 'public, no-cache';
const params = z.strictObject({ id: productIdSchema });
const answers = { 200: productSchema };

export const productDoors = {
  list: {
    ...anybody,
    method: 'GET',
    path: '/products',
    summary: 'Products that match, page by page',
    cacheControl,
    query: listProductsQuery,
    answers: { 200: productPage },
  },
  suggest: {
    ...anybody,
    method: 'GET',
    path: '/products/suggest',
    summary: 'Products that somebody may be looking for who has typed so much',
    query: suggestQuery,
    answers: { 200: suggestAnswer },
    cacheControl: 'public, max-age=60',
  },
  find: {
    ...anybody,
    method: 'GET',
    path: '/products/:id',
    summary: 'One product',
    cacheControl,
    params,
    answers,
    errors: ['product.unknown'],
  },
  image: {
    ...anybody,
    method: 'GET',
    path: '/products/:id/image',
    limit: 'pictures',
    summary: 'The picture of a product: what staff uploaded, else a poster drawn from its title, category and year',
    params,
    query: imageQuery,
    answers: { 200: bytesSchema },
    answerHeaders: imageHeaders,
    media: imageTypes,
    cacheControl: 'public, no-cache',
    errors: ['product.unknown'],
  },
  categories: {
    ...anybody,
    method: 'GET',
    path: '/categories',
    summary: 'Categories and how many products each has',
    cacheControl: 'public, max-age=60',
    answers: { 200: categoriesAnswer },
  },
  create: {
    ...staff,
    method: 'POST',
    path: '/products',
    summary: 'Add a product',
    body: createProductBody,
    answers: { 201: productSchema },
    answerHeaders: z.object({ location: locationHeader }),
  },
  load: {
    ...staff,
    method: 'POST',
    path: '/products/import',
    summary: 'Load products in bulk',
    body: importProductsBody,
    answers: { 200: importProductsAnswer },
    // Room for 500 items of about 16 KiB, and time to store them.
    bodyLimit: 8 * 1024 * 1024,
    deadlineMs: 30_000,
  },
  update: {
    ...staff,
    method: 'PATCH',
    path: '/products/:id',
    summary: 'Change a product',
    params,
    body: updateProductBody,
    answers,
    errors: ['product.unknown', 'product.changed'],
  },
  remove: {
    ...staff,
    method: 'DELETE',
    path: '/products/:id',
    summary: 'Take a product out of the catalogue',
    params,
    answers: { 204: z.null() },
    errors: ['product.unknown'],
  },
  ...productImageDoors,
  stockHistory: {
    ...staff,
    method: 'GET',
    path: '/products/:id/stock',
    summary: 'Who added or took away units, when and why',
    params,
    query: historyQuery,
    answers: { 200: stockHistoryAnswer },
    errors: ['product.unknown'],
  },
  priceHistory: {
    ...staff,
    method: 'GET',
    path: '/products/:id/prices',
    summary: 'Every price that a product had, and who set it',
    params,
    query: historyQuery,
    answers: { 200: priceHistoryAnswer },
    errors: ['product.unknown'],
  },
  adjustStock: {
    ...staff,
    method: 'POST',
    path: '/products/:id/stock',
    summary: 'Add free units or take them away',
    params,
    body: adjustStockBody,
    answers,
    errors: ['product.unknown', 'stock.insufficient'],
  },
} as const satisfies Doors;
