import type { onSendAsyncHookHandler } from 'fastify';
import { entityTag, isKnownTag } from './entity-tag.ts';

/** What a handler answers when whoever knows better, such as the service behind, found that the caller has the answer already. */
export class NotModified {
  /** Those that the whole answer would have had: `etag` and `cache-control` (RFC 9110, 15.4.5). */
  readonly headers: Readonly<Record<string, string>>;

  constructor(headers: Readonly<Record<string, string | string[] | undefined>>) {
    const { etag, 'cache-control': cacheControl } = headers;
    this.headers = Object.fromEntries(
      Object.entries({ etag, 'cache-control': cacheControl }).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value]] : [],
      ),
    );
  }
}

/** Gives an answer its ETag and answers 304 to whom has it already; a refusal is kept by nobody. */
export const answerConditionally: onSendAsyncHookHandler = async (request, reply, payload) => {
  if (reply.statusCode === 304) return payload;
  if (reply.statusCode !== 200) {
    reply.header('cache-control', 'no-store');
    return payload;
  }
  if (typeof payload !== 'string' && !(payload instanceof Uint8Array)) return payload;
  const tag = entityTag(payload);
  reply.header('etag', tag);
  if (!isKnownTag(tag, request.headers['if-none-match'])) return payload;
  reply.code(304).removeHeader('content-length').removeHeader('content-type');
  return null;
};
