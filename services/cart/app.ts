import type * as z from 'zod';
import { parseEvent } from '../contracts/events/topics.ts';
import { cartDoors } from '../contracts/http/cart-doors.ts';
import type { ServiceContext } from '../kit/context.ts';
import { createConsumer } from '../kit/events/consumer.ts';
import type { Handlers } from '../kit/events/handlers.ts';
import { addDoors } from '../kit/http/doors.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { openCallees } from '../kit/start/open-callees.ts';
import { openOwnCache } from '../kit/start/open-own-cache.ts';
import { openOwned } from '../kit/start/open-owned.ts';
import type { RunningService } from '../kit/start/running-service.ts';
import { createProductClient } from './clients/product-client.ts';
import type { cartConfig } from './config.ts';
import { handleOrderEvent, type OrderPlaced } from './events/on-order-event.ts';
import { handleUserEvent, type UserDeleted } from './events/on-user-event.ts';
import { cartHandlers } from './http/cart-handlers.ts';
import { addDependencyHealthRoutes } from './http/dependency-health-routes.ts';
import type { manifest as declared } from './manifest.ts';
import { createCartRepository } from './storage/cart-repository.ts';
import { addItem } from './use-cases/add-item.ts';
import { cartFigures } from './use-cases/cart-figures.ts';
import { processCart } from './use-cases/process-cart.ts';
import { expireCarts, markAbandonedCarts } from './use-cases/sweep-carts.ts';

/** The same doors with and without the prefix that the gateway and older clients use. */
const prefixes = ['', '/api/v1'] as const;
/** Where older clients empty the cart, at this service alone. */
const clearPath = '/cart/items';
/** Longer than a request may wait for a database connection, so that the pool and not the deadline answers. */
const deadlineMs = 25_000;
const productDeadlineMs = 2_500;
/** Carts work without the catalogue, so it is left alone for longer than others. */
const breakerResetMs = 30_000;
const sweepEverySeconds = 60;
/** Products whose titles and prices are asked for before the first customer comes. */
const popularProducts = 50;
const processQueue = 'process-cart';

/** Wires the carts: what main.ts runs and what the tests run. */
export const cartApp = async (context: ServiceContext<z.output<typeof cartConfig>>): Promise<RunningService> => {
  const { manifest, config, logger, metrics, clock, ids, functions } = context;
  const { CART_TTL_DAYS, ABANDONED_AFTER_MINUTES, ACQUIRE_TIMEOUT_SECONDS } = config.own;
  const owned = await openOwned(context, { acquireTimeoutMs: ACQUIRE_TIMEOUT_SECONDS * 1000 });
  const { database, log, jobs } = owned;
  const cache = openOwnCache(context);

  const callees = openCallees(context, { resetMs: breakerResetMs });
  const catalogue = createProductClient({ ...callees.grpc('product', productDeadlineMs), cache, metrics });

  const carts = createCartRepository({
    database,
    clock,
    ids,
    onChange: (tx, cartId) => jobs.enqueue(tx, processQueue, { cartId }, { singletonKey: cartId, startAfter: 1 }),
  });
  const effects = { carts, catalogue, clock, figures: cartFigures(metrics) };
  jobs.work<{ cartId: string }>(processQueue, { concurrency: 8, retryLimit: 2 }, ({ cartId }) =>
    processCart(effects, cartId),
  );
  jobs.schedule('mark-abandoned-carts', sweepEverySeconds, () => markAbandonedCarts(effects, ABANDONED_AFTER_MINUTES));
  jobs.schedule('expire-carts', sweepEverySeconds, () => expireCarts(effects, CART_TTL_DAYS));

  const consumer = createConsumer({
    service: manifest.name,
    database,
    log,
    logger,
    metrics,
    clock,
    parse: parseEvent,
    handlers: {
      'order-events': { 'order.placed.v1': (event: OrderPlaced, tx) => handleOrderEvent(effects, event, tx) },
      'user-events': { 'user.deleted.v1': (event: UserDeleted, tx) => handleUserEvent(effects, event, tx) },
    } satisfies Handlers<typeof declared.consumes>,
  });

  const http = await createHttpServer({ context, cache, deadlineMs, healthPrefixes: ['/api/v1'] });
  const handlers = cartHandlers(effects);
  for (const prefix of prefixes) {
    addDoors(http, cartDoors, handlers, { prefix });
    addDoors(http, { clear: { ...cartDoors.clear, path: clearPath } }, handlers, { prefix });
    addDependencyHealthRoutes(http, context, prefix);
  }
  functions.register({ addItem, handleOrderEvent, handleUserEvent });

  const warmCache = async () => {
    const popular = await carts.popularProducts(popularProducts);
    if (popular.length > 0) await catalogue.refresh(popular);
  };
  return owned.running({
    http,
    consumer,
    background: [
      {
        name: 'warm cache',
        start: () => {
          warmCache().catch((error: unknown) => logger.info({ error }, 'the cache fills as products are asked for'));
        },
        stop: () => undefined,
      },
    ],
    resources: [
      { name: 'breakers', close: () => callees.close() },
      { name: 'product', close: () => catalogue.close() },
      { name: 'cache', close: () => cache.close() },
    ],
  });
};
