import { createHash } from 'node:crypto';
import type * as z from 'zod';
import type { Product } from '../../contracts/http/catalogue/product-api.ts';
import type { beginImageAnswer } from '../../contracts/http/catalogue/product-image-api.ts';
import type { TestProduct } from './product-fixtures.ts';

type Refusable<Body> = {
  readonly status: number;
  readonly body: Body & { readonly code: string; readonly errors?: readonly { readonly path: string }[] };
};
type Answer = Refusable<Product>;
type Begun = Refusable<z.output<typeof beginImageAnswer>>;

export const sha256Of = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** What a member of staff does with pictures, step by step. */
export const uploadingStaff = (shop: TestProduct, headers: Record<string, string> = shop.staff) => {
  const ask = async <Body = Product>(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    payload?: object,
  ): Promise<Refusable<Body>> => {
    const { statusCode, body } = await shop.http.inject({ method, url, headers, ...(payload && { payload }) });
    return { status: statusCode, body: body === '' ? undefined : JSON.parse(body) };
  };
  const begin = (productId: string, content: Buffer, parts: object = {}) =>
    ask<Begun['body']>('POST', `/products/${productId}/images`, {
      type: 'image/png',
      bytes: content.length,
      sha256: sha256Of(content),
      alt: 'Front of the box',
      ...parts,
    });
  const send = async ({ upload }: Pick<Begun['body'], 'upload'>, content: Buffer) => {
    const { pathname, search } = new URL(upload.url);
    const url = `${pathname}${search}`;
    return (await shop.http.inject({ method: 'PUT', url, headers: upload.headers, payload: content })).statusCode;
  };
  const finish = (productId: string, uploadId: string) =>
    ask('POST', `/products/${productId}/images/${uploadId}/finish`);
  return {
    ask,
    begin,
    send,
    finish,
    /** All three steps; answers the last. */
    add: async (productId: string, content: Buffer, parts: object = {}): Promise<Answer & { upload: string }> => {
      const { status, body } = await begin(productId, content, parts);
      if (status !== 201) throw new Error(`no upload was begun: ${status} ${JSON.stringify(body)}`);
      const sent = await send(body, content);
      if (sent !== 200) throw new Error(`the upload was refused: ${sent}`);
      return { ...(await finish(productId, body.id)), upload: body.id };
    },
  };
};
