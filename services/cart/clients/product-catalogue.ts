import { ProductServiceDefinition } from '../../contracts/generated/cloudmart/product/v1/product.ts';
import type { Cache } from '../../kit/cache.ts';
import { createGrpcClient, type GrpcClientOptions } from '../../kit/grpc/grpc-client.ts';
import type { Metrics } from '../../kit/metrics.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { Knowledge, Snippet } from '../domain/cart-view.ts';

export type CatalogueOptions = GrpcClientOptions & { readonly cache: Cache; readonly metrics: Metrics };

/** Orders take prices from the catalogue itself, so a cart may show a price that is this many seconds old. */
const ttlSeconds = 60;

const keyOf = (productId: string) => `cart:product:${productId}`;

/** The catalogue as the cart sees it: from the cache, else over the breaker; a catalogue that is away is an answer, not an error. */
export const createProductCatalogue = ({ cache, metrics, ...options }: CatalogueOptions) => {
  const client = createGrpcClient(ProductServiceDefinition, options);
  const lookups = metrics.counter({
    name: 'cart_product_lookups_total',
    help: 'Products that carts asked for, by where the answer came from.',
    labels: ['source'],
  });

  const ask = async (ids: readonly string[]): Promise<Map<string, Knowledge>> => {
    const { products } = await client.getProducts({ ids: [...ids] });
    const answered = new Map<string, Knowledge>(ids.map((id) => [id, 'unknown']));
    for (const { id, title, price, stock } of products) if (price) answered.set(id, { title, price, stock });
    return answered;
  };

  /** Asks the catalogue itself and keeps what it says; Refusal `product.unavailable` while it is away. */
  const refresh = async (ids: readonly string[]): Promise<Map<string, Knowledge>> => {
    const answered = await ask(ids);
    lookups.inc({ source: 'catalogue' }, ids.length);
    await Promise.all(
      [...answered].map(([id, known]) => typeof known === 'object' && cache.set(keyOf(id), known, ttlSeconds)),
    );
    return answered;
  };

  return {
    refresh,

    /** What is known of each product; never throws because of the catalogue. */
    lookUp: async (ids: readonly string[]): Promise<Map<string, Knowledge>> => {
      const cached = await Promise.all(ids.map(async (id) => [id, await cache.get<Snippet>(keyOf(id))] as const));
      const known = new Map<string, Knowledge>();
      for (const [id, snippet] of cached) if (snippet) known.set(id, snippet);
      lookups.inc({ source: 'cache' }, known.size);
      const missing = ids.filter((id) => !known.has(id));
      if (missing.length === 0) return known;
      try {
        for (const [id, answer] of await refresh(missing)) known.set(id, answer);
      } catch (problem) {
        if (!(problem instanceof Refusal) || problem.kind !== 'unavailable') throw problem;
        for (const id of missing) known.set(id, 'unreachable');
      }
      return known;
    },

    close: () => client.close(),
  };
};

export type ProductCatalogue = ReturnType<typeof createProductCatalogue>;
