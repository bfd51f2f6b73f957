import type * as z from 'zod';
import type { OrderEvent } from '../contracts/events/order-events.ts';
import { parseEvent } from '../contracts/events/topics.ts';
import { createCache } from '../kit/cache/cache.ts';
import { createBreaker } from '../kit/calls/breaker.ts';
import type { ServiceContext } from '../kit/context.ts';
import { createConsumer } from '../kit/events/consumer.ts';
import { openEventLog } from '../kit/events/open-event-log.ts';
import { createRelay } from '../kit/events/relay.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { createJobs } from '../kit/jobs/jobs.ts';
import type { RunningService } from '../kit/start/running-service.ts';
import { createDatabase } from '../kit/storage/database.ts';
import { migrate } from '../kit/storage/migrate.ts';
import { createProductCatalogue } from './clients/product-catalogue.ts';
import type { cartConfig } from './config.ts';
import { handleOrderEvent } from './events/on-order-event.ts';
import { addCartRoutes } from './http/cart-routes.ts';
import { addDependencyHealthRoutes } from './http/dependency-health-routes.ts';
import { createCartRepository } from './storage/cart-repository.ts';
import { addItem } from './use-cases/add-item.ts';
import { cartFigures } from './use-cases/cart-figures.ts';
import { processCart } from './use-cases/process-cart.ts';
import { expireCarts, markAbandonedCarts } from './use-cases/sweep-carts.ts';

/** The same doors with and without the prefix that the gateway and older clients use. */
const prefixes = ['', '/api/v1'] as const;
/** Longer than a request may wait for a database connection, so that the pool and not the deadline answers. */
const deadlineMs = 25_000;
const productDeadlineMs = 2_500;
const sweepEverySeconds = 60;
/** Products whose titles and prices are asked for before the first customer comes. */
const popularProducts = 50;
const processQueue = 'process-cart';

/** Wires the carts: what main.ts runs and what the tests run. */
export const cartApp = async (context: ServiceContext<z.output<typeof cartConfig>>): Promise<RunningService> => {
  const { manifest, config, logger, metrics, health, clock, ids, functions, migrations } = context;
  const { CART_TTL_DAYS, ABANDONED_AFTER_MINUTES, ACQUIRE_TIMEOUT_SECONDS } = config.own;
  const address = config.callees['product']?.grpc;
  if (!config.database || !config.events || !config.cache || !address)
    throw new Error('cart needs DATABASE_URL, EVENTS_URL, CACHE_URL and PRODUCT_GRPC');

  const acquireTimeoutMs = ACQUIRE_TIMEOUT_SECONDS * 1000;
  const database = createDatabase({ ...config.database, logger, metrics, acquireTimeoutMs });
  health.add('database', { critical: true, check: () => database.check() });
  await migrate(database, migrations.own, { kitFolder: migrations.kit });
  const log = await openEventLog({ url: config.events, logger, metrics });
  health.add('events', { critical: false, check: () => log.check() });
  const cache = createCache(config.cache, { namespace: manifest.name, logger, metrics });
  health.add('cache', { critical: false, check: () => cache.check() });

  const breaker = createBreaker({ name: 'product', health, metrics, logger });
  health.add('product', {
    critical: false,
    check: async () => {
      if (breaker.state === 'open') throw new Error('the breaker is open');
    },
  });
  const catalogue = createProductCatalogue({
    ...{ address, caller: manifest.name, secret: config.serviceAuthSecret, deadlineMs: productDeadlineMs },
    ...{ breaker, cache, metrics, clock },
  });

  const jobs = createJobs({ database, logger, metrics });
  const carts = createCartRepository({
    ...{ database, clock, ids },
    onChange: (tx, cartId) => jobs.enqueue(tx, processQueue, { cartId }, { singletonKey: cartId, startAfter: 1 }),
  });
  const effects = { carts, catalogue, clock, figures: cartFigures(metrics) };
  jobs.work<{ cartId: string }>(processQueue, { concurrency: 8, retryLimit: 2 }, ({ cartId }) =>
    processCart(effects, cartId),
  );
  jobs.schedule('mark-abandoned-carts', sweepEverySeconds, () => markAbandonedCarts(effects, ABANDONED_AFTER_MINUTES));
  jobs.schedule('expire-carts', sweepEverySeconds, () => expireCarts(effects, CART_TTL_DAYS));
  await jobs.prepare();

  const consumer = createConsumer({
    ...{ service: manifest.name, database, log, logger, metrics, clock, parse: parseEvent },
    handlers: { 'order-events': (event: OrderEvent, tx) => handleOrderEvent(effects, event, tx) },
  });
  const relay = createRelay({ database, log, clock, logger, metrics, owner: manifest.name });

  const http = await createHttpServer({ context, cache, deadlineMs, healthPrefixes: ['/api/v1'] });
  for (const prefix of prefixes) {
    addCartRoutes(http, effects, prefix);
    addDependencyHealthRoutes(http, context, prefix);
  }
  for (const [name, critical] of Object.entries({ addItem, handleOrderEvent })) functions.register(name, critical);

  const warmCache = async () => {
    const popular = await carts.popularProducts(popularProducts);
    if (popular.length > 0) await catalogue.refresh(popular);
  };
  return {
    http,
    background: [
      { name: 'topics', start: () => log.createTopics(manifest.publishes), stop: () => undefined },
      consumer,
      { name: 'jobs', start: () => jobs.start(), stop: () => jobs.stop() },
      { name: 'relay', start: () => relay.start(), stop: () => relay.stop() },
      {
        name: 'warm cache',
        start: () => {
          warmCache().catch((error: unknown) => logger.info({ error }, 'the cache fills as products are asked for'));
        },
        stop: () => breaker.close(),
      },
    ],
    resources: [
      { name: 'product', close: () => catalogue.close() },
      { name: 'events', close: () => log.close() },
      { name: 'cache', close: () => cache.close() },
      { name: 'database', close: () => database.close() },
    ],
  };
};
