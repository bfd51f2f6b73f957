import { type Cart, cartSchema } from '../../contracts/http/cart-api.ts';
import { testContext } from '../../kit/testing/context.ts';
import { requireDeclaredRefusals } from '../../kit/testing/declared-refusals.ts';
import { type FakeClock, fakeClock } from '../../kit/testing/fake-clock.ts';
import { testDatabase } from '../../kit/testing/postgres.ts';
import { testTokens } from '../../kit/testing/tokens.ts';
import { startBackground, stopWhole } from '../../kit/testing/whole-service.ts';
import { cartApp } from '../app.ts';
import { manifest } from '../manifest.ts';
import { startCataloguePeer } from './catalogue-peer.ts';

export type StartCart = {
  readonly clock?: FakeClock;
  readonly connections?: number;
  readonly acquireTimeoutSeconds?: number;
  /** Milliseconds after which an unused connection is closed; default that of the pool. */
  readonly idleMs?: number;
  /** Default: in process. */
  readonly cacheUrl?: string;
};

/** The whole service on a database of its own beside a catalogue that can be stopped. Background work waits for `begin`. */
export const startCart = async ({
  clock = fakeClock(),
  connections = 10,
  acquireTimeoutSeconds = 20,
  idleMs,
  cacheUrl = 'memory:',
}: StartCart = {}) => {
  const store = await testDatabase(new URL('../storage/migrations', import.meta.url));
  const catalogue = await startCataloguePeer();
  const tokens = await testTokens();
  const context = testContext(manifest, {
    own: { CART_TTL_DAYS: 30, ABANDONED_AFTER_MINUTES: 60, ACQUIRE_TIMEOUT_SECONDS: acquireTimeoutSeconds },
    config: {
      database: { url: store.url, connections, auth: 'password', idleMs },
      events: store.url,
      cache: cacheUrl,
      callees: { product: { grpc: catalogue.address } },
    },
    clock,
    verifyToken: tokens.verifyToken,
  });
  const running = await cartApp(context);
  const { http } = running;
  if (!http) throw new Error('the cart has a door');
  const { ids } = context;

  const product = (parts: { amount?: number; currency?: string; stock?: number } = {}): string => {
    const { amount = 1299, currency = 'USD', stock = 10 } = parts;
    const id = ids.next('prd');
    catalogue.products.set(id, { id, title: `Film ${id}`, price: { amount, currency }, stock });
    return id;
  };

  /** Somebody with a cart, and what they can do with it. */
  const shopper = (headers: Record<string, string>) => {
    const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
      http.inject({ method, url, headers, ...(payload && { payload }) });
    return {
      headers,
      call,
      add: (productId: string, quantity = 1) => call('POST', '/cart/items', { productId, quantity }),
      cart: async (): Promise<Cart> => cartSchema.parse((await call('GET', '/cart')).json()),
      /** Quantity by product. */
      quantities: async (): Promise<Record<string, number>> => {
        const { items } = cartSchema.parse((await call('GET', '/cart')).json());
        return Object.fromEntries(items.map(({ productId, quantity }) => [productId, quantity]));
      },
    };
  };

  return {
    http,
    context,
    clock,
    ids,
    catalogue,
    store,
    database: store.database,
    running,
    product,
    shopper,
    guest: (sessionId = ids.next('ses')) => shopper({ 'x-session-id': sessionId }),
    customer: async ({ userId = ids.next('usr'), sessionId }: { userId?: string; sessionId?: string } = {}) =>
      shopper({ ...(await tokens.bearer({ userId })), ...(sessionId && { 'x-session-id': sessionId }) }),
    begin: () => startBackground(running),
    /** Events by kind, oldest first. */
    events: async () => {
      const { rows } = await store.database.query<{
        payload: { type: string; subject: string; sequence: number; data: Record<string, unknown> };
      }>('SELECT payload FROM outbox ORDER BY position');
      return rows.map(({ payload }) => payload);
    },
    stop: async () => {
      await requireDeclaredRefusals(context);
      await stopWhole(running);
      await catalogue.stop();
      await store.drop();
    },
  };
};

export type TestCart = Awaited<ReturnType<typeof startCart>>;
