import { ProductServiceDefinition } from '../../contracts/generated/cloudmart/product/v1/product.ts';
import type { Cache } from '../../kit/cache/cache.ts';
import { createCachedValues } from '../../kit/cache/cached-values.ts';
import { createGrpcClient, type GrpcClientOptions } from '../../kit/grpc/grpc-client.ts';
import type { Metrics } from '../../kit/telemetry/metrics.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { ProductKnowledge, Snippet } from '../domain/product-knowledge.ts';

export type ProductClientOptions = GrpcClientOptions & { readonly cache: Cache; readonly metrics: Metrics };

/** Orders take prices from the catalogue itself and refuse another total than was agreed to, so a cart may show prices this old. */
const ttlSeconds = 60;
/** Raise it with {@link Snippet}: carts of the old release must not read snippets of the new one. */
const snippetVersion = 1;

/** The catalogue as the cart sees it: from the cache, else over the breaker; a catalogue that is away is an answer, not an error. */
export const createProductClient = ({ cache, metrics, ...options }: ProductClientOptions) => {
  const client = createGrpcClient(ProductServiceDefinition, options);
  const snippets = createCachedValues<Snippet>({ cache, name: 'product', version: snippetVersion, ttlSeconds });
  const lookups = metrics.counter({
    name: 'cart_product_lookups_total',
    help: 'Products that carts asked for, by where the answer came from.',
    labels: ['source'],
  });

  const ask = async (ids: readonly string[]): Promise<Map<string, Snippet>> => {
    const { products } = await client.getProducts({ ids: [...ids] });
    lookups.inc({ source: 'catalogue' }, ids.length);
    const answered = new Map<string, Snippet>();
    for (const { id, title, price, stock } of products) if (price) answered.set(id, { title, price, stock });
    return answered;
  };

  return {
    /** Asks the catalogue itself and keeps what it says; Refusal `product.unavailable` while it is away. */
    refresh: (ids: readonly string[]): Promise<Map<string, Snippet>> => snippets.load(ids, ask),

    /** What the catalogue says of each product now; Refusal `product.unavailable` while it is away. */
    askNow: async (ids: readonly string[]): Promise<Map<string, ProductKnowledge>> => {
      const answered = await snippets.load(ids, ask);
      return new Map(ids.map((id) => [id, answered.get(id) ?? 'unknown']));
    },

    /** What is known of each product; never throws because of the catalogue. */
    lookUp: async (ids: readonly string[]): Promise<Map<string, ProductKnowledge>> => {
      const known: Map<string, ProductKnowledge> = await snippets.cached(ids);
      lookups.inc({ source: 'cache' }, known.size);
      const missing = ids.filter((id) => !known.has(id));
      if (missing.length === 0) return known;
      try {
        const answered = await snippets.load(missing, ask);
        for (const id of missing) known.set(id, answered.get(id) ?? 'unknown');
      } catch (problem) {
        if (!(problem instanceof Refusal) || problem.kind !== 'unavailable') throw problem;
        for (const id of missing) known.set(id, 'unreachable');
      }
      return known;
    },

    close: () => client.close(),
  };
};

export type ProductClient = ReturnType<typeof createProductClient>;
