import * as z from 'zod';
import { oneLine, productIdSchema } from '../../contracts/http/values.ts';
import type { ProductPosition } from '../domain/product-page.ts';
import { cursorInvalid } from '../domain/product-refusals.ts';

const position = z.union([
  z.tuple([z.literal('newest'), z.null(), productIdSchema]),
  z.tuple([z.literal('title'), z.string().regex(oneLine), productIdSchema]),
  z.tuple([z.literal('relevance'), z.number(), productIdSchema]),
  z.tuple([z.enum(['price-ascending', 'price-descending']), z.int(), productIdSchema]),
]);

/** A position as the caller carries it: base64url of [sort, key, id]. */
export const encodeCursor = ({ sort, key, id }: ProductPosition): string =>
  Buffer.from(JSON.stringify([sort, key, id])).toString('base64url');

/** Refuses as `request.invalid` whatever {@link encodeCursor} did not make. */
export const decodeCursor = (cursor: string): ProductPosition => {
  try {
    const [sort, key, id] = position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { sort, key, id } as ProductPosition;
  } catch {
    throw cursorInvalid();
  }
};
